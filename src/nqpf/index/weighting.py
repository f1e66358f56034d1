"""Weights for a whole tree: stated at once, taken from all indicators, or from siblings on the way up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import MethodError, Where
from nqpf.index.framework import Framework, Node
from nqpf.index.options.weight import DATA_DRIVEN, Weight
from nqpf.index.recipe import Recipe
from nqpf.index.weights import combine, overall, spread, stated, weigh

Floats = NDArray[np.float64]


def start(framework: Framework, recipe: Recipe, leaves: Floats, indicators: Panel, frozen: Floats | None) -> Floats:
    """Return weights within siblings ``float64[1 or T, nodes]``, as far as they do not rest on scores of dimensions.

    Parameters
    ----------
    leaves
        ``float64[K, R]`` indicator scores.
    frozen
        Weights found earlier: they stay, but for what is weighted anew every year.
    """
    how = recipe.weight
    if frozen is not None:
        local = np.array(frozen[:1])
    elif how.group == "all":
        return _fit(recipe, indicators, spread(framework, _of_leaves(framework, recipe, how, leaves, indicators)))
    else:
        local = np.ones((1, len(framework.nodes)))
    if how.group == "all" and how.yearly:
        local = spread(framework, _of_leaves(framework, recipe, how, leaves, indicators))
    return _fit(recipe, indicators, local)


def among_children(
    framework: Framework, recipe: Recipe, node: Node, tree: Floats, indicators: Panel, local: Floats, *, frozen: bool
) -> None:
    """Fill in the weights of a node's children in `local`, where they are taken among siblings.

    Parameters
    ----------
    tree
        ``float64[nodes, R]``, scored below the node.
    frozen
        Whether `local` holds weights found earlier, which stay unless they are taken anew every year.
    """
    how, kids = recipe.weight_of(node.id), framework.children[node.at]
    if (node.id not in recipe.weights and how.group == "all") or (frozen and not how.yearly):
        return
    names = [framework.nodes[c].id for c in kids]
    local[:, kids] = _among(framework, recipe, how, node, _by_year(tree[kids], indicators), names, indicators)


def _fit(recipe: Recipe, indicators: Panel, local: Floats) -> Floats:
    """Return weights a year where any are yearly, else the single row."""
    years = len(indicators.periods) if recipe.yearly_weights else 1
    return np.array(np.broadcast_to(local, (max(years, len(local)), local.shape[1])))


def _by_year(rows: Floats, indicators: Panel) -> Floats:
    """Return scores ``float64[k, R]`` as ``float64[T, N, k]``."""
    return rows.T.reshape(len(indicators.periods), len(indicators.units), len(rows))


def _among(
    framework: Framework,
    recipe: Recipe,
    how: Weight,
    node: Node,
    scores: Floats,
    names: Sequence[str],
    indicators: Panel,
) -> Floats:
    """Return weights among the children of a node, ``float64[1 or T, k]``."""
    if len(names) == 1:
        return np.ones((1, 1))
    if how.method == "combined":
        parts = [_among(framework, recipe, one, node, scores, names, indicators) for one in how.of]
        try:
            return combine(_same_length(parts), how)
        except MethodError as error:
            raise error.at(Where(indicator=node.id)) from None
    if how.method in DATA_DRIVEN:
        return _weigh(recipe, how, scores, names, indicators)
    return stated(framework, how, node)[None]


def _weigh(recipe: Recipe, how: Weight, scores: Floats, names: Sequence[str], indicators: Panel) -> Floats:
    units = [indicators.labels[unit] for unit in indicators.units]
    yearly = recipe.normalise.scope == "yearly"
    return weigh(scores, how, names=names, periods=indicators.periods, yearly_scores=yearly, units=units)


def _of_leaves(framework: Framework, recipe: Recipe, how: Weight, leaves: Floats, indicators: Panel) -> Floats:
    """Return weights among all indicators, ``float64[1 or T, K]``."""
    names = [i.id for i in framework.indicators]
    if how.method == "combined":
        parts = [_of_leaves(framework, recipe, one, leaves, indicators) for one in how.of]
        return combine(_same_length(parts), how)
    if how.method in DATA_DRIVEN:
        return _weigh(recipe, how, _by_year(leaves, indicators), names, indicators)
    if how.method == "equal":
        return np.full((1, len(names)), 1 / len(names))
    local = np.ones((1, len(framework.nodes)))
    for node in framework.inner:
        local[:, framework.children[node.at]] = stated(framework, how, node)
    return overall(framework, local)[:, : len(names)]


def _same_length(parts: Sequence[Floats]) -> list[Floats]:
    """Return weights of several methods with a row a year for all, if any has."""
    years = max(len(part) for part in parts)
    return [np.broadcast_to(part, (years, part.shape[1])) for part in parts]
