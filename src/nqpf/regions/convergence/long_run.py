"""Standard errors of the slope on log t that allow for autocorrelation, for many regressions on one regressor at once.

Both use the quadratic spectral kernel of Andrews (1991), doi:10.2307/2938229, with his bandwidth 1.3221 (α T)^(1/5) for
errors of first order. ``fqsb`` is the estimator of the program by Phillips and Sul (2007),
doi:10.1111/j.1468-0262.2007.00811.x: the long-run variance of the residuals over Σ(x − x̄)². ``aqsb`` is the sandwich of
Zeileis (2004), doi:10.18637/jss.v011.i10: kernel and bandwidth are those of the scores u·x.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Hac = Literal["fqsb", "aqsb"]

NEAR_ZERO = 1e-4
"""Argument below which the kernel is taken from its series, where the closed form loses digits."""
LEAST_WEIGHT = 1e-7
"""Lags behind the last weight above this are left out of ``aqsb``."""


def quadratic_spectral(x: Floats) -> Floats:
    """Return the quadratic spectral kernel k(x) = 3/z² (sin z / z − cos z), z = 6πx/5; 1 at 0 and 0 at infinity.

    Examples
    --------
    >>> quadratic_spectral(np.array([0.0, 1.0, np.inf])).round(4).tolist()
    [1.0, 0.1379, 0.0]
    """
    z = np.where(np.isfinite(x), 1.2 * np.pi * x, 1.0)
    inner = np.where(np.abs(z) < NEAR_ZERO, 1.0, z)
    found = np.where(np.abs(z) < NEAR_ZERO, 1 - z**2 / 10, 3 / inner**2 * (np.sin(inner) / inner - np.cos(inner)))
    return np.where(np.isfinite(x), found, 0.0)


def _lags(rho: Floats, points: int, most: int) -> Floats:
    """Return kernel weights of the lags 0 … most for errors with autoregression `rho` ``[B]`` as ``[B, most + 1]``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * points) ** 0.2
        apart = np.arange(most + 1) / width[:, None]
    apart[:, 0] = 0.0
    return quadratic_spectral(apart)


def _kernel_sum(series: Floats, weights: Floats) -> Floats:
    """Return Σ w₀ s² + 2 Σ_j w_j Σ s_t s_{t+j} of ``[B, n]`` series."""
    total: Floats = weights[:, 0] * np.sum(series**2, axis=1)
    for lag in range(1, weights.shape[1]):
        total += 2 * weights[:, lag] * np.sum(series[:, :-lag] * series[:, lag:], axis=1)
    return total


def fqsb(u: Floats, x: Floats) -> Floats:
    """Return standard errors ``[B]`` of the slopes of B regressions with residuals ``[B, n]`` on ``x[n]``.

    As in the authors' program, sums run over n − 1: products of different dates leave out the last residual. A variance
    that comes out negative is NaN.
    """
    first, n = u[:, :-1], u.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = np.sum(first * u[:, 1:], axis=1) / np.sum(first**2, axis=1)
    weights = _lags(rho, n, n - 2)
    weights[:, 0] = 0.0
    variance = (np.sum(u**2, axis=1) + _kernel_sum(first, weights)) / (n - 1)
    with np.errstate(invalid="ignore"):
        found: Floats = np.sqrt(variance / np.sum((x - x.mean()) ** 2))
    return found


def aqsb(u: Floats, x: Floats) -> Floats:
    """Return standard errors ``[B]`` of the slopes of B regressions with residuals ``[B, n]`` on ``x[n]``.

    The bandwidth follows the autoregression (with a constant) of u·x; the sandwich is scaled by n/(n − 2).
    """
    n = u.shape[1]
    scores = u * x
    before, after = (part - part.mean(axis=1, keepdims=True) for part in (scores[:, :-1], scores[:, 1:]))
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = np.sum(before * after, axis=1) / np.sum(before**2, axis=1)
    weights = _lags(rho, n, n - 1)
    last = n - 1 - np.argmax((np.abs(weights) > LEAST_WEIGHT)[:, ::-1], axis=1)
    weights = np.where(np.arange(n) <= last[:, None], weights, 0.0)
    away = x - x.mean()
    with np.errstate(invalid="ignore"):
        found: Floats = np.sqrt(n / (n - 2) * _kernel_sum(u * away / np.sum(away**2), weights))
    return found


ERRORS = {"fqsb": fqsb, "aqsb": aqsb}
