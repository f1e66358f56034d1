"""Stated weights: equal, given, judged in pairs, or ordered; from the framework and the options alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where
from nqpf.index.framework import Framework, Node
from nqpf.index.options.weight import Weight
from nqpf.index.weights.ahp import by_row, judge
from nqpf.index.weights.order_relation import rank_by_order
from nqpf.results import Note

Floats = NDArray[np.float64]

MISSING = {"judgements": "judgements_missing", "orders": "orders_missing"}
UNUSED = {"values": "values_unused", "judgements": "judgements_unused", "orders": "orders_unused"}
"""Errors by the option they are about."""

SUM_TOLERANCE = 1e-6
"""How far given weights may be from 1 (or 100) in sum."""


def stated(framework: Framework, how: Weight, node: Node) -> Floats:
    """Return the weights of a node's children, ``float64[k]`` in their order, not negative and summing to 1.

    Raises
    ------
    SpecError
        A weight is absent or negative, or the weights of some siblings sum neither to 1 nor to 100; no judgements or
        order for this node. What is stated for nodes there are not, `check_stated` refuses.
    MethodError
        Judgements or an order that give no weights.
    """
    return _stated(framework, how, node)[0]


def check_stated(framework: Framework, how: Weight, nodes: Sequence[Node] | None = None) -> tuple[Note, ...]:
    """Work out what is stated for `nodes` (default: all that have children) before anything runs; return remarks.

    Raises
    ------
    SpecError, MethodError
        As `stated`.
    """
    _refuse_strangers(framework, how)
    if how.method == "combined":
        return tuple(note for one in how.of for note in check_stated(framework, one, nodes))
    if how.method not in ("equal", "given", "ahp", "g1"):
        return ()
    inner = [n for n in framework.nodes if framework.children[n.at].size] if nodes is None else nodes
    return tuple(note for node in inner for note in _stated(framework, how, node)[1])


def _stated(framework: Framework, how: Weight, node: Node) -> tuple[Floats, tuple[Note, ...]]:
    children = [framework.nodes[c] for c in framework.children[node.at]]
    names = [child.id for child in children]
    if how.method == "given":
        return _given(how, node, children), ()
    if how.method == "equal" or len(children) == 1:
        return np.full(len(children), 1 / len(children)), ()
    key = "judgements" if how.method == "ahp" else "orders"
    found: Mapping[str, Any] = getattr(how, key)
    place = Where(key=f"weight.{key}.{node.id}")
    if node.id not in found:
        raise SpecError(MISSING[key], where=Where(key=f"weight.{key}"), node=node.id, children=", ".join(names))
    if how.method == "ahp":
        if by_row(found[node.id]) and len({framework.children[child.at].size > 0 for child in children}) > 1:
            # Indicators and dimensions side by side lose the order in which they were written.
            raise SpecError("ahp_rows_mixed", where=place, node=node.id)
        judged, notes = judge(found[node.id], names, how, place)
        return judged.pooled.weights, notes
    return rank_by_order(found[node.id], names, place)


def _given(how: Weight, node: Node, children: Sequence[Node]) -> Floats:
    """Return given weights: those of the recipe for siblings it names any of, else those of the framework."""
    in_recipe = any(child.id in how.values for child in children)
    weights = {child.id: how.values.get(child.id) if in_recipe else child.weight for child in children}
    if len(children) == 1 and weights[children[0].id] is None:
        return np.ones(1)
    for child in children:
        weight = weights[child.id]
        place = Where(key=f"weight.values.{child.id}") if in_recipe else child.where
        if weight is None:
            raise SpecError("weight_missing", where=place, node=child.id, parent=node.id)
        if weight < 0:
            raise SpecError("weight_negative", where=place, node=child.id, value=weight)
    given = np.array([weights[child.id] for child in children], dtype=float)
    total = float(given.sum())
    whole = any(abs(total - one) <= SUM_TOLERANCE * one for one in (1.0, 100.0))
    if total <= 0 or not (whole or how.rescale):
        place = Where(key="weight.values") if in_recipe else node.where
        raise SpecError("weights_sum", where=place, parent=node.id, total=total)
    return given / total


def _refuse_strangers(framework: Framework, how: Weight) -> None:
    """Refuse weights, judgements and orders for nodes there are not, or where nothing could come of them."""
    for key, code in UNUSED.items():
        for id in getattr(how, key):
            place = Where(key=f"weight.{key}.{id}")
            try:
                node = framework.node(id)
            except SpecError as error:
                raise error.at(place) from None
            useful = node is not framework.root if key == "values" else framework.children[node.at].size > 0
            if not useful:
                raise SpecError(code, where=place, node=id)
