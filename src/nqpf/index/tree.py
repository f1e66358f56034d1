"""The tree: scores of indicators become scores of every node, each node by its own aggregation.

Scores stand node by node, ``float64[nodes, R]`` over the R = T × N rows of a panel, year by year.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import SpecError
from nqpf.index.aggregate import AGGREGATORS, share_out
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.framework import Framework, Node
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.recipe import Recipe
from nqpf.messages import Text, say

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Samples = Mapping[int, tuple[Any, ...]]
"""What each node's rows are measured against, by the node's position: one for all years, or one a year."""


def how_of(recipe: Recipe, node: Node) -> Aggregate:
    """Return how a node's score comes about."""
    return recipe.aggregate_of(node.id, node.level)


def aggregator_of(recipe: Recipe, node: Node) -> Aggregator:
    """Return the method by which a node's score comes about."""
    return AGGREGATORS[how_of(recipe, node).method]


def evaluate_tree(
    framework: Framework,
    recipe: Recipe,
    leaves: Floats,
    local: Floats,
    samples: Samples | None,
    scored: Bools,
    years: int,
) -> Floats:
    """Return the scores of every node, ``float64[nodes, R]``.

    Parameters
    ----------
    leaves
        ``float64[K, R]`` indicator scores, NaN where missing.
    local
        ``float64[1 or R, nodes]`` weights within siblings.
    samples
        What rows are measured against, as found when the index was built; None: it is taken from these rows.
    scored
        ``bool[nodes, R]``: nodes to score, from whatever is present below them.
    years
        T of the R = T × N rows.
    """
    tree = start_tree(framework, leaves)
    for node in framework.inner:
        how, method = how_of(recipe, node), aggregator_of(recipe, node)
        s, w, here = node_parts(framework, recipe, node, tree, local)
        if samples is None:
            sample = take_samples(method, how, s, w, input_ends(framework, recipe, node), years)
        else:
            sample = samples[node.at]
        found = score_rows(method, how, s, w, sample)
        tree[node.at] = np.where(scored[node.at] & (here > 0), found, np.nan)
    return tree


def undefined(framework: Framework, recipe: Recipe, node: Node, tree: Floats, local: Floats, scored: Bools) -> Bools:
    """Return where a node that is to be scored is not, although there is something with weight to score, ``bool[R]``.

    Arguments are those of `evaluate_tree`, and the `tree` it gave.
    """
    _, _, here = node_parts(framework, recipe, node, tree, local)
    return np.asarray(scored[node.at] & (here > 0) & np.isnan(tree[node.at]))


def by_node(scores: Floats) -> Floats:
    """Return ``float64[T, N, K]`` as ``float64[K, R]``, laid out so that sums round alike wherever they are taken."""
    return np.ascontiguousarray(scores.reshape(-1, scores.shape[2]).T)


def start_tree(framework: Framework, leaves: Floats) -> Floats:
    """Return ``float64[nodes, R]`` with the indicators in place."""
    tree = np.empty((len(framework.nodes), leaves.shape[1]))
    tree[: len(leaves)] = leaves
    return tree


def node_parts(
    framework: Framework, recipe: Recipe, node: Node, tree: Floats, local: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return a node's inputs ``float64[R, I]``, their weights over what is present, and how much weight is present."""
    inputs = node_inputs(framework, how_of(recipe, node), node.at)
    s, w = tree[inputs].T, relative_weights(framework, local, node.at, inputs)
    if np.isnan(s).any():
        return s, *share_out(s, w)
    # Once an indicator is left out, a node may have no weight below it.
    return s, w, np.broadcast_to((w.sum(axis=1) > 0).astype(float), len(s))


def score_rows(method: Aggregator, how: Aggregate, s: Floats, w: Floats, samples: tuple[Any, ...]) -> Floats:
    """Return the scores of rows ``float64[R, I]``, each measured against the sample of its year."""
    if len(samples) == 1:
        return method.score(s, w, how, samples[0])
    parts = zip(np.split(s, len(samples)), np.split(np.broadcast_to(w, s.shape), len(samples)), samples, strict=True)
    return np.concatenate([method.score(rows, weights, how, sample) for rows, weights, sample in parts])


def take_samples(
    method: Aggregator, how: Aggregate, s: Floats, w: Floats, ends: Ends | None, years: int, draws: int = 1
) -> tuple[Any, ...]:
    """Return what rows are measured against: taken from all rows, or from each of the T years; in each draw anew."""
    if method.sample is None:
        return (None,)
    if how.scope == "pooled" and draws == 1:
        return (method.sample(s, w, how, ends),)
    groups = draws if how.scope == "pooled" else draws * years
    parts = zip(np.split(s, groups), np.split(np.broadcast_to(w, s.shape), groups), strict=True)
    return tuple(method.sample(rows, weights, how, ends) for rows, weights in parts)


def multipliers(
    method: Aggregator, how: Aggregate, s0: Floats, s1: Floats, w: Floats, samples: tuple[Any, ...]
) -> Floats:
    """Return ω with Σ ω (s1 − s0) = score(s1) − score(s0), row by row.

    Where a method has no such multipliers of its own, the inputs are replaced one at a time, from the first to the
    last and from the last to the first, and each input's part is the mean of the two.
    """
    if method.multipliers is not None and len(samples) == 1:
        return method.multipliers(s0, s1, w, how, samples[0])
    parts = np.zeros(s0.shape)
    for order in (range(s0.shape[1]), reversed(range(s0.shape[1]))):
        now = np.array(s0)
        before = score_rows(method, how, now, w, samples)
        for j in order:
            now[:, j] = s1[:, j]
            after = score_rows(method, how, now, w, samples)
            parts[:, j] += (after - before) / 2
            before = after
    moved = s1 - s0
    return np.divide(parts, moved, out=np.zeros_like(parts), where=moved != 0)


def least_present(recipe: Recipe, node: Node) -> float | None:
    """Return the share of weight a node's score asks for; None if everything must be present."""
    return recipe.availability if node.availability is None else node.availability


def node_inputs(framework: Framework, how: Aggregate, at: int) -> NDArray[np.intp]:
    """Return the positions of the nodes a node's score is made of."""
    return framework.leaves[at] if how.inputs == "leaves" else framework.children[at]


def node_ends(framework: Framework, recipe: Recipe, at: int) -> Ends | None:
    """Return the ends of the scale that a node's scores lie on; None if it has none."""
    node = framework.nodes[at]
    if not framework.children[at].size:
        return recipe.normalise.bounds_of(node.id)
    return aggregator_of(recipe, node).ends(how_of(recipe, node), input_ends(framework, recipe, node))


def input_ends(framework: Framework, recipe: Recipe, node: Node) -> Ends | None:
    """Return the ends of the scale that a node's inputs lie on; they share one: see `check_scales`."""
    return node_ends(framework, recipe, int(node_inputs(framework, how_of(recipe, node), node.at)[0]))


def check_scales(framework: Framework, recipe: Recipe) -> None:
    """Raise a SpecError if a node is made of scores on different scales, or a method has no ends to measure from."""
    for node in framework.inner:
        how = how_of(recipe, node)
        inputs = node_inputs(framework, how, node.at)
        ends = {framework.nodes[i].id: node_ends(framework, recipe, int(i)) for i in inputs}
        if len(set(ends.values())) > 1:
            unlike = {e: _scale(name, e) for name, e in reversed(ends.items())}
            scales = Text.join(reversed(unlike.values()), "；", "; ")
            raise SpecError("mixed_scales", where=node.where, node=node.id, scales=scales)
        method = aggregator_of(recipe, node)
        if method.bounded(how) and None in ends.values():
            words = {"aggregate": how.method, "normalise": recipe.normalise.method}
            raise SpecError("aggregate_without_bounds", where=node.where, node=node.id, **words)


def relative_weights(framework: Framework, local: Floats, at: int, inputs: NDArray[np.intp]) -> Floats:
    """Return the weights of `inputs` (nodes below `at`) within node `at`, ``float64[len(local), len(inputs)]``."""
    if inputs is framework.children[at]:
        return local[:, inputs]
    weights = np.ones((len(local), inputs.size))
    for column, node in enumerate(inputs):
        step = int(node)
        while step != at:
            weights[:, column] *= local[:, step]
            step = framework.nodes[step].parent
    return weights


def _scale(node: str, ends: Ends | None) -> Text:
    return say("scale.ends", node=node, low=ends[0], high=ends[1]) if ends else say("scale.open", node=node)
