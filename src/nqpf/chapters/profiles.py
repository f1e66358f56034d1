"""Chapter *Profiles*: each unit against the median of its peers, its strengths and its obstacles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from nqpf import theory
from nqpf.chapters.abilities import levels, measured, reading_radar
from nqpf.chapters.blocks import Block, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context, Floats
from nqpf.chapters.index_unranked import profile_level
from nqpf.chapters.paths import target_columns, target_frame
from nqpf.charts.figure import Figure
from nqpf.charts.radar import radar
from nqpf.errors import listing
from nqpf.index.framework import Node
from nqpf.messages import Text, say
from nqpf.regions.paths.peers import Peers
from nqpf.results import Finding

MOST = 3
"""Strengths and obstacles named in a profile's sentence."""
FEWEST_AXES, MOST_AXES = 3, 12
"""A radar needs three axes and stays legible up to twelve."""


def profiles_chapter(context: Context) -> Chapter:
    """Return the chapter: a section a unit, picked from a list, and the obstacles all units share."""
    order = context.scores.filter((pl.col("node") == context.framework.root.id) & (pl.col("period") == context.last))
    by_rank = order.sort("rank", "unit", nulls_last=True)["unit"].to_list()
    units = by_rank if context.ranks == "interval" else list(context.panel.units)
    sections = tuple(_profile(context, unit) for unit in units)
    blocks: list[Block] = [Paragraph(say("profiles.how", peers=_peer_word(context), year=context.last))]
    found: tuple[Finding, ...] = ()
    if context.obstacles is not None:
        table = _obstacle_table(context)
        blocks.append(table)
        found = _obstacle_finding(context, table.frame)
    blocks.append(Section("profile", say("profiles.choose"), sections, choose=True))
    return Chapter("profiles", say("profiles.title"), tuple(blocks), found)


def _peer_word(context: Context) -> Text:
    return say("profiles.peers.group") if context.group else say("profiles.peers.all")


def _axes(context: Context) -> tuple[Node, ...]:
    """Return the nodes a radar shows: dimensions, or the indicators where there are fewer than three dimensions."""
    dimensions = context.framework.dimensions
    return dimensions if len(dimensions) >= FEWEST_AXES else context.framework.indicators


def _profile(context: Context, unit: str) -> Section:
    n = context.panel.units.index(unit)
    frame = _table_frame(context, n)
    blocks: list[Block] = [Paragraph(_sentence(context, unit, n, frame))]
    axes = _axes(context)
    if context.ends(axes[0]) is not None and FEWEST_AXES <= len(axes) <= MOST_AXES:
        blocks.append(_radar(context, unit, n, axes))
    if context.first != context.last and context.ranks == "interval":
        blocks.append(_course(context, unit, n))
    blocks += [_table(context, unit, frame), *_of_system(context, unit)]
    return Section(f"profile-{unit}", context.label(unit), tuple(blocks))


def _course(context: Context, unit: str, n: int) -> Table:
    """Return level and rank of a unit year by year, beside its peers' median."""
    root = context.framework.root.at
    low, high = context.rank_interval()
    frame = pl.DataFrame(
        {
            "period": context.panel.periods,
            "score": context.index.scores[:, n, root],
            "rank": context.index.ranks[:, n, root],
            "rank_low": low[:, n],
            "rank_high": high[:, n],
            "median": np.nanmedian(context.index.scores[:, context.peers(unit), root], axis=1),
        }
    )
    ranks = pl.col("rank", "rank_low", "rank_high")
    frame = frame.with_columns(pl.col(pl.Float64).fill_nan(None)).with_columns(ranks.cast(pl.Int64))
    columns = (
        Column("period", say("column.period"), "integer"),
        Column("score", say("column.unit_score"), "bar"),
        Column("median", say("column.peer_median"), "number"),
        Column("rank", say("column.rank"), "integer"),
        Column("rank_low", say("profiles.column.rank_low"), "integer"),
        Column("rank_high", say("profiles.column.rank_high"), "integer"),
    )
    return Table(f"profile-course-{unit}", say("profiles.course", unit=context.label(unit)), frame, columns)


def _of_system(context: Context, unit: str) -> Iterator[Block]:
    """Yield abilities against all units, and what peers by endowment have reached, where the study asks for them."""
    if context.system is None:
        return
    one = theory.role_set("abilities")
    here = measured(context.system, one)
    if len(here) >= FEWEST_AXES:
        every = levels(context, here, context.last)
        own = every.filter(pl.col("unit") == unit)
        if own.select(list(here)).null_count().sum_horizontal()[0] == 0:
            name = f"abilities-{unit}"
            yield reading_radar(name, one.title, context.label(unit), own, every, here, context.last)
    found = context.system.peers.result
    if found is not None:
        yield _targets(context, unit, found)


def _targets(context: Context, unit: str, found: Peers) -> Table:
    frame = target_frame(context, found).filter(pl.col("unit") == unit)
    columns = (Column("target", say("profiles.column.target")), *target_columns())
    alike = found.frame.filter(pl.col("unit") == unit).sort("place")["peer"]
    note = say("profiles.targets.note", peers=Text.join(context.label(peer) for peer in alike))
    return Table(f"profile-targets-{unit}", say("profiles.targets", unit=context.label(unit)), frame, columns, note)


def _sentence(context: Context, unit: str, n: int, frame: pl.DataFrame) -> Text:
    root = context.framework.root.at
    score, first = (float(context.index.scores[t, n, root]) for t in (-1, 0))
    if np.isnan(score):
        return say("profiles.no_score", unit=context.label(unit), year=context.last)
    low, high = (int(bound[-1, n]) for bound in context.rank_interval())
    numbers = {"unit": context.label(unit), "year": context.last, "score": score}
    numbers |= {
        "rank": int(context.index.ranks[-1, n, root]),
        "low": low,
        "high": high,
        "count": len(context.panel.units),
    }
    ranked, graded = context.ranks == "interval", context.graded is not None
    parts = [say("profiles.level", **numbers) if ranked else profile_level(context, unit, score)]
    if context.first != context.last and not np.isnan(first) and not graded:
        parts.append(say("profiles.change", change=score - first, first=context.first))
    above = frame.filter(pl.col("gap") > 0).sort("gap", descending=True).head(MOST)
    names = [Text(r["indicator_zh"], r["indicator_en"]) for r in above.iter_rows(named=True)]
    parts.append(say("profiles.strengths", names=Text.join(names)) if names else say("profiles.no_strength"))
    if "obstacle" in frame.columns:
        most = frame.filter(pl.col("obstacle") > 0).sort("obstacle", descending=True).head(MOST)
        listed = [
            say("profiles.obstacle", name=Text(r["indicator_zh"], r["indicator_en"]), degree=100 * r["obstacle"])
            for r in most.iter_rows(named=True)
        ]
        parts.append(say("profiles.obstacles", names=Text.join(listed)) if listed else say("profiles.no_obstacle"))
    return Text.join([*parts, *_imputed_sentence(context, n)], "", " ")


def _imputed_sentence(context: Context, n: int) -> list[Text]:
    """Return what of a unit's last year is imputed, and what its rank is over the draws; nothing if nothing is."""
    filled = np.flatnonzero(context.imputed[-1, n])
    if not filled.size:
        return []
    here = int((~np.isnan(context.index.panel.values[-1, n])).sum())
    names = listing([context.framework.indicators[k].title for k in filled], MOST)
    numbers = {"year": context.last, "count": filled.size, "total": here, "share": 100 * filled.size / here}
    said = [say("profiles.imputed", names=names, **numbers)]
    if context.over_draws is not None and context.ranks == "interval":
        low, high = (int(end[-1, n]) for end in context.over_draws.interval())
        said.append(say("profiles.draws", draws=len(context.over_draws.ranks), low=low, high=high))
    return said


def _table_frame(context: Context, n: int) -> pl.DataFrame:
    """Return a row an indicator: value, score, peers' median, gap, contribution and obstacle degree of unit `n`."""
    index, peers = context.index, context.peers(context.panel.units[n])
    count = len(context.framework.indicators)
    scores = index.normalised[-1]
    median = _median(scores[peers])
    columns: dict[str, object] = {
        "indicator": [i.id for i in context.framework.indicators],
        "unit_zh": [i.unit.zh for i in context.framework.indicators],
        "unit_en": [i.unit.en for i in context.framework.indicators],
        "value": index.panel.values[-1, n],
        "first": index.panel.values[0, n],
        "score": scores[n],
        "median": median,
        "gap": scores[n] - median,
        "rank": index.ranks[-1, n, :count],
    }
    if context.imputed[:, n].any():
        columns["imputed"] = context.imputed[:, n].mean(axis=0)
    if context.obstacles is not None:
        columns["obstacle"] = context.obstacles.degree[-1, n]
    frame = (
        pl.DataFrame(columns)
        .with_columns(pl.col(pl.Float64).fill_nan(None))
        .with_columns(pl.col("rank").cast(pl.Int64))
    )
    return frame.join(context.node_names("indicator"), on="indicator", how="left", maintain_order="left")


def _table(context: Context, unit: str, frame: pl.DataFrame) -> Table:
    columns = [Column("indicator", say("column.indicator")), Column("unit", say("column.measure"))]
    columns.append(Column("value", say("column.in_year", year=context.last), "number", None))
    if context.first != context.last:
        columns.append(Column("first", say("column.in_year", year=context.first), "number", None))
    columns += [Column("score", say("column.unit_score"), "bar"), Column("median", say("column.peer_median"), "number")]
    columns += [Column("gap", say("column.gap"), "number"), Column("rank", say("column.rank"), "integer")]
    if "obstacle" in frame.columns:
        columns.append(Column("obstacle", say("column.obstacle"), "percent", 1))
    if "imputed" in frame.columns:
        columns.append(Column("imputed", say("column.imputed_years"), "percent", 1))
    title = say("profiles.table", unit=context.label(unit), year=context.last)
    return Table(f"profile-table-{unit}", title, frame, tuple(columns))


def _radar(context: Context, unit: str, n: int, axes: tuple[Node, ...]) -> Figure:
    scores = context.index.scores[-1][:, [a.at for a in axes]]
    # A scale frozen on other years can be left by later values; the rim then moves out to hold them.
    ends = [*(context.ends(axes[0]) or ()), *scores[~np.isnan(scores)]]
    low, high = float(min(ends)), float(max(ends))
    frame = pl.DataFrame(
        {
            "axis": [a.id for a in axes],
            "axis_zh": [a.title.zh for a in axes],
            "axis_en": [a.title.en for a in axes],
            "value": scores[n],
            "median": _median(scores[context.peers(unit)]),
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    group = context.group.get(unit)
    peers = context.group_titles[group] if group else say("word.all_units")
    return radar(
        frame,
        id=f"radar-{unit}",
        title=say("profiles.radar", unit=context.label(unit), year=context.last),
        caption=say("profiles.radar.caption", peers=peers, low=low, high=high),
        unit=context.label(unit),
        low=low,
        high=high,
    )


def _median(scores: Floats) -> Floats:
    """Return medians over rows, NaN for a column without any number."""
    some = ~np.isnan(scores).all(axis=0)
    median = np.full(scores.shape[1], np.nan)
    median[some] = np.nanmedian(scores[:, some], axis=0)
    return median


def _obstacle_table(context: Context) -> Table:
    """Return the three greatest obstacles of every unit."""
    assert context.obstacles is not None
    frame = (
        context.obstacles.to_frame()
        .filter((pl.col("period") == context.last) & (pl.col("degree") > 0))
        .sort("unit", pl.col("degree"), descending=[False, True], maintain_order=True)
        .group_by("unit", maintain_order=True)
        .head(MOST)
        .select("unit", "indicator", "degree", place=pl.int_range(1, pl.len() + 1).over("unit"))
        .join(context.node_names("indicator"), on="indicator", how="left", maintain_order="left")
        .join(context.unit_names.select("unit", "unit_zh", "unit_en"), on="unit", how="left", maintain_order="left")
    )
    columns = (
        Column("unit", say("column.unit")),
        Column("place", say("column.place"), "integer"),
        Column("indicator", say("column.indicator")),
        Column("degree", say("column.obstacle"), "percent", 1),
    )
    return Table(
        "obstacles", say("profiles.obstacles.title", year=context.last), frame, columns, say("profiles.obstacles.note")
    )


def _obstacle_finding(context: Context, frame: pl.DataFrame) -> tuple[Finding, ...]:
    if not frame.height:
        return ()
    first = frame.filter(pl.col("place") == 1)
    common = (
        first.group_by("indicator", "indicator_zh", "indicator_en")
        .len()
        .sort("len", "indicator", descending=[True, False])
    )
    top = common.row(0, named=True)
    numbers = {"indicator": Text(top["indicator_zh"], top["indicator_en"]), "units": top["len"]}
    numbers |= {"count": first.height, "year": context.last}
    return (Finding("common_obstacle", numbers, "largest obstacle degree in most units", "obstacles", ("J04", "G08")),)
