"""The two shake-offs as gauges: the share of growth due to productivity, and productivity against its old path."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from nqpf.productivity.growth.path_break import PathBreak, path_break
from nqpf.productivity.survey import Survey
from nqpf.results import Part

EVERY = ""
"""Stands for all units together."""
SCHEMA = {
    "node": pl.String,
    "unit": pl.String,
    "period": pl.Int64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "threshold": pl.Float64,
    "verdict": pl.String,
}


@dataclass(frozen=True, slots=True, eq=False)
class Shakes:
    """Whether growth and productivity have left the old way.

    Attributes
    ----------
    gauges
        A row a gauge and unit (unit empty: all together): node (of the logic diagram), unit, period (null: the whole
        time), value (share of growth; share by which productivity lies above its old path), low, high, threshold,
        verdict.
    path
        Total factor productivity of growth accounts against the drift of the first half of the years; absent without
        growth accounts.
    """

    gauges: pl.DataFrame
    path: Part[PathBreak]


def shakes(found: Survey | None, seed: int) -> Shakes:
    """Return both gauges from what was found of productivity; without rows where nothing was.

    Parameters
    ----------
    found
        Productivity; None where it was not measured.
    seed
        Of draws.
    """
    if found is None or found.accounted is None:
        return Shakes(pl.DataFrame(schema=SCHEMA), Part())
    shaken, threshold = found.accounted.shaken, found.spec.threshold
    growth = _rows("shakeoff_growth", shaken.frame, "share", threshold)
    index = found.accounted.accounts.frame.select("unit", "period", "tfp_index").drop_nulls()
    middle = found.periods[0] + (found.periods[-1] - found.periods[0]) // 2
    path = Part.of(lambda: path_break(index, "tfp_index", time="period", unit="unit", until=middle, seed=seed))
    if path.result is None:
        return Shakes(growth, path)
    share = path.result.frame.with_columns(pl.col("gap", "low", "high").exp() - 1)
    return Shakes(pl.concat([growth, _rows("shakeoff_path", share, "gap", 0.0)]), path)


def _rows(node: str, frame: pl.DataFrame, value: str, threshold: float) -> pl.DataFrame:
    kept = frame.select(
        pl.lit(node).alias("node"),
        pl.col("unit").fill_null(EVERY),
        pl.lit(None, pl.Int64).alias("period"),
        pl.col(value).alias("value").cast(pl.Float64),
        pl.col("low").cast(pl.Float64),
        pl.col("high").cast(pl.Float64),
        pl.lit(threshold).alias("threshold"),
        "verdict",
    )
    return kept.filter(pl.col("value").is_not_null() & pl.col("value").is_finite())
