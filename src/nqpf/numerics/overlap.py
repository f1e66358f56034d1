"""All pairs of sets one of which holds at least a share of the other, found exactly by an inverted index.

Elements are ordered from the rarest to the most frequent. If a set of s elements lies to a share c or more within
another, at least one of its s − ⌈c s⌉ + 1 rarest elements does (prefix filtering: Bayardo, Ma and Srikant 2007, Scaling
up all pairs similarity search, doi:10.1145/1242572.1242591), so that only those are looked up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled
from nqpf.numerics.grams import GramSets

Integers = NDArray[np.int64]


def holding(sets: GramSets, share: float) -> tuple[Integers, Integers]:
    """Return the pairs (smaller, larger) of sets that share an element among the smaller's rarest.

    Every pair is there of which the smaller set lies to `share` or more within the larger; others may be too.
    """
    order = np.argsort(sets.grams, kind="stable")
    fresh = np.ones(len(order), bool)
    fresh[1:] = sets.grams[order[1:]] != sets.grams[order[:-1]]
    number = np.cumsum(fresh) - 1
    held = np.empty(len(order), np.int32)
    held[order] = number
    lists = np.append(np.flatnonzero(fresh), len(order)).astype(np.int64)
    owner = np.repeat(np.arange(len(sets.sizes), dtype=np.int32), sets.sizes)[order]
    rank = np.lexsort((sets.sizes,))  # by size, then by number
    place = np.empty(len(rank), np.int64)
    place[rank] = np.arange(len(rank))
    pairs = _candidates(held, sets.bounds, lists, owner, place, share)
    return pairs[:, 0], pairs[:, 1]


@compiled
def _candidates(
    held: NDArray[np.int32], bounds: Integers, lists: Integers, owner: NDArray[np.int32], place: Integers, share: float
) -> Integers:
    docs = len(bounds) - 1
    seen = np.full(docs, -1, np.int64)
    out = np.empty((1024, 2), np.int64)
    filled = 0
    for x in range(docs):
        mine = held[bounds[x] : bounds[x + 1]]
        size = len(mine)
        often = np.empty(size, np.int64)
        for k in range(size):
            often[k] = ((lists[mine[k] + 1] - lists[mine[k]]) << 32) | np.int64(mine[k])
        often.sort()
        for k in range(size - int(np.ceil(share * size - 1e-9)) + 1 if size else 0):
            if k == size or (often[k] >> 32) < 2:
                continue
            gram = often[k] & 0xFFFFFFFF
            for p in range(lists[gram], lists[gram + 1]):
                y = owner[p]
                if place[y] > place[x] and seen[y] != x:
                    seen[y] = x
                    if filled == len(out):
                        out = np.concatenate((out, np.empty_like(out)))
                    out[filled, 0], out[filled, 1] = x, y
                    filled += 1
    return out[:filled].copy()
