"""Tables of a balance: by year, by unit, over time, and the two sides together."""

from __future__ import annotations

from itertools import starmap
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from nqpf.numerics.resample import Products
from nqpf.numerics.within import covariance, demeaned, fit
from nqpf.regions.panels.sample import Sample
from nqpf.regions.systems.sides import keyed_table

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
QUADRANTS = ("both_high", "one_ahead", "other_ahead", "both_low")
"""Which sides lie on or above their line: both, one, the other, none."""
FLAT = 1e-10
"""A side of which less than this share is left beside the effects stands still."""


def years_table(
    sample: Sample,
    position: Floats,
    quadrant: Integers,
    near: Floats,
    lines: Floats,
    weights: Floats,
    level: float,
    time: str,
) -> pl.DataFrame:
    """Return a row for each year, the mean position with its interval from draws ``float64[B, N]``."""
    t, years = sample.time, len(sample.years)
    count = np.bincount(t, minlength=years)

    def mean(of: NDArray[Any]) -> Floats:
        return np.asarray(np.bincount(t, of, minlength=years) / count)

    drawn = weights[:, sample.unit]
    year = np.eye(years)[t]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (drawn * position) @ year / (drawn @ year)
    low, high = np.nanquantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
    shares = {f"quadrant_{name}": mean(quadrant == k) for k, name in enumerate(QUADRANTS)}
    columns = {
        "units": count, "position": mean(position), "low": low, "high": high, "distance": mean(np.abs(position)),
        "one_ahead": mean(position > 0), "other_ahead": mean(position < 0), "even": mean(position == 0),
        "line_one": lines[:, 0], "line_other": lines[:, 1], **shares,
        "coordination": pl.Series(mean(near)).fill_nan(None),
    }  # fmt: skip
    return keyed_table({"time": (time, np.array(sample.years))}, columns)


def units_table(sample: Sample, sides: Floats, position: Floats, quadrant: Integers, unit: str) -> pl.DataFrame:
    """Return a row for each unit."""
    n, units = sample.unit, len(sample.units)
    count = np.bincount(n, minlength=units)
    last = np.cumsum(count) - 1
    first = last - count + 1
    own = demeaned(sides, [n])[0]
    xx, yy, xy = (np.bincount(n, v, minlength=units) for v in (own[:, 0] ** 2, own[:, 1] ** 2, own[:, 0] * own[:, 1]))
    size = np.bincount(n, (sides**2).sum(axis=1), minlength=units)
    told = (count >= 3) & (np.minimum(xx, yy) > FLAT**2 * size)
    r = np.divide(xy, np.sqrt(xx * yy), out=np.full(units, np.nan), where=told)
    return keyed_table(
        {"unit": (unit, sample.units)},
        {
            "years": count,
            "first": position[first],
            "last": position[last],
            "change": position[last] - position[first],
            "mean": np.bincount(n, position, minlength=units) / count,
            "correlation": pl.Series(r).fill_nan(None),
            "quadrant": [QUADRANTS[k] for k in quadrant[last]],
        },
    )


def trend_table(position: Floats, sample: Sample, level: float) -> pl.DataFrame:
    """Return the slopes of distance and position over the years."""
    schema = {"what": pl.String} | dict.fromkeys(("slope", "se", "t", "p", "low", "high"), pl.Float64)
    schema |= {"answer": pl.String}
    if len(sample.years) < 3 or len(sample.units) < 3:
        return pl.DataFrame(schema=schema)
    asked = (
        ("distance", np.abs(position), ("converging", "diverging")),
        ("position", position, ("to_other", "to_one")),
    )

    def row(what: str, of: Floats, words: tuple[str, str]) -> tuple[str | float | None, ...]:
        years = np.array(sample.years, dtype=np.float64)[sample.time]
        both, effects = demeaned(np.column_stack([of, years - years.mean()]), [sample.unit])
        fitted = fit(both[:, 0], both[:, 1:], effects, np.array([np.sqrt(len(years))]))
        if fitted.aliased:
            return what, None, None, None, None, None, None, "not_shown"
        slope = float(fitted.coefficients[0])
        se = float(np.sqrt(covariance(fitted, both[:, 1:], sample.unit, nested=effects)[0, 0]))
        freedom = len(sample.units) - 1
        t = slope / se if se > 0 else None
        p = float(2 * special.stdtr(freedom, -abs(t))) if t is not None else None
        reach = float(special.stdtrit(freedom, (1 + level) / 2)) * se
        shown = p is not None and p < 1 - level
        answer = words[int(slope > 0)] if shown else "not_shown"
        return what, slope, se, t, p, slope - reach, slope + reach, answer

    return pl.DataFrame(list(starmap(row, asked)), schema=schema, orient="row")


def together_table(sample: Sample, sides: Floats, weights: Floats, level: float) -> pl.DataFrame:
    """Return the correlation of the two sides without effects of units and years, units drawn for its interval."""
    centred, dummies = (demeaned(v, [sample.unit])[0] for v in (sides, np.eye(len(sample.years))[sample.time]))
    whole = np.vstack([np.ones(weights.shape[1]), weights])
    products = Products.of(centred, dummies, sample.unit).drawn(whole)
    xx, yy, xy = products[:, 0, 0], products[:, 1, 1], products[:, 0, 1]
    floor = FLAT**2 * (sides**2).sum()
    told = np.minimum(xx, yy) > floor
    r = np.divide(xy, np.sqrt(np.where(told, xx * yy, 1.0)), out=np.full(len(xy), np.nan), where=told)
    drawn = r[1:][told[1:]]
    ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]).tolist() if told[0] and drawn.size > 1 else [None] * 2
    row = (float(r[0]) if told[0] else None, *ends, len(sides), len(sample.units))
    schema = dict.fromkeys(("correlation", "low", "high"), pl.Float64) | dict.fromkeys(("rows", "units"), pl.Int64)
    return pl.DataFrame([row], schema=schema, orient="row")
