"""A penalised spline through a cloud of points, and how much of the variance it explains.

P-splines of Eilers & Marx (1996), doi:10.1214/ss/1038425655: cubic B-splines with a penalty on second differences of
their coefficients, which draws the curve towards a straight line; smoothness by generalised cross-validation
(Craven & Wahba 1978, doi:10.1007/BF01404567).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEGMENTS = 10
"""Pieces of the spline between the least and the largest x."""
PENALTIES = 10.0 ** np.linspace(-3, 6, 28)
"""Penalties tried, in units of the mean weight of a piece."""
LEAST_ROWS = 4
"""Points below which nothing is fitted."""


def explained_by_spline(x: Floats, y: Floats) -> float:
    """Return the share of the variance of `y` that a smooth function of `x` explains, between 0 and 1.

    Parameters
    ----------
    x, y
        ``float64[R]``; rows in which either is NaN are left out.

    Returns
    -------
    float
        NaN with fewer than four points, or where `x` or `y` does not vary.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 50)
    >>> round(explained_by_spline(x, 2 * x), 6), round(explained_by_spline(x, x**2), 2)
    (1.0, 1.0)
    """
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < LEAST_ROWS:
        return float("nan")
    width, dy = float(x.max() - x.min()), y - y.mean()
    total = float(np.einsum("r,r->", dy, dy))
    if width <= 1e-12 * np.abs(x).max() or np.abs(dy).max() <= 1e-12 * np.abs(y).max():
        return float("nan")
    basis = cubic_basis((x - x.min()) / width, SEGMENTS)
    gram, moment = np.einsum("rp,rq->pq", basis, basis), np.einsum("rp,r->p", basis, dy)
    differences = np.diff(np.eye(basis.shape[1]), n=2, axis=0)
    penalty = np.einsum("dp,dq->pq", differences, differences) * np.trace(gram) / len(gram)
    system = gram + PENALTIES[:, None, None] * penalty
    found = np.linalg.solve(system, np.concatenate([moment[:, None], gram], axis=1)[None])
    coefficients, free = found[:, :, 0], np.trace(found[:, :, 1:], axis1=1, axis2=2)
    fitted = np.einsum("lp,pq,lq->l", coefficients, gram, coefficients)
    left = total - 2 * np.einsum("lp,p->l", coefficients, moment) + fitted
    best = int(np.argmin(np.maximum(left, 0.0) / np.maximum(len(x) - free, 1e-9) ** 2))
    # The fit keeps the mean of y, which is 0 here.
    return float(np.clip(fitted[best] / total, 0.0, 1.0))


def cubic_basis(u: Floats, segments: int) -> Floats:
    """Return cubic B-splines at `u` ``float64[R]`` between 0 and 1: ``float64[R, segments + 3]``, rows sum to 1.

    Examples
    --------
    >>> cubic_basis(np.array([0.0, 1.0]), 1).round(3).tolist()
    [[0.167, 0.667, 0.167, 0.0], [0.0, 0.167, 0.667, 0.167]]
    """
    place = u * segments
    piece = np.minimum(place.astype(int), segments - 1)
    t = place - piece
    four = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1) / 6
    basis = np.zeros((len(u), segments + 3))
    np.put_along_axis(basis, piece[:, None] + np.arange(4), four, axis=1)
    return basis
