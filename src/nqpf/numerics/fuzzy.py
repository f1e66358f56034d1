"""Fuzzy sets as arrays: memberships from anchors, and how far one set lies within another.

Memberships by the direct method of Ragin (2008), Redesigning Social Inquiry, University of Chicago Press, chapter 5;
consistency and coverage: Ragin (2006), doi:10.1093/pan/mpj019; relevance of necessity: Schneider and Wagemann (2012),
Set-Theoretic Methods for the Social Sciences, doi:10.1017/CBO9781139004244. Undefined ratios are NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.boolean import FREE, Words
from nqpf.numerics.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

NOISE = 1e-9
"""A ratio that misses its threshold by less reaches it."""


def memberships(x: Floats, out: float, crossover: float, full: float, ends: float) -> Floats:
    """Return memberships in (0, 1): ½ at the crossover, `ends` at `full`, 1 − `ends` at `out`; log odds are linear.

    ``out > crossover > full`` is a set of low values.
    """
    beyond = (x - crossover) * (1 if full > out else -1)
    side = np.where(beyond >= 0, abs(full - crossover), abs(crossover - out))
    return np.asarray(1 / (1 + np.exp(-np.log(ends / (1 - ends)) * beyond / side)))


def intersection(terms: Words, sets: Floats) -> Floats:
    """Return memberships ``float64[P, N]`` of N cases with sets ``float64[N, k]`` in terms ``int8[P, k]``."""
    found = np.ones((len(terms), len(sets)))
    for column, word in zip(sets.T, terms.T, strict=True):
        taken = np.where((word == 1)[:, None], column, 1 - column)
        np.minimum(found, taken, out=found, where=(word != FREE)[:, None])
    return found


def _over(part: Floats, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)
    return found


def consistency(x: Floats, y: Floats) -> Floats:
    """Return how far sets ``float64[..., N]`` lie within y ``float64[N]``: Σ min(x, y) / Σ x."""
    return _over(np.minimum(x, y).sum(axis=-1), x.sum(axis=-1))


def coverage(x: Floats, y: Floats) -> Floats:
    """Return how much of y ``float64[N]`` sets ``float64[..., N]`` account for: Σ min(x, y) / Σ y."""
    return _over(np.minimum(x, y).sum(axis=-1), np.asarray(y.sum()))


def proportional_reduction(x: Floats, y: Floats) -> Floats:
    """Return consistency less what lies within y and its negation alike (PRI)."""
    both = np.minimum(np.minimum(x, y), 1 - y).sum(axis=-1)
    return _over(np.minimum(x, y).sum(axis=-1) - both, x.sum(axis=-1) - both)


def relevance(x: Floats, y: Floats) -> Floats:
    """Return the relevance of sets ``float64[..., N]`` as necessary for y: Σ (1 − x) / Σ (1 − min(x, y))."""
    return _over((1 - x).sum(axis=-1), (1 - np.minimum(x, y)).sum(axis=-1))


@compiled
def chance_coverage(x: Floats, y: Floats, orders: Integers, least: float, pri: float) -> Floats:
    """Return how much of the outcome the rows that pass account for when it is handed out anew, ``float64[B]``.

    Parameters
    ----------
    x
        ``float64[U, N]`` memberships of N cases in rows of a truth table.
    y
        ``float64[N]`` the outcome.
    orders
        ``int[B, N]`` whose outcome each case is given.
    least, pri
        Consistency and PRI from which a row passes.
    """
    rows, cases = x.shape
    found = np.zeros(len(orders))
    whole = y.sum()
    sums = x.sum(axis=1)
    new, reached = np.empty(cases), np.empty(cases)
    for b in range(len(orders)):
        for i in range(cases):
            new[i] = y[orders[b, i]]
            reached[i] = 0.0
        for r in range(rows):
            inside, both = 0.0, 0.0
            for i in range(cases):
                one = min(x[r, i], new[i])
                inside += one
                both += min(one, 1 - new[i])
            if inside < (least - NOISE) * sums[r] or inside - both < (pri - NOISE) * (sums[r] - both):
                continue
            for i in range(cases):
                reached[i] = max(reached[i], x[r, i])
        total = 0.0
        for i in range(cases):
            total += min(reached[i], new[i])
        found[b] = total / whole if whole > 0 else np.nan
    return found
