"""What the methods of aggregation share: weights over what is present, weighted sums, profiles, and blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nqpf.index.aggregate.aggregator import Ends

Floats = NDArray[np.float64]

BLOCK = 4096
"""Rows that are worked on at once: what is written on the way stays in the processor's cache."""


def share_out(s: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Share weights out among what is present.

    Parameters
    ----------
    s
        ``float64[R, K]``, NaN where missing.
    w
        ``float64[R or 1, K]``.

    Returns
    -------
    weights, present
        ``float64[R, K]`` summing to 1 over what is present, and ``float64[R]``: the share of weight that is present.
    """
    kept = np.where(np.isnan(s), 0.0, w)
    total = kept.sum(axis=1)
    whole = np.broadcast_to(w, s.shape).sum(axis=1)
    shared = np.divide(kept, total[:, None], out=np.zeros_like(kept), where=total[:, None] > 0)
    return shared, np.divide(total, whole, out=np.zeros_like(total), where=whole > 0)


def weighted(x: Floats, w: Floats) -> Floats:
    """Return Σ_j w_j x_j, ``float64[R]``; an x that is NaN or infinite with weight 0 counts for nothing.

    Parameters
    ----------
    x
        ``float64[R, K]``.
    w
        ``float64[R or 1, K]``, 0 where `x` is missing.
    """
    if not np.isfinite(x.sum()):
        x = np.where(w > 0, x, 0.0)
    # Without BLAS, whose rounding may hang on the number of threads.
    if len(w) == 1:
        return np.asarray(np.einsum("rk,k->r", x, w[0]))
    return np.asarray(np.einsum("rk,rk->r", x, w))


def parts_of_sum(v0: Floats, v1: Floats, s0: Floats, s1: Floats, w: Floats) -> Floats:
    """Return the multipliers of a score Σ w v(s): ω = w (v1 − v0) / (s1 − s0), 0 where the score does not move."""
    moved = s1 - s0
    with np.errstate(invalid="ignore"):
        return w * np.divide(v1 - v0, moved, out=np.zeros_like(moved), where=moved != 0)


def profile(s: Floats, ideal: str, ends: Ends | None) -> tuple[Floats, Floats]:
    """Return the worst and the best score of each column, ``float64[K]`` each.

    Parameters
    ----------
    s
        ``float64[R, K]``, NaN where missing.
    ideal
        ``absolute``: the ends of the scale; ``observed``: the smallest and largest score, NaN where a column is empty.
    ends
        Ends of the scale, for ``absolute``.
    """
    if ideal == "absolute" and ends is not None:
        low, high = ends
        return np.full(s.shape[1], low), np.full(s.shape[1], high)
    low, high = s.min(axis=0), s.max(axis=0)
    if np.isnan(low).any():
        low, high = np.fmin.reduce(s, axis=0), np.fmax.reduce(s, axis=0)
    return low, high


def blocks(rows: int, size: int = BLOCK) -> Iterator[slice]:
    """Return slices that cut `rows` rows into blocks of at most `size`."""
    return (slice(start, start + size) for start in range(0, rows, size))


def mean_and_sd(x: Floats, ddof: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each column over what is present, ``float64[K]`` each; NaN if too few."""
    present = ~np.isnan(x)
    count = present.sum(axis=0)
    filled = np.where(present, x, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=0) / count
        apart = np.where(present, x - mean, 0.0)
        return mean, np.sqrt((apart * apart).sum(axis=0) / np.maximum(count - ddof, 0))
