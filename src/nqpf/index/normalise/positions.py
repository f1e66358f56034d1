"""Positions: rank, percentile rank and Borda score, from the smallest; equal values share, up to rounding.

OECD/JRC, Handbook on Constructing Composite Indicators (2008), doi:10.1787/9789264043466-en, step 5.
"""

from __future__ import annotations

import numpy as np

from nqpf.index.normalise.sample import Floats, Measure, Sample, constant
from nqpf.index.options.normalise import Scaling
from nqpf.numerics.ranks import noise


def positions(sample: Sample, how: Scaling) -> Measure:
    """Keep the sample that later values are ranked in."""
    return Measure(flat=constant(sample, how), sample=sample.groups)


def rank_scores(z: Floats, measure: Measure, how: Scaling, own: bool) -> Floats:
    """Return rank (from 1), Borda score (from 0) or percentile rank (0 to 1) of ``float64[T, N, K]``.

    Parameters
    ----------
    own
        `z` is what was fitted on: one sort ranks it all. Other values are looked up.
    """
    sample = measure.sample
    assert sample is not None
    ranks = rank_within(sample, how.ties).reshape(z.shape) if own else rank_among(z, sample, how.ties)
    if how.method == "rank" and how.outside == "extend":
        return ranks
    size = (~np.isnan(sample)).sum(axis=1)[:, None, :]
    if how.outside == "clip":
        ranks = np.minimum(ranks, size)
    if how.method == "rank":
        return ranks
    return ranks - 1.0 if how.method == "borda" else (ranks - 1.0) / np.maximum(size - 1, 1)


def middle(measure: Measure, how: Scaling) -> Floats:
    """Return the middle position, ``float64[G, 1, K]`` or one number."""
    assert measure.sample is not None
    if how.method == "percentile_rank":
        return np.array(0.5)
    size = (~np.isnan(measure.sample)).sum(axis=1)[:, None, :]
    return np.asarray((size + 1) / 2 - (how.method == "borda"))


def rank_within(groups: Floats, ties: str) -> Floats:
    """Return the rank of every value of ``float64[G, M, K]`` within its group and column."""
    rows = np.ascontiguousarray(groups.transpose(0, 2, 1))
    order = np.argsort(rows, axis=-1)  # NaN goes to the end
    ordered = np.take_along_axis(rows, order, axis=-1)
    first, last = _runs(ordered, noise(rows))
    places = {"min": first, "max": last, "average": (first + last) / 2}[ties]
    ranks = np.empty_like(rows)
    np.put_along_axis(ranks, order, places, axis=-1)
    ranks[np.isnan(rows)] = np.nan
    return ranks.transpose(0, 2, 1)


def rank_among(z: Floats, sample: Floats, ties: str) -> Floats:
    """Return where values ``float64[T, N, K]`` stand in a sample ``float64[1 or T, M, K]``, from 1 for its smallest."""
    ranks = np.empty_like(z)
    for g, group in enumerate(sample):
        years = slice(None) if len(sample) == 1 else slice(g, g + 1)
        for k in range(z.shape[2]):
            column = np.sort(group[:, k])
            column = column[~np.isnan(column)]
            ranks[years, :, k] = _look_up(z[years, :, k], column, ties)
    return ranks


def _look_up(z: Floats, ordered: Floats, ties: str) -> Floats:
    """Return where values stand in an ordered sample; one that equals a run of ties takes the run's place."""
    tie = noise(ordered)
    first, last = _runs(ordered, tie)
    start, stop = np.searchsorted(ordered, z - tie, side="left"), np.searchsorted(ordered, z + tie, side="right")
    low, high = start + 1.0, start + 1.0
    known = start < stop
    low[known], high[known] = first[start[known]], last[stop[known] - 1]
    rank = {"min": low, "max": high, "average": (low + high) / 2}[ties]
    return np.where(np.isnan(z), np.nan, rank)


def _runs(ordered: Floats, tie: Floats) -> tuple[Floats, Floats]:
    """Return the first and last place, from 1, of the run of equal values that each of the ordered values is in."""
    count = ordered.shape[-1]
    begins = np.ones(ordered.shape, dtype=bool)
    # Not "greater than": what is missing stands at the end and begins no run of numbers.
    begins[..., 1:] = ~(ordered[..., 1:] - ordered[..., :-1] <= np.asarray(tie)[..., None])
    places = np.arange(1.0, count + 1)
    if begins.all():
        alone = np.broadcast_to(places, ordered.shape)
        return alone, alone
    ends = np.ones_like(begins)
    ends[..., :-1] = begins[..., 1:]
    first = np.maximum.accumulate(np.where(begins, places, 0.0), axis=-1)
    last = np.minimum.accumulate(np.where(ends, places, count)[..., ::-1], axis=-1)[..., ::-1]
    return first, last
