"""What a chapter is made of: paragraphs, callouts, tables, figures and sections of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from nqpf.charts.figure import Figure
from nqpf.messages import Text
from nqpf.results import Finding, Severity


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Text


@dataclass(frozen=True, slots=True)
class Callout:
    """A remark set apart: a caution, a limit, a pointer."""

    text: Text
    severity: Severity = "info"


@dataclass(frozen=True, slots=True)
class FindingList:
    """Findings, each shown with a link to the place of its numbers."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in LaTeX with what its letters mean."""

    latex: str
    where: Text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key
        Column of the frame; where `kind` is ``text`` and the frame has ``key_zh`` and ``key_en``, these are shown.
    title
        Heading, in both languages, with the unit.
    kind
        ``text``, ``number``, ``integer``, ``percent`` (a share shown × 100) or ``bar`` (a number with a bar behind it).
    digits
        Decimals shown for ``number``, ``percent`` and ``bar``; None shows four significant digits or more, for figures
        in units of their own. The file keeps full precision.
    alert
        Column of the frame that says which cells are shown in red; None: none.
    """

    key: str
    title: Text
    kind: Literal["text", "number", "integer", "percent", "bar"] = "text"
    digits: int | None = 3
    alert: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: a frame and how its columns are shown. Saved whole as csv and as a sheet of the workbook."""

    id: str
    title: Text
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a chapter. ``choose`` shows its sub-sections one at a time, picked from a list."""

    id: str
    title: Text
    blocks: tuple[Block, ...]
    choose: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of an assessment, and the findings it contributes to the summary."""

    id: str
    title: Text
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()


Block = Paragraph | Callout | FindingList | Formula | Table | Figure | Section
