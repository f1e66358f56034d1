"""Frames of the chapter on industries: results with names and words beside them, as tables and figures show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Column
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.regions_frames import texts, worded
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.relatedness.complexity import Complexity
from nqpf.industry.relatedness.space import Space
from nqpf.messages import LANGUAGES, Text, say

Kind = Literal["text", "number", "integer", "percent", "bar"]
SHOWN = 3
"""Industries that a row of the table of entries names."""


def column(key: str, kind: Kind = "number", digits: int | None = 3, name: str | None = None) -> Column:
    """Return a column of a table by the name it has in this chapter."""
    return Column(key, say(f"industries.column.{name or key}"), kind, digits)


def words(prefix: str, names: Sequence[str]) -> dict[str, Text]:
    """Return the words of this chapter for a set of codes."""
    return {name: say(f"industries.{prefix}.{name}") for name in names}


def with_interval(frame: pl.DataFrame, low: str, high: str, digits: int, scale: float = 1.0) -> pl.DataFrame:
    """Return a frame with an interval as it is written, in the column ``interval``; null where there is none."""
    pairs = zip(frame[low].to_list(), frame[high].to_list(), strict=True)
    said = [None if a is None or b is None else f"[{scale * a:.{digits}f}, {scale * b:.{digits}f}]" for a, b in pairs]
    return frame.with_columns(pl.Series("interval", said, dtype=pl.String))


def money(table: IOTable) -> Text:
    """Return the unit of money of a table."""
    return say("industries.unit.table") if table.unit is None else Text.same(table.unit)


def by_sector(context: IndustryContext, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with the names of sectors, after that of their region where the table has several."""
    names = [context.sectors.get(sector, Text.same(sector)) for sector in frame["sector"]]
    if "region" in frame.columns:
        names = [Text.join([region, name], "｜", " | ") for region, name in zip(frame["region"], names, strict=True)]
    return frame.with_columns(texts("sector", names))


def is_split(found: Complexity) -> bool:
    """Whether the scores tell sectors apart rather than complexity."""
    return any(note.code == "complexity_split" for note in found.notes)


def score_names(context: IndustryContext) -> tuple[Text, Text]:
    """Return what the scores of regions and of industries are called: complexity, or no more than an eigenvector."""
    found = context.found.complexity.result
    if found is not None and is_split(found):
        return say("industries.score.split_region"), say("industries.score.split_industry")
    return say("industries.score.eci"), say("industries.score.pci")


def years_frame(space: Space) -> pl.DataFrame:
    """Return how many regions, industries and pairs each year has."""
    grid = space.presence.grid
    rows = []
    for year in space.presence.years:
        active = grid.values[year.t][np.ix_(year.units, year.industries)] > 0
        rows.append({
            "year": grid.years[year.t], "units": year.units.size, "industries": year.industries.size,
            "active": int(active.sum()), "active_share": float(active.mean()),
            "having": int(year.m.sum()), "fill": float(year.m.mean()),
        })  # fmt: skip
    return pl.DataFrame(rows)


def left_out_frame(context: IndustryContext, gone: pl.DataFrame) -> pl.DataFrame:
    """Return who was left out, by name, with the reason in words."""
    reasons = ("no_activity", "total", "share", "diversity", "ubiquity", "apart")
    known: Mapping[str, Text] = {**context.industries, **context.units}
    frame = worded(worded(gone, "side", words("side", ("unit", "industry"))), "reason", words("reason", reasons))
    return frame.with_columns(texts("name", [known.get(name, Text.same(name)) for name in frame["name"]]))


def regions_frame(context: IndustryContext, found: Complexity) -> pl.DataFrame:
    """Return the regions of the last year by score: ``rank``, ``eci``, ``eci_first``, diversity, coi."""
    first, last = context.found.first, context.found.last
    frame = found.regions.filter(year=last).drop("year")
    if first != last:
        before = found.regions.filter(year=first).select("unit", eci_first="eci")
        frame = frame.join(before, on="unit", how="left", maintain_order="left")
    if (near := context.found.opportunity.result) is not None:
        coi = near.regions.filter(year=last).select("unit", "coi", "outlook")
        frame = frame.join(coi, on="unit", how="left", maintain_order="left")
    frame = context.named(frame).filter(pl.col("diversity").is_not_null())
    if context.ranks != "interval":
        return frame
    ranked = frame.with_columns(rank=pl.col("eci").rank("min", descending=True).cast(pl.Int64))
    return ranked.sort("eci", descending=True, nulls_last=True, maintain_order=True)


def industries_frame(context: IndustryContext, found: Complexity) -> pl.DataFrame:
    """Return the industries of the last year by score."""
    frame = found.industries.filter(year=context.found.last).drop("year").filter(pl.col("ubiquity").is_not_null())
    frame = frame.sort("pci", descending=True, nulls_last=True, maintain_order=True)
    return context.named(_layered(context, frame))


def _layered(context: IndustryContext, frame: pl.DataFrame) -> pl.DataFrame:
    layers = context.found.material.layers
    if not layers:
        return frame
    return frame.with_columns(layer=pl.col("industry").replace_strict(layers, default=None, return_dtype=pl.String))


def structures_frame(context: IndustryContext) -> pl.DataFrame | None:
    """Return likeness to the whole and diversity of the regions in the last year; None where neither could be had."""
    last = context.found.last
    alike, diverse = context.found.similarity.result, context.found.diversity.result
    parts = []
    if alike is not None:
        parts.append(alike.units.filter(year=last).select("unit", to_whole="index"))
    if diverse is not None:
        parts.append(diverse.frame.filter(year=last).drop("year"))
    if not parts:
        return None
    frame = parts[0] if len(parts) == 1 else parts[0].join(parts[1], on="unit", how="full", coalesce=True)
    return context.named(frame)


def layers_frame(context: IndustryContext, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a row a region with share, growth and points of each layer in the last year, as ``share_LAYER`` …."""
    now = frame.filter(year=context.found.last)
    wide = now.select("unit").unique(maintain_order=True)
    for layer in context.layers:
        kept = now.filter(layer=layer).select("unit", *(pl.col(c).alias(f"{c}_{layer}") for c in METERS))
        wide = wide.join(kept, on="unit", how="left", maintain_order="left")
    return context.named(wide)


METERS = ("share", "growth", "points")
"""What the portfolio of a layer is metered by."""


def shift_frame(context: IndustryContext, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a row a region and part of growth as percent of the start, as `nqpf.charts.contributions` draws them."""
    parts = ("national", "mix", "local")
    whole = context.named(frame.filter(pl.col("start") > 0).with_columns(pl.col(parts) * 100 / pl.col("start")))
    long = whole.unpivot(on=list(parts), index=["unit", "unit_zh", "unit_en"], variable_name="part")
    return worded(long, "part", {part: say(f"industries.column.{part}") for part in parts})


def aspects_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Return new against old with aspects, measures, verdicts and what is missing in words."""
    for name, prefix in (("aspect", "aspect"), ("measure", "measure"), ("verdict", "verdict")):
        frame = worded(frame, name, words(prefix, frame[name].unique().to_list()))
    missing = [Text.join([say(f"industries.missing.{c}") for c in lacks or ()]) for lacks in frame["missing"].to_list()]
    listed = with_interval(frame.with_columns(pl.col("missing").list.join(", ")), "low", "high", 4)
    return listed.with_columns(texts("missing", missing))


def card_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the backtest card with models and verdicts in words."""
    named = frame.with_columns(texts("model", [model_name(model) for model in frame["model"]]))
    named = with_interval(named, "gain_low", "gain_high", 3)
    return worded(named, "verdict", words("skill", ("skill", "no_skill", "reference")))


def model_name(model: str) -> Text:
    """Return a model or feature by its name; one of the user's by its column."""
    known = ("ubiquity", "pci", "diversity_ubiquity", "density", "continuous_density", "collaborative", "svd",
             "diversity", "advantage", "region_size", "industry_size", "industry_growth", "logit_margins", "logit",
             "boosting", "constant")  # fmt: skip
    return say(f"industries.model.{model}") if model in known else Text.same(model)


def by_chance(pairs: pl.DataFrame) -> str:
    """Return what candidates are ordered by: their probability, or their density where there is none."""
    return "density" if pairs["p"].is_null().all() else "p"


def candidates(context: IndustryContext) -> pl.DataFrame:
    """Return the industries that regions lack, the best of each region first: ``place`` counts within the region."""
    pairs = context.pairs
    by = by_chance(pairs)
    open_ = pairs.filter(~pl.col("present") & pl.col(by).is_not_null())
    ordered = open_.sort("unit", by, "industry", descending=[False, True, False], maintain_order=True)
    place = pl.int_range(1, pl.len() + 1).over("unit")
    return context.named(_layered(context, ordered.with_columns(place=place)))


def entries_frame(context: IndustryContext, listed: pl.DataFrame, k: int) -> pl.DataFrame:
    """Return a row a region with its k best candidates side by side, and the first `SHOWN` of them in words.

    Parameters
    ----------
    context
        Names.
    listed
        What `candidates` returns.
    k
        Industries of each region.
    """
    by = by_chance(context.pairs)
    best = listed.filter(pl.col("place") <= k)
    expected = pl.col("p").sum().alias("expected") if by == "p" else pl.lit(None, pl.Float64).alias("expected")
    frame = best.group_by("unit", maintain_order=True).agg(expected)
    key = "industries.entries.named" if by == "p" else "industries.entries.named_near"
    few = best.filter(pl.col("place") <= SHOWN)
    said: dict[str, list[Text]] = {}
    for unit, zh, en, share in few.select("unit", "industry_zh", "industry_en", by).rows():
        said.setdefault(unit, []).append(say(key, name=Text(zh, en), share=share))
    best_of = [Text.join(said.get(unit, []), "；", "; ") for unit in frame["unit"]]
    frame = context.named(frame).with_columns(texts("likeliest", best_of))
    for place in range(1, k + 1):
        one = best.filter(pl.col("place") == place)
        kept = [pl.col(c).alias(f"{c}_{place}") for c in ("industry", "p", "low", "high", "density", "pci")]
        frame = frame.join(one.select("unit", *kept), on="unit", how="left", maintain_order="left")
    order = {unit: n for n, unit in enumerate(context.units)}
    return frame.sort(pl.col("unit").replace_strict(order), maintain_order=True)


def yes_no(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return a frame with a column of truths in words."""
    said: Mapping[bool, Text] = {True: say("industries.yes"), False: say("industries.no")}
    cells = [
        pl.Series(f"{name}_{lang}", [None if v is None else said[v][lang] for v in frame[name]], dtype=pl.String)
        for lang in LANGUAGES
    ]
    return frame.with_columns(cells)


def points_frame(context: IndustryContext, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the sectors as choke points: the highest score first, those without one by criticality."""
    order = [pl.col("score"), pl.col("criticality")]
    return by_sector(context, frame.sort(order, descending=True, nulls_last=True, maintain_order=True))


def accounts_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the accounts of emissions, a row an account."""
    known = ("production", "own_use", "exports", "imports", "consumption", "balance")
    index: Any = [c for c in ("extension", "region") if c in frame.columns]
    long = frame.unpivot(on=list(known), index=index, variable_name="account", value_name="value")
    return worded(long, "account", words("account", known))
