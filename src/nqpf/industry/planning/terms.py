"""Which terms of a plan are on, which are off, and which cannot be assessed for want of a column."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.errors import listing
from nqpf.industry.planning.problem import Problem
from nqpf.messages import Text, say
from nqpf.results import Note

NEEDS: dict[str, tuple[str, ...]] = {
    "gate": ("candidates.density",),
    "crowding": ("industries.headroom",),
    "cluster_cap": ("regions.cluster",),
    "layers": ("industries.layer",),
    "gaps": ("gaps.gap",),
    "resilience": ("industries.critical",),
    "funds": ("regions.funds", "candidates.minimum"),
    "release": ("regions.jobs", "candidates.new_jobs"),
    "negative": ("negative",),
}
"""Columns that a term needs, as ``table.role``."""


def terms(q: Problem) -> pl.DataFrame:
    """Return a row a term: ``term``, ``state`` (on, off, not_assessed) and the columns it lacks."""
    return pl.DataFrame(list(_states(q)), schema=["term", "state", "lacks"], orient="row")


def _states(q: Problem) -> Iterator[tuple[str, str, str]]:
    s = q.spec
    known = q.known | ({"gaps.gap"} if q.gaps.names else set())
    asked = {
        "gate": s.gate.rule != "none",
        "cluster_cap": s.cluster_cap is not None,
        "layers": bool(s.layer_most) or (s.floor is not None and s.floor.layers is not None),
    }
    for term, columns in NEEDS.items():
        lacks = [column for column in columns if column not in known]
        state = "off" if not asked.get(term, True) else "not_assessed" if lacks else "on"
        yield term, state, ", ".join(lacks) if state == "not_assessed" else ""
    for term, on in (
        ("leap", s.leap is not None),
        ("floor", s.floor is not None),
        ("min_p", s.min_p > 0),
        ("fairness", s.fairness is not None),
        ("spread", s.spread > 0),
    ):
        yield term, "on" if on else "off", ""


def remark(table: pl.DataFrame) -> tuple[Note, ...]:
    """Return the remark that names what is not assessed."""
    lacking = table.filter(pl.col("state") == "not_assessed").rows()
    if not lacking:
        return ()
    words = [Text.join([say(f"plan.term.{term}"), f"({lacks})"], " ", " ") for term, _, lacks in lacking]
    return (Note("plan_not_assessed", "info", {"count": len(lacking), "terms": listing(words, 20)}),)
