"""Sobol' indices from the outputs of Saltelli's design; estimators of Saltelli et al. (2010) and Jansen (1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nqpf.errors import MethodError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SobolIndices:
    """Sobol' indices.

    Attributes
    ----------
    first, total
        ``float64[d]`` first-order and total indices.
    variance
        Variance of the output over A and B, divisor n − 1; of several outputs the sum.
    first_interval, total_interval
        ``float64[2, d]`` ends of bootstrap intervals; NaN where none were asked for.
    """

    first: Floats
    total: Floats
    variance: float
    first_interval: Floats
    total_interval: Floats


def sobol_indices(
    y_a: ArrayLike,
    y_b: ArrayLike,
    y_ab: ArrayLike,
    *,
    centre: bool = False,
    draws: int = 0,
    level: float = 0.9,
    seed: int = 0,
) -> SobolIndices:
    r"""Return first-order and total Sobol' indices from the outputs of Saltelli's design.

    .. math:: S_i = \frac{1}{n V} \sum_j b_j (c_{ij} - a_j), \qquad T_i = \frac{1}{2 n V} \sum_j (a_j - c_{ij})^2

    Parameters
    ----------
    y_a, y_b
        Outputs for the samples A and B, ``[n]``, or ``[n, M]`` for M outputs whose variances are added up.
    y_ab
        Outputs for A with column i from B, ``[n, d]`` or ``[n, d, M]``.
    centre
        Take the mean over A and B from all outputs first: the same in expectation, with less noise where the mean is
        large beside the spread.
    draws, level, seed
        Bootstrap over the n base points: how many times, the level of the percentile interval, and the seed.

    Raises
    ------
    MethodError
        The arrays do not belong together, or the outputs do not vary.

    References
    ----------
    First order: Saltelli et al. (2010), Computer Physics Communications 181, table 2 (b),
    doi:10.1016/j.cpc.2009.09.018. Total: Jansen (1999), Computer Physics Communications 117,
    doi:10.1016/S0010-4655(98)00154-4. Several outputs: Lamboni, Monod & Makowski (2011), Reliability Engineering &
    System Safety 96(4), doi:10.1016/j.ress.2010.12.002.

    Examples
    --------
    >>> found = sobol_indices([0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 0.0, 0.0], [[1, 0], [1, 1], [0, 0], [0, 1]])
    >>> found.first.round(3).tolist(), found.total.round(3).tolist(), round(found.variance, 3)
    ([0.875, 0.0], [0.875, 0.0], 0.286)
    """
    a, b, ab = (np.asarray(y, dtype=float) for y in (y_a, y_b, y_ab))
    if a.ndim == 1:
        a, b, ab = a[:, None], b[..., None], ab[..., None]
    if a.ndim != 2 or a.shape != b.shape or ab.ndim != 3 or (ab.shape[0], ab.shape[2]) != a.shape or len(a) < 2:
        raise MethodError("sobol_shapes", a=str(a.shape), b=str(b.shape), ab=str(ab.shape))
    if not (np.isfinite(a).all() and np.isfinite(b).all() and np.isfinite(ab).all()):
        raise MethodError("sobol_not_finite")
    if centre:
        mean = np.concatenate([a, b]).mean(axis=0)
        a, b, ab = a - mean, b - mean, ab - mean
    if np.all(a == a[0]) and np.all(b == a[0]):
        raise MethodError("no_variance")
    variance = float(np.concatenate([a, b]).var(axis=0, ddof=1).sum())
    first = (b[:, None] * (ab - a[:, None])).sum(axis=2)
    total = np.square(a[:, None] - ab).sum(axis=2) / 2
    squares = np.stack([np.square(a) + np.square(b), a + b])
    low_high = np.full((2, 2, first.shape[1]), np.nan)
    if draws:
        low_high = _bootstrap(first, total, squares, draws, level, seed)
    return SobolIndices(first.mean(axis=0) / variance, total.sum(axis=0) / (len(a) * variance), variance, *low_high)


def _bootstrap(first: Floats, total: Floats, moments: Floats, draws: int, level: float, seed: int) -> Floats:
    """Return percentile intervals ``float64[2 indices, 2 ends, d]`` over base points drawn with replacement.

    A point is drawn with all that belongs to it (its rows of A, B and every AB), and the variance is taken anew.
    """
    n = len(first)
    random = np.random.default_rng(seed)
    found = np.empty((2, draws, first.shape[1]))
    for k in range(draws):
        times = np.bincount(random.integers(0, n, n), minlength=n).astype(float)
        square, plain = np.einsum("j,mjk->mk", times, moments)
        variance = ((square - np.square(plain) / (2 * n)) / (2 * n - 1)).sum()
        parts = np.stack([np.einsum("j,ji->i", times, first), np.einsum("j,ji->i", times, total)]) / n
        found[:, k] = parts / variance if variance > 0 else np.nan
    with np.errstate(invalid="ignore"):
        ends = np.nanquantile(found, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return np.asarray(ends.transpose(1, 0, 2))
