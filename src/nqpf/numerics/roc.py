"""How well scores put what happens before what does not: areas under curves and hits among the best, ties exact.

Hanley and McNeil (1982), doi:10.1148/radiology.143.1.7063747; DeLong et al. (1988), doi:10.2307/2531595; for rows that
come in clusters Obuchowski (1997), Nonparametric analysis of clustered ROC curve data, Biometrics 53, 567–578.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """R rows by group and, within a group, by rising score.

    Attributes
    ----------
    order
        ``int[R]`` rows in that order.
    group
        ``int[R]`` group of each row in that order.
    first, last
        ``int[R]`` where the run of equal scores begins that a place belongs to, and where the next one begins.
    bounds
        ``int[G + 1]`` where each group begins.
    """

    order: Integers
    group: Integers
    first: Integers
    last: Integers
    bounds: Integers

    @classmethod
    def of(cls, score: Floats, group: Integers, groups: int) -> Self:
        """Return rows of scores ``float64[R]``, none missing, in groups numbered from 0 to `groups` − 1."""
        order = np.lexsort((score, group))
        s, g = score[order], group[order]
        new = np.ones(s.size, dtype=bool)
        new[1:] = (s[1:] != s[:-1]) | (g[1:] != g[:-1])
        starts = np.flatnonzero(new)
        run = np.cumsum(new) - 1
        ends = np.append(starts[1:], s.size)
        bounds = np.searchsorted(g, np.arange(groups + 1))
        return cls(order, g, starts[run], ends[run], bounds)

    def sums(self, values: Floats | Bools) -> Floats:
        """Return sums ``float64[G]`` by group of values ``float64[R]`` in this order."""
        total = np.concatenate([[0.0], np.cumsum(values)])
        out: Floats = total[self.bounds[1:]] - total[self.bounds[:-1]]
        return out

    def below(self, flag: Bools) -> Floats:
        """Return how many rows of the group with a flag score less ``float64[R]``, equals counted half."""
        count = np.concatenate([[0], np.cumsum(flag)])
        out: Floats = (count[self.first] + count[self.last]) / 2 - count[self.bounds[self.group]]
        return out


def areas(rows: Ordered, hit: Bools) -> Floats:
    """Return the area under the curve of each group ``float64[G]``: P(a hit scores more) + ½ P(they score alike).

    Parameters
    ----------
    rows
        R rows in G groups.
    hit
        ``bool[R]`` what happened, by row as given to `Ordered.of`.

    Returns
    -------
    NaN for a group in which all is hit, or nothing.

    Examples
    --------
    >>> score, hit = np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True])
    >>> areas(Ordered.of(score, np.zeros(4, dtype=int), 1), hit).tolist()
    [0.875]
    """
    y = hit[rows.order]
    hits, misses = rows.sums(y), rows.sums(~y)
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Floats = rows.sums(np.where(y, rows.below(~y), 0.0)) / (hits * misses)
    return out


def area_error(score: Floats, hit: Bools, cluster: Integers) -> tuple[float, float]:
    """Return the area under the curve of all rows, and its standard error where rows come in clusters.

    Parameters
    ----------
    score, hit
        ``float64[R]`` and ``bool[R]``, some hit and some not.
    cluster
        ``int[R]`` from 0.

    Returns
    -------
    Area and standard error; the latter NaN where all hits, or all misses, are in one cluster.
    """
    rows = Ordered.of(score, np.zeros(score.size, dtype=np.intp), 1)
    y, c = hit[rows.order], cluster[rows.order]
    hits, misses = float(y.sum()), float((~y).sum())
    area = float(areas(rows, hit)[0])
    groups = int(cluster.max()) + 1
    # Each hit's chance to score more than a miss, and each miss's to score less than a hit, summed by cluster.
    over = np.bincount(c[y], rows.below(~y)[y] / misses - area, minlength=groups)
    under = np.bincount(c[~y], 1 - rows.below(y)[~y] / hits - area, minlength=groups)
    count, all_ = np.bincount(c[y], minlength=groups), np.bincount(c, minlength=groups)
    with_hit, with_miss, there = (int((part > 0).sum()) for part in (count, all_ - count, all_))
    if min(with_hit, with_miss) < 2:
        return area, float("nan")
    variance = (
        with_hit / (with_hit - 1) * (over @ over) / hits**2
        + with_miss / (with_miss - 1) * (under @ under) / misses**2
        + 2 * there / (there - 1) * (over @ under) / (hits * misses)
    )
    return area, float(np.sqrt(max(variance, 0.0)))


Ties = Literal["shared", "order"]


def best(rows: Ordered, hit: Bools, k: int, ties: Ties = "shared") -> Floats:
    """Return the share of hits among the k highest scores of each group ``float64[G]``.

    Parameters
    ----------
    rows, hit
        As of `areas`.
    k
        At least 1.
    ties
        Rows of equal scores that straddle the line: ``shared``, they share the places that are left, which is the mean
        over all ways to break the tie; ``order``, the first of them as given get the places.

    Returns
    -------
    NaN for a group of fewer than k rows.

    Examples
    --------
    >>> score, hit = np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True])
    >>> rows = Ordered.of(score, np.zeros(4, dtype=int), 1)
    >>> best(rows, hit, 2).tolist(), best(rows, hit, 2, "order").tolist()
    ([0.75], [1.0])
    """
    above = rows.bounds[rows.group + 1] - rows.last
    if ties == "shared":
        taken = np.clip((k - above) / (rows.last - rows.first), 0.0, 1.0)
    else:
        taken = (above + np.arange(above.size) - rows.first < k).astype(float)
    size = np.diff(rows.bounds)
    return np.where(size >= k, rows.sums(np.where(hit[rows.order], taken, 0.0)) / k, np.nan)


def contributions(rows: Ordered, hit: Bools) -> Floats:
    """Return by how much each row moves the mean area of the groups that have one, ``float64[R]`` by row as given.

    A row's share of the pairs it is in that are ranked right, less the area of its group, over the number of its kind
    in the group and over the number of groups: the parts of DeLong et al. (1988). They sum to 0.
    """
    y = hit[rows.order]
    hits, misses, area = (part[rows.group] for part in (rows.sums(y), rows.sums(~y), areas(rows, hit)))
    with np.errstate(invalid="ignore", divide="ignore"):
        right = np.where(y, rows.below(~y) / misses, 1 - rows.below(y) / hits)
        part = (right - area) / np.where(y, hits, misses)
    out = np.empty(y.size)
    out[rows.order] = np.nan_to_num(part) / max(int((~np.isnan(areas(rows, hit))).sum()), 1)
    return out


def areas_drawn(rows: Ordered, hit: Bools, item: Integers, turns: Floats) -> Floats:
    """Return the mean area of groups ``float64[B]`` when items are drawn anew, rows weighing as often as their items.

    Parameters
    ----------
    rows, hit
        As of `areas`.
    item
        ``int[R]`` item of each row, from 0; rows of an item in different groups share its turns.
    turns
        ``float64[B, I]`` how often each item is drawn.

    Returns
    -------
    Means over the groups in which the draw has a hit and a miss; NaN where there is no such group.
    """
    return _drawn(hit[rows.order], item[rows.order], rows.last, rows.bounds, np.ascontiguousarray(turns.T))


@compiled
def _drawn(hit: Bools, item: Integers, last: Integers, bounds: Integers, turns: Floats) -> Floats:
    draws = turns.shape[1]
    total, count = np.zeros(draws), np.zeros(draws)
    wins, hits, misses = np.empty(draws), np.empty(draws), np.empty(draws)
    h, m = np.empty(draws), np.empty(draws)
    for g in range(bounds.size - 1):
        wins[:], hits[:], misses[:] = 0.0, 0.0, 0.0
        place = bounds[g]
        while place < bounds[g + 1]:
            # The draws of a row lie side by side, so that the processor takes several at once.
            if last[place] == place + 1:
                weight = turns[item[place]]
                if hit[place]:
                    for b in range(draws):
                        wins[b] += weight[b] * misses[b]
                        hits[b] += weight[b]
                else:
                    for b in range(draws):
                        misses[b] += weight[b]
            else:
                h[:], m[:] = 0.0, 0.0
                for r in range(place, last[place]):
                    weight = turns[item[r]]
                    side = h if hit[r] else m
                    for b in range(draws):
                        side[b] += weight[b]
                for b in range(draws):
                    wins[b] += h[b] * (misses[b] + m[b] / 2)
                    hits[b] += h[b]
                    misses[b] += m[b]
            place = last[place]
        for b in range(draws):
            if hits[b] > 0 and misses[b] > 0:
                total[b] += wins[b] / (hits[b] * misses[b])
                count[b] += 1
    return total / count
