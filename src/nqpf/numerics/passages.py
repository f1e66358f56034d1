"""Maximal stretches of codes that stand in two documents, letter by letter.

Every shared stretch of `least` codes or more begins with a run of `least` codes that both documents hold and that
cannot be lengthened to the left in both; from there it is lengthened to the right as far as it goes. Runs are found by
their numbers (see `grams`) and compared code by code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled
from nqpf.numerics.grams import run_hashes

Codes = NDArray[np.uint32]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """P shared stretches.

    Attributes
    ----------
    i, j
        ``int64[P]`` documents, i before j.
    at_i, at_j
        ``int64[P]`` where the stretch begins in each, counted from the document's first code.
    length
        ``int64[P]`` its codes.
    left_aside
        Number of different runs that were not compared because more documents than allowed hold them.
    """

    i: Integers
    j: Integers
    at_i: Integers
    at_j: Integers
    length: Integers
    left_aside: int


def shared_stretches(codes: Codes, starts: Integers, barred: NDArray[np.bool_], least: int, common: int) -> Stretches:
    """Return the maximal shared stretches of documents that begin at ``starts[:-1]``.

    Parameters
    ----------
    barred
        ``bool[M]`` codes that no stretch may hold.
    least
        Codes of the shortest stretch.
    common
        Runs that stand in more places than this are not compared.
    """
    docs = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    at, keys = _runs(codes, starts, barred, least)
    order = np.argsort(keys, kind="stable")
    rows, aside = _pairs(codes, starts, barred, docs, at, keys, order, least, common)
    return Stretches(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4], int(aside))


@compiled
def _runs(codes: Codes, starts: Integers, barred: NDArray[np.bool_], least: int) -> tuple[Integers, NDArray[np.uint64]]:
    at = np.empty(len(codes), np.int64)
    keys = np.empty(len(codes), np.uint64)
    buffer = np.empty(len(codes), np.uint64)
    filled = 0
    for d in range(len(starts) - 1):
        if starts[d + 1] - starts[d] < least:
            continue
        count = run_hashes(codes[starts[d] : starts[d + 1]], least, buffer)
        last = starts[d] - 1  # the last barred code that was passed
        for p in range(starts[d], starts[d] + least - 1):
            if barred[p]:
                last = p
        for w in range(count):
            p = starts[d] + w
            if barred[p + least - 1]:
                last = p + least - 1
            if last < p:
                at[filled] = p
                keys[filled] = buffer[w]
                filled += 1
    return at[:filled].copy(), keys[:filled].copy()


@compiled
def _pairs(
    codes: Codes,
    starts: Integers,
    barred: NDArray[np.bool_],
    docs: Integers,
    at: Integers,
    keys: NDArray[np.uint64],
    order: Integers,
    least: int,
    common: int,
) -> tuple[Integers, int]:
    out = np.empty((256, 5), np.int64)
    filled = aside = first = 0
    while first < len(order):
        end = first + 1
        while end < len(order) and keys[order[end]] == keys[order[first]]:
            end += 1
        if end - first > common:
            aside += 1
            first = end
            continue
        for s in range(first, end):
            for t in range(s + 1, end):
                p, q = at[order[s]], at[order[t]]
                a, b = docs[p], docs[q]
                if a == b:
                    continue
                inside = p > starts[a] and q > starts[b] and codes[p - 1] == codes[q - 1]
                if inside and not (barred[p - 1] or barred[q - 1]):
                    continue
                size = 0
                while p + size < starts[a + 1] and q + size < starts[b + 1]:
                    if codes[p + size] != codes[q + size] or barred[p + size] or barred[q + size]:
                        break
                    size += 1
                if size < least:
                    continue
                if filled == len(out):
                    out = np.concatenate((out, np.empty_like(out)))
                out[filled] = (a, b, p - starts[a], q - starts[b], size)
                filled += 1
        first = end
    return out[:filled].copy(), aside
