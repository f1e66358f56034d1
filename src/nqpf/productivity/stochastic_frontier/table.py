"""Rows of a table of producers: their keys, their numbers, and the place of each in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, Where
from nqpf.frames import require, to_polars

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table of R rows, keyed by unit and year as far as it has them.

    Attributes
    ----------
    keys
        The columns of keys that were named; the row's number where none was.
    names
        Units in the order they come; empty if the table has no column of them.
    unit
        ``int[R]`` place of each row's unit in `names`; the row's own number without units.
    year
        ``int[R]``, None without years.
    frame
        The table.
    """

    keys: pl.DataFrame
    names: tuple[str, ...]
    unit: Integers
    year: Integers | None
    frame: pl.DataFrame

    @classmethod
    def of(cls, data: Any, unit: str | None, time: str | None) -> Table:
        """Return a table by its keys.

        Raises
        ------
        DataError
            A column is absent, there is no row, a row has no key, or two rows have the same.
        """
        if time is not None:
            keyed = Keyed.of(data, unit, time)
            own = keyed.n if unit else np.arange(keyed.t.size)
            keys = keyed.frame.select(*([unit] if unit else []), time)
            return cls(keys, keyed.units if unit else (), own, keyed.years[keyed.t], keyed.frame)
        frame = to_polars(data)
        require(frame, *([unit] if unit else []))
        if not frame.height:
            raise DataError("empty_table")
        rows = np.arange(frame.height)
        if unit is None:
            return cls(pl.DataFrame({"row": rows + 1}), (), rows, None, frame)
        names = frame[unit].cast(pl.String)
        if names.has_nulls():
            raise DataError("no_unit", where=Where(row=int(names.is_null().arg_true()[0]) + 1))
        twins = names.is_duplicated()
        if twins.any():
            raise DataError("sfa_twin_units", where=Where(unit=names[int(twins.arg_true()[0])]), count=int(twins.sum()))
        return cls(frame.select(unit), tuple(names.to_list()), rows, None, frame)

    def where(self, row: int, column: str | None = None) -> Where:
        """Return the place of a row in words."""
        return Where(
            row=row + 1,
            unit=self.names[self.unit[row]] if self.names else None,
            period=int(self.year[row]) if self.year is not None else None,
            indicator=column,
        )

    def columns(self, names: Sequence[str]) -> Floats:
        """Return columns as ``float64[R, K]``.

        Raises
        ------
        DataError
            A column is absent, or a cell holds what is no finite number.
        MethodError
            A cell is empty.
        """
        _, values = numbers(self.frame, names)
        holes = np.argwhere(np.isnan(values))
        if holes.size:
            row, column = (int(i) for i in holes[0])
            raise MethodError("sfa_missing", where=self.where(row, names[column]), count=len(holes))
        return values

    def logs(self, names: Sequence[str]) -> Floats:
        """Return logarithms of columns, ``float64[R, K]``.

        Raises
        ------
        DataError
            A column is absent, or a cell holds what is no finite number.
        MethodError
            A cell is empty, zero or negative.
        """
        values = self.columns(names)
        wrong = np.argwhere(values <= 0)
        if wrong.size:
            row, column = (int(i) for i in wrong[0])
            value = float(values[row, column])
            raise MethodError("sfa_not_positive", where=self.where(row, names[column]), value=value, count=len(wrong))
        return np.log(values)
