"""The tables of the shake-off test: shares of TFP over a window, their change, and over rolling windows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from nqpf.productivity.growth.blocks import block_counts, usual_length
from nqpf.productivity.growth.segments import Floats, Integers
from nqpf.productivity.growth.tfp_share import Shares, shares, tail, verdicts

SHORTEST = 5
"""A share over fewer years of growth is not assessed."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """Options of the bootstrap and of what is assessed."""

    threshold: float
    level: float
    bootstrap: str
    block: int | None
    small_sample: str
    draws: int

    def found(self, output: Floats, tfp: Floats, seed: np.random.SeedSequence) -> Shares:
        """Return the shares of series ``float64[T, N]``."""
        years = len(output)
        length = min(self.block or usual_length(years), years)
        counts = block_counts(years, self.draws, length, self.bootstrap, np.random.default_rng(seed))
        return shares(output, tfp, counts, self.level, None if self.small_sample == "none" else length)


def share_rows(
    found: Shares, units: Sequence[str | None], y: Floats, years: Integers, how: Resampling, least: int = SHORTEST
) -> pl.DataFrame:
    """Return a row for each unit; shares of what is not assessed are null."""
    words, reasons = verdicts(found, how.threshold, least)
    there = ~np.isnan(y)
    some = there.any(axis=0)
    first = np.where(some, years[there.argmax(axis=0)] - 1, 0)
    last = np.where(some, years[len(years) - 1 - there[::-1].argmax(axis=0)], 0)
    frame = pl.DataFrame(
        {
            "unit": pl.Series(units, dtype=pl.String),
            "first": first,
            "last": last,
            "years": found.years,
            "output": found.output,
            "tfp": found.tfp,
            "share": found.share,
            "low": found.low,
            "high": found.high,
            "verdict": words,
            "reason": pl.Series(reasons, dtype=pl.String),
        }
    )
    return frame.with_columns(
        pl.when(pl.Series(some)).then(pl.col("first", "last")),
        pl.col("output", "tfp").fill_nan(None),
        pl.when(pl.col("reason").is_null()).then(pl.col("share", "low", "high")),
    )


def change_rows(
    y: Floats,
    a: Floats,
    at: int,
    units: Sequence[str | None],
    years: Integers,
    how: Resampling,
    seeds: Iterable[np.random.SeedSequence],
) -> pl.DataFrame:
    """Return how the share changed from the first `at` years to the rest; the two parts are drawn independently."""
    parts = [slice(0, at), slice(at, None)] if 0 < at < len(y) else [slice(None)] * 2
    before, after = (how.found(y[part], a[part], seed) for part, seed in zip(parts, seeds, strict=True))
    reasons = [
        one or two
        for one, two in zip(*(verdicts(found, how.threshold, SHORTEST)[1] for found in (before, after)), strict=True)
    ]
    k = tail(how.draws, how.level)
    low = np.sort(after.draws[0] - before.draws[1], axis=0)[k]
    high = np.sort(after.draws[1] - before.draws[0], axis=0)[how.draws - 1 - k]
    words = np.where(low > 0, "rising", np.where(high < 0, "falling", "not_shown")).tolist()
    words = [word if reason is None else "not_assessed" for word, reason in zip(words, reasons, strict=True)]
    numbers = {"before": before.share, "after": after.share, "change": after.share - before.share}
    numbers |= {"low": low, "high": high}
    keys = {"unit": pl.Series(units, dtype=pl.String), "split": [int(years[at - 1])] * len(units)}
    frame = pl.DataFrame(keys | numbers | {"verdict": words, "reason": pl.Series(reasons, dtype=pl.String)})
    return frame.with_columns(pl.when(pl.col("reason").is_null()).then(pl.col(list(numbers))))


def rolling_rows(
    y: Floats,
    a: Floats,
    width: int | None,
    units: Sequence[str | None],
    years: Integers,
    how: Resampling,
    seed: np.random.SeedSequence,
) -> pl.DataFrame:
    """Return the shares of every window of `width` years."""
    if width is None or width > len(y):
        return share_rows(how.found(y, a, seed), units, y, years, how).clear()
    frames = []
    for start in range(len(y) - width + 1):
        part = slice(start, start + width)
        frame = share_rows(how.found(y[part], a[part], seed), units, y[part], years[part], how, width)
        ends = {"first": int(years[start]) - 1, "last": int(years[start]) + width - 1}
        frames.append(frame.with_columns(pl.lit(year, dtype=pl.Int64).alias(name) for name, year in ends.items()))
    return pl.concat(frames)
