"""From chapters to the nodes of a Word document, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nqpf.chapters.blocks import Block, Callout, Chapter, FindingList, Formula, Paragraph, Section, Table
from nqpf.charts.figure import Figure
from nqpf.messages import Lang, Text, say
from nqpf.report.walk import Outline, Place, anchor
from nqpf.report.word.equations import equations
from nqpf.report.word.marks import Marks
from nqpf.report.word.nodes import Node, node, on, paragraph, text_run
from nqpf.report.word.numbering import Lists
from nqpf.report.word.pictures import drawing, picture
from nqpf.report.word.sections import Pages
from nqpf.report.word.styles import Styles
from nqpf.report.word.tables import drawn, table_node

DEEPEST = 6
"""Level of the deepest heading; what lies deeper looks the same."""
PAGED_LEVEL = 2
"""Level of a section to choose from whose parts begin a page each: one right below its chapter."""
FORMULA_SIZE = 12
"""Points to the em of a formula."""
RUNNING_TEXT = {"zh": "Body Text First Indent", "en": "Body Text"}


@dataclass(slots=True)
class Writer:
    """What blocks become, and what they need for it.

    Attributes
    ----------
    document
        The document of python-docx.
    places
        What is numbered.
    lang
        Language of the report.
    most_rows
        Rows of a table that are listed; None lists all.
    styles, marks, lists, pages
        Of the document.
    pictures
        Numbers of the pictures to come.
    nodes
        What is written so far.
    """

    document: Any
    places: Outline
    lang: Lang
    most_rows: int | None
    styles: Styles
    marks: Marks
    lists: Lists
    pages: Pages
    pictures: Iterator[int]
    nodes: list[Node] = field(default_factory=list)

    def chapters(self, chapters: Sequence[Chapter]) -> list[Node]:
        """Return the chapters as nodes."""
        for chapter in chapters:
            self._heading(self._place(chapter.id))
            self._blocks(chapter.blocks)
        self.pages.turn(self.nodes, across=False)
        return self.nodes

    def _blocks(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            match block:
                case Paragraph():
                    self._add(RUNNING_TEXT[self.lang], text_run(block.text[self.lang]))
                case Callout():
                    self._callout(block)
                case FindingList():
                    self._findings(block)
                case Formula():
                    self._formula(block)
                case Table():
                    self._table(block)
                case Figure():
                    self._figure(block)
                case Section():
                    self._section(block)

    def _add(self, style: str, *content: Node, across: bool = False, **properties: Node) -> None:
        """Write a paragraph, on a page that stands unless told otherwise."""
        self.pages.turn(self.nodes, across)
        self.nodes.append(paragraph(self.styles.id(style), *content, **properties))

    def _place(self, id: str) -> Place:
        return self.places.places[anchor(id)]

    def _heading(self, place: Place, new_page: bool = False) -> None:
        properties = {"keepNext": on("w:keepNext")}
        if new_page:
            properties["pageBreakBefore"] = on("w:pageBreakBefore")
        # A heading lies as what follows it does.
        style = self.styles.id(f"Heading {min(place.level, DEEPEST)}")
        self.nodes.append(paragraph(style, *self.marks.heading(place), **properties))

    def _section(self, section: Section, new_page: bool = False) -> None:
        place = self._place(section.id)
        # What the screen shows one at a time stands one after another here; profiles begin a page each, and the
        # first stands below the heading that they share.
        paged = section.choose and place.level == PAGED_LEVEL
        self._heading(place, new_page or paged)
        first = next((block for block in section.blocks if isinstance(block, Section)), None)
        for block in section.blocks:
            if isinstance(block, Section):
                self._section(block, new_page=paged and block is not first)
            else:
                self._blocks([block])

    def _callout(self, callout: Callout) -> None:
        style = "Callout Warning" if callout.severity == "warning" else "Callout"
        kind = text_run(f"{say(f'report.{callout.severity}')[self.lang]}\n", node("w:b"), node("w:bCs"))
        self._add(style, kind, text_run(callout.text[self.lang]))

    def _findings(self, block: FindingList) -> None:
        number = self.lists.new()
        for finding in block.findings:
            trace = self._trace(self.places.find(finding.place), finding.theory)
            listed = node("w:numPr", node("w:ilvl", val=0), node("w:numId", val=number))
            kept = {"keepNext": on("w:keepNext")} if trace else {}
            self._add("List Number", text_run(finding.text()[self.lang]), numPr=listed, **kept)
            if trace:
                self._add("List Continue", *trace)

    def _trace(self, place: Place | None, theory: Sequence[str]) -> list[Node]:
        """Return where a finding's numbers stand and which items of the theory it speaks to."""
        parts = []
        if place is not None:
            parts += self.marks.reference(place, say("report.see", place=place.label)[self.lang])
        if theory:
            items = say("word.theory", items=Text.join(theory))[self.lang]
            parts.append(text_run(f"\u2003{items}" if parts else items))
        return parts

    def _formula(self, formula: Formula) -> None:
        self.pages.turn(self.nodes, across=False)
        room = self.pages.room(across=False).width / 20 / FORMULA_SIZE
        self.nodes += equations(formula.latex, room, self.styles.id("Equation"))
        self._add("Remark", text_run(formula.where[self.lang]))

    def _table(self, table: Table) -> None:
        place = self._place(table.id)
        upright, across = (self.pages.room(turned).width for turned in (False, True))
        words = drawn(table, self.lang, self.most_rows, upright, across)
        self._add("Caption", *self.marks.caption(place), across=words.fit.across, keepNext=on("w:keepNext"))
        self.nodes.append(table_node(words, table.title[self.lang], self.styles))
        remarks = []
        if self.most_rows is not None and table.frame.height > self.most_rows:
            remarks.append(say("report.rows_cut", shown=self.most_rows, all=table.frame.height)[self.lang])
        if table.note:
            remarks.append(say("report.table_note", note=table.note)[self.lang])
        if remarks:
            self._add("Remark", text_run("\n".join(remarks)), across=words.fit.across)
        else:
            # A paragraph stands below every table: Word would join two tables without one between them.
            self._add("After Table", across=words.fit.across)

    def _figure(self, figure: Figure) -> None:
        place = self._place(figure.id)
        drawn = drawing(figure, self.lang)
        across = drawn.lies_better(self.pages.room(across=False), self.pages.room(across=True))
        room = self.pages.room(across)
        shown = picture(self.document, drawn, place, figure, self.lang, room, next(self.pictures))
        self._add("Figure", shown, across=across, keepNext=on("w:keepNext"))
        self._add("Caption", *self.marks.caption(place), across=across, keepNext=on("w:keepNext"))
        self._add("Remark", text_run(figure.caption[self.lang]), across=across)
