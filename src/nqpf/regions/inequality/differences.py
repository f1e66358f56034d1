"""Sums of absolute differences, which the Gini coefficient and its parts are made of, in O(n log n).

With y in rising order, C the weight up to a place and W all of it, Σ_{i<r} w_i w_r |y_i − y_r| = Σ (gap to the next y)
C (W − C): no term is negative, so nothing cancels, equal values add nothing, and a shift of all values changes nothing.
Dagum's net between part is the Gini coefficient of group means (Griffiths 2008,
https://ideas.repec.org/p/mlb/wpaper/1054.html).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Values of n rows in k groups.

    Attributes
    ----------
    y, w
        ``float64[n]`` values and weights, group by group and rising in each: their order says nothing of the table's.
    group
        ``int[n]`` group of each row.
    start
        ``int[k]`` first row of each group.
    rise
        ``int[n]`` order in which all values rise.
    """

    y: Floats
    w: Floats
    group: Integers
    start: Integers
    rise: Integers

    @classmethod
    def of(cls, y: Floats, w: Floats, group: Integers | None = None) -> Sample:
        """Return rows arranged; every group from 0 has one at least."""
        group = np.zeros(y.size, dtype=np.intp) if group is None else group
        order = np.lexsort((w, y, group))
        y, w, group = y[order], w[order], group[order]
        start = np.flatnonzero(np.diff(group, prepend=-1))
        return cls(y, w, group, start, np.argsort(y, kind="stable"))

    @property
    def count(self) -> Integers:
        """Return ``int[k]`` rows of each group."""
        return np.diff(self.start, append=self.y.size)


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Gini coefficients and their parts: any number of them, ``float64[...]``, and ``float64[..., k]`` of groups."""

    gini: Floats
    within: Floats
    between: Floats
    transvariation: Floats
    groups: Floats


def ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below, NaN where that is not defined."""
    above, below = np.broadcast_arrays(above, below)
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))


def pair_sum(y: Floats, w: Floats) -> Floats:
    """Return Σ_{i<r} w_i w_r |y_i − y_r| along the last axis, in which `y` rises; `w` may have more axes before it."""
    below = np.cumsum(w, axis=-1)
    return np.asarray((np.diff(y) * below[..., :-1] * (below[..., -1:] - below[..., :-1])).sum(axis=-1))


def parts(sample: Sample, w: Floats) -> Parts:
    """Return the Gini coefficient and its parts for each of some sets of weights ``float64[..., n]``."""
    start, y = sample.start, sample.y
    weight, value = (np.add.reduceat(x, start, axis=-1) for x in (w, w * y))
    # Sums of each group are what has run up in it: gaps between groups count for nothing.
    below = np.cumsum(w, axis=-1)
    below -= np.take(below - w, start, axis=-1)[..., sample.group]
    gap = np.diff(y, append=y[-1:])
    gap[np.append(start[1:], y.size) - 1] = 0.0
    inside = np.add.reduceat(gap * below * (weight[..., sample.group] - below), start, axis=-1)
    mean = np.divide(value, weight, out=np.zeros_like(value), where=weight > 0)
    order = np.argsort(mean, axis=-1, kind="stable")
    across = pair_sum(np.take_along_axis(mean, order, axis=-1), np.take_along_axis(weight, order, axis=-1))
    scale = weight.sum(axis=-1) * value.sum(axis=-1)
    gini = ratio(pair_sum(y[sample.rise], w[..., sample.rise]), scale)
    within, between = ratio(inside.sum(axis=-1), scale), ratio(across, scale)
    return Parts(gini, within, between, residual(gini, within, between), ratio(inside, weight * value))


def residual(gini: Floats, within: Floats, between: Floats) -> Floats:
    """Return what is left of the Gini coefficient, 0 where that is no more than rounding."""
    left = np.asarray(gini - within - between)
    return np.where(np.abs(left) <= 1e-12, 0.0, left)


def excess(sample: Sample) -> Floats:
    """Return ``float64[k, k]`` Σ w_i w_r (y_i − y_r) over rows i of one group and r of another with y_i > y_r."""
    y, w, group = sample.y[sample.rise], sample.w[sample.rise], sample.group[sample.rise]
    k, gap = sample.start.size, np.diff(y)
    found, above = np.empty((k, k)), np.zeros(y.size)
    for h in range(k):
        below = np.cumsum(np.where(group == h, w, 0.0))
        np.cumsum(gap * below[:-1], out=above[1:])
        found[:, h] = np.bincount(group, w * above, minlength=k)
    return found


def distances(y: Floats, w: Floats, start: Integers, group: Integers) -> Floats:
    """Return ``float64[n]`` w_i Σ_r w_r |y_i − y_r| over the rows of the same group; `y` rises in each group."""
    below = np.cumsum(w)
    below -= (below - w)[start][group]
    weight = np.add.reduceat(w, start)[group]
    gap = np.diff(y, prepend=y[:1])
    gap[start] = 0.0
    before = np.append(0.0, below[:-1])
    left = _run(gap * before, start, group)
    right = _run(gap * (weight - before), start, group)
    last = np.append(start[1:], y.size) - 1
    return np.asarray(w * (left + right[last][group] - right))


def _run(x: Floats, start: Integers, group: Integers) -> Floats:
    """Return sums that run up within each group."""
    run = np.cumsum(x)
    return run - (run - x)[start][group]


def left_out(sample: Sample, strata: bool) -> tuple[Parts, Floats]:
    """Return parts without each of the rows in turn, ``float64[n]``, and the Gini coefficient of its group without it.

    Parameters
    ----------
    sample
        Rows in groups.
    strata
        Whether the others of a group take over the weight of the one that is left out, which keeps the groups' sizes.
    """
    y, w, group, start = sample.y, sample.w, sample.group, sample.start
    weight, value = np.add.reduceat(w, start), np.add.reduceat(w * y, start)
    own = distances(y, w, start, group)
    whole = np.empty_like(own)
    one, first = np.zeros(y.size, dtype=np.intp), np.zeros(1, dtype=np.intp)
    whole[sample.rise] = distances(y[sample.rise], w[sample.rise], first, one)
    inside, beside = np.add.reduceat(own, start) / 2, np.add.reduceat(whole - own, start)
    n = sample.count[group]
    c = n / np.maximum(n - 1, 1) if strata else np.ones(y.size)
    rest_inside = np.where(n > 1, inside[group] - own, 0.0)  # of a group of one nothing is left
    weight_left = np.where(n > 1, c * (weight[group] - w), 0.0)
    value_left = np.where(n > 1, c * (value[group] - w * y), 0.0)
    rest = np.where(n > 1, beside[group] - (whole - own), 0.0)
    total = inside.sum() + beside.sum() / 2
    scale = (weight.sum() - weight[group] + weight_left) * (value.sum() - value[group] + value_left)
    gini = ratio(total - inside[group] - beside[group] + c**2 * rest_inside + c * rest, scale)
    within = ratio(inside.sum() - inside[group] + c**2 * rest_inside, scale)
    between = ratio(_between_left(weight, value, weight_left, value_left, group), scale)
    of_group = ratio(rest_inside, (weight[group] - w) * (value[group] - w * y))
    return Parts(gini, within, between, residual(gini, within, between), of_group[:, None]), of_group


def _between_left(weight: Floats, value: Floats, weight_left: Floats, value_left: Floats, group: Integers) -> Floats:
    """Return Σ_{j<h} W_j W_h |μ_j − μ_h| where the group of a row has what is left of it, for each row."""
    mean = value / weight
    order = np.argsort(mean)
    below = np.append(0.0, np.cumsum(weight[order]))
    run = np.append(0.0, np.cumsum(value[order]))

    def from_all(m: Floats) -> Floats:
        """Return Σ_h W_h |m − μ_h|."""
        at = np.searchsorted(mean[order], m)
        return np.asarray(m * (2 * below[at] - below[-1]) - (2 * run[at] - run[-1]))

    there = weight_left > 0
    mean_left = np.divide(value_left, weight_left, out=np.zeros_like(value_left), where=there)
    others = from_all(mean_left) - weight[group] * np.abs(mean_left - mean[group])
    now = weight * from_all(mean)
    return np.asarray(now.sum() / 2 - now[group] + np.where(there, weight_left * others, 0.0))
