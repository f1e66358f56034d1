"""What a reader of a backtest should know beside its figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from nqpf.industry.entry.window import Window
from nqpf.results import Note

FEW_REGIONS, FEW_HITS = 40, 50
"""Below so many regions intervals are too narrow; below so many entries figures hang on single ones."""


def remarks(frame: pl.DataFrame, test: Window, learn: Window | None, k: int) -> tuple[Note, ...]:
    """Return the remarks on a card's table."""
    assert test.end is not None
    span = {"start": test.label(test.start), "end": test.label(test.end)}
    best = frame.group_by("pool", maintain_order=True).agg(pl.col("precision").max())
    notes = [Note("entry_expected", "info", {"k": k, "hits": k * p, "pool": pool, **span}) for pool, p in best.rows()]
    notes.append(Note("entry_survivors", "info", span))
    if "all" in frame["pool"]:
        notes.append(Note("entry_near_threshold", "info"))
    return (*notes, *_small(frame, k), *_lengths(test, learn))


def _small(frame: pl.DataFrame, k: int) -> Iterator[Note]:
    for row in frame.filter(pl.col("verdict") == "reference").iter_rows(named=True):
        if row["regions"] < FEW_REGIONS:
            values = {"pool": row["pool"], "regions": row["regions"], "least": FEW_REGIONS}
            yield Note("entry_few_clusters", "warning", values)
        if row["positives"] < FEW_HITS:
            values = {"pool": row["pool"], "positives": row["positives"], "least": FEW_HITS}
            yield Note("entry_few_positives", "warning", values)
    full = frame.group_by("pool", maintain_order=True).agg(pl.col("pairs").max().alias("most"))
    for row in frame.join(full, on="pool", maintain_order="left").iter_rows(named=True):
        if row["pairs"] < row["most"]:
            values = {"pool": row["pool"], "model": row["model"], "count": row["most"] - row["pairs"]}
            yield Note("entry_unscored", "warning", values)


def _lengths(test: Window, learn: Window | None) -> Iterator[Note]:
    if learn is None or test.end is None:
        return
    years: list[Any] = [test.label(t) for t in (learn.start, test.start, test.end)]
    if all(isinstance(year, int | float) for year in years):
        known, asked = years[1] - years[0], years[2] - years[1]
        if known != asked:
            yield Note("entry_lengths", "warning", {"known": known, "asked": asked})
