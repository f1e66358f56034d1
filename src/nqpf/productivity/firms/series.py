"""Polynomials that stand for functions of unknown form, such as productivity as a function of capital and materials."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def series(x: Floats, degree: int, standard: bool = True) -> Floats:
    """Return every product of at most `degree` columns, without the constant; the columns themselves come first.

    Parameters
    ----------
    x
        ``float64[N, K]``.
    degree
        At least 1.
    standard
        Take the columns in standard units: with a constant beside them the products reach as far, and are less alike.

    Returns
    -------
    NDArray
        ``float64[N, P]``.

    Examples
    --------
    >>> series(np.array([[2.0, 3.0]]), 2, standard=False)
    array([[2., 3., 4., 6., 9.]])
    """
    if standard:
        sd = x.std(axis=0)
        x = (x - x.mean(axis=0)) / np.where(sd > 0, sd, 1.0)
    chosen = (c for d in range(1, degree + 1) for c in combinations_with_replacement(range(x.shape[1]), d))
    return np.column_stack([x[:, list(c)].prod(axis=1) for c in chosen])
