"""The plan of a study: candidates from the entry model, their worth, the plan and the questions asked of it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from nqpf.errors import MethodError
from nqpf.industry.planning.alternatives import Alternatives
from nqpf.industry.planning.plan import plan
from nqpf.industry.planning.result import Plan
from nqpf.industry.planning.robustness import Robustness
from nqpf.industry.spec import StudyPlanSpec
from nqpf.results import Part, TableResult

WITHIN = 0.02
"""Share of the objective that alternatives may give up."""


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A plan and what was asked of it.

    Attributes
    ----------
    candidates
        unit, industry, p, low, high, value, density: what the plan chose from.
    plan
        The plan, or why there is none.
    coordination, alternatives, robustness
        The price of coordination, plans nearly as good, and how often each target is chosen.
    """

    candidates: pl.DataFrame
    plan: Part[Plan]
    coordination: Part[TableResult]
    alternatives: Part[Alternatives]
    robustness: Part[Robustness]


def plan_study(
    spec: StudyPlanSpec,
    pairs: pl.DataFrame,
    layers: pl.DataFrame,
    regions: pl.DataFrame | None,
    industries: pl.DataFrame | None,
    gaps: pl.DataFrame | None,
    seed: int,
) -> Planned:
    """Return the plan of a study.

    Parameters
    ----------
    spec
        What is asked for.
    pairs
        Every region and industry: unit, industry, present, density, pci, gain, p, low, high.
    layers
        industry, layer.
    regions, industries, gaps
        Tables of the study.
    seed
        Of draws.
    """
    candidates = _candidates(spec, pairs)
    table = _industries(spec, candidates, layers, industries)
    found = Part.of(
        lambda: plan(
            candidates,
            unit="unit",
            industry="industry",
            regions=regions,
            industries=table,
            gaps=gaps,
            spec=spec,
        )
    )
    done = found.result
    crowded = done is not None and not done.crowding["headroom"].is_null().all()
    return Planned(
        candidates,
        found,
        Part.asked(crowded, lambda: _there(done).coordination()),
        Part.asked(
            done is not None and spec.alternatives > 0, lambda: _there(done).alternatives(WITHIN, spec.alternatives)
        ),
        Part.asked(done is not None and spec.draws > 0, lambda: _there(done).robustness(spec.draws, seed=seed)),
    )


def _there(found: Plan | None) -> Plan:
    assert found is not None
    return found


def _candidates(spec: StudyPlanSpec, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that a region does not have yet and that have a probability, with what a success is worth."""
    open_ = pairs.filter(~pl.col("present") & pl.col("p").is_not_null() & pl.col("density").is_not_null())
    if not open_.height:
        raise MethodError("plan_no_candidates")
    if spec.value == "equal":
        worth = pl.lit(1.0)
    else:
        by = {"complexity": "pci", "gain": "gain"}[spec.value]
        rank = pl.col(by).rank("average")
        worth = (rank.over("unit") / pl.len().over("unit")) if by == "gain" else (rank / pl.len())
    return open_.with_columns(value=worth.cast(pl.Float64)).select(
        "unit", "industry", "p", "low", "high", "value", "density"
    )


def _industries(
    spec: StudyPlanSpec, candidates: pl.DataFrame, layers: pl.DataFrame, given: pl.DataFrame | None
) -> pl.DataFrame:
    """Return what is known of every industry; a headroom that the study only assumes where no table knows one."""
    table = candidates.select("industry").unique().sort("industry").join(layers, on="industry", how="left")
    if given is not None:
        table = table.join(given.drop("layer", strict=False), on="industry", how="left")
    if spec.headroom is not None:
        assumed = max(1.0, round(spec.headroom * candidates["unit"].n_unique()))
        known = pl.col("headroom") if "headroom" in table.columns else pl.lit(None, pl.Float64)
        table = table.with_columns(headroom=pl.coalesce(known, pl.lit(assumed)))
    return table.drop("layer") if table["layer"].null_count() else table
