"""Near-duplicates of 100,000 texts by MinHash, with planted pairs: time, memory, recall by likeness, false pairs.

``python benchmarks/duplicates.py [texts]``; texts of about 2,000 characters are put together from a stock of 20,000
phrases, so that two that are not planted share about one run in a hundred, as articles on one subject do. With 10,000
texts or fewer the exact method runs too and must find the same pairs.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import polars as pl

from nqpf.text.copies.duplicates import duplicates

PHRASES, PHRASE, SIZE = 20_000, 10, 200
PLANTED = 0.02
"""Share of texts that are an altered copy of another."""
THRESHOLD = 0.5


def texts(count: int, seed: int = 0) -> tuple[list[str], dict[tuple[str, str], int]]:
    """Return texts, and the planted pairs with the number of characters that were replaced."""
    rng = np.random.default_rng(seed)
    stock = rng.integers(0x4E00, 0x9FA5, (PHRASES, PHRASE), dtype=np.uint32)
    copies = int(count * PLANTED)
    found = [stock[rng.integers(0, PHRASES, SIZE)].ravel() for _ in range(count - copies)]
    planted = {}
    for k in range(copies):
        original = int(rng.integers(0, count - copies))
        altered = found[original].copy()
        # m single characters replaced change about 5 m runs: J = (s - 5m) / (s + 5m)
        m = int(rng.integers(2, altered.size // 14))
        altered[rng.choice(altered.size, m, replace=False)] = rng.integers(0x4E00, 0x9FA5, m)
        planted[(name(original), name(count - copies + k))] = m
        found.append(altered)
    return [t.astype("<u4").tobytes().decode("utf-32-le") for t in found], planted


def name(number: int) -> str:
    """Return the name of a text; names sort as their numbers do."""
    return f"{number:07d}"


def runs(text: str, n: int = 5) -> set[str]:
    """Return the runs of a text, as an oracle."""
    return {text[i : i + n] for i in range(len(text) - n + 1)}


def main(count: int) -> None:
    """Print what one size takes and what it finds."""
    written, planted = texts(count)
    table = pl.DataFrame({"id": [name(k) for k in range(count)], "text": written})
    duplicates(table.head(50), method="minhash")  # kernels are compiled once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start = time.perf_counter()
    found = duplicates(table, method="minhash", threshold=THRESHOLD)
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    pairs = {(a, b): j for a, b, j in found.pairs.select("id_1", "id_2", "jaccard").rows()}
    print(f"{count} texts, {sum(map(len, written)) / 1e6:.0f} M characters: {took:.1f} s, {len(pairs)} pairs")
    print(f"memory: {before:.2f} GiB with the texts, {peak:.2f} GiB at most")
    likeness = {}
    for a, b in planted:
        one, two = runs(written[int(a)]), runs(written[int(b)])
        likeness[a, b] = len(one & two) / len(one | two)
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        due = [pair for pair, j in likeness.items() if low <= j < low + 0.1]
        print(f"J {low:.1f}–{low + 0.1:.1f}: {sum(p in pairs for p in due)} of {len(due)} found")
    wrong = [pair for pair, j in likeness.items() if pair in pairs and abs(pairs[pair] - j) > 1e-12]
    strangers = [pair for pair in pairs if pair not in planted]
    false = [(a, b) for a, b in strangers if _unlike(written[int(a)], written[int(b)])]
    print(f"pairs whose J differs from the oracle's: {len(wrong)}; pairs below the threshold: {len(false)}")
    if count <= 10_000:
        start = time.perf_counter()
        exact = duplicates(table, method="exact", threshold=THRESHOLD)
        print(f"exact: {time.perf_counter() - start:.1f} s, {exact.pairs.height} pairs")


def _unlike(one: str, two: str) -> bool:
    a, b = runs(one), runs(two)
    return len(a & b) < THRESHOLD * len(a | b) - 1e-9 and len(a & b) < 0.8 * min(len(a), len(b)) - 1e-9


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
