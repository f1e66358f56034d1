"""Entropy weights and TOPSIS beside pymcdm and scikit-criteria: same numbers, medians of all three in one run.

``pip install pymcdm scikit-criteria`` first; then ``python benchmarks/entropy_topsis.py``.
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
from skcriteria import mkdm
from skcriteria.agg.similarity import TOPSIS as ScikitTOPSIS
from skcriteria.pipelines import mkpipe
from skcriteria.preprocessing.weighters import EntropyWeighter

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


def programs(scores: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
    """Return what each program does with the scores: from a table, or from what it keeps its data in, to closeness."""
    columns = scores.shape[1]
    names = [f"x{k}" for k in range(columns)]
    table = pl.DataFrame(dict(zip(names, scores.T, strict=True)))
    matrix = mkdm(scores, [max] * columns)  # what scikit-criteria works on, made beforehand
    pipe = mkpipe(EntropyWeighter(), ScikitTOPSIS())

    def ours() -> np.ndarray:
        weights = entropy_weights(table, names).frame["weight"].to_list()
        return topsis(table, names, weights=weights, ideal="observed").frame["score"].to_numpy()

    def pymcdm() -> np.ndarray:
        # Its TOPSIS normalises by columns; columns that span 0 to 1 stay what they are.
        return TOPSIS(minmax_normalization)(scores, peer_entropy(scores), np.ones(columns))

    def scikit() -> np.ndarray:
        return pipe.evaluate(matrix).e_.similarity

    def scikit_whole() -> np.ndarray:
        return pipe.evaluate(mkdm(scores, [max] * columns)).e_.similarity

    return {"nqpf": ours, "pymcdm": pymcdm, "scikit-criteria": scikit, "scikit-criteria, its matrix made": scikit_whole}


def main() -> None:
    """Print a line for each size: every median, the peers' over ours, and how far their closeness is from ours."""
    for rows, columns in ((620, 40), (10_000, 40), (100_000, 40)):
        # pymcdm's entropy takes no zero, so the scores stay above it; but for that, columns span 0 to 1.
        scores = np.random.default_rng(1).uniform(1e-6, 1.0, (rows, columns))
        each = np.arange(columns)
        scores[each, each], scores[each + columns, each] = 1e-12, 1.0
        work = programs(scores)
        times = {name: seconds(run) for name, run in work.items()}
        first = work["nqpf"]()
        print(f"{rows:>7} × {columns}: nqpf {times['nqpf'] * 1e3:8.2f} ms", end="")
        for name in list(work)[1:]:
            apart = np.abs(work[name]() - first).max()
            print(f"; {name} {times[name] * 1e3:8.2f} ms, ratio {times[name] / times['nqpf']:5.1f}", end="")
            print(f", scores differ by {apart:.1e}", end="")
        print()


if __name__ == "__main__":
    main()
