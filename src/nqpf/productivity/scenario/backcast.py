"""How the method would have done: run from an earlier year, held against what came, and against two simple guesses.

Tashman (2000), doi:10.1016/S0169-2070(00)00065-0, on tests of forecasts outside the sample. The baseline is run, for
nobody knew then which levers would be pulled: what they did is part of the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.productivity.scenario.history import LEAST, TOTAL, History
from nqpf.productivity.scenario.run import QUANTILES, Fan, run
from nqpf.productivity.scenario.setup import Setup
from nqpf.productivity.scenario.spec import Levers, ScenarioSpec

Floats = NDArray[np.float64]
HELD = ("output", "productivity", "energy", "emissions")
"""Measures that the data tell."""
LEVELS = {50: (0.25, 0.75), 80: (0.10, 0.90), 90: (0.05, 0.95)}
"""Intervals by their per cent."""
LONGEST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Backcast:
    """Tables of a backcast: `frame` (cells) and `skill` (measures), as `Scenarios` describes them."""

    frame: pl.DataFrame
    skill: pl.DataFrame

    @classmethod
    def none(cls) -> Backcast:
        """Return tables without rows."""
        keys: dict[str, Any] = {"unit": pl.String, "year": pl.Int64, "measure": pl.String}
        quantiles = [f"q{round(100 * q)}" for q in QUANTILES]
        cells = dict.fromkeys(("actual", "central", *quantiles, "no_change", "trend"), pl.Float64)
        frame = pl.DataFrame(schema=keys | cells)
        return cls(frame, _skill(frame))


def held_back(past: History, asked: int | None) -> int:
    """Return how many last years are held back; 0 where none can be."""
    years = len(past.output)
    most = years - LEAST
    return min(max(years // 3, 1), LONGEST, most) if asked is None else asked


def backcast(past: History, spec: ScenarioSpec, years: int, rng: np.random.Generator) -> Backcast:
    """Return a baseline run from so many years before the last one beside what came."""
    known = past.until(past.last - years)
    fan = run(Setup.of(known, spec.model_copy(update={"levers": Levers(), "target": past.last}), rng), TOTAL)
    then, now = levels(known), levels(past)
    frames = [_cells(fan, name, then[name], now[name][-years:], known, spec) for name in HELD if name in then]
    frame = pl.concat(frames)
    return Backcast(frame, _skill(frame))


def levels(past: History) -> dict[str, Floats]:
    """Return what the data tell of units and of all together, ``float64[T, M]`` by measure."""
    several = len(past.units) > 1

    def both(x: Floats) -> Floats:
        return np.column_stack([x, x.sum(axis=1)]) if several else x

    output = both(past.output)
    found = {"output": output, "productivity": output / both(past.labour), "capital": both(past.capital)}
    return found | {name: both(x) for name in ("energy", "emissions") if (x := getattr(past, name)) is not None}


def _cells(fan: Fan, name: str, then: Floats, now: Floats, known: History, spec: ScenarioSpec) -> pl.DataFrame:
    found = fan.levels["baseline", name]
    years = len(now)
    used = len(then) - 2 if spec.history is None else min(spec.history, len(then) - 2)
    slope = np.log(then[-1] / then[-1 - used]) / used
    trend = then[-1] * np.exp(slope * np.arange(1, years + 1)[:, None])
    columns = {f"q{round(100 * q)}": found[1 + k] for k, q in enumerate(QUANTILES)}
    columns = (
        {"actual": now, "central": found[0]}
        | columns
        | {"no_change": np.broadcast_to(then[-1], now.shape), "trend": trend}
    )
    keys = {
        "unit": [u for u in fan.units for _ in range(years)],
        "year": [*range(known.last + 1, known.last + 1 + years)] * len(fan.units),
    }
    return pl.DataFrame(keys | {"measure": name} | {key: x.T.ravel() for key, x in columns.items()})


def _skill(frame: pl.DataFrame) -> pl.DataFrame:
    """Return coverage and errors in logs, of units (all together apart)."""
    whole = (pl.col("unit") == TOTAL).alias("together")

    def error(column: str) -> pl.Expr:
        return ((pl.col(column) / pl.col("actual")).log() ** 2).mean().sqrt()

    def inside(low: float, high: float) -> pl.Expr:
        return pl.col("actual").is_between(pl.col(f"q{round(100 * low)}"), pl.col(f"q{round(100 * high)}")).mean()

    return frame.group_by("measure", whole, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("cells"),
        *(inside(*ends).alias(f"coverage_{level}") for level, ends in LEVELS.items()),
        error("q50").alias("error"),
        error("no_change").alias("error_no_change"),
        error("trend").alias("error_trend"),
    )
