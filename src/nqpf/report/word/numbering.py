"""Numbered lists: each begins with 1, and each is a list of its own to Word."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart

from nqpf.report.word.nodes import Node, name, node, parse
from nqpf.report.word.package import resource


@dataclass(slots=True)
class Lists:
    """The numbered lists of a document.

    Attributes
    ----------
    root
        Its ``w:numbering``.
    kind
        Number of the kind of list, which says how it looks.
    """

    root: Node
    kind: int

    @classmethod
    def of(cls, document: Any) -> Lists:
        """Return the lists of a document, with a kind of their own for findings."""
        root = _numbering(document)
        kinds = root.findall(name("w:abstractNum"))
        kind = 1 + max((int(k.get(name("w:abstractNumId"))) for k in kinds), default=-1)
        own = deepcopy(parse(resource("numbering.xml"))[0])
        own.set(name("w:abstractNumId"), str(kind))
        # Kinds stand before the lists that use them.
        root.insert(root.index(kinds[-1]) + 1 if kinds else 0, own)
        return cls(root, kind)

    def new(self) -> int:
        """Return the number of a new list."""
        lists = self.root.findall(name("w:num"))
        number = 1 + max((int(each.get(name("w:numId"))) for each in lists), default=0)
        start = node("w:lvlOverride", node("w:startOverride", val=1), ilvl=0)
        made = node("w:num", node("w:abstractNumId", val=self.kind), start, numId=number)
        self.root.insert(self.root.index(lists[-1]) + 1 if lists else len(self.root), made)
        return number


def _numbering(document: Any) -> Node:
    """Return the numbering of a document, which is made where a template has none."""
    part = document.part
    for relation in part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return relation.target_part.element
    root = parse(resource("numbering.xml"))
    root.clear()
    made = XmlPart(PackURI("/word/numbering.xml"), CONTENT_TYPE.WML_NUMBERING, root, part.package)
    part.relate_to(made, RELATIONSHIP_TYPE.NUMBERING)
    return root
