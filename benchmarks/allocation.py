"""Misallocation and decompositions of 100,000 firms over ten years, and a literal loop over firms on part of them.

Run: ``python benchmarks/allocation.py``. Prints medians of three runs, in seconds, and how far the loop's gain is away.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl

from nqpf.productivity.firms.allocation import allocation_series
from nqpf.productivity.firms.decompose import decompose
from nqpf.productivity.firms.misallocation import misallocation

FIRMS, YEARS, INDUSTRIES, LOOPED, RUNS = 100_000, 10, 40, 10_000, 3
ALPHA, SIGMA = 0.4, 3.0


def firms() -> pl.DataFrame:
    """Return firms of which a fifth is absent in any year, with any wedges."""
    rng = np.random.default_rng(1)
    n = FIRMS * YEARS
    keys = {
        "firm": np.tile([f"F{i:06d}" for i in range(FIRMS)], YEARS),
        "year": np.repeat(np.arange(2010, 2010 + YEARS), FIRMS),
        "industry": np.tile([f"I{i:02d}" for i in rng.integers(INDUSTRIES, size=FIRMS)], YEARS),
    }
    numbers = {"va": rng.lognormal(5, 1, n), "k": rng.lognormal(5, 1, n), "l": rng.lognormal(3, 1, n)}
    frame = pl.DataFrame(keys | numbers).filter(pl.Series(rng.random(n) < 0.8))
    return frame.with_columns(tfp=(pl.col("va") / (pl.col("k") ** ALPHA * pl.col("l") ** (1 - ALPHA))).log())


def told(what: str, job: Callable[[], object]) -> None:
    """Print the median time of a call."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    print(f"{what:<60} {median(times):.2f} s")


def looped(frame: pl.DataFrame) -> list[float]:
    """Return the log gain of each year, firm by firm as the paper writes it."""
    rows = list(frame.select("year", "industry", "va", "k", "l").iter_rows())
    cells: dict[tuple[int, str], list[tuple[float, float, float]]] = defaultdict(list)
    for year, industry, va, k, n in rows:
        cells[year, industry].append((va, k, n))
    output: dict[int, float] = defaultdict(float)
    for (year, _), members in cells.items():
        output[year] += sum(va for va, _, _ in members)
    gain: dict[int, float] = defaultdict(float)
    for (year, _), members in cells.items():
        total = sum(va for va, _, _ in members)
        mrpk = 1 / sum(va / total / (va / k) for va, k, _ in members)
        mrpl = 1 / sum(va / total / (va / n) for va, _, n in members)
        bar = mrpk**ALPHA * mrpl ** (1 - ALPHA)
        tfpq = [va ** (SIGMA / (SIGMA - 1)) / (k**ALPHA * n ** (1 - ALPHA)) for va, k, n in members]
        tfpr = [va / (k**ALPHA * n ** (1 - ALPHA)) for va, k, n in members]
        best = sum(a ** (SIGMA - 1) for a in tfpq) ** (1 / (SIGMA - 1))
        actual = sum((a * bar / r) ** (SIGMA - 1) for a, r in zip(tfpq, tfpr, strict=True)) ** (1 / (SIGMA - 1))
        gain[year] += total / output[year] * math.log(best / actual)
    return [gain[year] for year in sorted(gain)]


def main() -> None:
    """Time each job."""
    frame = firms()
    keys = {"unit": "firm", "time": "year"}
    print(f"{frame.height:,} rows")
    for trim in (0.0, 0.01):
        told(
            f"misallocation, hsieh_klenow, trim {trim}: all tables",
            lambda trim=trim: misallocation(frame, "va", "k", "l", **keys, industry="industry", share=ALPHA, trim=trim),
        )
    for method in ("melitz_polanec", "foster_haltiwanger_krizan", "olley_pakes"):
        told(f"decompose, {method}", lambda method=method: decompose(frame, "tfp", "va", **keys, method=method))
    told(
        "decompose, melitz_polanec, within and between industries",
        lambda: decompose(frame, "tfp", "va", **keys, group="industry"),
    )
    part = frame.filter(pl.col("firm") < f"F{LOOPED:06d}")
    told(f"loop over firms, the gain alone, {part.height:,} rows", lambda: looped(part))
    found = misallocation(part, "va", "k", "l", **keys, industry="industry", share=ALPHA)
    told(
        f"misallocation, all tables, {part.height:,} rows",
        lambda: misallocation(part, "va", "k", "l", **keys, industry="industry", share=ALPHA),
    )
    print(f"largest difference of log gain: {abs(found.total['log_gain'].to_numpy() - looped(part)).max():.1e}")
    regions = frame.filter(pl.col("firm") < "F000031")
    told(
        "allocation_series, 31 units × 10 years, 500 draws",
        lambda: allocation_series(regions, "va", "k", "l", **keys, share=ALPHA),
    )


if __name__ == "__main__":
    main()
