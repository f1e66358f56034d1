"""The cautions of a study: every one that its tables allow, and the others as not assessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import polars as pl

from nqpf.industry.spec import IndustrySpec
from nqpf.industry.warning.abandonment import AbandonmentResult, abandonment
from nqpf.industry.warning.crowding import CrowdingResult, crowding
from nqpf.industry.warning.exuberance import ExuberanceResult, exuberance
from nqpf.industry.warning.gather import Cautions, cautions
from nqpf.industry.warning.headroom import headroom
from nqpf.industry.warning.lights import CautionResult
from nqpf.industry.warning.mismatch import MismatchResult, mismatch
from nqpf.industry.warning.plan_similarity import PlanSimilarityResult, plan_similarity
from nqpf.results import Part

KEYS: dict[str, Any] = {"unit": "unit", "industry": "industry", "time": "year"}


@dataclass(frozen=True, slots=True, eq=False)
class Warned:
    """The cautions one by one, and all their lights in one table.

    Attributes
    ----------
    crowding, headroom, exuberance, plan_similarity, mismatch, abandonment
        What each gave, or why it gave nothing; absent where there is no table for it.
    all
        Their lights.
    """

    crowding: Part[CrowdingResult]
    headroom: Part[CautionResult]
    exuberance: Part[ExuberanceResult]
    plan_similarity: Part[PlanSimilarityResult]
    mismatch: Part[MismatchResult]
    abandonment: Part[AbandonmentResult]
    all: Cautions


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Tables that cautions are read from; None where there is none.

    Attributes
    ----------
    activity
        unit, industry, year, value.
    capacity, series, plans, investment, traditional
        As `nqpf.industry.spec.CautionsSpec` says; `traditional` with the layer of each industry.
    capability
        unit, industry, capability in the last year: density around each industry.
    """

    activity: pl.DataFrame | None = None
    capacity: pl.DataFrame | None = None
    series: pl.DataFrame | None = None
    plans: pl.DataFrame | None = None
    investment: pl.DataFrame | None = None
    traditional: pl.DataFrame | None = None


def warn(spec: IndustrySpec, evidence: Evidence, capability: pl.DataFrame | None, seed: int) -> Warned:
    """Return every caution that the tables allow.

    Parameters
    ----------
    spec, evidence
        What is asked, of what.
    capability
        Columns unit, industry, capability: how near each region is to each industry; None where that is not known.
    seed
        Of draws.
    """
    given = {field.name: getattr(evidence, field.name) for field in fields(evidence)}
    parts = _parts(spec, given, capability, seed)
    return Warned(**parts, all=cautions(*(p.result for p in parts.values() if p.result is not None)))


def _parts(
    spec: IndustrySpec, given: Mapping[str, pl.DataFrame | None], capability: pl.DataFrame | None, seed: int
) -> dict[str, Part[Any]]:
    there = {name: frame for name, frame in given.items() if frame is not None}
    having: dict[str, Any] = {"threshold": spec.space.threshold, "empty": spec.space.empty}

    def columns(name: str, *wanted: str) -> dict[str, Any]:
        return {column: column for column in wanted if column in there[name].columns}

    return {
        "crowding": Part.asked(
            "activity" in there, lambda: crowding(there["activity"], "value", **KEYS, **having, seed=seed)
        ),
        "headroom": Part.asked(
            "capacity" in there,
            lambda: headroom(
                there["capacity"], industry="industry", time="year",
                **columns("capacity", "demand", "capacity", "committed", "utilisation", "price", "margin"),
            ),
        ),
        "exuberance": Part.asked(
            "series" in there,
            lambda: exuberance(
                there["series"], "value", time="period", seed=seed,
                unit="series" if "series" in there["series"].columns else None,
            ),
        ),
        "plan_similarity": Part.asked(
            "plans" in there,
            lambda: plan_similarity(
                there["plans"], unit="unit", industry="industry", seed=seed, **columns("plans", "weight")
            ),
        ),
        "mismatch": Part.asked(
            "investment" in there and capability is not None,
            lambda: _mismatch(there["investment"], capability, columns("investment", "demand")),
        ),
        "abandonment": Part.asked(
            "traditional" in there,
            lambda: abandonment(
                there["traditional"], **KEYS, layer="layer", traditional=spec.cautions.old,
                **columns("traditional", "tfp", "investment", "employment", "output"),
            ),
        ),
    }  # fmt: skip


def _mismatch(investment: pl.DataFrame, capability: pl.DataFrame | None, demand: dict[str, Any]) -> MismatchResult:
    """Return investment beside nearness in the last year, for the pairs whose nearness is known."""
    assert capability is not None
    both = investment.join(capability.drop_nulls(), on=["unit", "industry"])
    return mismatch(both, "investment", "capability", **KEYS, **demand, empty="drop")
