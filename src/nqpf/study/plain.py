"""Plain tables that a study names beside its data: the names of the columns in the first row, a row below for each."""

from __future__ import annotations

import polars as pl

from nqpf.data.files import grids
from nqpf.errors import DataError, NqpfError, SpecError, Where
from nqpf.frames import require
from nqpf.study.spec import Study


def plain_table(study: Study, file: str, key: str, *columns: str) -> pl.DataFrame:
    """Return a table that a study names, with the columns it must have.

    Parameters
    ----------
    study
        The study.
    file
        Path, relative to the study's file.
    key
        Key of the study that names it, for messages.
    columns
        Columns it must have.

    Raises
    ------
    SpecError
        The file is not there.
    DataError
        It has no row or lacks a column.
    """
    path = study.folder / file
    if not path.is_file():
        raise SpecError("data_file_not_found", where=study.where(*key.split(".")), file=file)
    if path.suffix.lower() == ".parquet":
        frame = pl.read_parquet(path)
    else:
        grid = next(grids(path), None)
        rows = [] if grid is None else [row for row in grid.rows if any(cell not in (None, "") for cell in row)]
        if len(rows) < 2:
            raise DataError("empty_table", where=Where(file=file))
        names = [str(cell).strip() for cell in rows[0]]
        frame = pl.DataFrame([[None if c == "" else c for c in row] for row in rows[1:]], schema=names, orient="row",
                             infer_schema_length=None, strict=False)  # fmt: skip
    try:
        require(frame, *columns)
    except NqpfError as error:
        raise error.at(Where(file=file)) from None
    return frame


def label(column: str) -> pl.Expr:
    """Return a column of names or codes as text, a code that a spreadsheet holds as a number without its ``.0``."""
    return pl.col(column).cast(pl.String).str.strip_chars().str.strip_suffix(".0")
