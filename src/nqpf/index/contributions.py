"""Contributions: what each indicator adds to a score, or to its change, without a remainder.

The multipliers of each aggregator (see `aggregate` and `topsis`) are chained down the tree, so the parts add up to the
difference for any mix of means and TOPSIS. Where the weights themselves change between two years (yearly weights, or
holes that move weight to other indicators), that part is shown apart as *weights*.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.index.framework import Node
from nqpf.index.result import Index
from nqpf.index.tree import (
    aggregator_of,
    by_node,
    evaluate_tree,
    how_of,
    multipliers,
    node_inputs,
    node_parts,
    undefined,
)
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Contributions(Result):
    """Parts of a difference between scores.

    Attributes
    ----------
    index
        The index they belong to.
    parts
        ``float64[T, N, K]`` contribution of each indicator.
    weights
        ``float64[T, N]`` contribution of changed weights.
    total
        ``float64[T, N]`` the difference itself: parts and weights add up to it.
    """

    index: Index
    parts: Floats
    weights: Floats
    total: Floats
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, dimension, indicator, contribution; the changed weights as indicator ``weights``."""
        framework, panel = self.index.framework, self.index.panel
        names = [i.id for i in framework.indicators]
        dimensions = [framework.dimension_of(i).id for i in framework.indicators]
        parts = self.parts
        if np.nanmax(np.abs(self.weights), initial=0.0) > 1e-12:
            names, dimensions = [*names, "weights"], [*dimensions, "weights"]
            parts = np.concatenate([parts, self.weights[:, :, None]], axis=2)
        t, n, k = parts.shape
        return pl.DataFrame(
            {
                "unit": np.tile(np.repeat(panel.units, k), t),
                "period": np.repeat(panel.periods, n * k),
                "dimension": np.tile(dimensions, t * n),
                "indicator": np.tile(names, t * n),
                "contribution": parts.reshape(-1),
            }
        ).with_columns(pl.col("contribution").fill_nan(None))


def contributions(index: Index, against: Literal["floor", "mean"] | int = "floor") -> Contributions:
    """Return what each indicator contributes to the index.

    Parameters
    ----------
    index
        An index.
    against
        ``floor``: the worst score the scale allows on every indicator. ``mean``: the mean score of all units and years
        on every indicator. A year: the unit itself in that year.

    Returns
    -------
    Contributions
        Parts that add up to score − reference to within 1e-9 of the scale.

    Raises
    ------
    MethodError
        ``floor`` with scores that have no worst value (z-scores, ranks, distances), or where a geometric mean would
        have to be taken apart from zero, or a score is not defined on one side of the comparison.
    SpecError
        No such year, or another word.

    References
    ----------
    Ang (2004), doi:10.1016/S0301-4215(03)00076-4; for TOPSIS see `nqpf.index.topsis.closeness_multipliers`.
    """
    scores = index.normalised
    periods, units = scores.shape[:2]
    scored = ~np.isnan(index.scores)
    if isinstance(against, Integral):
        against = int(against)
        if against not in index.panel.periods:
            raise SpecError("unknown_period", period=against, options=listing(index.panel.periods, 40))
        if any(len(sample) > 1 for sample in index.fitted.samples.values()):
            raise MethodError("yearly_sample_parts", period=against)
        base = index.panel.periods.index(against)
        before = np.broadcast_to(scores[base], scores.shape)
        total = index.scores[:, :, -1] - index.scores[base, :, -1]
        weights = np.broadcast_to(index.local[base], index.local.shape)
        scored &= scored[base]
    else:
        choose("against", against, ("floor", "mean"))
        before = np.broadcast_to(_profile(index, str(against)), scores.shape)
        total, weights = None, index.local
    both = ~np.isnan(scores) & ~np.isnan(before)
    s0, s1 = by_node(np.where(both, before, np.nan)), by_node(np.where(both, scores, np.nan))
    kept = scored.reshape(s0.shape[1], -1).T
    ways = [index.local] if np.array_equal(weights, index.local) else [weights, index.local]
    found = [_leaf_multipliers(index, s0, s1, np.repeat(w, units, axis=0), kept, against) for w in ways]
    parts = np.nan_to_num(sum(omega for omega, _ in found) / len(found) * (s1 - s0)).T.reshape(scores.shape)
    if total is None:
        total = found[0][1].reshape(periods, units)
    parts = np.where(np.isnan(total)[:, :, None], np.nan, parts)
    method = Method("contributions", {"against": against})
    return Contributions(index, parts, total - parts.sum(axis=2), total, (), method)


def _profile(index: Index, against: str) -> Floats:
    if against == "mean":
        total = np.nansum(index.normalised, axis=(0, 1))
        count = (~np.isnan(index.normalised)).sum(axis=(0, 1))
        return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))
    how = index.fitted.recipe.normalise
    ends = [how.bounds_of(indicator.id) for indicator in index.framework.indicators]
    for indicator, end in zip(index.framework.indicators, ends, strict=True):
        if end is None:
            raise MethodError("no_floor", where=Where(indicator=indicator.id), method=how.of(indicator.id).method)
    return np.array([end[0] for end in ends if end is not None])


def _leaf_multipliers(
    index: Index, s0: Floats, s1: Floats, local: Floats, scored: NDArray[np.bool_], against: str | int
) -> tuple[Floats, Floats]:
    """Return ω ``float64[K, R]`` with Σ ω (s1 − s0) = index(s1) − index(s0), and that difference ``float64[R]``."""
    framework, recipe, samples = index.framework, index.fitted.recipe, index.fitted.samples
    years = len(index.panel.periods)
    tree0 = evaluate_tree(framework, recipe, s0, local, samples, scored, years)
    tree1 = evaluate_tree(framework, recipe, s1, local, samples, scored, years)
    for node in framework.inner:
        lost = undefined(framework, recipe, node, tree0, local, scored)
        lost |= undefined(framework, recipe, node, tree1, local, scored)
        _refuse_undefined(index, node, how_of(recipe, node).method, lost, against)
    omega = np.zeros_like(tree0)
    omega[-1] = 1.0
    for node in reversed(framework.inner):
        if not omega[node.at].any():
            continue
        how, method = how_of(recipe, node), aggregator_of(recipe, node)
        inputs = node_inputs(framework, how, node.at)
        if method.positive(how):
            _refuse_zero(index, node, how.method, inputs, np.fmin(tree0, tree1))
        before, w, _ = node_parts(framework, recipe, node, tree0, local)
        after = tree1[inputs].T
        here = multipliers(method, how, before, after, w, samples[node.at])
        lost = scored[node.at] & (np.isnan(here) & (after != before) & ~np.isnan(after)).any(axis=1)
        _refuse_undefined(index, node, how.method, lost, against)
        omega[inputs] += omega[node.at] * np.nan_to_num(here).T
    return omega[: len(framework.indicators)], tree1[-1] - tree0[-1]


def _refuse_undefined(index: Index, node: Node, method: str, lost: NDArray[np.bool_], against: str | int) -> None:
    """Name the first case in which a node has no score halfway between the two sides of the comparison, or on one."""
    if lost.any():
        t, n = divmod(int(lost.argmax()), len(index.panel.units))
        where = Where(unit=index.panel.labels[index.panel.units[n]], period=index.panel.periods[t])
        raise MethodError("reference_unscored", where=where, node=node.id, method=method, against=against)


def _refuse_zero(index: Index, node: Node, method: str, inputs: NDArray[np.intp], least: Floats) -> None:
    """Name the first case in which a mean of positive scores would be taken apart from zero."""
    bad = np.argwhere(least[inputs].T <= 0)
    if len(bad):
        row, k = (int(i) for i in bad[0])
        t, n = divmod(row, len(index.panel.units))
        where = Where(unit=index.panel.labels[index.panel.units[n]], period=index.panel.periods[t])
        child, value = index.framework.nodes[inputs[k]].id, float(least[inputs[k], row])
        words = {"node": node.id, "method": method, "child": child, "value": value}
        raise MethodError("zero_in_decomposition", where=where, **words)
