"""Convergence clubs of 152 units over 34 years (and of 2,800 over 20): median seconds of one call, and of R.

``python benchmarks/clubs.py``; with R and its package ConvergenceClubs installed (or its R files in a folder given as
``--files``) it is timed on the same panel and the clubs are compared. Ours computes both standard errors each time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from nqpf.regions.convergence.clubs import clubs

RUNS = 5
SCRIPT = """
files <- "{files}"
if (nchar(files)) for (f in list.files(files, full.names = TRUE)) source(f) else library(ConvergenceClubs)
d <- read.csv("{data}", check.names = FALSE)
took <- system.time(found <- findClubs(d, 2:ncol(d), 1, ncol(d), HACmethod = "FQSB"))["elapsed"]
rows <- do.call(rbind, lapply(names(found), function(n) data.frame(unit = found[[n]]$unit_names, club = n)))
rows$seconds <- took
write.csv(rows, "{out}", row.names = FALSE)
"""


def panel(units: int, years: int, seed: int = 1) -> pl.DataFrame:
    """Return smooth logarithms of incomes that close on one of five levels at speeds of their own."""
    draw = np.random.default_rng(seed)
    level = draw.choice([6.0, 7.0, 8.0, 9.0, 10.0], units)[:, None]
    gap, rate = draw.normal(0, 0.8, (units, 1)), draw.uniform(0.01, 0.15, (units, 1))
    t = np.arange(years)
    wave = 0.02 * np.sin(t / 5 + draw.uniform(0, 6, (units, 1)))
    values = level + gap * np.exp(-rate * t) + wave
    keys = {"unit": [f"u{i:04d}" for i in range(units) for _ in t], "year": np.tile(t + 1970, units)}
    return pl.DataFrame(keys | {"v": values.ravel()})


def seconds(data: pl.DataFrame) -> tuple[float, pl.DataFrame]:
    """Return the median time of one call after a warm-up, and the clubs of the units."""
    found = clubs(data, "v", unit="unit", time="year")
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        clubs(data, "v", unit="unit", time="year")
        times.append(time.perf_counter() - start)
    return median(times), found.frame


def theirs(data: pl.DataFrame, files: str) -> pl.DataFrame | None:
    """Return the clubs by R, with its seconds, or None where it cannot be run."""
    if not shutil.which("Rscript"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        table, out, script = (Path(folder) / name for name in ("data.csv", "out.csv", "run.R"))
        data.pivot(on="year", index="unit", values="v").write_csv(table)
        script.write_text(SCRIPT.format(files=files, data=table, out=out), encoding="utf-8")
        done = subprocess.run(["Rscript", str(script)], capture_output=True, check=False)
        return pl.read_csv(out) if done.returncode == 0 else None


def main(files: str = "") -> None:
    """Print the times."""
    data = panel(152, 34)
    took, ours = seconds(data)
    print(f"152 x 34, both standard errors: {took:.4f} s, {ours['club'].n_unique()} clubs")
    if (by_r := theirs(data, files)) is None:
        print("R with ConvergenceClubs: not there")
    else:
        named = pl.format("club{}", "club").fill_null("divergent")
        ours = clubs(data, "v", unit="unit", time="year", core="absolute").frame  # as R takes the core
        both = ours.with_columns(ours=named).join(by_r.rename({"club": "r"}), on="unit")
        same = (both["ours"] == both["r"]).sum()
        print(
            f"R ConvergenceClubs, one standard error: {by_r['seconds'][0]:.2f} s; {same} of 152 units in the same club"
        )
    took, ours = seconds(panel(2800, 20))
    print(f"2,800 x 20, both standard errors: {took:.3f} s, {ours['club'].n_unique()} clubs")


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--files") + 1] if "--files" in sys.argv else "")
