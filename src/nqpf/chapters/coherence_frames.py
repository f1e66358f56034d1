"""Tables of the coherence chapter: what the audit found, with names, as its tables and figures show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from nqpf.chapters.context import Context
from nqpf.index.coherence import Flag
from nqpf.index.coherence.flags import flags_frame, stage_title
from nqpf.messages import LANGUAGES, Text, say


def flags_table(context: Context) -> pl.DataFrame:
    """Return the flags with severity, reason and remedy in both languages, series by their titles."""
    titles = {s.id: s.title for s in context.panel.series}

    def titled(flag: Flag) -> Flag:
        named = {key: titles.get(flag.names[key], flag.names[key]) for key in ("size", "series") if key in flag.names}
        return replace(flag, names={**flag.names, **named})

    frame = flags_frame([titled(flag) for flag in context.coherence.flags])
    words = {severity: say(f"coherence.severity.{severity}") for severity in frame["severity"].unique().to_list()}
    return frame.with_columns(
        pl.col("severity")
        .replace_strict({key: text[lang] for key, text in words.items()}, return_dtype=pl.String)
        .alias(f"severity_{lang}")
        for lang in LANGUAGES
    )


def stats_frame(context: Context) -> pl.DataFrame:
    """Return the statistics of the indicators in the year."""
    stats = context.coherence.stats.filter(period=context.coherence.period).drop("period")
    return stats.join(context.node_names("indicator"), on="indicator", how="left", maintain_order="left")


def units_frame(context: Context) -> pl.DataFrame:
    """Return the units with missing or filled figures in the year, the fewest first."""
    short = context.coherence.units().filter(pl.col("missing") > 0).sort("available", "unit")
    names = context.unit_names.select("unit", "unit_zh", "unit_en")
    return short.join(names, on="unit", how="left", maintain_order="left")


def by_sample(context: Context, frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return the rows of the year with `columns` of each sample side by side: ``NAME_year`` and ``NAME_pooled``."""
    year = context.coherence.period
    keys = [c for c in frame.columns if c in ("node", "size")]
    found = frame.filter(period=year).rename({c: f"{c}_year" for c in columns})
    if len(context.coherence.parts) > 1:
        pooled = frame.filter(pl.col("period").is_null()).select(
            *keys, *(pl.col(c).alias(f"{c}_pooled") for c in columns)
        )
        found = found.join(pooled, on=keys, how="left", maintain_order="left")
    return found


def nodes_frame(context: Context) -> pl.DataFrame:
    """Return each node's correlation with its parent and with the index, the index itself left out."""
    nodes = context.framework.nodes
    parents = pl.DataFrame({"node": [n.id for n in nodes[:-1]], "parent": [nodes[n.parent].id for n in nodes[:-1]]})
    wide = by_sample(context, context.coherence.to_frame(), "r_parent", "r_index")
    return (
        parents.join(wide, on="node", how="left", maintain_order="left")
        .select("node", "parent", "n", pl.col("^r_(parent|index)_(year|pooled)$"))
        .join(context.node_names("node"), on="node", how="left", maintain_order="left")
        .join(context.node_names("parent"), on="parent", how="left", maintain_order="left")
    )


def indicator_rows(context: Context) -> pl.DataFrame:
    """Return the rows of the correlation map: indicators with their dimension and r with it and with the index."""
    framework, part = context.framework, context.coherence.parts[0]
    root = framework.root.at
    rows = []
    for one in framework.indicators:
        dimension = framework.dimension_of(one)
        title = dimension.title if dimension.at != one.at else framework.title
        r = part.r(one.at, dimension.at if dimension.at != one.at else root)
        n = int(part.correlations.n[one.at, root])
        rows.append((one.id, one.title.zh, one.title.en, title.zh, title.en, r, part.r(one.at, root), n))
    names = ["indicator", "indicator_zh", "indicator_en", "node_zh", "node_en", "r_dimension", "r_index", "n"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def groups_frame(context: Context) -> pl.DataFrame:
    """Return alpha and components of each group, and the item whose absence raises alpha most."""
    found = context.coherence
    wide = by_sample(context, found.to_frame(), "alpha", "first_share").filter(pl.col("complete").is_not_null())
    alphas = found.alphas().filter(period=found.period)
    best = (
        alphas.drop_nulls(["without", "alpha"])
        .sort("alpha", descending=True, maintain_order=True)
        .unique("node", keep="first", maintain_order=True)
        .select("node", "without", alpha_without="alpha")
    )
    items = alphas.filter(pl.col("without").is_null()).select("node", "items")
    return (
        wide.join(items, on="node", how="left", maintain_order="left")
        .join(best, on="node", how="left", maintain_order="left")
        .join(context.node_names("node"), on="node", how="left", maintain_order="left")
        .join(context.node_names("without"), on="without", how="left", maintain_order="left")
        .drop("level", "period", "n", "r_parent", "r_index", "whole", "weight_share", "importance")
    )


def weights_frame(context: Context) -> pl.DataFrame:
    """Return weights and effects of every node in the year, indicators by dimension."""
    found = context.coherence
    nodes = context.framework.nodes[:-1]
    dimension = [(n.id, context.framework.dimension_of(n)) for n in nodes]
    names = pl.DataFrame(
        [(id, d.id, d.title.zh, d.title.en) for id, d in dimension],
        schema=dict.fromkeys(("node", "dimension", "dimension_zh", "dimension_en"), pl.String),
        orient="row",
    )
    return (
        found.weights()
        .filter(period=found.period)
        .drop("period")
        .join(names, on="node", how="left", maintain_order="left")
        .join(context.node_names("node"), on="node", how="left", maintain_order="left")
    )


def stages_frame(context: Context) -> pl.DataFrame:
    """Return weight and indicators of each stage, with their names."""
    titles = {n.id: n.title for n in context.framework.nodes}
    rows = []
    for stage, ids, count, weight in context.coherence.stages().iter_rows():
        name = say("coherence.not_stated") if stage is None else stage_title(stage)
        which = Text.join([titles[i] for i in ids])
        rows.append((stage, name.zh, name.en, count, weight, which.zh, which.en))
    names = ("stage", "stage_zh", "stage_en", "count", "weight", "which_zh", "which_en")
    kinds: dict[str, Any] = {name: pl.String for name in names} | {"count": pl.Int64, "weight": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row")
