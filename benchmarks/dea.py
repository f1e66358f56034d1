"""Efficiency scores beside HiGHS and R's Benchmarking: same numbers, medians of all in one run.

``python benchmarks/dea.py [n …]``; Benchmarking takes part where Rscript finds it. Variable returns, input oriented.
"kernel" is the solver on arrays, "dea" the public function from a table to its tables, both with two workers; the
kernel's time with one stands beside it. HiGHS keeps one model warm over all units; from 3,000 units on it solves a
sample of 100, and its time is that of the sample times n / 100.
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

from nqpf.numerics.frame import disposal, hull
from nqpf.numerics.highs import by_highs
from nqpf.numerics.programs import OPTIMAL, Floats, Programs
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.dea import dea

SIZES = (200, 1_000, 10_000, 100_000)
DIMENSIONS = ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3), (4, 3), (4, 4))
SAMPLE = 100

R = """
suppressMessages(library(Benchmarking))
table <- as.matrix(read.csv("data.csv"))
x <- table[, 1:3]; y <- table[, 4:5]
times <- sapply(1:3, function(i) system.time(found <<- dea(x, y, RTS = "vrs", ORIENTATION = "in"))[["elapsed"]])
cat(median(times), "\\n")
write.table(format(found$eff, digits = 17), "eff.txt", row.names = FALSE, col.names = FALSE, quote = FALSE)
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


def whole_numbers(n: int, inputs: int, outputs: int, least: int = 1) -> tuple[Floats, Floats]:
    """Return whole numbers up to 5, so that nearly all units are tied or twins."""
    table = np.random.default_rng(n).integers(least, 6, size=(n, inputs + outputs)).astype(float)
    table[table[:, :inputs].sum(axis=1) == 0.0, 0] = 1.0  # without any input there is nothing to contract
    return table[:, :inputs], table[:, inputs:]


def radial(x: Floats, y: Floats) -> Programs:
    """Return the input-oriented programs of units under variable returns."""
    inputs, rows = x.shape[1], x.shape[1] + y.shape[1]
    columns = np.vstack([x.T, y.T, np.ones((1, len(x)))])
    extra = np.zeros((len(x), len(columns), 1 + rows))
    extra[:, :inputs, 0] = -x
    extra[:, :rows, 1:] = np.diag(np.repeat([1.0, -1.0], [inputs, rows - inputs]))
    rhs = np.ones((len(x), len(columns)))
    rhs[:, :inputs], rhs[:, inputs:rows] = 0.0, y
    cost = np.zeros((1, 1 + rows))
    cost[0, 0] = -1.0
    return Programs(columns, extra, rhs, cost, np.arange(len(x)))


def table(x: Floats, y: Floats) -> tuple[pl.DataFrame, list[str], list[str]]:
    """Return units as a table, and the names of its inputs and outputs."""
    xs, ys = ([f"{kind}{k}" for k in range(part.shape[1])] for kind, part in (("x", x), ("y", y)))
    data = pl.DataFrame(np.hstack([x, y]), schema=xs + ys)
    return data.with_columns(unit=pl.format("u{}", pl.int_range(len(x)))), xs, ys


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


def beside(name: str, x: Floats, y: Floats, sample: int = SAMPLE) -> None:
    """Print one line for units: times, ratios, and how far the scores of HiGHS and Benchmarking are from ours."""
    n, p = len(x), radial(x, y)
    data, xs, ys = table(x, y)
    runs = 7 if n <= 10_000 else 3
    one, two = (seconds(lambda workers=workers: solve(p, workers=workers), runs) for workers in (1, 2))
    public = seconds(lambda: dea(data, xs, ys, unit="unit", workers=2), runs)
    found = solve(p)
    proved = (found.status == OPTIMAL).sum()
    print(f"{name:32s} dea {public:7.3f} s, kernel {two:7.3f} s, one worker {one:7.3f} s, ", end="")
    print(f"{proved} of {n} proved to {found.gap.max():.0e}", end="")
    which = np.arange(n) if n < 3_000 else np.sort(np.random.default_rng(0).choice(n, sample, replace=False))
    start = time.perf_counter()
    peer = by_highs(p.at(which))
    highs = (time.perf_counter() - start) * n / len(which)
    apart = np.abs(peer.weight[:, n] + found.value[which])
    print(f"; HiGHS {highs:9.2f} s, ratio {highs / public:7.0f}, ", end="")
    print(f"{len(which)} compared, apart {np.nanmax(apart):.0e}, {np.isnan(apart).sum()} unsolved there", end="")
    if n <= 1_000 and (r := benchmarking(x, y)):
        apart = np.abs(r[1] + found.value)
        print(f"; Benchmarking {r[0]:6.2f} s, ratio {r[0] / public:5.0f}, apart {apart.max():.0e}", end="")
    print(flush=True)


def dimensions(n: int = 5_000) -> None:
    """Print how many units are extreme, and what knowing them saves, as the dimension grows."""
    for inputs, outputs in DIMENSIONS:
        x, y = units(n, inputs, outputs)
        p = radial(x, y)
        corners = hull(p.columns, disposal(p))
        with_all = seconds(lambda p=p: solve(p, frame=np.arange(n)), 3)
        with_frame = seconds(lambda p=p: solve(p, frame=hull(p.columns, disposal(p))), 3)
        which = np.arange(0, n, n // SAMPLE)
        start = time.perf_counter()
        peer = by_highs(p.at(which)).weight[:, n]
        highs = (time.perf_counter() - start) * n / len(which)
        apart = np.abs(peer + solve(p).value[which]).max()
        print(
            f"{inputs + outputs} dimensions, {n} units: {len(corners.frame) / n:6.1%} in the frame; "
            f"all units {with_all:6.3f} s, frame and scores {with_frame:6.3f} s, ratio {with_all / with_frame:4.1f}; "
            f"HiGHS {highs:7.2f} s, ratio {highs / with_frame:5.0f}, apart {apart:.0e}",
            flush=True,
        )


def main() -> None:
    """Print all tables after a warm-up that compiles."""
    data, xs, ys = table(*units(5_000))
    dea(data, xs, ys, unit="unit", workers=2)
    sizes = [int(word) for word in sys.argv[1:]] or list(SIZES)
    for n in sizes:
        beside(f"{n:,} units, 3 + 2", *units(n))
    beside("10,000 units, 1 to 5, 3 + 2", *whole_numbers(10_000, 3, 2))
    beside("10,000 units, 0 to 5, 5 + 3", *whole_numbers(10_000, 5, 3, least=0))
    few, again = units(100), np.random.default_rng(0).integers(0, 100, 10_000)
    beside("10,000 units, 100 different", few[0][again], few[1][again])
    beside("10,000 units, 4 + 4", *units(10_000, 4, 4))
    dimensions()


if __name__ == "__main__":
    main()
