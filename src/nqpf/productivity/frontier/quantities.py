"""Inputs, outputs and bad outputs of observations: from a table by key, checked, to arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, numbers
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import require, to_polars
from nqpf.productivity.lists import refuse_text

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]


RESERVED = ("score", "efficiency", "status", "gap", "peer", "weight", "scale")
"""Columns of results, which columns of keys may not be called."""


@dataclass(frozen=True, slots=True, eq=False)
class Quantities:
    """Quantities of n observations.

    Attributes
    ----------
    x, y, b
        ``float64[n, I]`` inputs, ``float64[n, O]`` good outputs, ``float64[n, B]`` bad outputs (B may be 0).
    """

    x: Floats
    y: Floats
    b: Floats

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, rows: Any) -> Quantities:
        return Quantities(self.x[rows], self.y[rows], self.b[rows])

    @property
    def all(self) -> Floats:
        """Return ``float64[n, I + O + B]``."""
        return np.hstack([self.x, self.y, self.b])


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Observations of a table, one a row.

    Attributes
    ----------
    keys
        Table of the key columns (unit, time), one row an observation, in the order given.
    quantities
        Numbers of every row, NaN where missing.
    t
        ``int[R]`` position of each row's year among `periods`, the years that any row has, in order.
    n
        ``int[R]`` position of each row's unit among `units`.
    complete
        ``bool[R]`` nothing is missing in the row.
    names
        Columns of inputs, outputs, bad outputs.
    """

    keys: pl.DataFrame
    quantities: Quantities
    t: Integers
    n: Integers
    periods: tuple[int | None, ...]
    units: tuple[str, ...]
    complete: Bools
    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]

    @classmethod
    def of(
        cls,
        data: Any,
        inputs: Sequence[str],
        outputs: Sequence[str],
        bad: Sequence[str] = (),
        unit: str | None = None,
        time: str | None = None,
        missing: Literal["error", "skip"] = "error",
    ) -> Observed:
        """Return the observations of a table.

        Raises
        ------
        DataError
            A column is absent or named twice, a cell holds no number or (unless ``missing="skip"``) nothing, a key is
            missing or twice there.
        SpecError
            No inputs or no outputs, or a name in place of a list of names; a column of keys that is named like a column
            of results.
        """
        choose("missing", missing, ("error", "skip"))
        frame = to_polars(data)
        refuse_text(inputs=inputs, outputs=outputs, bad=bad)
        for key, given in (("inputs", inputs), ("outputs", outputs)):
            if not given:
                raise SpecError("frontier_no_columns", where=Where(key=key))
        columns = [*inputs, *outputs, *bad]
        named = [c for c in (unit, time) if c] + columns
        twice = [c for i, c in enumerate(named) if c in named[:i]]
        if twice:
            raise SpecError("frontier_column_twice", column=twice[0])
        taken = [c for c in (unit, time) if c in RESERVED]
        if taken:
            raise SpecError("frontier_key_name", column=taken[0], options=listing(RESERVED, 20))
        frame, values = numbers(frame, columns)
        keys, t, n, periods, units = _keys(frame, unit, time)
        complete: Bools = np.asarray(np.isfinite(values).all(axis=1))
        if missing == "error" and not complete.all():
            row, k = (int(i[0]) for i in np.nonzero(~np.isfinite(values)))
            raise DataError(
                "frontier_missing",
                where=Where(unit=units[n[row]], period=periods[t[row]], row=row + 1, indicator=columns[k]),
                count=int((~np.isfinite(values)).sum()),
            )
        if not complete.any():
            raise DataError("frontier_none_complete", count=len(complete), columns=listing(columns, 20))
        i, o = len(inputs), len(inputs) + len(outputs)
        found = Quantities(values[:, :i], values[:, i:o], values[:, o:])
        return cls(keys, found, t, n, periods, units, complete, (tuple(inputs), tuple(outputs), tuple(bad)))

    def where(self, row: int, column: str | None = None) -> Where:
        """Return the place of a row in words of an error."""
        return Where(unit=self.units[self.n[row]], period=self.periods[self.t[row]], row=row + 1, indicator=column)

    def refuse(self, wrong: Bools, code: str, columns: Sequence[str], **values: Any) -> None:
        """Raise a MethodError at the first cell of ``wrong`` (``bool[R, len(columns)]``), if there is one."""
        if wrong.any():
            row, k = (int(i[0]) for i in np.nonzero(wrong))
            raise MethodError(code, where=self.where(row, columns[k]), count=int(wrong.sum()), **values)


def _keys(
    frame: pl.DataFrame, unit: str | None, time: str | None
) -> tuple[pl.DataFrame, Integers, Integers, tuple[int | None, ...], tuple[str, ...]]:
    """Return keys of the rows; without `unit`, rows are named by their number; without `time`, all are of one year."""
    require(frame, *[c for c in (unit, time) if c])
    if unit is None and time is not None:
        raise SpecError("frontier_time_without_unit", options=listing(frame.columns, 20))
    if time is not None:
        keyed = Keyed.of(frame, unit, time)
        seen, t = np.unique(keyed.t, return_inverse=True)
        return frame.select(unit, time), t, keyed.n, tuple(int(year) for year in keyed.years[seen]), keyed.units
    rows = np.arange(frame.height, dtype=np.intp)
    none = np.zeros(frame.height, dtype=np.intp)
    if unit is None:
        names = tuple(str(i + 1) for i in rows)
        return pl.DataFrame({"row": rows + 1}), none, rows, (None,), names
    again = np.flatnonzero(~frame[unit].is_first_distinct().to_numpy())
    if again.size and not frame[unit].has_nulls():
        row = int(again[0])
        raise DataError("frontier_unit_twice", where=Where(row=row + 1, unit=str(frame[unit][row])), count=again.size)
    keyed = Keyed.of(frame.select(unit, pl.lit(1).alias("·")), unit, "·")
    return frame.select(unit), none, keyed.n, (None,), keyed.units
