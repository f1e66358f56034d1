"""What the growth methods read: complete, positive numbers by unit and year, and how absent years are dealt with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.data.keyed import Keyed, gaps
from nqpf.errors import DataError, MethodError, SpecError, Where
from nqpf.results import Note

Floats = NDArray[np.float64]
Gaps = Literal["error", "skip"]
GAPS: tuple[Gaps, ...] = ("error", "skip")
SHORT = 10
"""Fewer years of growth than this are remarked on."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Columns of a table by year and unit.

    Attributes
    ----------
    table
        The table by its keys.
    values
        Each column as ``float64[T, N]``, NaN wherever one of the columns is absent.
    present
        ``bool[T, N]`` cells for which every column is there.
    notes
        Remarks on what is absent.
    """

    table: Keyed
    values: Mapping[str, Floats]
    present: NDArray[np.bool_]
    notes: tuple[Note, ...]

    @property
    def first(self) -> int:
        """Return the first year of the table."""
        return int(self.table.years[0])

    @property
    def last(self) -> int:
        """Return the last year of the table."""
        return int(self.table.years[-1])

    def keys(self, unit: str | None, time: str) -> pl.DataFrame:
        """Return the key columns of the table."""
        return self.table.frame.select([c for c in (unit, time) if c])

    def place(self, t: int, n: int, column: str | None = None) -> Where:
        """Return the place of a cell in words."""
        return Where(unit=self.table.units[n] or None, period=int(self.table.years[t]), indicator=column)


def read(
    data: Any,
    unit: str | None,
    time: str,
    columns: Iterable[str],
    gaps_as: Gaps,
    *,
    positive: Sequence[str] | None = None,
) -> Cells:
    """Return `columns` of a table by unit and year.

    Parameters
    ----------
    data, unit, time, columns
        The table and its columns.
    gaps_as
        ``error``: a missing cell, or a year absent between a unit's first and last, stops the run. ``skip``: such a
        year has no numbers, and neither has the change from or to it.
    positive
        Columns that must be above zero; default: all.

    Raises
    ------
    DataError
        A column is absent, a cell is no finite number or missing, two rows have the same keys, a year is absent.
    MethodError
        A number is zero or negative.
    SpecError
        `gaps_as` is neither word.
    """
    choose("gaps", gaps_as, GAPS)
    table = Keyed.of(data, unit, time)
    names = list(dict.fromkeys(columns))
    values = {name: table.cube(name) for name in names}
    rows = np.zeros((table.years.size, len(table.units)), dtype=bool)
    rows[table.t, table.n] = True
    present = rows & np.all([~np.isnan(v) for v in values.values()], axis=0)
    _refuse_holes(table, values, rows, present, gaps_as)
    for name in names if positive is None else positive:
        wrong = present & (values[name] <= 0)
        if wrong.any():
            t, n = np.argwhere(wrong)[0]
            where = Where(unit=table.units[n] or None, period=int(table.years[t]), indicator=name)
            raise MethodError(
                "growth_not_positive", where=where, value=float(values[name][t, n]), count=int(wrong.sum())
            )
    values = {name: np.where(present, v, np.nan) for name, v in values.items()}
    return Cells(table, values, present, _notes(table, present))


def _refuse_holes(
    table: Keyed, values: Mapping[str, Floats], rows: NDArray[np.bool_], present: NDArray[np.bool_], gaps_as: Gaps
) -> None:
    if gaps_as == "error":
        for name, v in values.items():
            missing = rows & np.isnan(v)
            if missing.any():
                where = Where(indicator=name)
                raise DataError("growth_missing", where=where, count=int(missing.sum()), cells=table.cells(missing))
        if gaps(present).any():
            raise DataError("growth_gap", cells=table.cells(gaps(present)))
    if not (present[1:] & present[:-1]).any():
        raise DataError("growth_no_pair")


def _notes(table: Keyed, present: NDArray[np.bool_]) -> tuple[Note, ...]:
    notes = []
    holes = gaps(present)
    if holes.any():
        notes.append(Note("growth_gaps_skipped", values={"count": int(holes.sum()), "cells": table.cells(holes)}))
    edges = ~present & ~holes
    partial = edges.any(axis=0)
    if partial.any():
        total = len(table.units)
        shown = {
            "count": int(partial.sum()),
            "total": total,
            "first": int(table.years[0]),
            "last": int(table.years[-1]),
        }
        notes.append(Note("growth_unbalanced", "info", shown))
    return tuple(notes)


def refuse_absent(cells: Cells) -> None:
    """Raise a DataError that names the units which are absent in some year, where a sum over units needs them all."""
    if not cells.present.all():
        raise DataError("growth_units_absent", cells=cells.table.cells(~cells.present))


def capital_share(cells: Cells, share: float | str, whose: str) -> Floats:
    """Return the share of capital as ``float64[T, N]``, NaN where a cell is absent.

    Parameters
    ----------
    cells
        What was read; holds the column if `share` names one.
    share
        A number, or a column.
    whose
        ``capital`` or ``labour``: whose share it is.

    Raises
    ------
    MethodError
        A share lies outside 0 to 1.
    """
    found = cells.values[share] if isinstance(share, str) else np.where(cells.present, float(share), np.nan)
    wrong = cells.present & ~((found >= 0) & (found <= 1))
    if wrong.any():
        t, n = np.argwhere(wrong)[0]
        named = isinstance(share, str)
        where = cells.place(int(t), int(n), str(share)) if named else Where(key="share")
        raise MethodError("growth_share", where=where, value=float(found[t, n]))
    return found if whose == "capital" else 1 - found


def spans(cells: Cells, periods: Sequence[tuple[int, int]] | None, key: str = "periods") -> tuple[tuple[int, int], ...]:
    """Return first and last year of each period; the whole table without `periods`.

    Raises
    ------
    SpecError
        A period does not rise or runs beyond the table.
    """
    if periods is None:
        return ((cells.first, cells.last),)
    for period in periods:
        if isinstance(period, str | Integral) or len(period) != 2:
            raise SpecError("growth_period_form", where=Where(key=key), value=period)
        first, last = period
        if not cells.first <= first < last <= cells.last:
            raise SpecError(
                "growth_period",
                where=Where(key=key),
                first=first,
                last=last,
                earliest=cells.first,
                latest=cells.last,
            )
    return tuple((int(first), int(last)) for first, last in periods)
