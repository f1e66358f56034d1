"""Files as grids of cells: every kind of table that offices hand out, each cell with its address."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nqpf.data.files.columnar import grid_of, read_arrow, read_parquet, read_stata
from nqpf.data.files.delimited import read_delimited
from nqpf.data.files.html import read_html, read_mhtml
from nqpf.data.files.junk import expand
from nqpf.data.files.kind import KINDS, kind_of
from nqpf.data.files.sheet import Grid, letters_of
from nqpf.data.files.source import Source
from nqpf.data.files.spreadsheetml import read_spreadsheetml
from nqpf.data.files.xls import read_xls
from nqpf.data.files.xlsx import read_ods, read_xlsb, read_xlsx
from nqpf.errors import DataError, listing
from nqpf.frames import to_polars
from nqpf.messages import Text, say
from nqpf.results import Note

__all__ = ["Grid", "expand", "grids", "letters_of"]

READERS: Mapping[str, Callable[[Source], Iterator[Grid]]] = {
    "arrow": read_arrow,
    "dta": read_stata,
    "html": read_html,
    "mhtml": read_mhtml,
    "ods": read_ods,
    "parquet": read_parquet,
    "text": lambda source: read_delimited(source, _readable()),
    "xls": read_xls,
    "xlsb": read_xlsb,
    "xlsx": read_xlsx,
    "xml": read_spreadsheetml,
}
"""What reads each kind of file."""


def grids(
    source: Any, *, sheet: str | None = None, name: str | None = None, notes: list[Note] | None = None
) -> Iterator[Grid]:
    """Yield the grids in files or dataframes: one a sheet, those without a single cell left out.

    Parameters
    ----------
    source
        A path of a file or folder, any dataframe that narwhals knows, or a list of these. What a file is, its bytes
        say; its name is only a hint.
    sheet
        Read only this sheet.
    name
        What to call the source in messages; default: the file's name.
    notes
        Remarks are appended to it: junk left out, files that are not what their names say, hidden sheets, sheets
        without cells, pictures, cells with errors, formulas without results, encodings other than UTF-8.

    Raises
    ------
    DataError
        No such file or sheet; a kind of file that cannot be read; a file that is damaged, encrypted or too large.

    Examples
    --------
    >>> [grid.rows for grid in grids({"year": [2020], "gdp": [" 1.5 "]})]
    [(('year', 'gdp'), (2020, '1.5'))]
    """
    notes = [] if notes is None else notes
    for one in expand(source, notes):
        if isinstance(one, Path):
            found = _from_file(Source(one, name or one.name, sheet, notes))
        else:
            found = iter([grid_of(to_polars(one), name or say("word.dataframe").en)])
        yield from (grid for grid in found if grid.rows or grid.errors)


def _from_file(source: Source) -> Iterator[Grid]:
    with source.guarded():
        try:
            kind = kind_of(source.path)
        except zipfile.BadZipFile:
            raise DataError("cut_short", where=source.where()) from None
    if kind == "unknown":
        raise DataError("unknown_file_kind", where=source.where(), kinds=_readable())
    if kind in ("archive", "encrypted"):
        raise DataError(kind, where=source.where())
    suffix = source.path.suffix.lower()
    if KINDS.get(suffix, kind) != kind:
        values = {"file": source.name, "suffix": suffix, "kind": say(f"file_kind.{kind}")}
        source.notes.append(Note("kind_mismatch", "info", values))
    yield from READERS[kind](source)


def _readable() -> Text:
    return listing(KINDS, most=len(KINDS))
