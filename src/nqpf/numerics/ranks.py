"""Ranks of arrays with missing values, and positions within a reference sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NOISE_DIGITS = 12
"""Values that agree to this many significant digits are tied: arithmetic noise does not decide a rank."""


def competition_rank(x: Floats, axis: int = -1) -> Floats:
    """Return ranks from 1 for the largest, ties sharing the smaller number ("1, 2, 2, 4"), NaN where `x` is NaN.

    Parameters
    ----------
    x
        Any shape.
    axis
        Axis along which to rank.

    Examples
    --------
    >>> competition_rank(np.array([0.3, 0.9, np.nan, 0.9])).tolist()
    [3.0, 1.0, nan, 1.0]
    """
    rounded = np.moveaxis(_significant(x), axis, -1)
    rows = rounded.reshape(-1, rounded.shape[-1])
    ordered = np.sort(-rows, axis=1)  # NaN goes to the end
    ranks = np.array([np.searchsorted(o, -row, side="left") for o, row in zip(ordered, rows, strict=True)])
    ranked = np.where(np.isnan(rounded), np.nan, 1.0 + ranks.reshape(rounded.shape))
    return np.moveaxis(ranked, -1, axis)


def position(x: Floats, sample: Floats, ties: str = "min") -> Floats:
    """Return where each value stands in a sample, from 1 for its smallest.

    Parameters
    ----------
    x
        Values, any shape.
    sample
        One-dimensional, without NaN.
    ties
        ``min``: 1 + how many are smaller; ``max``: how many are smaller or equal; ``average``: their mean.
    """
    ordered = np.sort(sample)
    low = 1.0 + np.searchsorted(ordered, x, side="left")
    high = np.maximum(low, np.searchsorted(ordered, x, side="right").astype(float))
    rank = {"min": low, "max": high, "average": (low + high) / 2}[ties]
    return np.where(np.isnan(x), np.nan, rank)


def _significant(x: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where((x == 0) | ~np.isfinite(x), 0.0, np.floor(np.log10(np.abs(x))))
    scale = 10.0 ** (NOISE_DIGITS - 1 - size)
    return np.round(x * scale) / scale
