"""Chapter *Theory map*: what of the theory is measured, and the logic diagram lit by this study's numbers."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf import theory
from nqpf.chapters.blocks import Block, Chapter, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.chapters.leaps import leap_blocks, leap_findings
from nqpf.chapters.methods import methods_of
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.whole import Whole
from nqpf.charts.living import living_diagram
from nqpf.messages import Text, say
from nqpf.results import Finding
from nqpf.synthesis.living import WHOLE


def theory_chapter(whole: Whole) -> Chapter:
    """Return the chapter: the share that is measured, the diagram and its arrows where there is an index, all items."""
    items = measured_items(whole)
    counts = theory.shares(items).row(0, named=True)
    numbers = {key: counts[key] for key in ("items", "measured", "partly", "not_measured")}
    finding = Finding(
        "theory_coverage", numbers, "a method or indicator of this study answers the item", "theory-groups"
    )
    blocks: list[Block] = [Paragraph(_shares(items)), _groups(items)]
    findings = [finding]
    if whole.index is not None:
        blocks += [Paragraph(say("theory_map.how")), *_diagram(whole.index)]
        findings += _edge_findings(whole.index)
        if whole.index.system is not None:
            blocks += leap_blocks(whole.index, whole.index.system)
            findings += leap_findings(whole.index.system)
    return Chapter("theory", say("theory_map.chapter"), (*blocks, _items(items)), tuple(findings))


def measured_items(whole: Whole) -> pl.DataFrame:
    """Return every theory item with whether this study measures it: the columns of `nqpf.theory.coverage`."""
    used = methods_of(whole)
    if whole.index is None:
        return theory.coverage((), used)
    indicators = whole.index.framework.indicators
    beside = () if whole.index.system is None else whole.index.system.scores.indicators[len(indicators) :]
    boxes = set(whole.index.living.states["node"])
    return theory.coverage((*indicators, *beside), used, dimensions=whole.index.framework.inner, boxes=boxes)


def _shares(items: pl.DataFrame) -> Text:
    """Return the first line of the chapter: the share of every group that is measured."""
    groups = {one.id: one.title for one in theory.groups()}
    parts = [
        say("theory_map.group_share", group=groups[row["group"]], measured=row["measured"], items=row["items"])
        for row in theory.shares(items, "group").iter_rows(named=True)
    ]
    counts = theory.shares(items).row(0, named=True)
    numbers = counts | {"share": 100 * counts["share"]}
    return say("theory_map.shares", groups=Text.join(parts, "、", ", "), **numbers)


def _groups(items: pl.DataFrame) -> Table:
    titles = {one.id: one.title for one in theory.groups()}
    frame = worded(theory.shares(items, "group"), "group", titles)
    columns = (
        Column("group", say("column.theory_group")),
        Column("items", say("column.items"), "integer"),
        Column("measured", say("column.measured"), "integer"),
        Column("partly", say("theory_map.column.partly"), "integer"),
        Column("not_measured", say("theory_map.column.not_measured"), "integer"),
        Column("share", say("column.share"), "percent", 0),
    )
    return Table("theory-groups", say("theory_map.groups"), frame, columns)


def _items(items: pl.DataFrame) -> Table:
    places = [theory.item(id).phrases[0] for id in items["item"]]
    frame = items.with_columns(
        phrase=pl.Series([one.text for one in places]),
        source=pl.Series([f"{one.file}:{one.line}" for one in places]),
    )
    frame = worded(frame, "state", {state: theory.state_title(state) for state in frame["state"].unique()})
    columns = (
        Column("item", say("column.item")),
        Column("title", say("column.title")),
        Column("phrase", say("column.phrase")),
        Column("source", say("column.place_in_documents")),
        Column("state", say("column.state")),
        Column("by", say("theory_map.column.by")),
        Column("needs", say("theory_map.column.needs")),
    )
    return Table("theory-items", say("theory_map.items"), frame, columns, say("theory_map.items.note"))


def told(context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the diagram's levels and gauges as far as the report's mode of ranks tells them."""
    states, gauges = context.living.states, context.shakes.gauges
    if context.ranks != "interval":
        states = states.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("rank", "low", "high"))
    if context.ranks == "groups":  # no level of a single unit is told
        states, gauges = (frame.filter(pl.col("unit") == WHOLE) for frame in (states, gauges))
    return states, gauges


def _diagram(context: Context) -> Iterator[Block]:
    states, gauges = told(context)
    yield living_diagram(
        states,
        context.living.edges,
        gauges,
        context.unit_names,
        indicators=_rests_on(context),
        id="logic",
        title=say("theory_map.title"),
        caption=say("theory_map.caption", count=len(context.panel.units), first=context.first, last=context.last),
        period=context.last,
    )
    yield _edges(context)


def _rests_on(context: Context) -> dict[str, list[Text]]:
    """Return by box the titles of its indicators, or the method that estimates it."""
    found = context.living
    titles = {node: [context.scale.indicators[k].title for k in which] for node, which in found.indicators.items()}
    estimated = [node for node in found.states["node"].unique(maintain_order=True) if node not in found.indicators]
    return titles | {node: [say(f"theory_map.estimated.{node}")] for node in estimated}


def _edges(context: Context) -> Table:
    titles = {node.id: node.title for node in theory.diagram().nodes}
    edges = context.living.edges.filter(pl.col("state") != "untested")
    ends = [Text.join([titles[a], titles[b]], " → ", " → ") for a, b in edges.select("source", "target").iter_rows()]
    frame = edges.with_columns(texts("edge", ends))
    frame = worded(frame, "test", {word: say(f"theory_map.test.{word}") for word in frame["test"].unique()})
    frame = worded(frame, "state", {word: say(f"theory_map.state.{word}") for word in frame["state"].unique()})
    columns = (
        Column("edge", say("theory_map.column.edge")),
        Column("test", say("theory_map.column.test")),
        Column("effect", say("theory_map.column.effect"), "number", 3),
        Column("low", say("regions.column.low"), "number", 3),
        Column("high", say("regions.column.high"), "number", 3),
        Column("q", say("regions.column.q"), "number", 3),
        Column("state", say("column.state")),
    )
    untested = context.living.edges.height - edges.height
    note = say("theory_map.edges.note", tested=edges.height, untested=untested)
    return Table("logic-edges", say("theory_map.edges"), frame, columns, note)


def _edge_findings(context: Context) -> Iterator[Finding]:
    """Yield how many arrows of the diagram the data bear out."""
    states = context.living.edges["state"]
    counts = {state: int((states == state).sum()) for state in ("shown", "against", "not_shown", "untested")}
    tested = states.len() - counts["untested"]
    if tested:
        condition = "q below 0.05 over all arrows that can be tested"
        yield Finding(
            "theory_edges", counts | {"tested": tested, "edges": states.len()}, condition, "logic-edges", ("A10",)
        )
