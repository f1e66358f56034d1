"""Wild cluster bootstrap, threshold search and mediation on provinces and cities, beside the same run draw by draw.

Run: ``python benchmarks/panel_regressions.py``. Prints medians in seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl

from nqpf.regions.panels.fixed_effects import fixed_effects
from nqpf.regions.panels.mediation import mediation
from nqpf.regions.panels.threshold import threshold

SIZES, RUNS = ((31, 12), (300, 20)), 3


def panel(units: int, years: int) -> pl.DataFrame:
    """Return a panel with a threshold at 0.3."""
    rng = np.random.default_rng(1)
    n, t = np.divmod(np.arange(units * years), years)
    x, c, q, m, e = rng.normal(size=(5, n.size))
    y = np.where(q <= 0.3, 1.0, 2.0) * x + c + 0.5 * m + n + t + e
    return pl.DataFrame({"unit": n, "year": 2000 + t, "x": x, "c": c, "q": q, "m": m, "y": y})


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def least_squares(table: pl.DataFrame) -> Callable[[], object]:
    """Return one regression with units' means taken out, the literal step of a search or a bootstrap."""
    plain = table.select(pl.col("y", "x", "c") - pl.col("y", "x", "c").mean().over("unit")).to_numpy()
    return lambda: np.linalg.lstsq(plain[:, 1:], plain[:, 0], rcond=None)


def measure(table: pl.DataFrame) -> None:
    """Print a line for each piece of work on a table."""
    wild = seconds(lambda: fixed_effects(table, "y", ["x", "c"], unit="unit", time="year", errors="wild"))
    search = seconds(lambda: threshold(table, "y", ["c"], q="q", regimes=["x"], unit="unit", time="year", draws=0))
    tested = seconds(lambda: threshold(table, "y", ["c"], q="q", regimes=["x"], unit="unit", time="year"), 1)
    between = seconds(lambda: mediation(table, "y", "x", "m", ["c"], unit="unit", time="year"))
    loop = seconds(least_squares(table)) * table.height
    print(f"{table['unit'].n_unique()} × {table['year'].n_unique()}")
    print(f"  wild bootstrap of 2 coefficients with intervals, 999 draws: {wild:.3f}")
    print(f"  a threshold among {table.height} values: {search:.3f}; regressions alone, one by one: {loop:.3f}")
    print(f"  the same with 300 draws: {tested:.3f}; regressions alone, one by one: {300 * loop:.0f} (reckoned)")
    print(f"  mediation, 999 draws: {between:.3f}")


def main() -> None:
    """Measure a panel of provinces and one of cities."""
    for units, years in SIZES:
        measure(panel(units, years))


if __name__ == "__main__":
    main()
