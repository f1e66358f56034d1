"""Made-up regions and industries that the tests of structures share."""

from __future__ import annotations

import numpy as np
import polars as pl


def made_up(regions: int = 6, industries: int = 5, years: int = 1, seed: int = 0, zeros: float = 0.0) -> pl.DataFrame:
    """Return activity of every region, industry and year, whole numbers, a part of them 0."""
    rng = np.random.default_rng(seed)
    size = years * regions * industries
    values = rng.integers(1, 500, size=size).astype(float)
    values[rng.random(size) < zeros] = 0.0
    values = values.reshape(years, regions, industries)
    values[:, np.arange(regions), np.arange(regions) % industries] += 1.0  # no region is left without anything
    values[:, np.arange(industries) % regions, np.arange(industries)] += 1.0
    return pl.DataFrame(
        {
            "year": np.repeat(np.arange(2001, 2001 + years), regions * industries),
            "region": np.tile(np.repeat([f"r{i:03d}" for i in range(regions)], industries), years),
            "industry": np.tile([f"i{i:03d}" for i in range(industries)], years * regions),
            "jobs": values.ravel(),
        }
    )
