"""Scales between two ends: min–max, given limits, goalposts, distances, 功效系数; and standard scores.

OECD/JRC, Handbook on Constructing Composite Indicators (2008), doi:10.1787/9789264043466-en, step 5, and for the
distances and goalposts Becker et al. (2022), COINr, doi:10.21105/joss.04567.
"""

from __future__ import annotations

import numpy as np

from nqpf.errors import MethodError
from nqpf.index.normalise.direct import IDEAL
from nqpf.index.normalise.limits import goals, limits, moments
from nqpf.index.normalise.sample import Bools, Floats, Measure, Sample, constant
from nqpf.index.options.normalise import Scaling


def minmax(sample: Sample, how: Scaling) -> Measure:
    """Fit a scale from the worst value to the best; to the ideal, for a target or interval."""
    if sample.frozen:
        return _between(*limits(sample, how))
    ideal = [i.direction in IDEAL for i in sample.ground.indicators]
    high = np.where(ideal, 0.0, sample.high) if any(ideal) else sample.high
    return _between(sample.low, high, constant(sample, how))


def given_limits(sample: Sample, how: Scaling) -> Measure:
    """Fit a scale between limits or goalposts that are given: nothing is taken from the data."""
    return _between(*limits(sample, how))


def distance_to_max(sample: Sample, how: Scaling) -> Measure:
    """Fit a scale from the worst value there is to the best there is, for every direction."""
    if sample.frozen:
        return _between(*limits(sample, how))
    return _between(sample.low, sample.high, constant(sample, how))


def distance_to_reference(sample: Sample, how: Scaling) -> Measure:
    """Fit a scale from the worst value to that of a reference unit.

    The reference's value is that of a stated year; else of the year under yearly scope, its mean over the years
    otherwise.
    """
    if sample.frozen or (sample.reference is None and how.reference is None):
        return distance_to_max(sample, how)
    at = sample.ground.unit(str(how.reference)) if sample.reference is None else sample.reference
    flat = constant(sample, how)
    if how.year is not None:
        own = sample.z[_year(sample, how.year), at, :][None]
    else:
        own = sample.window[:, at, :] if sample.yearly else _mean(sample.window[:, at, :])
    for group, k in np.argwhere(~(own > sample.low) & (True if flat is None else ~flat)):
        code = "reference_missing" if np.isnan(own[group, k]) else "reference_is_worst"
        raise MethodError(code, where=sample.place(int(group), int(k)))
    return _between(sample.low, own, flat)


def distance_to_target(sample: Sample, how: Scaling) -> Measure:
    """Fit a scale from the worst value to a goal; the ideal itself, for a target or interval."""
    low, high = limits(sample, how)[0] if sample.frozen else sample.low, goals(sample, how)
    for group, k in np.argwhere(~(np.broadcast_to(high, low.shape) > low)):
        raise MethodError("goal_is_worst", where=sample.place(int(group), int(k)))
    return _between(low, high)


def zscore(sample: Sample, how: Scaling) -> Measure:
    """Fit mean and standard deviation (n − 1)."""
    if sample.frozen:
        mean, sd = moments(sample, how)
        return Measure(origin=mean[:, None, :], divisor=sd[:, None, :])
    flat = constant(sample, how)
    groups = sample.groups
    hole = np.isnan(groups)
    if hole.any():
        count = (~hole).sum(axis=1)
        mean = np.where(hole, 0.0, groups).sum(axis=1) / count
        square = np.where(hole, 0.0, groups - mean[:, None, :]) ** 2
    else:
        count = np.array(groups.shape[1])
        mean = groups.sum(axis=1) / count
        square = (groups - mean[:, None, :]) ** 2
    sd = np.sqrt(square.sum(axis=1) / np.maximum(count - 1, 1))
    return Measure(origin=mean[:, None, :], divisor=_nonzero(sd, flat)[:, None, :], flat=flat)


def _between(low: Floats, high: Floats, flat: Bools | None = None) -> Measure:
    return Measure(origin=low[:, None, :], divisor=_nonzero(high - low, flat)[:, None, :], flat=flat)


def _nonzero(divisor: Floats, flat: Bools | None) -> Floats:
    """Return a divisor that is 1 where nothing varies, and nobody looks at the quotient."""
    return divisor if flat is None else np.where(flat, 1.0, divisor)


def _year(sample: Sample, year: int) -> int:
    periods = list(sample.ground.periods)
    if year not in periods:
        raise MethodError("index_year_absent", year=year, years=f"{periods[0]}–{periods[-1]}")
    return periods.index(year)


def _mean(values: Floats) -> Floats:
    """Return the mean over the years there are, ``float64[1, K]``; NaN where there is none."""
    count = (~np.isnan(values)).sum(axis=0, keepdims=True)
    total = np.nansum(values, axis=0, keepdims=True)
    return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))
