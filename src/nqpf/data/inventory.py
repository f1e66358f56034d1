"""Perpetual inventory on arrays of years × units: the accumulation, and what the stocks of the first year need.

Knows nothing of tables; `nqpf.data.capital` says which method takes which of these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.data.keyed import Floats, Integers


@dataclass(frozen=True, slots=True, eq=False)
class Stocks:
    """What `accumulate` finds, each ``float64[T, N]``: capital, depreciation, and what is left of the start."""

    capital: Floats
    depreciation: Floats
    left: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Stocks of N units at the end of their first year.

    Attributes
    ----------
    first
        ``int[N]`` position of the first year.
    stock, left
        ``float64[N]`` the stock, and how much of it is older than the first year's investment where that is counted
        apart, else all of it.
    growth, years
        ``float64[N]`` g, NaN where it is not used, and the years it was estimated over, NaN where it was not.
    rule
        N words.
    """

    first: Integers
    stock: Floats
    left: Floats
    growth: Floats
    years: Floats
    rule: tuple[str, ...]


def accumulate(investment: Floats, rate: Floats, start: Start) -> Stocks:
    """Return stocks by K_t = (1 − δ_t)·K_{t−1} + I_t.

    Parameters
    ----------
    investment
        ``float64[T, N]`` at the prices of one year, NaN where missing.
    rate
        ``float64[T, N]`` δ.
    start
        Where each unit begins.

    Returns
    -------
    Stocks
        NaN before the first year and from a missing investment on.
    """
    capital, left, lost = (np.full_like(investment, np.nan) for _ in range(3))
    for t in range(len(investment)):
        begins = start.first == t
        capital[t, begins], left[t, begins] = start.stock[begins], start.left[begins]
        if t:
            goes_on = start.first < t
            lost[t, goes_on] = (rate[t] * capital[t - 1])[goes_on]
            capital[t, goes_on] = (capital[t - 1] + investment[t])[goes_on] - lost[t, goes_on]
            left[t, goes_on] = ((1 - rate[t]) * left[t - 1])[goes_on]
    return Stocks(capital, lost, left)


def mean_growth(investment: Floats, years: int | None = None) -> Floats:
    """Return each unit's geometric mean growth, ``float64[N]``, from its first year over `years` years (None: all).

    Examples
    --------
    >>> mean_growth(np.array([[100.0], [110.0], [121.0]])).round(12)
    array([0.1])
    """
    first, last = ends(investment)
    if years is not None:
        last = np.minimum(last, first + years)
    n = np.arange(first.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = (investment[last, n] / investment[first, n]) ** (1 / (last - first)) - 1
    return np.where(last > first, growth, np.nan)


def trend(investment: Floats, years: int | None = None) -> tuple[Floats, Floats]:
    """Return growth e^β − 1 and fitted first value of each unit's regression ln I = α + β·t, ``float64[N]`` each.

    Examples
    --------
    >>> growth, fitted = trend(np.array([[100.0], [110.0], [121.0]]))
    >>> growth.round(12), fitted.round(9)
    (array([0.1]), array([100.]))
    """
    first, last = ends(investment)
    t = np.arange(len(investment))[:, None] - first
    used = (t >= 0) & (t <= (last - first if years is None else np.minimum(last - first, years)))
    x = np.where(used, t, np.nan)
    y = np.where(used, np.log(np.where(used, investment, 1.0)), np.nan)
    mean_x, mean_y = np.nanmean(x, axis=0), np.nanmean(y, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.nansum((x - mean_x) * (y - mean_y), axis=0) / np.nansum((x - mean_x) ** 2, axis=0)
    return np.expm1(slope), np.exp(mean_y - slope * mean_x)


def ends(values: Floats) -> tuple[Integers, Integers]:
    """Return the first and the last position of each unit's values."""
    present = ~np.isnan(values)
    return present.argmax(axis=0), len(values) - 1 - present[::-1].argmax(axis=0)
