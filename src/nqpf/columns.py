"""What the functions on plain tables share: columns as numbers and options checked, in the words of the errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.frames import require, to_polars
from nqpf.yamlfile import Document, Strict, validate

Floats = NDArray[np.float64]
M = TypeVar("M", bound=Strict)


def numbers(data: Any, columns: Sequence[str], by: str | None = None) -> tuple[pl.DataFrame, Floats]:
    """Return a table as polars and its `columns` as ``float64[R, K]``, NaN where missing.

    Raises
    ------
    DataError
        A column is absent, there is no row, a cell holds no finite number, or a row has no year in column `by`.
    """
    frame = to_polars(data)
    require(frame, *columns, *([by] if by else []))
    if not frame.height:
        raise DataError("empty_table")
    for c in (c for c in columns if not _numeric(frame[c].dtype)):
        raise DataError("text_in_number", where=Where(row=1, indicator=c), value=frame[c][0])
    cast = frame.select(pl.col(c).cast(pl.Float64, strict=False) for c in columns)
    found = cast.to_numpy()
    absent, before = (np.array(table.null_count().row(0)) for table in (cast, frame.select(columns)))
    with np.errstate(over="ignore", invalid="ignore"):
        infinite = False if np.isfinite(found.sum()) else np.isinf(found).any(axis=0)  # a sum is quicker than a search
    for k in np.flatnonzero((absent > before) | infinite):
        column = columns[int(k)]
        row = _first_wrong(frame[column])
        raise DataError("text_in_number", where=Where(row=row + 1, indicator=column), value=frame[column][row])
    if by and frame[by].has_nulls():
        raise DataError("not_a_year", where=Where(row=int(frame[by].is_null().arg_true()[0]) + 1), value=None)
    return frame, found


def _numeric(kind: pl.DataType) -> bool:
    """Return whether cells of a kind can be numbers, be they written as text."""
    return not (kind.is_nested() or kind.is_temporal() or kind in (pl.Object, pl.Binary))


def _first_wrong(written: pl.Series) -> int:
    """Return the first row of a column whose cell is no finite number although there is something in it."""
    number = written.cast(pl.Float64, strict=False)
    wrong = ((number.is_null() & written.is_not_null()) | number.is_infinite()).fill_null(False)
    return int(wrong.arg_true()[0])


def groups_of(frame: pl.DataFrame, by: str | None) -> list[tuple[Any, NDArray[np.intp]]]:
    """Return the rows of each year in column `by`, years in the order they come; all rows, under None, without `by`."""
    if by is None:
        return [(None, np.arange(frame.height))]
    years = frame.select(by).with_row_index("·")
    return [(key, part["·"].to_numpy()) for (key,), part in years.group_by(by, maintain_order=True)]


def checked(model: type[M], **options: Any) -> M:
    """Return options of a function as the `model` of the recipe they belong to.

    Raises
    ------
    SpecError
        Names the option and what would be right.
    """
    try:
        return validate(model, Document("", options, dict.fromkeys(((name,) for name in options), 1)))
    except SpecError as error:
        raise SpecError(error.code, where=Where(key=error.where.key), **error.values) from None


def choose(key: str, value: object, options: Sequence[str]) -> None:
    """Raise a SpecError if `value` is none of the `options` for `key`."""
    if value not in options:
        near = hint(str(value), options)
        raise SpecError("bad_choice", where=Where(key=key), value=value, options=listing(options), hint=near)


def column_weights(columns: Sequence[str], weights: Mapping[str, float] | Sequence[float] | None) -> Floats:
    """Return weights in the order of `columns`; an error if they are not one a column or do not sum to 1."""
    if weights is None:
        return np.full(len(columns), 1 / len(columns))
    if isinstance(weights, Mapping):
        for column in (c for c in columns if c not in weights):
            raise MethodError(
                "weight_absent", where=Where(indicator=column), options=listing(weights), hint=hint(column, weights)
            )
        for stray in (name for name in weights if name not in columns):
            raise DataError("unknown_column", column=stray, options=listing(columns, 20), hint=hint(stray, columns))
        weights = [weights[c] for c in columns]
    w = np.asarray(weights, dtype=float)
    if w.shape != (len(columns),):
        raise MethodError("weights_count", given=w.size, wanted=len(columns))
    if not ((w >= 0).all() and abs(w.sum() - 1) <= 1e-6):
        raise MethodError("weights_not_one", total=float(w.sum()))
    return w
