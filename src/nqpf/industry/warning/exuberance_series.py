"""Series for the test of exuberance: one a unit, in the order of time, without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.errors import DataError, MethodError, Where
from nqpf.frames import require
from nqpf.industry.labels import out_of_size, size_error, stated

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A series of T periods.

    Attributes
    ----------
    label
        The unit; None where the table has one series.
    times
        T periods in rising order.
    values
        ``float64[T]`` as given, all finite.
    checked
        Whether the periods are known to follow each other without a gap; dates of days and plain text are not.
    """

    label: Any
    times: pl.Series
    values: Floats
    checked: bool


def series_of(data: Any, value: str, unit: str | None, time: str) -> list[Series]:
    """Return the series of a long table, sorted by unit and time.

    Raises
    ------
    DataError
        A column is absent, there is no row, a label is missing, or a unit has two rows for a period.
    MethodError
        A value is missing, or a period is left out.
    """
    frame, found = numbers(data, [value])
    require(frame, time, *([unit] if unit else []))
    stated(frame, "time", time)
    if unit:
        stated(frame, "unit", unit)
    if np.isnan(found).any():
        row = int(np.isnan(found[:, 0]).argmax())
        raise MethodError("exuberance_missing", where=_where(frame, row, unit, time, value))
    if (wrong := out_of_size(found[:, 0])).any():
        row = int(wrong.argmax())
        raise size_error(_where(frame, row, unit, time), found[row, 0], value)
    keys = [*([unit] if unit else []), time]
    twice = frame.select(keys).is_duplicated()
    if twice.any():
        cases = frame.select(keys).filter(twice).n_unique()
        raise DataError("twin_rows", where=_where(frame, int(twice.arg_true()[0]), unit, time), count=cases)
    table = frame.select(keys).with_columns(pl.Series("·", found[:, 0])).sort(keys)
    parts = table.partition_by(unit, maintain_order=True) if unit else [table]
    return [
        Series(label, part[time], part["·"].to_numpy(), _without_gap(part[time], label))
        for part in parts
        for label in [part[unit][0] if unit else None]
    ]


def _where(frame: pl.DataFrame, row: int, unit: str | None, time: str, column: str | None = None) -> Where:
    label = str(frame[unit][row]) if unit else None
    return Where(row=row + 1, unit=label, period=_shown(frame[time][row]), indicator=column)


def _shown(period: Any) -> int | str:
    return period if isinstance(period, int) else str(period)


def _without_gap(times: pl.Series, label: Any) -> bool:
    """Return whether the periods can be checked to be a step apart, and raise where they are not."""
    if times.dtype.is_temporal():
        months = (times.dt.year().cast(pl.Int64) * 12 + times.dt.month()).to_numpy()
        if np.unique(months).size < months.size:
            return False
        place = months
    elif times.dtype.is_integer():
        place = times.cast(pl.Int64).to_numpy()
    else:
        return False
    steps = np.diff(place)
    if steps.size and (wide := steps > steps.min()).any():
        at = int(wide.argmax())
        unit = None if label is None else str(label)
        raise MethodError("exuberance_gap", where=Where(unit=unit), before=str(times[at]), after=str(times[at + 1]))
    return True
