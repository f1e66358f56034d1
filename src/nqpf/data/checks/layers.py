"""One series made ready for the checks: numbers by year and unit, logs, usual movement, and how they are written."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.data.checks.measures import Kind, kind_of
from nqpf.data.panel import Panel, Series

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CROWD = 5
"""Fewest units whose common movement can be told from their own."""
MANY = 7
"""Fewest changes of a unit that show what is usual for it: in fewer, one slip and its way back would."""
LEAP = 2
"""Most years that may lie between two numbers for their change to say anything: some tables come every second year."""
TINY = 1e-12
"""Relative size of a difference that floating-point numbers leave behind."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A series of a panel.

    Attributes
    ----------
    k
        Position in the panel.
    series
        What it is.
    kind
        What its unit of measure says about it.
    rows
        ``int[T]`` positions in the panel's years that have any number of this series.
    years
        ``int[T]`` these years.
    x
        ``float64[T, N]`` numbers, NaN where missing.
    log
        Natural logs, NaN where a number is not positive.
    total
        ``float64[T]`` the row of the national total, NaN where there is none.
    change
        ``float64[T, N]`` change of the log since the year before, NaN in the first row and after more than a year
        without data.
    common
        ``float64[T]`` the units' median change; 0 where fewer than `CROWD` units have one.
    own
        ``change − common``.
    spread
        ``float64[N]`` the usual size (median) of a unit's own change, at least that of all units; that of all units
        where it has fewer than `MANY` changes.
    places
        ``int[T, N]`` decimals that a number is written with.
    grain
        ``float64[T, N]`` its last decimal place: 0.01 for 3.25.
    """

    k: int
    series: Series
    kind: Kind
    rows: NDArray[np.int64]
    years: NDArray[np.int64]
    x: Floats
    log: Floats
    total: Floats
    change: Floats
    common: Floats
    own: Floats
    spread: Floats
    places: NDArray[np.int64]
    grain: Floats

    @property
    def id(self) -> str:
        """Id of the series."""
        return self.series.id

    def cell(self, t: int, n: int) -> tuple[int, int]:
        """Return the position in the panel of a cell of this layer."""
        return int(self.rows[t]), n

    def neighbours(self) -> Floats:
        """Return ``float64[T, N]``: the log that the years before and after, and all units' movement, lead to expect.

        With one neighbour known it is that one; NaN without any.
        """
        before, after = np.full_like(self.log, np.nan), np.full_like(self.log, np.nan)
        near = (np.diff(self.years) <= LEAP)[:, None]
        before[1:] = np.where(near, self.log[:-1] + self.common[1:, None], np.nan)
        after[:-1] = np.where(near, self.log[1:] - self.common[1:, None], np.nan)
        return np.where(np.isnan(before), after, np.where(np.isnan(after), before, (before + after) / 2))


def layers_of(panel: Panel, totals: Floats) -> list[Layer]:
    """Return the layers of a panel; `totals` is ``float64[T, K]``. Series without any number are left out."""
    places = decimals(panel.values)
    made = (_layer(panel, totals, places, k) for k in range(len(panel.series)))
    return [layer for layer in made if layer.years.size]


def _layer(panel: Panel, totals: Floats, decimal: NDArray[np.int64], k: int) -> Layer:
    rows = np.flatnonzero(~np.isnan(panel.values[:, :, k]).all(axis=1))
    x, places = panel.values[rows, :, k], decimal[rows, :, k]
    log = np.full(x.shape, np.nan)
    np.log(x, out=log, where=x > 0)
    change = np.full(x.shape, np.nan)
    years = np.array(panel.periods, dtype=np.int64)[rows]
    change[1:] = np.where(np.diff(years)[:, None] <= LEAP, np.diff(log, axis=0), np.nan)
    crowd = np.isfinite(change).sum(axis=1) >= CROWD
    common = np.where(crowd, median(change, axis=1), 0.0)
    own = change - common[:, None]
    usual = float(median(np.abs(own).reshape(-1), axis=0))
    many = np.isfinite(own).sum(axis=0) >= MANY
    unit = np.where(many, median(np.abs(own), axis=0), np.nan)
    spread = np.fmax(unit, 0.0 if np.isnan(usual) else usual)
    return Layer(
        k=k,
        series=panel.series[k],
        kind=kind_of(panel.series[k]),
        rows=rows,
        years=years,
        x=x,
        log=log,
        total=totals[rows, k],
        change=change,
        common=common,
        own=own,
        spread=np.nan_to_num(spread),
        places=places,
        grain=np.power(10.0, -places),
    )


def median(values: Floats, axis: int) -> Any:
    """Return the median of what is known along an axis; NaN where nothing is."""
    ordered = np.sort(values, axis=axis)
    count = np.isfinite(values).sum(axis=axis, keepdims=True)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, values.shape[axis] - 1)
    if not values.shape[axis]:
        return np.full(np.delete(values.shape, axis), np.nan)
    pair = (np.take_along_axis(ordered, at, axis) for at in (low, high))
    middle = sum(pair) / 2
    return np.squeeze(np.where(count > 0, middle, np.nan), axis=axis)


def decimals(values: Floats) -> NDArray[np.int64]:
    """Return how many decimals numbers are written with, 9 where there are more.

    Examples
    --------
    >>> decimals(np.array([3.25, 12.0, 0.1 + 0.2, 1 / 3])).tolist()
    [2, 0, 1, 9]
    """
    found = np.full(values.shape, 9, dtype=np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numbers near the largest there is
        for places in range(8, -1, -1):
            near = np.abs(values - np.round(values, places)) <= 1e-9 + TINY * np.abs(values)
            found[near] = places
    return found
