"""The framework: a tree of dimensions and indicators, from YAML.

A leaf is an indicator: a formula over raw series, a unit, a direction, and the theory it speaks to. What the
indicator catalogue already says of it (``catalogue: rd_intensity``) need not be said again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat

from nqpf import theory
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import Text
from nqpf.yamlfile import Document, Label, Path_, Strict, load, validate

Direction = Literal["benefit", "cost", "target", "interval"]
Tag = Literal["element", "cause", "feature", "newdev", "stage"]
Size = Literal["extensive", "intensive"]
Share = Annotated[float, Field(ge=0, le=1)]

OF_INDICATORS = (
    "catalogue",
    "formula",
    "unit",
    "direction",
    "target",
    "interval",
    "tags",
    "mixed_vintages",
    "mixed_scopes",
    "denominator",
    "goalposts",
    "goal",
    "size",
    "composite",
)
"""Keys that only an indicator has."""


class NodeSpec(Strict):
    """A node of the tree as it is written.

    Attributes
    ----------
    id
        Name, unique in the tree.
    title
        Title, as one text or ``{zh: …, en: …}``.
    weight
        Weight among its siblings, for the weighting method ``given``.
    theory
        Ids of the theory items it speaks to.
    availability
        Least share of weight that must be present for a score here; goes before the recipe's.
    children
        Nodes below. A node without children is an indicator.
    catalogue
        Id of a catalogue indicator from which whatever is not given here is taken.
    formula
        SQL expression over raw series; default: the series of the same name.
    unit
        Unit of the formula's value.
    direction
        ``benefit`` (more is better), ``cost``, ``target`` (best at `target`), ``interval`` (best within `interval`).
    tags
        Readings of the indicator: element, cause, feature, newdev, stage.
    mixed_vintages, mixed_scopes
        Allow the formula to mix series of different vintages, or of different scopes.
    denominator
        SQL expression over raw series that the formula's value is divided by when the recipe says ``denominate``.
    goalposts
        Lowest and highest value that is meant to count, in the indicator's unit, for goalpost normalisation.
    goal
        Value to be reached, in the indicator's unit: for distance to a target and for target completion.
    size
        ``extensive``: a total, which grows with the size of the unit; ``intensive``: a ratio or average.
    composite
        The indicator is itself an index made of indicators.
    """

    id: str
    title: Label | None = None
    weight: FiniteFloat | None = None
    theory: tuple[str, ...] = ()
    availability: Share | None = None
    children: tuple[NodeSpec, ...] = ()
    catalogue: str | None = None
    formula: str | None = None
    unit: Label | None = None
    direction: Direction | None = None
    target: FiniteFloat | None = None
    interval: tuple[FiniteFloat, FiniteFloat] | None = None
    tags: Mapping[Tag, str] = {}
    mixed_vintages: bool = False
    mixed_scopes: bool = False
    denominator: str | None = None
    goalposts: tuple[FiniteFloat, FiniteFloat] | None = None
    goal: FiniteFloat | None = None
    size: Size | None = None
    composite: bool = False


class FrameworkSpec(Strict):
    """A framework as it is written: id, title, where it comes from, and the tree."""

    id: str
    title: Label
    source: Label | None = None
    tree: Annotated[tuple[NodeSpec, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree: an indicator (a leaf), a dimension, or the index itself (the root).

    Attributes
    ----------
    at
        Position in `Framework.nodes`.
    parent
        Position of its parent; −1 for the root.
    level
        Levels below the root: 0 for the root.
    where
        Line it is written in.
    """

    id: str
    title: Text
    at: int
    parent: int
    level: int
    weight: float | None
    availability: float | None
    theory: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Indicator(Node):
    """A leaf of the tree.

    Attributes
    ----------
    formula
        SQL expression over raw series.
    direction, ideal
        Which values are good; `ideal` is the best interval for ``target`` (both ends equal) and ``interval``.
    denominator, goalposts, goal, size, composite
        As in `NodeSpec`.
    """

    formula: str
    unit: Text
    direction: Direction
    ideal: tuple[float, float] | None
    tags: Mapping[str, str]
    mixed_vintages: bool
    mixed_scopes: bool
    denominator: str | None = None
    goalposts: tuple[float, float] | None = None
    goal: float | None = None
    size: Size | None = None
    composite: bool = False


@dataclass(frozen=True, eq=False)
class Framework:
    """A tree of indicators.

    Attributes
    ----------
    nodes
        Indicators first, in the order of the tree, then dimensions from the deepest level up, last the index itself.
    """

    id: str
    title: Text
    source: Text | None
    nodes: tuple[Node, ...]

    @classmethod
    def from_yaml(cls, path: str | Path) -> Framework:
        """Read a framework from a YAML file.

        Raises
        ------
        SpecError
            With file, line and what would be right.
        """
        return cls.from_document(load(path))

    @classmethod
    def from_document(cls, document: Document, at: Path_ = ()) -> Framework:
        """Read a framework from the part of a YAML document at path `at`."""
        spec = validate(FrameworkSpec, document, at)
        return cls(spec.id, spec.title, spec.source, _nodes(spec, document, (*at, "tree")))

    @classmethod
    def of_list(cls, nodes: tuple[NodeSpec, ...], document: Document, at: Path_) -> Framework:
        """Return a list of indicators, written at path `at` of a document, as a framework of one level."""
        spec = FrameworkSpec(id=str(at[-1]), title=Text.same(at[-1]), tree=nodes)
        return cls(spec.id, spec.title, None, _nodes(spec, document, at))

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The K leaves."""
        return tuple(n for n in self.nodes if isinstance(n, Indicator))

    @cached_property
    def inner(self) -> tuple[Node, ...]:
        """The nodes above the leaves, from the deepest level up, the index last."""
        return self.nodes[len(self.indicators) :]

    @cached_property
    def root(self) -> Node:
        """The index itself."""
        return self.nodes[-1]

    @cached_property
    def dimensions(self) -> tuple[Node, ...]:
        """The nodes right below the index, in the order they are written."""
        return tuple(n for n in self.nodes if n.parent == self.root.at)

    @cached_property
    def children(self) -> tuple[NDArray[np.intp], ...]:
        """Positions of each node's children; empty for a leaf."""
        parents = np.array([n.parent for n in self.nodes])
        return tuple(np.flatnonzero(parents == n.at) for n in self.nodes)

    @cached_property
    def leaves(self) -> tuple[NDArray[np.intp], ...]:
        """Positions of the indicators below each node; of itself for a leaf."""
        below: list[NDArray[np.intp]] = []
        for node in self.nodes:
            kids = self.children[node.at]
            below.append(np.sort(np.concatenate([below[c] for c in kids])) if kids.size else np.array([node.at]))
        return tuple(below)

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    def node(self, id: str) -> Node:
        """Return a node by id; a SpecError names what there is if it is absent."""
        if id in self._by_id:
            return self._by_id[id]
        ids = list(self._by_id)
        raise SpecError("unknown_node", node=id, options=listing(ids, 40), hint=hint(id, ids))

    def without(self, leaf: int) -> tuple[Framework, NDArray[np.intp]]:
        """Return the tree without an indicator, and the positions its nodes have in this one.

        Dimensions that are left empty go as well.
        """
        gone, node = {leaf}, self.nodes[leaf]
        while node.parent >= 0 and set(self.children[node.parent].tolist()) <= gone:
            node = self.nodes[node.parent]
            gone.add(node.at)
        kept = np.array([n.at for n in self.nodes if n.at not in gone], dtype=np.intp)
        place = {int(old): new for new, old in enumerate(kept)} | {-1: -1}
        nodes = tuple(
            replace(self.nodes[old], at=place[old], parent=place[self.nodes[old].parent]) for old in place if old >= 0
        )
        return replace(self, nodes=nodes), kept

    def dimension_of(self, node: Node) -> Node:
        """Return the dimension a node belongs to (itself, if it is one)."""
        while node.level > 1:
            node = self.nodes[node.parent]
        return node


def _nodes(spec: FrameworkSpec, document: Document, at: Path_) -> tuple[Node, ...]:
    """Return the nodes of the tree at path `at` in their order, checked: ids unique, theory known, leaves complete."""
    flat = list(_walk(spec.tree, at, 1, None))
    leaves = [f for f in flat if not f[0].children]
    inner = sorted((f for f in flat if f[0].children), key=lambda f: -f[2])
    order = {id(f[0]): i for i, f in enumerate((*leaves, *inner))}
    if len({f[0].id for f in flat} | {spec.id}) <= len(flat):
        _refuse_twins([*flat], spec.id, document)
    root = len(flat)
    nodes: list[Node] = []
    for node, path, level, parent in (*leaves, *inner):
        where = document.where(path)
        known_theory = {item.id for item in theory.items()}
        for wrong in (t for t in node.theory if t not in known_theory):
            raise SpecError("unknown_theory", where=where, item=wrong, hint=hint(wrong, known_theory))
        place = {
            "at": order[id(node)],
            "parent": root if parent is None else order[id(parent)],
            "level": level,
            "weight": node.weight,
            "availability": node.availability,
            "where": where,
        }
        nodes.append(
            _dimension(node, place, where)
            if node.children
            else _indicator(node, place, where, document.where((*path, "direction")))
        )
    where = document.where(at[:-1])
    nodes.append(Node(spec.id, spec.title, root, -1, 0, None, None, (), where))
    return tuple(nodes)


def _walk(
    tree: tuple[NodeSpec, ...], path: Path_, level: int, parent: NodeSpec | None
) -> Iterator[tuple[NodeSpec, Path_, int, NodeSpec | None]]:
    for i, node in enumerate(tree):
        yield node, (*path, i), level, parent
        yield from _walk(node.children, (*path, i, "children"), level + 1, node)


def _refuse_twins(flat: list[tuple[NodeSpec, Path_, int, NodeSpec | None]], root: str, document: Document) -> None:
    seen = {root}
    for node, path, _, _ in flat:
        if node.id in seen:
            raise SpecError("twin_nodes", where=document.where((*path, "id")), node=node.id)
        seen.add(node.id)


def _dimension(node: NodeSpec, place: Mapping[str, Any], where: Where) -> Node:
    stray = next((f for f in OF_INDICATORS if f in node.model_fields_set and getattr(node, f) is not None), None)
    if stray:
        raise SpecError("dimension_with_formula", where=where, node=node.id, key=stray)
    return Node(id=node.id, title=node.title or Text.same(node.id), theory=node.theory, **place)


def _indicator(node: NodeSpec, place: Mapping[str, Any], where: Where, direction_at: Where) -> Indicator:
    known = _catalogued(node.catalogue, where) if node.catalogue else None
    stated: Direction | None = known.direction if known and known.direction != "context" else None
    direction = node.direction or stated
    if direction is None:
        raise SpecError("direction_missing", where=where, indicator=node.id)
    if node.availability is not None:
        raise SpecError("indicator_with_availability", where=where, node=node.id)
    ideal = _ideal(node, direction, direction_at)
    size: Size | None = None
    if known:
        size = "extensive" if known.scale == "extensive" else "intensive"
    tags: dict[str, str] = {str(tag): word for tag, word in node.tags.items()}
    if known:
        tags = {tag: getattr(known, tag) for tag in ("element", "cause", "feature", "newdev", "stage")} | tags
    return Indicator(
        id=node.id,
        title=node.title or (known.title if known else Text.same(node.id)),
        theory=node.theory or (known.theory if known else ()),
        formula=node.formula or node.id,
        unit=node.unit or (known.unit if known else Text("", "")),
        direction=direction,
        ideal=ideal,
        tags=tags,
        mixed_vintages=node.mixed_vintages,
        mixed_scopes=node.mixed_scopes,
        denominator=node.denominator,
        goalposts=node.goalposts,
        goal=node.goal,
        size=node.size or size,
        composite=node.composite,
        **place,
    )


def _catalogued(id: str, where: Where) -> theory.CatalogueIndicator:
    try:
        return theory.catalogue_indicator(id)
    except SpecError as error:
        raise error.at(where) from None


def _ideal(node: NodeSpec, direction: Direction, where: Where) -> tuple[float, float] | None:
    """Return the best interval of a target or interval, checked."""
    if direction not in ("target", "interval"):
        if node.target is not None or node.interval is not None:
            raise SpecError("ideal_without_direction", where=where, indicator=node.id, direction=direction)
        return None
    if node.target is not None and node.interval is not None:
        raise SpecError("two_ideals", where=where, indicator=node.id, direction=direction)
    if direction == "target":
        if node.target is None:
            raise SpecError("target_missing", where=where, indicator=node.id)
        return node.target, node.target
    if node.interval is None or node.interval[0] > node.interval[1]:
        raise SpecError("interval_missing", where=where, indicator=node.id)
    return node.interval
