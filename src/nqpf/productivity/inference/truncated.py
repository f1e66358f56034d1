"""Regression on what is seen only above 1: maximum likelihood for a truncated normal, many samples at once.

δ = zβ + ε with ε normal and δ > 1, in Olsen's terms η = (β less 1 in the intercept)/σ and h = 1/σ, in which a maximum
is the only one there is, though the likelihood is not concave everywhere: Newton's method with curvatures turned
positive. Olsen (1978), doi:10.2307/1911938; Orme (1989), Oxford Bulletin of Economics and Statistics 51(3), 319–325.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from nqpf.productivity.frontier.technology import Floats

STEPS = 100
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Truncated:
    """Estimates of B samples.

    Attributes
    ----------
    beta
        ``float64[B, p]`` coefficients, the constant first; NaN where the maximum was not found.
    sigma
        ``float64[B]``.
    loglik
        ``float64[B]``.
    """

    beta: Floats
    sigma: Floats
    loglik: Floats


def truncated_regression(delta: Floats, z: Floats, used: NDArray[np.bool_]) -> Truncated:
    """Return the maximum likelihood estimates for samples of distances above 1.

    Parameters
    ----------
    delta
        ``float64[B, n]`` distances of B samples.
    z
        ``float64[n, p]`` explanatory variables, the constant first.
    used
        ``bool[B, n]`` observations that belong to the sample.
    """
    y = np.where(used, delta - 1.0, 0.0)
    weight = used.astype(float)
    count = weight.sum(axis=1)
    h = 1.0 / np.sqrt((y**2).sum(axis=1) / count)
    eta = np.zeros((len(y), z.shape[1]))
    value = _loglik(y, z, weight, eta, h)
    found = np.zeros(len(y), dtype=bool)
    for _ in range(STEPS):
        slope, curve = _derivatives(y, z, weight, eta, h)
        step = _uphill(slope, curve)
        found = (slope * step).sum(axis=1) < TOLERANCE * (1 + np.abs(value))
        if found.all():
            break
        eta, h, value = _climb(y, z, weight, eta, h, value, np.where(found[:, None], 0.0, step))
    beta = eta / h[:, None]
    beta[:, 0] += 1.0
    lost = np.where(found, 0.0, np.nan)
    return Truncated(beta + lost[:, None], 1.0 / h + lost, value + lost)


def _uphill(slope: Floats, curve: Floats) -> Floats:
    """Return Newton's steps with every curvature taken as positive, and none as next to nothing."""
    bends, axes = np.linalg.eigh(curve)
    bends = np.maximum(np.abs(bends), 1e-12 * np.abs(bends).max(axis=1, keepdims=True))
    step: Floats = np.einsum("bij,bj->bi", axes, np.einsum("bji,bj->bi", axes, slope) / bends)
    return step


def _loglik(y: Floats, z: Floats, weight: Floats, eta: Floats, h: Floats) -> Floats:
    at = np.einsum("np,bp->bn", z, eta)
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.log(h)[:, None] - 0.5 * (h[:, None] * y - at) ** 2 - log_ndtr(at)
    total = (weight * (each - 0.5 * np.log(2 * np.pi))).sum(axis=1)
    return np.where(h > 0, total, -np.inf)


def _derivatives(y: Floats, z: Floats, weight: Floats, eta: Floats, h: Floats) -> tuple[Floats, Floats]:
    """Return the gradient ``[B, p + 1]`` and the negative Hessian ``[B, p + 1, p + 1]`` in (η, h)."""
    at = np.einsum("np,bp->bn", z, eta)
    ratio = np.exp(-0.5 * at**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(at))
    rest = h[:, None] * y - at
    slope = np.concatenate(
        [
            np.einsum("bn,np->bp", weight * (rest - ratio), z),
            (weight * (1 / h[:, None] - y * rest)).sum(axis=1, keepdims=True),
        ],
        axis=1,
    )
    p = z.shape[1]
    curve = np.empty((len(y), p + 1, p + 1))
    curve[:, :p, :p] = np.einsum("bn,np,nq->bpq", weight * (1 - ratio * (at + ratio)), z, z, optimize=True)
    curve[:, :p, p] = curve[:, p, :p] = -np.einsum("bn,np->bp", weight * y, z)
    curve[:, p, p] = (weight * (1 / h[:, None] ** 2 + y**2)).sum(axis=1)
    return slope, curve


def _climb(
    y: Floats, z: Floats, weight: Floats, eta: Floats, h: Floats, value: Floats, step: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the point after a Newton step, halved as often as each sample needs to rise."""
    size = np.ones(len(y))
    for _ in range(40):
        new_eta, new_h = eta + size[:, None] * step[:, :-1], h + size * step[:, -1]
        new = _loglik(y, z, weight, new_eta, new_h)
        worse = ~(new >= value - 1e-12 * np.abs(value))
        if not worse.any():
            break
        size = np.where(worse, size / 2, size)
    else:
        return eta, h, value
    return new_eta, new_h, new
