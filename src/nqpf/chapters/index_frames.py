"""The frames behind the index chapter's figures, tables and findings."""

from __future__ import annotations

import numpy as np
import polars as pl

from nqpf.chapters.context import Context
from nqpf.chapters.index_imputed import rank_columns
from nqpf.messages import say


def summary_frame(context: Context) -> pl.DataFrame:
    """Return one row a unit for the last year: scores then and at first, change, rank, interval, dimensions.

    What belongs beside the rank is that of `rank_columns`.
    """
    scores, index = context.scores, context.framework.root.id
    last = scores.filter((pl.col("node") == index) & (pl.col("period") == context.last))
    first = scores.filter((pl.col("node") == index) & (pl.col("period") == context.first))
    beside = rank_columns(context).filter(pl.col("period") == context.last).drop("period")
    names = ["unit", "unit_zh", "unit_en", "group", "group_zh", "group_en"]
    frame = (
        last.select(*names, value="score", rank="rank", present="present")
        .join(
            first.select("unit", value_first="score", rank_first="rank"), on="unit", how="left", maintain_order="left"
        )
        .join(beside, on="unit", how="left", maintain_order="left")
        .with_columns(change=pl.col("value") - pl.col("value_first"))
    )
    for node in context.framework.dimensions:
        part = scores.filter((pl.col("node") == node.id) & (pl.col("period") == context.last))
        frame = frame.join(
            part.select("unit", pl.col("score").alias(f"score_{node.id}")), on="unit", how="left", maintain_order="left"
        )
    return frame.sort("rank", "unit", nulls_last=True)


def by_group(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows group by group, so that a group has the same colour in every figure."""
    order = {group: place for place, group in enumerate(context.group_titles)}
    place = pl.col("group").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    return frame.sort(place, maintain_order=True)


def parts_by_dimension(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    """Return what each dimension contributes in the last year, changed weights apart where there are any."""
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


def wide_parts(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a row a unit and a column ``part_ID`` an indicator for the last year, with their total."""
    named = pl.format("part_{}", "indicator").alias("indicator")
    last = frame.filter(pl.col("period") == context.last).with_columns(named)
    wide = last.pivot("indicator", index="unit", values="contribution", maintain_order=True)
    # Polars adds up across columns in an order that hangs on the number of threads.
    total = wide.with_columns(total=np.nansum(wide.drop("unit").to_numpy(), axis=1))
    names = context.unit_names.select("unit", "unit_zh", "unit_en")
    return names.join(total, on="unit", how="left", maintain_order="left")


def weights_frame(context: Context) -> pl.DataFrame:
    """Return the indicators' weights, a row an indicator (and year, where every year has its own)."""
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
