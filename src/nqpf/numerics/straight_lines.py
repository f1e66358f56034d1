"""Straight lines through many short series at once, with errors that allow for correlation from one point to the next.

Newey and West (1987), doi:10.2307/1913610: Bartlett weights 1 − l/(L + 1) on the first L lags of x·e, times T/(T − 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

Floats = NDArray[np.float64]
FLAT = 1e-12
"""Distance from its mean, beside the mean or 1, within which a series counts as constant."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines through M series, each ``float64[M]``; a constant series has slope 0 and NaN else.

    Attributes
    ----------
    slope, se, t, p
        Of the slope; p two-sided by Student's t with T − 2 degrees of freedom.
    """

    slope: Floats
    se: Floats
    t: Floats
    p: Floats


def usual_lags(points: int) -> int:
    """Return ⌊4 (T/100)^(2/9)⌋, the number of lags of Newey and West (1994), doi:10.2307/2297912, as a rule of thumb.

    Examples
    --------
    >>> usual_lags(17)
    2
    """
    return int(4 * (points / 100) ** (2 / 9))


def lines(y: Floats, x: Floats, lags: int | None = None) -> Lines:
    """Return the least squares line of each column of `y` on `x`.

    Parameters
    ----------
    y
        ``float64[T, M]``, T at least 3; a column with a NaN has NaN throughout.
    x
        ``float64[T]`` in rising order.
    lags
        L; None for errors that are the same at all points and independent.

    Examples
    --------
    >>> found = lines(np.array([[1.0], [2.0], [2.0], [3.0]]), np.arange(4.0))
    >>> found.slope.round(3).tolist(), found.se.round(3).tolist()
    ([0.6], [0.141])
    """
    away = (x - x.mean())[:, None]
    squares = float((away**2).sum())
    mean = y.mean(axis=0)
    slope = (away * (y - mean)).sum(axis=0) / squares
    rest = y - mean - away * slope
    variance = (rest**2).sum(axis=0) / (len(x) - 2) / squares if lags is None else _robust(away * rest, squares, lags)
    flat = np.abs(y - mean).max(axis=0) <= FLAT * np.maximum(1.0, np.abs(mean))
    slope = np.where(flat, 0.0, slope)
    se = np.where(flat, np.nan, np.sqrt(variance))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = slope / se
    p = np.asarray(2 * stdtr(len(x) - 2, -np.abs(t)))
    return Lines(slope, se, t, p)


def _robust(moved: Floats, squares: float, lags: int) -> Floats:
    """Return the variance of slopes from x·e ``float64[T, M]``."""
    total = (moved**2).sum(axis=0)
    for lag in range(1, lags + 1):
        total = total + 2 * (1 - lag / (lags + 1)) * (moved[lag:] * moved[:-lag]).sum(axis=0)
    points = len(moved)
    return np.asarray(np.maximum(total, 0.0) / squares**2 * points / (points - 2))
