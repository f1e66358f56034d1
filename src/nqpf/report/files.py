"""Results as plain files: a csv for each table, a picture in each language and its numbers for each figure.

`save` is the one way in which any writer of this floor puts a file on disk.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import polars as pl

from nqpf.chapters.blocks import Chapter
from nqpf.errors import OutputError, Where
from nqpf.messages import Lang
from nqpf.report.walk import outline


def save(path: Path, content: str | bytes) -> Path:
    """Write `content` to `path` so that the file is whole or not there, and return `path`.

    Text is written as UTF-8 with line feeds on every system: the same report has the same bytes everywhere.

    Raises
    ------
    OutputError
        The file cannot be written, for instance because another program has it open.
    """
    unfinished = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(unfinished, path)
    except OSError as error:
        raise OutputError("cannot_write", where=Where(file=str(path)), reason=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return path


def csv_bytes(frame: pl.DataFrame) -> bytes:
    r"""Return `frame` as csv: full precision, UTF-8 with the mark by which Excel knows it as such.

    Examples
    --------
    >>> csv_bytes(pl.DataFrame({"省份": ["广东"], "得分": [0.1]})).decode("utf-8-sig")
    '省份,得分\n广东,0.1\n'
    """
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    flat = frame.with_columns(pl.col(name).map_elements(_flat, return_dtype=pl.String) for name in nested)
    buffer = BytesIO()
    flat.write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def write_tables(folder: Path, chapters: Sequence[Chapter]) -> tuple[Path, ...]:
    """Write every table of the chapters, with all rows and columns of its frame, as ``ID.csv``.

    Parameters
    ----------
    folder
        Where the files go; made if it is not there.
    chapters
        Chapters of the report.

    Returns
    -------
    tuple of Path
        The files, in reading order.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    tables = outline(chapters).tables()
    return tuple(save(folder / f"{place.anchor}.csv", csv_bytes(table.frame)) for place, table in tables)


def write_figures(folder: Path, chapters: Sequence[Chapter], langs: Sequence[Lang]) -> tuple[Path, ...]:
    """Write every figure of the chapters as ``ID.zh.svg``, ``ID.en.svg`` and its numbers as ``ID.csv``.

    Parameters
    ----------
    folder
        Where the files go; made if it is not there.
    chapters
        Chapters of the report.
    langs
        Languages in which the pictures are wanted.

    Returns
    -------
    tuple of Path
        The files, in reading order.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    written: list[Path] = []
    for place, figure in outline(chapters).figures():
        written += [save(folder / f"{place.anchor}.{lang}.svg", figure.svg(lang)) for lang in langs]
        written.append(save(folder / f"{place.anchor}.csv", csv_bytes(figure.data)))
    return tuple(written)


def _flat(value: object) -> str:
    items = value.values() if isinstance(value, dict) else value
    return "; ".join("" if item is None else str(item) for item in items)  # type: ignore[attr-defined]
