"""Runs of n codes as 64-bit numbers (Karp and Rabin 1987, doi:10.1147/rd.312.0249), and how many two documents share.

A document is a stretch of ``uint32`` codes. Two different runs get the same number with a chance of about 2⁻⁶⁴.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled

Codes = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]

BASE = np.uint64(0x9E3779B97F4A7C15)
M1, M2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
S33, ONE = np.uint64(33), np.uint64(1)


@compiled
def mixed(x: np.uint64) -> np.uint64:
    """Return a number whose bits all depend on all bits of `x` (the finaliser of MurmurHash3)."""
    x ^= x >> S33
    x *= M1
    x ^= x >> S33
    x *= M2
    x ^= x >> S33
    return x


@compiled
def run_hashes(codes: Codes, n: int, out: Hashes) -> int:
    """Write the numbers of all runs of `n` codes into `out` and return how many; fewer codes than `n` are one run."""
    size = len(codes)
    if size == 0:
        return 0
    n = min(n, size)
    high = ONE
    for _ in range(n - 1):
        high *= BASE
    h = np.uint64(0)
    for i in range(size):
        if i >= n:
            h -= (np.uint64(codes[i - n]) + ONE) * high
        h = h * BASE + (np.uint64(codes[i]) + ONE)
        if i >= n - 1:
            out[i - n + 1] = mixed(h)
    return size - n + 1


@compiled
def _sets(codes: Codes, starts: Integers, n: int) -> tuple[Hashes, Integers]:
    docs = len(starts) - 1
    out = np.empty(len(codes), np.uint64)
    bounds = np.zeros(docs + 1, np.int64)
    buffer = np.empty(len(codes), np.uint64)
    filled = 0
    for d in range(docs):
        count = run_hashes(codes[starts[d] : starts[d + 1]], n, buffer)
        found = np.sort(buffer[:count])
        for i in range(count):
            if i == 0 or found[i] != found[i - 1]:
                out[filled] = found[i]
                filled += 1
        bounds[d + 1] = filled
    return out[:filled].copy(), bounds


@compiled
def common(a: Hashes, b: Hashes) -> int:
    """Return how many numbers two ascending lists share."""
    i = j = shared = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            shared += 1
            i += 1
            j += 1
        elif a[i] < b[j]:
            i += 1
        else:
            j += 1
    return shared


@dataclass(frozen=True, slots=True, eq=False)
class GramSets:
    """The different runs of each of D documents.

    Attributes
    ----------
    grams
        ``uint64[G]`` their numbers, ascending within a document.
    bounds
        ``int64[D + 1]`` where each document's begin.
    """

    grams: Hashes
    bounds: Integers

    @classmethod
    def of(cls, codes: Codes, starts: Integers, n: int) -> GramSets:
        """Return the runs of `n` codes of documents that begin at ``starts[:-1]``."""
        return cls(*_sets(codes, starts, n))

    @property
    def sizes(self) -> Integers:
        """``int64[D]`` number of different runs of each document."""
        return np.diff(self.bounds)

    def shared(self, i: Integers, j: Integers) -> Integers:
        """Return ``int64[P]`` how many runs the documents of each pair share."""
        return _shared(self.grams, self.bounds, i, j)


@compiled
def _shared(grams: Hashes, bounds: Integers, i: Integers, j: Integers) -> Integers:
    found = np.empty(len(i), np.int64)
    for p in range(len(i)):
        a, b = i[p], j[p]
        found[p] = common(grams[bounds[a] : bounds[a + 1]], grams[bounds[b] : bounds[b + 1]])
    return found
