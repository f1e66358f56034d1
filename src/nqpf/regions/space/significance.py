"""p-values: of the normal approximation, of permutations, and adjusted for the number of places.

The observed map is one of the possible ones and counts as one more draw than was made: p = (c + 1) / (R + 1) (Phipson
and Smyth 2010, doi:10.2202/1544-6115.1585). The share of false discoveries: Benjamini and Hochberg (1995),
doi:10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nqpf.columns import choose
from nqpf.errors import SpecError, Where

Floats = NDArray[np.float64]
Alternative = Literal["two_sided", "greater", "less"]


def check_test(alternative: str, permutations: int, seed: int) -> None:
    """Raise a SpecError if the alternative is none, or the number of permutations or the seed is negative."""
    choose("alternative", alternative, get_args(Alternative))
    if permutations < 0 or permutations != int(permutations):
        raise SpecError("space_permutations", where=Where(key="permutations"), permutations=permutations)
    if seed < 0:
        raise SpecError("seed_negative", where=Where(key="seed"), seed=seed)


def normal_p(z: Floats, alternative: Alternative) -> Floats:
    """Return p-values of standard normal statistics."""
    if alternative == "two_sided":
        found: Floats = 2 * ndtr(-np.abs(z))
        return found
    one: Floats = ndtr(-z if alternative == "greater" else z)
    return one


def permutation_p(above: Any, below: Any, permutations: int, alternative: Alternative) -> Floats:
    """Return p-values from the numbers of draws at least, and at most, as large as what was observed.

    Two-sided is twice the smaller side, at most 1.
    """
    high, low = (np.asarray(above) + 1.0) / (permutations + 1), (np.asarray(below) + 1.0) / (permutations + 1)
    if alternative == "two_sided":
        high = low = np.minimum(2 * np.minimum(high, low), 1.0)
    side: Floats = high if alternative == "greater" else low
    return side


def counted(drawn: Floats, observed: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many of ``float64[T, R]`` are at least, and at most, ``float64[T]``; rounding makes no difference."""
    gap = drawn - observed[:, None]
    tie = np.abs(gap) <= 1e-12 * np.maximum(np.abs(drawn).max(axis=1), np.abs(observed))[:, None]
    return ((gap > 0) | tie).sum(axis=1), ((gap < 0) | tie).sum(axis=1)


def false_discovery(p: Floats) -> Floats:
    """Return p-values ``float64[N]`` adjusted after Benjamini and Hochberg, NaN where there is none."""
    found = np.full_like(p, np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(-p[known], kind="stable")]
    rank = np.arange(order.size, 0, -1)
    found[order] = np.minimum.accumulate(np.minimum(p[order] * order.size / rank, 1.0))
    return found
