"""What the checks give back: findings with their cells, sizes and words, and what was taken for granted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import narwhals as nw
import polars as pl

from nqpf.data.panel import Panel, complete
from nqpf.errors import listing
from nqpf.frames import as_backend
from nqpf.messages import LANGUAGES, Text, say
from nqpf.results import Method, Note, Result

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
MERGED = 4
"""Findings of one kind on one series and the same years are told as one from this many units on."""

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "severity": pl.Enum(SEVERITIES),
    "check": pl.String,
    "indicator": pl.String,
    "units": pl.List(pl.String),
    "periods": pl.List(pl.Int64),
    "value": pl.Float64,
    "expected": pl.Float64,
    "size": pl.Float64,
    "detail_zh": pl.String,
    "detail_en": pl.String,
    "cells": pl.List(pl.String),
}
Cell = tuple[int, int]
"""Position of a cell of a series: year and unit; unit −1 is the row of the total."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding on one series of a panel, before it is told.

    Attributes
    ----------
    check
        Kind of finding; its words are the message ``check.name.ID``.
    severity
        ``error``: cannot be right; ``warning``: look at it; ``info``: good to know.
    indicator
        Series it is about.
    cells
        Cells it is about.
    words
        Id of its sentence under ``check.say.``.
    values
        Placeholder values of the sentence.
    value, expected, size
        The number found, the one expected, and how far off it is, where there is one of each.
    because
        What else speaks for or against it, added to the sentence.
    """

    check: str
    severity: Severity
    indicator: str
    cells: tuple[Cell, ...]
    words: str
    values: Mapping[str, Any] = field(default_factory=dict)
    value: float | None = None
    expected: float | None = None
    size: float | None = None
    because: Text | None = None


@dataclass(frozen=True, slots=True)
class Checks(Result):
    """Findings on a table of statistics.

    Attributes
    ----------
    frame
        A row a finding, the gravest first: severity, check (id), indicator, units (codes), periods, value, expected,
        size, detail_zh, detail_en, cells (``file sheet cell`` of each cell it is about). The meaning of size: a factor
        for ``jump`` and ``unit_slip``; the number of equal steps for runs; the number of equal cells for copies;
        a share of the figure for ``national``, ``components`` and ``sources``.
    labels
        Name of each unit in both languages.
    notes
        What was compared, what could not be, and definitions that changed.
    method
        ``check`` and its options.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    labels: Mapping[str, Text]
    notes: tuple[Note, ...] = ()
    method: Method = field(default_factory=lambda: Method("check"))
    backend: nw.Implementation | None = None

    def __len__(self) -> int:
        return self.frame.height

    @property
    def errors(self) -> int:
        """Number of findings that cannot be right."""
        return self.frame.filter(severity="error").height

    @property
    def warnings(self) -> int:
        """Number of findings to look at."""
        return self.frame.filter(severity="warning").height

    def counts(self) -> pl.DataFrame:
        """Return how many findings there are: columns severity, check, findings, cells, name_zh, name_en."""
        counted = self.frame.group_by("severity", "check").agg(
            pl.len().alias("findings"), pl.col("periods").list.len().sum().alias("cells")
        )
        names = {c: say(f"check.name.{c}") for c in counted["check"].unique().to_list()}
        return counted.sort("severity", "check").with_columns(
            pl.col("check").replace_strict({c: t[lang] for c, t in names.items()}, return_dtype=pl.String).alias(key)
            for lang, key in ((lang, f"name_{lang}") for lang in LANGUAGES)
        )

    def to_polars(self) -> pl.DataFrame:
        """Return the findings with one text in each cell, as can be saved anywhere: lists are joined by ``; ``."""
        return self.frame.with_columns(
            pl.col("severity").cast(pl.String),
            *(pl.col(c).cast(pl.List(pl.String)).list.join("; ").alias(c) for c in ("units", "periods", "cells")),
        )

    def to_frame(self) -> Any:
        """Return the table of `to_polars` as the kind of dataframe that was given."""
        return as_backend(self.to_polars(), self.backend)

    def lines(self, least: Severity = "info") -> list[Text]:
        """Return a sentence a finding that is at least so grave, the gravest first."""
        wanted = SEVERITIES[: SEVERITIES.index(least) + 1]
        rows = self.frame.filter(pl.col("severity").is_in(wanted))
        return [
            say("check.line", severity=say(f"check.severity.{s}"), indicator=name, detail=Text(zh, en))
            for s, name, zh, en in rows.select("severity", "indicator", "detail_zh", "detail_en").iter_rows()
        ]


def told(panel: Panel, found: Iterable[Found], total: pl.DataFrame | None) -> pl.DataFrame:
    """Return findings as the frame of `Checks`, those alike told as one, with the addresses of their cells.

    `total` are the tidy rows of the national total.
    """
    listed = _merged(panel, list(found))
    order = {name: i for i, name in enumerate(panel.indicators)}
    listed.sort(key=lambda f: (SEVERITIES.index(f.severity), f.check, order.get(f.indicator, -1), f.cells))
    rows = [_row(panel, f) for f in listed]
    frame = pl.DataFrame(rows, schema={c: t for c, t in SCHEMA.items() if c != "cells"}, orient="row")
    return frame.with_columns(_addresses(panel, listed, total))


def _row(panel: Panel, found: Found) -> tuple[Any, ...]:
    detail = _sentence(panel, found)
    units = dict.fromkeys(panel.units[n] for _, n in found.cells if n >= 0)
    periods = sorted({panel.periods[t] for t, _ in found.cells})
    numbers = (found.value, found.expected, found.size)
    return found.severity, found.check, found.indicator, [*units], periods, *numbers, detail.zh, detail.en


def _sentence(panel: Panel, found: Found) -> Text:
    told = say(f"check.say.{found.words}", **_placed(panel, found.cells), **found.values)
    return told if found.because is None else Text(told.zh + found.because.zh, f"{told.en} {found.because.en}")


def _placed(panel: Panel, cells: Sequence[Cell]) -> dict[str, Text]:
    """Return the units and years of cells in words: the values ``units`` and ``years`` of a sentence."""
    units = dict.fromkeys(n for _, n in cells)
    names = [panel.labels[panel.units[n]] if n >= 0 else say("check.total_row") for n in units]
    return {"units": listing(names, 6), "years": years_in_words(panel.periods[t] for t, _ in cells)}


def years_in_words(years: Iterable[int]) -> Text:
    """Return years as a text, neighbours drawn together: 2012, 2015–2018."""
    spans: list[list[int]] = []
    for year in sorted(set(years)):
        if spans and spans[-1][-1] == year - 1:
            spans[-1] = [spans[-1][0], year]
        else:
            spans.append([year])
    return listing(["–".join(map(str, span)) for span in spans], 8)


def _merged(panel: Panel, found: list[Found]) -> list[Found]:
    """Tell findings of one kind on one series and the same years as one, where there are many."""
    groups: dict[tuple[Any, ...], list[Found]] = {}
    for one in found:
        years = tuple(sorted({t for t, _ in one.cells}))
        groups.setdefault((one.check, one.severity, one.indicator, one.words, years), []).append(one)
    merged: list[Found] = []
    for group in groups.values():
        if len(group) < MERGED:
            merged += group
            continue
        worst = max(group, key=lambda f: abs(f.size or 0.0))
        example = _sentence(panel, replace(worst, because=None))
        cells = tuple(dict.fromkeys(cell for f in group for cell in f.cells))
        values = {"count": len(group), "example": example}
        merged.append(replace(worst, cells=cells, words="many", values=values, value=None, expected=None))
    return merged


def _addresses(panel: Panel, found: Sequence[Found], total: pl.DataFrame | None) -> pl.Series:
    """Return where the cells of each finding stand: file, sheet and cell."""
    places = [
        (i, panel.units[n] if n >= 0 else None, panel.periods[t], f.indicator)
        for i, f in enumerate(found)
        for t, n in f.cells
    ]
    schema = {"finding": pl.Int64, "unit": pl.String, "period": pl.Int64, "indicator": pl.String}
    wanted = pl.DataFrame(places, schema=schema, orient="row")
    text = pl.concat_str("file", "sheet", "cell", separator=" ", ignore_nulls=True).replace("", None)
    keys = ["unit", "period", "indicator"]
    cells = [panel.origin.select(pl.coalesce("code", "unit").alias("unit"), *keys[1:], address=text)]
    if total is not None:
        cells.append(complete(total).select(pl.lit(None, pl.String).alias("unit"), *keys[1:], address=text))
    known = pl.concat(cells).unique(keys, keep="first")
    joined = wanted.join(known, on=keys, how="left", maintain_order="left", nulls_equal=True).drop_nulls("address")
    by = dict(joined.group_by("finding", maintain_order=True).agg("address").iter_rows())
    return pl.Series("cells", [by.get(i, []) for i in range(len(found))], dtype=pl.List(pl.String))
