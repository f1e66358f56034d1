"""A long table as arrays of years × units, every cell found by key: what the functions on prices and capital share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, Where, listing
from nqpf.frames import require, to_polars
from nqpf.messages import Text, say

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Keyed:
    """A table of R rows, one for each of some pairs of year and unit.

    Attributes
    ----------
    frame
        The table.
    years
        T years, every one from the first to the last.
    units
        N units in the order they come; one empty name where the table has no column of units.
    t, n
        ``int[R]`` year and unit of each row.
    """

    frame: pl.DataFrame
    years: Integers
    units: tuple[str, ...]
    t: Integers
    n: Integers

    @classmethod
    def of(cls, data: Any, unit: str | None, time: str) -> Keyed:
        """Return a table by its keys.

        Raises
        ------
        DataError
            A column is absent, there is no row, a row has no year or no unit, or two rows have the same.
        """
        frame = to_polars(data)
        require(frame, *([unit] if unit else []), time)
        if not frame.height:
            raise DataError("empty_table")
        years = _years(frame[time])
        names = frame[unit].cast(pl.String) if unit else pl.repeat("", frame.height, dtype=pl.String, eager=True)
        if names.has_nulls():
            raise DataError("no_unit", where=Where(row=int(names.is_null().arg_true()[0]) + 1))
        units = tuple(names.unique(maintain_order=True).to_list())
        n = names.replace_strict({u: i for i, u in enumerate(units)}, return_dtype=pl.Int64).to_numpy().astype(np.intp)
        first = int(years.min())
        t = (years - first).astype(np.intp)
        every = np.arange(first, int(years.max()) + 1)
        found = cls(frame, every, units, t, n)
        key = n * every.size + t
        _, at, count = np.unique(key, return_index=True, return_counts=True)
        if (count > 1).any():
            raise DataError("twin_rows", where=found.where(int(at[count > 1].min())), count=int((count > 1).sum()))
        return found

    def cube(self, column: str) -> Floats:
        """Return a column as ``float64[T, N]``, NaN where there is no row or no number.

        Raises
        ------
        DataError
            The column is absent, or a cell holds what is no finite number.
        """
        require(self.frame, column)
        written = self.frame[column]
        if written.dtype.is_nested():
            raise DataError("text_in_number", where=self.where(0, column), value=written[0])
        number = written.cast(pl.Float64, strict=False).fill_nan(None)
        wrong = ((number.is_null() & written.is_not_null()) | number.is_infinite()).fill_null(False)
        if written.dtype.is_float():
            wrong &= written.is_not_nan().fill_null(False)
        if wrong.any():
            row = int(wrong.arg_true()[0])
            raise DataError("text_in_number", where=self.where(row, column), value=written[row])
        values = np.full((self.years.size, len(self.units)), np.nan)
        values[self.t, self.n] = number.fill_null(np.nan).to_numpy()
        return values

    def column(self, values: Floats, name: str) -> pl.Series:
        """Return ``float64[T, N]`` as a column of the table, null where NaN."""
        return pl.Series(name, values[self.t, self.n]).fill_nan(None)

    def where(self, row: int, column: str | None = None) -> Where:
        """Return the place of a row in words."""
        unit, year = self.units[self.n[row]] or None, int(self.years[self.t[row]])
        return Where(row=row + 1, unit=unit, period=year, indicator=column)

    def cells(self, marked: NDArray[np.bool_]) -> Text:
        """Return the cells marked in ``bool[T, N]`` in words: each unit with its years."""
        shown = []
        for n in np.flatnonzero(marked.any(axis=0)):
            years = listing(self.years[marked[:, n]].tolist(), 12)
            shown.append(say("prices.cells", unit=self.units[n], years=years) if self.units[n] else years)
        return listing(shown)


def _years(written: pl.Series) -> Integers:
    if written.dtype.is_temporal():
        years = written.dt.year().cast(pl.Int64)
    else:
        text = written.cast(pl.String).str.strip_suffix("年").str.strip_suffix(".0")
        years = text.cast(pl.Int64, strict=False)
    wrong = years.is_null() | ~years.is_between(1, 9999)
    if wrong.fill_null(True).any():
        row = int(wrong.fill_null(True).arg_true()[0])
        raise DataError("not_a_year", where=Where(row=row + 1), value=written[row])
    return years.to_numpy().astype(np.intp)


def gaps(present: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which cells of ``bool[T, N]`` are absent between the first and the last that is present."""
    since = np.logical_or.accumulate(present, axis=0)
    until = np.logical_or.accumulate(present[::-1], axis=0)[::-1]
    return since & until & ~present
