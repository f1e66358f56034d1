"""The chapters of a report as a typst document: calls of the template's functions, every text a string literal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from nqpf.chapters.blocks import Block, Callout, Chapter, FindingList, Formula, Paragraph, Section, Table
from nqpf.charts.figure import Figure
from nqpf.charts.theme import FONT
from nqpf.messages import Lang, Text, say
from nqpf.report.cells import Cell, cells
from nqpf.report.svg import inline_svg
from nqpf.report.table_layout import SIDEWAYS, UPRIGHT, WHOLE, Part, breakable, fit, height
from nqpf.report.typst_code import call, string
from nqpf.report.typst_math import typst_math
from nqpf.report.walk import Outline, Place, outline

PIXEL = 0.62
"""Points that a pixel of a figure takes where there is room: a chart 720 pixels wide fills the width of the text."""
LEAST_PIXEL = 0.42
"""Points below which a figure's letters are hard to read, so that its page is turned if that helps."""
LONGEST_WORD = 8.0
"""Ems from which a name or an address in running text may be broken after its signs."""
HEIGHT, HEIGHT_SIDEWAYS = 600.0, 360.0
"""Points that a figure may be high, its caption aside."""
MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a message where typst puts a page number."""
MOST_LEVELS = 6


class Size(NamedTuple):
    """Width and height of a picture in pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Document:
    """A document for typst.

    Attributes
    ----------
    source
        The main file.
    pictures
        SVG documents by file name.
    """

    source: str
    pictures: Mapping[str, str]


class _Line(NamedTuple):
    """A line of the document: code, and whether it is a heading or stands on a turned page."""

    code: str
    heading: bool = False
    sideways: bool = False


@dataclass(slots=True)
class _Writer:
    """Writes the blocks of one report in one language."""

    places: Outline
    lang: Lang
    most_rows: int
    pictures: dict[str, str] = field(default_factory=dict)

    def chapter(self, chapter: Chapter) -> Iterator[_Line]:
        yield self._heading(chapter, fresh=True)
        yield from self.blocks(chapter.blocks)

    def blocks(self, blocks: Sequence[Block]) -> Iterator[_Line]:
        for block in blocks:
            match block:
                case Paragraph():
                    yield _Line(call("paragraph", breakable(block.text[self.lang], LONGEST_WORD)))
                case Callout():
                    yield _Line(call("callout", block.severity, self._say(block.severity), block.text[self.lang]))
                case FindingList():
                    yield _Line(self._findings(block))
                case Formula():
                    yield _Line(self._formula(block))
                case Table():
                    yield self._table(block)
                case Figure():
                    yield self._figure(block)
                case Section():
                    yield from self._section(block)

    def _say(self, key: str, **values: Any) -> str:
        return say(f"report.{key}", **values)[self.lang]

    def _place(self, block: Chapter | Section | Table | Figure) -> Place:
        place = self.places.find(block.id)
        assert place is not None
        return place

    def _heading(self, block: Chapter | Section, fresh: bool = False) -> _Line:
        place = self._place(block)
        level = min(place.level, MOST_LEVELS)
        code = call("titled", level, place.number, block.title[self.lang], place.anchor, fresh=fresh)
        return _Line(code, heading=True)

    def _section(self, section: Section, fresh: bool = False) -> Iterator[_Line]:
        yield self._heading(section, fresh)
        if not section.choose:
            yield from self.blocks(section.blocks)
            return
        chosen = [block for block in section.blocks if isinstance(block, Section)]
        yield from self.blocks([block for block in section.blocks if not isinstance(block, Section)])
        items = [{"name": block.title[self.lang], "anchor": self._place(block).anchor} for block in chosen]
        yield _Line(call("choices", items))
        for block in chosen:
            yield from self._section(block, fresh=True)

    def _findings(self, block: FindingList) -> str:
        items = []
        for finding in block.findings:
            place, see = self.places.find(finding.place), None
            if place is not None:
                before, _, after = say("pdf.see", place=place.label, page=MARK)[self.lang].partition(MARK)
                see = {"anchor": place.anchor, "before": before, "after": after}
            theory = " ".join([self._say("theory_items"), *finding.theory]) if finding.theory else ""
            items.append({"words": finding.text()[self.lang], "see": see, "theory": theory})
        return call("findings", items)

    def _formula(self, block: Formula) -> str:
        parts = typst_math(block.latex)
        if parts is None:
            return call("plain-formula", block.latex, block.where[self.lang])
        shown = "".join(f"$display({part})$, " for part in parts)
        return f"#formula(({shown}), {string(block.latex)}, {string(block.where[self.lang])})"

    def _table(self, table: Table) -> _Line:
        frame = table.frame.head(self.most_rows)
        kinds = [column.kind for column in table.columns]
        heads = [breakable(column.title[self.lang]) for column in table.columns]
        shown = [cells(frame, column) for column in table.columns]
        columns = [
            [breakable(cell.text[self.lang]) if kind == "text" else cell.text[self.lang] for cell in column]
            for kind, column in zip(kinds, shown, strict=True)
        ]
        parts = fit(heads, columns, kinds)
        whole = len(parts) == 1 and height(parts[0], columns) <= WHOLE
        barred = [list(map(_with_bar, texts, column)) for texts, column in zip(columns, shown, strict=True)]
        place = self._place(table)
        code = call(
            "data-table", place.anchor, place.label[self.lang], table.title[self.lang],
            [_part(part, heads, barred, kinds) for part in parts],
            remarks=self._remarks(table), whole=whole,
        )  # fmt: skip
        return _Line(code, sideways=parts[0].sideways)

    def _remarks(self, table: Table) -> list[str]:
        """Return what stands below a table."""
        rows, remarks = table.frame.height, []
        if rows > self.most_rows:
            remarks.append(self._say("rows_cut", shown=self.most_rows, all=rows))
        if table.note:
            remarks.append(self._say("table_note", note=table.note))
        return remarks

    def _figure(self, figure: Figure) -> _Line:
        place = self._place(figure)
        svg = _standing_alone(figure.svg(self.lang))
        size = _size(svg)
        upright = min(PIXEL, UPRIGHT / size.width, HEIGHT / size.height)
        turned = min(PIXEL, SIDEWAYS / size.width, HEIGHT_SIDEWAYS / size.height)
        sideways = upright < LEAST_PIXEL and turned > 1.2 * upright
        name = f"{len(self.pictures) + 1}.svg"
        self.pictures[name] = svg
        title, note = figure.title[self.lang], figure.caption[self.lang]
        code = call(
            "picture", place.anchor, place.label[self.lang], title, note, name,
            width=round(size.width * (turned if sideways else upright), 2), alt=title,
        )  # fmt: skip
        return _Line(code, sideways=sideways)


def typst_document(
    *,
    title: Text,
    subtitle: Text,
    chapters: Sequence[Chapter],
    facts: Sequence[tuple[Text, Text]],
    lang: Lang,
    most_rows: int,
) -> Document:
    """Return a report as a document for typst.

    Parameters
    ----------
    title, subtitle
        Of the title page.
    chapters
        Chapters in reading order.
    facts
        Name and value of what a reader must know first.
    lang
        Language of the document.
    most_rows
        Rows of a table that are shown; a remark below a longer one says where the others are.

    Raises
    ------
    ValueError
        Two blocks have the same id.

    Examples
    --------
    >>> made = typst_document(title=Text("报告", "Report"), subtitle=Text("", ""), chapters=[], facts=[], lang="en",
    ...                       most_rows=60)
    >>> made.source.splitlines()[0]
    '#import "report.typ": *'
    """
    writer = _Writer(outline(chapters), lang, most_rows)
    head = call(
        "show: report.with",
        title=title[lang],
        subtitle=subtitle[lang],
        facts=[(name[lang], breakable(value[lang])) for name, value in facts],
        made=say("pdf.made_with")[lang],
        contents_name=say("report.contents")[lang],
    )
    lines = [line for chapter in chapters for line in writer.chapter(chapter)]
    return Document("\n".join(['#import "report.typ": *', head, *_turned(lines), ""]), writer.pictures)


def in_fonts(svg: str, families: str) -> str:
    """Return a picture that asks for `families`, in the form of CSS, where it asked for those of the charts."""
    return svg.replace(FONT, families)


def _turned(lines: Sequence[_Line]) -> Iterator[str]:
    """Return the code of lines, those for turned pages between marks, with the headings right before them."""
    turned = [line.sideways for line in lines]
    for i in reversed(range(len(lines) - 1)):
        turned[i] |= lines[i].heading and turned[i + 1]
    for now, group in groupby(zip(turned, lines, strict=True), key=lambda pair: pair[0]):
        yield from ("#[#set page(flipped: true)",) if now else ()
        yield from (line.code for _, line in group)
        yield from ("]",) if now else ()


def _with_bar(text: str, cell: Cell) -> str | tuple[str, ...] | tuple[str, float, float]:
    """Return what stands in a cell: text, alone in a list if it is red, with the bar behind it if there is one."""
    if cell.alert:
        return (text,)
    return (text, cell.bar.start, cell.bar.length) if cell.bar else text


def _part(part: Part, heads: Sequence[str], columns: Sequence[Sequence[Any]], kinds: Sequence[str]) -> dict[str, Any]:
    return {
        "size": part.size,
        "widths": part.widths,
        "right": [kinds[i] != "text" for i in part.columns],
        "head": [heads[i] for i in part.columns],
        "rows": list(zip(*(columns[i] for i in part.columns), strict=True)),
    }


def _standing_alone(svg: str) -> str:
    """Return a picture as a document that refers to nothing outside itself."""
    return inline_svg(svg, "figure").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _size(svg: str) -> Size:
    """Return the size of a picture, stated outright or by what it shows."""
    root = ET.fromstring(svg)
    stated = [re.match(r"[\d.]+(?=(px)?$)", root.get(side, "")) for side in ("width", "height")]
    if all(stated):
        return Size(*(float(found[0]) for found in stated if found))
    box = [float(number) for number in re.split(r"[\s,]+", root.get("viewBox", "").strip()) if number]
    return Size(*box[2:4]) if len(box) == 4 else Size(UPRIGHT / PIXEL, UPRIGHT / PIXEL)
