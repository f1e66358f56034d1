"""Tables of an estimated production function: elasticities with intervals, returns to scale, the search, rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from nqpf.productivity.firms.control_function import searched_inputs
from nqpf.productivity.firms.fit import Descents, Fit, How
from nqpf.productivity.firms.sample import Roles, Sample
from nqpf.productivity.firms.wooldridge import paired_rows

Floats = NDArray[np.float64]

WORDS = pl.Enum(["ok", "no_previous_year", "no_investment", "missing", "not_positive"])


def intervals(estimate: Floats, covariance: Floats | None, draws: Floats | None, level: float) -> dict[str, Floats]:
    """Return se, low and high of estimates; NaN where neither a formula nor draws tell them.

    Draws (``float64[B, K]``, of which those with NaN are left out) give their standard deviation and percentiles; a
    covariance gives the normal interval.
    """
    tail = (1 - level) / 2
    if draws is not None:
        there = draws[np.isfinite(draws).all(axis=1)]
        if len(there) > 1:
            low, high = np.quantile(there, [tail, 1 - tail], axis=0)
            return {"se": there.std(axis=0, ddof=1), "low": low, "high": high}
    elif covariance is not None:
        se = np.sqrt(np.diag(covariance))
        wide = -float(ndtri(tail)) * se
        return {"se": se, "low": estimate - wide, "high": estimate + wide}
    nothing = np.full(estimate.size, np.nan)
    return {"se": nothing, "low": nothing, "high": nothing}


def elasticity_tables(
    names: Sequence[str], roles: Roles, fit: Fit, draws: Floats | None, level: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return elasticities and coefficients of controls, a row each, and returns to scale."""
    role = {
        **dict.fromkeys(roles.free, "free"),
        **dict.fromkeys(roles.state, "state"),
        **dict.fromkeys(roles.proxy, "proxy"),
    }
    both = np.concatenate([fit.elasticities, fit.controls])
    found = intervals(both, fit.covariance, draws, level)
    table = {
        "input": [*names, *roles.controls],
        "role": [*(role[n] for n in names), *("control" for _ in roles.controls)],
    }
    each = pl.DataFrame(table | {"estimate": both} | found).with_columns(pl.col(pl.Float64).fill_nan(None))
    k = len(names)
    added = None if draws is None else draws[:, :k].sum(axis=1, keepdims=True)
    spread = None if fit.covariance is None else fit.covariance[:k, :k].sum(keepdims=True)
    total = np.array([fit.elasticities.sum()])
    scale = pl.DataFrame({"estimate": total} | intervals(total, spread, added, level))
    return each, scale.with_columns(pl.col(pl.Float64).fill_nan(None))


def search_tables(names: Sequence[str], found: Descents | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return where each start of the second stage led, and the places they led to; without rows if there was none."""
    found = _nothing_searched() if found is None else found
    told = names[len(names) - found.start.shape[1] :]
    starts = pl.DataFrame(
        {f"start_{n}": found.start[:, i] for i, n in enumerate(told)}
        | {f"end_{n}": found.end[:, i] for i, n in enumerate(told)}
        | {"criterion": found.criterion, "share": found.share, "zero": found.zero}
        | {"steps": found.steps, "end": found.place + 1}
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    ends = (
        starts.select("end", *(f"end_{n}" for n in told), "criterion", "share", "zero")
        .group_by("end")
        .agg(pl.all().sort_by("criterion").first(), pl.len().cast(pl.Int64).alias("starts"))
        .sort("end")
        .with_columns((pl.col("end") == found.chosen + 1).alias("chosen"))
    )
    return starts, ends


def _nothing_searched() -> Descents:
    nothing, none, numbers = np.empty((0, 0)), np.empty(0), np.empty(0, dtype=np.intp)
    return Descents(nothing, nothing, none, none, numbers, numbers, 0)


def draw_table(names: Sequence[str], draws: Floats | None) -> pl.DataFrame:
    """Return a row for each draw, null where it has no estimate."""
    values = np.empty((0, len(names))) if draws is None else draws
    return pl.DataFrame(values, schema=list(names)).with_columns(pl.col(pl.Float64).fill_nan(None))


def row_table(
    sample: Sample, how: How, roles: Roles, inputs: Sequence[str], fit: Fit, keys: tuple[str, str]
) -> pl.DataFrame:
    """Return φ, ω, noise, TFP and status of every row of the table, in its order."""
    beta = dict(zip(inputs, fit.elasticities, strict=True))
    if how.control_effects == "removed":
        beta |= dict(zip(roles.controls, fit.controls, strict=True))
    tfp = sample.table[roles.output] - sum(b * sample.table[name] for name, b in beta.items())
    columns = {name: np.full(tfp.size, np.nan) for name in ("phi", "omega", "noise")}
    if fit.phi is not None and fit.noise is not None:
        told = searched_inputs(sample, how)
        columns["phi"][sample.rows] = fit.phi
        columns["omega"][sample.rows] = fit.phi - told @ fit.elasticities[-told.shape[1] :]
        columns["noise"][sample.rows] = fit.noise
    status = sample.status.copy()
    if how.lagged:
        unpaired = np.setdiff1d(np.arange(len(sample)), paired_rows(sample, how))
        status[sample.rows[unpaired]] = "no_previous_year"
    values = pl.DataFrame(columns | {"tfp": tfp}).with_columns(pl.col(pl.Float64).fill_nan(None))
    word = pl.Series("status", status.tolist(), dtype=WORDS)
    return pl.concat([sample.key.frame.select(keys), values.with_columns(word)], how="horizontal")
