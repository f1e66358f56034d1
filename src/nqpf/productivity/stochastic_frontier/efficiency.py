r"""Efficiency of every row given its residual: u | ε ~ N⁺(μ\*, σ\*²), and e^(−hu) by three predictors with an interval.

Battese and Coelli's E[e^(−hu) | ε] (1988, doi:10.1016/0304-4076(88)90053-X, with decay 1992), e^(−h E[u|ε]) of
Jondrow, Lovell, Materov and Schmidt (1982, doi:10.1016/0304-4076(82)90004-5), and e^(−hu) at the mode of u. The
interval is that of u given ε, with the parameters taken as known (Horrace and Schmidt 1996, Journal of Productivity
Analysis 7, 257-282).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri_exp

from nqpf.productivity.stochastic_frontier.composed import mills
from nqpf.productivity.stochastic_frontier.likelihood import Likelihood

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Efficiency:
    """Of each of n rows, ``float64[n]``: predictors of e^(−hu), E[hu|ε], and the ends of the interval of e^(−hu)."""

    te_bc: Floats
    te_jlms: Floats
    te_mode: Floats
    inefficiency: Floats
    lower: Floats
    upper: Floats


def conditional(surface: Likelihood, theta: Floats) -> tuple[Floats, Floats]:
    """Return μ* and σ* of u given the residuals of each group, both ``float64[G]``."""
    _, u, v, d, _ = surface.split(theta)
    a_u, a_v = np.exp(u), np.exp(v)
    groups = surface.groups(theta)
    if surface.law == "exponential":
        mean = -surface.sign * groups.along - a_v / np.sqrt(a_u)
        return mean, np.full_like(mean, np.sqrt(a_v))
    total = a_v + groups.weight * a_u
    mean = (a_v * np.sqrt(a_u) * (surface.z @ d) - surface.sign * a_u * groups.along) / total
    return mean, np.sqrt(a_u * a_v / total)


def efficiency(surface: Likelihood, theta: Floats, level: float, scale: float) -> Efficiency:
    """Return the efficiency of every row.

    Parameters
    ----------
    surface
        Likelihood.
    theta
        Its parameters.
    level
        Probability of the interval.
    scale
        What u is to be multiplied with before it is in logs of the left-hand side.
    """
    each = np.diff(np.append(surface.starts, surface.y.size))
    mean, spread = (np.repeat(a * scale, each) for a in conditional(surface, theta))
    h = surface.shape(surface.split(theta)[4])
    z = mean / spread
    inside = log_ndtr(z)
    expected = spread * (z + mills(z))
    bc = np.exp(log_ndtr(z - h * spread) - inside - h * mean + 0.5 * (h * spread) ** 2)
    # P(u > a | ε) = Φ((μ* − a)/σ*) / Φ(μ*/σ*), turned round in logs so that the far tail keeps its digits.
    high, low = (mean - spread * ndtri_exp(np.log(p) + inside) for p in ((1 - level) / 2, (1 + level) / 2))
    return Efficiency(
        te_bc=np.minimum(bc, 1.0),
        te_jlms=np.exp(-h * expected),
        te_mode=np.exp(-h * np.maximum(mean, 0.0)),
        inefficiency=h * expected,
        lower=np.exp(-h * np.maximum(high, 0.0)),
        upper=np.exp(-h * np.maximum(low, 0.0)),
    )
