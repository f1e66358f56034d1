"""Speed of convergence and half-life from a slope on initial log income, with standard errors by the delta method.

Annual growth on ln y₀ has the slope β = −(1 − e^(−λT))/T, growth over all T years β = −(1 − e^(−λT)): Barro and
Sala-i-Martin (1992), doi:10.1086/261816. Gaps halve after ln 2/λ years.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, nan
from typing import Literal

Rule = Literal["exact", "reat"]


@dataclass(frozen=True, slots=True)
class Speed:
    """λ a year and half-life in years with standard errors; NaN where there is none."""

    speed: float
    speed_se: float
    half_life: float
    half_life_se: float


def speed_of(slope: float, se: float, span: float, factor: float = 1.0) -> Speed:
    """Return the speed that a slope means.

    Parameters
    ----------
    slope, se
        Coefficient of the initial logarithm, negative under convergence, and its standard error.
    span
        T, years of growth.
    factor
        What the slope is multiplied by to be that of growth over all years: `span` for annual growth, else 1.

    Returns
    -------
    Speed
        λ = −ln(1 + factor·slope)/T, negative for divergence. Without a speed where the slope is so far below zero that
        gaps would change their sign; without a half-life where the speed is not positive.

    Examples
    --------
    >>> speed_of(-0.5, 0.1, 10).half_life
    10.0
    """
    left = 1 + factor * slope
    if not left > 0:
        return Speed(nan, nan, nan, nan)
    rate, rate_se = -log(left) / span, factor * se / (span * left)
    if not rate > 0:
        return Speed(rate, rate_se, nan, nan)
    return Speed(rate, rate_se, log(2) / rate, log(2) / rate**2 * rate_se)


def slope_of(speed: float, span: float, factor: float = 1.0) -> float:
    """Return the slope that a speed means, the inverse of `speed_of`.

    Examples
    --------
    >>> round(slope_of(speed_of(-0.02, 0.0, 10, factor=10).speed, 10, factor=10), 12)
    -0.02
    """
    return -(1 - exp(-speed * span)) / factor
