"""What a streamed index reads: Parquet files, their columns, and how messages name a row of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.columns import choose
from nqpf.errors import DataError, SpecError, Where, hint, listing


@dataclass(frozen=True, slots=True)
class Files:
    """The rows to be read.

    Attributes
    ----------
    paths
        Parquet files, in the order in which their rows count.
    columns
        K columns of numbers.
    signs
        1 where more is better, −1 where less is.
    unit, time
        Columns that name a row; groups are the values of `time` where `grouped`.
    grouped
        Whether every year is a group of its own.
    """

    paths: tuple[Path, ...]
    columns: tuple[str, ...]
    signs: tuple[float, ...]
    unit: str | None
    time: str | None
    grouped: bool

    def where(self, path: Path, row: int, column: str | None = None) -> Where:
        """Return the place of a cell, by file and row (from 1) and by unit and year where these are columns."""
        names = [name for name in (self.unit, self.time) if name is not None]
        found: dict[str, Any] = {}
        if names:
            found = pl.scan_parquet(path).select(names).slice(row - 1, 1).collect().row(0, named=True)
        unit, time = (found.get(name) if name else None for name in (self.unit, self.time))
        return Where(
            file=path.name, row=row, unit=None if unit is None else str(unit), indicator=column, period=time or None
        )


def open_files(
    source: str | Path | Sequence[str | Path],
    columns: tuple[str, ...],
    direction: str | Mapping[str, str],
    unit: str | None,
    time: str | None,
    yearly: bool,
) -> Files:
    """Return what is to be read, checked against what the files hold.

    Parameters
    ----------
    source
        A file, a pattern, or several of them.
    columns, unit, time
        Columns that are used.
    direction
        ``benefit`` or ``cost`` for all columns, or by column.
    yearly
        Whether every year is a group of its own, for which `time` holds whole numbers.

    Raises
    ------
    DataError
        No such file; a file that is no Parquet; an absent column, or one that holds something else.
    SpecError
        ``yearly`` without `time`; a direction that is none.
    """
    if yearly and time is None:
        raise SpecError("stream_yearly_without_time", where=Where(key="time"))
    given = [source] if isinstance(source, str | Path) else list(source)
    paths = [p for one in given for p in (sorted(glob(str(one))) if has_magic(str(one)) else [str(one)])]
    if not paths:
        raise DataError("file_not_found", where=Where(file=str(source)))
    for path in paths:
        _check_schema(Path(path), columns, unit, time, yearly)
    return Files(tuple(map(Path, paths)), columns, _signs(columns, direction), unit, time, yearly)


def _check_schema(path: Path, columns: Sequence[str], unit: str | None, time: str | None, yearly: bool) -> None:
    if not path.is_file():
        raise DataError("file_not_found", where=Where(file=str(path)))
    try:
        schema = pl.scan_parquet(path).collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        problem = str(error).splitlines()[0]
        raise DataError("stream_not_parquet", where=Where(file=str(path)), problem=problem) from None
    for column in (*columns, *(name for name in (unit, time) if name)):
        if column not in schema:
            near, options = hint(column, schema), listing(schema, 20)
            raise DataError("unknown_column", where=Where(file=path.name), column=column, options=options, hint=near)
    for column in columns:
        if not schema[column].is_numeric():
            raise DataError("stream_not_numbers", where=Where(file=path.name, indicator=column), kind=schema[column])
    if yearly and time is not None and not schema[time].is_integer():
        raise DataError("stream_not_years", where=Where(file=path.name), column=time, kind=schema[time])


def _signs(columns: Sequence[str], direction: str | Mapping[str, str]) -> tuple[float, ...]:
    if isinstance(direction, Mapping):
        for stray in (name for name in direction if name not in columns):
            raise DataError("unknown_column", column=stray, options=listing(columns, 20), hint=hint(stray, columns))
    words = [direction if isinstance(direction, str) else direction.get(c, "benefit") for c in columns]
    for word in words:
        choose("direction", word, ("benefit", "cost"))
    return tuple(-1.0 if word == "cost" else 1.0 for word in words)
