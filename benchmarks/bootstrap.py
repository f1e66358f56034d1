"""The bootstrap of 300 units' efficiencies, 1,000 draws, beside R's Benchmarking: seconds, and the means of the biases.

``python benchmarks/bootstrap.py``; Benchmarking takes part where Rscript finds it. It draws other numbers and from
another bandwidth unless told ours, so biases agree only as well as 1,000 draws let them.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nqpf.productivity.inference.bootstrap import bootstrap

UNITS, DRAWS = 300, 1_000
X, Y = ["x1", "x2", "x3"], ["y1", "y2"]
SCRIPT = """
suppressMessages(library(Benchmarking))
d <- read.csv("{data}")
x <- as.matrix(d[, c("x1", "x2", "x3")])
y <- as.matrix(d[, c("y1", "y2")])
set.seed(1)
took <- system.time(b <- dea.boot(x, y, NREP = {draws}, RTS = "vrs", ORIENTATION = "in"))[["elapsed"]]
write.csv(data.frame(eff = b$eff, corrected = b$eff.bc, seconds = took), "{out}", row.names = FALSE)
"""


def units(seed: int = 1) -> pl.DataFrame:
    """Return lognormal inputs and outputs after Cobb and Douglas, less inefficiency."""
    rng = np.random.default_rng(seed)
    x = np.exp(0.6 * rng.normal(size=(UNITS, 3)))
    made = np.exp((np.log(x) * 0.8 / 3).sum(axis=1) - 0.4 * np.abs(rng.normal(size=UNITS)))
    y = made[:, None] * np.sqrt(rng.dirichlet([3.0, 3.0], size=UNITS))
    return pl.DataFrame(np.hstack([x, y]), schema=X + Y).with_columns(unit=pl.int_range(UNITS))


def peer(data: pl.DataFrame, ours: pl.DataFrame) -> None:
    """Time Benchmarking on the same units and compare."""
    if shutil.which("Rscript") is None:
        print("Rscript is not here: no peer timed")
        return
    with tempfile.TemporaryDirectory() as folder:
        table, out = Path(folder) / "units.csv", Path(folder) / "out.csv"
        data.write_csv(table)
        script = SCRIPT.format(data=table, out=out, draws=DRAWS)
        if subprocess.run(["Rscript", "-e", script], capture_output=True, check=False).returncode:
            print("R has no package Benchmarking: no peer timed")
            return
        theirs = pl.read_csv(out)
    apart = (ours["score"] - theirs["eff"]).abs().max()
    here, there = ours["bias"].to_numpy(), (theirs["eff"] - theirs["corrected"]).to_numpy()
    alike = float(np.corrcoef(here, there)[0, 1])
    print(
        f"{'R Benchmarking, dea.boot':34s} {theirs['seconds'][0]:7.2f} s   scores apart {apart:.0e}; "
        f"mean bias {here.mean():.4f} here, {there.mean():.4f} there, correlated {alike:.3f}"
    )


def main() -> None:
    """Print one line for each kind of bootstrap after a warm-up that compiles."""
    data = units()
    bootstrap(data, X, Y, unit="unit", draws=100, workers=2)
    cases: list[tuple[str, dict[str, Any]]] = [
        ("smoothed, input, vrs", {}),
        ("smoothed, input, vrs, two workers", {"workers": 2}),
        ("smoothed, output, crs", {"orientation": "output", "rts": "crs"}),
        ("subsampling, input, vrs", {"method": "subsampling"}),
    ]
    for name, options in cases:
        start = time.perf_counter()
        bootstrap(data, X, Y, unit="unit", draws=DRAWS, **options)
        print(f"{name:34s} {time.perf_counter() - start:7.2f} s   {UNITS} units, {DRAWS} draws", flush=True)
    peer(data, bootstrap(data, X, Y, unit="unit", draws=DRAWS).frame)


if __name__ == "__main__":
    main()
