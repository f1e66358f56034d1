"""Agreement of two coders beyond chance: Cohen's kappa and its standard error.

Cohen (1960), doi:10.1177/001316446002000104; Fleiss, Cohen and Everitt (1969), doi:10.1037/h0028106.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement on n units.

    Attributes
    ----------
    observed, expected
        Share of units that are coded alike, and what chance would give.
    kappa, se, low, high
        Kappa, its standard error for large samples, and its interval; NaN where all units have one code.
    """

    n: int
    observed: float
    expected: float
    kappa: float
    se: float
    low: float
    high: float


def kappa_of(table: NDArray[np.int64], level: float = 0.95) -> Kappa:
    """Return Cohen's kappa of a table of codes ``int64[K, K]`` (first coder by second).

    Examples
    --------
    >>> found = kappa_of(np.array([[20, 5], [10, 15]]))
    >>> round(found.kappa, 3), round(found.se, 4)
    (0.4, 0.127)
    """
    n = int(table.sum())
    p: Floats = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    if 1 - expected < 1e-12:
        nan = float("nan")
        return Kappa(n, observed, expected, nan, nan, nan, nan)
    kappa = (observed - expected) / (1 - expected)
    own = np.diagonal(p) @ (1 - (rows + columns) * (1 - kappa)) ** 2
    weight = (columns[:, None] + rows[None, :]) ** 2 * p
    other = (1 - kappa) ** 2 * (weight.sum() - np.trace(weight))
    spread = own + other - (kappa - expected * (1 - kappa)) ** 2
    se = float(np.sqrt(max(spread, 0.0) / n) / (1 - expected))
    reach = float(norm.ppf((1 + level) / 2)) * se
    return Kappa(n, observed, expected, kappa, se, max(kappa - reach, -1.0), min(kappa + reach, 1.0))
