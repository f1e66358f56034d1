"""Partitions of points as arrays: trees cut, k-means, silhouettes, the gap statistic, and what of a cluster returns.

Ward's tree (1963), doi:10.1080/01621459.1963.10500845; k-means after Lloyd (1982), doi:10.1109/TIT.1982.1056489, from
starts after Arthur and Vassilvitskii (2007), k-means++: the advantages of careful seeding, SODA '07, 1027–1035;
silhouettes by Rousseeuw (1987), doi:10.1016/0377-0427(87)90125-7; clusters found again by Hennig (2007),
doi:10.1016/j.csda.2006.11.025. Cluster labels run from 0; distances are Euclidean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist

from nqpf.numerics.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

ROUNDS = 100
"""Rounds of k-means after which it is taken as it is; it is at rest long before."""


def distances(x: Floats) -> Floats:
    """Return the Euclidean distances of N points in the short form that trees take, ``float64[N (N − 1) / 2]``."""
    return np.asarray(pdist(x))


def tree(short: Floats) -> Floats:
    """Return Ward's tree of points ``float64[N − 1, 4]`` from their distances in the short form, merges in order."""
    return np.asarray(linkage(short, "ward"))


@compiled
def cut(merges: Floats, ks: Integers) -> Integers:
    """Return the labels ``int[K, N]`` of a tree cut into each number of clusters of `ks`."""
    n = len(merges) + 1
    found = np.empty((len(ks), n), np.int64)
    for i in range(len(ks)):
        above = np.full(2 * n - 1, -1, np.int64)
        for m in range(n - ks[i]):
            above[int(merges[m, 0])] = n + m
            above[int(merges[m, 1])] = n + m
        name = np.full(2 * n - 1, -1, np.int64)
        count = 0
        for point in range(n):
            top = point
            while above[top] >= 0:
                top = above[top]
            if name[top] < 0:
                name[top] = count
                count += 1
            found[i, point] = name[top]
    return found


@compiled
def silhouettes(short: Floats, label: Integers, k: int) -> Floats:
    """Return silhouette and nearest other cluster of N points ``float64[N, 2]``; 0 for what is alone in its cluster.

    Parameters
    ----------
    short
        Distances in the short form.
    label
        ``int[N]`` below `k`, no cluster empty.
    k
        Clusters, at least two.
    """
    n = len(label)
    total = np.zeros((n, k))
    size = np.zeros(k)
    at = 0
    for i in range(n):
        size[label[i]] += 1
        for j in range(i + 1, n):
            total[i, label[j]] += short[at]
            total[j, label[i]] += short[at]
            at += 1
    found = np.zeros((n, 2))
    for i in range(n):
        own = label[i]
        near, which = np.inf, 0
        for c in range(k):
            if c != own and total[i, c] / size[c] < near:
                near, which = total[i, c] / size[c], c
        found[i, 1] = which
        if size[own] > 1:
            inside = total[i, own] / (size[own] - 1)
            most = max(inside, near)
            found[i, 0] = (near - inside) / most if most > 0 else 0.0
    return found


@compiled
def within(x: Floats, label: Integers, k: int) -> float:
    """Return the sum of squared distances of points ``float64[N, D]`` from the means of their clusters."""
    means = _means(x, label, k)
    total = 0.0
    for i in range(len(x)):
        total += ((x[i] - means[label[i]]) ** 2).sum()
    return total


@compiled
def kmeans(x: Floats, k: int, first: Integers, chance: Floats) -> Integers:
    """Return the labels ``int[N]`` of the tightest of several runs of k-means; the first of equals.

    Parameters
    ----------
    x
        ``float64[N, D]`` points.
    k
        Clusters, 1 ≤ k ≤ N.
    first
        ``int[N]`` labels from which one run starts.
    chance
        ``float64[S, k]`` numbers in [0, 1) that choose the first centres of S more runs: each point is taken with a
        chance proportional to its squared distance from the nearest centre that was taken before it.
    """
    best = _settle(x, _means(x, first, k))
    least = within(x, best, k)
    for s in range(len(chance)):
        label = _settle(x, _spread(x, k, chance[s]))
        total = within(x, label, k)
        if total < least * (1 - 1e-12):
            best, least = label, total
    return best


@compiled
def _means(x: Floats, label: Integers, k: int) -> Floats:
    means = np.zeros((k, x.shape[1]))
    size = np.zeros(k)
    for i in range(len(x)):
        size[label[i]] += 1
        means[label[i]] += x[i]
    for c in range(k):
        means[c] /= max(size[c], 1.0)
    return means


@compiled
def _spread(x: Floats, k: int, chance: Floats) -> Floats:
    n = len(x)
    centres = np.empty((k, x.shape[1]))
    near = np.full(n, np.inf)
    pick = min(int(chance[0] * n), n - 1)
    for c in range(k):
        if c:
            wanted = chance[c] * near.sum()
            run = 0.0
            pick = n - 1
            for i in range(n):
                run += near[i]
                if run > wanted:
                    pick = i
                    break
        centres[c] = x[pick]
        for i in range(n):
            near[i] = min(near[i], ((x[i] - x[pick]) ** 2).sum())
    return centres


@compiled
def _settle(x: Floats, centres: Floats) -> Integers:
    """Return labels at rest; a cluster that lost all its points takes the point that lies worst."""
    n, k = len(x), len(centres)
    label = np.full(n, -1, np.int64)
    for _ in range(ROUNDS):
        moved = False
        size = np.zeros(k, np.int64)
        apart = np.zeros(n)
        for i in range(n):
            near, which = np.inf, 0
            for c in range(k):
                gap = 0.0
                for d in range(x.shape[1]):
                    gap += (x[i, d] - centres[c, d]) ** 2
                if gap < near:
                    near, which = gap, c
            apart[i] = near
            size[which] += 1
            moved |= label[i] != which
            label[i] = which
        for c in range(k):
            if size[c] == 0:
                worst = -1
                for i in range(n):
                    if size[label[i]] > 1 and (worst < 0 or apart[i] > apart[worst]):
                        worst = i
                size[label[worst]] -= 1
                label[worst], apart[worst], size[c] = c, 0.0, 1
                moved = True
        if not moved:
            break
        centres = _means(x, label, k)
    return label


@compiled
def jaccard(one: Integers, k: int, other: Integers, m: int) -> Floats:
    """Return, for each of `k` clusters of the same points, the largest Jaccard index with one of `m` others.

    A cluster of which no point is there has index 0.
    """
    both = np.zeros((k, m))
    for i in range(len(one)):
        both[one[i], other[i]] += 1
    rows, columns = both.sum(axis=1), both.sum(axis=0)
    found = np.zeros(k)
    for a in range(k):
        for b in range(m):
            if both[a, b] > 0:
                found[a] = max(found[a], both[a, b] / (rows[a] + columns[b] - both[a, b]))
    return found


def box(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return centre, axes and sides of the box along the principal axes that holds points ``float64[N, D]``.

    The reference of the gap statistic, variant (b) of Tibshirani, Walther and Hastie (2001),
    doi:10.1111/1467-9868.00293: points are drawn as ``centre + (low + u · side) @ axes`` with u uniform.
    """
    centre = x.mean(axis=0)
    axes = np.linalg.svd(x - centre, full_matrices=False)[2]
    turned = (x - centre) @ axes.T
    return centre, axes, np.stack([turned.min(axis=0), turned.max(axis=0)])


def gap_choice(gap: Floats, error: Floats) -> int:
    """Return the first place whose gap is not below the next less its error, the last if there is none."""
    fits = np.flatnonzero(gap[:-1] >= gap[1:] - error[1:])
    return int(fits[0]) if fits.size else gap.size - 1
