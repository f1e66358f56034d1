"""A table as cases: the units of one year, of the mean of all years, or of every year, in the order of their names.

That order, and not the order of rows, decides which case a random draw meets: results never depend on the latter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import require
from nqpf.messages import say

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Period = int | Literal["last", "mean", "pooled"]


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """N cases.

    Attributes
    ----------
    unit
        Name of the column of units.
    units
        Unit of each case.
    time
        Name of the column of years, where each case is of a year of its own.
    years
        Year of each case; None where they have none, or are means of several.
    values
        ``float64[N, K]``.
    frame
        The rows of the table they were taken from.
    """

    unit: str
    units: tuple[str, ...]
    time: str | None
    years: tuple[int | None, ...]
    values: Floats
    frame: pl.DataFrame

    def keys(self) -> pl.DataFrame:
        """Return a row a case: its unit, and its year where cases are of several."""
        keys = pl.DataFrame({self.unit: self.units}, schema={self.unit: pl.String()})
        return keys if self.time is None else keys.with_columns(pl.Series(self.time, self.years, dtype=pl.Int64))

    def names(self) -> list[str]:
        """Return a name for each case."""
        if self.time is None:
            return list(self.units)
        return [f"{unit} {year}" for unit, year in zip(self.units, self.years, strict=True)]

    def where(self, case: int, column: str | None = None) -> Where:
        """Return the place of a case in words."""
        return Where(unit=self.units[case], period=self.years[case], indicator=column)

    def labels(self, column: str) -> list[str]:
        """Return a column of names, which may not change over the rows of a case.

        Raises
        ------
        DataError
            The column is absent, a row has no name, or a unit has several.
        """
        require(self.frame, column)
        keys = [self.unit] if self.time is None else [self.unit, self.time]
        named = self.frame.select(*(pl.col(k).cast(pl.String) for k in keys), pl.col(column).cast(pl.String).alias("·"))
        found: dict[tuple[str, ...], str] = {}
        for *key, name in named.iter_rows():
            if name is None:
                raise DataError("paths_no_group", where=Where(unit=key[0], indicator=column))
            if found.setdefault(tuple(key), name) != name:
                raise DataError("paths_two_groups", where=Where(unit=key[0], indicator=column))
        wanted = self.keys().select(pl.all().cast(pl.String)).rows()
        return [found[key] for key in wanted]


def cases(data: Any, columns: Sequence[str], unit: str, time: str | None, period: Period) -> Cases:
    """Return the cases of a table.

    Raises
    ------
    DataError
        A column is absent, a cell missing or no number, a row without unit, a unit twice (in a year), or absent in a
        year that counts.
    SpecError
        A column that stands twice, no such year, or a `period` where there is no column of years.
    """
    twice = next((c for k, c in enumerate(columns) if c in columns[:k]), None)
    if twice is not None or not columns:
        raise SpecError("paths_same_column", where=Where(indicator=twice))
    frame, values = numbers(data, columns)
    require(frame, unit)
    names = frame[unit].cast(pl.String)
    if names.has_nulls():
        raise DataError("no_unit", where=Where(row=int(names.is_null().arg_true()[0]) + 1))
    if time is None:
        return _one_year(frame, values, columns, unit, names.to_list(), period)
    keyed = Keyed.of(frame, unit, time)
    years = keyed.years[keyed.t]
    label = np.array(keyed.units, dtype=object)[keyed.n]
    if period == "last":
        period = int(years.max())
    if isinstance(period, int):
        if not (years == period).any():
            raise SpecError("unknown_period", where=Where(key="period"), period=period, options=_listed(years))
        rows = np.flatnonzero(years == period)
        absent = sorted(set(keyed.units) - set(label[rows]))
        if absent:
            raise DataError("paths_no_row", where=Where(unit=absent[0], period=period), count=len(absent))
    elif period in ("mean", "pooled"):
        rows = np.arange(frame.height)
    else:
        expected = say("paths.wanted.period", years=_listed(years))
        raise SpecError("bad_value", where=Where(key="period"), value=period, expected=expected)
    rows = rows[np.lexsort([years[rows], label[rows].astype(str)])]
    found = Cases(
        unit, tuple(label[rows]), time if period == "pooled" else None, tuple(int(y) for y in years[rows]),
        values[rows], frame[rows],
    )  # fmt: skip
    _refuse_missing(found, columns)
    return _means(found, set(years.tolist())) if period == "mean" else found


def _listed(years: Integers) -> Any:
    return listing(sorted(set(years.tolist())), 20)


def _one_year(
    frame: pl.DataFrame, values: Floats, columns: Sequence[str], unit: str, names: list[str], period: Period
) -> Cases:
    if period != "last":
        raise SpecError("paths_period", where=Where(key="period"), value=period)
    order = sorted(range(len(names)), key=names.__getitem__)
    units = tuple(names[i] for i in order)
    twice = next((a for a, b in pairwise(units) if a == b), None)
    if twice is not None:
        raise DataError("paths_unit_twice", where=Where(unit=twice))
    found = Cases(unit, units, None, (None,) * len(units), values[order], frame[order])
    _refuse_missing(found, columns)
    return found


def _refuse_missing(found: Cases, columns: Sequence[str]) -> None:
    missing = np.argwhere(np.isnan(found.values))
    if missing.size:
        where = found.where(int(missing[0, 0]), columns[missing[0, 1]])
        raise DataError("paths_missing", where=where, count=len(missing))


def _means(rows: Cases, years: set[int]) -> Cases:
    """Return the means of units over all years; a unit without some year would be a mean of other times."""
    units = tuple(dict.fromkeys(rows.units))
    place = {u: i for i, u in enumerate(units)}
    at = np.array([place[u] for u in rows.units])
    there: list[set[int]] = [set() for _ in units]
    for i, year in zip(at, rows.years, strict=True):
        there[i].add(int(year or 0))
    for u, seen in zip(units, there, strict=True):
        if seen != years:
            raise DataError("paths_no_row", where=Where(unit=u, period=min(years - seen)), count=1)
    sums = np.zeros((len(units), rows.values.shape[1]))
    np.add.at(sums, at, rows.values)
    return Cases(rows.unit, units, None, (None,) * len(units), sums / len(years), rows.frame)


def refuse_flat(found: Cases, columns: Sequence[str]) -> None:
    """Raise a MethodError that names the first column in which all cases are the same."""
    low, high = found.values.min(axis=0), found.values.max(axis=0)
    flat = np.flatnonzero(high - low <= 1e-12 * np.maximum(np.abs(low), np.abs(high)))
    if flat.size:
        raise MethodError("paths_flat", where=Where(indicator=columns[flat[0]]), value=float(low[flat[0]]))
