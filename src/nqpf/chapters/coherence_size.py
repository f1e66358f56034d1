"""Size in the coherence chapter: what goes with it, ranks with totals divided by it, and weight by stage."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Column, Paragraph, Section, Table
from nqpf.chapters.coherence_frames import by_sample, stages_frame
from nqpf.chapters.context import Context
from nqpf.errors import NqpfError, listing
from nqpf.index.coherence import PerHead, per_head
from nqpf.index.coherence.size import totals_of
from nqpf.messages import Text, say

Divisions = Mapping[str, PerHead | NqpfError]
"""By size series: the index with totals divided by it, or why there is none."""


def divisions(context: Context) -> Divisions:
    """Return the index with its totals divided by each size series; nothing where there are no totals."""
    return {name: _divided(context, name) for name in context.size if totals_of(context.index)}


def _divided(context: Context, by: str) -> PerHead | NqpfError:
    """Return the index with its totals divided by a size, or why that cannot be."""
    try:
        return per_head(context.index, context.panel, by)
    except NqpfError as error:
        return error


def series_title(context: Context, id: str) -> Text:
    """Return the name of a raw series."""
    return next((s.title for s in context.panel.series if s.id == id), Text.same(id))


def size_section(context: Context, divided: Divisions) -> Section:
    """Return the section: correlations with size, ranks per head, weight by stage."""
    blocks: list[Block] = [_correlations(context)] if context.size else [Paragraph(say("coherence.size.none"))]
    for by, found in divided.items():
        blocks.append(_ranks(context, by, found) if isinstance(found, PerHead) else Callout(found.text(), "warning"))
    stages = stages_frame(context)
    if stages["stage"].drop_nulls().len():
        columns = (
            Column("stage", say("coherence.column.stage")),
            Column("count", say("coherence.column.count"), "integer"),
            Column("weight", say("coherence.column.weight"), "percent", 1),
            Column("which", say("coherence.column.which")),
        )
        note = say("coherence.stages.note")
        blocks.append(Table("coherence-stages", say("coherence.stages.table"), stages, columns, note))
    return Section("coherence-size", say("coherence.size.title"), tuple(blocks))


def _correlations(context: Context) -> Table:
    """Return the correlations with size of the index, the dimensions, totals and whatever passes the limit."""
    found, framework = context.coherence, context.framework
    titles = {name: series_title(context, name) for name in context.size}
    wide = by_sample(context, found.size(), "r", "r_log")
    totals = [one.id for one in totals_of(context.index)]
    shown = [n.id for n in framework.nodes[len(framework.indicators) :]] + totals
    strong = (pl.col("r_log_year").fill_null(pl.col("r_year")).abs() > found.limits.size).fill_null(False)
    frame = (
        wide.filter(pl.col("node").is_in(shown) | strong)
        .drop("period")
        .with_columns(
            size_zh=pl.col("size").replace_strict({k: t.zh for k, t in titles.items()}, return_dtype=pl.String),
            size_en=pl.col("size").replace_strict({k: t.en for k, t in titles.items()}, return_dtype=pl.String),
        )
        .join(context.node_names("node"), on="node", how="left", maintain_order="left")
    )
    columns = [Column("node", say("coherence.column.node")), Column("size", say("coherence.column.size"))]
    samples = {"year": say("coherence.year", year=found.period), "pooled": say("coherence.all_years")}
    for sample, title in samples.items():
        if f"r_{sample}" in frame.columns:
            columns.append(Column(f"r_{sample}", say("coherence.column.r_size", sample=title), "number", 2))
            columns.append(Column(f"r_log_{sample}", say("coherence.column.r_log", sample=title), "number", 2))
    note = say("coherence.size.note", limit=found.limits.size)
    return Table("coherence-size-table", say("coherence.size.table"), frame, tuple(columns), note)


def _ranks(context: Context, by: str, found: PerHead) -> Table:
    """Return the ranks of the year with totals divided by a size."""
    year = context.coherence.period
    names = context.unit_names.select("unit", "unit_zh", "unit_en")
    frame = found.to_frame().filter(period=year).drop("period").sort("rank_per_head", "unit", nulls_last=True)
    frame = frame.join(names, on="unit", how="left", maintain_order="left")
    columns = (
        Column("unit", say("column.unit")),
        Column("rank", say("column.rank"), "integer"),
        Column("rank_per_head", say("coherence.column.rank_per_head"), "integer"),
        Column("change", say("coherence.column.moved"), "integer"),
    )
    title = series_title(context, by)
    which = listing([context.framework.node(i).title for i in found.indicators], 8)
    note = say("coherence.per_head.note", by=title, count=len(found.indicators), which=which)
    head = say("coherence.per_head.table", by=title, year=year)
    return Table(f"coherence-per-head-{by}", head, frame, columns, note)
