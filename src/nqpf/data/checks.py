"""Suspicious cells: numbers that are there but look made up, mistyped or in another unit.

Nothing is changed; each suspicion is a row for a person to look at. Kinds: ``jump`` (a change in logs far beyond what
the series does elsewhere: a unit or scope slip, or a real event), ``even_steps`` (three or more equal changes in a
row: an interpolated or extrapolated series), ``frozen`` (a number that does not change for three or more years in a
row).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.panel import Panel

JUMP = 0.8
"""Least change in natural logs (a factor of 2.2) that can be a jump."""
SPREADS = 6.0
"""A jump is also this many times the series' median absolute change."""
RUN = 3
"""Equal changes in a row that make a run."""

SCHEMA = {
    "unit": pl.String,
    "indicator": pl.String,
    "period": pl.Int64,
    "kind": pl.String,
    "value": pl.Float64,
    "size": pl.Float64,
}


def suspicious_cells(panel: Panel) -> pl.DataFrame:
    """Return the cells of a panel worth a second look.

    Returns
    -------
    DataFrame
        Columns unit, indicator, period (the year of the jump, the last year of a run), kind, value, and size: the
        factor of change for ``jump``, the number of equal steps for the others.

    Examples
    --------
    >>> tidy = pl.DataFrame({"unit": ["a"] * 5, "period": range(2000, 2005), "indicator": ["x"] * 5,
    ...                      "value": [10.0, 12.34, 14.68, 17.02, 19.36]})
    >>> suspicious_cells(Panel.from_tidy(tidy))["kind"].to_list()
    ['even_steps']
    """
    rows: list[dict[str, Any]] = []
    for k, name in enumerate(panel.indicators):
        layer = panel.values[:, :, k]
        for t, n, kind, size in (*_jumps(layer), *_runs(layer)):
            place = {"unit": panel.units[n], "indicator": name, "period": panel.periods[t]}
            rows.append(place | {"kind": kind, "value": float(layer[t, n]), "size": size})
    return pl.DataFrame(rows, schema=SCHEMA).sort("indicator", "unit", "period")


def _jumps(layer: NDArray[np.float64]) -> list[tuple[int, int, str, float]]:
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.diff(np.log(np.where(layer > 0, layer, np.nan)), axis=0)
    size = np.abs(change)
    usual = np.nanmedian(size) if np.isfinite(size).any() else np.nan
    found = np.argwhere((size > JUMP) & (size > SPREADS * usual))
    return [(int(t) + 1, int(n), "jump", float(np.exp(change[t, n]))) for t, n in found]


def _runs(layer: NDArray[np.float64]) -> list[tuple[int, int, str, float]]:
    found = []
    for n in range(layer.shape[1]):
        step = np.diff(layer[:, n])
        # Numbers of few digits repeat their steps by chance: a step must be large beside the last digit kept.
        grain = _grain(layer[:, n])
        run = 1
        for t in range(1, step.size + 1):
            same = t < step.size and abs(step[t] - step[t - 1]) <= 1e-9 * abs(layer[t, n])
            run = run + 1 if same else run
            if not same and run >= RUN:
                kind = "frozen" if step[t - 1] == 0 else "even_steps"
                if (layer[t, n] != 0) if kind == "frozen" else (abs(step[t - 1]) > 20 * grain):
                    found.append((t, n, kind, float(run)))
            if not same:
                run = 1
    return found


def _grain(series: NDArray[np.float64]) -> float:
    """Return the last decimal place a series is written with: 0.01 for 3.25."""
    known = series[np.isfinite(series)]
    places = next((d for d in range(9) if np.allclose(known, np.round(known, d), rtol=0, atol=1e-9)), 9)
    return float(10.0**-places)
