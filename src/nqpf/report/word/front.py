"""What stands before the chapters, and the pages' numbers: facts, contents, page X of Y."""

from __future__ import annotations

from collections.abc import Sequence

from nqpf.chapters.blocks import Chapter, Section
from nqpf.messages import Lang, Text, say
from nqpf.report.walk import Outline, Place
from nqpf.report.word.marks import Marks
from nqpf.report.word.nodes import Node, field, link, node, paragraph, text_run
from nqpf.report.word.styles import Styles

LEVELS = 2
"""Levels of headings that the contents name."""
NAMES = 0.3
"""Share of the line that the names of facts take."""


def facts_table(facts: Sequence[tuple[Text, Text]], lang: Lang, styles: Styles, line: int) -> list[Node]:
    """Return the facts as a table without rules, names left of values; `line` is its width."""
    if not facts:
        return []
    widths = (round(NAMES * line), line - round(NAMES * line))
    properties = node(
        "w:tblPr",
        node("w:tblW", w=line, type="dxa"),
        node("w:jc", val="center"),
        node("w:tblLayout", type="fixed"),
        node("w:tblCaption", val=say("report.facts")[lang]),
    )
    made = node("w:tbl", properties, node("w:tblGrid", *(node("w:gridCol", w=width) for width in widths)))
    for pair in facts:
        row = node("w:tr", node("w:trPr", node("w:cantSplit")))
        for text, style, width in zip(pair, ("Fact Name", "Fact Value"), widths, strict=True):
            words = paragraph(styles.id(style), text_run(text[lang]))
            row.append(node("w:tc", node("w:tcPr", node("w:tcW", w=width, type="dxa")), words))
        made.append(row)
    return [made, paragraph(styles.id("Fact Value"))]


def contents(places: Outline, marks: Marks, lang: Lang, styles: Styles) -> list[Node]:
    """Return a table of contents: a field that Word fills, with the headings in it for programs that do not.

    Page numbers are Word's to find; until it has, the entries stand without.
    """
    listed = [p for p in places.places.values() if isinstance(p.block, Chapter | Section) and p.level <= LEVELS]
    heading = paragraph(styles.id("TOC Heading"), text_run(say("report.contents")[lang]))
    if not listed:
        return [heading]
    entries = [
        paragraph(styles.id(f"toc {place.level}"), link(marks.target(place), text_run(_entry(place, lang))))
        for place in listed
    ]
    begin, code, separate, end = field(rf'TOC \o "1-{LEVELS}" \h \z \u')
    for at, run in enumerate((begin, code, separate), 1):
        entries[0].insert(at, run)
    entries[-1].append(end)
    gallery = node("w:docPartObj", node("w:docPartGallery", val="Table of Contents"), node("w:docPartUnique"))
    return [node("w:sdt", node("w:sdtPr", gallery), node("w:sdtContent", heading, *entries))]


def page_number(lang: Lang) -> list[Node]:
    """Return "page X of Y" with both counted by Word."""
    here, all = "\ue000", "\ue001"
    counted = {here: field("PAGE", text_run("1")), all: field("NUMPAGES", text_run("1"))}
    runs: list[Node] = []
    words = ""
    for c in say("word.pages", page=here, pages=all)[lang]:
        if c in counted:
            runs += [text_run(words)] if words else []
            runs += counted[c]
            words = ""
        else:
            words += c
    return [*runs, text_run(words)] if words else runs


def _entry(place: Place, lang: Lang) -> str:
    title = place.block.title[lang]
    return f"{place.number} {title}" if place.number else title
