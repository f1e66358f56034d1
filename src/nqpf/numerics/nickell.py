"""Autoregressions of several variables in a panel without the bias that fixed effects bring.

Taking out the means of units ties lagged regressors to the errors of other years: their products do not vanish on
average (Nickell 1981, doi:10.2307/1911408). What they come to follows from the coefficients and the covariance of the
errors, and is added back (after Hahn and Kuersteiner 2002, doi:10.1111/1468-0262.00344; here with the exact sums over
the years that are there instead of their limits).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS = 2
"""One round leaves part of the bias, as the coefficients it is computed from are biased; many are not stable."""
STABLE = 0.99
"""Largest root that the bias is computed with: beyond 1 a series has no bias to speak of."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums of products of M regressands y and K regressors x without effects, in B samples.

    Attributes
    ----------
    xx, xy, yy
        ``float64[B, K, K]``, ``float64[B, K, M]``, ``float64[B, M, M]``.
    gaps
        ``float64[B, D]`` how many pairs of rows of a unit are 1, 2, … years apart, over its number of rows.
    freedom
        ``float64[B]`` rows less units.
    """

    xx: Floats
    xy: Floats
    yy: Floats
    gaps: Floats
    freedom: Floats

    def plain(self) -> Floats:
        """Return least squares ``float64[B, K, M]``."""
        return np.asarray(np.linalg.solve(self.xx, self.xy))

    def spread(self, coefficients: Floats) -> Floats:
        """Return the covariance of the errors ``float64[B, M, M]`` that coefficients leave."""
        turned = coefficients.swapaxes(1, 2)
        cross = turned @ self.xy
        left = self.yy - cross - cross.swapaxes(1, 2) + turned @ self.xx @ coefficients
        return np.asarray(left / self.freedom[:, None, None])


def corrected(sums: Sums, lags: int) -> Floats:
    """Return coefficients ``float64[B, K, M]`` of variables on their lags, side by side, without the bias."""
    plain = sums.plain()
    found = plain
    for _ in range(ROUNDS):
        carried = _carried(_stable(companion(found, lags)), sums.gaps)
        found = plain + np.linalg.solve(sums.xx, carried[:, :, ::lags] @ sums.spread(found))
    return found


def companion(coefficients: Floats, lags: int) -> Floats:
    """Return how the lags of one year lead to those of the next, ``float64[B, K, K]``.

    Parameters
    ----------
    coefficients
        ``float64[B, K, M]``, K = M · L, all lags of a variable side by side.
    lags
        L.
    """
    k = coefficients.shape[1]
    found = np.zeros((len(coefficients), k, k))
    found[:, ::lags] = coefficients.swapaxes(1, 2)
    older = np.array([i for i in range(k) if i % lags], dtype=np.intp)
    found[:, older, older - 1] = 1.0
    return found


def roots(step: Floats) -> Floats:
    """Return the largest root ``float64[B]`` of each matrix."""
    return np.asarray(np.abs(np.linalg.eigvals(step)).max(axis=1))


def gaps_of(there: NDArray[np.bool_]) -> Floats:
    """Return for each unit how many pairs of its rows are 1, 2, … years apart, over their number: ``float64[N, D]``.

    Parameters
    ----------
    there
        ``bool[T, N]`` which years of which units are rows.
    """
    years = len(there)
    share = there / np.maximum(there.sum(axis=0), 1)
    apart = [(share[d:] * there[: years - d]).sum(axis=0) for d in range(1, years)]
    return np.stack(apart, axis=1) if apart else np.zeros((there.shape[1], 0))


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
    gaps = gaps_of(there).sum(axis=0)
    freedom = np.array([len(y) - int(there.any(axis=0).sum())], dtype=np.float64)
    one = Sums((x.T @ x)[None], (x.T @ y)[None], (y.T @ y)[None], gaps[None], freedom)
    return np.asarray(corrected(one, lags)[0])


def _stable(step: Floats) -> Floats:
    """Return matrices whose roots are `STABLE` at the largest."""
    root = roots(step)
    return step * np.minimum(1.0, STABLE / np.where(root > 0, root, 1.0))[:, None, None]


def _carried(step: Floats, gaps: Floats) -> Floats:
    """Return the sum of powers of `step`, each as often as rows are so many years apart."""
    power, found = np.broadcast_to(np.eye(step.shape[1]), step.shape), np.zeros_like(step)
    for often in gaps.T:
        found = found + often[:, None, None] * power
        power = step @ power
    return found
