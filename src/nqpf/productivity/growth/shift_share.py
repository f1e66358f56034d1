"""Growth of labour productivity taken apart by sectors, on arrays of pairs of years × units × sectors.

With P = Y/L, p_j = Y_j/L_j, s_j = L_j/L, σ_j = V_j/V the share in nominal output, 0 and 1 the first and last year:

- shift-share (Fabricant 1942; Fagerberg 2000, doi:10.1016/S0954-349X(00)00025-4): within Σ s_0 Δp, between Σ Δs p_0,
  cross Σ Δs Δp, all over P_0;
- McMillan and Rodrik (2011, doi:10.3386/w17143): within Σ s_0 Δp, structural change Σ Δs p_1, over P_0;
- Nordhaus (2002, Brookings Papers on Economic Activity 2, 211–265): with mean shares of both years, pure productivity
  Σ σ_b Δln p with the shares of a base year, Baumol effect Σ (σ − σ_b) Δln p, Denison effect Σ (σ − w) Δln L;
- Tang and Wang (2004, doi:10.1111/j.0008-4085.2004.00009.x): with the size q_j = s_j (relative price), pure Σ σ_0 g(p),
  size Σ σ_0 g(q), interaction Σ σ_0 g(p) g(q), g the rate of growth.

Real output of the economy is the sum of sectors for the first two, and their Törnqvist index for the last two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Sectors in the first and last year of P pairs of years.

    Attributes
    ----------
    value, labour
        ``float64[2, P, N, S]`` real output and labour.
    nominal
        ``float64[2, P, N, S]`` output at prices of the year; None if not given.
    """

    value: Floats
    labour: Floats
    nominal: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """Growth and where it comes from.

    Attributes
    ----------
    growth
        ``float64[P, N]``: P_1/P_0 − 1, for Nordhaus ln P_1/P_0.
    effects
        Each effect by sector, ``float64[P, N, S]``; together they add up to growth.
    """

    growth: Floats
    effects: dict[str, Floats]


def shift_share(ends: Ends) -> Sources:
    """Return within, between and cross effects."""
    growth, (s0, ds), (p0, dp) = _levels(ends)
    return Sources(growth, {"within": s0 * dp, "between": ds * p0, "cross": ds * dp})


def structural_change(ends: Ends) -> Sources:
    """Return within effects and structural change (McMillan and Rodrik)."""
    growth, (s0, ds), (p0, dp) = _levels(ends)
    return Sources(growth, {"within": s0 * dp, "structural": ds * (p0 + dp)})


def _levels(ends: Ends) -> tuple[Floats, tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return growth, shares in labour and productivities relative to P_0: in the first year, and their change."""
    whole = ends.value.sum(axis=-1) / ends.labour.sum(axis=-1)
    share = ends.labour / ends.labour.sum(axis=-1, keepdims=True)
    own = ends.value / ends.labour / whole[0][..., None]
    return whole[1] / whole[0] - 1, (share[0], share[1] - share[0]), (own[0], own[1] - own[0])


def nordhaus(ends: Ends, base: Floats) -> Sources:
    """Return pure productivity, Baumol and Denison effects.

    Parameters
    ----------
    ends
        With nominal output.
    base
        ``float64[N, S]`` shares in nominal output that are kept fixed.

    Notes
    -----
    Labour of the economy is the sum over sectors, so the weights w of the Denison effect are those by which the growth
    of a sum is exactly the sum of growths: logarithmic means of L_j over that of L.
    """
    share, grown, work = _nominal(ends)
    own = grown - work
    total = ends.labour.sum(axis=-1)
    w = _log_mean(ends.labour[1], ends.labour[0]) / _log_mean(total[1], total[0])[..., None]
    effects = {"pure": base * own, "baumol": (share - base) * own, "denison": (share - w) * work}
    return Sources((share * grown).sum(axis=-1) - np.log(total[1] / total[0]), effects)


def relative_size(ends: Ends) -> Sources:
    """Return pure, size and interaction effects (Tang and Wang)."""
    share, grown, _ = _nominal(ends)
    assert ends.nominal is not None
    before = ends.nominal[0] / ends.nominal[0].sum(axis=-1, keepdims=True)
    total = ends.labour.sum(axis=-1)
    real = np.exp((share * grown).sum(axis=-1))
    growth = real * total[0] / total[1] - 1
    own = ends.value[1] / ends.value[0] * ends.labour[0] / ends.labour[1] - 1
    price = ends.nominal / ends.value
    deflator = ends.nominal.sum(axis=-1)[1] / ends.nominal.sum(axis=-1)[0] / real
    size = price[1] / price[0] / deflator[..., None]
    size = size * (ends.labour[1] / ends.labour[0]) * (total[0] / total[1])[..., None] - 1
    return Sources(growth, {"pure": before * own, "size": before * size, "interaction": before * own * size})


def _nominal(ends: Ends) -> tuple[Floats, Floats, Floats]:
    """Return mean shares in nominal output, growth of real output and of labour in logs."""
    assert ends.nominal is not None
    share = (ends.nominal / ends.nominal.sum(axis=-1, keepdims=True)).mean(axis=0)
    return share, np.log(ends.value[1] / ends.value[0]), np.log(ends.labour[1] / ends.labour[0])


def _log_mean(x: Floats, y: Floats) -> Floats:
    """Return (x − y) / (ln x − ln y), and x where both are the same."""
    # with r = x/y: y (r − 1) / ln r, whose quotient log1p keeps exact as r nears 1
    step = (x - y) / y
    same = step == 0
    return np.where(same, x, y * np.divide(step, np.log1p(step), out=np.ones_like(step), where=~same))
