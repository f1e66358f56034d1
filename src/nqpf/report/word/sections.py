"""Pages: how much fits on one, and the sections in which a page is turned on its side."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from nqpf.report.word.nodes import Node, name, node

A4 = (11_906, 16_838)
MARGIN = 1_440
"""Size of a page and its margins where a template states none, in twentieths of a point."""


@dataclass(frozen=True, slots=True)
class Room:
    """Room for text on a page, in twentieths of a point."""

    width: int
    height: int


@dataclass(slots=True)
class Pages:
    """The pages of a report, in sections that stand or lie on their side.

    Attributes
    ----------
    last
        The properties of the section in which the report ends: they stand in the document already.
    across
        Whether pages lie on their side now.
    """

    last: Node
    across: bool = False

    def room(self, across: bool) -> Room:
        """Return the room for text on a page that stands as the template's do, or lies on its side."""
        size, margins = self.last.find(name("w:pgSz")), self.last.find(name("w:pgMar"))
        width, height = _number(size, "w", A4[0]), _number(size, "h", A4[1])
        sides = sum(_number(margins, side, MARGIN) for side in ("left", "right", "gutter"))
        ends = sum(abs(_number(margins, side, MARGIN)) for side in ("top", "bottom"))
        upright, tall = width - sides, height - ends
        if across and width < height:
            return Room(tall, upright)
        columns = self.last.find(name("w:cols"))
        count = _number(columns, "num", 1)
        return Room((upright - (count - 1) * _number(columns, "space", 720)) // count, tall)

    def turn(self, nodes: list[Node], across: bool) -> None:
        """Close the section that `nodes` end if the next block lies otherwise; headings go with what follows."""
        if across == self.across:
            return
        end = len(nodes)
        while end and _keeps_next(nodes[end - 1]):
            end -= 1
        if end:
            _close(nodes, end, self._properties(self.across))
        self.across = across

    def _properties(self, across: bool) -> Node:
        """Return the properties of a section like the last one, standing or on its side."""
        made = deepcopy(self.last)
        # What follows is no longer the first page, nor does its numbering start again.
        _forget_start(self.last)
        if across:
            _turn(made)
        for kind in made.findall(name("w:type")):
            made.remove(kind)
        made.insert(_after_references(made), node("w:type", val="nextPage"))
        return made


def _number(element: Node | None, attribute: str, default: int) -> int:
    value = None if element is None else element.get(name(f"w:{attribute}"))
    return default if value is None else round(float(value))


def _keeps_next(element: Node) -> bool:
    return element.find(f"{name('w:pPr')}/{name('w:keepNext')}") is not None


def _close(nodes: list[Node], end: int, properties: Node) -> None:
    """End a section with the last of the first `end` nodes: a section's properties stand in a paragraph."""
    before = nodes[end - 1]
    own = before.find(name("w:pPr"))
    if own is None or own.find(name("w:sectPr")) is not None:
        nodes.insert(end, node("w:p", node("w:pPr", properties)))
    else:
        own.append(properties)


def _forget_start(properties: Node) -> None:
    for each in properties.findall(name("w:titlePg")):
        properties.remove(each)
    for each in properties.findall(name("w:pgNumType")):
        each.attrib.pop(name("w:start"), None)


def _turn(properties: Node) -> None:
    size, margins = properties.find(name("w:pgSz")), properties.find(name("w:pgMar"))
    if size is None or _number(size, "w", 0) >= _number(size, "h", 0):
        return
    width, height = size.get(name("w:w")), size.get(name("w:h"))
    size.attrib.update({name("w:w"): height, name("w:h"): width, name("w:orient"): "landscape"})
    if margins is not None:
        old = dict(margins.attrib)
        for new, source in (("top", "left"), ("right", "top"), ("bottom", "right"), ("left", "bottom")):
            if (value := old.get(name(f"w:{source}"))) is not None:
                margins.set(name(f"w:{new}"), value.lstrip("-"))
    for columns in properties.findall(name("w:cols")):
        properties.remove(columns)


def _after_references(properties: Node) -> int:
    """Return where the kind of a section stands: after references to headers, footers and footnotes' properties."""
    before = {name(f"w:{tag}") for tag in ("headerReference", "footerReference", "footnotePr", "endnotePr")}
    return sum(child.tag in before for child in properties)
