"""Elasticity of TFP with respect to the stock of R&D, estimated twice: from spending, and from its share in output.

ln A on the lagged ln R within units and years (Griliches 1979, doi:10.2307/3003321), errors by clusters of units (Liang
and Zeger 1986, doi:10.1093/biomet/73.1.13). Where spending follows output, units whose TFP grows spend more, and least
squares is too high. The second estimate takes a stock for an instrument that is fed by each unit's share of R&D in
output and by the mean growth of all units: right where shares are policy, too low where spending is and output alone
moves its share. The truth lies between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from nqpf.numerics.within import demeaned

Floats = NDArray[np.float64]
FLAT = 1e-9
"""Share of its size below which nothing of a stock is left beside the effects."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate, its standard error and degrees of freedom; NaN where it cannot be had."""

    value: float
    se: float
    freedom: int

    def interval(self, level: float) -> tuple[float, float]:
        """Return its interval."""
        reach = float(stdtrit(self.freedom, (1 + level) / 2)) * self.se
        return self.value - reach, self.value + reach


def rd_elasticity(
    tfp: Floats, output: Floats, spending: Floats, stock: Floats, rate: float, lag: int
) -> dict[str, Estimate]:
    """Return the estimates ``within`` (from spending) and ``intensity`` (from its share in output).

    Parameters
    ----------
    tfp
        ``float64[T − 1, N]`` ln A of every year but the first.
    output, spending, stock
        ``float64[T, N]``.
    rate, lag
        Depreciation of the stock, and years after which it counts.
    """
    years, units = output.shape
    growth = np.diff(np.log(output), axis=0).mean(axis=1)
    usual = output[0] * np.exp(np.concatenate([[0.0], growth.cumsum()]))[:, None]
    fed = np.empty_like(stock)
    fed[0] = stock[0]
    for t in range(1, years):
        fed[t] = (1 - rate) * fed[t - 1] + spending[t] / output[t] * usual[t]
    y = tfp[lag - 1 :]
    x, z = (np.log(s[: years - lag]) for s in (stock, fed))
    unit, year = np.tile(np.arange(units), len(y)), np.repeat(np.arange(len(y)), units)
    columns = np.column_stack([v.ravel() for v in (y, x, z)])
    rest, _ = demeaned(columns, [unit, year])
    y, x, z = rest.T
    left = np.abs(rest[:, 1:]).max(axis=0) > FLAT * np.abs(columns[:, 1:]).max(axis=0)
    if not left.all():
        return dict.fromkeys(("within", "intensity"), Estimate(np.nan, np.nan, units - 1))
    return {"within": _clustered(y, x, x, unit), "intensity": _clustered(y, x, z, unit)}


def _clustered(y: Floats, x: Floats, z: Floats, unit: NDArray[np.intp]) -> Estimate:
    """Return the estimate with an instrument, z = x being least squares, its error by clusters."""
    units = int(unit.max()) + 1
    value = float(z @ y) / float(z @ x)
    scores = np.bincount(unit, weights=z * (y - value * x), minlength=units)
    spread = float(np.sqrt((scores**2).sum() * units / (units - 1)))
    return Estimate(value, spread / abs(float(z @ x)), units - 1)
