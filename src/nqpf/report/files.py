"""Results as plain files: a csv for each table, a picture in each language and its numbers for each figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nqpf.chapters.blocks import Chapter
from nqpf.data.write import csv_bytes, save
from nqpf.messages import Lang
from nqpf.report.walk import outline


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
