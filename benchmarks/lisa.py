"""Moran's I and local Moran's I beside esda: the same statistics, p-values but for the luck of the draw, and seconds.

``python benchmarks/lisa.py [n …]``; esda takes part where it is installed. Units lie at random in a square, with their
six nearest neighbours; 999 permutations. Our times are those of whole calls on a table, with one worker and with two.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from nqpf.regions.space.build import weights
from nqpf.regions.space.lisa import lisa
from nqpf.regions.space.moran import moran
from nqpf.regions.space.weights import Weights

SIZES = (31, 3_000, 50_000)
DRAWS = 999
NEAR = 6


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the shorter time of two calls, the first of which also compiles, and what came out."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - start)
    return min(times), found


def units(n: int) -> tuple[pl.DataFrame, Weights]:
    """Return values with some spatial order, and the weights of n units."""
    rng = np.random.default_rng(n)
    x, y = rng.random((2, n))
    value = np.sin(5 * x) + np.cos(4 * y) + rng.normal(size=n)
    table = pl.DataFrame({"unit": [f"u{i:06d}" for i in range(n)], "x": x, "y": y, "value": value})
    return table, weights("nearest", table, unit="unit", coordinates=("x", "y"), metric="plane", k=NEAR)


def beside(name: str, table: pl.DataFrame, w: Weights) -> None:
    """Print the times of ours and of esda, and how far they are apart."""
    call = {"moran": moran, "lisa": lisa}[name]
    ours: dict[int, float] = {}
    for workers in (1, 2):
        ours[workers], found = seconds(lambda w_=workers: call(table, "value", unit="unit", weights=w, workers=w_))
    line = f"{name:6} n={table.height:6}  ours {ours[1]:8.4f} s, two workers {ours[2]:8.4f} s"
    theirs = esda(name, table, w)
    if theirs is None:
        print(f"{line}  esda not installed")
        return
    took, statistic, p = theirs
    mine = found.frame["local" if name == "lisa" else "moran"].to_numpy()
    gap = np.abs(mine - statistic).max()
    print(f"{line}  esda {took:8.4f} s ({took / min(ours.values()):.1f} ×), statistic apart {gap:.1e}", end="")
    if name == "lisa":
        q = found.frame["p_directed"].to_numpy()
        error = np.sqrt((p * (1 - p) + q * (1 - q)) / DRAWS)
        print(f", p apart at most {(np.abs(p - q) / error).max():.1f} Monte-Carlo errors", end="")
    print()


def esda(name: str, table: pl.DataFrame, w: Weights) -> tuple[float, Any, Any] | None:
    """Return seconds, statistic and p-values of esda, None where it is not installed."""
    try:
        import esda as peer
    except ModuleNotFoundError:
        return None
    graph, values = w.to_libpysal("W"), table["value"].to_numpy()
    if name == "moran":
        took, found = seconds(lambda: peer.Moran(values, graph, permutations=DRAWS))
        return took, found.I, found.p_sim
    took, found = seconds(lambda: peer.Moran_Local(values, graph, permutations=DRAWS, seed=1, n_jobs=1))
    return took, found.Is, found.p_sim


if __name__ == "__main__":
    for n in [int(a) for a in sys.argv[1:]] or SIZES:
        table, w = units(n)
        for name in ("moran", "lisa"):
            beside(name, table, w)
