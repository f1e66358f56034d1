"""The GSADF test beside exuber: the same statistics, critical values but for the luck of the draw, and seconds.

``python benchmarks/exuberance.py [T …]``; the R package exuber takes part where ``Rscript`` finds it (set ``R_LIBS`` to
where it lies), one process, without its progress bars. 999 random walks, no lags, windows of the usual length. Our
times are those of whole calls on a table: statistics of the series, and critical values of all periods.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from nqpf.industry.warning.exuberance import ExuberanceResult, exuberance

SIZES = (100, 200, 400)
DRAWS = 999
RUNS = 3

PEER = """
suppressMessages(library(exuber)); options(exuber.parallel = FALSE, exuber.show_progress = FALSE)
y <- scan("{file}", quiet = TRUE)
found <- radf(y, minw = {equations}L)
draw <- function() mc <<- radf_mc_cv(length(y), minw = {equations}L, nrep = {draws}L)
seconds <- replicate({runs}, system.time(draw())[["elapsed"]])
cat(median(seconds), mc$gsadf_cv[2], sprintf("%.17g", c(found$badf, found$bsadf)))
"""


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of a call after a warm-up."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def series(size: int) -> np.ndarray:
    """Return a random walk that grows by 6 % a period for a fifth of its time."""
    rng = np.random.default_rng(size)
    y = np.cumsum(rng.normal(size=size)) + 100
    for t in range(size // 2, size // 2 + size // 5):
        y[t] = y[size // 2 - 1] + 1.06 * (y[t - 1] - y[size // 2 - 1] + 3) - 3 + rng.normal()
    return y


def peer(y: np.ndarray, equations: int) -> list[float] | None:
    """Return seconds, critical value and statistics of exuber; None where it is not installed."""
    if not shutil.which("Rscript"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "y.txt"
        np.savetxt(file, y, fmt="%.17g")
        code = PEER.format(file=file, equations=equations, runs=RUNS, draws=DRAWS)
        done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True)
    return [float(x) for x in done.stdout.split()] if done.returncode == 0 else None


def compare(size: int) -> None:
    """Print times of one length, after checking that both programs compute alike."""
    y = series(size)
    table = pl.DataFrame({"period": range(size), "y": y})

    def ours(workers: int = 1) -> ExuberanceResult:
        return exuberance(
            table, "y", time="period", scale="level", kind="ratio", critical="monte_carlo", draws=DRAWS, workers=workers
        )

    found = ours()
    print(f"T = {size}: nqpf {seconds(ours):.2f} s, with two workers {seconds(lambda: ours(2)):.2f} s")
    theirs = peer(y, found.frame["window"][0] - 1)
    if theirs is None:
        return
    mine = np.concatenate([found.sequence["badf"].to_numpy(), found.sequence["bsadf"].to_numpy()])
    away = np.abs(mine - theirs[2:]).max()
    assert away < 1e-8, away
    print(f"T = {size}: exuber {theirs[0]:.2f} s; statistics differ by {away:.0e}, critical values of GSADF at 5 %: "
          f"{found.frame['critical'][0]:.2f} and {theirs[1]:.2f}")  # fmt: skip


if __name__ == "__main__":
    for wanted in [int(word) for word in sys.argv[1:]] or SIZES:
        compare(wanted)
