"""Least-squares breaks in the mean of a series, found by dynamic programming, on arrays.

Bai and Perron (2003, doi:10.1002/jae.659): the sums of squares of all segments once, then the best partition into
m + 1 segments from the best ones into m. Many series of one length go together, so that null distributions are
simulated without a loop over draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

EXACT = 1e-12
"""A sum of squares below this share of the whole is what rounding leaves of nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Partitions:
    """Best partitions of R series of T observations.

    Attributes
    ----------
    ssr
        ``float64[R, M + 1]`` least sum of squares with 0 to M breaks.
    dates
        For m = 1 to M ``int[R, m]``: the number of observations up to and with each break.
    """

    ssr: Floats
    dates: tuple[Integers, ...]


def segment_ssr(y: Floats) -> Floats:
    """Return ``float64[R, T + 1, T + 1]``: at (i, j) the squares about the mean of observations i to j − 1, for i < j.

    Parameters
    ----------
    y
        ``float64[R, T]`` series.
    """
    centred = y - y.mean(axis=1, keepdims=True)
    zero = np.zeros((len(y), 1))
    one = np.concatenate([zero, np.cumsum(centred, axis=1)], axis=1)
    two = np.concatenate([zero, np.cumsum(centred**2, axis=1)], axis=1)
    length = np.arange(y.shape[1] + 1)
    size = np.maximum(length[None, :] - length[:, None], 1)
    found = (two[:, None, :] - two[:, :, None]) - (one[:, None, :] - one[:, :, None]) ** 2 / size
    return np.where(found < EXACT * two[:, -1, None, None], 0.0, found)


def best_partitions(y: Floats, least: int, most: int) -> Partitions:
    """Return the partitions of each series with the least sum of squares.

    Parameters
    ----------
    y
        ``float64[R, T]`` series.
    least
        Observations that a segment has at least.
    most
        Breaks M at most; (M + 1)·least ≤ T.

    Examples
    --------
    >>> found = best_partitions(np.array([[0.0, 0.0, 0.0, 5.0, 5.0, 5.0]]), 2, 1)
    >>> found.ssr.round(9).tolist(), found.dates[0].tolist()
    ([[37.5, 0.0]], [[3]])
    """
    n = y.shape[1]
    ssr = segment_ssr(y)
    best = ssr[:, 0, :].copy()
    best[:, :least] = np.inf
    rows = np.arange(len(y))
    totals, choices = [best[:, n]], []
    for m in range(1, most + 1):
        longer = np.full_like(best, np.inf)
        at = np.zeros(best.shape, dtype=np.intp)
        for end in range((m + 1) * least, n + 1):
            start = slice(m * least, end - least + 1)
            sums = best[:, start] + ssr[:, start, end]
            chosen = sums.argmin(axis=1)
            at[:, end] = chosen + m * least
            longer[:, end] = sums[rows, chosen]
        best = longer
        totals.append(best[:, n])
        choices.append(at)
    return Partitions(np.stack(totals, axis=1), tuple(_trace(choices[:m], n) for m in range(1, most + 1)))


def _trace(choices: list[Integers], n: int) -> Integers:
    """Return the dates that led to the last observation, the first break first."""
    rows = np.arange(len(choices[0]))
    end = np.full(rows.size, n)
    dates = []
    for at in reversed(choices):
        end = at[rows, end]
        dates.append(end)
    return np.stack(dates[::-1], axis=1)


def best_single(y: Floats, least: int) -> tuple[Floats, Floats, Integers]:
    """Return sum of squares without and with one break, ``float64[R]`` each, and its date, ``int[R]``.

    The same as `best_partitions` with one break, without the sums of squares of all segments.
    """
    n = y.shape[1]
    centred = y - y.mean(axis=1, keepdims=True)
    whole = (centred**2).sum(axis=1)
    size = np.arange(least, n - least + 1)
    upto = np.cumsum(centred, axis=1)[:, least - 1 : n - least]
    # with a mean of zero the two segments' sums are S and −S
    gain = upto**2 * (n / (size * (n - size)))
    at = gain.argmax(axis=1)
    left = whole - gain[np.arange(len(y)), at]
    left[left < EXACT * whole] = 0.0
    return whole, left, size[at]


def fitted(y: Floats, dates: Integers) -> Floats:
    """Return the mean of each observation's segment, ``float64[R, T]``."""
    n = y.shape[1]
    ends = np.concatenate([dates, np.full((len(y), 1), n)], axis=1)
    segment = (np.arange(n) >= ends[:, :-1, None]).sum(axis=1)
    rows = np.repeat(np.arange(len(y)), n)
    key = rows * ends.shape[1] + segment.ravel()
    total = np.bincount(key, weights=y.ravel(), minlength=ends.size)
    means: Floats = (total / np.bincount(key, minlength=ends.size))[key].reshape(y.shape)
    return means
