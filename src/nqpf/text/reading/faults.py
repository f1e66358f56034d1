"""What can be wrong with a file of text, told in one kind of error that names the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nqpf.data.files.source import Source as DataFile
from nqpf.errors import DataError, Where

EXTRA = "text"
INSTEAD = {
    "damaged": "text_damaged",
    "zip_bomb": "text_zip_bomb",
    "unknown_encoding": "text_unknown_encoding",
    "unreadable": "text_unreadable",
}
"""Errors of the readers of tables, and which of ours says the same of texts."""


def where(path: Path, line: int | None = None) -> Where:
    """Return a place in a file."""
    return Where(file=str(path), line=line)


def as_data_file(path: Path) -> DataFile:
    """Return a file as the readers of tables want it; they share the opening of archives and the encodings with us."""
    return DataFile(path, path.name, None, [])


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn whatever a library raises over a broken file into one error of a text that names the file."""
    try:
        with as_data_file(path).guarded():
            yield
    except DataError as error:
        if error.code not in INSTEAD:
            raise
        raise DataError(INSTEAD[error.code], where=error.where, **error.values) from error.__cause__


def extra_needed(package: str, path: Path) -> DataError:
    """Return the error that names what to install."""
    return DataError("text_extra", where=where(path), package=package, extra=EXTRA)
