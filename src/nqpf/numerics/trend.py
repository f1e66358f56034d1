"""Trends of many short series without a model: median of slopes, and whether a fall is more than noise.

Slopes: Theil (1950) and Sen (1968), doi:10.1080/01621459.1968.10480934. Trend: Mann (1945), doi:10.2307/1907187, and
Kendall, exact without ties. Changes: the sign test, which also holds for a series that only wanders.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EXACT = 50
"""Values up to which the distribution without ties is counted."""


def theil_sen(y: Floats, times: Floats) -> Floats:
    """Return the median slope over all pairs of times of each series, ``float64[M]``.

    Parameters
    ----------
    y
        ``float64[T, M]``, none missing.
    times
        ``float64[T]`` rising.

    Examples
    --------
    >>> theil_sen(np.array([[1.0], [2.0], [9.0]]), np.arange(3.0)).tolist()
    [4.0]
    """
    early, late = np.triu_indices(len(times), 1)
    slopes = (y[late] - y[early]) / (times[late] - times[early])[:, None]
    return np.asarray(np.median(slopes, axis=0))


def falling_trend(y: Floats) -> tuple[Floats, Floats]:
    """Return Kendall's S of each series with time, and the one-sided p of one as low, both ``float64[M]``.

    Exact for up to 50 values without ties; else normal with the variance for ties and a correction for continuity.
    Values are taken for independent: a series that wanders seems to have a trend more often than p says.

    Parameters
    ----------
    y
        ``float64[T, M]``, none missing.

    Examples
    --------
    >>> s, p = falling_trend(np.array([[4.0], [3.0], [2.0], [1.0]]))
    >>> s.item(), round(p.item(), 4)
    (-6.0, 0.0417)
    """
    size = len(y)
    early, late = np.triu_indices(size, 1)
    s = np.sign(y[late] - y[early]).sum(axis=0)
    pairs = size * (size - 1) // 2
    p = np.empty(s.size)
    for m in range(s.size):
        counts = np.unique(y[:, m], return_counts=True)[1]
        if size <= EXACT and (counts == 1).all():
            p[m] = _below(size)[round((s[m] + pairs) / 2)]
        else:
            p[m] = _normal(s[m], size, counts)
    return s, p


def falling_changes(y: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return how often each series falls, ``int[M]``, and the one-sided p of as many falls, ``float64[M]``.

    Changes are taken for independent with median 0; those of 0 do not count, and without any other p is 1.

    Parameters
    ----------
    y
        ``float64[T, M]``, none missing.

    Examples
    --------
    >>> falls, p = falling_changes(np.array([[4.0], [3.0], [2.0], [1.0]]))
    >>> falls.item(), p.item()
    (3, 0.125)
    """
    from scipy.stats import binom

    change = np.diff(y, axis=0)
    falls = (change < 0).sum(axis=0)
    moves = (change != 0).sum(axis=0)
    return falls, np.asarray(binom.sf(falls - 1, moves, 0.5))


@cache
def _below(size: int) -> Floats:
    """Return P(at most d rising pairs) for d = 0, 1, … over all orders of `size` values."""
    ways = np.ones(1)
    for values in range(2, size + 1):
        ways = np.convolve(ways, np.ones(values)) / values
    return np.cumsum(ways)


def _normal(s: float, size: int, counts: NDArray[np.intp]) -> float:
    from scipy.stats import norm

    ties = (counts * (counts - 1) * (2 * counts + 5)).sum()
    variance = (size * (size - 1) * (2 * size + 5) - ties) / 18
    if variance <= 0:
        return 1.0
    return float(norm.cdf((s + 1) / np.sqrt(variance)))
