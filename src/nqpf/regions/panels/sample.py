"""Rows of a panel for a regression: complete, in an order that does not depend on the table's, effects as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import require
from nqpf.messages import Text
from nqpf.results import Note

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Effects = Literal["two_way", "unit", "time", "none"]
Missing = Literal["raise", "drop"]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """R rows of some columns, by unit and then by year.

    Attributes
    ----------
    values
        ``float64[R, K]``.
    columns
        Names of the K columns.
    unit, time
        ``int[R]`` numbers of units and years, from 0 without a gap.
    units, years
        Their names.
    frame
        The table's rows in the same order.
    notes
        What was left out.
    """

    values: Floats
    columns: tuple[str, ...]
    unit: Integers
    time: Integers
    units: tuple[str, ...]
    years: tuple[int, ...]
    frame: pl.DataFrame
    notes: tuple[Note, ...] = ()

    @classmethod
    def of(cls, data: Any, columns: Sequence[str], *, unit: str, time: str, missing: Missing) -> Self:
        """Return the rows of a table.

        Raises
        ------
        DataError
            A column is absent or holds what is no number, two rows have the same key, a cell is empty and `missing` is
            ``raise``, or no row is complete.
        SpecError
            A column is named twice.
        """
        for twice in (c for k, c in enumerate(columns) if c in columns[:k]):
            raise SpecError("panels_column_twice", where=Where(indicator=twice))
        keyed = Keyed.of(data, unit, time)
        values = np.column_stack([keyed.cube(c)[keyed.t, keyed.n] for c in columns])
        absent = np.isnan(values)
        notes: list[Note] = []
        if absent.any():
            row, column = np.argwhere(absent)[0]
            if missing == "raise":
                raise DataError(
                    "panels_missing", where=keyed.where(int(row), columns[column]), count=int(absent.any(axis=1).sum())
                )
            marked = np.zeros((keyed.years.size, len(keyed.units)), dtype=bool)
            marked[keyed.t, keyed.n] = absent.any(axis=1)
            notes.append(Note("panels_left_out", "warning", {"count": int(marked.sum()), "rows": keyed.cells(marked)}))
        kept = np.flatnonzero(~absent.any(axis=1))
        if not kept.size:
            raise DataError("panels_no_rows")
        names = np.array(keyed.units)[keyed.n[kept]]
        kept = kept[np.lexsort((keyed.t[kept], names))]
        whole = cls(
            values[kept],
            tuple(columns),
            keyed.n[kept],
            keyed.t[kept],
            keyed.units,
            tuple(keyed.years.tolist()),
            keyed.frame[kept],
            tuple(notes),
        )
        return whole._numbered()

    def _numbered(self) -> Self:
        """Return the same with units (by name) and years numbered from 0 without a gap."""
        names, unit = np.unique(np.array(self.units)[self.unit], return_inverse=True)
        years, time = np.unique(np.array(self.years)[self.time], return_inverse=True)
        units = tuple(str(name) for name in names)
        return replace(self, unit=unit, time=time, units=units, years=tuple(int(y) for y in years))

    def codes(self, effects: Effects) -> list[Integers]:
        """Return the groupings whose effects are taken out."""
        return {"two_way": [self.unit, self.time], "unit": [self.unit], "time": [self.time], "none": []}[effects]

    def singletons(self, effects: Effects) -> NDArray[np.bool_]:
        """Return which rows are alone in their unit or year, so that their effect says all of them."""
        alone = np.zeros(len(self.values), dtype=bool)
        for code in self.codes(effects):
            alone |= np.bincount(code)[code] == 1
        return alone

    def where(self, rows: NDArray[np.bool_]) -> Text:
        """Return rows in words: unit and year of each."""
        return listing(f"{self.units[self.unit[r]]} {self.years[self.time[r]]}" for r in np.flatnonzero(rows))

    def grouping(self, column: str) -> tuple[Integers, tuple[str, ...]]:
        """Return a column as numbers of groups from 0, and the groups' names.

        Raises
        ------
        DataError
            The column is absent or has an empty cell.
        """
        require(self.frame, column)
        written = self.frame[column].cast(pl.String)
        if written.has_nulls():
            row = int(written.is_null().arg_true()[0])
            unit, year = self.units[self.unit[row]], self.years[self.time[row]]
            raise DataError("panels_no_group", where=Where(unit=unit, period=year, indicator=column))
        names, code = np.unique(written.to_numpy().astype(str), return_inverse=True)
        return code.astype(np.intp), tuple(str(name) for name in names)

    def without_singletons(self, effects: Effects) -> Self:
        """Return the sample without rows that are alone, again and again until none is."""
        found = self
        while (alone := found.singletons(effects)).any():
            kept = np.flatnonzero(~alone)
            if not kept.size:
                raise DataError("panels_no_rows")
            found = replace(
                found,
                values=found.values[kept],
                unit=found.unit[kept],
                time=found.time[kept],
                frame=found.frame[kept],
            )._numbered()
        return found


def balanced(data: Any, columns: Sequence[str], unit: str, time: str) -> Sample:
    """Return the rows of a table in which every unit stands in every year.

    Raises
    ------
    DataError
        It does not, naming the first unit and year; or what `Sample.of` raises.
    """
    sample = Sample.of(data, columns, unit=unit, time=time, missing="raise")
    there = np.zeros((len(sample.units), len(sample.years)), dtype=bool)
    there[sample.unit, sample.time] = True
    if not there.all():
        n, t = np.argwhere(~there)[0]
        where = Where(unit=sample.units[n], period=sample.years[t])
        raise DataError("panels_unbalanced", where=where, count=int((~there).sum()))
    if len(sample.years) < 2 or len(sample.units) < 2:
        raise MethodError("panels_short", rows=len(sample.values), parameters=len(sample.values))
    return sample
