"""Chapter *Coherence*: what a statistical audit of the index finds, with numbers and what to do."""

from __future__ import annotations

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.coherence_findings import coherence_findings
from nqpf.chapters.coherence_frames import (
    flags_table,
    groups_frame,
    indicator_rows,
    nodes_frame,
    stats_frame,
    units_frame,
    weights_frame,
)
from nqpf.chapters.coherence_size import divisions, size_section
from nqpf.chapters.context import Context
from nqpf.charts.correlation_map import correlation_map
from nqpf.charts.importance import importance
from nqpf.messages import Text, say


def coherence_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    found = context.coherence
    divided = divisions(context)
    blocks: list[Block] = [Paragraph(_how(context))]
    blocks += [Callout(note.text(), note.severity) for note in found.notes]
    blocks += [
        _flags(context),
        Section("coherence-coverage", say("coherence.coverage.title"), _coverage(context)),
        Section("coherence-correlations", say("coherence.correlations.title"), _correlations(context)),
    ]
    if any(part.alphas for part in found.parts):
        blocks.append(Section("coherence-consistency", say("coherence.consistency.title"), (_groups(context),)))
    blocks += [
        Section("coherence-importance", say("coherence.weights.title"), _weights(context)),
        size_section(context, divided),
    ]
    return Chapter("coherence", say("coherence.title"), tuple(blocks), coherence_findings(context, divided))


def _how(context: Context) -> Text:
    found = context.coherence
    several = len(found.parts) > 1
    pooled = say("coherence.pooled", first=context.first, last=context.last) if several else Text("", "")
    warnings = sum(flag.severity == "warning" for flag in found.flags)
    return say(
        "coherence.how",
        indicators=len(context.framework.indicators),
        dimensions=len(context.framework.dimensions),
        year=found.period,
        units=len(found.index.panel.units),
        pooled=pooled,
        warnings=warnings,
        infos=len(found.flags) - warnings,
    )


def _flags(context: Context) -> Block:
    frame = flags_table(context)
    if not frame.height:
        return Paragraph(say("coherence.flags.none"))
    columns = [
        Column("severity", say("coherence.column.severity")),
        Column("reason", say("coherence.column.reason")),
        Column("value", say("coherence.column.value"), "number", 2),
        Column("todo", say("coherence.column.remedy")),
    ]
    if frame["pooled"].null_count() < frame.height:
        columns.insert(3, Column("pooled", say("coherence.column.pooled"), "number", 2))
    return Table("coherence-flags", say("coherence.flags.table"), frame, tuple(columns))


def _coverage(context: Context) -> tuple[Block, ...]:
    year = context.coherence.period
    shares = ("available", "nonzero", "unique", "same")
    columns = (
        Column("indicator", say("column.indicator")),
        *(Column(f"share_{name}", say(f"coherence.column.{name}"), "percent", 1) for name in shares),
        Column("skew", say("coherence.column.skew"), "number", 2),
        Column("kurt", say("coherence.column.kurt"), "number", 2),
    )
    title, note = say("coherence.coverage.table", year=year), say("coherence.coverage.note")
    table = Table("coherence-stats", title, stats_frame(context), columns, note)
    short = units_frame(context)
    if not short.height:
        numbers = {"units": len(context.index.panel.units), "indicators": len(context.framework.indicators)}
        return table, Paragraph(say("coherence.coverage.full", year=year, **numbers))
    columns = (
        Column("unit", say("column.unit")),
        Column("available", say("coherence.column.available"), "percent", 1),
        Column("missing", say("coherence.column.missing"), "integer"),
        Column("zero", say("coherence.column.zero"), "integer"),
    )
    return table, Table("coherence-units", say("coherence.coverage.units", year=year), short, columns)


def _samples(context: Context) -> dict[str, Text]:
    """Return the title of each sample by the ending of its columns."""
    found = {"year": say("coherence.year", year=context.coherence.period)}
    return found | {"pooled": say("coherence.all_years")} if len(context.coherence.parts) > 1 else found


def _correlations(context: Context) -> tuple[Block, ...]:
    found = context.coherence
    units = len(found.index.panel.units)
    figure = correlation_map(
        indicator_rows(context),
        found.correlations().filter(period=found.period),
        id="coherence-map",
        title=say("coherence.map.title", year=found.period),
        caption=say("coherence.map.caption", units=units),
    )
    columns = [Column("node", say("coherence.column.node")), Column("parent", say("coherence.column.parent"))]
    for sample, title in _samples(context).items():
        columns.append(Column(f"r_parent_{sample}", say("coherence.column.r_parent", sample=title), "number", 2))
        columns.append(Column(f"r_index_{sample}", say("coherence.column.r_index", sample=title), "number", 2))
    note = say("coherence.nodes.note")
    table = Table("coherence-nodes", say("coherence.nodes.table"), nodes_frame(context), tuple(columns), note)
    return figure, table


def _groups(context: Context) -> Table:
    columns = [Column("node", say("coherence.column.node")), Column("items", say("coherence.column.items"), "integer")]
    for sample, title in _samples(context).items():
        columns.append(Column(f"alpha_{sample}", say("coherence.column.alpha", sample=title), "number", 2))
        share = say("coherence.column.first_share", sample=title)
        columns.append(Column(f"first_share_{sample}", share, "percent", 1))
    columns += [
        Column("alpha_standardised", say("coherence.column.alpha_standardised"), "number", 2),
        Column("without", say("coherence.column.without")),
        Column("alpha_without", say("coherence.column.alpha_without"), "number", 2),
        Column("components", say("coherence.column.components"), "integer"),
        Column("complete", say("coherence.column.complete"), "integer"),
    ]
    frame, note = groups_frame(context), say("coherence.groups.note")
    return Table("coherence-groups", say("coherence.groups.table"), frame, tuple(columns), note)


def _weights(context: Context) -> tuple[Block, ...]:
    found, frame = context.coherence, weights_frame(context)
    leaves = [i.id for i in context.framework.indicators]
    figure = importance(
        frame.filter(pl.col("node").is_in(leaves)).select(
            "weight_share",
            "importance",
            indicator="node",
            indicator_zh="node_zh",
            indicator_en="node_en",
            node_zh="dimension_zh",
            node_en="dimension_en",
        ),
        id="coherence-weights",
        title=say("coherence.weights.chart", year=found.period),
        caption=say("coherence.weights.caption", units=len(found.index.panel.units)),
    )
    columns = (
        Column("node", say("coherence.column.node")),
        Column("dimension", say("column.dimension")),
        Column("weight_share", say("coherence.column.weight_share"), "percent", 1),
        Column("importance", say("coherence.column.importance"), "percent", 1),
        Column("r2", say("coherence.column.r2"), "number", 2),
        Column("main_effect", say("coherence.column.main_effect"), "number", 2),
    )
    note = say("coherence.weights.note")
    return figure, Table("coherence-effects", say("coherence.weights.table"), frame, columns, note)
