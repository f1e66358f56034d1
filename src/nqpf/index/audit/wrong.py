"""Known wrong recipes, computed as scripts and tutorials have them, so that their traces can be recognised.

Each is a fault, never an option: an index of this program is not built with any of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def entropy_over(x: Floats, denominator: float) -> Floats:
    """Return weights from entropies divided by a stated constant in place of ln m, whatever comes out.

    Divided by the logarithm of the number of years in a pooled panel of n units, entropies exceed 1, every 1 − e is
    negative, and after division by their sum the weights stand in reversed order.

    Parameters
    ----------
    x
        ``float64[M, K]``, not negative.
    denominator
        What entropies are divided by: ln T, ln n, …

    Returns
    -------
    ndarray, shape (K,)
        NaN where the sum is zero.

    Examples
    --------
    >>> x = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [9.0, 2.0]])
    >>> right, wrong = entropy_over(x, np.log(4)), entropy_over(x, np.log(2))
    >>> bool(right[0] > right[1]), bool(wrong[0] < wrong[1])
    (True, True)
    """
    shares = x / x.sum(axis=0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    divergence = 1 + (shares * logs).sum(axis=0) / denominator
    total = divergence.sum()
    return np.asarray(divergence / total if total else np.full(len(divergence), np.nan))


def ranks_from_argsort(scores: Floats) -> Floats:
    """Return what ``argsort`` gives when it is taken for ranks: who stands first, second …, not who has which rank.

    Examples
    --------
    >>> ranks_from_argsort(np.array([0.2, 0.9, 0.5])).tolist()
    [2.0, 3.0, 1.0]
    """
    return np.asarray(np.argsort(-scores, kind="stable") + 1.0)


def ranks_ascending(scores: Floats) -> Floats:
    """Return ranks with 1 for the smallest score."""
    return np.asarray(np.argsort(np.argsort(scores, kind="stable"), kind="stable") + 1.0)
