"""What the living logic diagram shows for each unit and year, rounded once for every way in which it is shown.

The picture in a document and the one that a page redraws must say the same, so both take their numbers from here:
levels and changes in whole hundredths, gauges in whole hundredths (percent).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from nqpf.charts import theme
from nqpf.columns import choose
from nqpf.errors import DataError, Where
from nqpf.frames import require
from nqpf.messages import LANGUAGES, Text
from nqpf.theory.diagram import diagram

Tier = Literal["tested", "many", "few", "single"]
Verdict = Literal["above", "below", "not_shown", "within", "not_assessed"]
TIERS: tuple[Tier, ...] = get_args(Tier)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
WHOLE = ""
"""Stands for all units together."""
SPAN = (0.05, 0.95)
"""Values that the scale of a gauge spans at least, as shares; a pointer beyond its end stands there, hollow."""
AROUND = 0.15
"""Room at both ends of the scale of a gauge, in lengths of what it spans."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a box shows: level and change (hundredths), rank and the ends of its interval, tier of evidence."""

    value: int
    change: int | None
    rank: int | None
    low: int | None
    high: int | None
    tier: Tier


@dataclass(frozen=True, slots=True)
class Reading:
    """What a gauge shows, in percent: value, ends of its interval, threshold; and the verdict."""

    value: int
    low: int | None
    high: int | None
    threshold: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The numbers of the diagram.

    Attributes
    ----------
    units, names
        Units, all together (`WHOLE`) first, and their names.
    periods
        Years, ascending.
    cells
        By box, then by unit and year.
    readings
        By gauge, then by unit and year.
    scales
        Ends of the scale of each gauge, in percent.
    """

    units: tuple[str, ...]
    names: Mapping[str, Text]
    periods: tuple[int, ...]
    cells: Mapping[str, Mapping[tuple[str, int], Cell]]
    readings: Mapping[str, Mapping[tuple[str, int], Reading]]
    scales: Mapping[str, tuple[int, int]]

    @property
    def last_rank(self) -> int:
        """Return the largest rank, 0 where there is none."""
        ranks = [
            n for box in self.cells.values() for c in box.values() for n in (c.rank, c.low, c.high) if n is not None
        ]
        return max(ranks, default=0)


def grid(states: pl.DataFrame, gauges: pl.DataFrame | None, names: pl.DataFrame) -> Grid:
    """Return the numbers of the diagram.

    Parameters
    ----------
    states, gauges, names
        As in `nqpf.charts.living.living_diagram`.

    Raises
    ------
    DataError
        A column is missing, a value lies outside 0 to 1, or a box, unit and year stand twice.
    SpecError
        A box, tier or verdict is not known.
    """
    require(states, "node", "unit", "period", "value", "change", "rank", "low", "high", "tier")
    require(names, "unit", "unit_zh", "unit_en")
    _once(states)
    there = set(states["unit"])
    units = tuple(dict.fromkeys((WHOLE, *(u for u in names["unit"] if u in there), *sorted(there))))
    periods = tuple(states["period"].unique().sort().to_list())
    readings = _readings(gauges, units, periods)
    scales = {} if gauges is None else {node: _scale(rows) for node, rows in readings.items()}
    return Grid(units, _named(units, names), periods, _cells(states, periods[0]), readings, scales)


def _named(units: tuple[str, ...], names: pl.DataFrame) -> dict[str, Text]:
    """Return the name of each unit: its id where it has no other."""
    known = {unit: Text(zh, en) for unit, zh, en in names.select("unit", "unit_zh", "unit_en").iter_rows()}
    whole = Text(*(theme.word("living.mean", lang) for lang in LANGUAGES))
    return {unit: whole if unit == WHOLE else known.get(unit, Text.same(unit)) for unit in units}


def _once(rows: pl.DataFrame) -> None:
    """Raise where a box, unit and year stand twice."""
    twice = rows.filter(pl.struct("node", "unit", "period").is_duplicated())
    for node, unit, period in twice.select("node", "unit", "period").head(1).iter_rows():
        raise DataError("chart_living_twice", where=Where(unit=unit, period=period, key=node))


def _cells(states: pl.DataFrame, first: int) -> dict[str, dict[tuple[str, int], Cell]]:
    found: dict[str, dict[tuple[str, int], Cell]] = {}
    for row in states.drop_nulls("value").iter_rows(named=True):
        node, at = diagram().node(row["node"]), (row["unit"], row["period"])
        choose("tier", row["tier"], TIERS)
        if not 0 <= row["value"] <= 1:
            where = Where(unit=row["unit"] or None, period=row["period"], key=node.id)
            raise DataError("chart_living_range", where=where, value=row["value"])
        # Where a leap starts from stays; and the first year has changed against nothing.
        still = node.kind == "element" or row["period"] == first
        change = None if still else _whole(row["change"], 100)
        rank, low, high = (_whole(row[end], 1) for end in ("rank", "low", "high"))
        cell = Cell(round(100 * row["value"]), change, rank, low, high, row["tier"])
        found.setdefault(node.id, {})[at] = cell
    return found


def _whole(value: float | None, scale: int) -> int | None:
    return None if value is None or not np.isfinite(value) else round(scale * value)


def _readings(
    gauges: pl.DataFrame | None, units: tuple[str, ...], periods: tuple[int, ...]
) -> dict[str, dict[tuple[str, int], Reading]]:
    """Return the readings by gauge; a row without a year stands for every year that has none of its own."""
    if gauges is None:
        return {}
    require(gauges, "node", "unit", "period", "value", "low", "high", "threshold", "verdict")
    gauges = gauges.with_columns(pl.col("unit").fill_null(WHOLE))
    _once(gauges)
    found: dict[str, dict[tuple[str, int], Reading]] = {}
    for row in gauges.sort(pl.col("period").is_null(), maintain_order=True).drop_nulls("value").iter_rows(named=True):
        choose("verdict", row["verdict"], VERDICTS)
        reading = Reading(
            round(100 * row["value"]),
            _whole(row["low"], 100),
            _whole(row["high"], 100),
            round(100 * row["threshold"]),
            row["verdict"],
        )
        box = found.setdefault(diagram().node(row["node"]).id, {})
        for period in periods if row["period"] is None else (row["period"],):
            if row["unit"] in units and period in periods:
                box.setdefault((row["unit"], period), reading)
    return {node: box for node, box in found.items() if box}


def _scale(readings: Mapping[tuple[str, int], Reading]) -> tuple[int, int]:
    """Return the ends of a gauge's scale: the threshold and nearly every value lie between them."""
    values = [r.value for r in readings.values()]
    inner = [*np.quantile(values, SPAN), *(r.threshold for r in readings.values())]
    ends = readings.get((WHOLE, max(period for _, period in readings)))
    inner += [end for end in (ends.low, ends.high) if end is not None] if ends else []
    low, high = min(inner), max(inner)
    around = max(AROUND * (high - low), 5.0)
    return int(np.floor(low - around)), int(np.ceil(high + around))


def cells_as_columns(grid: Grid, node: str) -> dict[str, list[Any]]:
    """Return the cells of a box as lists over units, then years, with None where there is nothing."""
    found = [grid.cells[node].get((unit, period)) for unit in grid.units for period in grid.periods]
    parts = ("value", "change", "rank", "low", "high") if grid.last_rank else ("value", "change")
    columns: dict[str, list[Any]] = {
        part: [None if cell is None else getattr(cell, part) for cell in found] for part in parts
    }
    return columns | {"tier": [None if cell is None else TIERS.index(cell.tier) for cell in found]}


def readings_as_columns(grid: Grid, node: str) -> dict[str, list[Any]]:
    """Return the readings of a gauge as lists over units, then years, with None where there is nothing."""
    found = [grid.readings[node].get((unit, period)) for unit in grid.units for period in grid.periods]
    columns: dict[str, list[Any]] = {
        part: [None if one is None else getattr(one, part) for one in found]
        for part in ("value", "low", "high", "threshold")
    }
    return columns | {"verdict": [None if one is None else VERDICTS.index(one.verdict) for one in found]}
