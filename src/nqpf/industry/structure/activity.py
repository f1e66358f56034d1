"""Regions, and the whole that they are part of, year by year: what every measure of structure starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.frames import require, to_polars
from nqpf.industry.grid import Empty, Floats, Grid, Integers
from nqpf.results import Note

Part = tuple[Mapping[str, pl.Series], Mapping[str, Any]]
"""Keys of a table and its numbers, by column."""

COVERED = 0.01
"""Part of the whole by which the regions together may differ from it without a remark."""
SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """Activity of n regions in k industries in one year.

    Attributes
    ----------
    t
        Its place among the years of the grid.
    units, industries
        Places of the regions and industries, ``int[n]`` and ``int[k]``.
    x
        ``float64[n, k]``; every region has some activity.
    whole
        ``float64[k]`` activity of the whole, all above 0.
    """

    t: int
    units: Integers
    industries: Integers
    x: Floats
    whole: Floats

    @property
    def shares(self) -> Floats:
        """Return the structure of each region, ``float64[n, k]``, rows summing to 1."""
        return np.asarray(self.x / self.x.sum(axis=1, keepdims=True))

    @property
    def whole_shares(self) -> Floats:
        """Return the structure of the whole, ``float64[k]``, summing to 1."""
        return np.asarray(self.whole / self.whole.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """A table of activity, the whole apart from the regions.

    Attributes
    ----------
    grid
        The regions.
    whole
        ``float64[T, K]``: a row of the table, or the sum of the regions.
    given
        Whether the table has a row for the whole.
    empty
        What is done about regions without activity.
    notes
        Remarks on the table.
    """

    grid: Grid
    whole: Floats
    given: bool
    empty: Empty
    notes: tuple[Note, ...]

    @classmethod
    def of(
        cls, data: Any, value: str, *, unit: str, industry: str, time: str | None, empty: Empty, whole: Any = None
    ) -> Activity:
        """Return a long table as activity; `whole` is the label of the unit that stands for all, or None.

        Raises
        ------
        DataError, MethodError
            As `Grid.of`.
        SpecError
            No unit is called `whole`, or `empty` is no such word.
        """
        choose("empty", empty, ("raise", "drop"))
        grid = Grid.of(data, value, unit=unit, industry=industry, time=time)
        if whole is None:
            return cls(grid, grid.values.sum(axis=1), False, empty, grid.notes)
        labels = grid.units.to_list()
        if whole not in labels:
            near = hint(str(whole), map(str, labels))
            raise SpecError("bad_choice", where=Where(key="whole"), value=whole, options=listing(labels), hint=near)
        at = labels.index(whole)
        parts = replace(grid, values=np.delete(grid.values, at, axis=1), units=grid.units.filter(grid.units != whole))
        return cls(parts, grid.values[:, at], True, empty, (*grid.notes, *_covers(parts, grid.values[:, at])))

    def years(self, least: int = 2) -> tuple[list[Year], tuple[Note, ...]]:
        """Return every year with its active regions, and remarks on those left out.

        Raises
        ------
        MethodError
            A region or industry has no activity and `empty` is ``raise``, or fewer than `least` regions are left.
        """
        found: list[Year] = []
        notes: list[Note] = []
        for t in range(len(self.grid.years)):
            year, said = self._year(t)
            if len(year.units) < least:
                raise MethodError(
                    "structure_few_regions", where=Where(period=self.grid.years[t]), count=len(year.units), least=least
                )
            found.append(year)
            notes.extend(said)
        return found, (*self.notes, *notes)

    def _year(self, t: int) -> tuple[Year, tuple[Note, ...]]:
        x, whole = self.grid.values[t], self.whole[t]
        if not self.given:
            units, industries, notes = self.grid.kept(t, self.empty)
        else:
            units, notes = self.present([t])
            industries = np.flatnonzero((x > 0).any(axis=0) | (whole > 0))
            lacking = industries[whole[industries] <= 0]
            if lacking.size:
                names = listing(self.grid.industries.gather(lacking).to_list(), SHOWN)
                raise MethodError("whole_lacks", where=Where(period=self.grid.years[t]), names=names)
        every = len(units) == x.shape[0] and len(industries) == x.shape[1]
        return Year(t, units, industries, x if every else x[np.ix_(units, industries)], whole[industries]), notes

    def present(self, years: Sequence[int]) -> tuple[Integers, tuple[Note, ...]]:
        """Return the regions that have activity in every one of some years, and a remark on the others.

        Raises
        ------
        MethodError
            A region has none in one of them, and `empty` is ``raise``.
        """
        notes = []
        there = np.ones(len(self.grid.units), dtype=bool)
        for t in years:
            active = self.grid.active(t)[0]
            if active.all():
                continue
            year = self.grid.years[t]
            names = listing(self.grid.units.filter(~pl.Series(active)).to_list(), SHOWN)
            values = {"count": int((~active).sum()), "names": names}
            if self.empty == "raise":
                raise MethodError("no_activity_unit", where=Where(period=year), **values)
            notes.append(Note("no_activity_unit", "warning", {**values, "year": "" if year is None else year}))
            there &= active
        return np.flatnonzero(there), tuple(notes)

    def frame(
        self, parts: Sequence[tuple[Mapping[str, pl.Series], Mapping[str, Any]]], ts: Sequence[int]
    ) -> pl.DataFrame:
        """Return one table of parts of which each belongs to a year: the year, keys, and numbers with NaN as null."""
        tables = []
        for (keys, columns), t in zip(parts, ts, strict=True):
            table = pl.DataFrame(
                [key.alias(name) for name, key in keys.items()]
                + [_cells(name, column) for name, column in columns.items()]
            )
            if self.grid.time:
                table.insert_column(0, self.grid.years.gather(np.full(table.height, t)).alias(self.grid.time))
            tables.append(table)
        return pl.concat(tables)

    def unit_keys(self, year: Year) -> dict[str, pl.Series]:
        """Return the key of a table with a row a region."""
        return {self.grid.unit: self.grid.units.gather(year.units)}

    def industry_keys(self, year: Year) -> dict[str, pl.Series]:
        """Return the key of a table with a row an industry."""
        return {self.grid.industry: self.grid.industries.gather(year.industries)}

    def cell_keys(self, year: Year) -> dict[str, pl.Series]:
        """Return the keys of a table with a row for each region and industry."""
        n, k = year.x.shape
        return {
            self.grid.unit: self.grid.units.gather(np.repeat(year.units, k)),
            self.grid.industry: self.grid.industries.gather(np.tile(year.industries, n)),
        }


def pair_keys(name: str, labels: pl.Series, first: Integers, second: Integers) -> dict[str, pl.Series]:
    """Return the keys of a table with a row a pair."""
    return {f"{name}_1": labels.gather(first), f"{name}_2": labels.gather(second)}


def wide(name: str, labels: pl.Series, values: Floats) -> pl.DataFrame:
    """Return a matrix ``float64[n, n]`` as a table: the label of the row, then a column each, NaN as null."""
    columns = [pl.Series(str(label), values[:, i], nan_to_null=True) for i, label in enumerate(labels)]
    return pl.DataFrame([labels.alias(name), *columns])


def codes_of(data: Any, industry: str, column: str, industries: pl.Series) -> tuple[pl.Series, NDArray[np.intp]]:
    """Return the labels in a column that groups industries, and the place ``int[K]`` of each industry's among them.

    Raises
    ------
    DataError
        The column is absent, or an industry has no label or more than one.
    """
    frame = to_polars(data)
    require(frame, industry, column)
    pairs = frame.select(industry, column).unique().sort(industry, column, nulls_last=False)
    if pairs[column].has_nulls():
        first = pairs.filter(pl.col(column).is_null())[industry]
        raise DataError("industry_unlabelled", where=Where(industry=str(first[0])), column=column,
                        count=first.n_unique())  # fmt: skip
    twice = pairs.filter(pl.col(industry).is_duplicated())
    if twice.height:
        own = twice.filter(pl.col(industry) == twice[industry][0])
        raise DataError("industry_labelled_twice", where=Where(industry=str(own[industry][0])), column=column,
                        labels=listing(own[column].to_list()))  # fmt: skip
    labels = pairs[column].unique().sort()
    order = {label: i for i, label in enumerate(labels.to_list())}
    of = dict(zip(pairs[industry].to_list(), pairs[column].to_list(), strict=True))
    return labels, np.array([order[of[i]] for i in industries.to_list()], dtype=np.intp)


def _cells(name: str, column: Any) -> pl.Series:
    """Return numbers, or words some or all of which may be None, as a column."""
    if isinstance(column, np.ndarray) and column.dtype.kind == "O":
        return pl.Series(name, column.tolist(), dtype=pl.String)
    return pl.Series(name, column, nan_to_null=True)


def _covers(parts: Grid, whole: Floats) -> tuple[Note, ...]:
    """Return a remark where the regions together are not the whole."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = parts.values.sum(axis=(1, 2)) / whole.sum(axis=1)
    share = share[np.isfinite(share)]
    if share.size and np.abs(share - 1).max() > COVERED:
        return (Note("whole_covered", "info", {"least": float(share.min()), "most": float(share.max())}),)
    return ()
