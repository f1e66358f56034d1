"""Production functions on the plants of prodest's panel (2,544 rows, 497 plants): medians, starts and draws.

``python benchmarks/firms.py [chilean.csv]``; without the file the same is done on a made-up panel of its size. prodest
1.0.1 in R takes 3.7 s for Levinsohn–Petrin and 6.5 s for Olley–Pakes with 20 draws, 5.4 s for Ackerberg–Caves–Frazer
with one start and 5 draws (its own outputs' record).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from nqpf.productivity.firms.production_function import production_function
from nqpf.productivity.firms.production_result import ProductionFunction

RUNS = 7
USUAL = Path(__file__).resolve().parents[2] / "shared" / "ref" / "productivity" / "chilean.csv"
CASES: tuple[tuple[str, str, int], ...] = (
    ("olley_pakes", "inv", 20),
    ("levinsohn_petrin", "pX", 20),
    ("wooldridge", "pX", 20),
    ("ackerberg_caves_frazer", "pX", 5),
)


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def made_up() -> pl.DataFrame:
    """Return a panel of 497 plants over about five years."""
    rng = np.random.default_rng(1)
    omega, k = rng.normal(0, 0.5, 497), rng.normal(8, 1.5, 497)
    parts = []
    for year in range(1996, 2001):
        omega = 0.8 * omega + rng.normal(0, 0.3, 497)
        labour = 0.3 * k + omega + rng.normal(0, 0.5, (2, 497))
        y = 0.4 * labour[0] + 0.3 * labour[1] + 0.25 * k + omega + rng.normal(0, 0.3, 497)
        shown = {"pX": 0.5 * k + omega, "inv": 0.4 * k + omega}
        key = {"idvar": np.arange(497), "timevar": year}
        parts.append(pl.DataFrame(key | {"Y": y, "fX1": labour[0], "fX2": labour[1], "sX": k} | shown))
        k = np.log(0.9 * np.exp(k) + 0.1 * np.exp(k + 0.5 * omega)) + rng.normal(0, 0.2, 497)
    return pl.concat(parts)


def main() -> None:
    """Print a line for each method: the estimate, its time, and the time of a draw."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    data = pl.read_csv(file) if file.is_file() else made_up()
    print(f"{file.name if file.is_file() else 'made up'}: {data.height} rows, {data['idvar'].n_unique()} plants")
    for method, proxy, draws in CASES:

        def run(draws: int = 0, method: Any = method, proxy: str = proxy) -> ProductionFunction:
            keys = {"unit": "idvar", "time": "timevar"}
            return production_function(
                data,
                "Y",
                ["fX1", "fX2"],
                ["sX"],
                proxy,
                method=method,
                draws=draws,
                **keys,  # type: ignore[arg-type]
            )

        found = run()
        plain, drawn = seconds(run), seconds(lambda run=run, draws=draws: run(draws))
        b = ", ".join(f"{v:.4f}" for v in found.elasticities["estimate"])
        print(f"{method:>24}: ({b})  {plain * 1e3:7.1f} ms; with {draws} draws {drawn * 1e3:7.1f} ms", end="")
        if found.ends.height > 1:
            zero = found.ends.filter("zero")
            print(f"; Q = {found.criterion:.0e} from {zero['starts'].sum()} of {found.starts.height} starts", end="")
        print()


if __name__ == "__main__":
    main()
