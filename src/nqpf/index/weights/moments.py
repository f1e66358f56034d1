"""Means, standard deviations and correlations of columns with holes, in sums whose order is the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from nqpf.errors import MethodError, Where
from nqpf.numerics.ranks import NOISE

Floats = NDArray[np.float64]

BLOCK = 2048
"""Rows whose products are added up at a time, so that they stay near the processor."""


def mean_and_sd(x: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation (n − 1) of the columns of ``float64[M, K]``, over what is present."""
    present = ~np.isnan(x)
    if present.all():
        mean = x.mean(axis=0)
        count: Floats | int = len(x)
        centred = x - mean
    else:
        count = present.sum(axis=0)
        mean = np.where(present, x, 0.0).sum(axis=0) / np.maximum(count, 1)
        centred = np.where(present, x - mean, 0.0)
    squares = np.einsum("ij,ij->j", centred, centred)
    return mean, np.sqrt(squares / np.maximum(np.asarray(count) - 1, 1))


def products(a: Floats, b: Floats) -> Floats:
    """Return Σ_i a_ij b_ik for ``float64[M, K]`` each; not by BLAS, which may round otherwise with other threads."""
    rows, columns = np.ascontiguousarray(a.T), np.ascontiguousarray(b.T)
    total = np.zeros((a.shape[1], b.shape[1]))
    for start in range(0, len(a), BLOCK):
        part = slice(start, start + BLOCK)
        total += np.einsum("ji,ki->jk", rows[:, part], columns[:, part])
    return total


def correlations(x: Floats, names: Sequence[str], kind: str = "pearson") -> Floats:
    """Return correlations of columns that vary, ``float64[K, K]``, each pair over the rows that have both.

    Raises
    ------
    MethodError
        A pair has fewer than two rows in common, or one of it does not vary in them.
    """
    if kind == "spearman":
        if np.isnan(x).any():
            return _ranks_by_pair(x, names)
        x = rankdata(x, axis=0)
    present = ~np.isnan(x)
    if present.all():
        centred = x - x.mean(axis=0)
        squares = products(centred, centred)
        return _bounded(squares / np.sqrt(np.outer(np.diagonal(squares), np.diagonal(squares))))
    return _of_pairs(x, present.astype(float), names)


def _of_pairs(x: Floats, present: Floats, names: Sequence[str]) -> Floats:
    """Return the correlations of columns with holes: every sum of a pair is over the rows that have both."""
    centred = np.where(present > 0, x - mean_and_sd(x)[0], 0.0)
    count = products(present, present)
    sums, squares = products(centred, present), products(centred**2, present)
    within = squares - sums**2 / np.maximum(count, 1)  # of j over the rows that k has as well
    _refuse_pairs((count < 2) | (within <= NOISE * squares), count, names)
    return _bounded((products(centred, centred) - sums * sums.T / count) / np.sqrt(within * within.T))


def _ranks_by_pair(x: Floats, names: Sequence[str]) -> Floats:
    """Return rank correlations of columns with holes: ranks are taken anew within the rows of each pair."""
    found = np.eye(x.shape[1])
    for j, k in combinations(range(x.shape[1]), 2):
        both = x[:, [j, k]]
        both = both[~np.isnan(both).any(axis=1)]
        one = [names[j], names[k]]
        found[j, k] = found[k, j] = _of_pairs(rankdata(both, axis=0), np.ones_like(both), one)[0, 1]
    return found


def _refuse_pairs(bad: NDArray[np.bool_], count: Floats, names: Sequence[str]) -> None:
    """Name the first pair of columns that has no correlation."""
    if bad.any():
        j, k = (int(i) for i in np.argwhere(bad)[0])
        raise MethodError("weights_pair", where=Where(indicator=names[j]), other=names[k], rows=int(count[j, k]))


def _bounded(found: Floats) -> Floats:
    """Return correlations within −1 and 1, exactly 1 on the diagonal, whatever the rounding."""
    found = np.clip(found, -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found
