"""Effects of a policy as tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy import special

from nqpf.messages import say
from nqpf.regions.panels.did_regression import BASE, Effect, Events

NUMBERS = ("estimate", "se", "statistic", "p", "low", "high")


def att_table(effect: Effect, level: float) -> pl.DataFrame:
    """Return the effect on the treated as a table of one coefficient."""
    label = say("panels.term.att")
    row = ("att", label.zh, label.en, *numbers(effect, level))
    schema = dict.fromkeys(("name", "zh", "en"), pl.String) | dict.fromkeys(NUMBERS, pl.Float64)
    return pl.DataFrame([row], schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def event_table(effects: Mapping[int, Effect], events: Events, level: float) -> pl.DataFrame:
    """Return effects by years since adoption; the year that they are measured from is 0 without an error."""
    rows = []
    for r in sorted({*effects, BASE}):
        seen = events.unit[(events.cohort >= 0) & (events.relative == r)]
        shown = numbers(effects[r], level) if r in effects else (0.0, None, None, None, None, None)
        rows.append((r, *shown, int(np.unique(seen).size)))
    schema = {"relative": pl.Int64} | dict.fromkeys(NUMBERS, pl.Float64) | {"units": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def numbers(effect: Effect, level: float) -> tuple[float | None, ...]:
    """Return estimate, standard error, statistic, p and interval; nulls where there is no error."""
    estimate, se = effect.estimate, effect.se
    if not se > 0:
        return (estimate, None, None, None, None, None)
    statistic = estimate / se
    if effect.freedom is None:
        p, reach = 2 * special.ndtr(-abs(statistic)), special.ndtri((1 + level) / 2) * se
    else:
        p = 2 * special.stdtr(effect.freedom, -abs(statistic))
        reach = special.stdtrit(effect.freedom, (1 + level) / 2) * se
    return (estimate, se, statistic, float(p), float(estimate - reach), float(estimate + reach))
