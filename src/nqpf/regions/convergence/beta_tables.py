"""Tables of a beta regression: coefficients, the speeds they mean, and what stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import nan
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from nqpf.errors import MethodError, Where, listing
from nqpf.regions.convergence.beta_sample import Effects, Growth, Sample
from nqpf.regions.convergence.least_squares import Errors, Fit, dependent, least_squares
from nqpf.regions.convergence.speed import Rule, Speed, speed_of

Solve = Literal["ols", "nls"]
Slope = tuple[str, float, float]
"""What a slope is of, the slope, its standard error."""

CONSTANT, SPEED = "(constant)", "(speed)"
NUMBERS = ("slope", "slope_se", "speed", "speed_se", "half_life", "half_life_se")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a slope is read as a speed.

    Attributes
    ----------
    span
        Years of growth.
    growth
        Whether it was a year's.
    method
        Which coefficient is reported.
    rule
        How the speed comes from it.
    """

    span: int
    growth: Growth
    method: Solve
    rule: Rule

    def exact(self, slope: float, se: float) -> Speed:
        """Return the speed by the growth that was regressed."""
        return speed_of(slope, se, self.span, self.span if self.growth == "annual" else 1.0)

    def of(self, slope: float, se: float) -> Speed:
        """Return the speed by the rule."""
        if self.rule == "exact":
            return self.exact(slope, se)
        if self.method == "nls":
            exact = self.exact(slope, se)
            slope, se = -exact.speed, exact.speed_se
        return speed_of(slope, se, self.span) if slope < 0 else Speed(nan, nan, nan, nan)

    def table(self, slopes: Sequence[Slope]) -> pl.DataFrame:
        """Return a row for each slope."""
        rows = [{"of": of, "slope": b, "slope_se": se} | asdict(self.of(b, se)) for of, b, se in slopes]
        frame = pl.DataFrame(rows, schema={"of": pl.String()} | dict.fromkeys(NUMBERS, pl.Float64()))
        return frame.with_columns(pl.col(NUMBERS).fill_nan(None))


def fitted(sample: Sample, effects: Effects, errors: Errors) -> Fit:
    """Return the regression of a sample without neighbours.

    Raises
    ------
    MethodError
        A regressor follows from others (or does not vary, beside effects), or rows are no more than coefficients.
    """
    y, x, absorbed = sample.swept(effects)
    names = sample.names if absorbed else (CONSTANT, *sample.names)
    lengths = np.linalg.norm(sample.regressors.reshape(len(y), -1), axis=0)
    if lost := dependent(x, names, None if not absorbed else lengths):
        raise MethodError("beta_dependent", where=Where(indicator=lost[0]), columns=listing(lost), effects=effects)
    needed = x.shape[1] + absorbed
    if len(y) <= needed:
        raise MethodError("beta_few_rows", rows=len(y), needed=needed)
    n = len(sample.units)
    nested = n - 1 if effects in ("unit", "two_way") else 0
    by = np.tile(np.arange(n), len(sample.begins))
    return least_squares(y, x, errors=errors, clusters=by, absorbed=absorbed, nested=nested)


def coefficients(fit: Fit, names: Sequence[str]) -> pl.DataFrame:
    """Return a row for each coefficient."""
    columns = {"estimate": fit.estimate, "se": fit.se, "t": fit.t, "p": fit.p}
    terms = (CONSTANT, *names) if len(fit.estimate) > len(names) else names
    return pl.DataFrame({"term": list(terms)} | columns).with_columns(pl.col("t", "p").fill_nan(None))


def with_speed(table: pl.DataFrame, name: str, reading: Reading, df: float) -> pl.DataFrame:
    """Return the coefficients with λ in the place of the slope `name`; others are the same at the same minimum.

    Raises
    ------
    MethodError
        No speed belongs to the slope.
    """
    slope, se = table.filter(term=name).select("estimate", "se").row(0)
    found = reading.exact(slope, se)
    if np.isnan(found.speed):
        raise MethodError("beta_no_speed", slope=slope, years=reading.span)
    t = found.speed / found.speed_se if found.speed_se else float("inf")
    new = {"term": SPEED, "estimate": found.speed, "se": found.speed_se, "t": t, "p": 2 * stats.t.sf(abs(t), df)}
    here = pl.col("term") == name
    return table.with_columns(pl.when(here).then(pl.lit(new[c])).otherwise(pl.col(c)).alias(c) for c in table.columns)


def summary(sample: Sample, fit: Fit | None, r2: float, log_likelihood: float | None) -> pl.DataFrame:
    """Return what stands below the coefficients."""
    spans, n = sample.growth.shape
    tests = {"f": fit.f, "df1": fit.df1, "df2": fit.df2, "f_p": fit.f_p, "df": fit.df} if fit else {}
    missing = dict.fromkeys(("f", "df1", "df2", "f_p", "df"))
    row = {"n": spans * n, "units": n, "spans": spans, "years": sample.span, "start": int(sample.begins[0])}
    row |= {"end": int(sample.begins[-1]) + sample.span, "r2": r2} | missing | tests
    whole = dict.fromkeys(("df1", "df2", "df"), pl.Int64)
    parts = dict.fromkeys(("r2", "f", "f_p", "log_likelihood"), pl.Float64)
    return pl.DataFrame([row | {"log_likelihood": log_likelihood}], schema_overrides={**whole, **parts})
