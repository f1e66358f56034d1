"""Panels that index numbers are tried on."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

X, Y = ["labour", "land"], ["corn", "rye"]
WX, PY = ["wage", "rent"], ["p_corn", "p_rye"]
KEYS: Any = {"unit": "farm", "time": "year"}
PRICES: Any = {"input_prices": WX, "output_prices": PY}

PRICED = ("laspeyres", "paasche", "fisher", "lowe", "tornqvist", "eks", "ccd")
SHADOWED = ("hicks_moorsteen", "malmquist_hs", "malmquist_it", "fare_primont")
EVERY = (*PRICED, *SHADOWED, "bjurek")
SUMS = ("laspeyres", "paasche", "fisher", "lowe", *SHADOWED)
"""Indices whose aggregates are sums at prices."""
TRANSITIVE = ("lowe", "eks", "ccd", "fare_primont")


def panel(units: int = 12, years: int = 3, seed: int = 5) -> pl.DataFrame:
    """Return farms with two inputs, two outputs and their prices."""
    draw = np.random.default_rng(seed)
    rows = units * years
    table: dict[str, Any] = {
        "farm": [f"f{k:02d}" for k in range(units)] * years,
        "year": np.repeat(np.arange(years) + 2001, units),
    }
    return pl.DataFrame(table | {c: draw.lognormal(0, 0.3, rows) for c in (*X, *Y, *WX, *PY)})


def numbers_of(frame: pl.DataFrame) -> list[str]:
    """Return the columns that are numbers found."""
    return [c for c, kind in frame.schema.items() if kind == pl.Float64]
