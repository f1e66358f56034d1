"""Frames of the productivity chapter: a row a unit or a step in time, with names, as tables and figures show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from nqpf.chapters.context import Context
from nqpf.chapters.planning_targets import with_names
from nqpf.messages import Text, say
from nqpf.productivity.growth.labour import LabourProductivity
from nqpf.productivity.survey import ON_FRONTIER, Accounted, Survey

SOURCES = ("tfp", "capital", "labour")
CAUSES = ("technology", "catching_up", "allocation")
STRUCTURE = ("within", "structural")
STATES = ("lead", "pace", "follow")


def accounts_frame(context: Context, found: Accounted) -> pl.DataFrame:
    """Return mean yearly growth by unit and its sources, in per cent, with the share of productivity.

    The last row is all units together, whose inputs have no sum.
    """
    means = found.accounts.periods.with_columns(pl.col("output", *SOURCES) * 100)
    shares = found.shaken.frame.select("unit", "share", "low", "high", "verdict")
    frame = with_names(context, means.join(shares, on="unit", how="left", maintain_order="left"))
    whole = say("productivity.all_units")
    together = (
        found.shaken.frame.filter(pl.col("unit").is_null())
        .with_columns(pl.col("output", "tfp") * 100)
        .with_columns(unit=pl.lit("all"), unit_zh=pl.lit(whole.zh), unit_en=pl.lit(whole.en))
    )
    return pl.concat(
        [frame, together.select(c for c in together.columns if c in frame.columns)], how="diagonal_relaxed"
    )


def parts_frame(frame: pl.DataFrame, titles: Mapping[str, Text]) -> pl.DataFrame:
    """Return columns of parts as a row a unit and part, as `nqpf.charts.contributions.change_parts` draws them."""
    long = frame.unpivot(on=list(titles), index=["unit", "unit_zh", "unit_en"], variable_name="part").drop_nulls(
        "value"
    )
    return long.with_columns(
        pl.col("part").replace_strict({p: t.zh for p, t in titles.items()}).alias("part_zh"),
        pl.col("part").replace_strict({p: t.en for p, t in titles.items()}).alias("part_en"),
    )


def change_frame(context: Context, found: Survey) -> pl.DataFrame:
    """Return by unit: change over all years, plain and green, its parts, and the last year's level."""
    chained = _over_all(found, "change")
    if found.green is not None:
        chained = chained.join(
            _over_all(found, "green").select("unit", pl.col("index").alias("green")), on="unit", how="left"
        )
    level = pl.DataFrame({"unit": found.units, "level": found.level[-1]}).fill_nan(None)
    return with_names(context, chained.join(level, on="unit", how="left", maintain_order="left"))


def _over_all(found: Survey, which: str) -> pl.DataFrame:
    """Return index, ec and tc chained over all years; null for a unit whose chain is broken."""
    change = found.change if which == "change" or found.green is None else found.green
    last = change.cumulative.filter(
        (pl.col("period") == found.periods[-1]) & (pl.col("base") == found.periods[0]) & (pl.col("status") == "chained")
    )
    units = pl.DataFrame({"unit": found.units})
    return units.join(last.select("unit", "index", "ec", "tc"), on="unit", how="left", maintain_order="left")


def trend_frame(context: Context, found: Survey, which: str = "change") -> pl.DataFrame:
    """Return unit, names, period and value (chained index, 1 in the unit's first year)."""
    change = found.change if which == "change" or found.green is None else found.green
    return with_names(context, change.cumulative.select("unit", "period", pl.col("index").alias("value")))


def causes_frame(found: Survey) -> pl.DataFrame:
    """Return a row for each step in time and one for all: total and parts in per cent (logs), units, their share."""
    c = found.causes
    steps = [f"{a}–{b}" for a, b in zip(found.periods[:-1], found.periods[1:], strict=True)]
    columns = {name: 100 * getattr(c, name) for name in ("total", *CAUSES)}
    frame = pl.DataFrame(
        {"unit": steps, "unit_zh": steps, "unit_en": steps, **columns, "units": c.units, "share": c.share}
    )
    whole = say("productivity.all_years")
    total = frame.select(
        pl.lit("all").alias("unit"),
        pl.lit(whole.zh).alias("unit_zh"),
        pl.lit(whole.en).alias("unit_en"),
        pl.col("total", *CAUSES).fill_nan(None).sum(),
        pl.col("units").min(),
        pl.col("share").min(),
    )
    return pl.concat([frame, total], how="vertical_relaxed").fill_nan(None)


def structure_frame(context: Context, found: LabourProductivity) -> pl.DataFrame:
    """Return by unit the growth of labour productivity over all years and its two sources, in per cent."""
    return with_names(context, found.frame.with_columns(pl.col("growth", *STRUCTURE) * 100))


def frontier_frame(context: Context, found: Survey) -> pl.DataFrame:
    """Return by unit the last year's efficiency with its interval, who leads, keeps pace or follows, and how surely."""
    score = found.frontier.frame.select(
        "unit",
        value=1 / pl.col("score"),
        corrected=1 / pl.col("corrected"),
        low=1 / pl.col("high"),
        high=1 / pl.col("low"),
    )
    bound = found.spec.frontier
    state = (
        pl.when(pl.col("value") >= ON_FRONTIER).then(pl.lit("lead"))
        .when(pl.col("value") >= bound).then(pl.lit("pace"))
        .otherwise(pl.lit("follow"))
    )  # fmt: skip
    sure = pl.when(pl.col("value") >= bound).then(pl.col("low") >= bound).otherwise(pl.col("high") < bound)
    frame = score.with_columns(state=state, sure=sure)
    for lang in ("zh", "en"):
        words = {s: say(f"productivity.state.{s}")[lang] for s in STATES}
        answer = {True: say("word.yes")[lang], False: say("word.no")[lang]}
        frame = frame.with_columns(
            pl.col("state").replace_strict(words, return_dtype=pl.String).alias(f"state_{lang}"),
            pl.col("sure").replace_strict(answer, return_dtype=pl.String).alias(f"sure_{lang}"),
        )
    return with_names(context, frame)


def validity_frame(context: Context, found: Survey) -> pl.DataFrame:
    """Return by unit the last year's index and productivity (x, y) and the change of both since the first year."""
    scores = context.index.to_frame().filter(pl.col("level") == 0)
    first, last = (
        scores.filter(pl.col("period") == year).select("unit", pl.col("score"))
        for year in (context.first, context.last)
    )
    frame = last.rename({"score": "x"}).join(first, on="unit", how="left", maintain_order="left")
    place = {unit: n for n, unit in enumerate(found.units)}
    rows = [place[unit] for unit in frame["unit"]]
    level = found.level[:, rows]
    with np.errstate(invalid="ignore"):
        moved = np.log(level[-1] / level[0])
    frame = frame.with_columns(
        y=pl.Series(level[-1]), index_change=pl.col("x") - pl.col("score"), tfp_change=pl.Series(moved)
    ).drop("score")
    return context.unit_names.join(frame.fill_nan(None), on="unit", how="right", maintain_order="right")


def names_of(found: Survey, columns: Sequence[str]) -> Text:
    """Return the titles of quantities as a list."""
    return Text.join([found.names[c] for c in columns], "、", ", ")
