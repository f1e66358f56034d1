"""What regions owe to the growth of the whole, to the industries they have, and to themselves.

Dunn (1960, Papers of the Regional Science Association 6, 97–112): change = e·g + e·(g_i − g) + e·(g_ri − g_i).
Esteban-Marquillas (1972, Regional and Urban Economics 2(3), 249–261) measures the last part on the activity e* that a
region would have with the structure of the whole, and calls what is left, (e − e*)(g_ri − g_i), allocation. Step by
step and added up it is dynamic (Barff and Knight 1988, Growth and Change 19(2), 1–10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.industry.grid import Empty, Integers
from nqpf.industry.labels import keys_apart
from nqpf.industry.structure.activity import Activity
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Variant = Literal["classic", "esteban_marquillas"]
Steps = Literal["ends", "annual"]
COLUMNS = (
    "start", "end", "change", "growth", "national", "mix", "local", "competitive", "allocation", "entry"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShiftShareResult(Result):
    """Change of activity and its parts, which add up to it.

    Attributes
    ----------
    frame
        A row a region: start, end, change, growth (change/start), national, mix, local; by Esteban-Marquillas
        competitive, allocation and entry in the place of local.
    industries
        The same by industry, over all regions.
    cells
        The same for each region and industry; growth is null where there was nothing at the start.
    steps
        The same by region for each step from a year to the next that is measured.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    industries: pl.DataFrame
    cells: pl.DataFrame
    steps: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the regions as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def effects(before: Floats, after: Floats, whole: tuple[Floats, Floats], variant: Variant) -> dict[str, Floats]:
    """Return the parts of the change of each region and industry, ``float64[n, k]`` each.

    Parameters
    ----------
    before, after
        ``float64[n, k]`` activity of regions.
    whole
        Activity of the whole before and after, ``float64[k]`` each.
    variant
        As in `shift_share`.

    Notes
    -----
    An industry that the whole did not have before has no rate of growth, and no region had it either: all of it is
    local, or entry.

    Examples
    --------
    >>> one = effects(np.array([[10.0]]), np.array([[15.0]]), (np.array([40.0]), np.array([50.0])), "classic")
    >>> {name: part.item() for name, part in one.items()}
    {'national': 2.5, 'mix': 0.0, 'local': 2.5}
    """
    first, last = whole
    growth = last.sum() / first.sum() - 1
    rate = np.divide(last, first, out=np.ones_like(first), where=first > 0) - 1
    national, mix = before * growth, before * (rate - growth)
    local = after - before * (1 + rate)
    if variant == "classic":
        return {"national": national, "mix": mix, "local": local}
    there = before > 0
    alike = before.sum(axis=1, keepdims=True) * (first / first.sum())
    own = np.divide(local, before, out=np.zeros_like(local), where=there)
    competitive = np.where(there, alike * own, 0.0)
    allocation = np.where(there, local - competitive, 0.0)
    entry = np.where(there, 0.0, local)
    return {"national": national, "mix": mix, "competitive": competitive, "allocation": allocation, "entry": entry}


def shift_share(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str,
    variant: Variant = "classic",
    steps: Steps = "ends",
    start: Any = None,
    end: Any = None,
    whole: Any = None,
    empty: Empty = "raise",
) -> ShiftShareResult:
    """Take the change of activity of regions apart into growth of the whole, industry mix and what is their own.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each region, industry and year with some activity.
    value
        Column of activity (employment, real output), none negative.
    unit, industry, time
        Columns of regions, industries and years.
    variant
        ``classic``: national, mix, local. ``esteban_marquillas``: local in three, competitive (at the structure of the
        whole), allocation (specialised where it grows faster), and entry: what there is at the end where the region
        had nothing of the industry at the start, which has no rate of growth.
    steps
        ``ends``: from the first year to the last; ``annual``: from each year of the table to the next, added up.
    start, end
        First and last year. Default: those of the table.
    whole
        Label of the unit that stands for the whole. Default: the sum of the regions.
    empty
        ``raise``, or ``drop`` to leave out regions without any activity in one of the years measured. What they have in
        the others stays part of the whole.

    Returns
    -------
    ShiftShareResult
        By region; ``.industries``, ``.cells``, ``.steps``. National, mix and local parts add up to the change.

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell missing or no number.
    MethodError
        A negative value, a region without activity in a year measured, fewer than two regions or years.
    SpecError
        A word that is no choice, no such year, or years that do not rise.

    References
    ----------
    Dunn (1960), Papers of the Regional Science Association 6, 97–112. Esteban-Marquillas (1972), Regional and Urban
    Economics 2(3), 249–261. Barff and Knight (1988), Growth and Change 19(2), 1–10.

    Examples
    --------
    >>> table = {"r": ["a", "a", "b", "b"] * 2, "i": ["x", "y"] * 4, "t": [2010] * 4 + [2020] * 4,
    ...          "v": [10.0, 10.0, 30.0, 50.0, 20.0, 10.0, 40.0, 50.0]}
    >>> found = shift_share(table, "v", unit="r", industry="i", time="t").frame
    >>> found.select(pl.col("change", "national", "mix", "local").round(6)).row(0)
    (10.0, 4.0, 1.0, 5.0)
    """
    choose("variant", variant, get_args(Variant))
    choose("steps", steps, get_args(Steps))
    keys_apart(COLUMNS, unit=unit, industry=industry)
    keys_apart(("from", "to"), unit=unit)
    activity = Activity.of(data, value, unit=unit, industry=industry, time=time, empty=empty, whole=whole)
    ts = _measured(activity, steps, start, end)
    units, notes = activity.present(ts)
    if len(units) < 2:
        raise MethodError("structure_few_regions", where=Where(), count=len(units), least=2)
    values = activity.grid.values[:, units]
    _check_whole(activity, ts)
    found = [effects(values[a], values[b], (activity.whole[a], activity.whole[b]), variant) for a, b in pairwise(ts)]
    total = {name: np.sum([one[name] for one in found], axis=0) for name in found[0]}
    table = _Table(activity, units)
    options = {
        "value": value, "variant": variant, "steps": steps, "start": start, "end": end, "whole": whole, "empty": empty,
    }  # fmt: skip
    return ShiftShareResult(
        table.by_unit(values[ts[0]], values[ts[-1]], total),
        table.by_industry(values[ts[0]], values[ts[-1]], total),
        table.by_cell(values[ts[0]], values[ts[-1]], total),
        table.by_step(values, ts, found),
        Method("industry.shift_share", options),
        (*activity.notes, *notes, *_remarks(activity, ts, values, variant)),
        backend_of(data),
    )


def _measured(activity: Activity, steps: Steps, start: Any, end: Any) -> list[int]:
    """Return the places of the years that are measured."""
    years = activity.grid.years.to_list()
    ends = []
    for key, year, usual in (("start", start, 0), ("end", end, len(years) - 1)):
        if year is not None and year not in years:
            raise SpecError("bad_choice", where=Where(key=key), value=year, options=listing(years, 20), hint="")
        ends.append(usual if year is None else years.index(year))
    first, last = ends
    if last <= first:
        raise MethodError("structure_one_year", where=Where(), first=years[first], last=years[last])
    return list(range(first, last + 1)) if steps == "annual" else [first, last]


def _check_whole(activity: Activity, ts: Sequence[int]) -> None:
    """Refuse a whole that lacks, before a step, an industry that a region has."""
    for t in ts:
        lacking = (activity.grid.values[t] > 0).any(axis=0) & (activity.whole[t] <= 0)
        if lacking.any():
            names = listing(activity.grid.industries.filter(pl.Series(lacking)).to_list(), 12)
            raise MethodError("whole_lacks", where=Where(period=activity.grid.years[t]), names=names)


def _remarks(activity: Activity, ts: Sequence[int], values: Floats, variant: Variant) -> list[Note]:
    notes = []
    new = sum(int(((values[a] == 0) & (values[b] > 0)).sum()) for a, b in pairwise(ts))
    if new:
        code = "shift_share_entry" if variant == "esteban_marquillas" else "shift_share_new"
        notes.append(Note(code, "info", {"count": new}))
    return notes


@dataclass(frozen=True, slots=True)
class _Table:
    """Results as tables."""

    activity: Activity
    units: Integers

    def by_unit(self, before: Floats, after: Floats, parts: dict[str, Floats]) -> pl.DataFrame:
        names = self.activity.grid.units.gather(self.units)
        return _frame([names.alias(self.activity.grid.unit)], before, after, parts, axis=1)

    def by_industry(self, before: Floats, after: Floats, parts: dict[str, Floats]) -> pl.DataFrame:
        names = self.activity.grid.industries.alias(self.activity.grid.industry)
        return _frame([names], before, after, parts, axis=0)

    def by_cell(self, before: Floats, after: Floats, parts: dict[str, Floats]) -> pl.DataFrame:
        n, k = before.shape
        keys = [
            self.activity.grid.units.gather(np.repeat(self.units, k)).alias(self.activity.grid.unit),
            self.activity.grid.industries.gather(np.tile(np.arange(k), n)).alias(self.activity.grid.industry),
        ]
        return _frame(keys, before, after, parts, axis=None)

    def by_step(self, values: Floats, ts: Sequence[int], found: Sequence[dict[str, Floats]]) -> pl.DataFrame:
        tables = []
        years = self.activity.grid.years
        for a, b, parts in zip(ts[:-1], ts[1:], found, strict=True):
            table = self.by_unit(values[a], values[b], parts)
            table.insert_column(0, years.gather(np.full(table.height, a)).alias("from"))
            tables.append(table.insert_column(1, years.gather(np.full(table.height, b)).alias("to")))
        return pl.concat(tables)


def _frame(
    keys: list[pl.Series], before: Floats, after: Floats, parts: dict[str, Floats], axis: int | None
) -> pl.DataFrame:
    """Return sums over an axis, or every cell, as a table."""

    def summed(x: Floats) -> Floats:
        return x.ravel() if axis is None else np.asarray(x.sum(axis=axis))

    start, end = summed(before), summed(after)
    growth = np.divide(end - start, start, out=np.full_like(start, np.nan), where=start > 0)
    columns = {"start": start, "end": end, "change": end - start, "growth": growth}
    columns |= {name: summed(part) for name, part in parts.items()}
    return pl.DataFrame([*keys, *(pl.Series(name, column, nan_to_null=True) for name, column in columns.items())])
