"""Ratios that are unknown where there is nothing below, and how concentrated shares are (Hirschman 1964)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part over whole, NaN where the whole is not above 0.

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([4.0, 0.0])).tolist()
    [0.25, nan]
    """
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def herfindahl(values: Floats) -> Floats:
    """Return the sum of squared shares along the last axis, NaN where there is nothing.

    Examples
    --------
    >>> herfindahl(np.array([[3.0, 1.0], [0.0, 0.0]])).tolist()
    [0.625, nan]
    """
    whole = values.sum(axis=-1)
    return ratio((values**2).sum(axis=-1), whole**2)
