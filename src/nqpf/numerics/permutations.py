"""Permutation of values over places: quadratic forms of permuted values, and neighbours drawn at random.

Conditional permutation (one value stays, its neighbours are drawn from all others) follows Anselin (1995),
doi:10.1111/j.1538-4632.1995.tb00338.x. Every place draws from the same table of positions, so that nothing of the size
of places × draws is ever kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.numerics.compiled import compiled
from nqpf.parallel import spread

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Positions = NDArray[np.int32]

CELLS = 1 << 21
"""Cells of a batch of permuted values (16 MB)."""
PLACES = 1024
"""Places of a part of the conditional permutation."""
TIE = 1e-12
"""Sums that differ by less, relative to their terms, are equal: the order of adding moves the last digits."""


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Some permutations of N values in T years."""

    matrix: sparse.csr_array
    fixed: Floats | None
    moved: Floats
    squares: Floats | None
    seed: np.random.SeedSequence
    size: int


def permuted_forms(
    matrix: sparse.csr_array,
    moved: Floats,
    *,
    fixed: Floats | None = None,
    squares: Floats | None = None,
    permutations: int,
    seed: int,
    workers: int | None = None,
) -> Floats:
    """Return quadratic forms of randomly permuted values, the same permutations in every year.

    Parameters
    ----------
    matrix
        W ``float64[N, N]``.
    moved
        ``float64[T, N]`` values z that are permuted.
    fixed
        ``float64[T, N]`` values x that stay: x′Wz. None: z′Wz.
    squares
        ``float64[N]`` d: subtracts z′diag(d)z. None: nothing.
    permutations, seed
        How many, and from which seed.
    workers
        Threads; results do not depend on it.

    Returns
    -------
    float64[T, permutations]
    """
    n = moved.shape[1]
    step = max(1, CELLS // n)
    sizes = [min(step, permutations - start) for start in range(0, permutations, step)]
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))
    batches = [_Batch(matrix, fixed, moved, squares, s, size) for s, size in zip(seeds, sizes, strict=True)]
    return np.concatenate(spread(_forms, batches, workers=workers, threads=True), axis=1)


def _forms(batch: _Batch) -> Floats:
    m, n = batch.matrix, batch.moved.shape[1]
    chance = np.random.default_rng(batch.seed).random((batch.size, n))
    fixed = batch.moved if batch.fixed is None else batch.fixed
    squares = np.zeros(n) if batch.squares is None else batch.squares
    return _form(m.indptr, m.indices, m.data, batch.moved, fixed, batch.fixed is not None, squares, chance)


@compiled
def _form(
    indptr: Positions,
    indices: Positions,
    weights: Floats,
    moved: Floats,
    fixed: Floats,
    apart: bool,
    squares: Floats,
    chance: Floats,
) -> Floats:
    """Shuffle one deck over and over: however it lies before, a shuffle leaves every order equally likely."""
    years, n = moved.shape
    deck = np.arange(n)
    z = np.empty(n)
    found = np.empty((years, chance.shape[0]))
    for r in range(chance.shape[0]):
        for i in range(n - 1, 0, -1):
            j = int(chance[r, i] * (i + 1))
            deck[i], deck[j] = deck[j], deck[i]
        for t in range(years):
            for i in range(n):
                z[i] = moved[t, deck[i]]
            total = 0.0
            for i in range(n):
                lag = 0.0
                for k in range(indptr[i], indptr[i + 1]):
                    lag += weights[k] * z[indices[k]]
                own = fixed[t, i] if apart else z[i]
                total += own * lag - squares[i] * z[i] * z[i]
            found[t, r] = total
    return found


def drawn_positions(pool: int, size: int, permutations: int, seed: int) -> Positions:
    """Return for each permutation `size` different positions out of ``0 … pool − 1``, in random order."""
    rng = np.random.default_rng(seed)
    return _deal(rng.random((permutations, size)), pool)


@compiled
def _deal(chance: Floats, pool: int) -> Positions:
    """Deal cards from the top of one deck over and over: however it lies, what is dealt is a fair draw."""
    rows, size = chance.shape
    deck = np.arange(pool).astype(np.int32)
    dealt = np.empty((rows, size), dtype=np.int32)
    for r in range(rows):
        for k in range(size):
            j = k + int(chance[r, k] * (pool - k))
            deck[k], deck[j] = deck[j], deck[k]
            dealt[r, k] = deck[k]
    return dealt


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Places from `start` to `stop` in one year."""

    matrix: sparse.csr_array
    values: Floats
    positions: Positions
    start: int
    stop: int


def conditional_counts(
    matrix: sparse.csr_array, values: Floats, positions: Positions, workers: int | None = None
) -> tuple[Integers, Integers]:
    """Return how often the weighted sum over neighbours drawn at random is as high, and as low, as over the true ones.

    Parameters
    ----------
    matrix
        W ``float64[N, N]``, nothing on the diagonal.
    values
        ``float64[T, N]``.
    positions
        ``int32[R, K]`` of `drawn_positions` out of N − 1, K the most neighbours a place has.
    workers
        Threads; results do not depend on it.

    Returns
    -------
    above, below
        ``int64[T, N]``: draws with a sum of at least, and of at most, the observed one (equal ones are in both).
    """
    years, n = values.shape
    cuts = [(t, start, min(start + PLACES, n)) for t in range(years) for start in range(0, n, PLACES)]
    parts = [_Part(matrix, values[t], positions, start, stop) for t, start, stop in cuts]
    found = spread(_counts, parts, workers=workers, threads=True)
    both = np.concatenate(found, axis=1).reshape(2, years, n)
    return both[0], both[1]


def _counts(part: _Part) -> Integers:
    m = part.matrix
    return _count(m.indptr, m.indices, m.data, part.values, part.positions, part.start, part.stop)


@compiled
def _count(
    indptr: Positions,
    indices: Positions,
    weights: Floats,
    values: Floats,
    positions: Positions,
    start: int,
    stop: int,
) -> Integers:
    n, draws = values.size, positions.shape[0]
    others = values.copy()
    found = np.zeros((2, stop - start), dtype=np.int64)
    for i in range(start, stop):
        first, size = indptr[i], indptr[i + 1] - indptr[i]
        own = weights[first : first + size]
        seen, span = 0.0, 0.0
        for k in range(size):
            term = own[k] * values[indices[first + k]]
            seen += term
            span += abs(term)
        others[i] = values[n - 1]  # positions 0 … n − 2 are now everybody but i
        above, below = 0, 0
        for r in range(draws):
            total = 0.0
            for k in range(size):
                total += own[k] * others[positions[r, k]]
            gap = total - seen
            if abs(gap) <= TIE * span:
                above += 1
                below += 1
            elif gap > 0:
                above += 1
            else:
                below += 1
        others[i] = values[i]
        found[0, i - start] = above
        found[1, i - start] = below
    return found
