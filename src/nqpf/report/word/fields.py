"""The fields of a template: ``{{title}}``, ``{{report}}`` and the like, wherever a user has put them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE

from nqpf.report.word.nodes import Node, clean, name

FIELD = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def roots(document: Any) -> Iterator[Node]:
    """Yield the text of a document, then its headers and footers."""
    yield document.element
    for relation in document.part.rels.values():
        if relation.reltype in (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER):
            yield relation.target_part.element


def standing_alone(root: Node, field: str) -> list[Node]:
    """Return the paragraphs that hold nothing but a field."""
    return [p for p in root.iter(name("w:p")) if (m := FIELD.fullmatch(_text(p).strip())) and _key(m[1]) == field]


def replace(paragraph: Node, nodes: Sequence[Node]) -> None:
    """Put nodes where a paragraph stands; a section that ends with it keeps its end."""
    parent, at = paragraph.getparent(), paragraph.getparent().index(paragraph)
    parent[at:at] = list(nodes)
    if paragraph.find(f"{name('w:pPr')}/{name('w:sectPr')}") is None and _may_go(parent, nodes):
        parent.remove(paragraph)
    else:
        for child in list(paragraph):
            if child.tag != name("w:pPr"):
                paragraph.remove(child)


def put_inside(paragraph: Node, runs: Sequence[Node]) -> None:
    """Put runs in a paragraph in place of its own."""
    for child in list(paragraph):
        if child.tag != name("w:pPr"):
            paragraph.remove(child)
    paragraph.extend(runs)


def fill(root: Node, values: Mapping[str, str], keep: Sequence[Node]) -> list[str]:
    """Fill in the fields within running text, also where Word has split one over several runs.

    Parameters
    ----------
    root
        A part of the document.
    values
        By field, in small letters.
    keep
        Paragraphs that are left as they are.

    Returns
    -------
    list of str
        Fields that have no value; they are left as they are.
    """
    unknown: list[str] = []
    kept = {id(paragraph) for paragraph in keep}
    for paragraph in root.iter(name("w:p")):
        if id(paragraph) in kept:
            continue
        for found in reversed(list(FIELD.finditer(_text(paragraph)))):
            value = values.get(_key(found[1]))
            if value is None:
                unknown.append(found[1])
            else:
                _write(paragraph, found.start(), found.end(), clean(value))
    return unknown


def _write(paragraph: Node, start: int, end: int, value: str) -> None:
    at = 0
    for words in _words(paragraph):
        text = words.text or ""
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            words.text = text[:first] + value + text[last:]
            words.set(name("xml:space"), "preserve")
            value = ""
        at += len(text)


def _text(paragraph: Node) -> str:
    return "".join(words.text or "" for words in _words(paragraph))


def _words(paragraph: Node) -> list[Node]:
    """Return a paragraph's own pieces of text, not those of a text box that hangs on it."""
    own = name("w:p")
    return [t for t in paragraph.iter(name("w:t")) if next(t.iterancestors(own)) is paragraph]


def _key(field: str) -> str:
    return field.casefold()


def _may_go(parent: Node, nodes: Sequence[Node]) -> bool:
    """Return whether a paragraph may go: a cell must end with one."""
    return parent.tag != name("w:tc") or bool(nodes and nodes[-1].tag == name("w:p"))
