"""Pseudo-samples of efficiencies: the smoothed, reflected draw of Simar and Wilson (1998), and its bandwidth.

Distances are δ ≥ 1 throughout: Farrell's output score φ, or 1/θ. Simar and Wilson (1998),
doi:10.1287/mnsc.44.1.49; bandwidth after Silverman (1986), doi:10.1201/9781315140919, and Daraio and Simar (2007),
doi:10.1007/978-0-387-35231-2, who leave the many ones out of it and reflect at 1.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

from nqpf.errors import MethodError, SpecError, Where
from nqpf.productivity.frontier.technology import Floats

ON_FRONTIER = 1e-6
"""Distances within this of 1 count as on the frontier."""


def check_seed(seed: Any) -> None:
    """Raise a SpecError if a seed is no integer of 0 or more."""
    if not isinstance(seed, Integral) or seed < 0:
        raise SpecError("inference_seed", where=Where(key="seed"), value=seed)


def bandwidth(delta: Floats) -> float:
    """Return the bandwidth for distances ``float64[n]``.

    h = 0.9 min(s, IQR/1.349) (2m)^(−1/5) of the m distances above 1 reflected at 1, times
    sd(δ)/s · (2m/n)^(1/5), since the draw is from all n.

    Raises
    ------
    MethodError
        Every unit is on the frontier.
    """
    above = delta[delta > 1 + ON_FRONTIER]
    if not above.size or np.ptp(delta) == 0:
        raise MethodError("bootstrap_all_efficient", count=delta.size)
    both = np.concatenate([above, 2.0 - above])
    deviation = both.std(ddof=1)
    adjust = delta.std(ddof=1) / deviation * (both.size / delta.size) ** 0.2
    quartile = float(np.subtract(*np.quantile(both, [0.75, 0.25]))) / 1.349
    spread = quartile if 1e-6 < quartile < deviation else deviation
    return float(adjust * 0.9 * spread * both.size**-0.2)


def smooth_draw(delta: Floats, h: float, rng: np.random.Generator) -> Floats:
    """Return n distances ≥ 1 drawn from the smoothed, reflected distribution of ``float64[n]`` distances.

    The draw is corrected to the variance of what it is drawn from, then reflected at 1, so that none lies below.
    """
    both = np.concatenate([delta, 2.0 - delta])
    picked = rng.choice(both, delta.size)
    moved = picked + h * rng.standard_normal(delta.size)
    middle = picked.mean()
    drawn = middle + (moved - middle) / np.sqrt(1 + h**2 / both.var(ddof=1))
    return np.asarray(np.where(drawn < 1, 2.0 - drawn, drawn))
