"""Linear regressions of production functions: least squares, within units, instruments, and their standard errors.

Arrays only. Weights are how often a row counts, so that a draw of the bootstrap is a regression with other weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

REFINED = 2
"""Times that a solution is corrected by what it leaves."""
SHORT = 1e-7
"""Length of what the others leave of a column, over its own, below which it is one of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Coefficients ``float64[K]`` and their covariance ``float64[K, K]``."""

    coefficients: Floats
    covariance: Floats


def solve(x: Floats, y: Floats, weight: Floats) -> Floats:
    """Return the coefficients of weighted least squares, the shortest ones where columns are collinear.

    Parameters
    ----------
    x
        ``float64[N, K]``.
    y
        ``float64[N]`` or ``float64[N, M]``.
    weight
        ``float64[N]``, not negative.
    """
    length = np.sqrt(weight @ (x * x))
    scaled = x / np.where(length > 0, length, 1.0)
    turned = (scaled * weight[:, None]).T
    # Normal equations of columns of length 1, refined by their own residuals: as exact as a QR, and far quicker where
    # many small regressions are run.
    inverse = np.linalg.pinv(turned @ scaled, rcond=1e-13, hermitian=True)
    found = inverse @ (turned @ y)
    for _ in range(REFINED):
        found += inverse @ (turned @ (y - scaled @ found))
    return (found.T / np.where(length > 0, length, 1.0)).T


def collinear(x: Floats, others: Floats) -> int | None:
    """Return the first column of `x` that is a combination of `others` and of those before it, or None."""
    one = np.ones(len(x))
    known = np.column_stack([one, others])
    length = np.maximum(np.linalg.norm(x - x.mean(axis=0), axis=0), SHORT * np.linalg.norm(x, axis=0))
    left = np.abs(np.diag(np.linalg.qr(x - known @ solve(known, x, one), mode="r")))
    short = np.flatnonzero(~(left > SHORT * length))
    return int(short[0]) if short.size else None


def regress(
    y: Floats, x: Floats, fitted: Floats, weight: Floats, cluster: Integers, errors: str, absorbed: int = 0
) -> Regression:
    """Return the regression of `y` on `x` through `fitted`, what the instruments foresee of `x` (`x` itself without).

    Parameters
    ----------
    y
        ``float64[N]``.
    x, fitted
        ``float64[N, K]``.
    weight
        ``float64[N]``.
    cluster
        ``int[N]`` unit of each row.
    errors
        ``clustered`` by unit, with the factor G/(G − 1)·(N − 1)/(N − K) for G units, or ``classical``.
    absorbed
        Fixed effects that have been taken out of `y` and `x` before; they count in classical errors.
    """
    beta = solve(fitted, y, weight)
    rest = y - x @ beta
    bread = np.linalg.pinv(fitted.T @ (weight[:, None] * fitted), rcond=1e-14, hermitian=True)
    n, k = weight.sum(), x.shape[1]
    if errors == "classical":
        return Regression(beta, bread * float((weight * rest * rest).sum()) / max(n - k - absorbed, 1.0))
    score = np.zeros((int(cluster.max()) + 1, k))
    np.add.at(score, cluster, (weight * rest)[:, None] * fitted)
    groups = np.unique(cluster[weight > 0]).size
    factor = groups / max(groups - 1, 1) * (n - 1) / max(n - k, 1.0)
    return Regression(beta, factor * bread @ (score.T @ score) @ bread)


def within(values: Floats, unit: Integers) -> Floats:
    """Return ``float64[N, K]`` less the mean of each unit ``int[N]``."""
    count = np.bincount(unit)
    sums = np.zeros((count.size, values.shape[1]))
    np.add.at(sums, unit, values)
    return values - (sums / np.maximum(count, 1)[:, None])[unit]
