"""Tables with three rules (三线表): thick ones above and below, a thin one under the headings, none that stand.

Headings come again on every page, a row is never torn apart, and a table too wide for the page turns it on its side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nqpf.chapters.blocks import Table
from nqpf.messages import Lang
from nqpf.report.cells import cells
from nqpf.report.word.nodes import Node, node, on, paragraph, text_run
from nqpf.report.word.styles import Styles
from nqpf.report.word.widths import SIZES, Fit, ems, fit, numbers, words

RED = "B3261E"
KEPT_WHOLE = 12
"""Rows up to which a table is kept on one page."""


class Drawn(NamedTuple):
    """A table's words, and how it fits the page."""

    headings: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    alerts: tuple[tuple[bool, ...], ...]
    is_number: tuple[bool, ...]
    fit: Fit


def drawn(table: Table, lang: Lang, most_rows: int | None, upright: int, across: int) -> Drawn:
    """Return a table's first rows as words, and how they fit lines of two widths (twentieths of a point)."""
    shown = table.frame if most_rows is None else table.frame.head(most_rows)
    headings = tuple(column.title[lang] for column in table.columns)
    found = [cells(shown, column) for column in table.columns]
    columns = tuple(tuple(cell.text[lang] for cell in column) for column in found)
    alerts = tuple(tuple(cell.alert for cell in column) for column in found)
    is_number = tuple(column.kind != "text" for column in table.columns)
    asked = [
        (numbers if number else words)(heading, column)
        for heading, column, number in zip(headings, columns, is_number, strict=True)
    ]
    rows = [[ems(text) for text in row] for row in zip(*columns, strict=True)]
    return Drawn(headings, columns, alerts, is_number, fit(asked, upright, across, rows))


def table_node(table: Drawn, title: str, styles: Styles) -> Node:
    """Return a table as a node."""
    widths = table.fit.widths
    properties = node(
        "w:tblPr",
        node("w:tblStyle", val=styles.id("Report Table")),
        node("w:tblW", w=sum(widths), type="dxa"),
        node("w:jc", val="center"),
        node("w:tblLayout", type="fixed"),
        node("w:tblLook", val="0020", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
        node("w:tblCaption", val=title),
    )
    grid = node("w:tblGrid", *(node("w:gridCol", w=width) for width in widths))
    headings = ["Table Number Heading" if number else "Table Heading" for number in table.is_number]
    kinds = ["Table Number" if number else "Table Text" for number in table.is_number]
    rows = list(zip(*table.columns, strict=True))
    red = list(zip(*table.alerts, strict=True))
    kept = len(rows) <= KEPT_WHOLE
    made = [_row(table, table.headings, [styles.id(h) for h in headings], on("w:tblHeader"), keep=True)]
    ids = [styles.id(kind) for kind in kinds]
    made += [_row(table, row, ids, keep=kept and at < len(rows), red=red[at - 1]) for at, row in enumerate(rows, 1)]
    return node("w:tbl", properties, grid, *made)


def _row(
    table: Drawn, texts: Sequence[str], styles: Sequence[str], *properties: Node, keep: bool, red: Sequence[bool] = ()
) -> Node:
    smaller = table.fit.size != SIZES[0]
    made = node("w:tr", node("w:trPr", on("w:cantSplit"), *properties))
    alerts = red or [False] * len(texts)
    for text, style, width, alert in zip(texts, styles, table.fit.widths, alerts, strict=True):
        kept = {"keepNext": on("w:keepNext")} if keep else {}
        size = [node("w:color", val=RED)] if alert else []
        size += [node("w:sz", val=round(2 * table.fit.size))] if smaller else []
        words = paragraph(style, text_run(text, *size), **kept)
        made.append(node("w:tc", node("w:tcPr", node("w:tcW", w=width, type="dxa")), words))
    return made
