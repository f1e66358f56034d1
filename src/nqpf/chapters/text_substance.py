"""Talk against the index, and passages of the texts that speak to the items of the theory."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.text_context import TextContext
from nqpf.charts.contributions import contributions
from nqpf.charts.figure import Figure
from nqpf.charts.intervals import intervals
from nqpf.errors import listing
from nqpf.messages import say
from nqpf.text.measuring.talk_substance import TalkSubstance
from nqpf.theory import groups, item, items

VERDICTS = ("talk_ahead", "substance_ahead", "no_evidence", "not_assessed")
LIGHTS = ("warn", "watch", "none")
MATCHES = ("phrase", "terms", "none")


def substance_blocks(context: TextContext) -> Iterator[Block]:
    """Yield how far each region's talk is ahead of its index."""
    yield from context.told.absent(context.found.substance, say("texts.add.substance"))
    if (found := context.found.substance.result) is None:
        return
    yield Paragraph(say("texts.substance.how", node=context.node or ""))
    yield from _agreement(found)
    judged = found.frame.filter(pl.col("verdict") != "not_assessed")
    if judged.height:
        yield _gaps(context, found, judged["year"].max())
    written = found.frame.filter(pl.col("documents") > 0)
    frame = worded(context.named(written), "verdict", {word: say(f"texts.verdict.{word}") for word in VERDICTS})
    frame = worded(frame, "light", {word: say(f"texts.light.{word}") for word in LIGHTS})
    columns = [Column("unit", say("texts.column.region")), Column("year", say("texts.column.year"), "integer")]
    columns += [Column("documents", say("texts.column.documents"), "integer")]
    columns += [Column(key, say(f"texts.column.{key}"), "number", 2) for key in ("attention", "score")]
    columns += [Column(key, say(f"texts.column.{key}"), "number", 2) for key in ("gap", "low", "high")]
    columns += [Column(key, say(f"texts.column.{key}")) for key in ("verdict", "light")]
    yield Table("text-gaps", say("texts.substance.table"), frame, tuple(columns), say("texts.substance.note"))
    yield from context.told.notes(*found.notes)


def _agreement(found: TalkSubstance) -> Iterator[Block]:
    """Yield how far regions' talk goes with their index, year by year, and which years say nothing."""
    there = set(found.frame.filter(pl.col("documents") > 0)["year"])
    silent = []
    for row in found.agreement.iter_rows(named=True):
        if row["rho"] is not None:
            yield Paragraph(say("texts.substance.agreement", **row))
        elif row["year"] in there:
            silent.append(row["year"])
    if silent:
        yield Paragraph(say("texts.substance.unjudged", years=listing(silent, len(silent))))


def _gaps(context: TextContext, found: TalkSubstance, year: object) -> Figure:
    frame = found.frame.filter(pl.col("year") == year, pl.col("gap").is_not_null())
    frame = frame.select("unit", "low", "high", value="gap", state="verdict")
    return intervals(
        worded(context.named(frame), "state", {word: say(f"texts.verdict.{word}") for word in VERDICTS}),
        id="text-gap",
        title=say("texts.substance.figure", year=year),
        caption=say("texts.substance.caption"),
        value_title=say("texts.column.gap"),
        line=0.0,
        digits=2,
    )


def evidence_items(context: TextContext) -> pl.DataFrame:
    """Return a row an item that was looked for: item, group, match (the best), passages, articles, and the best one."""
    found = context.found.evidence.result
    assert found is not None
    order = {match: k for k, match in enumerate(MATCHES)}
    ranked = found.frame.with_columns(place=pl.col("match").replace_strict(order)).sort(
        "place", "score", descending=[False, True], nulls_last=True, maintain_order=True
    )
    there = pl.col("match") != "none"
    best = ranked.group_by("item").agg(
        pl.col("match").first(),
        there.sum().cast(pl.Int64).alias("passages"),
        pl.col("article").filter(there).n_unique().cast(pl.Int64).alias("articles"),
        pl.col("text", "cite_zh", "cite_en").first(),
    )
    return best.with_columns(group=pl.col("item").str.slice(0, 1)).sort("item")


def evidence_blocks(context: TextContext) -> Iterator[Block]:
    """Yield which items of the theory have a passage in the texts."""
    yield from context.told.absent(context.found.evidence, say("texts.add.evidence"))
    if context.found.evidence.result is None:
        return
    frame = evidence_items(context)
    counts = {match: frame.filter(match=match).height for match in MATCHES}
    yield Paragraph(say("texts.evidence.how", asked=frame.height, all=len(items()), **counts))
    yield _by_group(frame)
    order = {match: k for k, match in enumerate(MATCHES)}
    frame = frame.sort(pl.col("match").replace_strict(order), "item")
    frame = frame.with_columns(texts("title", [item(id).title for id in frame["item"]]))
    frame = worded(frame, "match", {match: say(f"texts.match.{match}") for match in MATCHES})
    columns = [Column("item", say("texts.column.item")), Column("title", say("texts.column.says"))]
    columns += [Column("match", say("texts.column.match")), Column("text", say("texts.column.passage"))]
    columns += [Column("cite", say("texts.column.cite")), Column("passages", say("texts.column.passages"), "integer")]
    yield Table("text-evidence", say("texts.evidence.table"), frame, tuple(columns), say("texts.evidence.note"))


def _by_group(frame: pl.DataFrame) -> Figure:
    names = {group.id: group.title for group in groups()}
    counts = frame.group_by("group", "match").len("value").with_columns(pl.col("value").cast(pl.Float64))
    whole = frame.select("group").unique().join(pl.DataFrame({"match": MATCHES}), how="cross")
    long = whole.join(counts, on=["group", "match"], how="left").with_columns(pl.col("value").fill_null(0.0))
    order = {match: k for k, match in enumerate(MATCHES)}
    long = long.sort("group", pl.col("match").replace_strict(order)).rename({"group": "unit", "match": "part"})
    return contributions(
        worded(worded(long, "unit", names), "part", {match: say(f"texts.match.{match}") for match in MATCHES}),
        id="text-items",
        title=say("texts.evidence.figure"),
        caption=say("texts.evidence.caption"),
        value_title=say("texts.column.items"),
        digits=0,
        by_value=False,
    )
