"""Nodes of WordprocessingML: runs, paragraphs, bookmarks, links and fields, as ECMA-376 part 1 orders them."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped,unused-ignore]

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "asvg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_QUALIFIED = frozenset("wm")
"""Prefixes whose attributes carry the prefix too."""
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold."""

Node = Any
"""An lxml element: the library has no types of its own."""


def name(tag: str) -> str:
    """Return a tag or attribute ``w:p`` as lxml writes it."""
    prefix, _, local = tag.rpartition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if prefix else local


def node(tag: str, *children: Node | None, **attributes: object) -> Node:
    """Return an element with its children; what is None is left out.

    Attributes of ``w:`` and ``m:`` get the same prefix; an underscore in an attribute's name stands for a colon.

    Examples
    --------
    >>> node("w:jc", val="center").get(name("w:val"))
    'center'
    """
    prefix = tag.partition(":")[0]
    made = etree.Element(name(tag), nsmap={prefix: NAMESPACES[prefix]})
    for key, value in attributes.items():
        if "_" in key:
            key = key.replace("_", ":")
        elif prefix in _QUALIFIED:
            key = f"{prefix}:{key}"
        made.set(name(key), clean(str(value)))
    made.extend(child for child in children if child is not None)
    return made


def parse(content: bytes) -> Node:
    """Return the root of a file of XML."""
    return etree.fromstring(content)


def clean(text: str) -> str:
    """Return `text` without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def text_run(text: str, *properties: Node, style: str | None = None) -> Node:
    """Return a run; line feeds and tabs become breaks and tabs."""
    made = node("w:r", _run_properties(properties, style))
    for part in re.split("([\n\t])", clean(text)):
        if part == "\n":
            made.append(node("w:br"))
        elif part == "\t":
            made.append(node("w:tab"))
        elif part:
            made.append(node("w:t", xml_space="preserve"))
            made[-1].text = part
    return made


def paragraph(style: str, *content: Node | None, **properties: Node) -> Node:
    """Return a paragraph of a style.

    Parameters
    ----------
    style
        Id of the style.
    content
        Runs, links, bookmarks, equations; what is None is left out.
    properties
        Children of ``w:pPr`` by local name; they are put into the order the schema asks for.
    """
    given = {"pStyle": node("w:pStyle", val=style), **properties}
    ordered = sorted(given, key=PARAGRAPH_ORDER.index)
    return node("w:p", node("w:pPr", *(given[key] for key in ordered)), *content)


PARAGRAPH_ORDER = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "numPr", "pBdr", "shd", "tabs", "spacing", "ind", "jc",
    "outlineLvl", "sectPr",
)  # fmt: skip
"""Order of what stands in ``w:pPr``, as far as it is used here."""


def on(tag: str) -> Node:
    """Return a property that is switched on by being there."""
    return node(tag)


def bookmark(id: int, label: str, *content: Node) -> list[Node]:
    """Return content with a bookmark around it."""
    return [node("w:bookmarkStart", id=id, name=label), *content, node("w:bookmarkEnd", id=id)]


def link(target: str, *content: Node) -> Node:
    """Return a link to a bookmark of this document."""
    return node("w:hyperlink", *content, anchor=target, history=1)


def field(instruction: str, *shown: Node) -> list[Node]:
    """Return a field: what Word computes, and what it shows until it does."""
    code = node("w:instrText", xml_space="preserve")
    code.text = f" {clean(instruction)} "
    return [
        node("w:r", node("w:fldChar", fldCharType="begin")),
        node("w:r", code),
        node("w:r", node("w:fldChar", fldCharType="separate")),
        *shown,
        node("w:r", node("w:fldChar", fldCharType="end")),
    ]


def _run_properties(properties: tuple[Node, ...], style: str | None) -> Node | None:
    named = [node("w:rStyle", val=style)] if style else []
    return node("w:rPr", *named, *properties) if named or properties else None
