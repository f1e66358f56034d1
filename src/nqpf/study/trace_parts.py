"""Which part each input has in a score, node by node from the traced one down to the indicators.

A weighted mean is taken apart as weights × scores. Whatever else a score is made by is measured from a reference and
shared out by the exact multipliers of its method (for the geometric mean the logarithmic mean of LMDI decomposition,
Ang 2004, doi:10.1016/S0301-4215(03)00076-4), or, where a method has none, by replacing its inputs one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.index import Index
from nqpf.index.aggregate import AGGREGATORS
from nqpf.index.framework import Node
from nqpf.index.tree import aggregator_of, evaluate_tree, how_of, multipliers, node_inputs, node_parts

Floats = NDArray[np.float64]
How = Literal["weighted", "exact", "replaced"]
Against = Literal["floor", "mean"]

ADDS_UP = 1e-9
"""How far parts may miss the score they are parts of, as a share of it (of 1 for smaller ones)."""

SCHEMA = {
    "node": pl.String,
    "parent": pl.String,
    "title_zh": pl.String,
    "title_en": pl.String,
    "method": pl.String,
    "how": pl.String,
    "score": pl.Float64,
    "rank": pl.Int64,
    "weight": pl.Float64,
    "product": pl.Float64,
    "reference": pl.Float64,
    "contribution": pl.Float64,
}


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The nodes behind a score.

    Attributes
    ----------
    frame
        A row a node, the traced one first: node, parent (null for the first), title_zh, title_en; `method` by which it
        is aggregated and `how` it is taken apart (null for indicators); score and rank in the year; `weight` within the
        parent over what is present; `product` weight × score where the parent is a weighted mean, so that these sum to
        the parent's score; `reference` score and `contribution` to the traced score above its reference: those of the
        inputs of a node sum to that of the node. Null where a number is not there.
    against
        What the reference is: every indicator at its ``floor``, or at its ``mean``; None where the score cannot be
        taken apart from either.
    leaves
        Positions of the indicators that were reached, in order.
    """

    frame: pl.DataFrame
    against: Against | None
    leaves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Input:
    """A node on the way down, its parent, and its weight there; None for the traced node itself."""

    node: Node
    parent: Node | None
    weight: float | None


def parts_of(index: Index, t: int, n: int, node: Node) -> Parts:
    """Return the nodes behind the score of a unit in a year.

    Parameters
    ----------
    index
        The index.
    t, n
        Positions of year and unit in it.
    node
        The node whose score is traced.
    """
    row = _Row(index, t, n)
    walked = list(row.walk(node, None, None))
    against, before, shares = row.apart(node, [w.node for w in walked])
    rows = [_row(row, one, before, shares) for one in walked]
    leaves = tuple(w.node.at for w in walked if w.node.at < row.count)
    return Parts(pl.DataFrame(rows, schema=SCHEMA), against, leaves)


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """One unit in one year of an index."""

    index: Index
    t: int
    n: int

    @property
    def count(self) -> int:
        """Number of indicators."""
        return len(self.index.framework.indicators)

    @property
    def scores(self) -> Floats:
        """``float64[nodes, 1]``."""
        return np.asarray(self.index.scores[self.t, self.n])[:, None]

    @property
    def local(self) -> Floats:
        """``float64[1, nodes]``."""
        return np.asarray(self.index.local[self.t])[None]

    def sample(self, node: Node) -> tuple[Any, ...]:
        """Return what the row is measured against at a node: that of its year, where every year has its own."""
        found = self.index.fitted.samples[node.at]
        return found if len(found) == 1 else (found[self.t],)

    def inputs(self, node: Node) -> NDArray[np.intp]:
        """Return the positions of what a node's score is made of."""
        return node_inputs(self.index.framework, how_of(self.index.fitted.recipe, node), node.at)

    def walk(self, node: Node, parent: Node | None, weight: float | None) -> Iterator[_Input]:
        """Yield a node and what is below it, each input after the node it is an input of."""
        yield _Input(node, parent, weight)
        if node.at < self.count:
            return
        framework = self.index.framework
        _, weights, _ = node_parts(framework, self.index.fitted.recipe, node, self.scores, self.local)
        for at, share in zip(self.inputs(node), weights[0], strict=True):
            yield from self.walk(framework.nodes[int(at)], node, float(share))

    def how(self, node: Node) -> How:
        """Return how a node's score is taken apart."""
        method = aggregator_of(self.index.fitted.recipe, node)
        if method is AGGREGATORS["arithmetic"]:
            return "weighted"
        return "replaced" if method.multipliers is None else "exact"

    def apart(self, node: Node, walked: list[Node]) -> tuple[Against | None, Floats, dict[tuple[int, int], float]]:
        """Return what a score is measured from, all scores there, and each input's part by parent and input."""
        nothing = np.full(len(self.index.framework.nodes), np.nan)
        if np.isnan(self.index.scores[self.t, self.n, node.at]):
            return None, nothing, {}
        ends: tuple[Against, ...] = ("floor", "mean")
        for against in ends:
            before = self.reference(against)
            if before is None:
                continue
            shares = self.shares(node, [w for w in walked if w.at >= self.count], before)
            if shares is not None:
                return against, before[:, 0], shares
        return None, nothing, {}

    def reference(self, against: Against) -> Floats | None:
        """Return the scores of all nodes, ``float64[nodes, 1]``, with every indicator at its floor or mean."""
        index = self.index
        leaves = _reference_scores(index, against)
        if leaves is None:
            return None
        own = index.normalised[self.t, self.n]
        scored = ~np.isnan(self.scores)
        samples = {node.at: self.sample(node) for node in index.framework.inner}
        start = np.where(np.isnan(own), np.nan, leaves)[:, None]
        return evaluate_tree(index.framework, index.fitted.recipe, start, self.local, samples, scored, 1)

    def shares(self, top: Node, inner: list[Node], before: Floats) -> dict[tuple[int, int], float] | None:
        """Return each input's part in the traced score above its reference; None where they do not add up to it."""
        framework, recipe = self.index.framework, self.index.fitted.recipe
        after, found = self.scores, {}
        passed = {top.at: 1.0}
        for node in inner:  # a node comes after every node it is an input of
            inputs, how, method = self.inputs(node), how_of(recipe, node), aggregator_of(recipe, node)
            if np.isnan(after[node.at, 0]):
                continue
            s0, w, _ = node_parts(framework, recipe, node, before, self.local)
            s1 = after[inputs].T
            if method.positive(how) and (np.nanmin(s0) <= 0 or np.nanmin(s1) <= 0):
                return None
            omega = multipliers(method, how, s0, s1, w, self.sample(node))[0]
            moved = np.nan_to_num(omega) * np.nan_to_num(s1[0] - s0[0])
            gap = float(after[node.at, 0] - before[node.at, 0])
            if not abs(moved.sum() - gap) <= ADDS_UP * max(1.0, abs(float(after[node.at, 0]))):
                return None
            for at, rate, part in zip(inputs.tolist(), np.nan_to_num(omega), moved, strict=True):
                passed[at] = passed[node.at] * float(rate)
                found[node.at, at] = passed[node.at] * float(part)
        return found


def _reference_scores(index: Index, against: Against) -> Floats | None:
    """Return the scores ``float64[K]`` that parts are measured from; None where scores have no worst value."""
    if against == "floor":
        ends = [index.fitted.recipe.normalise.bounds_of(one.id) for one in index.framework.indicators]
        return None if None in ends else np.array([end[0] for end in ends if end is not None])
    count = (~np.isnan(index.normalised)).sum(axis=(0, 1))
    total = np.nansum(index.normalised, axis=(0, 1))
    return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))


def _row(row: _Row, one: _Input, before: Floats, shares: Mapping[tuple[int, int], float]) -> dict[str, Any]:
    """Return a row of the table."""
    index, node, parent = row.index, one.node, one.parent
    score, inner = float(index.scores[row.t, row.n, node.at]), node.at >= row.count
    weighted = parent is not None and row.how(parent) == "weighted" and not np.isnan(score)
    numbers = {
        "score": score,
        "weight": one.weight,
        "product": one.weight * score if weighted and one.weight is not None else None,
        "reference": float(before[node.at]),
        "contribution": None if parent is None or np.isnan(score) else shares.get((parent.at, node.at)),
    }
    rank = index.ranks[row.t, row.n, node.at]
    return {
        "node": node.id,
        "parent": None if parent is None else parent.id,
        "title_zh": node.title.zh,
        "title_en": node.title.en,
        "method": how_of(index.fitted.recipe, node).method if inner else None,
        "how": row.how(node) if inner else None,
        "rank": None if np.isnan(rank) else int(rank),
    } | {name: None if value is None or np.isnan(value) else value for name, value in numbers.items()}
