"""Industries, entry: how well it could be told, and where each region can go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Section, Table
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_frames import (
    SHOWN,
    by_chance,
    candidates,
    card_frame,
    column,
    entries_frame,
    model_name,
    score_names,
    with_interval,
)
from nqpf.chapters.regions_frames import texts, worded
from nqpf.charts.calibration import calibration
from nqpf.charts.figure import Figure
from nqpf.charts.quadrant import quadrant
from nqpf.industry.entry.backtest import BacktestCard
from nqpf.industry.entry.entry_model import EntryModel
from nqpf.messages import say
from nqpf.results import Note

MANY = 40
"""Regions up to which each has a picture."""
CHOSEN = 6
"""Regions that have a picture where there are more."""
CORNERS = ("near_high", "far_high", "far_low", "near_low")


def backtest_blocks(context: IndustryContext) -> Iterator[Block]:
    """Yield the card, pool by pool, what it means, and whether probabilities mean what they say."""
    found, told = context.found, context.told
    card = found.backtest.result
    yield from told.absent(found.backtest, say("industries.add.years"))
    if card is not None:
        yield from _card(context, card)
    if found.backtest.refused is not None or card is not None:
        yield from told.absent(found.entry, say("industries.add.years"))
    if found.entry.result is not None:
        yield _model(found.entry.result)
        yield from told.notes(*(_worded(note) for note in found.entry.result.notes))


def _card(context: IndustryContext, card: BacktestCard) -> Iterator[Block]:
    asked = card.method.options
    yield Paragraph(say("industries.backtest.how", start=asked["start"], end=asked["end"]))
    for pool in asked["pools"]:
        yield _pool(card, pool)
    for pool in asked["pools"]:
        row = foremost(card, pool)
        k, words = asked["k"], {"model": model_name(row["model"]), "pool": say(f"industries.pool.{pool}")}
        if row["precision"] is not None:
            hits = {"hits": k * row["precision"], "chance": k * row["base_rate"]}
            yield Paragraph(say("industries.backtest.means", k=k, end=asked["end"], **words, **hits))
    yield from _calibration(card)
    yield from context.told.notes(*(_worded(note) for note in card.notes))


def _worded(note: Note) -> Note:
    """Return a remark with its pool and its model in words."""
    words: dict[str, Any] = {}
    if "pool" in note.values:
        words["pool"] = say(f"industries.pool.{note.values['pool']}")
    if "model" in note.values:
        words["model"] = model_name(note.values["model"])
    return Note(note.code, note.severity, {**note.values, **words})


def foremost(card: BacktestCard, pool: str) -> dict[str, Any]:
    """Return the row of the model that sentences speak of, in one pool: the last of the card."""
    return card.frame.filter(pl.col("pool") == pool).row(-1, named=True)


def _pool(card: BacktestCard, pool: str) -> Table:
    frame = card_frame(card.frame.filter(pl.col("pool") == pool))
    one = foremost(card, pool)
    values = {"pairs": one["pairs"], "positives": one["positives"], "base": one["base_rate"]}
    deep = card.method.options["deep"]
    title = say(f"industries.backtest.table.{pool}", k=card.method.options["k"], deep=deep, **values)
    columns = (
        column("model", "text"),
        column("verdict", "text"),
        column("precision", "percent", 1),
        column("lift", digits=2),
        column("auc_within"),
        column("gain"),
        column("interval", "text"),
        column("auc"),
        column("brier_skill"),
    )
    return Table(f"backtest-{pool}", title, frame, columns, say("industries.backtest.note"))


def _calibration(card: BacktestCard) -> Iterator[Block]:
    model = card.method.options["models"][-1]
    tenths = card.calibration.filter(pl.col("model") == model)
    if tenths.height:
        groups = {pool: say(f"industries.pool.{pool}") for pool in card.method.options["pools"]}
        named = worded(tenths.with_columns(group=pl.col("pool")), "group", groups)
        yield calibration(
            named,
            id="calibration",
            title=say("industries.calibration.figure", model=model_name(model)),
            caption=say("industries.calibration.caption"),
        )


def _model(found: EntryModel) -> Table:
    frame = found.coefficients
    named = frame.with_columns(texts("feature", [model_name(name) for name in frame["feature"]]))
    columns = (
        column("feature", "text"),
        column("coefficient", digits=None),
        column("se", digits=None),
        column("p_value"),
        column("per_sd"),
    )
    asked = found.method.options
    values = {"start": asked["start"], "end": asked["end"], "pairs": found.pairs, "positives": found.positives}
    return Table("entry-model", say("industries.entry.table", **values), named, columns, say("industries.entry.note"))


def entries_blocks(context: IndustryContext) -> Iterator[Block]:
    """Yield where each region can go: all in one table, and one by one with the plane of nearness and score."""
    found, pairs = context.found, context.pairs
    if not pairs.height:
        yield from context.told.absent(found.opportunity, say("industries.add.nothing"))
        return
    near = by_chance(pairs) == "density"
    model = found.entry.result
    if model is None or near:
        yield Paragraph(say("industries.entries.no_model"))
    else:
        asked = model.method.options
        years = {"start": asked["start"], "end": asked["end"], "span": asked["end"] - asked["start"]}
        yield Paragraph(say("industries.entries.how", last=found.last, **years))
    listed, k = candidates(context), found.spec.entry.k
    yield _overview(context, listed, k, near)
    chosen = _chosen(context, listed)
    if len(chosen) < len(context.units):
        yield Paragraph(say("industries.entries.some", count=len(context.units), shown=len(chosen)))
    parts = [Section(f"entries-{unit}", context.units[unit], tuple(_one(context, listed, unit, k))) for unit in chosen]
    if parts:
        yield Section("entries-one", say("industries.entries.choose"), tuple(parts), choose=True)


def _chosen(context: IndustryContext, listed: pl.DataFrame) -> list[str]:
    """Return the regions that are shown one by one: all, or those with most industries where there are many."""
    if len(context.units) <= MANY:
        return list(context.units)
    there = context.pairs.group_by("unit", maintain_order=True).agg(count=pl.col("present").sum())
    most = there.sort("count", "unit", descending=[True, False]).head(CHOSEN)["unit"]
    return [unit for unit in most if unit in listed["unit"]]


def _overview(context: IndustryContext, listed: pl.DataFrame, k: int, near: bool) -> Table:
    columns = [column("unit", "text")]
    if not near:
        columns.append(column("expected", digits=2))
    columns.append(column("likeliest", "text", name="nearest" if near else "likeliest"))
    end = "_near" if near else ""
    titles = {"": say("industries.entries.table", k=k, year=context.found.last),
              "_near": say("industries.entries.table_near", k=k, year=context.found.last)}  # fmt: skip
    notes = {"": say("industries.entries.note", k=k, shown=min(SHOWN, k)),
             "_near": say("industries.entries.note_near", k=k, shown=min(SHOWN, k))}  # fmt: skip
    return Table("entries", titles[end], entries_frame(context, listed, k), tuple(columns), notes[end])


def _one(context: IndustryContext, listed: pl.DataFrame, unit: str, k: int) -> Iterator[Block]:
    name = context.units[unit]
    own = listed.filter(pl.col("unit") == unit)
    if not own.height:
        yield Paragraph(say("industries.entries.none", unit=name))
        return
    near = by_chance(context.pairs) == "density"
    title = say("industries.entries.one_near", unit=name) if near else say("industries.entries.one", unit=name)
    columns = [column("industry", "text")]
    if not near:
        own = with_interval(own, "low", "high", 1, 100)
        columns.append(column("p", "percent", 1, "probability"))
        columns.append(column("interval", "text", name="interval_percent"))
    columns += [column("density"), Column("pci", score_names(context)[1], "number", 2), column("rca", digits=2)]
    if "layer" in own.columns:
        columns.append(column("layer", "text"))
    yield Table(f"entries-table-{unit}", title, own.filter(pl.col("place") <= k), tuple(columns))
    if own.drop_nulls(["density", "pci"]).height > 1:
        yield _plane(context, own, unit, k, near)


def _plane(context: IndustryContext, own: pl.DataFrame, unit: str, k: int, near: bool) -> Figure:
    shown = {"unit": "industry", "unit_zh": "industry_zh", "unit_en": "industry_en", "x": "density", "y": "pci"}
    if not near:
        shown["size"] = "p"
    if "layer" in own.columns:
        shown |= {"group_zh": "layer_zh", "group_en": "layer_en"}
    upper_right, upper_left, lower_left, lower_right = (say(f"industries.plane.{corner}") for corner in CORNERS)
    title = say("industries.plane.figure", unit=context.units[unit], year=context.found.last)
    return quadrant(
        own.select(named=pl.col("place") <= k, **shown),
        id=f"plane-{unit}",
        title=title,
        caption=say("industries.plane.caption_near") if near else say("industries.plane.caption"),
        x_title=say("industries.column.density"),
        y_title=score_names(context)[1],
        size_title=None if near else say("industries.plane.size"),
        corners=(upper_right, upper_left, lower_left, lower_right),
        groups=tuple(context.layers.values()) if "layer" in own.columns else (),
    )


def asked_of(card: BacktestCard, pool: str) -> dict[str, Any]:
    """Return the words of a sentence on one pool: model, pool, years."""
    row = foremost(card, pool)
    words = {"model": model_name(row["model"]), "pool": say(f"industries.pool.{pool}")}
    return words | {"start": card.method.options["start"], "end": card.method.options["end"]}
