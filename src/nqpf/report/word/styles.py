"""Styles by name: a template's own where it has them, else those of the report's base, without its fonts."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache

from nqpf.report.word.nodes import Node, name, node, parse
from nqpf.report.word.package import resource

BODY = ("body text", "body text first indent")
"""Styles of running text: in a template they keep its own line spacing."""


@dataclass(slots=True)
class Styles:
    """The styles of a document.

    Attributes
    ----------
    root
        Its ``w:styles``.
    ids
        Their ids by name in small letters; Word calls ``Heading 1`` "heading 1", whatever its id is.
    """

    root: Node
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for style in self.root.findall(name("w:style")):
            self.ids.setdefault(_name_of(style), style.get(name("w:styleId")))

    def id(self, wanted: str) -> str:
        """Return the id of a style, which is added if the document does not have it."""
        key = wanted.lower()
        if key not in self.ids:
            self._add(key)
        return self.ids[key]

    def is_numbered(self, wanted: str) -> bool:
        """Return whether paragraphs of a style are numbered by it: a template's headings may be."""
        by_id = {style.get(name("w:styleId")): style for style in self.root.findall(name("w:style"))}
        style, seen = by_id.get(self.id(wanted)), set()
        while style is not None and id(style) not in seen:
            seen.add(id(style))
            number = style.find(f"{name('w:pPr')}/{name('w:numPr')}/{name('w:numId')}")
            if number is not None:
                return bool(number.get(name("w:val")) != "0")
            based = style.find(name("w:basedOn"))
            style = None if based is None else by_id.get(based.get(name("w:val")))
        return False

    def _add(self, key: str) -> None:
        style = deepcopy(_base()[key])
        id = style.get(name("w:styleId"))
        while id in self.ids.values():
            id += "0"
        self.ids[key] = id
        style.set(name("w:styleId"), id)
        style.attrib.pop(name("w:default"), None)
        for tag in ("w:basedOn", "w:next"):
            if (other := style.find(name(tag))) is not None:
                other.set(name("w:val"), self.id(_base_names()[other.get(name("w:val"))]))
        for fonts in style.findall(f"{name('w:rPr')}/{name('w:rFonts')}"):
            fonts.getparent().remove(fonts)
        if key in BODY:
            for spacing in style.findall(f"{name('w:pPr')}/{name('w:spacing')}"):
                spacing.getparent().remove(spacing)
        self.root.append(style)


def east_asian_language(styles: Node) -> None:
    """State Chinese as the East-Asian language where a template does not: else Word draws the wrong punctuation."""
    defaults = styles.find(name("w:docDefaults"))
    if defaults is None:
        defaults = node("w:docDefaults")
        styles.insert(0, defaults)
    holder = defaults.find(name("w:rPrDefault"))
    if holder is None:
        holder = node("w:rPrDefault")
        defaults.insert(0, holder)
    properties = holder.find(name("w:rPr"))
    if properties is None:
        properties = node("w:rPr")
        holder.append(properties)
    lang = properties.find(name("w:lang"))
    if lang is None:
        properties.append(node("w:lang", val="en-US", eastAsia="zh-CN"))
    elif not lang.get(name("w:eastAsia"), "").startswith("zh"):
        lang.set(name("w:eastAsia"), "zh-CN")


@cache
def _base() -> dict[str, Node]:
    """Return the styles of the report's own base by name in small letters."""
    return {_name_of(style): style for style in parse(resource("styles.xml")).findall(name("w:style"))}


def _base_names() -> dict[str, str]:
    return {style.get(name("w:styleId")): key for key, style in _base().items()}


def _name_of(style: Node) -> str:
    return str(style.find(name("w:name")).get(name("w:val"))).lower()
