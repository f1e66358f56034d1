"""Structures of regions at full size: ``python benchmarks/structure.py``.

300 regions × 400 industries × 20 years of similarity, and coagglomeration of 400 × 400 industries in 3,000 regions,
with reading the table and writing the pairs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl

from nqpf.industry.structure.coagglomeration import coagglomeration
from nqpf.industry.structure.concentration import concentration
from nqpf.industry.structure.location_quotient import location_quotient
from nqpf.industry.structure.similarity import similarity

RUNS = 5
KEYS = {"unit": "region", "industry": "industry", "time": "year"}


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def table(regions: int, industries: int, years: int, seed: int = 0) -> pl.DataFrame:
    """Return activity of every region, industry and year."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "year": np.repeat(np.arange(2001, 2001 + years), regions * industries),
            "region": np.tile(np.repeat([f"r{i:04d}" for i in range(regions)], industries), years),
            "industry": np.tile([f"i{i:03d}" for i in range(industries)], years * regions),
            "value": np.ceil(rng.gamma(0.5, 100, size=years * regions * industries)),
        }
    )


if __name__ == "__main__":
    panel = table(300, 400, 20)
    for kind in ("krugman", "cosine"):
        taken = seconds(lambda kind=kind: similarity(panel, "value", **KEYS, kind=kind))  # type: ignore[misc]
        print(f"similarity ({kind}) 300 × 400 × 20: {taken:.2f} s")
    print(f"location quotients with intervals 300 × 400 × 20: "
          f"{seconds(lambda: location_quotient(panel, 'value', **KEYS, interval='log')):.2f} s")  # fmt: skip
    cities = table(3000, 400, 1)
    print(f"coagglomeration 3,000 × 400: {seconds(lambda: coagglomeration(cities, 'value', **KEYS)):.2f} s")
    print(f"concentration 3,000 × 400: {seconds(lambda: concentration(cities, 'value', **KEYS)):.2f} s")
