"""Efficiency scores beside HiGHS and R's Benchmarking: same numbers, medians of all in one run.

``python benchmarks/dea.py [n …]``; Benchmarking takes part where Rscript finds it. HiGHS keeps one model warm over all
units; from 3,000 units on it solves a sample of 100, and its time is that of the sample times n / 100.
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

from nqpf.numerics.frame import disposal, hull
from nqpf.numerics.highs import by_highs
from nqpf.numerics.programs import Floats, Programs
from nqpf.numerics.solve import solve

SIZES = (200, 1_000, 10_000, 100_000)
SAMPLE = 100

R = """
suppressMessages(library(Benchmarking))
table <- as.matrix(read.csv("data.csv"))
x <- table[, 1:3]; y <- table[, 4:5]
times <- sapply(1:3, function(i) system.time(found <<- dea(x, y, RTS = "vrs", ORIENTATION = "in"))[["elapsed"]])
cat(median(times), "\\n")
write.table(found$eff, "eff.txt", row.names = FALSE, col.names = FALSE)
"""


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median time of a call."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def units(n: int, inputs: int = 3, outputs: int = 2) -> tuple[Floats, Floats]:
    """Return lognormal inputs and outputs after Cobb and Douglas, less inefficiency."""
    rng = np.random.default_rng(n)
    x = np.exp(0.6 * rng.normal(size=(n, inputs)))
    made = np.exp((np.log(x) * 0.8 / inputs).sum(axis=1) - 0.4 * np.abs(rng.normal(size=n)))
    return x, made[:, None] * np.sqrt(rng.dirichlet(np.full(outputs, 3.0), size=n))


def radial(x: Floats, y: Floats, x0: Floats, y0: Floats, *, own: bool, constant: bool = False) -> Programs:
    """Return the input-oriented programs of units (x0, y0) against (x, y)."""
    inputs, rows = x.shape[1], x.shape[1] + y.shape[1]
    columns = np.vstack([x.T, y.T] + ([] if constant else [np.ones((1, len(x)))]))
    extra = np.zeros((len(x0), len(columns), 1 + rows))
    extra[:, :inputs, 0] = -x0
    extra[:, :rows, 1:] = np.diag(np.repeat([1.0, -1.0], [inputs, rows - inputs]))
    rhs = np.ones((len(x0), len(columns)))
    rhs[:, :inputs], rhs[:, inputs:rows] = 0.0, y0
    cost = np.zeros((1, 1 + rows))
    cost[0, 0] = -1.0
    return Programs(columns, extra, rhs, cost, np.arange(len(x0)) if own else np.full(len(x0), -1))


def benchmarking(x: Floats, y: Floats) -> tuple[float, Floats] | None:
    """Return median time and scores of R's Benchmarking, None where there is none."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(Path(folder, "data.csv"), np.hstack([x, y]), "%.17g", ",", header="a,b,c,d,e", comments="")
        done = subprocess.run(["Rscript", "-e", R], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            return None
        return float(done.stdout.split()[-1]), np.loadtxt(Path(folder, "eff.txt"))


def size(n: int) -> None:
    """Print one line for n units: times of all, ratios, and how far their scores are from ours."""
    x, y = units(n)
    p = radial(x, y, x, y, own=True)
    runs = 7 if n <= 10_000 else 3
    one, two = (seconds(lambda workers=workers: solve(p, workers=workers), runs) for workers in (1, 2))
    found = solve(p)
    print(f"{n:>7} units: nqpf {one:8.4f} s, two workers {two:8.4f} s, certificates to {found.gap.max():.0e}", end="")
    which = np.arange(n) if n < 3_000 else np.sort(np.random.default_rng(0).choice(n, SAMPLE, replace=False))
    start = time.perf_counter()
    peer = by_highs(p.at(which))
    highs = (time.perf_counter() - start) * n / len(which)
    apart = np.abs(peer.weight[:, n] + found.value[which]).max()
    print(f"; HiGHS {highs:9.2f} s, ratio {highs / one:7.0f}, apart {apart:.0e}", end="")
    if n <= 1_000 and (r := benchmarking(x, y)):
        apart = np.abs(r[1] + found.value).max()
        print(f"; Benchmarking {r[0]:6.2f} s, ratio {r[0] / one:5.0f}, apart {apart:.0e}", end="")
    print(flush=True)


def dimensions(n: int = 5_000) -> None:
    """Print how many units are extreme, and what knowing them saves, as the dimension grows."""
    for inputs, outputs in ((1, 1), (2, 1), (3, 2), (4, 3), (4, 4), (6, 4)):
        x, y = units(n, inputs, outputs)
        p = radial(x, y, x, y, own=True)
        corners = hull(p.columns, disposal(p))
        with_all = seconds(lambda p=p: solve(p, frame=np.arange(n)), 3)
        with_frame = seconds(lambda p=p: solve(p, frame=hull(p.columns, disposal(p))), 3)
        print(
            f"{inputs + outputs:>3} dimensions, {n} units: {len(corners.frame) / n:6.1%} in the frame; "
            f"on all {with_all:6.3f} s, frame and scores {with_frame:6.3f} s, ratio {with_all / with_frame:4.1f}"
        )


def many_small() -> None:
    """Print the time of many small calls: a Malmquist index of 300 units over 20 years, and 1,000 draws."""
    years = [units(300 + year) for year in range(20)]
    years = [(x[:300], y[:300]) for x, y in years]

    def malmquist() -> None:
        for a, b in zip(years, years[1:] + years[:1], strict=True):
            for (x, y), (x0, y0) in ((a, a), (a, b), (b, a), (b, b)):
                solve(radial(x, y, x0, y0, own=x is x0, constant=True))

    def draws() -> None:
        for draw in range(1_000):
            x, y = units(300 + draw)
            solve(radial(x[:300], y[:300], x[:300], y[:300], own=True))

    print(f"Malmquist, 4 × 300 programs in each of 20 years: {seconds(malmquist, 5):6.3f} s")
    print(f"1,000 draws of 300 units each, data included: {seconds(draws, 1):6.2f} s")


def main() -> None:
    """Print all tables after a warm-up that compiles."""
    solve(radial(*units(20), *units(20), own=True), frame=np.arange(20))
    sizes = [int(word) for word in sys.argv[1:]] or list(SIZES)
    for n in sizes:
        size(n)
    many_small()
    dimensions()


if __name__ == "__main__":
    main()
