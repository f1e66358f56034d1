"""Panels for the tests of convergence."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray


def long(values: NDArray[np.float64], start: int = 2001, **more: NDArray[np.float64]) -> pl.DataFrame:
    """Return ``values[N, T]`` as a table with unit, year, v, and further columns of the same shape."""
    n, t = values.shape
    keys = {"unit": [f"u{i:03d}" for i in range(n) for _ in range(t)], "year": [start + k for k in range(t)] * n}
    return pl.DataFrame(keys | {"v": values.ravel()} | {name: array.ravel() for name, array in more.items()})


def two_clubs(years: int = 20, each: int = 6, seed: int = 3) -> pl.DataFrame:
    """Return two groups of paths that fall together to levels of their own, the first half of the units the higher."""
    generator = np.random.default_rng(seed)
    levels = np.repeat([9.0, 5.0], each)[:, None]
    gaps = generator.uniform(-2, 2, (2 * each, 1))
    return long(levels + gaps / np.arange(1, years + 1))


def growing(n: int, years: int, rate: float, seed: int = 1) -> tuple[pl.DataFrame, NDArray[np.float64]]:
    """Return a panel whose log gaps close at `rate` a year exactly, and its logarithms ``[N, T]``."""
    first = np.random.default_rng(seed).normal(0, 1, (n, 1))
    logs = 0.03 * np.arange(years) + first * np.exp(-rate * np.arange(years))
    return long(np.exp(logs)), logs
