"""Logistic regression by Newton's method, errors that allow for clusters of rows, and all draws of clusters at once.

McCullagh and Nelder (1989), Generalized Linear Models; Liang and Zeger (1986), doi:10.1093/biomet/73.1.13; that a
maximum need not exist: Albert and Anderson (1984), doi:10.1093/biomet/71.1.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

STEPS = 60
"""Newton's method takes fewer than ten where there is a maximum."""

SETTLED = 1e-10
"""The last step, in standard deviations of the columns."""

NEAR = 1e-5
"""The last step of a draw: the next one, its square, would not show."""

FLAT = 1e-9
"""Curvature a row, in standard deviations of the columns, below which the likelihood has no maximum."""


@dataclass(frozen=True, slots=True, eq=False)
class Logit:
    """Coefficients of log odds on K columns.

    Attributes
    ----------
    coefficients
        ``float64[K]``.
    covariance
        ``float64[K, K]`` allowing for clusters; NaN where there is one cluster only.
    exists
        Whether the likelihood has a maximum: it has none where columns tell hits from misses without fail, in part at
        least; the numbers then mean nothing.
    """

    coefficients: Floats
    covariance: Floats
    exists: bool


def logit(x: Floats, y: Floats, cluster: Integers, ridge: float = 0.0) -> Logit:
    """Return the coefficients of greatest likelihood, less ½ ridge times the squares of all but the first.

    Parameters
    ----------
    x
        ``float64[R, K]``, the first column a constant 1, the others of mean 0 and standard deviation 1.
    y
        ``float64[R]`` from 0 to 1.
    cluster
        ``int[R]`` from 0: rows of a cluster may depend on each other.
    ridge
        0 for plain likelihood.

    Examples
    --------
    >>> x = np.column_stack([np.ones(6), np.array([-1.5, -1, -0.5, 0.5, 1, 1.5])])
    >>> found = logit(x, np.array([0.0, 0, 1, 0, 1, 1]), np.arange(6))
    >>> round(float(found.coefficients[1]), 3), found.exists
    (1.465, True)
    """
    penalty = _penalty(x.shape[1], ridge)
    start = np.zeros(x.shape[1])
    share = y.mean()
    start[0] = np.log(share / (1 - share))
    beta, value = start, _likelihood(x, y, start, penalty)
    exists = False
    for _ in range(STEPS):
        p = expit(x @ beta)
        slope = x.T @ (y - p) - penalty * beta
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        if np.linalg.eigvalsh(curve)[0] < FLAT * len(x):
            break
        step = np.linalg.solve(curve, slope)
        if np.abs(step).max() < SETTLED:
            exists = True
            break
        while (new := _likelihood(x, y, beta + step, penalty)) < value - 1e-9 * abs(value):
            step = step / 2
        beta, value = beta + step, new
    return Logit(beta, _sandwich(x, y, beta, penalty, cluster), exists)


def _penalty(k: int, ridge: float) -> Floats:
    penalty = np.full(k, float(ridge))
    penalty[0] = 0.0
    return penalty


def _likelihood(x: Floats, y: Floats, beta: Floats, penalty: Floats) -> float:
    eta = x @ beta
    return float(y @ eta - np.logaddexp(0.0, eta).sum() - (penalty * beta**2).sum() / 2)


def _sandwich(x: Floats, y: Floats, beta: Floats, penalty: Floats, cluster: Integers) -> Floats:
    """Return the covariance from sums of slopes by cluster, times G / (G − 1)."""
    p = expit(x @ beta)
    bread = np.linalg.pinv((x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty), hermitian=True)
    groups = int((np.bincount(cluster) > 0).sum())
    if groups < 2:
        return np.full(bread.shape, np.nan)
    error = y - p
    scores = np.column_stack([np.bincount(cluster, x[:, j] * error) for j in range(x.shape[1])])
    out: Floats = bread @ (scores.T @ scores * (groups / (groups - 1))) @ bread
    return out


def logit_drawn(
    x: Floats, y: Floats, cluster: Integers, turns: Floats, start: Floats, ridge: float = 0.0
) -> Floats:  # fmt: skip
    """Return coefficients ``float64[B, K]`` with clusters drawn anew; NaN for a draw without a maximum.

    Parameters
    ----------
    x, y, cluster, ridge
        As of `logit`.
    turns
        ``float64[B, G]`` how often each cluster is drawn.
    start
        ``float64[K]`` coefficients of all clusters once.
    """
    order = np.argsort(cluster, kind="stable")
    x, y, cluster = x[order], y[order], cluster[order]
    places = np.searchsorted(cluster, np.arange(turns.shape[1] + 1))
    penalty = _penalty(x.shape[1], ridge)
    k = x.shape[1]
    pairs = (x[:, :, None] * x[:, None, :]).reshape(len(x), k * k)
    beta = np.tile(start, (len(turns), 1))
    out = np.full_like(beta, np.nan)
    open_ = np.arange(len(turns))
    for _ in range(STEPS):
        slope, curve = _slopes(x, y, pairs, places, turns[open_], beta[open_])
        slope -= penalty * beta[open_]
        curve += np.diag(penalty)
        good = np.linalg.eigvalsh(curve)[:, 0] >= FLAT * len(x)
        open_, slope, curve = open_[good], slope[good], curve[good]
        step = np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
        # Draws differ little from the whole: full steps converge, and one that leaps away has no maximum to speak of.
        beta[open_] += step
        size = np.abs(step).max(axis=1, initial=0.0)
        done = size < NEAR
        out[open_[done]] = beta[open_[done]]
        open_ = open_[~done & (size < 1e3)]
        if not open_.size:
            break
    return out


BLOCK = 512
"""Rows whose probabilities are held at a time, for all draws: few enough to stay near the processor."""


def _slopes(
    x: Floats, y: Floats, pairs: Floats, places: Integers, turns: Floats, beta: Floats
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return slopes ``[B, K]`` and curvatures ``[B, K, K]`` of the likelihood of draws ``[B, G]`` at ``[B, K]``."""
    draws, k = beta.shape
    slope, curve = np.zeros((draws, k)), np.zeros((draws, k * k))
    group = np.repeat(np.arange(places.size - 1), np.diff(places))
    for start in range(0, len(x), BLOCK):
        at = slice(start, start + BLOCK)
        p = beta @ x[at].T
        expit(p, out=p)
        weight = turns[:, group[at]]
        slope += weight * y[at] @ x[at]
        weight *= p
        slope -= weight @ x[at]
        np.subtract(1.0, p, out=p)
        weight *= p
        curve += weight @ pairs[at]
    return slope, curve.reshape(draws, k, k)
