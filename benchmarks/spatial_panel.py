"""Spatial Durbin models with two-way effects and 1,000 simulated impacts: 31 × 12, 300 × 20, and many units.

``python benchmarks/spatial_panel.py``; data are made up. Asked for: 31 × 12 in 1 s, 300 × 20 in 10 s. Impacts
are compared with the dense inverse where there are few enough units.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl
from scipy import sparse
from scipy.spatial import cKDTree

from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.regression import spatial_panel
from nqpf.regions.spatial_regression.result import SpatialModel

RUNS = 5
DRAWS = 1000


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def places(n: int) -> Weights:
    """Return the four nearest of random places, row-standardised: not symmetric."""
    points = np.random.default_rng(1).uniform(size=(n, 2))
    near = cKDTree(points).query(points, 5)[1][:, 1:]
    rows = np.repeat(np.arange(n), 4)
    matrix = sparse.csr_array((np.ones(4 * n), (rows, near.ravel())), shape=(n, n))
    return Weights.of([str(i) for i in range(n)], matrix).standardised("row")


def made_up(weights: Weights, years: int) -> pl.DataFrame:
    """Return a panel with ρ = 0.4 and three regressors."""
    rng = np.random.default_rng(2)
    n = len(weights.labels)
    x = rng.normal(size=(3, years, n))
    mean = x.sum(axis=0) + 0.5 * weights.lag(x[0]) + rng.normal(size=n) + rng.normal(size=(years, n))
    solve = sparse.linalg.splu(sparse.csc_array(sparse.eye_array(n) - 0.4 * weights.matrix))
    y = solve.solve(mean.T).T
    key = {"unit": list(weights.labels) * years, "year": np.repeat(np.arange(2000, 2000 + years), n)}
    return pl.DataFrame(key | {"y": y.ravel()} | {f"x{k}": x[k].ravel() for k in range(3)})


def worst(found: SpatialModel) -> float:
    """Return the largest difference of direct impacts from those of the dense inverse."""
    b, theta, w = found.fit.beta[:3], found.fit.beta[3:], found.design.determinant.matrix.toarray()
    n = len(w)
    inverse = np.linalg.inv(np.eye(n) - found.fit.rho * w)
    values = found.impacts().frame.pivot("effect", index="name", values="estimate")
    direct = [np.trace(inverse @ (np.eye(n) * p + w * q)) / n for p, q in zip(b, theta, strict=True)]
    return float(np.abs(values["direct"].to_numpy() - direct).max())


def main() -> None:
    """Print a line for each size."""
    for n, years, runs in ((31, 12, RUNS), (300, 20, RUNS), (2800, 10, 1), (10_000, 5, 1)):
        weights = places(n)
        data = made_up(weights, years)

        def both(data: pl.DataFrame = data, weights: Weights = weights) -> SpatialModel:
            found = spatial_panel(
                data,
                "y",
                ["x0", "x1", "x2"],
                weights=weights,
                unit="unit",
                time="year",
                model="sdm",
                effects="two_way",
                demean="after_lag",
            )
            found.impacts(method="simulation", draws=DRAWS)
            return found

        start = time.perf_counter()
        found = both()
        took = seconds(both, runs) if runs > 1 else time.perf_counter() - start
        tail = f"; dense inverse within {worst(found):.0e}" if n < 5000 else ""
        print(f"{n:>6} × {years:<3} ρ = {found.rho:.4f}  {took:8.3f} s with {DRAWS} draws{tail}")


if __name__ == "__main__":
    main()
