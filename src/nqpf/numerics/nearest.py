"""The nearest of N points to each of them, equal distances in the order of the points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

SAME = 1e-12
"""Distances closer than this, relative to the larger, are equal: arithmetic noise chooses nobody."""
BLOCK = 2_000_000
"""Distances that are held at once."""


def nearest(x: Floats, count: int) -> tuple[Integers, Floats]:
    """Return places ``int[N, C]`` and distances ``float64[N, C]`` of the nearest others of points ``float64[N, D]``.

    Parameters
    ----------
    x
        Points.
    count
        Others wanted; C = min(count, N − 1).
    """
    n = len(x)
    c = min(count, n - 1)
    if c < 1:
        return np.empty((n, 0), np.intp), np.empty((n, 0))
    reach = min(c + 2, n)  # the point itself, and one more to see whether the last has an equal
    far, at = cKDTree(x).query(x, k=reach)
    far, at = np.asarray(far), np.asarray(at, dtype=np.intp)
    places, found = np.empty((n, c), np.intp), np.empty((n, c))
    gaps = np.diff(far, axis=1) <= SAME * far[:, 1:]
    plain = ~gaps.any(axis=1) & (at[:, 0] == np.arange(n))
    places[plain], found[plain] = at[plain, 1 : c + 1], far[plain, 1 : c + 1]
    tied = np.flatnonzero(~plain)
    for rows in np.array_split(tied, max(1, -(-tied.size * n // BLOCK))) if tied.size else []:
        apart = cdist(x[rows], x)
        apart[np.arange(rows.size), rows] = np.inf
        rounded = np.round(apart / max(float(far.max()), np.finfo(float).tiny), 11)
        order = np.argsort(rounded, axis=1, kind="stable")[:, :c]
        places[rows], found[rows] = order, np.take_along_axis(apart, order, axis=1)
    return places, found
