r"""Log density of noise and inefficiency together, with its first and second derivatives, for all groups at once.

A group is a unit whose inefficiency is one draw u of which h_t·u shows in row t (Battese and Coelli 1992,
doi:10.1007/BF00158774), or a single row with h = 1. Its residuals ε_t = v_t − s·h_t·u (s = 1: production, −1: cost)
enter by A = Σ ε², B = Σ h ε and q = Σ h² alone. With U = σ_u², V = σ_v², D = V + qU, m = μ/σ_u and
z = (m V^½ − s B (U/V)^½) / D^½, the density of u ~ N⁺(μ, σ_u²) is

    ln f = −½ [n ln 2π + (n−1) ln V + ln D + A/V + m² − z²] − ln Φ(m) + ln Φ(z)

which is Battese and Coelli's with (σ², γ) written as (U, V); Aigner, Lovell and Schmidt (1977,
doi:10.1016/0304-4076(77)90052-5) is n = 1, m = 0. The exponential law is theirs too and Meeusen and van den Broeck's
(1977, doi:10.2307/2525757). Derivatives are by (B, q, m, ln U, ln V): logarithms keep both variances positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, log_ndtr

Floats = NDArray[np.float64]
Law = Literal["truncated", "exponential"]

B, Q, M, U, V = range(5)
"""Places of the arguments in the arrays of derivatives."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What the residuals of G groups say: A, B, q and the number of rows, each ``float64[G]``."""

    square: Floats
    along: Floats
    weight: Floats
    rows: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """Log density of G groups and its derivatives.

    Attributes
    ----------
    value
        ``float64[G]``.
    first
        ``float64[5, G]`` by B, q, m, ln U, ln V.
    second
        ``float64[5, 5, G]``; None if not asked for.
    square
        Derivative by A, the same for all groups; its derivative by ln V is its negative, by all else zero.
    """

    value: Floats
    first: Floats
    second: Floats | None
    square: float


def mills(x: Floats) -> Floats:
    """Return φ(x) / Φ(x), precise in both tails."""
    return np.asarray(np.sqrt(2 / np.pi) / erfcx(-x / np.sqrt(2)))


def _scaled(x: Floats) -> Floats:
    """Return ln Φ(x) + x²/2 without taking one large number from another."""
    tail = np.log(0.5 * erfcx(-np.minimum(x, 0.0) / np.sqrt(2)))
    return np.asarray(np.where(x < 0, tail, log_ndtr(x) + 0.5 * x**2))


def density(law: Law, sign: int, groups: Groups, m: Floats, u: float, v: float, curved: bool) -> Density:
    """Return the log density of groups.

    Parameters
    ----------
    law
        Of inefficiency; ``exponential`` takes groups of one row and ignores `m`.
    sign
        1 where inefficiency lowers the left-hand side (production), −1 where it raises it (cost).
    groups
        Sums over the residuals.
    m
        ``float64[G]`` μ/σ_u.
    u, v
        ln σ_u² and ln σ_v².
    curved
        Whether second derivatives are wanted.
    """
    if law == "exponential":
        return _exponential(sign, groups, u, v, curved)
    return _truncated(sign, groups, m, u, v, curved)


def _truncated(sign: int, groups: Groups, m: Floats, u: float, v: float, curved: bool) -> Density:
    a_u, a_v = float(np.exp(u)), float(np.exp(v))
    b, q, n = groups.along, groups.weight, groups.rows
    total = a_v + q * a_u
    share, rate = q * a_u / total, a_u / total
    # z = p + k: what the law says, and what the residuals say.
    slope_m, slope_b = np.sqrt(1 - share), -sign * np.sqrt(a_u / (a_v * total))
    p, k = slope_m * m, slope_b * b
    z = p + k
    ratio, own = mills(z), mills(m)
    rho = ratio + z
    half = 0.5 * groups.square / a_v
    value = -0.5 * (n * np.log(2 * np.pi) + (n - 1) * v + np.log(total)) - half + _scaled(z) - _scaled(m)
    z_u = 0.5 * (k * (1 - share) - p * share)
    z_v = -0.5 * (k * (2 - share) - p * share)
    dz = np.stack([slope_b, -0.5 * rate * z, slope_m, z_u, z_v])
    first = rho * dz
    first[Q] -= 0.5 * rate
    first[M] -= m + own
    first[U] -= 0.5 * share
    first[V] += half - 0.5 * (n - share)
    square = -0.5 / a_v
    if not curved:
        return Density(value, first, None, square)
    second = rho * _bend(m, z, dz, share, rate, p, k) + (1 - ratio * rho) * dz[:, None] * dz
    bow = 0.5 * share * (1 - share)
    second[Q, Q] += 0.5 * rate**2
    second[Q, U] -= (drift := 0.5 * rate * (1 - share))
    second[U, Q] -= drift
    second[Q, V] += drift
    second[V, Q] += drift
    second[M, M] -= 1 - own * (own + m)
    second[U, U] -= bow
    second[V, V] -= bow + half
    second[U, V] += bow
    second[V, U] += bow
    return Density(value, first, second, square)


def _bend(m: Floats, z: Floats, dz: Floats, share: Floats, rate: Floats, p: Floats, k: Floats) -> Floats:
    """Return the second derivatives of z, ``float64[5, 5, G]``."""
    d = np.zeros((5, 5, z.size))
    bow, drift = 0.5 * share * (1 - share), 0.5 * rate * (1 - share)
    d[B, Q], d[M, Q] = -0.5 * rate * dz[B], -0.5 * rate * dz[M]
    d[B, U], d[B, V] = 0.5 * dz[B] * (1 - share), -0.5 * dz[B] * (2 - share)
    d[M, U], d[M, V] = -0.5 * dz[M] * share, 0.5 * dz[M] * share
    d[Q, U], d[Q, V] = -0.5 * rate * dz[U] - drift * z, -0.5 * rate * dz[V] + drift * z
    d[U, V] = -0.25 * (p * share**2 + k * (2 - share) * (1 - share)) + bow * z
    upper = d + d.transpose(1, 0, 2)
    upper[Q, Q] = 0.75 * rate**2 * z
    upper[U, U] = 0.25 * (p * share**2 + k * (1 - share) ** 2) - bow * z
    upper[V, V] = 0.25 * (p * share**2 + k * (2 - share) ** 2) - bow * z
    return upper


def _exponential(sign: int, groups: Groups, u: float, v: float, curved: bool) -> Density:
    b = groups.along
    ratio, pull, scale = np.exp(0.5 * (v - u)), sign * b * np.exp(-0.5 * u), sign * b * np.exp(-0.5 * v)
    z = -scale - ratio
    value = -0.5 * u - 0.5 * scale**2 + _scaled(z)
    hazard = mills(z)
    nil = np.zeros_like(b)
    dz = np.stack([nil - sign * np.exp(-0.5 * v), nil, nil, nil + 0.5 * ratio, 0.5 * (scale - ratio)])
    first = hazard * dz
    first[B] += sign * np.exp(-0.5 * u)
    first[U] -= 0.5 + 0.5 * ratio**2 + 0.5 * pull
    first[V] += 0.5 * ratio**2
    if not curved:
        return Density(value, first, None, 0.0)
    second = -hazard * (hazard + z) * dz[:, None] * dz
    second[B, V] += (bent := hazard * 0.5 * sign * np.exp(-0.5 * v))
    second[V, B] += bent
    second[B, U] -= (eased := 0.5 * sign * np.exp(-0.5 * u))
    second[U, B] -= eased
    second[U, U] += 0.5 * ratio**2 + 0.25 * pull - 0.25 * hazard * ratio
    second[U, V] += (across := -0.5 * ratio**2 + 0.25 * hazard * ratio)
    second[V, U] += across
    second[V, V] += 0.5 * ratio**2 - 0.25 * hazard * (scale + ratio)
    return Density(value, first, second, 0.0)
