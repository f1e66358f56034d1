"""Markov chains beside giddy: the same counts and statistics, medians of both in one run.

``pip install giddy`` to see its times too; then ``python benchmarks/markov.py``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from nqpf.regions.distribution.markov import markov
from nqpf.regions.distribution.spatial_markov import SpatialMarkovChain, Test, spatial_markov
from nqpf.regions.space.weights import Weights

RUNS = 7
CLASSES = 5


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def panel(units: int, years: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return values ``[N, T]`` that keep to their past, and weights of four neighbours on a ring ``[N, N]``."""
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(size=(units, 1)) + rng.normal(0, 0.1, (units, years)).cumsum(axis=1))
    matrix = np.zeros((units, units))
    for step in (-2, -1, 1, 2):
        matrix[np.arange(units), (np.arange(units) + step) % units] = 0.25
    return values, matrix


def peer(values: np.ndarray, matrix: np.ndarray) -> Callable[[], Any]:
    """Return giddy's spatial chain with its tests; it prints, so its words are caught."""
    from giddy.markov import Spatial_Markov
    from libpysal.weights import full2W

    weights = full2W(matrix)

    def work() -> Any:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = Spatial_Markov(values, weights, k=CLASSES, m=CLASSES)
            return found, found.LR, found.Q

    return work


def compare(units: int, years: int) -> None:
    """Print the times of one size, after checking that both programs count alike."""
    values, matrix = panel(units, years)
    names = [f"u{i}" for i in range(units)]
    table = pl.DataFrame(
        {"unit": np.repeat(names, years), "year": np.tile(np.arange(2001, 2001 + years), units), "x": values.ravel()}
    )
    weights = Weights.of(names, matrix)

    def ours(test: Test = "chi2") -> SpatialMarkovChain:
        return spatial_markov(
            table, "x", unit="unit", time="year", weights=weights, classes=CLASSES, test=test, draws=999
        )

    print(f"{units} × {years}: nqpf markov {seconds(lambda: markov(table, 'x', unit='unit', time='year')):.4f} s")
    print(f"{units} × {years}: nqpf spatial_markov {seconds(ours):.4f} s")
    print(f"{units} × {years}: … with 999 permutations {seconds(lambda: ours('permutation'), 1):.2f} s")
    if importlib.util.find_spec("giddy"):
        work = peer(values, matrix)
        theirs, lr, q = work()
        mine = ours()
        np.testing.assert_array_equal(mine.transitions["count"].to_numpy(), theirs.T.ravel())
        overall = mine.tests.filter(pl.col("lag_class").is_null())["statistic"].to_numpy()
        np.testing.assert_allclose(overall, [q, lr], rtol=1e-9)
        print(f"{units} × {years}: giddy Spatial_Markov {seconds(work, 3):.4f} s")


if __name__ == "__main__":
    for size in ((31, 12), (3000, 20)):
        compare(*size)
