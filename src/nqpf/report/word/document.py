"""A report as a document: the base or a template is opened, filled, and packed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

from nqpf.chapters.blocks import Chapter
from nqpf.errors import listing
from nqpf.messages import LANGUAGES, Lang, Text
from nqpf.report.walk import outline
from nqpf.report.word.fields import fill, put_inside, replace, roots, standing_alone
from nqpf.report.word.front import contents, facts_table, page_number
from nqpf.report.word.marks import Marks
from nqpf.report.word.nodes import Node, name, node
from nqpf.report.word.numbering import Lists
from nqpf.report.word.package import CREATED, opened, part_bytes
from nqpf.report.word.sections import Pages
from nqpf.report.word.styles import Styles, east_asian_language
from nqpf.report.word.writer import DEEPEST, Writer
from nqpf.results import Note

AFTER_UPDATE = (
    "hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids", "mathPr", "attachedSchema",
    "themeFontLang", "clrSchemeMapping", "doNotIncludeSubdocsInStats", "doNotAutoCompressPictures", "forceUpgrade",
    "captions", "readModeInkLockDown", "smartTagType", "schemaLibrary", "shapeDefaults", "doNotEmbedSmartTags",
    "decimalSymbol", "listSeparator",
)  # fmt: skip
"""What stands behind ``w:updateFields`` in a document's settings."""


def docx_bytes(
    *,
    title: Text,
    subtitle: Text,
    chapters: Sequence[Chapter],
    facts: Sequence[tuple[Text, Text]],
    lang: Lang,
    template: Path | None,
    most_rows: int | None,
    tell: Callable[[Text], None],
) -> bytes:
    """Return a report as the bytes of a docx file; see `write_docx`."""
    document = opened(template)
    root = document.element
    styles = Styles(document.styles.element)
    east_asian_language(styles.root)
    places = outline(chapters)
    typed = frozenset(n for n in range(1, DEEPEST + 1) if not styles.is_numbered(f"Heading {n}"))
    marks = Marks.of(places, lang, _first_free(root, "w:bookmarkStart", "w:id"), typed)
    body, *others = (standing_alone(root, field) for field in ("report", "facts", "contents"))
    at = _report_paragraph(root, body)
    # Before the report is there: what its texts quote are no fields.
    values = {"title": title[lang], "subtitle": subtitle[lang]}
    values |= {name[code].casefold(): value[lang] for name, value in facts for code in LANGUAGES}
    if unknown := _filled(document, values, lang, keep=[at, *chain.from_iterable(others)]):
        known = listing(["report", "contents", "facts", "pages", *values], most=30)
        tell(Note("word_unknown_fields", values={"fields": listing(unknown), "known": known}).text())
    pages = Pages(_section_of(root, at))
    line = pages.room(across=False).width
    pictures = count(_first_free(root, "wp:docPr", "id"))
    writer = Writer(document, places, lang, most_rows, styles, marks, Lists.of(document), pages, pictures)
    replace(at, writer.chapters(chapters))
    for paragraph in others[0]:
        replace(paragraph, facts_table(facts, lang, styles, line))
    for paragraph in others[1]:
        replace(paragraph, contents(places, marks, lang, styles))
    _state(document, title[lang], subtitle[lang], own=template is None)
    return part_bytes(document)


def _report_paragraph(root: Node, fields: Sequence[Node]) -> Node:
    """Return the paragraph in whose place the chapters go: the last one of the text where the template names none."""
    body = root.find(name("w:body"))
    if found := [field for field in fields if field.getparent() is body]:
        return found[0]
    made = node("w:p")
    end = body.find(name("w:sectPr"))
    body.insert(len(body) if end is None else body.index(end), made)
    return made


def _section_of(root: Node, paragraph: Node) -> Node:
    """Return the properties of the section that a paragraph stands in."""
    body = root.find(name("w:body"))
    for element in list(body)[body.index(paragraph) :]:
        end = element if element.tag == name("w:sectPr") else element.find(f"{name('w:pPr')}/{name('w:sectPr')}")
        if end is not None:
            return end
    made = node("w:sectPr")
    body.append(made)
    return made


def _first_free(root: Node, tag: str, attribute: str) -> int:
    """Return the first number above those that a kind of element carries."""
    taken = [element.get(name(attribute), "") for element in root.iter(name(tag))]
    return 1 + max((int(number) for number in taken if number.isdigit()), default=0)


def _filled(document: Any, values: dict[str, str], lang: Lang, keep: Sequence[Node]) -> list[str]:
    """Fill in a template's fields, but for some paragraphs, and return those without a value."""
    unknown: list[str] = []
    for part in roots(document):
        for paragraph in standing_alone(part, "pages"):
            put_inside(paragraph, page_number(lang))
        unknown += fill(part, values, keep)
    return list(dict.fromkeys(unknown))


def _state(document: Any, title: str, subtitle: str, own: bool) -> None:
    """State the document's title, and that Word shall count pages and references when it opens it."""
    core = document.core_properties
    core.title, core.subject = title[:255], subtitle[:255]
    core.modified = CREATED
    if own:
        core.author = "nqpf"
    settings = document.settings.element
    for update in settings.findall(name("w:updateFields")):
        settings.remove(update)
    behind = {tag for prefix in "wm" for tag in (name(f"{prefix}:{local}") for local in AFTER_UPDATE)}
    at = next((n for n, child in enumerate(settings) if child.tag in behind), len(settings))
    settings.insert(at, node("w:updateFields", val="true"))
