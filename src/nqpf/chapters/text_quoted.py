"""Official statements in the texts: when they were said, how often and how exactly they are quoted, what is altered."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.text_context import TextContext
from nqpf.charts.contributions import contributions
from nqpf.charts.figure import Figure
from nqpf.messages import Text, say
from nqpf.text.survey_quoted import VERDICTS, Quoted

WAYS = (*VERDICTS, "unmarked")
"""How a statement is given."""
DRAWN = 25
"""Statements that are drawn."""
BEGINNING = 12
"""Characters by which a statement is called in the picture."""


def statement_blocks(context: TextContext) -> Iterator[Block]:
    """Yield the statements that are quoted, by date."""
    yield from context.told.absent(context.found.quoted, say("texts.add.nothing"))
    if (said := context.found.quoted.result) is None:
        return
    counts = dict(said.quotations.group_by("kind").len().iter_rows())
    kinds = {kind: counts.get(kind, 0) for kind in ("direct", "reported", "unmarked", "scare", "title")}
    known = len(context.found.material.statements.items)
    yield Paragraph(say("texts.statements.how", known=known, quoted=said.timeline.height, **kinds))
    if said.timeline.height:
        yield _figure(said)
        yield _table(said)
    yield from context.told.notes(*said.notes)


def _figure(said: Quoted) -> Figure:
    frame = said.timeline.head(DRAWN)
    unknown = say("texts.statements.undated")
    called = [
        Text.join([unknown if day is None else Text.same(day.split("/")[0]), f"{words[:BEGINNING]}…"], " ", " ")
        for day, words in frame.select("date", "text").iter_rows()
    ]
    frame = frame.rename({"statement": "unit"}).with_columns(texts("unit", called))
    long = frame.unpivot(on=_there(said), index=["unit", "unit_zh", "unit_en"], variable_name="part")
    return contributions(
        worded(long, "part", {way: say(f"texts.way.{way}") for way in WAYS}),
        id="text-timeline",
        title=say("texts.statements.figure"),
        caption=say("texts.statements.caption", most=DRAWN),
        value_title=say("texts.column.quotations"),
        digits=0,
        by_value=False,
    )


def _table(said: Quoted) -> Table:
    """Return the statements with their words; a way in which none is given has a column in the file only."""
    unknown = say("texts.statements.undated")
    days = [unknown if day is None else Text.same(day.replace("/", " – ")) for day in said.timeline["date"]]
    there = _there(said)
    columns = [Column("date", say("texts.column.said_on")), Column("text", say("texts.column.words"))]
    columns += [Column(way, say(f"texts.way.{way}"), "integer") for way in there]
    columns.append(Column("articles", say("texts.column.articles"), "integer"))
    columns += [Column(key, say(f"texts.column.{key}")) for key in ("speaker", "occasion", "source")]
    frame = said.timeline.with_columns(texts("date", days))
    return Table(
        "text-statements", say("texts.statements.table"), frame, tuple(columns), say("texts.statements.note")
    )  # fmt: skip


def _there(said: Quoted) -> list[str]:
    """Return the ways in which statements are given here."""
    return [way for way in WAYS if said.timeline[way].sum()]


def altered_blocks(context: TextContext) -> Iterator[Block]:
    """Yield the quotations that are not as their statement, with what was changed."""
    if (said := context.found.quoted.result) is None:
        yield Paragraph(say("texts.add.nothing"))
        return
    if not said.altered.height:
        yield Paragraph(say("texts.altered.none"))
        return
    whole = say("texts.altered.part")
    edits = [whole if words is None else Text.same(words) for words in said.altered["edits"]]
    frame = context.named(said.altered).with_columns(texts("edits", edits))
    columns = [Column("text", say("texts.column.as_quoted")), Column("source", say("texts.column.as_said"))]
    columns += [Column("edits", say("texts.column.edits")), Column("changed", say("texts.column.changed"), "integer")]
    columns += [Column("cite", say("texts.column.cite")), Column("statement", say("texts.column.statement"))]
    yield Table("text-altered", say("texts.altered.table"), frame, tuple(columns), say("texts.altered.note"))


def match_share(said: Quoted) -> tuple[int, int]:
    """Return how many direct quotations of official statements there are, and how many of them are altered."""
    direct = said.timeline.select(pl.sum_horizontal(pl.col(way).sum() for way in VERDICTS)).item()
    return int(direct), int(said.timeline["altered"].sum())
