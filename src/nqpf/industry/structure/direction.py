"""Whether structures grow alike or apart: the trend of an index over years, and a word for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.industry.labels import years_of
from nqpf.numerics.straight_lines import lines, usual_lags

Floats = NDArray[np.float64]
Errors = Literal["hac", "ols"]

TREND = ("years", "first", "last", "slope", "slope_se", "t", "p", "direction")
"""Columns of a table of trends, beside that of what has one."""
LEAST = 3
"""Years without which there is no trend."""


@dataclass(frozen=True, slots=True, eq=False)
class Heading:
    """How trends are reported.

    Attributes
    ----------
    x
        ``float64[T]`` years.
    errors
        ``hac`` or ``ols``.
    level
        Below 1 − level a p-value is evidence.
    towards
        1 where a higher index is a greater likeness, else −1.
    """

    x: Floats
    errors: Errors
    level: float
    towards: float

    def of(self, values: Floats, keys: pl.Series) -> pl.DataFrame:
        """Return the trend of each column of ``float64[T, M]``, NaN where a series has no number."""
        points, series = values.shape
        numbers = dict.fromkeys(("slope", "slope_se", "t", "p"), np.full(series, np.nan))
        direction = np.full(series, "not_assessed", dtype=object)
        if points >= LEAST:
            line = lines(values, self.x, usual_lags(points) if self.errors == "hac" else None)
            numbers = {"slope": line.slope, "slope_se": line.se, "t": line.t, "p": line.p}
            there = np.isfinite(values).all(axis=0)
            direction[there] = np.where(line.slope * self.towards > 0, "convergence", "divergence")[there]
            direction[there & ~(line.p < 1 - self.level)] = "no_evidence"
            direction[there & (line.slope == 0)] = "unchanged"
        columns = {"years": np.full(series, points), "first": values[0], "last": values[-1], **numbers}
        cells = [pl.Series(name, cell, nan_to_null=True) for name, cell in columns.items()]
        return pl.DataFrame([keys, *cells, pl.Series("direction", direction, dtype=pl.String)])


def positions(years: pl.Series) -> Floats:
    """Return years as numbers, or their places where they are none.

    Examples
    --------
    >>> positions(pl.Series(["2010", "2015年"])).tolist(), positions(pl.Series(["early", "late"])).tolist()
    ([2010.0, 2015.0], [0.0, 1.0])
    """
    found = years_of(years)
    return np.arange(len(years), dtype=np.float64) if found is None else found
