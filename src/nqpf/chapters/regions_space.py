"""Regions, space: whether neighbours are alike, where the centre lies and moves, and the network of links."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import CLUSTERS, SCORED, blocks_frame, centre_frame, lisa_frame, nodes_frame
from nqpf.chapters.told import Told
from nqpf.charts.course import course
from nqpf.charts.pairs import pairs
from nqpf.charts.path import path
from nqpf.charts.tile_kinds import tile_kinds
from nqpf.messages import say
from nqpf.regions.space.ellipse import Ellipse
from nqpf.regions.space.network import Network
from nqpf.regions.survey import Regions

BAND = 1.96
"""Standard deviations of the band within which 95 % of random arrangements lie."""


def space_blocks(context: Context, found: Regions, told: Told) -> Iterator[Block]:
    """Yield global and local association, the centre, and the network."""
    if found.material.weights is None:
        yield Paragraph(say("regions.add.weights"))
    else:
        yield from _moran(found, told)
        yield from _lisa(context, found, told)
    yield from told.absent(found.ellipse, say("regions.add.coordinates"))
    if found.ellipse.result is not None:
        yield from _centre(found, found.ellipse.result)
        yield from told.notes(*found.ellipse.result.notes)
    yield from told.absent(found.gravity, say("regions.add.coordinates"))
    if found.gravity.result is not None:
        yield from told.absent(found.network, say("regions.add.coordinates"))
    if found.network.result is not None:
        yield from _network(context, found, found.network.result)
        linked = found.gravity.result
        yield from told.notes(*(linked.notes if linked is not None else ()), *found.network.result.notes)


def _moran(found: Regions, told: Told) -> Iterator[Block]:
    yield from told.absent(found.moran, say("regions.add.weights"))
    one = found.moran.result
    if one is None:
        return
    yield Paragraph(say("regions.moran.how", draws=found.spec.permutations))
    if one.frame.height > 1:
        reach = BAND * pl.col("sd_permutation")
        yield course(
            one.frame.select(
                "period",
                value="moran",
                low=pl.col("mean_permutation") - reach,
                high=pl.col("mean_permutation") + reach,
            ),
            id="moran",
            title=say("regions.moran.figure", first=found.first, last=found.last),
            caption=say("regions.moran.caption"),
            value_title=say("regions.column.moran"),
        )
    columns = (
        Column("period", say("column.period"), "integer"),
        Column("units", say("regions.column.units"), "integer"),
        Column("moran", say("regions.column.moran"), "number", 3),
        Column("expected", say("regions.column.expected"), "number", 3),
        Column("z_random", say("regions.column.z"), "number", 2),
        Column("p_random", say("regions.column.p_normal"), "number", 3),
        Column("p_permutation", say("regions.column.p_permutation"), "number", 3),
    )
    yield Table("moran-table", say("regions.moran.table"), one.frame, columns)
    yield from told.notes(*one.notes)


def _lisa(context: Context, found: Regions, told: Told) -> Iterator[Block]:
    yield from told.absent(found.lisa, say("regions.add.weights"))
    one = found.lisa.result
    if one is None:
        return
    share = 100 * one.method.options["fdr"]
    yield Paragraph(say("regions.lisa.how", draws=found.spec.permutations, share=share))
    frame, year = lisa_frame(context, one.frame), found.last
    if found.material.provinces:
        yield tile_kinds(
            one.frame.select("unit", kind="cluster"),
            {kind: say(f"regions.cluster.{kind}") for kind in CLUSTERS},
            plain="none",
            id="lisa-map",
            title=say("regions.lisa.map", year=year),
            caption=say("regions.lisa.caption", share=share),
        )
    shown = context.ranks != "groups"  # deviations tell the score of a unit, which a report in grades does not
    if shown:
        yield pairs(
            frame.select("unit", "unit_zh", "unit_en", x="deviation", y="lag"),
            id="moran-scatter",
            title=say("regions.lisa.scatter", year=year),
            caption=say("regions.lisa.scatter_caption"),
            x_title=say("regions.lisa.own"),
            y_title=say("regions.lisa.neighbours"),
            zero=True,
            digits=2,
        )
    columns = [Column("unit", say("column.unit"))]
    if shown:
        columns.append(Column("local", say("regions.column.local"), "number", 3))
    columns += [
        Column("p", say("regions.column.p_permutation"), "number", 3),
        Column("p_fdr", say("regions.column.p_fdr"), "number", 3),
        Column("cluster", say("regions.column.cluster")),
        Column("cluster_unadjusted", say("regions.column.unadjusted")),
    ]
    kept = frame if shown else frame.drop(SCORED)
    yield Table("lisa", say("regions.lisa.table", year=year), kept, tuple(columns))
    yield from told.notes(*one.notes)


def _centre(found: Regions, one: Ellipse) -> Iterator[Block]:
    yield Paragraph(say("regions.centre.how"))
    frame = centre_frame(one)
    if frame.height > 1:
        yield path(
            frame.select("period", lon="x", lat="y"),
            id="centre",
            title=say("regions.centre.figure", first=found.first, last=found.last),
            caption=say("regions.centre.caption"),
        )
    columns = (
        Column("period", say("column.period"), "integer"),
        Column("x", say("regions.column.lon"), "number", 2),
        Column("y", say("regions.column.lat"), "number", 2),
        Column("moved", say("regions.column.moved"), "number", 1),
        Column("wind", say("regions.column.wind")),
        Column("moved_in_all", say("regions.column.moved_in_all"), "number", 1),
        Column("long", say("regions.column.long"), "number", 0),
        Column("short", say("regions.column.short"), "number", 0),
    )
    yield Table("centre-table", say("regions.centre.table"), frame, columns)


def _network(context: Context, found: Regions, one: Network) -> Iterator[Block]:
    whole = one.frame.row(0, named=True)
    yield Paragraph(say("regions.network.how"))
    numbers = {"year": found.last, "nodes": whole["nodes"], "links": whole["links"]}
    yield Paragraph(say("regions.network.whole", **numbers, **{k: whole[k] for k in ("density", "reciprocity")}))
    nodes = nodes_frame(context, one)
    if context.ranks == "interval":
        nodes = nodes.sort("degree", "betweenness", descending=True, maintain_order=True)
    columns = (
        Column("unit", say("column.unit")),
        Column("out", say("regions.column.out"), "integer"),
        Column("in", say("regions.column.in"), "integer"),
        Column("degree", say("regions.column.degree"), "number", 3),
        Column("betweenness", say("regions.column.betweenness"), "number", 3),
        Column("closeness", say("regions.column.closeness"), "number", 3),
        Column("block", say("regions.column.block"), "integer"),
    )
    yield Table("network", say("regions.network.table", year=found.last), nodes, columns, say("regions.network.note"))
    shown = (
        Column("block", say("regions.column.block"), "integer"),
        Column("inside", say("regions.column.inside"), "integer"),
        Column("sent", say("regions.column.sent"), "integer"),
        Column("received", say("regions.column.received"), "integer"),
        Column("part", say("regions.column.part")),
        Column("units", say("regions.column.members")),
    )
    yield Table("blocks", say("regions.blocks.table", year=found.last), blocks_frame(context, one), shown)
