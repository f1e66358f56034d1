"""The logic diagram of new quality productive forces: its nodes and arrows, each with the words it stands for.

The words come from the seed ``002_aa0614a1174eeba0`` (lines 380-513); the diagram itself lies in ``diagram.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

from ruamel.yaml import YAML

from nqpf.errors import SpecError, hint, listing
from nqpf.messages import Text

NodeKind = Literal[
    "cause",
    "core",
    "trait",
    "element",
    "leap",
    "feature",
    "hallmark",
    "shakeoff",
    "circle",
    "caution",
    "reform",
    "measure_set",
    "measure",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One box of the diagram.

    Attributes
    ----------
    id
        Short English name, e.g. ``"cause_tech"``.
    kind
        What the box is in the argument: a cause, the core, an element, a measure …
    title
        Its name in both languages.
    phrase
        Its words as they stand in the seed, joined where the page breaks them over lines.
    file, line
        Seed file (without extension) and the line, from 1, on which the phrase begins.
    items
        Ids of the theory items it stands for.
    tags
        What marks the indicators that measure it: a catalogue tag, e.g. ``{"element": "labourer"}``, or a theory item,
        ``{"theory": "A04"}``; empty where no indicator can.
    parent
        Id of the measure set a measure belongs to (read from the page's layout), else None.
    note
        What a reader must know of the phrase, e.g. that it is damaged; else None.
    """

    id: str
    kind: NodeKind
    title: Text
    phrase: str
    file: str
    line: int
    items: tuple[str, ...]
    tags: Mapping[str, str] = field(hash=False)
    parent: str | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One arrow of the diagram, from node `source` to node `target`.

    Attributes
    ----------
    source, target
        Node ids.
    label
        Words on the arrow, in both languages.
    phrase, file, line
        The seed's words for the arrow and where they begin; all None where the seed has none.
    inferred
        True where no sentence states which two boxes the arrow joins: the layout implies it.
    """

    source: str
    target: str
    label: Text
    phrase: str | None
    file: str | None
    line: int | None
    inferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """Heading that the page gives to all nodes of one kind, e.g. “3个因素” to the causes."""

    kind: NodeKind
    title: Text
    phrase: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """The whole diagram.

    Attributes
    ----------
    nodes, edges
        Boxes and arrows in reading order.
    title
        Title in both languages.
    captions
        Headings of groups of nodes, at most one for each kind.
    phrase, file, line
        The title's words in the seed.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: Text
    captions: tuple[Caption, ...]
    phrase: str
    file: str
    line: int

    def node(self, id: str) -> Node:
        """Return the node named `id`.

        Raises
        ------
        SpecError
            No node has this id (``unknown_diagram_node``).

        Examples
        --------
        >>> diagram().node("cause_tech").title.zh
        '技术革命性突破'
        """
        for node in self.nodes:
            if node.id == id:
                return node
        ids = [n.id for n in self.nodes]
        raise SpecError("unknown_diagram_node", node=id, hint=hint(id, ids), known=listing(ids, most=len(ids)))

    def of_kind(self, kind: NodeKind) -> tuple[Node, ...]:
        """Return the nodes of one kind, in reading order."""
        return tuple(n for n in self.nodes if n.kind == kind)

    def children(self, id: str) -> tuple[Node, ...]:
        """Return the measures that belong to measure set `id`."""
        return tuple(n for n in self.nodes if n.parent == id)

    def caption(self, kind: NodeKind) -> Caption | None:
        """Return the heading of one kind of nodes, or None where the page has none."""
        return next((c for c in self.captions if c.kind == kind), None)


@cache
def diagram() -> Diagram:
    """Return the logic diagram.

    Returns
    -------
    Diagram
        Read once; the same object every time.

    Examples
    --------
    >>> diagram().title.zh
    '新质生产力逻辑关系图'
    >>> [n.id for n in diagram().of_kind("feature")]
    ['feature_tech', 'feature_efficiency', 'feature_quality']
    """
    text = resources.files("nqpf.theory").joinpath("diagram.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    home: str = raw["file"]
    return Diagram(
        nodes=tuple(_node(n, home) for n in raw["nodes"]),
        edges=tuple(_edge(e, home) for e in raw["edges"]),
        title=Text(**raw["title"]),
        captions=tuple(Caption(**{**c, "title": Text(**c["title"]), "file": home}) for c in raw["captions"]),
        phrase=raw["phrase"],
        file=home,
        line=raw["line"],
    )


def _node(raw: Mapping[str, Any], home: str) -> Node:
    words = {name: Text(**raw[name]) for name in ("title", "note") if name in raw}
    return Node(**{**raw, **words, "items": tuple(raw["items"]), "file": home})


def _edge(raw: Mapping[str, Any], home: str) -> Edge:
    phrase = raw.get("phrase")
    return Edge(
        source=raw["source"],
        target=raw["target"],
        label=Text(**raw["label"]),
        phrase=phrase,
        file=raw.get("file", home) if phrase else None,
        line=raw.get("line"),
        inferred=raw.get("inferred", False),
    )
