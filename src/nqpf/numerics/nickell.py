"""Autoregressions of several variables in a panel without the bias that fixed effects bring.

Taking out the means of units ties lagged regressors to the errors of other years: their products do not vanish on
average (Nickell 1981, doi:10.2307/1911408). What they come to follows from the coefficients and the covariance of the
errors, and is added back (after Hahn and Kuersteiner 2002, doi:10.1111/1468-0262.00344; here with the exact sums over
the years that are there instead of their limits).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS = 2
"""One round leaves part of the bias, as the coefficients it is computed from are biased; many are not stable."""
STABLE = 0.99
"""Largest root that the bias is computed with: beyond 1 a series has no bias to speak of."""


def unbiased(y: Floats, x: Floats, there: NDArray[np.bool_], lags: int) -> Floats:
    """Return coefficients ``float64[M · L, M]`` of M variables on their L lags.

    Parameters
    ----------
    y, x
        ``float64[R, M]`` variables and ``float64[R, M · L]`` lags (all lags of a variable side by side), both without
        the effects of units and years.
    there
        ``bool[T, N]`` which years of which units are rows.
    lags
        L.
    """
    cross = x.T @ x
    plain: Floats = np.asarray(np.linalg.solve(cross, x.T @ y), dtype=np.float64)
    gaps = _gaps(there)
    units = int(there.any(axis=0).sum())
    found: Floats = plain
    for _ in range(ROUNDS):
        errors = y - x @ found
        spread = errors.T @ errors / (len(y) - units)
        found = np.asarray(plain + np.linalg.solve(cross, _carried(_companion(found, lags), gaps)[:, ::lags] @ spread))
    return found


def _gaps(there: NDArray[np.bool_]) -> Floats:
    """Return for 1, 2, … years apart how many pairs of rows of a unit are, over its number of rows, in all units."""
    years = len(there)
    share = there / np.maximum(there.sum(axis=0), 1)
    return np.array([(share[d:] * there[: years - d]).sum() for d in range(1, years)])


def _companion(coefficients: Floats, lags: int) -> Floats:
    """Return how the lags of one year lead to those of the next, ``float64[K, K]``, its roots within `STABLE`."""
    k = len(coefficients)
    found = np.zeros((k, k))
    found[::lags] = coefficients.T
    older = np.array([i for i in range(k) if i % lags], dtype=np.intp)
    found[older, older - 1] = 1.0
    root = float(np.abs(np.linalg.eigvals(found)).max())
    return found * min(1.0, STABLE / root) if root > 0 else found


def _carried(step: Floats, gaps: Floats) -> Floats:
    """Return the sum of powers of `step`, each as often as rows are so many years apart."""
    power, found = np.eye(len(step)), np.zeros_like(step)
    for often in gaps:
        found += often * power
        power = step @ power
    return found
