"""What every table of the room is asked first: labels that name something, columns apart, numbers of a usable size."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, SpecError, Where

SIZES = (1e-60, 1e60)
"""Least and greatest size of a number beside 0: products of a few of them neither overflow nor vanish."""

MISSING = {"unit": "no_unit", "industry": "no_industry", "time": "not_a_year"}


def keys_apart(added: Iterable[str], **roles: str | None) -> None:
    """Refuse a column of labels that stands for two things, or has the name of a column that a result adds.

    Parameters
    ----------
    added
        Columns of the results, beside those of labels.
    **roles
        Columns of labels by role; None where there is none.

    Raises
    ------
    SpecError
        Names the column and the roles.
    """
    taken = {*added, "·"}  # the name of columns that are put up on the way
    seen: dict[str, str] = {}
    for role, column in roles.items():
        if not isinstance(column, str):  # none, or no column at all, which is refused where the table is read
            continue
        if column in seen:
            raise SpecError("keys_same", where=Where(key=role), column=column, other=seen[column])
        if column in taken:
            raise SpecError("key_taken", where=Where(key=role), column=column)
        seen[column] = role


def stated(frame: pl.DataFrame, role: str, column: str) -> None:
    """Refuse a column of labels in which one is missing, or that holds lists.

    Raises
    ------
    DataError
        Names the first row without a label, or the column.
    """
    written = frame[column]
    if written.dtype.is_nested() or written.dtype in (pl.Object, pl.Binary):
        raise DataError("label_kind", where=Where(indicator=column), kind=str(written.dtype))
    missing = written.is_null()
    if written.dtype.is_float():
        missing |= written.is_nan().fill_null(False)
    if missing.any():
        raise DataError(MISSING[role], where=Where(row=int(missing.arg_true()[0]) + 1), value=None)


def out_of_size(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which numbers are too large or too small to be reckoned with; 0 and NaN are not."""
    size = np.abs(values)
    return np.asarray((size > SIZES[1]) | ((size > 0) & (size < SIZES[0])))


def size_error(where: Where, value: float, column: str) -> MethodError:
    """Return the error about a number that is `out_of_size`."""
    return MethodError("number_size", where=where, value=float(value), column=column, least=SIZES[0], most=SIZES[1])


def years_of(labels: pl.Series) -> NDArray[np.float64] | None:
    """Return years as numbers, dates as years and parts of them; None where one is neither.

    Examples
    --------
    >>> years_of(pl.Series(["2010", "2015年"])).tolist(), years_of(pl.Series(["early", "late"]))
    ([2010.0, 2015.0], None)
    """
    if labels.dtype in (pl.Date, pl.Datetime):
        days = 365 + labels.dt.is_leap_year().cast(pl.Int64)
        found = labels.dt.year() + (labels.dt.ordinal_day() - 1) / days
    else:
        found = labels.cast(pl.String).str.strip_suffix("年").cast(pl.Float64, strict=False)
    return None if found.has_nulls() else found.to_numpy().astype(np.float64)
