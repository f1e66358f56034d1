"""Up the tree: scores of indicators become scores of every node, with weights and ideals found on the way.

What a node cannot be made of (a hole without a rule for it, a score a geometric mean cannot take) is refused here, by
unit, indicator and year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import MethodError, Where, listing
from nqpf.index import weights as weighting
from nqpf.index.framework import Framework, Node
from nqpf.index.recipe import Recipe
from nqpf.index.tree import enough, least_present, node_inputs, score_node, start_tree
from nqpf.messages import say

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Climbed:
    """Weights ``float64[1 or T, nodes]``, ideals ``float64[2, nodes]``, scores and present shares of every node."""

    local: Floats
    ideal: Floats
    scores: Floats
    present: Floats


def climb(
    framework: Framework,
    recipe: Recipe,
    scores: Floats,
    indicators: Panel,
    *,
    local: Floats | None = None,
    ideal: Floats | None = None,
) -> Climbed:
    """Score the nodes from the deepest level up.

    Entropy weights among siblings and observed ideals need the scores below, so what is not given frozen, weights
    within siblings ``float64[1 or T, nodes]`` or worst and best scores ``float64[2, nodes]``, is found on the way.
    """
    how = recipe.weight
    periods, units, count = scores.shape
    upwards = local is None and how.method == "entropy" and how.group == "siblings"
    local = _weights_below(framework, recipe, scores, indicators) if local is None else local
    tree, present = start_tree(framework, scores.reshape(-1, count))
    found = np.stack([np.fmin.reduce(tree), np.fmax.reduce(tree)]) if ideal is None else ideal
    for node in framework.nodes[count:]:
        kids = framework.children[node.at]
        if upwards and kids.size > 1:
            children = tree[:, kids].reshape(periods, units, kids.size)
            local[:, kids] = _entropy(recipe, children, [framework.nodes[c].id for c in kids], indicators.periods)
        _refuse_holes(framework, recipe, node, indicators, tree)
        _refuse_nonpositive(framework, recipe, node, indicators, tree)
        undefined = score_node(framework, recipe, node, tree, present, _by_row(local, units), found)
        if undefined.any():
            raise MethodError("topsis_flat", where=_row_where(indicators, int(undefined.argmax()), node.id))
        tree[~enough(recipe, node, present), node.at] = np.nan
        if ideal is None:
            found[:, node.at] = np.fmin.reduce(tree[:, node.at]), np.fmax.reduce(tree[:, node.at])
    return Climbed(local, found, tree.reshape(periods, units, -1), present.reshape(periods, units, -1))


def _weights_below(framework: Framework, recipe: Recipe, scores: Floats, indicators: Panel) -> Floats:
    """Return weights within siblings, ``float64[1 or T, nodes]``; equal where entropy has yet to be taken."""
    how = recipe.weight
    if how.method == "given":
        return weighting.given_weights(framework, how)[None]
    if how.group == "all":
        count = len(framework.indicators)
        leaf = np.full((1, count), 1 / count)
        if how.method == "entropy":
            leaf = _entropy(recipe, scores, [i.id for i in framework.indicators], indicators.periods)
        return weighting.spread(framework, leaf)
    local = np.ones((len(indicators.periods) if how.yearly else 1, len(framework.nodes)))
    for kids in framework.children:
        local[:, kids] = 1 / max(kids.size, 1)
    return local


def _by_row(local: Floats, units: int) -> Floats:
    """Return weights a year as weights a row of T × N, or as the single row they are."""
    return local if len(local) == 1 else np.repeat(local, units, axis=0)


def _entropy(recipe: Recipe, scores: Floats, names: Sequence[str], periods: Sequence[int]) -> Floats:
    """Return entropy weights of K columns of scores ``float64[T, N, K]``: ``float64[1 or T, K]``."""
    how = recipe.weight
    if how.base is not None:
        inside = [how.base[0] <= p <= how.base[1] for p in periods]
        if not any(inside):
            raise MethodError(
                "base_window_empty", base=f"{how.base[0]}–{how.base[1]}", years=f"{periods[0]}–{periods[-1]}"
            )
        scores = scores[inside]
    if how.basis == "unit":
        pool = scores if recipe.normalise.scope == "yearly" else scores.reshape(1, -1, scores.shape[2])
        low, high = np.fmin.reduce(pool, axis=1)[:, None, :], np.fmax.reduce(pool, axis=1)[:, None, :]
        span = high - low
        scores = np.divide(scores - low, span, out=np.where(np.isnan(scores), np.nan, 0.5), where=span > 0)
    groups = scores if how.scope == "yearly" else scores.reshape(1, -1, scores.shape[2])
    weighting.check_entropy(groups, names, list(periods) if how.scope == "yearly" else [None])
    return weighting.entropy(groups).weights


def refuse_missing(indicators: Panel, holes: NDArray[np.bool_]) -> None:
    """Name the cells of ``bool[T, N, K]`` that are missing, if there are any."""
    if holes.any():
        cells = [
            say(
                "word.cell",
                indicator=indicators.series[k].id,
                unit=indicators.labels[indicators.units[n]],
                period=indicators.periods[t],
            )
            for t, n, k in np.argwhere(holes)
        ]
        t, n, k = (int(i) for i in np.argwhere(holes)[0])
        place = _row_where(indicators, t * len(indicators.units) + n, indicators.series[k].id)
        raise MethodError("missing_indicator", where=place, count=len(cells), cells=listing(cells))


def _refuse_holes(framework: Framework, recipe: Recipe, node: Node, indicators: Panel, tree: Floats) -> None:
    """Refuse that a node without a rule of availability is scored from less than all it is made of."""
    if least_present(recipe, node) is not None:
        return
    inputs, below = node_inputs(framework, recipe.aggregate_of(node.id), node.at), framework.leaves[node.at]
    short = np.isnan(tree[:, inputs]).any(axis=1, keepdims=True)
    holes = np.zeros((len(tree), len(framework.indicators)), dtype=bool)
    holes[:, below] = short & np.isnan(tree[:, below])
    refuse_missing(indicators, holes.reshape(indicators.values.shape))


def _refuse_nonpositive(framework: Framework, recipe: Recipe, node: Node, indicators: Panel, tree: Floats) -> None:
    """Name the first score that a geometric mean cannot take."""
    how = recipe.aggregate_of(node.id)
    inputs = node_inputs(framework, how, node.at)
    bad = np.argwhere(tree[:, inputs] <= 0)
    if how.method == "geometric" and len(bad):
        row, k = (int(i) for i in bad[0])
        where, value = _row_where(indicators, row, framework.nodes[inputs[k]].id), float(tree[row, inputs[k]])
        raise MethodError("geometric_nonpositive", where=where, node=node.id, value=value, count=len(bad))


def _row_where(indicators: Panel, row: int, node: str) -> Where:
    """Return the place of a row of T × N."""
    t, n = divmod(row, len(indicators.units))
    return Where(unit=indicators.labels[indicators.units[n]], indicator=node, period=indicators.periods[t])
