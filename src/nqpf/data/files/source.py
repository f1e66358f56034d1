"""A file on its way to becoming grids: where it lies, what it is called, and what was remarked on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nqpf.data.files.sheet import Cell, address_of, called
from nqpf.errors import DataError, Where, listing
from nqpf.results import Note


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is being read.

    Attributes
    ----------
    path, name
        Where it lies, and what messages call it.
    sheet
        The only sheet to read, or None for all.
    notes
        Remarks; readers append to it.
    """

    path: Path
    name: str
    sheet: str | None
    notes: list[Note]

    def where(self, sheet: str | None = None, line: int | None = None) -> Where:
        """Return the place of a fault in this file."""
        return Where(file=str(self.path), sheet=sheet, line=line)

    def wanted(self, sheets: Iterable[str]) -> list[str]:
        """Return which of the file's sheets to read.

        Raises
        ------
        DataError
            The sheet asked for is not among them.
        """
        options = list(sheets)
        if self.sheet is None:
            return options
        if self.sheet not in options:
            raise DataError("unknown_sheet", where=self.where(self.sheet), options=listing(options))
        return [self.sheet]

    def remark_pictures(self, sheet: str | None, count: int) -> None:
        """Note that a sheet shows pictures, which are not read."""
        if count:
            values = {"table": self.called(sheet), "count": count}
            self.notes.append(Note("pictures_unread", "warning", values))

    def remark_uncomputed(self, sheet: str, cells: Sequence[Cell]) -> None:
        """Note the formulas that were saved without their results."""
        if cells:
            values = {"table": self.called(sheet), "cells": listing(address_of(*cell) for cell in cells)}
            self.notes.append(Note("formulas_uncomputed", "warning", values))

    def called(self, sheet: str | None) -> str:
        """Return what to call a sheet of this file in a note."""
        return called(self.name, sheet)

    @contextmanager
    def guarded(self, sheet: str | None = None) -> Iterator[None]:
        """Turn whatever a library raises over a broken file into one error that names the file.

        A damaged file can fail in any way inside a decoder (python-calamine even panics, which is no `Exception`);
        what it says there would mean nothing to a reader.
        """
        try:
            yield
        except (DataError, GeneratorExit, KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:
            if isinstance(error, OSError) and error.errno is not None:  # the system's own, not a library's
                problem = error.strerror or str(error)
                raise DataError("unreadable", where=self.where(sheet), problem=problem) from None
            raise DataError("damaged", where=self.where(sheet)) from error
