"""A made-up spatial panel for the tests: a grid of units with a true model."""

from __future__ import annotations

import numpy as np
import polars as pl

from nqpf.regions.space.weights import Weights


def neighbours(rows: int, columns: int, standard: str = "row") -> Weights:
    """Return rook contiguity of a grid."""
    n = rows * columns
    at = np.arange(n).reshape(rows, columns)
    w = np.zeros((n, n))
    for a, b in ((at[:, :-1], at[:, 1:]), (at[:-1], at[1:])):
        w[a.ravel(), b.ravel()] = w[b.ravel(), a.ravel()] = 1
    return Weights.of([f"u{i:03d}" for i in range(n)], w).standardised(standard)  # type: ignore[arg-type]


def panel(
    weights: Weights,
    years: int,
    seed: int = 0,
    rho: float = 0.4,
    lam: float = 0.0,
    theta: tuple[float, float] = (0.5, 0),
) -> pl.DataFrame:
    """Return y = ρWy + Xβ + WXθ + effects + u, u = λWu + ε, with β = (1, −0.5)."""
    rng = np.random.default_rng(seed)
    w, n = weights.dense(), len(weights.labels)
    x = rng.normal(size=(2, years, n)) + rng.normal(size=(2, 1, n))
    e = np.linalg.solve(np.eye(n) - lam * w, rng.normal(0, 0.5, (n, years))).T
    mean = x[0] - 0.5 * x[1] + theta[0] * x[0] @ w.T + theta[1] * x[1] @ w.T
    mean = mean + rng.normal(size=n) + rng.normal(size=(years, 1)) + e
    y = np.linalg.solve(np.eye(n) - rho * w, mean.T).T
    return pl.DataFrame(
        {
            "place": list(weights.labels) * years,
            "year": np.repeat(np.arange(2001, 2001 + years), n),
            "y": y.ravel(),
            "a": x[0].ravel(),
            "b": x[1].ravel(),
        }
    )
