"""The names of places: what each scheme knows, by cleaned name, read from the tables once.

Codes are GB/T 2260 (provinces) and ISO 3166-1 alpha-3 (countries; Kosovo has the user-assigned XKX). Names of
countries are those of the Unicode CLDR as shipped with Babel, and further ones in ``tables/countries.csv``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl

from nqpf.errors import PlaceError, hint, listing
from nqpf.messages import Text

_NUMBERS = {
    "coastal": pl.Int8,
    "south": pl.Int8,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "tile_col": pl.Int64,
    "tile_row": pl.Int64,
}
_SIGNS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "&": " and "})
_HAN = "\u3007\u3400-\u9fff"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a scheme.

    Attributes
    ----------
    scheme
        ``provinces`` or ``countries``.
    code
        Six-digit GB/T 2260 code, or ISO 3166-1 alpha-3.
    title
        Short name in both languages.
    abbr
        京 / BJ for a province; the alpha-2 code of a country.
    """

    scheme: str
    code: str
    title: Text
    abbr: Text


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
    """

    places: Mapping[str, Place]
    codes: Mapping[str, tuple[str, ...]]
    totals: Mapping[str, str]


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
    totals = table("totals").filter(pl.col("scheme").is_null() | (pl.col("scheme") == scheme))["name"]
    return Gazetteer(places, {k: tuple(sorted(c)) for k, c in codes.items()}, {clean(n): n for n in totals})


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


SCHEMES: Mapping[str, Callable[[], Iterator[tuple[Place, Sequence[str]]]]] = {
    "provinces": _province_names,
    "countries": _country_names,
}
"""Where the names of each scheme come from."""


def _split(aliases: str | None) -> list[str]:
    return aliases.split(";") if aliases else []
