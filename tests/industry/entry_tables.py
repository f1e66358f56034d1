"""Small panels for tests of entry: with relatedness that is known, and without any."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

COLUMNS: dict[str, Any] = {"unit": "city", "industry": "sector", "time": "year"}


def table(x: NDArray[np.float64], first: int = 2000, step: int = 10) -> pl.DataFrame:
    """Return activity ``[T, N, K]`` as a long table."""
    t, n, k = (axis.ravel() for axis in np.indices(x.shape))
    return pl.DataFrame(
        {
            "city": [f"c{i:02d}" for i in n],
            "sector": [f"s{i:02d}" for i in k],
            "year": first + step * t,
            "jobs": x.ravel(),
        }
    )


def related(seed: int = 0, years: int = 2, regions: int = 80, industries: int = 50) -> NDArray[np.float64]:
    """Return activity of five kinds of regions and of industries: more where kinds meet, with noise each year."""
    rng = np.random.default_rng(seed)
    meet = rng.integers(5, size=(regions, 1)) == rng.integers(5, size=industries)
    return np.exp(3 * meet + 2 * rng.normal(size=(years, regions, industries)))


def unrelated(seed: int = 0, regions: int = 60, industries: int = 30) -> NDArray[np.float64]:
    """Return activity in two years that have nothing to do with each other."""
    return np.exp(1.5 * np.random.default_rng(seed).normal(size=(2, regions, industries)))
