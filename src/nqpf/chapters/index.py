"""Chapter *Index*: levels, ranks with intervals, change, contributions and weights."""

from __future__ import annotations

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.chapters.index_findings import index_findings
from nqpf.chapters.index_frames import by_group, parts_by_dimension, summary_frame, weights_frame, wide_parts
from nqpf.chapters.index_imputed import draw_columns, imputed_blocks, imputed_caption
from nqpf.chapters.index_unranked import by_grade, grade_blocks, grade_means, level_figure
from nqpf.chapters.weight_drift import drift_blocks
from nqpf.charts import contributions as contribution_charts
from nqpf.charts.figure import Figure
from nqpf.charts.ranking import ranking
from nqpf.charts.tilemap import tile_map
from nqpf.charts.trend import trend
from nqpf.charts.weights import weights as weights_chart
from nqpf.messages import Text, say

PART = ("part", "part_zh", "part_en")


def index_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    levels: list[Block] = [Paragraph(say("index.how", **_how(context)))]
    if context.graded is not None:
        levels += grade_blocks(context, context.graded)
    else:
        levels += [_map(context)] if context.scheme == "provinces" else []
        levels += [_ranking_figure(context), _scores_table(context)]
    levels += imputed_blocks(context)
    change: list[Block] = [_trend(context)]
    if context.change_parts is not None:
        changes = context.change_parts.to_frame()
        change += [_change_figure(context, changes), _change_table(context, changes)]
    parts: list[Block] = [_parts_figure(context), _parts_table(context)]
    inputs: list[Block] = [_weights_figure(context), _weights_table(context), *drift_blocks(context)]
    inputs.append(_indicator_table(context))
    blocks: list[Block] = [
        Callout(note.text(), note.severity) for note in (*context.index.notes, *context.leave_one_out.notes)
    ]
    blocks += [
        Section("levels", _levels_title(context), tuple(levels)),
        Section("changes", say("index.changes"), tuple(change)),
        Section("parts", say("index.parts"), tuple(parts)),
        Section("weights-and-data", say("index.inputs"), tuple(inputs)),
    ]
    return Chapter("index", say("index.title"), tuple(blocks), index_findings(context))


def _levels_title(context: Context) -> Text:
    return say("index.levels") if context.ranks == "interval" else say(f"modes.section.{context.ranks}")


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


def _with_imputed(context: Context, text: Text, period: int | None = None) -> Text:
    """Return a caption or note with the share of imputed figures behind it, where there are any."""
    return Text.join([text, *imputed_caption(context, period)], "", " ")


def _by(context: Context, text: Text) -> Text:
    """Return a caption that says, where units are graded, that means of grades are shown."""
    return text if context.graded is None else Text.join([say("modes.by_grade"), text], "", " ")


def _map(context: Context) -> Figure:
    data = context.scores.filter(pl.col("node") == context.framework.root.id).select("unit", "period", value="score")
    title = say("index.map.title", index=context.framework.title, year=context.last)
    caption = _with_imputed(context, say("index.map.caption", range=_range(context)))
    return tile_map(data, id="map", title=title, caption=caption, value_title=context.framework.title)


def _ranking_figure(context: Context) -> Figure:
    if context.ranks != "interval":
        frame, imputed = summary_frame(context), imputed_caption(context, context.last)
        return level_figure(context, by_group(context, frame), _value_title(context), imputed)
    periods = (context.first, context.last) if context.first != context.last else None
    caption = say("index.ranking.caption", count=len(context.framework.indicators), first=context.first)
    if context.over_draws is not None:
        numbers = {"count": len(context.framework.indicators), "draws": len(context.over_draws.ranks)}
        caption = say("index.ranking.caption_draws", first=context.first, **numbers)
    if caption_of_year := imputed_caption(context, context.last):
        caption = Text.join([caption, *caption_of_year, say("index.imputed.marked")], "", " ")
    return ranking(
        by_group(context, summary_frame(context)),
        id="ranking",
        title=say("index.ranking.title", index=context.framework.title, year=context.last),
        caption=caption,
        value_title=_value_title(context),
        periods=periods,
    )


def _scores_table(context: Context) -> Table:
    columns = [Column("rank", say("column.rank"), "integer"), Column("unit", say("column.unit"))]
    if context.group:
        columns.append(Column("group", say("column.group")))
    columns.append(Column("value", say("column.score", year=context.last), "bar"))
    columns += [
        Column("rank_low", say("column.rank_low"), "integer"),
        Column("rank_high", say("column.rank_high"), "integer"),
        *draw_columns(context),
    ]
    if context.imputed.any():
        columns.append(Column("imputed", say("column.imputed"), "percent", 1))
    if context.first != context.last:
        columns += [Column("rank_first", say("column.rank_in", year=context.first), "integer")]
        columns += [Column("change", say("column.change", year=context.first), "number")]
    columns += [Column(f"score_{node.id}", node.title, "number") for node in context.framework.dimensions]
    frame = summary_frame(context)
    if frame["present"].min() != 1:
        columns.append(Column("present", say("column.present"), "percent", 0))
    title = say("index.scores.title", index=context.framework.title, year=context.last)
    note = say("index.scores.note")
    if context.over_draws is not None:
        note = say("index.scores.note_draws", draws=len(context.over_draws.ranks))
    return Table("scores", title, frame, tuple(columns), _with_imputed(context, note, context.last))


def _trend(context: Context) -> Figure:
    data = context.scores.filter(pl.col("node") == context.framework.root.id)
    everyone = say("word.all_units")
    means = data.group_by("period", maintain_order=True).agg(pl.col("score").mean().alias("value"))
    means = means.select(
        pl.lit(everyone.zh).alias("group_zh"), pl.lit(everyone.en).alias("group_en"), "period", "value"
    )
    caption = say("index.trend.caption")
    if context.graded is not None:
        caption = say("modes.trend", year=context.last)
        means = pl.concat([grade_means(context, data).select(means.columns), means])
    elif context.group:
        grouped = by_group(context, data.drop_nulls("group"))
        each = grouped.group_by("group_zh", "group_en", "period", maintain_order=True)
        means = pl.concat([each.agg(pl.col("score").mean().alias("value")).select(means.columns), means])
    return trend(
        by_grade(context, data.select("unit", "unit_zh", "unit_en", "period", value="score"), "period"),
        means,
        id="trend",
        title=say("index.trend.title", index=context.framework.title, years=_how(context)["years"]),
        caption=_with_imputed(context, caption),
        value_title=_value_title(context),
    )


def _parts_figure(context: Context) -> Figure:
    return contribution_charts.contributions(
        by_grade(context, parts_by_dimension(context, context.level_parts.to_frame()), *PART),
        id="contributions",
        title=say("index.parts.title", index=context.framework.title, year=context.last),
        caption=_by(context, say(f"index.parts.caption.{context.against}")),
        value_title=say(f"index.parts.axis.{context.against}"),
        by_value=context.ranks == "interval",
    )


def _change_figure(context: Context, changes: pl.DataFrame) -> Figure:
    return contribution_charts.change_parts(
        by_grade(context, parts_by_dimension(context, changes), *PART),
        id="change",
        title=say("index.change.title", index=context.framework.title, first=context.first, last=context.last),
        caption=_by(context, say("index.change.caption")),
        value_title=say("index.change.axis", first=context.first, last=context.last),
        by_value=context.ranks == "interval",
    )


def _part_columns(context: Context, frame: pl.DataFrame) -> tuple[Column, ...]:
    titles = {f"part_{i.id}": i.title for i in context.framework.indicators}
    titles["part_weights"] = say("index.reweighted")
    parts = [Column(c, titles[c], "number") for c in frame.columns if c in titles]
    first = say("column.unit" if context.graded is None else "modes.column.grade")
    return (Column("unit", first), Column("total", say("column.total"), "number"), *parts)


def _parts_table(context: Context) -> Table:
    frame = by_grade(context, wide_parts(context, context.level_parts.to_frame()))
    title = say("index.parts.table", year=context.last)
    return Table(
        "contributions-table",
        title,
        frame,
        _part_columns(context, frame),
        _by(context, say(f"index.parts.caption.{context.against}")),
    )


def _change_table(context: Context, changes: pl.DataFrame) -> Table:
    frame = by_grade(context, wide_parts(context, changes))
    title = say("index.change.table", first=context.first, last=context.last)
    return Table("change-table", title, frame, _part_columns(context, frame), _by(context, say("index.change.caption")))


def _weights_figure(context: Context) -> Figure:
    frame = weights_frame(context)
    shown = frame.drop("period") if frame["period"].null_count() else frame
    return weights_chart(
        shown.drop("level", "local"),
        id="weights",
        title=say("index.weights.title"),
        caption=say("index.weights.caption"),
    )


def _weights_table(context: Context) -> Table:
    frame = weights_frame(context)
    columns = [Column("indicator", say("column.indicator")), Column("node", say("column.dimension"))]
    if not frame["period"].null_count():
        columns.append(Column("period", say("column.period"), "integer"))
    columns += [Column("local", say("column.local"), "number", 4), Column("weight", say("column.whole"), "bar", 4)]
    by_year = frame.group_by("period").agg((1 / (pl.col("weight") ** 2).sum()).alias("effective"))
    effective = float(by_year["effective"].to_numpy().mean())
    note = say("index.weights.note", effective=effective, count=len(context.framework.indicators))
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
                float(context.imputed[:, :, k][~np.isnan(values)].mean()),
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
        | dict.fromkeys(("lowest", "median", "highest", "imputed"), pl.Float64)
        | {"theory": pl.String}
    )
    columns = [
        Column("indicator", say("column.indicator")),
        Column("formula", say("column.formula")),
        Column("unit", say("column.measure")),
        Column("direction", say("column.direction")),
        Column("lowest", say("column.lowest"), "number", None),
        Column("median", say("column.median"), "number", None),
        Column("highest", say("column.highest"), "number", None),
    ]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    if context.imputed.any():
        columns.append(Column("imputed", say("column.imputed_values"), "percent", 1))
    else:
        frame = frame.drop("imputed")
    columns.append(Column("theory", say("column.theory")))
    return Table("indicators", say("index.indicators.title"), frame, tuple(columns))
