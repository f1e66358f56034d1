"""Chapter *Index*: levels, ranks with intervals, change, contributions and weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.charts import contributions as contribution_charts
from nqpf.charts.figure import Figure
from nqpf.charts.ranking import ranking
from nqpf.charts.tilemap import tile_map
from nqpf.charts.trend import trend
from nqpf.charts.weights import weights as weights_chart
from nqpf.messages import Text, say
from nqpf.results import Finding


def index_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    levels: list[Block] = [Paragraph(say("index.how", **_how(context)))]
    if context.scheme == "provinces":
        levels.append(_map(context))
    levels += [_ranking_figure(context), _scores_table(context)]
    change: list[Block] = [_trend(context)]
    if context.change_parts is not None:
        changes = context.change_parts.to_frame()
        change += [_change_figure(context, changes), _change_table(context, changes)]
    parts: list[Block] = [_parts_figure(context), _parts_table(context)]
    inputs: list[Block] = [_weights_figure(context), _weights_table(context), _indicator_table(context)]
    blocks: list[Block] = [Callout(note.text(), note.severity) for note in context.index.notes]
    blocks += [
        Section("levels", say("index.levels"), tuple(levels)),
        Section("changes", say("index.changes"), tuple(change)),
        Section("parts", say("index.parts"), tuple(parts)),
        Section("weights-and-data", say("index.inputs"), tuple(inputs)),
    ]
    return Chapter("index", say("index.title"), tuple(blocks), _findings(context))


def summary_frame(context: Context) -> pl.DataFrame:
    """Return one row a unit for the last year: scores then and at first, change, rank, interval, dimensions."""
    scores, index = context.scores, context.framework.root.id
    last = scores.filter((pl.col("node") == index) & (pl.col("period") == context.last))
    first = scores.filter((pl.col("node") == index) & (pl.col("period") == context.first))
    interval = context.leave_one_out.to_frame().filter(pl.col("period") == context.last)
    names = ["unit", "unit_zh", "unit_en", "group", "group_zh", "group_en"]
    frame = (
        last.select(*names, value="score", rank="rank", present="present")
        .join(
            first.select("unit", value_first="score", rank_first="rank"), on="unit", how="left", maintain_order="left"
        )
        .join(
            interval.select("unit", "rank_low", "rank_high", "most_moving"),
            on="unit",
            how="left",
            maintain_order="left",
        )
        .with_columns(change=pl.col("value") - pl.col("value_first"))
    )
    for node in context.framework.dimensions:
        part = scores.filter((pl.col("node") == node.id) & (pl.col("period") == context.last))
        frame = frame.join(
            part.select("unit", pl.col("score").alias(node.id)), on="unit", how="left", maintain_order="left"
        )
    return frame.sort("rank", "unit", nulls_last=True)


def _how(context: Context) -> dict[str, object]:
    recipe = context.index.fitted.recipe
    from_to = say("word.years", first=context.first, last=context.last)
    return {
        "normalise": say(f"choice.{recipe.normalise.method}"),
        "scope": say(f"choice.scope.{recipe.normalise.scope}"),
        "weight": say(f"choice.{recipe.weight.method}"),
        "aggregate": say(f"choice.{recipe.aggregate.method}"),
        "indicators": len(context.framework.indicators),
        "dimensions": len(context.framework.dimensions),
        "years": from_to,
    }


def _range(context: Context) -> Text:
    bounds = context.ends(context.framework.root)
    return say("index.range", low=bounds[0], high=bounds[1]) if bounds else say("index.no_range")


def _value_title(context: Context) -> Text:
    return say("index.value_title", index=context.framework.title, range=_range(context))


def _map(context: Context) -> Figure:
    data = context.scores.filter(pl.col("node") == context.framework.root.id).select("unit", "period", value="score")
    title = say("index.map.title", index=context.framework.title, year=context.last)
    caption = say("index.map.caption", range=_range(context))
    return tile_map(data, id="map", title=title, caption=caption, value_title=context.framework.title)


def _ranking_figure(context: Context) -> Figure:
    periods = (context.first, context.last) if context.first != context.last else None
    return ranking(
        _by_group(context, summary_frame(context)),
        id="ranking",
        title=say("index.ranking.title", index=context.framework.title, year=context.last),
        caption=say("index.ranking.caption", count=len(context.framework.indicators), first=context.first),
        value_title=_value_title(context),
        periods=periods,
    )


def _by_group(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows group by group, so that a group has the same colour in every figure."""
    order = {group: place for place, group in enumerate(context.group_titles)}
    place = pl.col("group").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    return frame.sort(place, maintain_order=True)


def _scores_table(context: Context) -> Table:
    columns = [Column("rank", say("column.rank"), "integer"), Column("unit", say("column.unit"))]
    if context.group:
        columns.append(Column("group", say("column.group")))
    columns.append(Column("value", say("column.score", year=context.last), "bar"))
    columns += [
        Column("rank_low", say("column.rank_low"), "integer"),
        Column("rank_high", say("column.rank_high"), "integer"),
    ]
    if context.first != context.last:
        columns += [Column("rank_first", say("column.rank_in", year=context.first), "integer")]
        columns += [Column("change", say("column.change", year=context.first), "number")]
    columns += [Column(node.id, node.title, "number") for node in context.framework.dimensions]
    frame = summary_frame(context)
    if frame["present"].min() != 1:
        columns.append(Column("present", say("column.present"), "percent", 0))
    title = say("index.scores.title", index=context.framework.title, year=context.last)
    return Table("scores", title, frame, tuple(columns), say("index.scores.note"))


def _trend(context: Context) -> Figure:
    data = context.scores.filter(pl.col("node") == context.framework.root.id)
    everyone = say("word.all_units")
    means = data.group_by("period", maintain_order=True).agg(pl.col("score").mean().alias("value"))
    means = means.select(
        pl.lit(everyone.zh).alias("group_zh"), pl.lit(everyone.en).alias("group_en"), "period", "value"
    )
    if context.group:
        grouped = _by_group(context, data.drop_nulls("group"))
        by_group = grouped.group_by("group_zh", "group_en", "period", maintain_order=True)
        means = pl.concat([by_group.agg(pl.col("score").mean().alias("value")).select(means.columns), means])
    return trend(
        data.select("unit", "unit_zh", "unit_en", "period", value="score"),
        means,
        id="trend",
        title=say("index.trend.title", index=context.framework.title, years=_how(context)["years"]),
        caption=say("index.trend.caption"),
        value_title=_value_title(context),
    )


def _parts_by_dimension(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    rows = [(n.id, n.title.zh, n.title.en) for n in context.framework.dimensions]
    reweighted = say("index.reweighted")
    rows.append(("weights", reweighted.zh, reweighted.en))
    names = pl.DataFrame(rows, schema=dict.fromkeys(("part", "part_zh", "part_en"), pl.String), orient="row")
    last = frame.filter(pl.col("period") == context.last)
    if (last.filter(pl.col("indicator") == "weights")["contribution"].abs() < 1e-12).all():
        last = last.filter(pl.col("indicator") != "weights")
    return (
        last.group_by("unit", "dimension", maintain_order=True)
        .agg(pl.col("contribution").sum().alias("value"))
        .rename({"dimension": "part"})
        .join(names, on="part", how="left", maintain_order="left")
        .join(context.unit_names.select("unit", "unit_zh", "unit_en"), on="unit", how="left", maintain_order="left")
        .select("unit", "unit_zh", "unit_en", "part", "part_zh", "part_en", "value")
    )


def _parts_figure(context: Context) -> Figure:
    return contribution_charts.contributions(
        _parts_by_dimension(context, context.level_parts.to_frame()),
        id="contributions",
        title=say("index.parts.title", index=context.framework.title, year=context.last),
        caption=say(f"index.parts.caption.{context.against}"),
        value_title=say(f"index.parts.axis.{context.against}"),
    )


def _change_figure(context: Context, changes: pl.DataFrame) -> Figure:
    return contribution_charts.change_parts(
        _parts_by_dimension(context, changes),
        id="change",
        title=say("index.change.title", index=context.framework.title, first=context.first, last=context.last),
        caption=say("index.change.caption"),
        value_title=say("index.change.axis", first=context.first, last=context.last),
    )


def _wide_parts(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a row a unit and a column an indicator for the last year, with their total."""
    last = frame.filter(pl.col("period") == context.last)
    wide = last.pivot("indicator", index="unit", values="contribution", maintain_order=True)
    parts = [c for c in wide.columns if c != "unit"]
    total = wide.with_columns(total=pl.sum_horizontal(parts))
    return context.unit_names.select("unit", "unit_zh", "unit_en").join(
        total, on="unit", how="left", maintain_order="left"
    )


def _part_columns(context: Context, frame: pl.DataFrame) -> tuple[Column, ...]:
    titles = {i.id: i.title for i in context.framework.indicators} | {"weights": say("index.reweighted")}
    parts = [Column(c, titles[c], "number") for c in frame.columns if c in titles]
    return (Column("unit", say("column.unit")), Column("total", say("column.total"), "number"), *parts)


def _parts_table(context: Context) -> Table:
    frame = _wide_parts(context, context.level_parts.to_frame())
    title = say("index.parts.table", year=context.last)
    return Table(
        "contributions-table",
        title,
        frame,
        _part_columns(context, frame),
        say(f"index.parts.caption.{context.against}"),
    )


def _change_table(context: Context, changes: pl.DataFrame) -> Table:
    frame = _wide_parts(context, changes)
    title = say("index.change.table", first=context.first, last=context.last)
    return Table("change-table", title, frame, _part_columns(context, frame), say("index.change.caption"))


def _weights_frame(context: Context) -> pl.DataFrame:
    leaves = [i.id for i in context.framework.indicators]
    names = context.node_names("indicator")
    dimensions = context.node_names("dimension").rename({"dimension_zh": "node_zh", "dimension_en": "node_en"})
    return (
        context.index.weights_frame()
        .filter(pl.col("node").is_in(leaves))
        .rename({"node": "indicator"})
        .join(names, on="indicator", how="left", maintain_order="left")
        .join(dimensions, on="dimension", how="left", maintain_order="left")
        .rename({"whole": "weight"})
    )


def _weights_figure(context: Context) -> Figure:
    frame = _weights_frame(context)
    shown = frame.drop("period") if frame["period"].null_count() else frame
    return weights_chart(
        shown.drop("level", "local"),
        id="weights",
        title=say("index.weights.title"),
        caption=say("index.weights.caption"),
    )


def _weights_table(context: Context) -> Table:
    frame = _weights_frame(context)
    columns = [Column("indicator", say("column.indicator")), Column("node", say("column.dimension"))]
    if not frame["period"].null_count():
        columns.append(Column("period", say("column.period"), "integer"))
    columns += [Column("local", say("column.local"), "number", 4), Column("weight", say("column.whole"), "bar", 4)]
    by_year = frame.group_by("period").agg((1 / (pl.col("weight") ** 2).sum()).alias("effective"))
    note = say("index.weights.note", effective=_mean(by_year["effective"]), count=len(context.framework.indicators))
    return Table("weights-table", say("index.weights.table"), frame, tuple(columns), note)


def _indicator_table(context: Context) -> Table:
    rows = []
    for k, one in enumerate(context.framework.indicators):
        values = context.index.panel.values[:, :, k]
        direction = say(f"direction.{one.direction}")
        rows.append(
            (
                one.id,
                one.title.zh,
                one.title.en,
                one.formula,
                one.unit.zh,
                one.unit.en,
                direction.zh,
                direction.en,
                float(np.nanmin(values)),
                float(np.nanmedian(values)),
                float(np.nanmax(values)),
                " ".join(one.theory),
            )
        )
    texts = [
        "indicator",
        "indicator_zh",
        "indicator_en",
        "formula",
        "unit_zh",
        "unit_en",
        "direction_zh",
        "direction_en",
    ]
    schema = (
        dict.fromkeys(texts, pl.String)
        | dict.fromkeys(("lowest", "median", "highest"), pl.Float64)
        | {"theory": pl.String}
    )
    columns = (
        Column("indicator", say("column.indicator")),
        Column("formula", say("column.formula")),
        Column("unit", say("column.measure")),
        Column("direction", say("column.direction")),
        Column("lowest", say("column.lowest"), "number", None),
        Column("median", say("column.median"), "number", None),
        Column("highest", say("column.highest"), "number", None),
        Column("theory", say("column.theory")),
    )
    return Table("indicators", say("index.indicators.title"), pl.DataFrame(rows, schema=schema, orient="row"), columns)


def _findings(context: Context) -> tuple[Finding, ...]:
    frame = summary_frame(context).drop_nulls("value")
    found = []
    top, bottom = frame.row(0, named=True), frame.row(-1, named=True)
    numbers = {
        "index": context.framework.title,
        "year": context.last,
        "top": context.label(top["unit"]),
        "top_score": top["value"],
        "low": top["rank_low"],
        "high": top["rank_high"],
        "bottom": context.label(bottom["unit"]),
        "bottom_score": bottom["value"],
        "count": frame.height,
    }
    firm = top["rank_low"] == top["rank_high"]
    code, condition = ("top_firm", "rank_low == rank_high") if firm else ("top_and_bottom", "rank_low < rank_high")
    found.append(Finding(code, numbers, f"highest and lowest score; {condition} at the top", "ranking", ("A02",)))
    fixed = frame.filter(pl.col("rank_low") == pl.col("rank_high")).height
    wide = (
        frame.with_columns(span=pl.col("rank_high") - pl.col("rank_low"))
        .sort("span", descending=True)
        .row(0, named=True)
    )
    stable: dict[str, Any] = {"fixed": fixed, "count": frame.height, "indicators": len(context.framework.indicators)}
    stable |= {"unit": context.label(wide["unit"]), "low": wide["rank_low"], "high": wide["rank_high"]}
    code, condition = "rank_stability", "rank_low == rank_high for 'fixed' units, fewer than all"
    if fixed == frame.height:
        code, condition = "rank_all_stable", "rank_low == rank_high for every unit"
    found.append(Finding(code, stable, condition, "scores", ("O03",)))
    if context.first != context.last:
        found += _change_findings(context, frame)
    return tuple(found)


def _change_findings(context: Context, frame: pl.DataFrame) -> list[Finding]:
    moved = frame.drop_nulls("change").sort("change", descending=True)
    if not moved.height:
        return []
    up, down = moved.row(0, named=True), moved.row(-1, named=True)
    rose = moved.filter(pl.col("change") > 0).height
    numbers: dict[str, Any] = {"first": context.first, "last": context.last, "rose": rose, "count": moved.height}
    numbers |= {"mean": _mean(moved["change"])}
    numbers |= {
        "up": context.label(up["unit"]),
        "up_by": up["change"],
        "down": context.label(down["unit"]),
        "down_by": down["change"],
    }
    code, condition = "change_mixed", "some changes > 0, some <= 0"
    if rose == moved.height:
        code, condition = "change_up", "every change > 0"
    elif rose == 0:
        code, condition = "change_down", "every change <= 0"
    place = "trend" if context.change_parts is None else "change"
    found = [Finding(code, numbers, condition, place, ("A02", "A13"))]
    if context.change_parts is None:
        return found
    parts = _parts_by_dimension(context, context.change_parts.to_frame())
    means = (
        parts.group_by("part", "part_zh", "part_en", maintain_order=True)
        .agg(pl.col("value").mean())
        .sort("value", descending=True)
    )
    best = means.row(0, named=True)
    if best["value"] > 0:
        driver = {"dimension": Text(best["part_zh"], best["part_en"]), "part": best["value"], "mean": numbers["mean"]}
        driver |= {"first": context.first, "last": context.last}
        found.append(Finding("driver", driver, "largest mean contribution > 0", "change", ("A01",)))
    worst = means.row(-1, named=True)
    if worst["value"] < 0:
        drag = {"dimension": Text(worst["part_zh"], worst["part_en"]), "part": worst["value"]}
        drag |= {"first": context.first, "last": context.last}
        found.append(Finding("drag", drag, "smallest mean contribution < 0", "change", ("A01",)))
    return found


def _mean(column: pl.Series) -> float:
    return float(column.to_numpy().mean())
