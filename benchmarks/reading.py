"""Reading 200,000 cells into tidy rows, beside pandas taking the same cells in without understanding them.

Run: ``python benchmarks/reading.py`` (needs the ``dev`` extra). Prints medians of five runs, in seconds.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

import nqpf
from nqpf.data.places import provinces

INDICATORS, YEARS, RUNS = 50, range(1895, 2024), 5


def table() -> pl.DataFrame:
    """Return 31 provinces × 129 years × 50 indicators: 199,950 numbers."""
    names = provinces()["full_zh"].to_list()[:31]
    keys = {"地区": [n for n in names for _ in YEARS], "年份": [f"{y}年" for _ in names for y in YEARS]}
    numbers = np.random.default_rng(1).lognormal(5, 1, (len(keys["地区"]), INDICATORS)).round(2)
    return pl.DataFrame(keys).hstack([pl.Series(f"指标{k}(亿元)", numbers[:, k]) for k in range(INDICATORS)])


def median(job: Callable[[], object]) -> float:
    """Return the median time of a call."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Time both and check that every number arrived under its place and year."""
    made = table()
    with tempfile.TemporaryDirectory() as folder:
        for suffix, save in ((".xlsx", made.write_excel), (".csv", made.write_csv)):
            path = Path(folder) / f"table{suffix}"
            save(path)
            cells = nqpf.read(path).frame
            total = made.select(pl.exclude("地区", "年份")).to_numpy().sum()
            assert np.isclose(cells["value"].sum(), total, rtol=1e-12)
            ours = median(lambda path=path: nqpf.read(path))
            load = pd.read_csv if suffix == ".csv" else lambda p: pd.read_excel(p, engine="calamine")
            theirs = median(lambda path=path, load=load: load(path))
            print(f"{suffix[1:]:5} {cells.height:,} cells   nqpf.read {ours:.2f} s   pandas {theirs:.2f} s")


if __name__ == "__main__":
    main()
