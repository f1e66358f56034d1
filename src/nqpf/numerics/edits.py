"""The fewest edits that turn one list of codes into another, or into a part of it.

Exact by dynamic programming (Wagner and Fischer 1974, doi:10.1145/321796.321811; with free ends of the second list:
Sellers 1980, doi:10.1016/0196-6774(80)90016-4). Long lists are first anchored at runs that stand once in both, in the
same order, and only what lies between two anchors is aligned.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled
from nqpf.numerics.grams import run_hashes

Codes = NDArray[np.uint32]
Integers = NDArray[np.int64]

CELLS = 4_000_000
"""Largest table of one alignment; larger gaps are anchored at shorter runs."""
RUNS = (32, 12, 6, 3)
"""Lengths of the anchors, tried one after the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How a list a of codes becomes a part of a list b.

    Attributes
    ----------
    edits
        ``int64[E, 4]`` stretches that differ: first and last + 1 in a, first and last + 1 in b.
    start, end
        The part of b.
    cost
        Codes put in, taken out or replaced.
    coarse
        Some stretch was too long to be compared code by code and counts as replaced whole.
    """

    edits: Integers
    start: int
    end: int
    cost: int
    coarse: bool = False


def align(a: Codes, b: Codes) -> Alignment:
    """Return how `a` becomes `b`."""
    rows, coarse = _anchored(a, b, 0)
    return Alignment(_joined(rows), 0, len(b), _cost(rows), coarse)


def nearest_part(a: Codes, b: Codes) -> Alignment | None:
    """Return the part of `b` that becomes `a` by the fewest edits; None where the lists are too long for it."""
    if len(a) * len(b) > CELLS:
        return None
    rows, start, end = _table(a, b, True, True)
    return Alignment(rows, int(start), int(end), _cost(rows))


def anchored_part(a: Codes, b: Codes, n: int) -> Alignment | None:
    """Return the part of `b` that holds, in their order, the runs of `n` codes that stand once in both lists.

    A stretch of b that is left out of a is one edit here, however long it is. None where there is no such run.
    """
    chain = _chain(a, b, n)
    if not chain:
        return None
    (p, q, _), (u, v, size) = chain[0], chain[-1]
    low = max(0, q - 2 * p - n)
    head, start, _ = _table(a[:p], b[low:q], True, False)
    middle, coarse = _between(a[: u + size], b[: v + size], chain, 1)
    tail, _, end = _table(a[u + size :], b[v + size : v + size + 2 * (len(a) - u - size) + n], False, True)
    rows = np.concatenate((head + np.array([0, 0, low, low]), middle, tail + np.array([u + size] * 2 + [v + size] * 2)))
    return Alignment(_joined(rows), int(low + start), int(v + size + end), _cost(rows), coarse)


def _cost(rows: Integers) -> int:
    return int(np.maximum(rows[:, 1] - rows[:, 0], rows[:, 3] - rows[:, 2]).sum())


def _anchored(a: Codes, b: Codes, level: int) -> tuple[Integers, bool]:
    """Return the edits between two lists, and whether some stretch was left uncompared."""
    if not len(a) or not len(b):
        whole = [[0, len(a), 0, len(b)]] if len(a) or len(b) else []
        return np.array(whole, np.int64).reshape(-1, 4), False
    if len(a) * len(b) <= CELLS:
        return _table(a, b, False, False)[0], False
    if level == len(RUNS):
        return np.array([[0, len(a), 0, len(b)]], np.int64), True
    ends = (0, 0, 0), (len(a), len(b), 0)
    return _between(a, b, [ends[0], *_chain(a, b, RUNS[level]), ends[1]], level + 1)


def _between(a: Codes, b: Codes, chain: list[tuple[int, int, int]], level: int) -> tuple[Integers, bool]:
    """Return the edits between the stretches of a chain, and whether some gap was left uncompared."""
    found, rough = [np.empty((0, 4), np.int64)], False
    for (p, q, size), (x, y, _) in pairwise(chain):
        p, q = p + size, q + size
        rows, coarse = _anchored(a[p:x], b[q:y], level)
        found.append(rows + np.array([p, p, q, q]))
        rough |= coarse
    return np.concatenate(found), rough


def _chain(a: Codes, b: Codes, n: int) -> list[tuple[int, int, int]]:
    """Return stretches (place in a, in b, length) that are alike, in the same order in both, none overlapping."""
    if min(len(a), len(b)) < n:
        return []
    once_a, once_b = _once(a, n), _once(b, n)
    _, i, j = np.intersect1d(once_a[0], once_b[0], assume_unique=True, return_indices=True)
    p, q = once_a[1][i], once_b[1][j]
    order = np.argsort(p, kind="stable")
    p, q = p[order], q[order]
    kept = _rising(q)
    chain: list[tuple[int, int, int]] = []
    for x, y in zip(p[kept].tolist(), q[kept].tolist(), strict=True):
        size = n
        if chain:
            u, v, length = chain[-1]
            if x - u == y - v and x <= u + length:
                chain[-1] = (u, v, x - u + n)
                continue
            late = max(0, u + length - x, v + length - y)
            x, y, size = x + late, y + late, n - late
        if size > 0 and np.array_equal(a[x : x + size], b[y : y + size]):
            chain.append((x, y, size))
    return chain


def _once(codes: Codes, n: int) -> tuple[NDArray[np.uint64], Integers]:
    """Return the numbers of the runs that stand once, ascending, and their places."""
    out = np.empty(len(codes), np.uint64)
    keys = out[: run_hashes(codes, n, out)]
    values, first, count = np.unique(keys, return_index=True, return_counts=True)
    return values[count == 1], first[count == 1].astype(np.int64)


@compiled
def _rising(values: Integers) -> Integers:
    """Return the places of a longest rising part of a list (Fredman 1975)."""
    tails = np.empty(len(values), np.int64)
    before = np.full(len(values), -1, np.int64)
    size = 0
    for i in range(len(values)):
        low, high = 0, size
        while low < high:
            middle = (low + high) // 2
            if values[tails[middle]] < values[i]:
                low = middle + 1
            else:
                high = middle
        if low:
            before[i] = tails[low - 1]
        tails[low] = i
        size = max(size, low + 1)
    out = np.empty(size, np.int64)
    i = tails[size - 1] if size else -1
    for k in range(size - 1, -1, -1):
        out[k] = i
        i = before[i]
    return out


@compiled
def _table(a: Codes, b: Codes, free_start: bool, free_end: bool) -> tuple[Integers, int, int]:
    """Return the edits of a cheapest alignment and the part of b; ties go to replacing, then to taking out.

    What of b comes before or after the part costs nothing where that end is free.
    """
    m, n = len(a), len(b)
    step = np.zeros((m + 1, n + 1), np.uint8)  # 0 both, 1 out of a, 2 into a
    row = np.zeros(n + 1, np.int64)
    for j in range(1, n + 1):
        row[j] = 0 if free_start else j
        step[0, j] = 2
    for i in range(1, m + 1):
        corner, row[0] = row[0], i
        step[i, 0] = 1
        for j in range(1, n + 1):
            best, way = corner + (a[i - 1] != b[j - 1]), 0
            if row[j] + 1 < best:
                best, way = row[j] + 1, 1
            if row[j - 1] + 1 < best:
                best, way = row[j - 1] + 1, 2
            corner, row[j], step[i, j] = row[j], best, way
    end = n
    if free_end:
        for j in range(n, -1, -1):
            if row[j] < row[end]:
                end = j
    out = np.empty((m + n, 4), np.int64)
    filled, i, j = 0, m, end
    while i > 0 or (j > 0 and not free_start):
        way = step[i, j]
        if way == 0 and a[i - 1] == b[j - 1]:
            i, j = i - 1, j - 1
            continue
        to_i, to_j = i, j
        while i > 0 or (j > 0 and not free_start):
            way = step[i, j]
            if way == 0 and a[i - 1] == b[j - 1]:
                break
            i, j = i - (way != 2), j - (way != 1)
        out[filled] = (i, to_i, j, to_j)
        filled += 1
    return out[:filled][::-1].copy(), j, end


def _joined(rows: Integers) -> Integers:
    """Return edits of which those that touch are one."""
    found: list[list[int]] = []
    for row in rows.tolist():
        if found and found[-1][1] == row[0] and found[-1][3] == row[2]:
            found[-1][1], found[-1][3] = row[1], row[3]
        else:
            found.append(row)
    return np.array(found, np.int64).reshape(-1, 4)
