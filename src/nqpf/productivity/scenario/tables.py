"""The tables of scenarios: paths, the past, effects and parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from nqpf.productivity.scenario.backcast import levels
from nqpf.productivity.scenario.history import History
from nqpf.productivity.scenario.parameters import parameter_rows
from nqpf.productivity.scenario.run import QUANTILES, Fan
from nqpf.productivity.scenario.setup import Setup


def path_table(fan: Fan, last: int) -> pl.DataFrame:
    """Return the projected paths as `Scenarios.frame`; `last` is the last year of the past."""
    frames = []
    for (scenario, measure), found in fan.levels.items():
        years = found.shape[1]
        keys = {
            "unit": np.repeat(np.array(fan.units, dtype=object), years),
            "year": [*range(last + 1, last + 1 + years)] * len(fan.units),
        }
        frame = pl.DataFrame(keys, schema_overrides={"unit": pl.String})
        numbers = {f"q{round(100 * q)}": found[1 + k].T.ravel() for k, q in enumerate(QUANTILES)}
        words = (pl.lit(scenario).alias("scenario"), pl.lit(measure).alias("measure"))
        frames.append(frame.with_columns(*words, pl.Series("central", found[0].T.ravel()), **numbers))
    return pl.concat(frames)


def past_table(past: History, units: tuple[str, ...]) -> pl.DataFrame:
    """Return what came before as `Scenarios.past`."""
    years = [*range(past.first, past.last + 1)]
    frames = [
        pl.DataFrame(
            {
                "unit": [u for u in units for _ in years],
                "year": years * len(units),
                "measure": name,
                "value": x.T.ravel(),
            }
        )
        for name, x in levels(past).items()
    ]
    return pl.concat(frames)


def effect_table(fan: Fan) -> pl.DataFrame:
    """Return differences to the baseline as `Scenarios.effects`."""
    frames = [
        pl.DataFrame(
            {"unit": fan.units, "scenario": scenario, "measure": measure}
            | dict(zip(("central", "low", "high", "above"), found, strict=True))
        )
        for (scenario, measure), found in fan.effects.items()
    ]
    return pl.concat(frames)


def parameter_table(setup: Setup, fan: Fan) -> pl.DataFrame:
    """Return parameters and what goes on in the baseline as `Scenarios.parameters`."""
    schema = {"name": pl.String, "unit": pl.String} | dict.fromkeys(("value", "low", "high"), pl.Float64)
    rows: list[dict[str, Any]] = parameter_rows(dict(setup.known))
    past, start = setup.past, setup.central().parts(slice(0, len(setup.past.units)))[0]
    given = {
        "schooling": past.schooling,
        "energy": past.energy,
        "carbon": past.emissions,
        "tfp": past.output,
        "labour": past.labour,
    }
    for name, found in fan.trends.items():
        if given[name] is not None:
            for n, u in enumerate(past.units):
                told = name == "labour" and not np.isnan(setup.growth[n])
                source = ("given", "labour_growth") if told else ("estimated", "scenario.trend")
                numbers = dict(zip(("value", "low", "high"), map(float, found[:, n]), strict=True))
                rows.append(
                    {"name": f"baseline.{name}", "unit": u}
                    | numbers
                    | dict(zip(("source", "evidence"), source, strict=True))
                )
    kept = {"baseline.investment": start.invested[0].sum(axis=-1)}
    if past.rd is not None:
        kept["baseline.rd"] = start.intensity
    for name, x in kept.items():
        rows += [
            dict.fromkeys(("value", "low", "high"), float(v))
            | {"name": name, "unit": u, "source": "continued", "evidence": "scenario.projection"}
            for u, v in zip(past.units, x, strict=True)
        ]
    return pl.DataFrame(rows, schema | {"source": pl.String, "evidence": pl.String})
