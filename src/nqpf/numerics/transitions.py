"""Transitions between classes as arrays: cut-offs, counts, what a chain implies, and whether several chains are one.

Kemeny and Snell (1976), Finite Markov Chains, Springer, ISBN 978-0-387-90192-3, for first passage; Bickenbach and Bode
(2003), doi:10.1177/0160017603253789, for the tests of homogeneity and their degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

ABSENT = -1
"""Class of a cell without a value."""


def quantile_cuts(values: Floats, classes: int) -> Floats:
    """Return the cut-offs between `classes` quantile classes, ``float64[..., n]`` → ``float64[..., classes − 1]``.

    Quantile j/k of n sorted values stands at place (n − 1)·j/k, between two values linearly. Places are counted in
    whole numbers, so that a cut-off which falls on a value is that value. NaN are left out; rows without values give
    NaN.

    Examples
    --------
    >>> quantile_cuts(np.arange(5.0), 4).tolist()
    [1.0, 2.0, 3.0]
    """
    ordered = np.sort(values, axis=-1)
    last = np.maximum(np.isfinite(values).sum(axis=-1) - 1, 0)[..., None]
    place = last * np.arange(1, classes)
    below = place // classes
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(below + 1, last), axis=-1)
    found: Floats = low + (high - low) * ((place % classes) / classes)
    return found


def classify(values: Floats, cuts: Floats) -> Integers:
    """Return the class of each value, 0 the lowest, −1 where NaN; a value on a cut-off belongs to the class below it.

    Parameters
    ----------
    values
        ``float64[..., n]``.
    cuts
        ``float64[..., k − 1]`` rising, with the axes of `values` before the last (or one that stands for all).
    """
    found = np.zeros(values.shape, dtype=np.intp)
    for j in range(cuts.shape[-1]):
        found += values > cuts[..., j, None]
    found[np.isnan(values)] = ABSENT
    return found


def count(origin: Integers, target: Integers, classes: int, regime: Integers | None = None, regimes: int = 1) -> Floats:
    """Return counts of moves ``float64[M, K, K]`` by regime, from and to; moves with an absent end are not counted."""
    group = np.zeros_like(origin) if regime is None else regime
    there = (origin != ABSENT) & (target != ABSENT) & (group != ABSENT)
    code = (group * classes + origin) * classes + target
    found = np.bincount(code[there], minlength=regimes * classes * classes)
    counts: Floats = found.reshape(regimes, classes, classes).astype(np.float64)
    return counts


def probabilities(counts: Floats) -> Floats:
    """Return shares of each row ``float64[..., K, K]``; NaN for a row without moves."""
    rows = counts.sum(axis=-1, keepdims=True)
    found: Floats = np.divide(counts, rows, out=np.full_like(counts, np.nan), where=rows > 0)
    return found


def irreducible(p: Floats) -> bool:
    """Return whether every class of ``float64[K, K]`` can be reached from every other."""
    return bool(np.isfinite(p).all()) and connected_components(sparse.csr_array(p > 0), connection="strong")[0] == 1


def closed_sets(p: Floats) -> list[Integers]:
    """Return the sets of classes that are never left once entered."""
    _, label = connected_components(sparse.csr_array(p > 0), connection="strong")
    sets = [np.flatnonzero(label == s) for s in range(label.max() + 1)]
    return [s for s in sets if not (np.delete(p[s], s, axis=1) > 0).any()]


def periodic(p: Floats) -> bool:
    """Return whether an irreducible chain runs through its classes in a fixed order and so never settles."""
    reach: Floats = (p > 0).astype(np.float64)
    for _ in range(int(np.ceil(np.log2((len(p) - 1) ** 2 + 1))) + 1):  # Wielandt's bound, reached by squaring
        reach = ((reach @ reach) > 0).astype(np.float64)
    return bool((reach == 0).any())


def stationary(p: Floats) -> Floats:
    """Return the distribution ``float64[K]`` that an irreducible chain keeps."""
    found: Floats = np.asarray(np.linalg.solve(np.eye(len(p)) - p.T + 1.0, np.ones(len(p))), dtype=np.float64)
    return found


def first_passage(p: Floats) -> Floats:
    """Return mean steps ``float64[K, K]`` from a class to another for the first time; on the diagonal, of return."""
    share = stationary(p)
    fundamental = np.linalg.inv(np.eye(len(p)) - p + share)
    found: Floats = (np.eye(len(p)) - fundamental + np.diag(fundamental)) / share
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Homogeneity:
    """Tests that M regimes share one chain, for any number of tables of counts at once.

    Attributes
    ----------
    q, lr
        ``float64[...]`` Pearson's and the likelihood ratio statistic.
    q_parts, lr_parts
        ``float64[..., M]`` what each regime adds to them.
    df
        ``int[...]`` Σ over classes of (targets that occur − 1)(regimes that visit − 1).
    expected
        ``float64[..., M, K, K]`` counts if the regimes shared one chain.
    """

    q: Floats
    lr: Floats
    q_parts: Floats
    lr_parts: Floats
    df: Integers
    expected: Floats


def homogeneity(counts: Floats) -> Homogeneity:
    """Test whether the regimes of ``float64[..., M, K, K]`` have the same probabilities of moving."""
    pooled = counts.sum(axis=-3)
    p = np.nan_to_num(probabilities(pooled))
    rows = counts.sum(axis=-1)
    expected = rows[..., None] * p[..., None, :, :]
    gap = (counts - expected) ** 2
    q_parts = np.divide(gap, expected, out=np.zeros_like(gap), where=expected > 0).sum(axis=(-2, -1))
    ratio = np.divide(counts, expected, out=np.ones_like(gap), where=counts > 0)
    lr_parts = 2 * (counts * np.log(ratio)).sum(axis=(-2, -1))
    targets, visits = (pooled > 0).sum(axis=-1), (rows > 0).sum(axis=-2)
    df = (np.maximum(targets - 1, 0) * np.maximum(visits - 1, 0)).sum(axis=-1)
    return Homogeneity(q_parts.sum(axis=-1), lr_parts.sum(axis=-1), q_parts, lr_parts, df, expected)


def one_against_rest(counts: Floats) -> Floats:
    """Return counts ``float64[..., M, K, K]`` of each regime beside those of all others, ``[..., M, 2, K, K]``."""
    return np.stack([counts, counts.sum(axis=-3, keepdims=True) - counts], axis=-3)


def upper_tail(statistic: Floats, df: Integers) -> Floats:
    """Return the p-values of χ² statistics; NaN where nothing is free to differ."""
    return np.where(df > 0, stats.chi2.sf(statistic, np.maximum(df, 1)), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What a permutation test needs of a panel of T years and N units.

    Attributes
    ----------
    values
        ``float64[T, N]``, NaN where absent.
    origin, target
        ``int[T − h, N]`` classes at the start and at the end of each move.
    matrix
        ``float64[N, N]`` weights in compressed rows.
    classes, lag_classes
        K and M.
    cuts
        ``float64[1 or T, M − 1]`` given cut-offs of the lag, or None: its quantiles.
    yearly
        Whether quantiles are taken year by year.
    """

    values: Floats
    origin: Integers
    target: Integers
    matrix: sparse.csr_array
    classes: int
    lag_classes: int
    cuts: Floats | None
    yearly: bool


def permuted(moves: Moves, draws: int, seed: int, cells: int = 4_000_000) -> tuple[Floats, Floats]:
    """Return Q and LR of `draws` panels whose units have changed places, each ``float64[draws, 1 + M]``.

    A unit takes all its years along, so its own moves stay what they are and only its neighbours change; lags are cut
    anew. (giddy moves the neighbours' values but not the units, so that a unit may come to stand beside itself.) First
    all regimes together, then each against the others. `cells` bounds how many values are worked on at once.
    """
    units = moves.values.shape[1]
    k, m = moves.classes, moves.lag_classes
    rng = np.random.default_rng(seed)
    joined = np.diff(moves.matrix.indptr) > 0
    size = max(1, cells // moves.values.size)
    q, lr = np.empty((draws, 1 + m)), np.empty((draws, 1 + m))
    for start in range(0, draws, size):
        batch = min(size, draws - start)
        order = rng.permuted(np.tile(np.arange(units), (batch, 1)), axis=1)
        moved = moves.values[:, order]
        lag = (moves.matrix @ moved.reshape(-1, units).T).T.reshape(moved.shape)
        lag[~(np.isfinite(moved) & joined)] = np.nan
        regime = classify(lag, _lag_cuts(lag, moves))[: len(moves.origin)]
        regime = np.where(regime == ABSENT, ABSENT, regime + m * np.arange(batch)[:, None])
        counts = count(moves.origin[:, order], moves.target[:, order], k, regime, batch * m).reshape(batch, m, k, k)
        done = slice(start, start + batch)
        every, single = homogeneity(counts), homogeneity(one_against_rest(counts))
        q[done], lr[done] = (
            np.column_stack([every.q, single.q]),
            np.column_stack([every.lr, single.lr]),
        )
    return q, lr


def _lag_cuts(lag: Floats, moves: Moves) -> Floats:
    """Return the cut-offs of lags ``float64[T, B, N]``, ready to be used on them."""
    if moves.cuts is not None:
        return moves.cuts[:, None, :]
    if moves.yearly:
        return quantile_cuts(lag, moves.lag_classes)
    together = lag.swapaxes(0, 1).reshape(lag.shape[1], -1)
    return quantile_cuts(together, moves.lag_classes)[None]
