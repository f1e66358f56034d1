"""Regions, inequality: the Gini coefficient with its interval, its parts by group, pairs of groups, Theil's index."""

from __future__ import annotations

from collections.abc import Iterator

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import PARTS, groups_frame, inequality_frame, pairs_frame, parts_frame
from nqpf.chapters.told import Told
from nqpf.charts.contributions import contributions
from nqpf.charts.course import course
from nqpf.messages import say
from nqpf.regions.inequality.dagum import DagumResult
from nqpf.regions.survey import Regions


def inequality_blocks(context: Context, found: Regions, told: Told) -> Iterator[Block]:
    """Yield how unequal the regions are, and where inequality lies."""
    yield Paragraph(say("regions.gini.how"))
    whole, parted, entropy = found.gini.result, found.dagum.result, found.theil.result
    for part in (found.gini, found.dagum, found.theil):
        if part.refused is not None:
            yield from told.absent(part, say("regions.add.groups"))
    if found.dagum.result is None and found.dagum.refused is None:
        yield Paragraph(say("regions.add.groups"))
    yield from _course(found)
    if parted is not None:
        yield from _parts(found, parted)
    yield from _by_year(found)
    if parted is not None:
        yield from _groups(context, found, parted)
    yield from told.notes(*(note for one in (whole, parted, entropy) if one is not None for note in one.notes))


def _course(found: Regions) -> Iterator[Block]:
    frame = inequality_frame(found)
    if frame is not None and frame.height > 1:
        yield course(
            frame.select("period", value="gini", low="gini_low", high="gini_high"),
            id="regional-gini",
            title=say("regions.gini.figure", first=found.first, last=found.last),
            caption=say("regions.gini.caption"),
            value_title=say("regions.axis.gini"),
        )


def _parts(found: Regions, parted: DagumResult) -> Iterator[Block]:
    yield Paragraph(say("regions.dagum.how"))
    yield contributions(
        parts_frame(parted.frame),
        id="dagum-parts",
        title=say("regions.dagum.figure", first=found.first, last=found.last),
        caption=say("regions.dagum.caption"),
        value_title=say("regions.axis.gini"),
        by_value=False,
    )


def _by_year(found: Regions) -> Iterator[Block]:
    frame = inequality_frame(found)
    if frame is None:
        return
    columns = [
        Column("period", say("column.period"), "integer"),
        Column("gini", say("regions.column.gini"), "number", 3),
        Column("gini_low", say("regions.column.low"), "number", 3),
        Column("gini_high", say("regions.column.high"), "number", 3),
    ]
    if "share_within" in frame.columns:
        columns += [Column(f"share_{part}", say(f"regions.column.{part}"), "percent", 1) for part in PARTS]
    if "theil" in frame.columns:
        columns.append(Column("theil", say("regions.column.theil"), "number", 4))
    note = say("regions.inequality.note") if "theil" in frame.columns else None
    yield Table("inequality", say("regions.inequality.table"), frame, tuple(columns), note)


def _groups(context: Context, found: Regions, parted: DagumResult) -> Iterator[Block]:
    """Yield the groups and their pairs in the last year."""
    year = found.last
    columns = [
        Column("group", say("column.group")),
        Column("n", say("regions.column.units"), "integer"),
        Column("mean", say("regions.column.mean"), "number", 3),
        Column("gini", say("regions.column.gini"), "number", 3),
        Column("gini_low", say("regions.column.low"), "number", 3),
        Column("gini_high", say("regions.column.high"), "number", 3),
    ]
    frame = groups_frame(context, parted.groups, year)
    yield Table("group-ginis", say("regions.groups.table", year=year), frame, tuple(columns))
    if not parted.pairs.height:
        return
    columns = [
        Column("pair", say("regions.column.pair")),
        Column("gini", say("regions.column.distance"), "number", 3),
        Column("affluence", say("regions.column.affluence"), "number", 3),
        Column("between", say("regions.column.pair_between"), "number", 4),
        Column("transvariation", say("regions.column.pair_overlap"), "number", 4),
    ]
    pairs = pairs_frame(context, parted.pairs, year)
    yield Table("group-pairs", say("regions.pairs.table", year=year), pairs, tuple(columns), say("regions.pairs.note"))
