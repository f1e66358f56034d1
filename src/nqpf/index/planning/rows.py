"""A table as planning scores read it: numbers by row, the unit and period of a row for errors, points by rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import require, to_polars

Floats = NDArray[np.float64]
Missing = Literal["stop", "keep"]
MISSING = ("stop", "keep")


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of R rows, and its columns of units and periods, where it has them."""

    frame: pl.DataFrame
    unit: str | None = None
    time: str | None = None

    @classmethod
    def of(cls, data: Any, unit: str | None, time: str | None, *keys: str | None) -> Rows:
        """Return a table whose rows have a unit, a period and whatever else stands in `keys`.

        Raises
        ------
        DataError
            A column is absent, there is no row, or a row has no unit, period or key.
        """
        frame = to_polars(data)
        named = [column for column in (unit, time, *keys) if column]
        require(frame, *named)
        if not frame.height:
            raise DataError("empty_table")
        found = cls(frame, unit, time)
        for column in named:
            if frame[column].has_nulls():
                row = int(frame[column].is_null().arg_true()[0])
                raise DataError("planning_no_key", where=Where(row=row + 1), column=column)
        return found

    def numbers(self, column: str, missing: str = "keep") -> Floats:
        """Return a column as ``float64[R]``, NaN where missing; a hole is an error if `missing` is ``stop``.

        Raises
        ------
        DataError
            The column is absent or holds what is no finite number.
        MethodError
            A value is missing.
        """
        values = numbers(self.frame, [column])[1][:, 0]
        if missing == "stop":
            self.refuse(np.isnan(values), "planning_missing", column)
        return values

    def given(self, level: str | float, missing: str = "keep") -> Floats:
        """Return a column, or one number for all rows, as ``float64[R]``."""
        if isinstance(level, str):
            return self.numbers(level, missing)
        if not np.isfinite(level):
            raise SpecError("planning_not_finite", value=level)
        return np.full(self.frame.height, float(level))

    def where(self, row: int, column: str | None = None) -> Where:
        """Return the place of a row in words."""
        unit = str(self.frame[self.unit][row]) if self.unit else None
        period = str(self.frame[self.time][row]) if self.time else None
        return Where(row=row + 1, unit=unit, period=period, indicator=column)

    def refuse(self, wrong: NDArray[np.bool_], code: str, column: str | None = None, **values: Any) -> None:
        """Raise a MethodError at the first of the rows marked in ``bool[R]``; values are given by row or once."""
        if wrong.any():
            row = int(wrong.argmax())
            here = {k: float(v[row]) if isinstance(v, np.ndarray) else v for k, v in values.items()}
            raise MethodError(code, where=self.where(row, column), count=int(wrong.sum()), **here)

    def refuse_twins(self, *keys: str) -> None:
        """Raise a DataError if two rows have the same keys."""
        twins = self.frame.select(keys).is_duplicated()
        if twins.any():
            raise DataError("planning_twins", where=self.where(int(twins.arg_true()[0])), keys=listing(keys))


def points_from(x: Floats, bands: Mapping[Any, float], between: str = "step") -> Floats:
    """Return the points that values earn by a rule ``{at least: points}``; NaN stays.

    Parameters
    ----------
    x
        Any shape.
    bands
        From each value on, its points; below the lowest, none (0).
    between
        ``step``: the points of the highest band reached. ``linear``: in proportion between two bands, and below the
        lowest band from 0 at 0.
    """
    edges = np.array(sorted(bands), dtype=float)
    points = np.array([bands[edge] for edge in sorted(bands)], dtype=float)
    if between == "linear":
        if edges[0] > 0:
            edges, points = np.insert(edges, 0, 0.0), np.insert(points, 0, 0.0)
        return np.asarray(np.where(np.isnan(x), np.nan, np.interp(x, edges, points)))
    reached = np.searchsorted(edges * (1 - 1e-12 * np.sign(edges)), x, side="right")
    return np.where(np.isnan(x), np.nan, np.insert(points, 0, 0.0)[reached])
