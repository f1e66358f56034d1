"""Findings of the robustness chapter: how many ranks are stable, which choice matters, who moves most, what failed."""

from __future__ import annotations

from typing import Any

import polars as pl

from nqpf.chapters.context import Context
from nqpf.index.multiverse import Multiverse
from nqpf.messages import Text
from nqpf.results import Finding

THEORY = ("O03",)
"""No ranking without an interval."""


def multiverse_findings(
    context: Context, found: Multiverse, ranks: pl.DataFrame, slots: pl.DataFrame
) -> tuple[Finding, ...]:
    """Return the findings.

    Parameters
    ----------
    context
        Names of units.
    found
        The multiverse.
    ranks
        A row a unit: see `nqpf.chapters.multiverse_frames.ranks_frame`.
    slots
        A row a slot: see `nqpf.chapters.multiverse_frames.shares_frames`.
    """
    ranked = ranks.drop_nulls(["rank", "within"])
    if not ranked.height:
        return ()
    return (
        *_stability(found, ranked, slots),
        *_zones(found, ranked),
        *_widest(context, found, ranked),
        *_failed(found),
    )


def _base(found: Multiverse, ranked: pl.DataFrame) -> dict[str, Any]:
    return {"year": found.periods[-1], "runs": int(found.valid.sum()), "count": ranked.height}


def _stability(found: Multiverse, ranked: pl.DataFrame, slots: pl.DataFrame) -> list[Finding]:
    """Return how many ranks stay within so many places, and the choice that explains most of what moves."""
    numbers = _base(found, ranked) | {"stable": ranked.filter("stable").height, "places": found.places}
    condition = "stable: |rank − baseline| ≤ places in at least 95 % of runs"
    known = slots.drop_nulls("first").sort("first", descending=True)
    if not known.height:
        moved = ranked.filter(pl.col("best") != pl.col("worst")).height
        still = {name: numbers[name] for name in ("year", "runs", "count")}
        return (
            []
            if moved
            else [
                Finding("multiverse_all_stable", still, "every rank is the same in every run", "rank-intervals", THEORY)
            ]
        )
    largest = known.row(0, named=True)
    numbers |= {"choice": Text(largest["slot_zh"], largest["slot_en"]), "share": largest["first"]}
    if largest["low"] is None:
        condition += "; largest exact first-order share of the variance of ranks"
        return [Finding("multiverse_stable", numbers, condition, "rank-intervals", THEORY)]
    numbers |= {"low": largest["low"], "high": largest["high"]}
    if largest["low"] > 0:
        condition += "; largest first-order share, its interval above 0"
        return [Finding("multiverse_stable_sampled", numbers, condition, "rank-intervals", THEORY)]
    condition += "; no first-order share whose interval lies above 0"
    return [Finding("multiverse_stable_undecided", numbers, condition, "rank-intervals", THEORY)]


def _zones(found: Multiverse, ranked: pl.DataFrame) -> list[Finding]:
    numbers = _base(found, ranked) | {zone: ranked.filter(zone=zone).height for zone in ("head", "tail", "grey")}
    condition = "in the first (last) third of the units in at least 95 % of runs"
    return [Finding("multiverse_zones", numbers, condition, "rank-bands", THEORY)]


def _widest(context: Context, found: Multiverse, ranked: pl.DataFrame) -> list[Finding]:
    wide = ranked.with_columns(span=pl.col("high") - pl.col("low")).sort("span", "unit", descending=[True, False])
    row = wide.row(0, named=True)
    if row["span"] <= 0:
        return []
    numbers: dict[str, Any] = {
        "unit": context.label(row["unit"]),
        "rank": row["rank"],
        "low": row["low"],
        "high": row["high"],
    }
    numbers |= {"year": found.periods[-1], "level": 100 * found.level}
    return [Finding("multiverse_widest", numbers, "widest rank interval > 0", "rank-bands", THEORY)]


def _failed(found: Multiverse) -> list[Finding]:
    if not found.failures:
        return []
    numbers = {"failed": len(found.failures), "total": len(found.run_scores)}
    return [Finding("multiverse_failed", numbers, "failed > 0", "multiverse-failed", THEORY)]
