"""Growth beside risk: who grew fast and became safer, and who paid for growth with dependence.

Security is the mean of the indicators that carry the items on it (import dependence of intermediate goods, finance,
chokepoints), on a scale where more is safer; risk is one less security. Growth is that of a level between the ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.results import Method, Note, TableResult
from nqpf.synthesis.scores import Scores

Floats = NDArray[np.float64]
ITEMS = ("N07", "F03", "K03")
"""Theory items whose indicators tell of risk: security, chokepoints, financial risk."""
FEW = 10
"""Fewer units give no association."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk(TableResult):
    """Growth and risk by unit.

    Attributes
    ----------
    frame
        unit, growth (mean change of ln level a year), risk (0 to 1, last year), change (of risk since the first year),
        course (``growth_safer``, ``growth_riskier``, ``decline_safer``, ``decline_riskier``; ``growth_same``,
        ``decline_same`` without a change of risk), place (``fast_safe``, ``fast_risky``, ``slow_safe``, ``slow_risky``:
        growth from the median up, risk above the median). Null where a figure is missing.
    readings
        unit, period, indicator, security (score, 1 safest).
    association
        units, tau (Kendall's, of growth and change of risk), p; no row with fewer than ten units.
    """

    readings: pl.DataFrame
    association: pl.DataFrame


def risk(scores: Scores, level: Floats, *, items: Sequence[str] = ITEMS) -> Risk:
    """Set growth beside risk.

    Parameters
    ----------
    scores
        Indicators on one scale, in which more is safer.
    level
        ``float64[T, N]`` above zero: total factor productivity, or real output.
    items
        Theory items whose indicators tell of risk.

    Raises
    ------
    MethodError
        No indicator carries one of the items, or a level is not above zero.
    """
    from scipy.stats import kendalltau

    which = [k for k, one in enumerate(scores.indicators) if set(items) & set(one.theory)]
    if not which:
        raise MethodError("risk_none", items=", ".join(items))
    if (level <= 0).any():
        raise MethodError("causes_level")
    unsafe = 1 - scores.mean(which)
    years = scores.periods[-1] - scores.periods[0]
    growth = np.log(level[-1] / level[0]) / years if years else np.full(level.shape[1], np.nan)
    change = unsafe[-1] - unsafe[0]
    known = ~np.isnan(growth) & ~np.isnan(change)
    frame = _table(scores, growth, unsafe[-1], change)
    rows = []
    if known.sum() >= FEW and np.ptp(growth[known]) > 0 and np.ptp(change[known]) > 0:
        tau, p = kendalltau(growth[known], change[known])
        rows = [{"units": int(known.sum()), "tau": float(tau), "p": float(p)}]
    notes = [] if known.all() else [Note("risk_missing", values={"count": int((~known).sum()), "total": known.size})]
    readings = [
        scores.table({"security": scores.scores[:, :, k]}).with_columns(indicator=pl.lit(scores.indicators[k].id))
        for k in which
    ]
    return Risk(
        frame,
        Method("synthesis.risk", {"items": list(items)}),
        tuple(notes),
        readings=pl.concat(readings).select("unit", "period", "indicator", "security"),
        association=pl.DataFrame(rows, schema={"units": pl.Int64, "tau": pl.Float64, "p": pl.Float64}),
    )


def _table(scores: Scores, growth: Floats, now: Floats, change: Floats) -> pl.DataFrame:
    numbers = {"growth": growth, "risk": now, "change": change}
    frame = pl.DataFrame({"unit": scores.units, **numbers}).with_columns(pl.col(c).fill_nan(None) for c in numbers)
    up = pl.when(pl.col("growth") > 0).then(pl.lit("growth")).when(pl.col("growth") <= 0).then(pl.lit("decline"))
    safer = (
        pl.when(pl.col("change") < 0)
        .then(pl.lit("_safer"))
        .when(pl.col("change") > 0)
        .then(pl.lit("_riskier"))
        .when(pl.col("change") == 0)
        .then(pl.lit("_same"))
    )
    fast = (
        pl.when(pl.col("growth") >= pl.col("growth").median())
        .then(pl.lit("fast"))
        .when(pl.col("growth").is_not_null())
        .then(pl.lit("slow"))
    )
    risky = (
        pl.when(pl.col("risk") > pl.col("risk").median())
        .then(pl.lit("_risky"))
        .when(pl.col("risk").is_not_null())
        .then(pl.lit("_safe"))
    )
    return frame.with_columns(course=up + safer, place=fast + risky)
