"""Signatures of sets and the pairs they propose: MinHash (Broder 1997, doi:10.1109/SEQUEN.1997.666900) with banding.

The least value of a random function over a set is alike for two sets with a chance equal to their Jaccard similarity J.
Of k such values b bands of r are compared whole: a pair is proposed with a chance of 1 − (1 − Jʳ)ᵇ (Indyk and Motwani
1998, doi:10.1145/276698.276876).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled
from nqpf.numerics.grams import Codes, run_hashes

Signatures = NDArray[np.uint32]
Integers = NDArray[np.int64]


def functions(k: int, seed: int) -> tuple[Signatures, Signatures]:
    """Return multipliers (odd) and addends of `k` functions x → a x + b mod 2³²."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 2**31, k, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return a, rng.integers(0, 2**32, k, dtype=np.uint32)


@compiled
def signatures(codes: Codes, starts: Integers, n: int, a: Signatures, b: Signatures) -> Signatures:
    """Return ``uint32[D, k]`` signatures of the runs of `n` codes of documents that begin at ``starts[:-1]``."""
    docs, k = len(starts) - 1, len(a)
    out = np.full((docs, k), np.uint32(0xFFFFFFFF), np.uint32)
    buffer = np.empty(max(1, np.max(np.diff(starts)) if docs else 1), np.uint64)
    for d in range(docs):
        count = run_hashes(codes[starts[d] : starts[d + 1]], n, buffer)
        row = out[d]
        for i in range(count):
            x = np.uint32(buffer[i] >> np.uint64(32))
            for j in range(k):
                value = np.uint32(a[j] * x + b[j])
                row[j] = min(row[j], value)
    return out


def banding(k: int, least: float, recall: float = 0.99) -> tuple[int, int]:
    """Return bands and rows: the longest rows with which a pair of similarity `least` is proposed to share `recall`.

    Where even single rows do not reach it, the answer is `k` bands of one row.
    """
    for rows in range(k, 0, -1):
        bands = k // rows
        if 1 - (1 - least**rows) ** bands >= recall:
            return bands, rows
    return k, 1


def proposed(marks: Signatures, bands: int, rows: int, agree: int) -> tuple[Integers, Integers]:
    """Return the pairs i < j that are alike in a whole band and agree in at least `agree` of all values."""
    docs = len(marks)
    found = []
    for band in range(bands):
        keys = _band(marks, band * rows, rows)
        order = np.argsort(keys, kind="stable")
        found.append(_alike(marks, keys, order, agree))
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return pairs // max(docs, 1), pairs % max(docs, 1)


@compiled
def _band(marks: Signatures, start: int, rows: int) -> NDArray[np.uint64]:
    out = np.empty(len(marks), np.uint64)
    for d in range(len(marks)):
        h = np.uint64(0)
        for j in range(start, start + rows):
            h = (h ^ np.uint64(marks[d, j])) * np.uint64(0x9E3779B97F4A7C15)
            h ^= h >> np.uint64(29)
        out[d] = h
    return out


@compiled
def _alike(marks: Signatures, keys: NDArray[np.uint64], order: Integers, agree: int) -> Integers:
    docs, k = marks.shape
    out = np.empty(1024, np.int64)
    filled = 0
    start = 0
    while start < docs:
        end = start + 1
        while end < docs and keys[order[end]] == keys[order[start]]:
            end += 1
        for p in range(start, end):
            for q in range(p + 1, end):
                i, j = order[p], order[q]
                same = 0
                for t in range(k):
                    same += marks[i, t] == marks[j, t]
                if same >= agree:
                    if filled == len(out):
                        out = np.concatenate((out, np.empty_like(out)))
                    out[filled] = min(i, j) * docs + max(i, j)
                    filled += 1
        start = end
    return out[:filled].copy()
