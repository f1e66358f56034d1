"""How much of an index rests on imputed figures, by unit, year and indicator, and how far its ranks hang on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.messages import Text, say
from nqpf.results import Finding


def imputed_shares(context: Context) -> pl.DataFrame:
    """Return unit, period and ``imputed``: the share of the indicators present that rest on a filled figure."""
    here = ~np.isnan(context.index.panel.values)
    count = here.sum(axis=2)
    filled = (context.imputed & here).sum(axis=2)
    share = np.divide(filled, count, out=np.full(count.shape, np.nan), where=count > 0)
    panel = context.panel
    keys = {"unit": np.tile(panel.units, len(panel.periods)), "period": np.repeat(panel.periods, len(panel.units))}
    return pl.DataFrame(keys | {"imputed": share.reshape(-1)}).with_columns(pl.col("imputed").fill_nan(None))


def rank_columns(context: Context) -> pl.DataFrame:
    """Return unit, period and what belongs beside a rank.

    Columns ``rank_low`` and ``rank_high`` (indicators left out, and draws of imputed cells where there are any) and
    ``most_moving``; where anything was imputed ``imputed``; where it was drawn ``left_out_low``, ``left_out_high`` (of
    the panel's middle values, indicators left out) and ``draws_low``, ``draws_high`` (all indicators, over the draws).
    """
    frame = context.leave_one_out.to_frame().drop("rank")
    if context.imputed.any():
        frame = frame.join(imputed_shares(context), on=["unit", "period"], how="left", maintain_order="left")
    if context.over_draws is not None:
        drawn = context.over_draws.to_frame().select(
            "unit",
            "period",
            rank_low="rank_low_all",
            rank_high="rank_high_all",
            draws_low="rank_low",
            draws_high="rank_high",
        )
        frame = frame.rename({"rank_low": "left_out_low", "rank_high": "left_out_high"})
        frame = frame.join(drawn, on=["unit", "period"], how="left", maintain_order="left")
    return frame


def imputed_caption(context: Context, period: int | None = None) -> list[Text]:
    """Return the sentence for the caption of a figure of scores, of one year or of all; none if nothing was imputed."""
    at = slice(None) if period is None else context.panel.periods.index(period)
    here = ~np.isnan(context.index.panel.values[at])
    share = float(context.imputed[at][here].mean()) if here.any() else 0.0
    return [say("index.imputed.caption", share=100 * share)] if share > 0 else []


def imputed_blocks(context: Context) -> list[Block]:
    """Return one sentence if nothing was imputed; else a sentence and the table by unit and year."""
    if not context.imputed.any():
        return [Paragraph(say("index.imputed.none"))]
    here = ~np.isnan(context.index.panel.values)
    numbers = {"count": int(context.imputed[here].sum()), "total": int(here.sum())}
    sentence = say("index.imputed.some", share=100 * numbers["count"] / numbers["total"], **numbers)
    return [Paragraph(sentence), _table(context)]


def _table(context: Context) -> Table:
    keys = ["unit", "period"]
    root = context.framework.root.id
    ranks = context.scores.filter(pl.col("node") == root).select("unit", "unit_zh", "unit_en", "period", "rank")
    frame = ranks.join(rank_columns(context), on=keys, how="left", maintain_order="left")
    touched = pl.col("imputed") > 0
    if context.over_draws is not None:
        touched |= pl.col("draws_low") < pl.col("draws_high")
    frame = frame.filter(touched).sort("period", "rank", "unit", descending=[True, False, False], nulls_last=True)
    columns = [Column("period", say("column.period"), "integer"), Column("unit", say("column.unit"))]
    columns += [Column("imputed", say("column.imputed"), "percent", 1), Column("rank", say("column.rank"), "integer")]
    columns += draw_columns(context)
    note = say("index.imputed.note")
    if context.over_draws is not None:
        drawn = say("index.imputed.note_draws", draws=len(context.over_draws.ranks))
        note = Text.join([note, drawn], "", " ")
    return Table("imputed", say("index.imputed.title"), frame, tuple(columns), note)


def draw_columns(context: Context) -> list[Column]:
    """Return the columns of the ranks over the draws of imputed cells; none where nothing was drawn."""
    if context.over_draws is None:
        return []
    low, high = say("column.draws_low"), say("column.draws_high")
    return [Column("draws_low", low, "integer"), Column("draws_high", high, "integer")]


def imputed_findings(context: Context) -> list[Finding]:
    """Return the finding on imputed figures: how far ranks move over the draws, or else how many figures there are."""
    if not context.imputed.any():
        return []
    here = ~np.isnan(context.index.panel.values)
    numbers: dict[str, Any] = {"count": int(context.imputed[here].sum()), "total": int(here.sum())}
    numbers |= {"share": 100 * numbers["count"] / numbers["total"]}
    if context.over_draws is None:
        return [Finding("imputed_share", numbers, "count > 0, no draws", "imputed", ("O03",))]
    drawn = context.over_draws
    moved = np.abs(drawn.ranks - drawn.index.ranks[:, :, -1])
    numbers |= {"draws": len(moved), "ranks": int((~np.isnan(drawn.index.ranks[:, :, -1])).sum())}
    most = np.fmax.reduce(moved)
    numbers |= {"moved": int((most > 0).sum()), "most": int(np.nanmax(most))}
    if not numbers["most"]:
        return [Finding("draws_all_stable", numbers, "no rank differs on any draw", "imputed", ("O03",))]
    t, n = np.unravel_index(int(np.nan_to_num(most).argmax()), most.shape)
    low, high = (int(end[t, n]) for end in drawn.interval())
    numbers |= {"unit": context.label(context.panel.units[n]), "year": context.panel.periods[t]}
    numbers |= {"low": low, "high": high, "rank": int(drawn.index.ranks[t, n, -1])}
    return [Finding("draws_move_ranks", numbers, "largest |rank on a draw − rank| > 0", "imputed", ("O03",))]
