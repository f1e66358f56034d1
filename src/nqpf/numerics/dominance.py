"""Comparison of points with single points, no mixtures: how far one can move until nothing there is dominates it.

A pair of points is dropped at the first column that rules it out, and with the reference points in the order of a
column, so are all that follow. The closed forms are those of
Tulkens (1993), doi:10.1007/BF01073473, and, for scaled points, Briec, Kerstens and Vanden Eeckaut (2004), Journal of
Economics 81(2), 155–192.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _reach(point: Floats, at: Floats, step: Floats) -> tuple[float, float]:
    """Return the least and the largest β for which a point is at or below at + β·step where the step is not zero."""
    low, high = -np.inf, np.inf
    for k in range(at.size):
        room = at[k] - point[k]
        if step[k] < 0:
            high = min(high, room / -step[k])
        elif step[k] > 0:
            low = max(low, -room / step[k])
    return low, high


@njit(cache=True, nogil=True)
def along(reference: Floats, at: Floats, step: Floats, barred: Integers) -> tuple[Floats, Integers]:
    """Return the largest β for which a reference point is at or below at + β·step in every column.

    Parameters
    ----------
    reference, at
        ``float64[n, K]`` and ``float64[U, K]``; less is better in every column.
    step
        ``float64[U, K]`` movement.
    barred
        ``int64[U]`` reference point that may not be used, −1: none.

    Returns
    -------
    β ``float64[U]`` (−inf: none for any β, inf: without limit) and ``int64[U]`` the point that gives it, or −1.
    """
    units, columns = at.shape
    best, peer = np.full(units, -np.inf), np.full(units, -1)
    first = 0  # a column that never grows: where it rules a point out, it rules out all with more of it
    while first < columns - 1 and (step[:, first] > 0).any():
        first += 1
    order = np.argsort(reference[:, first], kind="mergesort")
    rows = reference[order]
    for u in range(units):
        for place in range(len(rows)):
            j = order[place]
            falls, room = step[u, first], at[u, first] - rows[place, first]
            if (falls == 0 and room < 0) or (falls < 0 and room <= best[u] * -falls):
                break
            if j == barred[u]:
                continue
            better = True
            for k in range(columns):
                falls, room = step[u, k], at[u, k] - rows[place, k]
                if (falls < 0 and room <= best[u] * -falls) or (falls == 0 and room < 0):
                    better = False
                    break
            if better:
                low, high = _reach(rows[place], at[u], step[u])
                if low <= high:
                    best[u], peer[u] = high, j
    return best, peer


@njit(cache=True, nogil=True)
def scaled(
    less: Floats, more: Floats, at_less: Floats, at_more: Floats, moved: Integers, ends: Floats, barred: Integers
) -> tuple[Floats, Integers, Floats]:
    """Return how far observations can move in proportion until no scaled reference point dominates them.

    Parameters
    ----------
    less, more
        ``float64[n, P]``, ``float64[n, Q]`` not negative; what should be small and what should be large.
    at_less, at_more
        ``float64[U, P]``, ``float64[U, Q]`` of the observations.
    moved
        Columns of `less` that are contracted; none: those of `more` are expanded.
    ends
        ``float64[2]`` least and largest factor by which reference points may be scaled.
    barred
        ``int64[U]`` reference point that may not be used, −1: none.

    Returns
    -------
    ``float64[U]`` factor θ or φ (NaN: none, inf: without limit), ``int64[U]`` the point, ``float64[U]`` its scale.
    """
    units = len(at_less)
    contract = moved.size > 0
    held = np.ones(less.shape[1], np.bool_)
    held[moved] = False
    value, peer, scale = np.full(units, np.nan), np.full(units, -1), np.full(units, np.nan)
    for u in range(units):
        for j in range(len(less)):
            if j == barred[u]:
                continue
            low, high, factor = ends[0], ends[1], 0.0 if contract else np.inf
            for k in range(less.shape[1]):
                if held[k] and less[j, k] > 0:
                    high = min(high, at_less[u, k] / less[j, k])
            for k in range(more.shape[1]):
                if at_more[u, k] > 0 and contract:
                    low = max(low, at_more[u, k] / more[j, k] if more[j, k] > 0 else np.inf)
                elif at_more[u, k] > 0:
                    factor = min(factor, more[j, k] / at_more[u, k])
            if low > high or low == np.inf:
                continue
            for k in moved:
                if at_less[u, k] > 0:
                    factor = max(factor, less[j, k] / at_less[u, k])
                elif less[j, k] > 0 and low > 0:
                    factor = np.inf
            if contract and factor < np.inf and not low * factor >= value[u]:
                value[u], peer[u], scale[u] = low * factor, j, low
            if not contract and factor == 0.0:
                high = min(high, 1.0)
            if not contract and not high * factor <= value[u]:
                value[u], peer[u], scale[u] = high * factor, j, high
    return value, peer, scale


@njit(cache=True, nogil=True)
def shortest(reference: Floats, at: Floats, shrink: Floats, barred: Integers) -> tuple[Floats, Integers]:
    """Return the least G for which a reference point is dominated when costs are multiplied and values divided by G.

    Parameters
    ----------
    reference, at
        ``float64[n, K]``, ``float64[U, K]`` not negative.
    shrink
        ``float64[K]`` 1 for costs (at·G ≥ reference), −1 for values (at / G ≤ reference).
    barred
        ``int64[U]`` reference point that may not be used, −1: none.
    """
    units, columns = at.shape
    best, peer = np.full(units, np.inf), np.full(units, -1)
    for u in range(units):
        for j in range(len(reference)):
            if j == barred[u]:
                continue
            need = 0.0
            for k in range(columns):
                a, r = at[u, k], reference[j, k]
                part, whole = (r, a) if shrink[k] > 0 else (a, r)
                if part > 0:
                    need = max(need, part / whole if whole > 0 else np.inf)
                if need >= best[u]:
                    break
            if need < best[u]:
                best[u], peer[u] = need, j
    return best, peer


@njit(cache=True, nogil=True)
def most_room(
    reference: Floats, at: Floats, size: Floats, weights: Floats, barred: Integers, tolerance: float
) -> Integers:
    """Return the reference point at or below each point with the largest weighted sum of what lies between them.

    Parameters
    ----------
    reference, at
        ``float64[n, K]``, ``float64[U, K]``; less is better in every column.
    size
        ``float64[K]`` of the numbers of a column; `tolerance` is relative to it.
    weights
        ``float64[K]``.
    barred
        ``int64[U]`` reference point that may not be used, −1: none.
    """
    units, columns = at.shape
    peer = np.full(units, -1)
    for u in range(units):
        best = -np.inf
        for j in range(len(reference)):
            total = 0.0
            below = j != barred[u]
            for k in range(columns):
                room = at[u, k] - reference[j, k]
                if room < -tolerance * size[k]:
                    below = False
                if not below:
                    break
                total += weights[k] * room
            if below and total > best:
                best, peer[u] = total, j
    return peer
