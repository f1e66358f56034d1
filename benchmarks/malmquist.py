"""Malmquist indices of 300 units over 20 years: median seconds of one call, and of R's Benchmarking where it is there.

``python benchmarks/malmquist.py``; with R and its package Benchmarking installed it is timed on the same panel and the
largest difference of the indices is shown (its output-oriented index is the reciprocal).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from nqpf.productivity.change.malmquist import malmquist

RUNS = 5
X, Y = ["x1", "x2", "x3"], ["y"]
SCRIPT = """
suppressMessages(library(Benchmarking))
d <- read.csv("{data}")
x <- as.matrix(d[, c("x1", "x2", "x3")])
y <- as.matrix(d[, "y", drop = FALSE])
took <- system.time(capture.output(m <- malmquist(x, y, d$unit, d$year, RTS = "crs", ORIENTATION = "out")))["elapsed"]
write.csv(data.frame(unit = m$id, to = m$time, m = m$m, seconds = took), "{out}", row.names = FALSE)
"""


def panel(units: int, years: int, seed: int = 1) -> pl.DataFrame:
    """Return a panel of Cobb–Douglas producers with half-normal inefficiency and two per cent progress a year."""
    draw = np.random.default_rng(seed)
    x = draw.lognormal(0.0, 0.7, (years, units, 3))
    late = np.abs(draw.normal(0.0, 0.3, (years, units)))
    y = np.prod(x ** np.array([0.5, 0.3, 0.2]), axis=2) * np.exp(0.02 * np.arange(years)[:, None] - late)
    keys: dict[str, Any] = {"unit": np.tile(np.arange(units), years), "year": np.repeat(np.arange(years), units) + 2001}
    return pl.DataFrame(keys | {name: x[:, :, k].ravel() for k, name in enumerate(X)} | {"y": y.ravel()})


def seconds(data: pl.DataFrame, bad: list[str], options: dict[str, Any]) -> tuple[float, pl.DataFrame]:
    """Return the median time of one call after a warm-up, and the distances."""
    inputs = [c for c in X if c not in bad]
    found = malmquist(data, inputs, Y, bad, unit="unit", time="year", **options)
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        malmquist(data, inputs, Y, bad, unit="unit", time="year", **options)
        times.append(time.perf_counter() - start)
    return median(times), found.distances


def peer(data: pl.DataFrame) -> None:
    """Time Benchmarking on the same panel and compare."""
    if shutil.which("Rscript") is None:
        print("Rscript is not here: no peer timed")
        return
    with tempfile.TemporaryDirectory() as folder:
        table, out = Path(folder) / "panel.csv", Path(folder) / "out.csv"
        data.write_csv(table)
        run = subprocess.run(["Rscript", "-e", SCRIPT.format(data=table, out=out)], capture_output=True, check=False)
        if run.returncode:
            print("R has no package Benchmarking: no peer timed")
            return
        theirs = pl.read_csv(out, null_values=["NA"], schema_overrides={"m": pl.Float64}).drop_nulls("m")
    ours = malmquist(data, X, Y, unit="unit", time="year").frame
    both = theirs.join(ours, on=["unit", "to"])
    apart = float(np.abs(both["index"].to_numpy() - 1 / both["m"].to_numpy()).max())
    print(
        f"{'R Benchmarking':44s} {theirs['seconds'][0]:8.3f} s   {both.height} indices, largest difference {apart:.1e}"
    )


def main() -> None:
    """Print one line for each index."""
    data = panel(300, 20)
    cases: list[tuple[str, list[str], dict[str, Any]]] = [
        ("Malmquist, crs, output", [], {}),
        ("Malmquist, crs, output, two workers", [], {"workers": 2}),
        ("Malmquist, FGNZ", [], {"decomposition": "fgnz"}),
        ("Malmquist, global", [], {"reference": "global"}),
        ("Malmquist, sequential", [], {"reference": "sequential"}),
        ("Malmquist–Luenberger, one bad output", ["x3"], {"index": "ml"}),
        ("global Malmquist–Luenberger", ["x3"], {"index": "gml"}),
    ]
    for name, bad, options in cases:
        took, distances = seconds(data, bad, options)
        lost = (distances["status"] != "optimal").sum()
        gap = float(distances["gap"].drop_nulls().to_numpy().max())
        print(f"{name:44s} {took:8.3f} s   {distances.height} programs, {lost} without a solution, gap {gap:.0e}")
    peer(data)


if __name__ == "__main__":
    main()
