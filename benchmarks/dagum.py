"""Dagum's decomposition of 100,000 values in eight groups, with pairs and intervals, beside the literal double sum.

Run: ``python benchmarks/dagum.py``. Prints medians in seconds, and how far the double sum (of 3,000 values) is away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl

from nqpf.regions.inequality.dagum import dagum

ROWS, GROUPS, LITERAL, RUNS = 100_000, 8, 3_000, 7


def table(rows: int) -> pl.DataFrame:
    """Return log-normal values whose groups overlap."""
    rng = np.random.default_rng(1)
    code = rng.integers(GROUPS, size=rows)
    return pl.DataFrame({"y": np.exp(0.1 * code + rng.standard_normal(rows)), "group": [f"g{c}" for c in code]})


def literal(data: pl.DataFrame) -> tuple[float, float, float]:
    """Return within, between and transvariation from all pairs of values, as Dagum wrote them."""
    groups = [part["y"].to_numpy() for _, part in data.group_by("group", maintain_order=True)]
    n, mean = data.height, data["y"].mean()
    sums = np.zeros(3)
    for j, one in enumerate(groups):
        for h, other in enumerate(groups[: j + 1]):
            apart = one[:, None] - other[None, :]
            above, below = np.maximum(apart, 0).mean(), np.maximum(-apart, 0).mean()
            share = one.size * other.size / n**2 / mean
            if j == h:
                sums[0] += share * above
            else:
                sums[1:] += share * np.array([abs(above - below), 2 * min(above, below)])
    return sums[0], sums[1], sums[2]


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    """Print a line for each piece of work."""
    whole, part = table(ROWS), table(LITERAL)
    print(f"{ROWS} values, pairs:      {seconds(lambda: dagum(whole, 'y', group='group')):.4f}")
    print(f"{ROWS} values, totals:     {seconds(lambda: dagum(whole, 'y', group='group', pairs=False)):.4f}")
    jackknife = seconds(lambda: dagum(whole, "y", group="group", interval="jackknife"))
    print(f"{ROWS} values, jackknife:  {jackknife:.4f}")
    bootstrap = seconds(lambda: dagum(whole, "y", group="group", interval="bootstrap"), 1)
    print(f"{ROWS} values, 999 draws:  {bootstrap:.4f}")
    ours = dagum(part, "y", group="group").frame.select("within", "between", "transvariation").row(0)
    apart = max(abs(a - b) for a, b in zip(ours, literal(part), strict=True))
    times = seconds(lambda: dagum(part, "y", group="group")), seconds(lambda: literal(part), 3)
    print(f"{LITERAL} values, pairs:  {times[0]:.4f}; double sum {times[1]:.4f}; apart {apart:.1e}")


if __name__ == "__main__":
    main()
