"""Findings of the coherence chapter: each only where its condition holds."""

from __future__ import annotations

from typing import Any

import polars as pl

from nqpf.chapters.coherence_frames import indicator_rows, weights_frame
from nqpf.chapters.coherence_size import Divisions, series_title
from nqpf.chapters.context import Context
from nqpf.index.coherence import PerHead
from nqpf.index.coherence.flags import stage_title
from nqpf.messages import Text, say
from nqpf.results import Finding


def coherence_findings(context: Context, divided: Divisions) -> tuple[Finding, ...]:
    """Return the findings of the chapter."""
    found = [*_signs(context), *_alpha(context), *_redundant(context), *_importance(context)]
    found += [*_size(context), *_per_head(context, divided), *_stages(context)]
    return tuple(found)


def _signs(context: Context) -> list[Finding]:
    rows = indicator_rows(context).drop_nulls("r_dimension").sort("r_dimension", maintain_order=True)
    if not rows.height:
        return []
    low = rows.row(0, named=True)
    count = rows.filter(pl.col("r_dimension") < 0).height
    numbers = {"year": context.coherence.period, "total": rows.height, "count": count, "r": low["r_dimension"]}
    numbers |= {"node": Text(low["indicator_zh"], low["indicator_en"])}
    if count:
        return [Finding("coherence_negative", numbers, "r with its dimension < 0", "coherence-map")]
    return [Finding("coherence_positive", numbers, "r with its dimension >= 0 for every indicator", "coherence-map")]


def _alpha(context: Context) -> list[Finding]:
    found = context.coherence
    groups = found.to_frame().filter(period=found.period).drop_nulls("alpha").sort("alpha", maintain_order=True)
    if not groups.height:
        return []
    low, limit = groups.row(0, named=True), found.limits.alpha
    count = groups.filter(pl.col("alpha") < limit).height
    numbers: dict[str, Any] = {"year": found.period, "total": groups.height, "count": count, "limit": limit}
    numbers |= {"node": context.framework.node(low["node"]).title, "alpha": low["alpha"]}
    if count:
        return [Finding("coherence_alpha", numbers, "alpha < limit in 'count' groups", "coherence-groups")]
    return [Finding("coherence_alpha_fine", numbers, "alpha >= limit in every group", "coherence-groups")]


def _redundant(context: Context) -> list[Finding]:
    found = context.coherence
    pairs = [flag for flag in found.flags if flag.code in ("duplicate", "redundant")]
    if not pairs:
        return []
    most = max(pairs, key=lambda flag: abs(flag.value))
    numbers = {"year": found.period, "count": len(pairs), "limit": found.limits.redundant, "r": most.value}
    numbers |= {key: most.names[key] for key in ("node", "other")}
    return [Finding("coherence_redundant", numbers, "|r| of two indicators > limit", "coherence-flags")]


def _importance(context: Context) -> list[Finding]:
    found = context.coherence
    leaves = [i.id for i in context.framework.indicators]
    frame = weights_frame(context).filter(pl.col("node").is_in(leaves)).drop_nulls(["importance", "weight_share"])
    ratio, limit = pl.col("importance") / pl.col("weight_share"), found.limits.ratio
    off = frame.filter((ratio > limit) | (ratio < 1 / limit))
    if not off.height:
        return []
    heaviest = frame.sort("weight_share", descending=True, maintain_order=True).row(0, named=True)
    strongest = frame.sort("main_effect", descending=True, maintain_order=True).row(0, named=True)
    numbers: dict[str, Any] = {"year": found.period, "count": off.height, "total": frame.height}
    numbers |= {"limit": limit, "below": 1 / limit, "weight": heaviest["weight_share"]}
    numbers |= {"heaviest": Text(heaviest["node_zh"], heaviest["node_en"]), "effect": strongest["main_effect"]}
    numbers |= {"node": Text(strongest["node_zh"], strongest["node_en"])}
    # Under equal weights there is no heaviest; weights that differ by rounding are equal.
    apart = strongest["weight_share"] < heaviest["weight_share"] * (1 - 1e-9)
    code = "coherence_importance_apart" if apart else "coherence_importance"
    condition = "importance / weight beyond the limit for 'count' indicators"
    return [Finding(code, numbers, condition, "coherence-weights")]


def _size(context: Context) -> list[Finding]:
    found, root = context.coherence, context.framework.root
    told = []
    for flag in (one for one in found.flags if one.code == "size_index"):
        size = str(flag.names["size"])
        n = found.size().filter(period=found.period, node=root.id, size=size)["n"].item()
        numbers = {"year": found.period, "index": root.title, "size": series_title(context, size)}
        numbers |= {"r": flag.value, "n": n}
        told.append(Finding("coherence_size", numbers, "|r with log size| > limit", "coherence-size-table"))
    return told


def _per_head(context: Context, divided: Divisions) -> list[Finding]:
    told = []
    for by, found in divided.items():
        if not isinstance(found, PerHead):
            continue
        ranks = found.to_frame().filter(period=context.coherence.period).drop_nulls("change")
        moved = ranks.filter(pl.col("change") != 0).sort(pl.col("change").abs(), descending=True, maintain_order=True)
        if moved.height:
            most = moved.row(0, named=True)
            numbers = {"totals": len(found.indicators), "by": series_title(context, by), "count": ranks.height}
            numbers |= {"year": context.coherence.period, "moved": moved.height, "unit": context.label(most["unit"])}
            numbers |= {"rank": most["rank"], "rank_per_head": most["rank_per_head"]}
            condition = "rank != rank per head for 'moved' units"
            told.append(Finding("coherence_per_head", numbers, condition, f"coherence-per-head-{by}"))
    return told


def _stages(context: Context) -> list[Finding]:
    stages = context.coherence.stages().drop_nulls("stage")
    if stages.height < 2:
        return []
    each = [
        say("coherence.stage_weight", stage=stage_title(stage), weight=weight)
        for stage, weight in stages.select("stage", "weight").iter_rows()
    ]
    numbers = {"index": context.framework.title, "count": stages.height, "stages": Text.join(each)}
    return [Finding("coherence_stages", numbers, "indicators of two stages or more", "coherence-stages")]
