"""A panel of firms whose elasticities are known: productivity follows an AR(1), materials and investment show it."""

from __future__ import annotations

import numpy as np
import polars as pl

LABOUR, CAPITAL = 0.6, 0.4


def firm_panel(units: int = 400, years: int = 8, seed: int = 1) -> pl.DataFrame:
    """Return firm, year and the logs y, l, k, m (materials), i (investment), and true productivity omega.

    Labour is planned before the year's other chances are known and slips from its plan; capital wears out by chance.
    """
    rng = np.random.default_rng(seed)
    omega, k, slip = (rng.normal(0.0, sd, units) for sd in (0.3, 0.5, 0.3))
    parts = []
    for t in range(20 + years):
        omega = 0.7 * omega + rng.normal(0.0, 0.2, units)
        slip = 0.3 * slip + rng.normal(0.0, 0.4, units)
        labour = omega + 0.5 * k + slip
        i = 0.3 * k + 0.8 * omega
        y = LABOUR * labour + CAPITAL * k + omega + rng.normal(0.0, 0.1, units)
        rows = {"firm": np.arange(units), "year": 2000 + t - 20, "y": y, "l": labour, "k": k}
        if t >= 20:
            parts.append(pl.DataFrame(rows | {"m": CAPITAL * k + omega, "i": i, "omega": omega}))
        k = np.log(0.8 * np.exp(k) + 0.3 * np.exp(i)) + rng.normal(0.0, 0.2, units)
    return pl.concat(parts)
