"""Findings of the chapter on the plan: what it comes to, what going together costs, and how sure its targets are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from nqpf.chapters.industry_context import IndustryContext
from nqpf.industry.planning.result import Plan
from nqpf.industry.survey_plan import Planned
from nqpf.results import Finding

STEADY = 0.9
"""Share of the draws from which a target is called steady."""


def plan_findings(context: IndustryContext, planned: Planned) -> Iterator[Finding]:
    """Yield the findings in the order of the sections."""
    found = planned.plan.result
    if found is None or not found.frame.height:
        return
    yield _size(found)
    idle = found.not_advised.height
    if idle:
        numbers = {"count": idle, "regions": found.regions.height}
        yield Finding("plan_idle", numbers, "regions without a target", "plan-not-advised", ("L01", "L02"))
    yield from _coordination(planned)
    again = planned.robustness.result
    if again is not None:
        kept = again.frame.filter("chosen")
        steady = kept.filter(pl.col("frequency") >= STEADY).height
        again_numbers = {"steady": steady, "targets": kept.height, "share": STEADY, "draws": again.draws.height}
        condition = f"targets chosen in {STEADY:.0%} of the plans on resampled probabilities or more"
        yield Finding("plan_steady", again_numbers, condition, "plan-robustness", ("O03",))
    if found.gaps.height:
        mended = found.gaps.filter("mended").height
        numbers = {"mended": mended, "count": found.gaps.height}
        yield Finding("plan_gaps", numbers, "gaps covered to their target", "plan-gaps", ("G10",))


def _size(found: Plan) -> Finding:
    """Return how many targets there are and how many successes are expected of them."""
    numbers: dict[str, Any] = {
        "targets": found.frame.height,
        "regions": found.frame["unit"].n_unique(),
        "industries": found.frame["industry"].n_unique(),
        "successes": float(found.frame["p"].sum()),
        "leaps": found.frame.filter(pl.col("entry") == "leap").height,
    }
    return Finding("plan_size", numbers, "sum of the probabilities of the targets", "plan-targets", ("L01", "L06"))


def _coordination(planned: Planned) -> Iterator[Finding]:
    """Yield what is given up so that regions do not herd: alone against a hard limit."""
    curve = planned.coordination.result
    if curve is None:
        return
    alone = curve.frame.filter(pl.col("rule") == "alone").row(0, named=True)
    hard = curve.frame.filter(pl.col("rule") == "hard").row(0, named=True)
    if hard["given_up"] is None or hard["max_regions"] is None:
        return
    numbers = {"alone": int(alone["max_regions"]), "hard": int(hard["max_regions"]), "given_up": hard["given_up"]}
    code = "plan_coordination" if hard["max_regions"] < alone["max_regions"] else "plan_no_herding"
    condition = "most regions on one industry: each region alone against headroom as a limit"
    yield Finding(code, numbers, condition, "plan-coordination", ("L03", "L04", "L06"))
