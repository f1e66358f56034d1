"""All tables of a report in one Excel workbook: a sheet of contents, then a sheet a table, with every row and digit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from nqpf.chapters.blocks import Chapter, Column, Table
from nqpf.data.write import save
from nqpf.messages import LANGUAGES, Lang, Text, say
from nqpf.report.cells import grouped, languages
from nqpf.report.walk import Place, outline

CREATED = datetime(2024, 1, 1)
"""Fixed, so that the same report has the same bytes on any day."""

HEADER_ROW = 1
LONGEST_NAME = 31
LONGEST_TEXT = 32_767
WIDEST, NARROWEST = 48, 9
LARGEST_EXACT = 2**53
BAR_COLOR = "#B9D3E3"

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class _Styles(NamedTuple):
    title: Format
    header: Format
    link: Format
    note: Format
    alert: Format


class _Field(NamedTuple):
    """A column of a sheet: where its values are, its heading, how it is shown."""

    key: str
    heading: str
    column: Column | None


def write_workbook(path: Path, chapters: Sequence[Chapter], lang: Lang) -> Path:
    """Write all tables of the chapters to one xlsx file.

    Parameters
    ----------
    path
        The file.
    chapters
        Chapters of the report.
    lang
        Language that stands first in headings, and that names the sheets.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        The file cannot be written, for instance because Excel has it open.

    Notes
    -----
    The format holds numbers with 16 significant digits; the csv files hold them bit for bit.
    """
    tables = list(outline(chapters).tables())
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": CREATED})
        styles = _styles(book)
        names = _sheet_names(tables, lang)
        _contents(book.add_worksheet(say("report.contents")[lang]), tables, names, styles, lang)
        for (place, table), name in zip(tables, names, strict=True):
            _sheet(book, book.add_worksheet(name), place, table, styles, lang)
    return save(path, buffer.getvalue())


def _styles(book: Workbook) -> _Styles:
    return _Styles(
        title=book.add_format({"bold": True, "font_size": 13}),
        header=book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "bg_color": "#EEF3F7"}
        ),
        link=book.add_format({"font_color": "#1D4E79", "underline": 1}),
        note=book.add_format({"italic": True, "font_color": "#5F6F7A"}),
        alert=book.add_format({"bold": True, "font_color": "#B3261E"}),
    )


def _sheet_names(tables: Sequence[tuple[Place, Table]], lang: Lang) -> list[str]:
    """Return names Excel accepts; the number at the start keeps them apart."""
    names = []
    for place, table in tables:
        title = "".join(" " if c in "[]:*?/\\" or not c.isprintable() else c for c in table.title[lang])
        # Excel counts UTF-16 units.
        name = f"{place.number} {title}".encode("utf-16-le")[: 2 * LONGEST_NAME].decode("utf-16-le", "ignore")
        names.append(name.strip(" '"))
    return names


def _contents(
    sheet: Worksheet, tables: Sequence[tuple[Place, Table]], names: Sequence[str], styles: _Styles, lang: Lang
) -> None:
    headings = [say(f"report.{key}") for key in ("sheet_number", "sheet", "title_zh", "title_en", "row_count")]
    sheet.write_string(0, 0, _both(say("report.contents"), lang, " "), styles.title)
    for column, (heading, width) in enumerate(zip(headings, (12, 36, 44, 60, 10), strict=True)):
        sheet.write_string(HEADER_ROW, column, _both(heading, lang), styles.header)
        sheet.set_column(column, column, width)
    sheet.set_row(HEADER_ROW, 32)
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    for row, ((place, table), name) in enumerate(zip(tables, names, strict=True), HEADER_ROW + 1):
        quoted = name.replace("'", "''")
        sheet.write_string(row, 0, place.label[lang])
        sheet.write_url(row, 1, f"internal:'{quoted}'!A1", styles.link, string=name)
        sheet.write_string(row, 2, table.title.zh)
        sheet.write_string(row, 3, table.title.en)
        sheet.write_number(row, 4, table.frame.height)


def _sheet(book: Workbook, sheet: Worksheet, place: Place, table: Table, styles: _Styles, lang: Lang) -> None:
    title = Text.join([place.label, table.title], " ", " ")
    sheet.write_string(0, 0, _both(title, lang, "  |  "), styles.title)
    fields = _fields(table, lang)
    first, last = HEADER_ROW + 1, HEADER_ROW + table.frame.height
    for at, field in enumerate(fields):
        values = table.frame[field.key].to_list()
        sheet.write_string(HEADER_ROW, at, field.heading, styles.header)
        sheet.set_column(at, at, _column_width(field.heading, values))
        style = _number_format(book, field.column, values)
        red = table.frame[field.column.alert].to_list() if field.column and field.column.alert else []
        for row, value in enumerate(values, first):
            alert = bool(red) and red[row - first]
            _write(sheet, row, at, value, styles.alert if alert else style)
        if field.column and field.column.kind == "bar" and values:
            bar = {"type": "data_bar", "bar_solid": True, "bar_color": BAR_COLOR}
            sheet.conditional_format(first, at, last, at, bar)
    sheet.set_row(HEADER_ROW, 16 * max([1, *(f.heading.count("\n") + 1 for f in fields)]) + 4)
    sheet.freeze_panes(first, 1)
    if table.frame.height:
        sheet.autofilter(HEADER_ROW, 0, last, len(fields) - 1)
    if table.note:
        sheet.write_string(last + 2, 0, _both(say("report.table_note", note=table.note), lang, "  |  "), styles.note)


def _fields(table: Table, lang: Lang) -> list[_Field]:
    """Return the columns a reader of the report sees, then whatever else the frame holds."""
    fields: list[_Field] = []
    for column in table.columns:
        heading = _both(column.title, lang)
        pair = dict(zip(LANGUAGES, languages(table.frame, column), strict=True)) if column.kind == "text" else {}
        if len(set(pair.values())) == 2:
            order = sorted(LANGUAGES, key=lambda code: code != lang)
            fields += [_Field(pair[code], f"{column.title[code]} ({code})", column) for code in order]
        else:
            fields.append(_Field(column.key, heading, column))
    shown = {field.key for field in fields}
    return fields + [_Field(name, name, None) for name in table.frame.columns if name not in shown]


def _number_format(book: Workbook, column: Column | None, values: Sequence[Any]) -> Format | None:
    """Return the format that shows the digits of the report; the cell itself keeps them all."""
    if column is None or column.kind == "text" or column.digits is None:
        return None
    digits = 0 if column.kind == "integer" else column.digits
    decimals = "." + "0" * digits if digits else ""
    if column.kind == "percent":
        return book.add_format({"num_format": f"0{decimals}%"})
    numbers = [float(v) for v in values if _is_number(v)]
    return book.add_format({"num_format": f"{'#,##0' if grouped(numbers) else '0'}{decimals}"})


def _write(sheet: Worksheet, row: int, column: int, value: Any, style: Format | None) -> None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif _is_number(value) and abs(value) <= LARGEST_EXACT:
        sheet.write_number(row, column, value, style)
    else:
        # Anything else goes in as words, so that a text that starts with "=" is never run as a formula.
        text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        sheet.write_string(row, column, text[:LONGEST_TEXT], style)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _both(text: Text, lang: Lang, between: str = "\n") -> str:
    other: Lang = "en" if lang == "zh" else "zh"
    return text[lang] if text.zh == text.en else f"{text[lang]}{between}{text[other]}"


def _column_width(heading: str, values: Sequence[Any], sample: int = 500) -> float:
    """Return the width of a column in characters; a Han character takes two."""
    lines = [*heading.split("\n"), *(f"{v:.6g}" if isinstance(v, float) else str(v) for v in values[:sample])]
    widest = max(sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in lines)
    return min(max(widest + 3, NARROWEST), WIDEST)
