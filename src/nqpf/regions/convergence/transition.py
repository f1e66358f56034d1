"""Relative transition paths and their spread, and the filter that takes business cycles out.

h_it = X_it / mean_i X_it and H_t = mean_i (h_it − 1)²: Phillips and Sul (2007), doi:10.1111/j.1468-0262.2007.00811.x.
Hodrick and Prescott (1997), doi:10.2307/2953682.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

Floats = NDArray[np.float64]


def spread(x: Floats) -> Floats:
    """Return H ``[T]`` of the units of ``x[T, N]``.

    Examples
    --------
    >>> spread(np.array([[1.0, 3.0], [2.0, 2.0]])).tolist()
    [0.25, 0.0]
    """
    mean = x.mean(axis=1, keepdims=True)
    found: Floats = np.mean((x / mean - 1) ** 2, axis=1)
    return found


def spread_growing(x: Floats) -> Floats:
    """Return H of the first 2, 3, … N units of ``x[T, N]`` as ``[N − 1, T]``.

    Sums of squares are carried from group to group by their increments, which are never negative: no digits are lost.
    """
    size = np.arange(1, x.shape[1] + 1)
    mean = np.cumsum(x, axis=1) / size
    steps = size[:-1] / size[1:] * (x[:, 1:] - mean[:, :-1]) ** 2
    found: Floats = (np.cumsum(steps, axis=1) / size[1:] / mean[:, 1:] ** 2).T
    return found


def spread_pairs(x: Floats) -> Floats:
    """Return H of each unit of ``x[T, N]`` with the next as ``[N − 1, T]``."""
    found: Floats = (((x[:, 1:] - x[:, :-1]) / (x[:, 1:] + x[:, :-1])) ** 2).T
    return found


def spread_joined(group: Floats, others: Floats) -> Floats:
    """Return H of a group ``[T, n]`` with each of the `others` ``[T, M]`` as ``[M, T]``."""
    n = group.shape[1]
    mean = group.mean(axis=1, keepdims=True)
    squares = np.sum((group - mean) ** 2, axis=1, keepdims=True) + n / (n + 1) * (others - mean) ** 2
    found: Floats = (squares / (n + 1) / ((n * mean + others) / (n + 1)) ** 2).T
    return found


def hp_trend(x: Floats, penalty: float) -> Floats:
    """Return the Hodrick–Prescott trend of each column of ``x[T, N]``: (I + λ D'D) g = x, D second differences.

    Examples
    --------
    >>> hp_trend(np.arange(1.0, 6)[:, None], 400.0)[:, 0].round(9).tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]
    """
    years = len(x)
    second = np.diff(np.eye(years), n=2, axis=0)
    matrix = np.eye(years) + penalty * second.T @ second
    bands = np.zeros((3, years))
    for k in range(3):
        bands[2 - k, k:] = np.diagonal(matrix, k)
    found: Floats = solveh_banded(bands, x)
    return found
