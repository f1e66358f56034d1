"""Chapters as the page draws them: plain JSON of their blocks, with numbers as the report shows them.

One file is one chapter; sections that are picked from a list, one at a time, have a file each. What charts share is in
a file once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from latex2mathml.converter import convert

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, FindingList, Formula, Paragraph, Section, Table
from nqpf.charts.figure import Figure
from nqpf.messages import LANGUAGES, Text
from nqpf.report.cells import Cell, cells
from nqpf.report.specs import Specs, expected_height
from nqpf.report.svg import inline_svg
from nqpf.report.walk import Outline, anchor, walk
from nqpf.results import Finding
from nqpf.studio.views.results_sources import Rules, sources

Page = dict[str, Any]

MOST_ROWS = 1_000
"""Rows of a table that the page is given; the files hold them all."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Turns blocks into JSON.

    Attributes
    ----------
    places
        Numbers and anchors of the whole report.
    chapter_of
        Chapter of every anchor.
    section_of
        Of what stands in a section that is picked from a list: that section.
    units
        Ids of the units.
    rules
        Which numbers can be traced.
    """

    places: Outline
    chapter_of: Mapping[str, str]
    section_of: Mapping[str, str]
    units: frozenset[str]
    rules: Rules

    @classmethod
    def of(cls, chapters: Sequence[Chapter], places: Outline, units: Sequence[str], rules: Rules) -> Pages:
        """Return what turns the blocks of these chapters into JSON."""
        chapter_of, section_of = {}, {}
        for chapter in chapters:
            chapter_of[anchor(chapter.id)] = anchor(chapter.id)
            for block in walk(chapter.blocks):
                if isinstance(block, Section | Table | Figure):
                    chapter_of[anchor(block.id)] = anchor(chapter.id)
            for section in picked(chapter):
                section_of[anchor(section.id)] = anchor(section.id)
                for block in walk(section.blocks):
                    if isinstance(block, Section | Table | Figure):
                        section_of[anchor(block.id)] = anchor(section.id)
        return cls(places, chapter_of, section_of, frozenset(units), rules)

    def page(self, blocks: Sequence[Block]) -> Page:
        """Return blocks with the charts in them, as one file."""
        drawer = _Drawer(self)
        content = [drawer.block(block) for block in blocks]
        return {"blocks": content, "charts": drawer.specs.charts, "parts": drawer.specs.parts}

    def finding(self, finding: Finding) -> Page:
        """Return a finding with its text, and the place of its numbers."""
        place = self.places.find(finding.place)
        found: Page = {"text": finding.text(), "theory": list(finding.theory), "place": None}
        if place is not None:
            found["place"] = self.link(place.anchor) | {"label": place.label}
        return found

    def link(self, name: str) -> Page:
        """Return what leads to an anchor: chapter, section where it is in one that is picked, and anchor."""
        return {"chapter": self.chapter_of[name], "section": self.section_of.get(name), "anchor": name}


def picked(chapter: Chapter) -> Iterator[Section]:
    """Yield the sections of a chapter that are picked from a list, one at a time."""
    for block in walk(chapter.blocks):
        if isinstance(block, Section) and block.choose:
            yield from (inner for inner in block.blocks if isinstance(inner, Section))


@dataclass(slots=True)
class _Drawer:
    """Turns the blocks of one file into JSON, gathering its charts."""

    pages: Pages
    specs: Specs = field(default_factory=Specs)

    def block(self, block: Block) -> Page:
        match block:
            case Paragraph():
                return {"kind": "paragraph", "text": block.text}
            case Callout():
                return {"kind": "callout", "severity": block.severity, "text": block.text}
            case FindingList():
                return {"kind": "findings", "items": [self.pages.finding(one) for one in block.findings]}
            case Formula():
                return {"kind": "formula", "mathml": convert(block.latex, display="block"), "where": block.where}
            case Section():
                return self.section(block)
            case Table():
                return self.table(block)
            case Figure():
                return self.figure(block)

    def named(self, block: Section | Table | Figure) -> Page:
        place = self.pages.places.places[anchor(block.id)]
        return {"anchor": place.anchor, "title": block.title, "number": place.number, "level": place.level}

    def section(self, section: Section) -> Page:
        """Return a section; of those that are picked from a list, names only."""
        listed = [b for b in section.blocks if isinstance(b, Section)] if section.choose else []
        inside = [b for b in section.blocks if b not in listed] if section.choose else section.blocks
        return {
            "kind": "section",
            **self.named(section),
            "blocks": [self.block(b) for b in inside],
            "choices": [{"anchor": anchor(b.id), "title": b.title} for b in listed],
        }

    def table(self, table: Table) -> Page:
        shown = Table(table.id, table.title, table.frame.head(MOST_ROWS), table.columns, table.note)
        place = self.pages.places.places[anchor(table.id)]
        return {
            "kind": "table",
            **self.named(table),
            "label": place.label,
            "note": table.note,
            "rows": shown.frame.height,
            "total": table.frame.height,
            "units": self.units(shown),
            "columns": [_column(shown, column) for column in table.columns],
            "sources": sources(shown, self.pages.rules),
        }

    def units(self, table: Table) -> list[str | None] | None:
        """Return the unit that each row speaks of; None where none does."""
        if "unit" not in table.frame.columns:
            return None
        found = [unit if unit in self.pages.units else None for unit in table.frame["unit"].to_list()]
        return found if any(found) else None

    def figure(self, figure: Figure) -> Page:
        place = self.pages.places.places[anchor(figure.id)]
        about = {"kind": "figure", **self.named(figure), "label": place.label, "caption": figure.caption}
        if figure.live is not None:
            return about | {"live": True}
        drawn = {lang: figure.drawn(lang) for lang in LANGUAGES}
        if isinstance(drawn["zh"], str):
            return about | {"svg": svgs(figure)}
        height = 0
        for lang, spec in drawn.items():
            assert isinstance(spec, dict)
            self.specs.add(place.anchor, lang, spec)
            height = max(height, expected_height(spec))
        return about | {"height": height}


def svgs(figure: Figure) -> Page:
    """Return the drawing of a figure in both languages, fit to stand in a page."""
    return {lang: inline_svg(figure.svg(lang), f"{anchor(figure.id)}-{lang}") for lang in LANGUAGES}


def _column(table: Table, column: Column) -> Page:
    """Return a column: how it is headed, what is read in each cell, and the numbers behind."""
    found = cells(table.frame, column)
    about: Page = {"key": column.key, "title": column.title, "kind": column.kind}
    about["text"] = _texts([cell.text for cell in found])
    if column.kind != "text":
        about["values"] = [_finite(cell) for cell in found]
    if column.kind == "bar":
        about["bars"] = [None if cell.bar is None else [cell.bar.at, cell.bar.length] for cell in found]
    if any(cell.alert for cell in found):
        about["alerts"] = [row for row, cell in enumerate(found) if cell.alert]
    return about


def _texts(texts: Sequence[Text]) -> Any:
    """Return texts: once where they read alike in both languages."""
    if all(text.zh == text.en for text in texts):
        return [text.zh for text in texts]
    return {lang: [text[lang] for text in texts] for lang in LANGUAGES}


def _finite(cell: Cell) -> float | None:
    return cell.number if cell.number is not None and math.isfinite(cell.number) else None
