"""The one door for tables: any dataframe narwhals knows goes in as polars and can come out as its own kind."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.errors import DataError, hint, listing


def to_polars(table: Any) -> pl.DataFrame:
    """Return `table` (polars, pandas, pyarrow, DuckDB, … or a mapping of columns) as a polars frame.

    Raises
    ------
    DataError
        `table` is nothing that narwhals knows as a dataframe, or its columns differ in length.
    """
    if isinstance(table, pl.DataFrame):
        return table
    if isinstance(table, dict):
        try:
            return pl.DataFrame(table, strict=False)
        except pl.exceptions.ShapeError:
            sizes = [f"{name} {np.size(column)}" for name, column in table.items()]
            raise DataError("columns_uneven", sizes=listing(sizes, 20)) from None
    try:
        native = nw.from_native(table)
    except TypeError:
        raise DataError("not_a_table", kind=type(table).__name__) from None
    if isinstance(native, nw.LazyFrame):
        native = native.collect()
    try:
        frame: pl.DataFrame = native.to_polars()
    except (TypeError, ValueError):  # a pandas column of cells of several kinds
        frame = pl.DataFrame([_column(native[name]) for name in native.columns])
    return frame


def _column(column: nw.Series[Any]) -> pl.Series:
    """Return a column as polars, as text where its cells are of several kinds."""
    try:
        return column.to_polars()
    except (TypeError, ValueError):
        missing = column.is_null().to_list()
        cells = [None if gone else str(cell) for cell, gone in zip(column.to_list(), missing, strict=True)]
        return pl.Series(column.name, cells, dtype=pl.String)


def backend_of(table: Any) -> nw.Implementation | None:
    """Return which dataframe library `table` belongs to; None for polars and for what is no dataframe."""
    native = nw.from_native(table, pass_through=True)
    if isinstance(native, nw.DataFrame | nw.LazyFrame) and not native.implementation.is_polars():
        return native.implementation
    return None


def as_backend(frame: pl.DataFrame, backend: nw.Implementation | None) -> Any:
    """Return `frame` as a dataframe of that library (polars where it is None or has no eager frames)."""
    if backend is None or not (backend.is_pandas_like() or backend.is_pyarrow()):
        return frame
    return nw.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), backend=backend).to_native()  # type: ignore[arg-type]


def require(frame: pl.DataFrame, *columns: str) -> None:
    """Raise a DataError that names the first of `columns` the frame lacks, and what it has."""
    for column in columns:
        if column not in frame.columns:
            raise DataError(
                "unknown_column",
                column=column,
                options=listing(frame.columns, 20),
                hint=hint(str(column), frame.columns),
            )
