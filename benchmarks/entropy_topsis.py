"""Entropy weights and TOPSIS beside pymcdm: same numbers, medians of both in one run.

``pip install pymcdm`` first; then ``python benchmarks/entropy_topsis.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl
from pymcdm.methods import TOPSIS
from pymcdm.normalizations import minmax_normalization
from pymcdm.weights import entropy_weights as peer_entropy

from nqpf.index import entropy_weights, topsis

RUNS = 7


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    """Print a line for each size: our median, the peer's, the ratio, and how far the scores differ."""
    for rows, columns in ((620, 40), (10_000, 40), (100_000, 40)):
        # pymcdm's entropy takes no zero, so the scores stay above it.
        scores = np.random.default_rng(1).uniform(0.01, 1.0, (rows, columns))
        names = [f"x{k}" for k in range(columns)]
        table = pl.DataFrame(dict(zip(names, scores.T, strict=True)))

        def ours(table: pl.DataFrame = table, names: list[str] = names) -> np.ndarray:
            weights = entropy_weights(table, names).frame["weight"].to_list()
            return topsis(table, names, weights=weights, ideal="observed").frame["score"].to_numpy()

        def peer(scores: np.ndarray = scores, columns: int = columns) -> np.ndarray:
            # Its TOPSIS normalises by columns; on columns that already span their ends this changes nothing.
            return TOPSIS(minmax_normalization)(scores, peer_entropy(scores), np.ones(columns))

        weights_differ = np.abs(np.array(entropy_weights(table, names).frame["weight"]) - peer_entropy(scores)).max()
        one, other = seconds(ours), seconds(peer)
        print(
            f"{rows:>7} × {columns}: nqpf {one * 1e3:8.2f} ms, pymcdm {other * 1e3:8.2f} ms, "
            f"ratio {other / one:5.1f}, weights differ by {weights_differ:.1e}"
        )


if __name__ == "__main__":
    main()
