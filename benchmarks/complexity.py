"""Complexity, proximity and density beside py-ecomplexity: the same numbers, times and memory of both in one run.

``pip install ecomplexity`` to see its times too; then ``python benchmarks/complexity.py``. Its time grows with the cube
of the industries: it is shown up to 1,200 of them, and with ``--long`` (minutes) beyond. Every case runs in a process
of its own; memory is what a case takes at its peak beyond what the process held when it had the table (Linux only).
"""

from __future__ import annotations

import importlib.util
import resource
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from nqpf.industry.relatedness.complexity import complexity
from nqpf.industry.relatedness.density import density
from nqpf.industry.relatedness.proximity import proximity
from nqpf.industry.relatedness.space import space

RUNS = 3
KEYS = {"unit": "region", "industry": "industry"}


def nested(regions: int, industries: int, years: int, seed: int = 0) -> pl.DataFrame:
    """Return a table in which able regions have what others have and more; pairs without activity have no row."""
    rng = np.random.default_rng(seed)
    able, hard = rng.beta(2, 3, (regions, 1)), rng.beta(3, 2, (1, industries))
    has = rng.random((regions, industries)) < 0.02 + 0.98 / (1 + np.exp(-12 * (able - hard)))
    size = np.exp(rng.normal(0, 1.5, (regions, 1)) + rng.normal(0, 1.5, (1, industries)))
    parts = []
    for year in range(years):
        has ^= rng.random(has.shape) < 0.01 * (year > 0)
        r, i = np.nonzero(has | ~has.any(axis=0) | ~has.any(axis=1, keepdims=True))
        value = size[r, i] * np.exp(rng.normal(size=r.size))
        parts.append(pl.DataFrame({"year": 2000 + year, "region": r, "industry": i, "value": value}))
    named = pl.concat(parts).with_columns(
        pl.format("R{}", pl.col("region").cast(pl.String).str.zfill(5)).alias("region"),
        pl.format("I{}", pl.col("industry").cast(pl.String).str.zfill(5)).alias("industry"),
    )
    return named.sample(fraction=1.0, shuffle=True, seed=seed)


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of one call."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def megabytes(work: Callable[[], object]) -> float:
    """Return the most memory that the process holds during a call beyond what it held before."""

    def held() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    before, most, over = held(), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.005):
            most[0] = max(most[0], held())

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    over.set()
    watcher.join()
    return (most[0] - before) / 2**20


def together(table: pl.DataFrame) -> tuple[Any, Any]:
    """Compute all four measures of all years through one `space`, each matrix of proximities as a whole."""
    of = space(table, "value", time="year", **KEYS)
    found, near, dense = of.complexity(), of.proximity(), of.density()
    for year in table["year"].unique().to_list():
        near.matrix(year)
    return found, dense


def apart(table: pl.DataFrame) -> None:
    """Compute the four measures by the functions of their own, each of which reads the table."""
    complexity(table, "value", time="year", **KEYS)
    near = proximity(table, "value", time="year", **KEYS)
    for year in table["year"].unique().to_list():
        near.matrix(year)
    density(table, "value", time="year", **KEYS)


def ours(size: tuple[int, int, int]) -> None:
    """Print times and peak memory of one size."""
    table = nested(*size)
    runs = 1 if size[2] > 1 else RUNS
    together(nested(30, 40, 1))
    peak = megabytes(lambda: together(table))
    one = seconds(lambda: together(table), runs)
    many = seconds(lambda: apart(table), runs)
    _, dense = together(table)
    long = seconds(lambda: dense.to_frame(), runs)
    shape = " × ".join(map(str, size))
    print(f"{shape} ({table.height} rows): nqpf through space {one:.2f} s, {peak:.0f} MB; "
          f"by four functions {many:.2f} s; table of densities as rows {long:.2f} s more")  # fmt: skip


def beside(size: tuple[int, int, int]) -> None:
    """Print the time of py-ecomplexity on the same table, after checking that both find the same."""
    from ecomplexity import ecomplexity

    table = nested(*size)
    columns = {"time": "year", "loc": "region", "prod": "industry", "val": "value"}
    frame = table.to_pandas()
    start = time.perf_counter()
    theirs = ecomplexity(frame, columns, check_logsupermodularity=False, verbose=False)
    taken = time.perf_counter() - start
    found, dense = together(table)
    regions = theirs.groupby("region", sort=True)["eci"].first().to_numpy()
    near = theirs.sort_values(["region", "industry"])["density"].to_numpy()
    np.testing.assert_allclose(found.regions["eci"].to_numpy(), regions, rtol=0, atol=1e-9)
    np.testing.assert_allclose(dense.values.ravel(), near, rtol=0, atol=1e-9)
    print(f"{size[0]} × {size[1]}: py-ecomplexity {taken:.1f} s, nqpf {seconds(lambda: together(table)):.2f} s")


def alone(work: Callable[[tuple[int, int, int]], None], size: tuple[int, int, int]) -> None:
    """Run one case in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(work, size).result()


if __name__ == "__main__":
    for case in ((250, 2400, 1), (3000, 1400, 1), (250, 5000, 10)):
        alone(ours, case)
    if importlib.util.find_spec("ecomplexity"):
        for case in (
            (250, 600, 1),
            (250, 1200, 1),
            *([(250, 2400, 1), (3000, 1400, 1)] if "--long" in sys.argv else []),
        ):
            alone(beside, case)
