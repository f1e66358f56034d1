"""Capital's share from the data themselves: the elasticity of a Cobb–Douglas function with constant returns.

ln(Y/L) = a_i + b_t + v ln(K/L), with effects of units and years, by least squares; standard errors by units (Arellano
1987, doi:10.1111/j.1468-0084.1987.mp49004006.x). It equals the share in cost only if factors are paid their marginal
products, and is biased where capital follows productivity: that is what `production_function` is for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Elasticity:
    """Elasticity of output with respect to capital, its standard error and 95 % interval, and cells and units used."""

    value: float
    se: float
    low: float
    high: float
    cells: int
    units: int


def capital_elasticity(output: Floats, capital: Floats, labour: Floats) -> Elasticity:
    """Return the elasticity of capital in a Cobb–Douglas function with constant returns and two-way fixed effects.

    Parameters
    ----------
    output, capital, labour
        ``float64[T, N]`` positive, NaN where absent.

    Examples
    --------
    >>> k = np.array([[1.0, 4.0, 2.0], [2.0, 4.0, 9.0], [3.0, 8.0, 5.0]])
    >>> year, unit = np.array([[1.0], [1.5], [1.2]]), np.array([3.0, 2.0, 5.0])
    >>> round(capital_elasticity(unit * year * k**0.4, k, np.ones((3, 3))).value, 12)
    0.4
    """
    y, x = np.log(output / labour), np.log(capital / labour)
    there = np.isfinite(y + x)
    t, n = np.nonzero(there)
    effects = np.zeros((t.size, sum(there.shape)))
    effects[np.arange(t.size), t] = effects[np.arange(t.size), there.shape[0] + n] = 1.0
    both = np.column_stack([y[there], x[there]])
    rest = both - effects @ np.linalg.lstsq(effects, both, rcond=None)[0]
    square = float(np.sum(rest[:, 1] ** 2))
    if square < 1e-12 * np.sum(both[:, 1] ** 2):
        return Elasticity(np.nan, np.nan, np.nan, np.nan, t.size, int(there.any(axis=0).sum()))
    value = float(np.sum(rest[:, 0] * rest[:, 1])) / square
    scores = np.bincount(n, weights=rest[:, 1] * (rest[:, 0] - value * rest[:, 1]), minlength=there.shape[1])
    units = int(there.any(axis=0).sum())
    se = float(np.sqrt(np.sum(scores**2) * units / (units - 1))) / square if units > 1 else np.nan
    reach = float(stdtrit(units - 1, 0.975)) * se
    return Elasticity(value, se, value - reach, value + reach, t.size, units)
