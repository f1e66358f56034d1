"""The slope of a short series as the median of slopes over pairs, with an interval that minds autocorrelation.

Sen (1968), doi:10.1080/01621459.1968.10480934: the interval takes the slopes that lie so many places off the median as
the variance of Kendall's S allows. That variance grows with autocorrelation (Hamed and Rao 1998,
doi:10.1016/S0022-1694(97)00125-X), here of order one and estimated about the line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST = 8
"""Fewer values than this give no interval."""
WANDERING = 0.5
"""From this autocorrelation on a short series cannot be told from one that wanders."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope and how sure it is.

    Attributes
    ----------
    slope
        Median of the slopes over all pairs of times.
    low, high
        Ends of the interval; at most the least and the greatest slope of a pair, which simulations do not punish.
    correlation
        Autocorrelation about the line that the interval allows for; 0 where it does not.
    """

    slope: float
    low: float
    high: float
    correlation: float


def sen_slope(y: Floats, times: Floats, level: float = 0.95, *, correlated: bool = True) -> Slope:
    """Return the slope of a series with its interval.

    With `correlated` the variance is that of a first-order autocorrelation r, corrected for its bias (2 + 4 r)/n in
    short series (Kendall 1954, Biometrika 41, 403–404), and for r above one half the interval also holds Student's
    interval of the mean change, which is right for a series that wanders.

    Parameters
    ----------
    y
        ``float64[T]``, none missing, at least `LEAST`.
    times
        ``float64[T]`` rising; values next to each other count as neighbours.
    level
        Of the interval.
    correlated
        Whether errors about the line may be correlated over time.

    Examples
    --------
    >>> found = sen_slope(np.array([1, 2.1, 2.9, 4, 5.2, 5.9, 7, 8.1]), np.arange(8.0))
    >>> round(found.slope, 3), found.low < 1 < found.high
    (1.0, True)
    """
    from scipy.special import ndtri, stdtrit

    n = len(y)
    early, late = np.triu_indices(n, 1)
    slopes = np.sort((y[late] - y[early]) / (times[late] - times[early]))
    slope = float(np.median(slopes))
    r = _autocorrelation(y - slope * times) if correlated else 0.0
    reach = float(ndtri((1 + level) / 2) * np.sqrt(_variance(y, r)))
    below, above = int(np.floor((slopes.size - reach) / 2)) - 1, int(np.ceil((slopes.size + reach) / 2))
    low, high = float(slopes[max(below, 0)]), float(slopes[min(above, slopes.size - 1)])
    if r > WANDERING:
        change = np.diff(y) / np.diff(times)
        half = float(stdtrit(change.size - 1, (1 + level) / 2) * change.std(ddof=1) / np.sqrt(change.size))
        low, high = min(low, change.mean() - half), max(high, change.mean() + half)
    return Slope(slope, float(low), float(high), r)


def _autocorrelation(rest: Floats) -> float:
    rest = rest - rest.mean()
    size = float(rest @ rest)
    if size <= np.finfo(float).eps * len(rest):
        return 0.0
    n = len(rest)
    return float(np.clip((n * float(rest[1:] @ rest[:-1]) / size + 2) / (n - 4), 0.0, 0.99))


def _variance(y: Floats, r: float) -> float:
    """Return the variance of Kendall's S of n values with ties, for ranks with autocorrelation r."""
    n = len(y)
    counts = np.unique(y, return_counts=True)[1]
    plain = (n * (n - 1) * (2 * n + 5) - float((counts * (counts - 1) * (2 * counts + 5)).sum())) / 18
    lags = np.arange(1, n)
    ranks = 6 / np.pi * np.arcsin(r**lags / 2)
    pairs = (n - lags) * (n - lags - 1) * (n - lags - 2)
    return plain * float(1 + 2 / (n * (n - 1) * (n - 2)) * (pairs @ ranks))
