"""How often the columns of a table of zeros and ones occur together, and averages weighted by it, block by block.

Counts are taken in single precision, which is exact as long as there are fewer than 2²⁴ rows; everything after them in
double precision. A block of columns at a time keeps a square of thousands of columns out of memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Likeness = Literal["minimum", "cosine", "continuous"]
Diagonal = Literal["one", "zero"]
Block = Callable[[slice], Floats]
"""Gives some columns ``float64[K, b]`` of a symmetric matrix ``[K, K]``."""

WIDTH = 512
"""Columns of a block."""


def together(m: Bools, kind: Literal["minimum", "cosine"], diagonal: Diagonal) -> Block:
    """Return how alike the columns of ``bool[N, K]`` are by rows they share.

    minimum
        N_jk / max(N_j, N_k): the smaller of both conditional probabilities.
    cosine
        N_jk / √(N_j N_k).

    A column without any row is like no other (0).
    """
    single = m.astype(np.float32)
    size = np.maximum(single.sum(axis=0, dtype=np.float64), 1.0)  # an empty column shares no row: 0 over 1

    def block(at: slice) -> Floats:
        shared = (single.T @ single[:, at]).astype(np.float64)
        other = size[:, None]
        shared /= np.maximum(other, size[at]) if kind == "minimum" else np.sqrt(other * size[at])
        return _ended(shared, at, diagonal)

    return block


def correlated(x: Floats, diagonal: Diagonal) -> Block:
    """Return (1 + r) / 2 of the columns of ``float64[N, K]``, none of which is constant."""
    about = x - x.mean(axis=0)
    about /= np.sqrt((about**2).sum(axis=0))

    def block(at: slice) -> Floats:
        return _ended(np.clip((1 + about.T @ about[:, at]) / 2, 0.0, 1.0), at, diagonal)

    return block


def _ended(found: Floats, at: slice, diagonal: Diagonal) -> Floats:
    k = np.arange(found.shape[0])[at]
    found[k, np.arange(k.size)] = float(diagonal == "one")
    return found


def blocks(k: int) -> Iterator[slice]:
    """Yield slices of at most `WIDTH` that make up K columns."""
    for start in range(0, k, WIDTH):
        yield slice(start, min(start + WIDTH, k))


def whole(block: Block, k: int) -> Floats:
    """Return the matrix ``float64[K, K]`` as a whole."""
    found = np.empty((k, k))
    for at in blocks(k):
        found[:, at] = block(at)
    return found


def nearest(block: Block, count: int | None) -> Block:
    """Return the matrix with, in each column, only its own entry and the `count` largest others, ties among them."""
    if count is None:
        return block

    def kept(at: slice) -> Floats:
        found = block(at)
        k = np.arange(found.shape[0])[at]
        own = found[k, np.arange(k.size)]
        found[k, np.arange(k.size)] = -1.0
        if count < found.shape[0] - 1:
            least = np.partition(found, -count, axis=0)[-count]
            found[found < least] = 0.0
        found[k, np.arange(k.size)] = own
        return found

    return kept


def averages(x: NDArray[np.generic], block: Block) -> Floats:
    """Return means of the columns of x ``[N, K]`` weighted by each column of the matrix, NaN where all weights are 0.

    Returns
    -------
    ``float64[N, K]``: Σ_k x_nk w_kj / Σ_k w_kj.
    """
    values = np.asarray(x, dtype=np.float64)
    found = np.empty(values.shape)
    for at in blocks(values.shape[1]):
        weight = block(at)
        total = weight.sum(axis=0)
        found[:, at] = np.divide(values @ weight, total, out=np.full_like(found[:, at], np.nan), where=total > 0)
    return found
