"""Up the tree: scores of indicators become scores of every node, with weights and samples found on the way.

What a node cannot be made of (a hole without a rule for it, a score its method cannot take) is refused here, by unit,
indicator and year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import MethodError, Where, listing
from nqpf.index import weighting
from nqpf.index.aggregate.aggregator import Aggregator
from nqpf.index.framework import Framework, Node
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.recipe import Recipe
from nqpf.index.tree import (
    Samples,
    aggregator_of,
    how_of,
    input_ends,
    least_present,
    node_inputs,
    node_parts,
    relative_weights,
    score_rows,
    start_tree,
    take_samples,
)
from nqpf.messages import say

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Climbed:
    """What was found on the way up.

    Attributes
    ----------
    local
        ``float64[1 or T, nodes]`` weights within siblings.
    samples
        What rows are measured against.
    tree, present
        ``float64[nodes, R]`` scores, and shares of weight present below; R = T × N.
    """

    local: Floats
    samples: Samples
    tree: Floats
    present: Floats


def climb(
    framework: Framework,
    recipe: Recipe,
    leaves: Floats,
    indicators: Panel,
    *,
    local: Floats | None = None,
    samples: Samples | None = None,
    anew: bool = True,
    draws: int = 1,
) -> Climbed:
    """Score the nodes from the deepest level up.

    Parameters
    ----------
    leaves
        ``float64[K, R]`` indicator scores, NaN where missing; with `draws` those of one draw after the other.
    indicators
        The panel they belong to.
    local
        Frozen weights within siblings, ``float64[1 or T, nodes]``; with `draws` those of one draw after the other.
    samples
        What rows are measured against, frozen; what is taken anew every year is found anew.
    anew
        Whether what is weighted anew every year is found anew although `local` is given.
    draws
        How many times the panel is scored at once, each time with weights of its own, which are given in `local`.
    """
    tree = start_tree(framework, leaves)
    found_here = local is None or (anew and recipe.yearly_weights)
    weights = local
    if weights is None or found_here:
        weights = weighting.start(framework, recipe, leaves, indicators, local)
    complete = not np.isnan(leaves).any()
    present = np.broadcast_to(1.0, tree.shape)
    if not complete:
        present = start_tree(framework, (~np.isnan(leaves)).astype(float))
    found: dict[int, tuple[object, ...]] = {}
    rows = _by_row(weights, leaves)
    for node in framework.inner:
        if found_here:
            weighting.among_children(framework, recipe, node, tree, indicators, weights, frozen=local is not None)
            rows = _by_row(weights, leaves)
        how, method = how_of(recipe, node), aggregator_of(recipe, node)
        inputs = node_inputs(framework, how, node.at)
        if not complete:
            _refuse_holes(framework, recipe, node, inputs, indicators, tree)
        _refuse_nonpositive(framework, method, how, node, inputs, indicators, tree)
        s, w, here = node_parts(framework, recipe, node, tree, rows)
        sample = (samples or {}).get(node.at)
        if sample is None or how.scope == "yearly":
            sample = take_samples(
                method, how, s, w, input_ends(framework, recipe, node), len(indicators.periods), draws
            )
        found[node.at] = sample
        score = score_rows(method, how, s, w, sample)
        undefined = np.isnan(score) & (here > 0)
        if undefined.any():
            where = row_where(indicators, int(undefined.argmax()), node.id)
            raise MethodError(method.undefined, where=where, method=how.method)
        if complete:
            tree[node.at] = np.where(here > 0, score, np.nan)
            continue
        there = ~np.isnan(tree[inputs])  # what is below an input without a score has no part in this one
        here_below = np.where(there, present[inputs], 0.0)
        present[node.at] = (here_below.T * relative_weights(framework, rows, node.at, inputs)).sum(axis=1)
        share = present[node.at] if recipe.counted == "weight" else there.mean(axis=0)
        enough = share >= (least_present(recipe, node) or 0.0) - 1e-12
        tree[node.at] = np.where(enough & (here > 0), score, np.nan)
    return Climbed(weights, found, tree, present)


def _by_row(weights: Floats, leaves: Floats) -> Floats:
    """Return weights of every row, ``float64[1 or R, nodes]``."""
    return weights if len(weights) == 1 else np.repeat(weights, leaves.shape[1] // len(weights), axis=0)


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
        place = row_where(indicators, t * len(indicators.units) + n, indicators.series[k].id)
        raise MethodError("missing_indicator", where=place, count=len(cells), cells=listing(cells))


def _refuse_holes(
    framework: Framework, recipe: Recipe, node: Node, inputs: NDArray[np.intp], indicators: Panel, tree: Floats
) -> None:
    """Refuse that a node without a rule of availability is scored from less than all it is made of."""
    if least_present(recipe, node) is not None:
        return
    short = np.isnan(tree[inputs]).any(axis=0)
    if short.any():
        below = framework.leaves[node.at]
        holes = np.zeros((len(framework.indicators), tree.shape[1]), dtype=bool)
        holes[below] = short & np.isnan(tree[below])
        refuse_missing(indicators, np.logical_or.reduce(holes.T.reshape(-1, *indicators.values.shape)))


def _refuse_nonpositive(
    framework: Framework,
    method: Aggregator,
    how: Aggregate,
    node: Node,
    inputs: NDArray[np.intp],
    indicators: Panel,
    tree: Floats,
) -> None:
    """Name the first score that a method cannot take."""
    if not method.positive(how):
        return
    bad = np.argwhere(tree[inputs].T <= 0)
    if len(bad):
        row, k = (int(i) for i in bad[0])
        where, value = row_where(indicators, row, framework.nodes[inputs[k]].id), float(tree[inputs[k], row])
        words = {"node": node.id, "method": how.method, "value": value, "count": len(bad)}
        raise MethodError("aggregate_nonpositive", where=where, **words)


def row_where(indicators: Panel, row: int, node: str) -> Where:
    """Return the place of a row of T × N, of any draw."""
    t, n = divmod(row % (len(indicators.periods) * len(indicators.units)), len(indicators.units))
    return Where(unit=indicators.labels[indicators.units[n]], indicator=node, period=indicators.periods[t])
