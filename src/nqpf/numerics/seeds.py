"""Where the runs of a short list of codes stand in a long one (Karp and Rabin 1987, doi:10.1147/rd.312.0249)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled
from nqpf.numerics.grams import BASE, ONE, run_hashes

Codes = NDArray[np.uint32]
Integers = NDArray[np.int64]

BITS = np.uint64(48)
"""A table of 2¹⁶ marks, by the upper bits of a number, says which runs cannot be meant."""


def seeds(codes: Codes, wanted: Codes, n: int) -> tuple[Integers, Integers]:
    """Return ``int64[S]`` where a run of `n` codes of `wanted` stands in `codes`, and where it stands in `wanted`."""
    buffer = np.empty(len(wanted), np.uint64)
    keys = buffer[: run_hashes(wanted, n, buffer)]
    order = np.argsort(keys, kind="stable")
    rows = _scan(codes, _marks(wanted, n), keys[order], order, n)
    return rows[:, 0], rows[:, 1]


@compiled
def _marks(wanted: Codes, n: int) -> NDArray[np.uint8]:
    table = np.zeros(1 << 16, np.uint8)
    high = ONE
    for _ in range(n - 1):
        high *= BASE
    h = np.uint64(0)
    for i in range(len(wanted)):
        if i >= n:
            h -= (np.uint64(wanted[i - n]) + ONE) * high
        h = h * BASE + (np.uint64(wanted[i]) + ONE)
        if i >= n - 1:
            table[h >> BITS] = 1
    return table


@compiled
def _scan(codes: Codes, table: NDArray[np.uint8], keys: NDArray[np.uint64], order: Integers, n: int) -> Integers:
    out = np.empty((256, 2), np.int64)
    one = np.empty(1, np.uint64)
    filled = 0
    high = ONE
    for _ in range(n - 1):
        high *= BASE
    h = np.uint64(0)
    for i in range(len(codes)):
        if i >= n:
            h -= (np.uint64(codes[i - n]) + ONE) * high
        h = h * BASE + (np.uint64(codes[i]) + ONE)
        if i < n - 1 or not table[h >> BITS]:
            continue
        run_hashes(codes[i - n + 1 : i + 1], n, one)
        k = np.searchsorted(keys, one[0])
        while k < len(keys) and keys[k] == one[0]:
            if filled == len(out):
                out = np.concatenate((out, np.empty_like(out)))
            out[filled, 0], out[filled, 1] = i - n + 1, order[k]
            filled += 1
            k += 1
    return out[:filled].copy()
