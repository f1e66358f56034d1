"""The tree: scores of indicators become scores of every node, each node by its own aggregation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import SpecError
from nqpf.index.aggregate import arithmetic, geometric, geometric_multipliers, share_out
from nqpf.index.framework import Framework, Node
from nqpf.index.recipe import Aggregate, Recipe
from nqpf.index.topsis import closeness, closeness_multipliers
from nqpf.messages import Text, say

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ends = tuple[float, float]


def evaluate_tree(
    framework: Framework, recipe: Recipe, leaves: Floats, local: Floats, ideal: Floats, scored: Bools
) -> Floats:
    """Return the scores of every node, ``float64[R, nodes]``.

    Parameters
    ----------
    leaves
        ``float64[R, K]`` indicator scores, NaN where missing.
    local
        ``float64[R or 1, nodes]`` weights within siblings.
    ideal
        ``float64[2, nodes]`` for TOPSIS with observed ideal.
    scored
        ``bool[R, nodes]``: nodes to score, from whatever is present below them.
    """
    scores, present = start_tree(framework, leaves)
    for node in framework.nodes[leaves.shape[1] :]:
        score_node(framework, recipe, node, scores, present, local, ideal)
        scores[~scored[:, node.at], node.at] = np.nan
    return scores


def start_tree(framework: Framework, leaves: Floats) -> tuple[Floats, Floats]:
    """Return the two arrays that `score_node` fills, ``float64[R, nodes]`` each, with the indicators in place."""
    rows, count = leaves.shape
    scores = np.full((rows, len(framework.nodes)), np.nan)
    present = np.zeros_like(scores)
    scores[:, :count], present[:, :count] = leaves, ~np.isnan(leaves)
    return scores, present


def score_node(
    framework: Framework, recipe: Recipe, node: Node, scores: Floats, present: Floats, local: Floats, ideal: Floats
) -> Bools:
    """Fill in a node's score and present share, from whatever is present below it.

    Returns
    -------
    ndarray, shape (R,)
        Where the score is not defined although there is something to score.
    """
    how = recipe.aggregate_of(node.id)
    inputs, below = node_inputs(framework, how, node.at), framework.leaves[node.at]
    w, here = share_out(scores[:, inputs], relative_weights(framework, local, node.at, inputs))
    found = combine(how, scores[:, inputs], w, *node_ideal(framework, recipe, how, ideal, inputs))
    scores[:, node.at] = np.where(here > 0, found, np.nan)
    present[:, node.at] = (present[:, below] * relative_weights(framework, local, node.at, below)).sum(axis=1)
    return np.asarray((here > 0) & np.isnan(found))


def least_present(recipe: Recipe, node: Node) -> float | None:
    """Return the share of weight a node's score asks for; None if everything must be present."""
    return recipe.availability if node.availability is None else node.availability


def enough(recipe: Recipe, node: Node, present: Floats) -> Bools:
    """Return where the share of weight present below a node meets its rule, ``bool[R]``; everywhere if it has none."""
    return np.asarray(present[:, node.at] >= (least_present(recipe, node) or 0.0) - 1e-12)


def combine(how: Aggregate, s: Floats, w: Floats, low: Floats, high: Floats) -> Floats:
    """Return one score a row from scores ``float64[R, K]`` and weights over what is present."""
    if how.method == "arithmetic":
        return arithmetic(s, w)
    if how.method == "geometric":
        return geometric(s, w)
    return closeness(s, w, low, high, how.weighting).closeness


def multipliers(how: Aggregate, s0: Floats, s1: Floats, w: Floats, low: Floats, high: Floats) -> Floats:
    """Return ω with Σ ω (s1 − s0) = combine(s1) − combine(s0), row by row."""
    if how.method == "arithmetic":
        return np.broadcast_to(w, s0.shape)
    if how.method == "geometric":
        return geometric_multipliers(s0, s1, w)
    return closeness_multipliers(s0, s1, w, low, high, how.weighting)


def node_inputs(framework: Framework, how: Aggregate, at: int) -> NDArray[np.intp]:
    """Return the positions of the nodes a node's score is made of."""
    return framework.leaves[at] if how.inputs == "leaves" else framework.children[at]


def node_ends(framework: Framework, recipe: Recipe, at: int) -> Ends | None:
    """Return the ends of the scale that a node's scores lie on; None if it has none."""
    while framework.children[at].size:
        how = recipe.aggregate_of(framework.nodes[at].id)
        if how.method == "topsis":
            return (0.0, 1.0)
        at = int(node_inputs(framework, how, at)[0])  # all inputs of a mean lie on one scale: see check_scales
    return recipe.normalise.bounds


def node_ideal(
    framework: Framework, recipe: Recipe, how: Aggregate, ideal: Floats, inputs: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Return the worst and best profile for TOPSIS over these inputs (unused by the means)."""
    if how.ideal == "observed":
        return ideal[0, inputs], ideal[1, inputs]
    low, high = node_ends(framework, recipe, int(inputs[0])) or (0.0, 1.0)
    return np.full(inputs.size, low), np.full(inputs.size, high)


def check_scales(framework: Framework, recipe: Recipe) -> None:
    """Raise a SpecError if a node is made of scores on different scales, or TOPSIS has no ends to measure from."""
    for node in framework.nodes[len(framework.indicators) :]:
        how = recipe.aggregate_of(node.id)
        inputs = node_inputs(framework, how, node.at)
        ends = {framework.nodes[i].id: node_ends(framework, recipe, int(i)) for i in inputs}
        if len(set(ends.values())) > 1:
            unlike = {e: _scale(name, e) for name, e in reversed(ends.items())}
            scales = Text.join(reversed(unlike.values()), "；", "; ")
            raise SpecError("mixed_scales", where=node.where, node=node.id, scales=scales)
        if how.method == "topsis" and how.ideal == "absolute" and None in ends.values():
            raise SpecError("topsis_without_bounds", where=node.where, method=recipe.normalise.method)


def relative_weights(framework: Framework, local: Floats, at: int, inputs: NDArray[np.intp]) -> Floats:
    """Return the weights of `inputs` (nodes below `at`) within node `at`, ``float64[R or 1, len(inputs)]``."""
    weights = np.ones((len(local), inputs.size))
    for column, node in enumerate(inputs):
        step = int(node)
        while step != at:
            weights[:, column] *= local[:, step]
            step = framework.nodes[step].parent
    return weights


def _scale(node: str, ends: Ends | None) -> Text:
    return say("scale.ends", node=node, low=ends[0], high=ends[1]) if ends else say("scale.open", node=node)
