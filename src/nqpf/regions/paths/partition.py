"""Partitions of units and what chance makes of them: how clear, how many, and whether each cluster comes back.

How clear: the mean silhouette (Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7). How many: the clearest, or the gap
statistic (Tibshirani, Walther and Hastie 2001, doi:10.1111/1467-9868.00293). Come back: the largest Jaccard index of a
cluster with those of units drawn anew, each taken once (Hennig 2007, doi:10.1016/j.csda.2006.11.025). Whether there are
any: data of one mode, treated alike, are as clear for no number of clusters (after Helgeson, Vock and Bair 2021,
doi:10.1111/biom.13376, who compare the variance explained).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.clusters import box, cut, distances, gap_choice, jaccard, kmeans, silhouettes, tree, within
from nqpf.numerics.ranks import position
from nqpf.numerics.unimodal import Null

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
ClusterMethod = Literal["ward", "kmeans"]
Standardise = Literal["zscore", "rank", "none"]
NullModel = Literal["unimodal", "gaussian"]

DISSOLVED, RECOVERED = 0.5, 0.75
"""Jaccard index up to which a cluster counts as dissolved, and above which as found again (Hennig 2007, 2008)."""


def scaled(x: Floats, how: Standardise) -> Floats:
    """Return columns ``float64[N, D]`` on a common scale; ranks run from 0 to 1, ties share their mean."""
    if how == "zscore":
        return np.asarray((x - x.mean(axis=0)) / x.std(axis=0, ddof=1))
    if how == "rank":
        return np.column_stack([(position(c, c, "average") - 0.5) / len(c) for c in x.T])
    return x


@dataclass(frozen=True, slots=True, eq=False)
class Cutter:
    """How points are put into clusters.

    Attributes
    ----------
    method
        Ward's tree or k-means.
    chance
        ``float64[S, k]`` of the starts of k-means, the same for all data.
    """

    method: ClusterMethod
    chance: Floats

    def labels(self, x: Floats, short: Floats, ks: Integers) -> Integers:
        """Return labels ``int[K, N]`` of points with their distances, for each number of clusters."""
        found = cut(tree(short), ks)
        if self.method == "kmeans":  # Ward's clusters are one of its starts
            found = np.array([kmeans(x, k, found[i], self.chance[:, :k]) for i, k in enumerate(ks)])
        return found

    def clarity(self, x: Floats, ks: Integers) -> Floats:
        """Return the mean silhouette of points for each number of clusters ``float64[K]``."""
        short = distances(x)
        labels = self.labels(x, short, ks)
        return np.array([silhouettes(short, labels[i], k)[:, 0].mean() for i, k in enumerate(ks)])

    def tightness(self, x: Floats, ks: Integers) -> Floats:
        """Return the logarithm of the sum of squares within clusters, for each number of them ``float64[K]``."""
        short = distances(x)
        if self.method == "ward":  # the square of a merge's height is twice what it adds
            grown = np.append(0.0, np.cumsum(tree(short)[:, 2] ** 2) / 2)
            return np.asarray(np.log(grown[len(x) - ks]))
        labels = self.labels(x, short, ks)
        return np.log([within(x, labels[i], k) for i, k in enumerate(ks)])


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """The gap of each number of clusters and its error, ``float64[K]``, and the place of the number it chooses."""

    gap: Floats
    error: Floats
    chosen: int


def gap_statistic(cutter: Cutter, x: Floats, ks: Integers, draws: int, rng: np.random.Generator) -> Gap:
    """Return how much tighter clusters are than those of points without any in the box of the principal axes."""
    centre, axes, (low, high) = box(x)
    logs = np.array(
        [
            cutter.tightness(centre + (low + rng.random((len(x), low.size)) * (high - low)) @ axes, ks)
            for _ in range(draws)
        ]
    )
    gap = logs.mean(axis=0) - cutter.tightness(x, ks)
    error = logs.std(axis=0) * np.sqrt(1 + 1 / draws)
    return Gap(gap, error, gap_choice(gap, error))


def chance_clarity(
    cutter: Cutter, raw: Floats, how: Standardise, null: NullModel, ks: Integers, draws: int, rng: np.random.Generator
) -> Floats:
    """Return the mean silhouette for each number of clusters of data of one mode, ``float64[draws, K]``."""
    model = Null.unimodal(raw) if null == "unimodal" else Null.gaussian(raw)
    return np.array([cutter.clarity(scaled(model.draw(len(raw), rng), how), ks) for _ in range(draws)])


@dataclass(frozen=True, slots=True, eq=False)
class Excess:
    """How much clearer partitions are than those of data of one mode.

    Attributes
    ----------
    expected, excess
        ``float64[K]`` mean silhouette of such data, and how many standard deviations the data are above it.
    p
        Share of data, these included, whose largest excess is as large.
    """

    expected: Floats
    excess: Floats
    p: float

    @classmethod
    def of(cls, clear: Floats, chance: Floats) -> Self:
        """Compare mean silhouettes ``float64[K]`` with those of data of one mode ``float64[B, K]``."""
        every = np.vstack([clear, chance])  # the data among them: so p is exact however few the draws
        spread = every.std(axis=0)
        excess = (every - every.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        most = excess.max(axis=1)
        return cls(chance.mean(axis=0), excess[0], float((most >= most[0] - 1e-12).mean()))


def returns(cutter: Cutter, x: Floats, label: Integers, k: int, draws: int, rng: np.random.Generator) -> Floats:
    """Return the largest Jaccard index of each cluster with those of units drawn anew, ``float64[draws, k]``."""
    found = np.empty((draws, k))
    for b in range(draws):
        taken = np.unique(rng.integers(len(x), size=len(x)))
        m = min(k, taken.size)
        points = x[taken]
        again = cutter.labels(points, distances(points), np.array([m]))[0]
        found[b] = jaccard(label[taken], k, again, m)
    return found
