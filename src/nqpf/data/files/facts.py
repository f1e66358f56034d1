"""What a workbook's own parts say of a sheet beyond the values: errors, pictures, formulas without results, extent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nqpf.data.files.sheet import Cell, Merged

ERROR_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""Errors of a spreadsheet by the code that binary workbooks hold."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about a sheet.

    Attributes
    ----------
    rows, columns
        How far the cells reach.
    errors
        Cells that hold an error, with its text.
    uncomputed
        Cells with a formula whose result was never stored.
    merged
        Ranges of merged cells, where the reader of the values does not know them.
    pictures
        How many pictures the sheet shows.
    """

    rows: int = 0
    columns: int = 0
    errors: Mapping[Cell, str] = field(default_factory=dict)
    uncomputed: tuple[Cell, ...] = ()
    merged: Merged = ()
    pictures: int = 0
