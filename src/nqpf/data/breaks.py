"""Registered breaks in definitions (``tables/breaks.csv``): what a series that spans one must be warned of.

Kinds: ``break``, figures before and after do not compare; ``base``, constant prices of another year; ``revision``,
several editions of the whole history exist; ``step``, the figure stays put between surveys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from nqpf.data.panel import Panel, Series
from nqpf.data.places.names import table
from nqpf.errors import listing
from nqpf.messages import Text
from nqpf.results import Note

Kind = Literal["break", "base", "revision", "step"]
NOTES: Mapping[Kind, str] = MappingProxyType(
    {
        "break": "registered_break",
        "base": "registered_base",
        "revision": "registered_revision",
        "step": "registered_step",
    }
)
"""The note that tells each kind."""


@dataclass(frozen=True, slots=True)
class Break:
    """A registered break.

    Attributes
    ----------
    id
        Id of the break.
    words
        Alternatives, each of words that must all stand in a series' title.
    ids
        Ids of series it is about; ``gdp`` is also ``gdp_2024``.
    kind
        Kind of break.
    year
        First year of the new definition; None for a ``step``.
    what
        What changed.
    source
        Who says so.
    """

    id: str
    words: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...]
    kind: Kind
    year: int | None
    what: Text
    source: str

    def about(self, series: Series) -> bool:
        """Return whether a series is one of those the break is about, by its id or the words of its title."""
        titles = f"{series.title.zh} {series.title.en}".casefold()
        named = series.id.casefold()
        by_id = any(named == id or re.fullmatch(rf"{re.escape(id)}_(v(intage)?)?\d+\w*", named) for id in self.ids)
        return by_id or any(all(word.casefold() in titles for word in every) for every in self.words)

    def spanned_by(self, years: Sequence[int]) -> bool:
        """Return whether years reach over the break; a revision and a step concern any year they are about."""
        if self.year is None or not years:
            return bool(years)
        if self.kind == "revision":
            return min(years) <= self.year
        return min(years) < self.year <= max(years)


@cache
def breaks() -> tuple[Break, ...]:
    """Return every registered break."""
    return tuple(
        Break(
            row["id"],
            tuple(tuple(part.split("+")) for part in row["words"].split("|")),
            tuple(row["ids"].split(";")) if row["ids"] else (),
            row["kind"],
            int(row["year"]) if row["year"] else None,
            Text(row["what_zh"], row["what_en"]),
            row["source"],
        )
        for row in table("breaks").iter_rows(named=True)
    )


def breaks_of(series: Series, years: Iterable[int]) -> tuple[Break, ...]:
    """Return the registered breaks that a series spans, by year.

    Parameters
    ----------
    series
        The series; a revision is left out where it states its vintage.
    years
        Years it has numbers for.

    Examples
    --------
    >>> [b.year for b in breaks_of(Series("ind_so2", Text.same("工业二氧化硫排放量")), range(2013, 2019))]
    [2016]
    """
    there = sorted(years)
    found = [b for b in breaks() if b.about(series) and b.spanned_by(there)]
    return tuple(b for b in found if b.kind != "revision" or series.vintage is None)


def break_notes(panel: Panel) -> tuple[Note, ...]:
    """Return a note for every registered break that series of a panel span; they are breaks of China's statistics."""
    concerned: dict[str, list[str]] = {}
    if not of_china(panel):
        return ()
    for series, years in zip(panel.series, _years(panel), strict=True):
        for one in breaks_of(series, years):
            concerned.setdefault(one.id, []).append(series.id)
    notes = []
    for one in breaks():
        if one.id in concerned:
            values = {"series": listing(concerned[one.id]), "year": one.year, "what": one.what, "source": one.source}
            severity: Literal["info", "warning"] = "warning" if one.kind in ("break", "base") else "info"
            notes.append(Note(NOTES[one.kind], severity, values))
    return tuple(notes)


def of_china(panel: Panel) -> bool:
    """Return whether the units of a panel are places of China: codes of six digits."""
    return any(re.fullmatch(r"\d{6}", unit) for unit in panel.units)


def _years(panel: Panel) -> list[list[int]]:
    known = (panel.values == panel.values).any(axis=1)
    return [[p for p, there in zip(panel.periods, known[:, k], strict=True) if there] for k in range(known.shape[1])]
