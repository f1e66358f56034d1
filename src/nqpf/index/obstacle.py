"""Obstacle degree: which indicators keep a unit from the best score, as shares that sum to one.

O_j = w_j (best − s_j) / Σ_j w_j (best − s_j), with the overall weight w_j and scores on a scale with a best value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where
from nqpf.index.result import Index
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, Note, Result


@dataclass(frozen=True, slots=True, eq=False)
class Obstacles(Result):
    """Obstacle degrees.

    Attributes
    ----------
    index
        The index they belong to.
    degree
        ``float64[T, N, K]`` shares summing to 1 over what is present; 0 everywhere for a unit that is best in all.
    """

    index: Index
    degree: NDArray[np.float64]
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, dimension, indicator, degree, rank (1 = greatest obstacle)."""
        framework, panel = self.index.framework, self.index.panel
        t, n, k = self.degree.shape
        return pl.DataFrame(
            {
                "unit": np.tile(np.repeat(panel.units, k), t),
                "period": np.repeat(panel.periods, n * k),
                "dimension": np.tile([framework.dimension_of(i).id for i in framework.indicators], t * n),
                "indicator": np.tile([i.id for i in framework.indicators], t * n),
                "degree": self.degree.reshape(-1),
                "rank": competition_rank(self.degree).reshape(-1),
            }
        ).with_columns(pl.col("degree").fill_nan(None), pl.col("rank").fill_nan(None).cast(pl.Int64))


def obstacle(index: Index) -> Obstacles:
    """Return the obstacle degree of every indicator for every unit and year.

    Raises
    ------
    MethodError
        The scores have no best value (z-scores, ranks, distances).
    """
    how = index.fitted.recipe.normalise
    ends = [how.bounds_of(indicator.id) for indicator in index.framework.indicators]
    for indicator, end in zip(index.framework.indicators, ends, strict=True):
        if end is None:
            raise MethodError("no_ceiling", where=Where(indicator=indicator.id), method=how.of(indicator.id).method)
    highest = np.array([end[1] for end in ends if end is not None])
    gap = np.maximum(highest - index.normalised, 0.0) * index.whole[:, None, : len(ends)]
    total = np.nansum(gap, axis=2, keepdims=True)
    degree = np.divide(gap, total, out=np.where(np.isnan(gap), np.nan, 0.0), where=total > 0)
    return Obstacles(index, degree, (), Method("obstacle", {}))
