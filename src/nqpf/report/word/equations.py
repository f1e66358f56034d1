"""A formula in LaTeX as displayed equations of Word, broken into lines that fit the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree import ElementTree

from latex2mathml.converter import convert

from nqpf.report.word.mathml import SCRIPTED, Element, flat, is_wide_space, local, pairs
from nqpf.report.word.nodes import Node, node, paragraph
from nqpf.report.word.omml import omml

SCRIPT = 0.7
"""Size of an index or exponent beside its base."""
BREAKS = (frozenset("=≤≥→∈∼"), frozenset("+−"))
"""Signs before which a formula that is too wide is broken: relations first, then sums."""
_SIGNS = dict.fromkeys("=+−≤≥<>≠≈∼∈→∑∏", 1.2) | dict.fromkeys("()[]{}|,;.", 0.35)
"""Widths of signs, in ems."""


def equations(latex: str, ems: float, style: str) -> list[Node]:
    """Return a formula as paragraphs that each hold one displayed line.

    Parameters
    ----------
    latex
        The formula.
    ems
        Room in a line, in ems.
    style
        Id of the paragraphs' style.
    """
    items = flat([ElementTree.fromstring(convert(latex, display="block"))])
    return [paragraph(style, node("m:oMathPara", node("m:oMath", *omml(line)))) for line in lines(items, ems)]


def lines(items: Sequence[Element], ems: float) -> list[list[Element]]:
    """Return a formula's elements in lines no wider than `ems` where they can be broken so.

    Parts set apart by wide spaces stay whole as long as they fit; as many as fit share a line.
    """
    found: list[list[Element]] = []
    for part in _split(items, is_wide_space):
        bare = part[1:] if is_wide_space(part[0]) else part
        if found and width(found[-1]) + width(part) <= ems:
            found[-1] += part
        elif width(bare) <= ems:
            found.append(bare)
        else:
            found += _broken(bare, ems, BREAKS)
    return [line for line in found if line]


def width(items: Sequence[Element]) -> float:
    """Return about how wide elements are, in ems."""
    return sum(map(_width, items))


def _broken(items: list[Element], ems: float, signs: Sequence[frozenset[str]]) -> list[list[Element]]:
    """Return a formula that is too wide in lines that begin with a sign, relations tried before sums."""
    if width(items) <= ems or not signs:
        return [items]
    inside = {id(item) for start, end in pairs(items).items() for item in items[start:end]}
    found: list[list[Element]] = []
    for part in _split(items, lambda item: (item.text or "") in signs[0] and id(item) not in inside):
        if found and width(found[-1]) + width(part) <= ems:
            found[-1] += part
        else:
            found += _broken(part, ems, signs[1:])
    return found


def _split(items: Sequence[Element], starts: Callable[[Element], bool]) -> list[list[Element]]:
    """Return elements in parts, each from an element that starts one to before the next."""
    parts: list[list[Element]] = [[]]
    for item in items:
        if parts[-1] and starts(item):
            parts.append([])
        parts[-1].append(item)
    return [part for part in parts if part]


def _width(element: Element) -> float:
    kind = local(element)
    inner = [_width(child) for child in element]
    if kind == "mspace":
        space = element.get("width", "0")
        return float(space.removesuffix("em")) if space.endswith("em") else 0.0
    if kind == "mfrac":
        return max(inner, default=0.0) + 0.2
    if kind in SCRIPTED:
        return inner[0] + SCRIPT * max(inner[1:], default=0.0)
    if kind in ("munder", "mover", "munderover"):
        return max(inner[0], *(SCRIPT * limit for limit in inner[1:]))
    if kind == "mtable":
        columns = list(zip(*([_width(cell) for cell in row] for row in element), strict=False))
        return float(sum(map(max, columns))) + len(columns)
    if inner:
        return sum(inner) + (1.0 if kind in ("msqrt", "mroot") else 0.0)
    return _letters(kind, element.text or "")


def _letters(kind: str, text: str) -> float:
    if kind == "mo":
        return _SIGNS.get(text, 0.6 * len(text))
    return sum(1.0 if ord(c) > 0x2E7F else 0.55 for c in text)
