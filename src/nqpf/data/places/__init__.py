"""Places: provinces and cities of China and the countries of the world, found by exact name, never by guess.

The names themselves are kept by `nqpf.data.places.names`, the tables of units by `nqpf.data.places.tables`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nqpf.data.places.names import SCHEMES, Former, Gazetteer, Place, clean, gazetteer
from nqpf.data.places.tables import (
    SCHEMES_OF_PROVINCES,
    bloc_of,
    blocs,
    borders,
    cities,
    code_changes,
    complete_set,
    covered,
    provinces,
)
from nqpf.errors import PlaceError, Where, listing
from nqpf.messages import Text, say

__all__ = [
    "SCHEMES_OF_PROVINCES",
    "Place",
    "bloc_of",
    "blocs",
    "borders",
    "choose_scheme",
    "cities",
    "code_changes",
    "complete_set",
    "covered",
    "is_total",
    "provinces",
    "resolve",
    "unknown",
]

_MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class _Fit:
    scheme: str
    known: int
    unknown: tuple[str, ...]


def resolve(names: Iterable[object], scheme: str | None = None, where: Where | None = None) -> dict[str, Place]:
    """Return the place of every distinct name.

    A name matches exactly, after Unicode compatibility forms, letter case, blanks inside Chinese names and ``.0``
    behind a code are evened out; nothing is guessed. Totals (see `is_total`) are no places: they are left out of
    what is returned, and the caller sets their rows apart.

    Parameters
    ----------
    names
        Names or codes; repeated ones are looked up once.
    scheme
        ``provinces``, ``cities`` or ``countries``; None takes the one in which every name is known.
    where
        Place of the table, for messages.

    Returns
    -------
    dict
        ``str(name)`` → place, without totals. Two names of one place both stand in it.

    Raises
    ------
    PlaceError
        Unknown names (all are listed, each with the nearest known ones); a name of two places; a unit that is no more
        and lies in others today; a blank; names that are known in two schemes while `scheme` is None.

    Examples
    --------
    >>> [p.code for p in resolve(["全国", "上   海", "Inner Mongolia", 41.0]).values()]
    ['310000', '150000', '410000']
    """
    raw = _distinct(names, where)
    chosen = scheme if scheme is not None else _full(raw, where) or _nearest_fit(raw)
    known = gazetteer(chosen)
    _refuse_unknown(_fit(raw, chosen).unknown, chosen, where)
    _refuse_former({name: known.former[key] for name, key in raw.items() if key in known.former}, chosen, where)
    found = {name: codes for name, key in raw.items() if (codes := known.codes.get(key))}
    _refuse_ambiguous({name: codes for name, codes in found.items() if len(codes) > 1}, chosen, where)
    return {name: known.places[codes[0]] for name, codes in found.items()}


def choose_scheme(names: Iterable[object], where: Where | None = None) -> str | None:
    """Return the scheme that names belong to, or None if they are not names of places.

    It is the scheme that knows every name, else the one that knows more of them than not (so that `resolve` can say
    which are unknown). The whole column decides: 吉林 is a province among provinces and a city among cities. Names that
    are all provinces' are never taken for cities.

    Raises
    ------
    PlaceError
        Every name is known in more than one scheme; a name is blank.

    Examples
    --------
    >>> choose_scheme(["日本", "France"]), choose_scheme(["plant 1", "plant 2"])
    ('countries', None)
    """
    raw = _distinct(names, where)
    best = max(_fits(raw), key=lambda f: f.known)
    return _full(raw, where) or (best.scheme if best.known > len(best.unknown) else None)


def is_total(name: object, scheme: str) -> bool:
    """Return whether a name is a total or an average of a scheme (全国, 东部地区, World, OECD …) rather than a place.

    Examples
    --------
    >>> is_total("全   国", "provinces"), is_total("China", "provinces"), is_total("China", "countries")
    (True, True, False)
    >>> is_total("广东省", "cities")
    True
    """
    return clean(name) in gazetteer(scheme).totals


def unknown(names: Iterable[object], scheme: str) -> list[str]:
    """Return the names that stand for no one unit of a scheme, as written: neither a place, nor a total, or two places.

    Examples
    --------
    >>> unknown(["北京", "全国", "山两"], "provinces"), unknown(["济南", "莱芜"], "cities")
    (['山两'], ['莱芜'])
    >>> unknown(["日本", "刚果"], "countries")
    ['刚果']
    """
    known = gazetteer(scheme)
    keys = _distinct(names, None).items()
    return [name for name, key in keys if len(known.codes.get(key, ())) != 1 and key not in known.totals]


def _distinct(names: Iterable[object], where: Where | None) -> dict[str, str]:
    """Return the cleaned form of each distinct name, by the name as written."""
    listed = list(names)
    blank = [n for n in listed if n is None or n != n or not clean(n)]
    if blank:
        raise PlaceError("blank_place", where=where, count=len(blank))
    return {name: clean(name) for name in dict.fromkeys(str(n) for n in listed)}


def _fit(raw: Mapping[str, str], scheme: str) -> _Fit:
    known = gazetteer(scheme)
    places = [key in known.codes or key in known.former for key in raw.values()]
    unknown = tuple(
        name for (name, key), place in zip(raw.items(), places, strict=True) if not place and key not in known.totals
    )
    return _Fit(scheme, sum(places), unknown)


def _fits(raw: Mapping[str, str]) -> list[_Fit]:
    """Return how well each scheme fits; cities only where they are most of the names and provinces do not suffice."""
    fits = {scheme: _fit(raw, scheme) for scheme in SCHEMES}
    cities, provinces = fits["cities"], fits["provinces"]
    if not provinces.unknown or cities.known <= max(len(cities.unknown), provinces.known):
        del fits["cities"]
    return list(fits.values())


def _nearest_fit(raw: Mapping[str, str]) -> str:
    return min(_fits(raw), key=lambda f: (len(f.unknown), -f.known)).scheme


def _full(raw: Mapping[str, str], where: Where | None) -> str | None:
    """Return the one scheme that knows every name, or None."""
    full = [fit.scheme for fit in _fits(raw) if fit.known and not fit.unknown]
    if len(full) > 1:
        raise PlaceError("ambiguous_scheme", where=where, names=listing(raw), schemes=listing(full))
    return full[0] if full else None


def _refuse_unknown(unknown: Sequence[str], scheme: str, where: Where | None) -> None:
    if unknown:
        shown = [_with_nearest(name, gazetteer(scheme)) for name in unknown[:_MOST_LISTED]]
        names = listing([*shown, *unknown[_MOST_LISTED:]], _MOST_LISTED)
        kind = say(f"place.scheme.{scheme}")
        raise PlaceError("unknown_place", where=where, scheme=kind, names=names, unknown=unknown, count=len(unknown))


def _refuse_former(found: Mapping[str, Former], scheme: str, where: Where | None) -> None:
    if found:
        shown = [
            say("place.merged", name=name, year=unit.year, heir=unit.heirs[0])
            if len(unit.heirs) == 1
            else say("place.split", name=name, year=unit.year, heirs=Text.join(unit.heirs))
            for name, unit in found.items()
        ]
        kind, names = say(f"place.scheme.{scheme}"), listing(shown, _MOST_LISTED)
        raise PlaceError("former_place", where=where, scheme=kind, names=names, count=len(found))


def _refuse_ambiguous(found: Mapping[str, tuple[str, ...]], scheme: str, where: Where | None) -> None:
    if found:
        places, either = gazetteer(scheme).places, say("place.or")
        shown = []
        for name, codes in found.items():
            coded = [say("place.coded", place=places[code].title, code=code) for code in codes]
            shown.append(say("place.either", name=name, places=Text.join(coded, either.zh, either.en)))
        kind = say(f"place.scheme.{scheme}")
        raise PlaceError("ambiguous_place", where=where, scheme=kind, names=listing(shown, _MOST_LISTED))


def _with_nearest(name: str, known: Gazetteer) -> Text:
    key = clean(name)
    likeness = 0.75 if key.isascii() else 0.5  # one wrong character in a Chinese name of two leaves half of it
    keys = difflib.get_close_matches(key, [*known.codes, *known.totals], n=9, cutoff=likeness)
    near = dict.fromkeys(
        title
        for k in keys
        for title in ([known.places[c].title for c in known.codes.get(k, ())] or [Text.same(known.totals[k])])
    )
    if not near:
        return say("place.unknown", name=name)
    return say("place.unknown_near", name=name, near=Text.join(list(near)[:3]))
