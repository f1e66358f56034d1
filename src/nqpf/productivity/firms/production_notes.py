"""What a reader of an estimated production function must know beside its numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import listing
from nqpf.productivity.firms.fit import How
from nqpf.productivity.firms.sample import Sample, after_gap
from nqpf.results import Note

Floats = NDArray[np.float64]

FEW_UNITS = 40
"""Units below which errors clustered by unit, and resampled units, say little."""


def remarks(
    sample: Sample, how: How, each: pl.DataFrame, ends: pl.DataFrame, draws: Floats | None, left_out: pl.DataFrame
) -> tuple[Note, ...]:
    """Return the notes: rows first, then the search, then the numbers and their errors."""
    return (*_on_rows(sample, how, left_out), *_on_search(how, ends), *_on_numbers(sample, how, each, draws))


def _on_rows(sample: Sample, how: How, left_out: pl.DataFrame) -> list[Note]:
    notes = []
    if left_out.height:
        rows = left_out["row"].n_unique()
        notes.append(
            Note("pf_left_out", "warning", {"count": rows, "columns": listing(left_out["column"].unique().sort())})
        )
    if idle := int((sample.status == "no_investment").sum()):
        notes.append(Note("pf_no_investment", "warning", {"idle": idle, "rows": sample.status.size}))
    if how.lagged:
        pairs, gaps = int((sample.last >= 0).sum()), int(after_gap(sample).size)
        first = len(sample) - pairs - gaps
        values = {"pairs": pairs, "rows": len(sample), "first": first, "gaps": gaps}
        notes.append(Note("pf_pairs", "info", values))
    return notes


def _on_search(how: How, ends: pl.DataFrame) -> list[Note]:
    if not (how.inside or how.gross) or not ends.height:
        return []
    zero, elsewhere = ends.filter("zero"), ends.filter(~pl.col("zero"))
    there = {"there": int(ends.filter("chosen")["starts"][0]), "starts": int(ends["starts"].sum())}
    notes = [Note("pf_search", "info", there)]
    if elsewhere.height:
        values = {"elsewhere": int(elsewhere["starts"].sum()), "least": float(elsewhere["criterion"].to_numpy().min())}
        notes.append(Note("pf_search_elsewhere", "info", values))
    if zero.height > 1:
        notes.append(Note("pf_several_roots", "warning", {"count": zero.height}))
    return notes


def _on_numbers(sample: Sample, how: How, each: pl.DataFrame, draws: Floats | None) -> list[Note]:
    notes = []
    negative = each.filter((pl.col("role") != "control") & (pl.col("estimate") < 0))["input"].to_list()
    if negative:
        notes.append(Note("pf_negative", "warning", {"inputs": listing(negative)}))
    if how.inside and how.gross:
        notes.append(Note("pf_gross_not_identified", "warning"))
    if draws is not None and (lost := int(np.isnan(draws).any(axis=1).sum())):
        notes.append(Note("pf_lost_draws", "warning", {"lost": lost, "draws": len(draws)}))
    if draws is None and each["se"].null_count() == each.height:
        notes.append(Note("pf_no_errors", "info"))
    if (units := int(sample.unit.max()) + 1) < FEW_UNITS and each["se"].null_count() < each.height:
        notes.append(Note("pf_few_units", "warning", {"units": units, "least": FEW_UNITS}))
    return notes
