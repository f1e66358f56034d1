"""Reading 200,000 cells into tidy rows, beside pandas taking the same cells in without understanding them.

Run: ``python benchmarks/reading.py`` (needs the ``dev`` extra). Prints medians of five runs, in seconds.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import polars as pl

import nqpf
from nqpf.data.places import provinces

PLACES = provinces()["full_zh"].to_list()[:31]
RUNS = 5


def wide() -> pl.DataFrame:
    """Return 31 provinces × 129 years by 50 indicators: 199,950 numbers."""
    years = range(1895, 2024)
    keys = {"地区": [p for p in PLACES for _ in years], "年份": [f"{y}年" for _ in PLACES for y in years]}
    numbers = np.random.default_rng(1).lognormal(5, 1, (len(keys["地区"]), 50)).round(2)
    return pl.DataFrame(keys).hstack([pl.Series(f"指标{k}(亿元)", numbers[:, k]) for k in range(50)])


def long() -> pl.DataFrame:
    """Return 40,000 rows of province, year, indicator, value and unit: 200,000 cells."""
    keys = [(p, year, f"指标{k}") for k in range(20) for year in range(1950, 2015) for p in PLACES][:40_000]
    frame = pl.DataFrame(keys, schema=["地区", "年份", "指标"], orient="row")
    values = np.random.default_rng(1).lognormal(5, 1, frame.height).round(2)
    return frame.with_columns(pl.Series("数值", values), pl.lit("亿元").alias("单位"))


def texts() -> pl.DataFrame:
    """Return the wide table with its numbers written as text, as exports often have them."""
    return wide().with_columns(pl.col(pl.Float64).cast(pl.String))


def seconds(job: Callable[[], object]) -> float:
    """Return the median time of a call."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    """Time both, and check that every number arrived."""
    with tempfile.TemporaryDirectory() as folder:
        for make in (wide, texts, long):
            frame = make()
            total = frame.select(pl.exclude("地区", "年份", "指标", "单位").cast(pl.Float64)).to_numpy().sum()
            for suffix, save in ((".xlsx", frame.write_excel), (".csv", frame.write_csv)):
                path = Path(folder) / f"{make.__name__}{suffix}"
                save(path)
                cells = nqpf.read(path).frame
                assert np.isclose(cells["value"].sum(), total, rtol=1e-12)
                ours = seconds(lambda path=path: nqpf.read(path))
                load = pd.read_csv if suffix == ".csv" else lambda p: pd.read_excel(p, engine="calamine")
                theirs = seconds(lambda path=path, load=load: load(path))
                print(f"{path.name:10} {cells.height:>7,} numbers: nqpf.read {ours:.2f} s, pandas {theirs:.2f} s")


if __name__ == "__main__":
    main()
