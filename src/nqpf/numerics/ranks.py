"""Ranks of arrays with missing values, and positions within a reference sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NOISE = 1e-12
"""Values closer than this, relative to the largest beside them, are the same: arithmetic noise decides nothing."""


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
    rows = np.moveaxis(np.asarray(x, dtype=float), axis, -1)
    order = np.argsort(-rows, axis=-1)  # NaN goes to the end
    ordered = np.take_along_axis(rows, order, axis=-1)
    first = np.ones(rows.shape, dtype=bool)
    with np.errstate(invalid="ignore"):  # ∞ − ∞ is a tie
        first[..., 1:] = ordered[..., :-1] - ordered[..., 1:] > noise(rows)[..., None]
    # Everyone in a run of ties takes the place of the run's first.
    places = np.maximum.accumulate(np.where(first, np.arange(1.0, rows.shape[-1] + 1), 0.0), axis=-1)
    ranks = np.empty_like(rows)
    np.put_along_axis(ranks, order, places, axis=-1)
    return np.moveaxis(np.where(np.isnan(rows), np.nan, ranks), -1, axis)


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

    Examples
    --------
    >>> position(np.array([5.0, 7.0]), np.array([3.0, 5.0, 5.0, 7.0]), "average").tolist()
    [2.5, 4.0]
    """
    ordered = np.sort(sample)
    tie = noise(sample)
    low = 1.0 + np.searchsorted(ordered, x - tie, side="left")
    high = np.maximum(low, np.searchsorted(ordered, x + tie, side="right").astype(float))
    rank = {"min": low, "max": high, "average": (low + high) / 2}[ties]
    return np.where(np.isnan(x), np.nan, rank)


def noise(x: Floats) -> Floats:
    """Return how far values along the last axis may differ and still count as the same."""
    return np.asarray(NOISE * np.where(np.isfinite(x), np.abs(x), 0.0).max(axis=-1, initial=0.0))
