"""Checking, repairing names in and filling a panel of the size of a provincial study.

Run: ``python benchmarks/panels.py [LONG_TABLE.csv]``; with a long table (columns region, year, indicator, value, unit)
that one is read and checked as well. Prints medians of five runs, in seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl

import nqpf
from nqpf.data import Panel, check, fill
from nqpf.data.places import provinces
from nqpf.data.places.repairs import propose_repairs

YEARS, SERIES, MISSING, RUNS = range(1993, 2024), 80, 0.05, 5


def tidy() -> pl.DataFrame:
    """Return 31 provinces × 31 years × 80 series that grow, with their national rows: 79,360 numbers."""
    names = provinces()["short_zh"].to_list()[:31]
    random = np.random.default_rng(1)
    start, growth = random.lognormal(5, 1, (1, 31, SERIES)), random.normal(1.08, 0.03, (len(YEARS), 31, SERIES))
    cube = (start * growth.cumprod(axis=0)).round(2)
    cube = np.concatenate([cube, cube.sum(axis=1, keepdims=True)], axis=1)
    keys = [(u, y, f"x{k}") for y in YEARS for u in [*names, "全国"] for k in range(SERIES)]
    frame = pl.DataFrame(keys, schema=["unit", "period", "indicator"], orient="row")
    return frame.with_columns(value=pl.Series(cube.reshape(-1)))


def told(what: str, job: Callable[[], object]) -> None:
    """Print the median time of a call."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    print(f"{what:<40} {median(times):.2f} s")


def main() -> None:
    """Time each job."""
    frame = tidy()
    told("check, with national rows", lambda: check(frame.filter(pl.col("unit") != "全国"), frame.filter(unit="全国")))
    misread = frame.with_columns(
        unit=pl.when(pl.col("period") < 2000).then(pl.col("unit").replace("西藏", "四藏")).otherwise("unit")
    )
    told("propose repairs", lambda: propose_repairs(misread, "provinces"))
    holes = np.random.default_rng(2).random(frame.height) < MISSING
    inner = pl.col("period").is_between(YEARS[0] + 1, YEARS[-1] - 1)
    punched = frame.with_columns(value=pl.when(pl.Series(holes) & inner).then(None).otherwise("value"))
    panel = Panel.from_tidy(punched.filter(pl.col("unit") != "全国"))
    for rule in ("linear", "natural_spline", "growth", "em"):
        told(f"fill, {rule}", lambda rule=rule: fill(panel, rule, max_gap=9))
    told("fill, em with 20 draws", lambda: fill(panel, "em", draws=20, seed=1))
    for path in sys.argv[1:]:
        reading = nqpf.read(path, measure="unit")
        told(f"read {path.rpartition('/')[2]}", lambda path=path: nqpf.read(path, measure="unit"))
        told(
            f"check it: {reading.frame.height + reading.totals.height:,} numbers",
            lambda reading=reading: check(reading),
        )


if __name__ == "__main__":
    main()
