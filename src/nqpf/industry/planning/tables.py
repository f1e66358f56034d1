"""The tables of a plan: targets, totals by region and industry, crowding, gaps, releases, parts of the objective."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case
from nqpf.industry.planning.refusals import ranks
from nqpf.industry.planning.solving import Answer
from nqpf.industry.planning.worth import PARTS, Worth, releasable

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def assignments(case: Case, found: Worth, binding: pl.DataFrame) -> pl.DataFrame:
    """Return the targets, sorted by region and industry."""
    q, e = case.q, case.entry
    at = np.flatnonzero(found.chosen)
    rank = ranks(case)
    nothing = np.full(at.size, np.nan)
    layer = [q.layer[j] for j in q.j[at]]
    start = np.where(found.early[at], 1, 2) if q.released else np.full(at.size, -1)
    columns = pl.DataFrame(
        [
            pl.Series("p", q.p[at]),
            pl.Series("value", q.v[at]),
            pl.Series("expected", q.worth[at]),
            pl.Series("layer", layer, dtype=pl.String),
            pl.Series("entry", e.words()[at].astype(object), dtype=pl.String),
            pl.Series("density", nothing if q.density is None else q.density[at], nan_to_null=True),
            pl.Series("threshold", e.threshold[q.r[at]], nan_to_null=True),
            pl.Series("rank", rank[at]),
            pl.Series("candidates", np.bincount(q.r, minlength=len(q.units))[q.r[at]]),
            pl.Series("size", q.size[at]),
            pl.Series("funds", found.funds[at] if q.funded else nothing, nan_to_null=True),
            pl.Series("period", start).replace(-1, None),
        ]
    )
    limits = binding.group_by(q.unit, q.industry, maintain_order=True).agg(
        pl.col("constraint").filter(pl.col("charge") > 0).unique(maintain_order=True).str.join(" ").alias("limits"),
        pl.col("constraint").filter(pl.col("charge") < 0).unique(maintain_order=True).str.join(" ").alias("serves"),
    )
    both = pl.concat([q.keys(at), columns], how="horizontal")
    return both.join(limits, on=[q.unit, q.industry], how="left", maintain_order="left").with_columns(
        pl.col("limits", "serves").fill_null("")
    )


def by_region(case: Case, found: Worth) -> pl.DataFrame:
    """Return what each region gets: expected successes are a sum of probabilities and promise nothing."""
    q, n = case.q, len(case.q.units)
    at = np.flatnonzero(found.chosen)
    leaps = ~case.entry.passed & found.chosen
    return pl.DataFrame(
        [
            q.units.alias(q.unit),
            pl.Series("targets", np.bincount(q.r[at], minlength=n)),
            pl.Series("leaps", np.bincount(q.r[leaps], minlength=n)),
            pl.Series("expected_successes", np.bincount(q.r[at], q.p[at], n)),
            pl.Series("expected", np.bincount(q.r[at], q.worth[at], n)),
            pl.Series("gain", found.gain),
            pl.Series("funds_used", np.bincount(q.r, found.funds, n) if q.funded else np.full(n, np.nan)),
            pl.Series("funds", q.funds),
            pl.Series("lacking", found.lacking),
        ]
    ).with_columns(pl.col("funds_used", "funds").fill_nan(None))


def by_industry(case: Case, found: Worth) -> pl.DataFrame:
    """Return how many regions take up each industry, and what is expected of them."""
    q, k = case.q, len(case.q.industries)
    at = np.flatnonzero(found.chosen)
    seats = np.zeros((k, len(q.clusters)), dtype=bool)
    seats[q.j[at], q.cluster[q.r[at]]] = True
    return pl.DataFrame(
        [
            q.industries.alias(q.industry),
            pl.Series("layer", list(q.layer), dtype=pl.String),
            pl.Series("regions", np.bincount(q.j[at], minlength=k)),
            pl.Series("clusters", seats.sum(axis=1)),
            pl.Series("expected_successes", np.bincount(q.j[at], q.p[at], k)),
            pl.Series("expected", np.bincount(q.j[at], q.worth[at], k)),
            pl.Series("critical", q.critical),
            pl.Series("short", found.short),
        ]
    )


def crowding(case: Case, found: Worth) -> pl.DataFrame:
    """Return the load of each industry beside its headroom; null where that is not known."""
    q = case.q
    return pl.DataFrame(
        [
            q.industries.alias(q.industry),
            pl.Series("load", found.load),
            pl.Series("headroom", q.headroom),
            pl.Series("excess", found.excess),
            pl.Series("cost", found.crowding),
        ]
    ).with_columns(pl.col("headroom", "excess", "cost").fill_nan(None))


def gaps(case: Case, found: Worth) -> pl.DataFrame:
    """Return how far each chain gap is mended: the probability that at least one of its targets succeeds."""
    q, g = case.q, case.q.gaps
    on = found.chosen[g.pair]
    with np.errstate(divide="ignore"):
        missed = np.bincount(g.gap[on], np.log1p(-q.p[g.pair[on]]), len(g.names))
    price = q.spec.gaps.price
    return pl.DataFrame(
        [
            pl.Series("gap", list(g.names), dtype=pl.String),
            pl.Series("target", g.target),
            pl.Series("covered", -np.expm1(missed)),
            pl.Series("candidates", np.bincount(g.gap, minlength=len(g.names))),
            pl.Series("targets", np.bincount(g.gap[on], minlength=len(g.names))),
            pl.Series("open", found.open),
            pl.Series("cost", (price or 0.0) * g.weight * found.open),
        ]
    ).with_columns((pl.col("open") == 0).alias("mended"))


def release(case: Case, found: Worth) -> pl.DataFrame:
    """Return traditional jobs by region: released in the second sub-period only as far as the first takes jobs up."""
    q = case.q
    if not q.released or q.new_jobs is None:
        return pl.DataFrame(schema={q.unit: q.units.dtype} | dict.fromkeys(_RELEASE, pl.Float64))
    late = found.chosen & ~found.early
    later = np.bincount(q.r[late], (q.p * q.new_jobs)[late], len(q.units))
    columns = (q.jobs, found.absorbed, later, releasable(case), found.released, q.release, found.unreleased)
    table = [pl.Series(name, values) for name, values in zip(_RELEASE, columns, strict=True)]
    return pl.DataFrame([q.units.alias(q.unit), *table]).with_columns(pl.exclude(q.unit).fill_nan(None))


_RELEASE = ("jobs", "taken_up_1", "taken_up_2", "most", "released_2", "required", "short")


def objective(found: Worth) -> pl.DataFrame:
    """Return the parts of the objective and their sum."""
    amounts = [found.parts[part] for part in PARTS]
    return pl.DataFrame({"part": [*PARTS, "total"], "amount": [*amounts, math.fsum(amounts)]})


def status(found: Answer) -> pl.DataFrame:
    """Return what is proven of the plan."""
    row = {"status": found.status, "objective": found.worth.total, "best": found.best, "bound": found.bound,
           "gap": found.gap}  # fmt: skip
    return pl.DataFrame([row])
