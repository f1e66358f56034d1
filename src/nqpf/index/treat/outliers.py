"""Winsorising: the extreme value on the side of the skew becomes the next one, again and again until the shape passes.

The procedure of the OECD/JRC's COIN Tool and of COINr (Becker et al. 2022, doi:10.21105/joss.04567): one value with all
its ties at a time, the high end for a skewness of 0 or more, else the low end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.index.treat.shape import Shape, shape

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Limits of C winsorised columns.

    Attributes
    ----------
    low, high
        ``float64[C]``: values beyond are set to them; infinite where nothing was set.
    count
        ``int64[C]`` points set.
    shape
        Skewness and kurtosis once winsorised.
    stuck
        ``bool[C]``: winsorising would have left no two values that differ; the column stays as it was.
    """

    low: Floats
    high: Floats
    count: NDArray[np.int64]
    shape: Shape
    stuck: Bools


def limits(x: Floats, winmax: int | None, skew: float, kurt: float) -> Limits:
    """Return winsorising limits of columns that do not pass.

    Parameters
    ----------
    x
        ``float64[C, M]``, NaN where missing; each column varies and has a skewness and a kurtosis.
    winmax
        Most points set in a column; None: no limit. Ties of the last value may exceed it.
    skew, kurt
        A column passes below either limit.
    """
    size = len(x)
    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    count, stuck = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool)
    first = shape(x)
    skewness, kurtosis = first.skewness.copy(), first.kurtosis.copy()
    at = np.flatnonzero(~first.passes(skew, kurt)) if winmax is None or winmax > 0 else np.arange(0)
    raw = y = x[at]
    while at.size:
        right = skewness[at] >= 0
        top, bottom = np.fmax.reduce(y, axis=1)[:, None], np.fmin.reduce(y, axis=1)[:, None]
        high[at] = np.where(right, np.where(y < top, y, -np.inf).max(axis=1), high[at])
        low[at] = np.where(right, low[at], np.where(y > bottom, y, np.inf).min(axis=1))
        least, most = low[at, None], high[at, None]
        y = np.minimum(np.maximum(y, least), most)
        count[at] = ((raw > most) | (raw < least)).sum(axis=1)
        found = shape(y)
        skewness[at], kurtosis[at] = found.skewness, found.kurtosis
        stuck[at] = np.fmax.reduce(y, axis=1) == np.fmin.reduce(y, axis=1)
        done = found.passes(skew, kurt) | stuck[at] | (False if winmax is None else count[at] >= winmax)
        at, y, raw = at[~done], y[~done], raw[~done]
    low[stuck], high[stuck], count[stuck] = -np.inf, np.inf, 0
    skewness[stuck], kurtosis[stuck] = first.skewness[stuck], first.kurtosis[stuck]
    return Limits(low, high, count, Shape(skewness, kurtosis), stuck)
