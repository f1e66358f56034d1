"""Neighbours by distance: the k nearest, all within a cutoff, and how far they are.

Great-circle distances in km from longitude and latitude, or straight ones in the unit of the coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import KDTree

from nqpf.errors import DataError, MethodError, Where
from nqpf.numerics.sphere import chord, great_circle, unit_vectors

Floats = NDArray[np.float64]
Metric = Literal["great_circle", "plane"]

SAME = 1e-9
"""Relative difference below which two distances are equal."""


def checked_points(points: Floats, metric: Metric, labels: Sequence[str]) -> None:
    """Raise a DataError if a point is no longitude and latitude in degrees."""
    if metric == "great_circle":
        wrong = np.flatnonzero((np.abs(points) > [180.0, 90.0]).any(axis=1))
        if wrong.size:
            lon, lat = points[wrong[0]]
            raise DataError("weights_degrees", where=Where(unit=labels[wrong[0]]), lon=float(lon), lat=float(lat))


def nearest(points: Floats, k: int, metric: Metric, labels: Sequence[str]) -> tuple[sparse.csr_array, int]:
    """Return ``bool[N, N]`` of the k nearest of each unit, and for how many units the choice was a tie.

    Of units at the same distance the first by name are taken, so that the order of rows does not matter.

    Raises
    ------
    DataError
        A point is no longitude and latitude.
    MethodError
        There are not k other units.
    """
    n = len(points)
    if k != int(k) or not 1 <= k < n:
        raise MethodError("weights_k", k=k, units=n)
    checked_points(points, metric, labels)
    order = np.array(sorted(range(n), key=lambda i: labels[i]), dtype=np.intp)
    placed = _placed(points, metric)[order]
    tree = KDTree(placed)
    far, near = tree.query(placed, k=min(k + 2, n))
    other = near != np.arange(n)[:, None]
    other[other.all(axis=1), -1] = False  # more twins at the same place than places asked for
    far, near = (x[other].reshape(n, -1) for x in (far, near))
    tied = np.flatnonzero(far[:, k] <= far[:, k - 1] * (1 + SAME)) if far.shape[1] > k else np.empty(0, dtype=np.intp)
    chosen = near[:, :k].copy()
    for i in tied:
        chosen[i] = _first_of_equals(tree, placed, int(i), float(far[i, k - 1]), k)
    rows, columns = np.repeat(order, k), order[chosen.ravel()]
    found = sparse.csr_array((np.ones(n * k, dtype=bool), (rows, columns)), shape=(n, n))
    found.sort_indices()
    return found, tied.size


def _first_of_equals(tree: KDTree, placed: Floats, i: int, reach: float, k: int) -> NDArray[np.intp]:
    """Return the k nearest of unit i, those at distance `reach` in the order of their names."""
    there = np.array([j for j in sorted(tree.query_ball_point(placed[i], reach * (1 + SAME))) if j != i], dtype=np.intp)
    at_end = np.linalg.norm(placed[there] - placed[i], axis=1) >= reach * (1 - SAME)
    found: NDArray[np.intp] = there[np.argsort(at_end, kind="stable")][:k]
    return found


def within(points: Floats, cutoff: float | None, metric: Metric, labels: Sequence[str]) -> sparse.csr_array:
    """Return ``bool[N, N]`` of the units within `cutoff` of each, None: all.

    Raises
    ------
    DataError
        A point is no longitude and latitude.
    MethodError
        The cutoff is not above 0.
    """
    checked_points(points, metric, labels)
    if cutoff is None:
        return everyone(len(points))
    if not cutoff > 0:
        raise MethodError("weights_cutoff", cutoff=cutoff)
    reach = chord(cutoff) if metric == "great_circle" else cutoff
    pairs = KDTree(_placed(points, metric)).query_pairs(reach * (1 + SAME), output_type="ndarray")
    both = np.concatenate([pairs, pairs[:, ::-1]])
    found = sparse.csr_array((np.ones(len(both), dtype=bool), (both[:, 0], both[:, 1])), shape=(len(points),) * 2)
    found.sort_indices()
    return found


def everyone(n: int) -> sparse.csr_array:
    """Return ``bool[N, N]`` in which each unit has all others for neighbours."""
    return sparse.csr_array(~np.eye(n, dtype=bool))


def distances(points: Floats, near: sparse.csr_array, metric: Metric, labels: Sequence[str]) -> Floats:
    """Return the distance of each pair of a pattern, in its order.

    Raises
    ------
    MethodError
        Two units lie at the same point.
    """
    one, other = np.repeat(np.arange(len(points)), np.diff(near.indptr)), near.indices
    if metric == "great_circle":
        found = great_circle(points[one], points[other])
    else:
        found = np.hypot(*(points[one] - points[other]).T)
    same = np.flatnonzero(found == 0)
    if same.size:
        raise MethodError("weights_same_point", where=Where(unit=labels[one[same[0]]]), other=labels[other[same[0]]])
    return found


def _placed(points: Floats, metric: Metric) -> Floats:
    """Return points in a space whose straight distances are in the order of those wanted."""
    return unit_vectors(points) if metric == "great_circle" else points
