"""Findings of the index chapter: who leads, how firm the ranks are, what moved."""

from __future__ import annotations

from typing import Any

import polars as pl

from nqpf.chapters.context import Context
from nqpf.chapters.index_frames import parts_by_dimension, summary_frame
from nqpf.chapters.index_imputed import imputed_findings
from nqpf.chapters.index_unranked import change_finding, plain_findings
from nqpf.chapters.weight_drift import drift_findings
from nqpf.messages import Text
from nqpf.results import Finding

SHOWN = 0.0005
"""A contribution smaller than this would be printed as zero."""


def index_findings(context: Context) -> tuple[Finding, ...]:
    """Return the findings of the index chapter."""
    # What is said of leaving indicators out speaks of that alone; draws of imputed cells have a finding of their own.
    alone = {"rank_low": "left_out_low", "rank_high": "left_out_high"} if context.over_draws is not None else {}
    frame = summary_frame(context).drop_nulls("value").with_columns(**alone)
    if context.ranks != "interval":
        return _unranked_findings(context, frame)
    found = []
    top, bottom = frame.row(0, named=True), frame.row(-1, named=True)
    numbers = {
        "index": context.framework.title,
        "year": context.last,
        "top": context.label(top["unit"]),
        "top_score": top["value"],
        "low": top["rank_low"],
        "high": top["rank_high"],
        "bottom": context.label(bottom["unit"]),
        "bottom_score": bottom["value"],
        "count": frame.height,
    }
    firm = top["rank_low"] == top["rank_high"]
    code, condition = ("top_firm", "rank_low == rank_high") if firm else ("top_and_bottom", "rank_low < rank_high")
    found.append(Finding(code, numbers, f"highest and lowest score; {condition} at the top", "ranking", ("A02",)))
    fixed = frame.filter(pl.col("rank_low") == pl.col("rank_high")).height
    wide = (
        frame.with_columns(span=pl.col("rank_high") - pl.col("rank_low"))
        .sort("span", descending=True)
        .row(0, named=True)
    )
    stable: dict[str, Any] = {"fixed": fixed, "count": frame.height, "indicators": len(context.framework.indicators)}
    stable |= {"unit": context.label(wide["unit"]), "low": wide["rank_low"], "high": wide["rank_high"]}
    code, condition = "rank_stability", "rank_low == rank_high for 'fixed' units, fewer than all"
    if fixed == frame.height:
        code, condition = "rank_all_stable", "rank_low == rank_high for every unit"
    found.append(Finding(code, stable, condition, "scores", ("O03",)))
    found += imputed_findings(context)
    found += drift_findings(context)
    if context.first != context.last:
        found += _change_findings(context, frame)
    return tuple(found)


def _unranked_findings(context: Context, frame: pl.DataFrame) -> tuple[Finding, ...]:
    found = [*plain_findings(context, frame), *imputed_findings(context), *drift_findings(context)]
    if context.first != context.last:
        found += [*change_finding(context, frame), *_driver_findings(context, _mean(frame["change"].drop_nulls()))]
    return tuple(found)


def _change_findings(context: Context, frame: pl.DataFrame) -> list[Finding]:
    moved = frame.drop_nulls("change").sort("change", descending=True)
    if not moved.height:
        return []
    up, down = moved.row(0, named=True), moved.row(-1, named=True)
    rose = moved.filter(pl.col("change") > 0).height
    numbers: dict[str, Any] = {"first": context.first, "last": context.last, "rose": rose, "count": moved.height}
    numbers |= {"mean": _mean(moved["change"])}
    numbers |= {
        "up": context.label(up["unit"]),
        "up_by": up["change"],
        "down": context.label(down["unit"]),
        "down_by": down["change"],
    }
    code, condition = "change_mixed", "some changes > 0, some <= 0"
    if rose == moved.height:
        code, condition = "change_up", "every change > 0"
    elif rose == 0:
        code, condition = "change_down", "every change <= 0"
    place = "trend" if context.change_parts is None else "change"
    return [Finding(code, numbers, condition, place, ("A02", "A13")), *_driver_findings(context, numbers["mean"])]


def _driver_findings(context: Context, mean: float) -> list[Finding]:
    found: list[Finding] = []
    if context.change_parts is None:
        return found
    parts = parts_by_dimension(context, context.change_parts.to_frame())
    means = (
        parts.group_by("part", "part_zh", "part_en", maintain_order=True)
        .agg(pl.col("value").mean())
        .sort("value", descending=True)
    )
    best = means.row(0, named=True)
    if best["value"] >= SHOWN:
        driver = {"dimension": Text(best["part_zh"], best["part_en"]), "part": best["value"], "mean": mean}
        driver |= {"first": context.first, "last": context.last}
        found.append(Finding("driver", driver, f"largest mean contribution >= {SHOWN}", "change", ("A01",)))
    worst = means.row(-1, named=True)
    if worst["value"] <= -SHOWN:
        drag = {"dimension": Text(worst["part_zh"], worst["part_en"]), "part": worst["value"]}
        drag |= {"first": context.first, "last": context.last}
        found.append(Finding("drag", drag, f"smallest mean contribution <= -{SHOWN}", "change", ("A01",)))
    return found


def _mean(column: pl.Series) -> float:
    return float(column.to_numpy().mean())
