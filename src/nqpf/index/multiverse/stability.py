"""How firm ranks are over the runs of a multiverse: intervals, stable head and tail, who outranks whom. Arrays in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FIRM = 0.95
"""Share of runs from which a statement about a unit counts as firm."""


def intervals_frame(ranks: Floats, baseline: Floats, level: float) -> pl.DataFrame:
    """Return a row a unit: rank (of the baseline), median, mean, low, high, best, worst, runs that rank it.

    Parameters
    ----------
    ranks
        ``float64[runs, N]``, NaN where a run does not rank a unit.
    baseline
        ``float64[N]``.
    level
        Share of runs between low and high.

    Examples
    --------
    >>> intervals_frame(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]]), np.array([1.0, 2.0]), 0.9)["median"].to_list()
    [1.0, 2.0]
    """
    here = ~np.isnan(ranks)
    found = np.full((6, ranks.shape[1]), np.nan)
    some = here.any(axis=0)
    if some.any():
        quantile = np.quantile if here[:, some].all() else np.nanquantile
        ends = quantile(ranks[:, some], [0.5, (1 - level) / 2, (1 + level) / 2, 0.0, 1.0], axis=0)
        means = np.where(here, ranks, 0.0).sum(axis=0)[some] / here.sum(axis=0)[some]
        found[:, some] = np.insert(ends, 1, means, axis=0)
    names = ("median", "mean", "low", "high", "best", "worst")
    columns = {"rank": baseline} | dict(zip(names, found, strict=True)) | {"runs": here.sum(axis=0)}
    frame = pl.DataFrame(columns).with_columns(pl.col("rank", *names).fill_nan(None))
    return frame.with_columns(pl.col("rank", "best", "worst", "runs").cast(pl.Int64))


def stability_frame(ranks: Floats, baseline: Floats, places: int, firm: float = FIRM) -> pl.DataFrame:
    """Return a row a unit: rank, share of runs within places, stable, shares in the first and last third, zone.

    Parameters
    ----------
    ranks, baseline
        As for `intervals_frame`.
    places
        How far a rank may lie from the baseline's.
    firm
        Share of runs from which a statement counts as firm.
    """
    here = ~np.isnan(ranks)
    ranked = here.sum(axis=1, keepdims=True)
    third = ranked // 3
    with np.errstate(invalid="ignore"):
        within = _share(np.abs(ranks - baseline) <= places, here & ~np.isnan(baseline))
        top, bottom = _share(ranks <= third, here), _share(ranks > ranked - third, here)
    columns = {
        "rank": baseline,
        "within": within,
        "stable": within >= firm,
        "top": top,
        "bottom": bottom,
        "zone": np.where(top >= firm, "head", np.where(bottom >= firm, "tail", "grey")),
    }
    rank = pl.col("rank").fill_nan(None).cast(pl.Int64)
    return pl.DataFrame(columns).with_columns(rank, pl.col("within", "top", "bottom").fill_nan(None))


def pairs_frame(ranks: Floats, units: Sequence[str]) -> pl.DataFrame:
    """Return unit, other, ahead and tied for every two units: shares of the runs that rank both.

    Parameters
    ----------
    ranks
        ``float64[runs, len(units)]``.
    units
        Whose ranks they are.
    """
    here = ~np.isnan(ranks)
    frames = []
    for i, unit in enumerate(units):
        both = here & here[:, [i]]
        shares = {"ahead": _share(ranks[:, [i]] < ranks, both), "tied": _share(ranks[:, [i]] == ranks, both)}
        frames.append(pl.DataFrame({"unit": [unit] * len(units), "other": list(units)} | shares))
    frame = pl.concat(frames).filter(pl.col("unit") != pl.col("other"))
    return frame.with_columns(pl.col("ahead", "tied").fill_nan(None))


def _share(true: Bools, of: Bools) -> Floats:
    """Return the share of what is `true` among the rows of each column that count; NaN where none does."""
    count, found = of.sum(axis=0), np.full(of.shape[1], np.nan)
    np.divide((true & of).sum(axis=0), count, out=found, where=count > 0)
    return found
