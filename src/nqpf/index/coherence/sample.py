"""The rows that coherence is judged on: the units of one year, or all units and years together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.data.missing import is_filled
from nqpf.errors import SpecError, listing
from nqpf.index.result import Index

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """M rows of an index.

    Attributes
    ----------
    period
        The year; None for all years together.
    values
        ``float64[M, K]`` indicators, each in its unit, NaN where missing or filled.
    scores
        ``float64[M, nodes]`` scores of every node, higher is better, NaN where missing.
    local, whole
        ``float64[nodes]`` weight within siblings and in the whole index, the mean over the years of the sample.
    """

    period: int | None
    values: Floats
    scores: Floats
    local: Floats
    whole: Floats


def samples(index: Index, period: int | None = None) -> tuple[Sample, ...]:
    """Return the sample of one year (default: the last) and, where there are several years, that of all together.

    Raises
    ------
    SpecError
        The index has no such year.
    """
    year = position(index, period)
    one = _sample(index, index.panel.periods[year], slice(year, year + 1))
    if len(index.panel.periods) == 1:
        return (one,)
    return one, _sample(index, None, slice(None))


def position(index: Index, period: int | None) -> int:
    """Return the position of a year, the last one if none is named; a SpecError if the index does not have it."""
    periods = index.panel.periods
    if period is None:
        return len(periods) - 1
    if period not in periods:
        raise SpecError("unknown_period", period=period, options=listing(periods, 40))
    return periods.index(period)


def _sample(index: Index, period: int | None, years: slice) -> Sample:
    def rows(cube: Floats) -> Floats:
        return cube[years].reshape(-1, cube.shape[2])

    local, whole = (w[years].mean(axis=0) for w in (index.local, index.whole))
    return Sample(period, rows(reported(index)), rows(index.scores), local, whole)


def reported(index: Index) -> Floats:
    """Return the indicators ``float64[T, N, K]`` with NaN where a figure is missing or was filled."""
    return np.where(is_filled(index.panel.status), np.nan, index.panel.values)
