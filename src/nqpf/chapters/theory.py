"""Chapter *Theory map*: the logic diagram lit by this study's numbers, and what of the theory is measured at all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from nqpf import theory
from nqpf.chapters.blocks import Chapter, Column, Paragraph, Table
from nqpf.chapters.context import Context, Floats
from nqpf.charts.logic import logic_diagram
from nqpf.index.framework import Indicator
from nqpf.messages import Text, say
from nqpf.numerics.ranks import position
from nqpf.results import Finding

LEVELS = ("cause", "element", "leap", "feature", "trait")
"""Kinds of boxes that state a level, so that a number in each of them measures the item they stand for. Circles,
hallmark and shake-offs state relations and tests, which a level does not measure."""


def theory_chapter(context: Context) -> Chapter:
    """Return the chapter and the share of the theory that is measured."""
    states = node_states(context)
    items = item_frame(context, states)
    measured = int(items["measured"].sum())
    nodes = int(states["measured"].sum())
    numbers = {"measured": measured, "items": items.height, "nodes": nodes, "all_nodes": states.height}
    figure = logic_diagram(
        states,
        id="logic",
        title=say("theory_map.title", year=context.last),
        caption=say("theory_map.caption", first=context.first, last=context.last, count=len(context.panel.units)),
    )
    condition = "a node of the framework carries the item, or every box of the diagram for it has a value"
    finding = Finding("theory_coverage", numbers, condition, "logic", ("A10",))
    blocks = (Paragraph(say("theory_map.how")), figure, _group_table(items), _item_table(items))
    return Chapter("theory", say("theory_map.chapter"), blocks, (finding,))


def node_states(context: Context) -> pl.DataFrame:
    """Return the state of every node of the logic diagram.

    Returns
    -------
    DataFrame
        Columns node, value (0 to 1, mean over units in the last year, of the first year for the elements from which the
        leaps start; null if not measured), change (since the first year), measured, detail_zh, detail_en.
    """
    whole = context.index.whole.mean(axis=0)
    unit_scores = _unit_scores(context)
    rows: list[tuple[str, float | None, float | None, bool, str, str]] = []
    for node in theory.diagram().nodes:
        if node.kind == "core":
            found = list(context.framework.indicators)
        else:
            found = [i for i in context.framework.indicators if node.tags and _carries(i, node.tags)]
        weights = np.array([whole[i.at] for i in found])
        if not found or weights.sum() == 0:
            rows.append((node.id, None, None, False, *_both(_needed(node))))
            continue
        by_year = _mean(unit_scores[:, :, [i.at for i in found]], weights)
        indicators = Text.join(i.title for i in found)
        if node.kind == "element":  # where the leap starts from; the leap's own node shows where it has come to
            detail = say("theory_map.starting_from", year=context.first, indicators=indicators)
            rows.append((node.id, float(by_year[0]), None, True, *_both(detail)))
            continue
        change = float(by_year[-1] - by_year[0]) if context.first != context.last else None
        detail = say("theory_map.measured_by", indicators=indicators)
        rows.append((node.id, float(by_year[-1]), change, True, *_both(detail)))
    schema = {"node": pl.String, "value": pl.Float64, "change": pl.Float64, "measured": pl.Boolean}
    return pl.DataFrame(rows, schema=schema | {"detail_zh": pl.String, "detail_en": pl.String}, orient="row")


def item_frame(context: Context, states: pl.DataFrame) -> pl.DataFrame:
    """Return every theory item: titles, phrase, source, whether measured, and by what or what it would take."""
    groups = {g.id: g.title for g in theory.groups()}
    rows = []
    for item in theory.items():
        found = [n.title for n in context.framework.nodes if item.id in n.theory] + _shown(item.id, states)
        how = Text.join(dict.fromkeys(found)) if found else say("theory_map.needs", data=item.data)
        phrase = item.phrases[0]
        titles = (groups[item.group].zh, groups[item.group].en, item.title.zh, item.title.en)
        place = f"{phrase.file}:{phrase.line}"
        rows.append((item.id, item.group, *titles, phrase.text, place, bool(found), how.zh, how.en))
    names = ["item", "group_id", "group_zh", "group_en", "title_zh", "title_en", "phrase", "source"]
    schema = dict.fromkeys(names, pl.String) | {"measured": pl.Boolean, "how_zh": pl.String, "how_en": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shown(item: str, states: pl.DataFrame) -> list[Text]:
    """Return the boxes of the diagram that stand for an item and all have a value; none if one of them has not."""
    boxes = [n for n in theory.diagram().nodes if n.kind in LEVELS and item in n.items]
    measured = dict(states.select("node", "measured").iter_rows())
    return [n.title for n in boxes] if all(measured[n.id] for n in boxes) else []


def _carries(indicator: Indicator, tags: Mapping[str, str]) -> bool:
    """Return whether an indicator has all these marks: catalogue tags, or a theory item."""
    return all(
        value in indicator.theory if tag == "theory" else indicator.tags.get(tag) == value
        for tag, value in tags.items()
    )


def _needed(node: theory.Node) -> Text:
    """Return what data a node would need: those of the theory items it stands for."""
    data = list(dict.fromkeys(theory.item(i).data for i in node.items))
    return say("theory_map.needs", data=Text.join(data, "；", "; "))


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en


def _unit_scores(context: Context) -> Floats:
    """Return indicator scores on 0 to 1, ``float64[T, N, K]``: rescaled where the scale has ends, else percentiles."""
    scores = context.index.normalised
    if context.bounds is not None:
        # Later values can leave a scale frozen on other years; the ends then move out to hold them.
        low, high = min(context.bounds[0], np.nanmin(scores)), max(context.bounds[1], np.nanmax(scores))
        return np.asarray((scores - low) / (high - low))
    ranked = np.empty_like(scores)
    for k in range(scores.shape[2]):
        sample = scores[:, :, k][~np.isnan(scores[:, :, k])]
        ranked[:, :, k] = (position(scores[:, :, k], sample, "average") - 1) / max(sample.size - 1, 1)
    return ranked


def _mean(scores: Floats, weights: Floats) -> Floats:
    """Return the mean over units and weighted mean over indicators for each year, of what is present."""
    w = np.where(np.isnan(scores), 0.0, weights)
    return np.asarray(np.nansum(scores * w, axis=(1, 2)) / w.sum(axis=(1, 2)))


def _group_table(items: pl.DataFrame) -> Table:
    frame = (
        items.group_by("group_id", "group_zh", "group_en", maintain_order=True)
        .agg(pl.len().alias("items"), pl.col("measured").sum().cast(pl.Int64))
        .with_columns(share=pl.col("measured") / pl.col("items"))
    )
    columns = (
        Column("group", say("column.theory_group")),
        Column("items", say("column.items"), "integer"),
        Column("measured", say("column.measured"), "integer"),
        Column("share", say("column.share"), "percent", 0),
    )
    return Table("theory-groups", say("theory_map.groups"), frame, columns)


def _item_table(items: pl.DataFrame) -> Table:
    yes, no = say("word.measured"), say("word.not_measured")
    state = pl.when("measured")
    frame = items.with_columns(
        state.then(pl.lit(yes.zh)).otherwise(pl.lit(no.zh)).alias("state_zh"),
        state.then(pl.lit(yes.en)).otherwise(pl.lit(no.en)).alias("state_en"),
    )
    columns = (
        Column("item", say("column.item")),
        Column("title", say("column.title")),
        Column("phrase", say("column.phrase")),
        Column("source", say("column.place_in_documents")),
        Column("state", say("column.state")),
        Column("how", say("column.how")),
    )
    return Table("theory-items", say("theory_map.items"), frame, columns, say("theory_map.items.note"))
