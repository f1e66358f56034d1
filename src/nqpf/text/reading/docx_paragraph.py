"""The words of one paragraph of a Word file: runs, breaks, fields, tracked changes, and the boxes anchored in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
SIGNS = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "\u2011", W + "softHyphen": "\u00ad"}
UNREAD = frozenset(W + tag for tag in ("pPr", "rPr", "instrText", "rt", "delText", "delInstrText"))
REMOVED = frozenset(W + tag for tag in ("del", "moveFrom"))
ADDED = frozenset(W + tag for tag in ("ins", "moveTo"))
OFF = ("0", "false", "off", "none")


@dataclass(slots=True)
class Words:
    """What was met on the way through a file; readers add to it."""

    inserted: int = 0
    deleted: int = 0
    boxes: int = 0
    layout_rows: int = 0
    numbered: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Characters and style of a paragraph, and whether it goes on in the next as its end was deleted."""

    text: str
    style: str
    joined: bool = False


def paragraph_of(element: ET.Element, words: Words, styles: Mapping[str, str]) -> tuple[Paragraph, list[ET.Element]]:
    """Return a paragraph, and the contents of the text boxes that are anchored in it."""
    boxes: list[ET.Element] = []
    text = "".join(_text(element, words, boxes))
    properties = element.find(W + "pPr")
    joined = properties is not None and properties.find(f"{W}rPr/{W}del") is not None
    words.deleted += joined
    return Paragraph(text, _style(element, properties, text, words, styles), joined), boxes


def _text(element: ET.Element, words: Words, boxes: list[ET.Element]) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in (W + "t", MATH_TEXT):
            yield child.text or ""
        elif tag in SIGNS:
            yield SIGNS[tag]
        elif tag == W + "sym":
            yield chr(int(child.get(W + "char", "FFFD"), 16))
        elif tag in REMOVED:
            words.deleted += 1
        elif tag == W + "txbxContent":
            boxes.append(child)
        elif tag == MC + "AlternateContent":
            # The fallback repeats the choice for old programs.
            choice = child.find(MC + "Choice")
            branch = choice if choice is not None else child.find(MC + "Fallback")
            if branch is not None:
                yield from _text(branch, words, boxes)
        elif tag not in UNREAD:
            words.inserted += tag in ADDED
            yield from _text(child, words, boxes)


def _style(
    element: ET.Element, properties: ET.Element | None, text: str, words: Words, styles: Mapping[str, str]
) -> str:
    if properties is not None:
        level = properties.find(W + "outlineLvl")
        if level is not None and level.get(W + "val", "9") in "012345":
            return f"h{int(level.get(W + 'val', '0')) + 1}"
        named = properties.find(W + "pStyle")
        style = styles.get(named.get(W + "val", ""), "") if named is not None else ""
        number = properties.find(f"{W}numPr/{W}numId")
        numbered = number is not None and number.get(W + "val") != "0"
        words.numbered += numbered
        if style or numbered:
            return style or "list"
    return "bold" if text.strip() and _all_bold(element) else ""


def _all_bold(element: ET.Element) -> bool:
    """Say whether every run with a visible character is set in bold."""
    runs = [run for run in element.iter(W + "r") if any((t.text or "").strip() for t in run.iter(W + "t"))]
    marks = [run.find(f"{W}rPr/{W}b") for run in runs]
    return bool(marks) and all(mark is not None and mark.get(W + "val", "1") not in OFF for mark in marks)
