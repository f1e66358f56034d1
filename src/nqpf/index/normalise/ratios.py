"""Ratios: values over their largest, their sum, the root of their sum of squares, or the value of a base year.

Hwang and Yoon, Multiple Attribute Decision Making (1981), doi:10.1007/978-3-642-48318-9; how costs are turned, after
Vafaei, Ribeiro and Camarinha-Matos (2016), doi:10.1007/978-3-319-31165-4_26.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from nqpf.errors import MethodError, Where
from nqpf.index.normalise.limits import limits
from nqpf.index.normalise.sample import Bools, Floats, Measure, Sample
from nqpf.index.options.normalise import Scaling

NORMS: Mapping[str, Callable[[Floats], Floats]] = {
    "fraction_of_max": lambda y: np.fmax.reduce(y, axis=1),
    "linear_ratio": lambda y: np.fmax.reduce(y, axis=1),
    "vector": lambda y: np.sqrt(np.nansum(y * y, axis=1)),
    "sum": lambda y: np.nansum(y, axis=1),
}
"""What amounts ``float64[G, M, K]`` are divided by, ``float64[G, K]``."""


def ratio(sample: Sample, how: Scaling) -> Measure:
    """Fit the norm that amounts are divided by.

    A benefit scores x / norm(x); what is better the less there is 1 − x / norm(x) (``complement``) or its reciprocal
    over the norm of reciprocals (``inverse``).
    """
    cheap = cheap_of(sample)
    if cheap.any() and how.costs is None:
        k = int(cheap.argmax())
        raise MethodError("costs_unstated", where=sample.place(0, k), method=how.method)
    complement, inverse = cheap & (how.costs == "complement"), cheap & (how.costs == "inverse")
    nonnegative = complement if how.method == "fraction_of_max" else complement | ~cheap
    measure = Measure(inverse=inverse if inverse.any() else None, nonnegative=nonnegative, cheap=cheap)
    check_amounts(sample.groups, measure, sample.cell)
    if sample.frozen:
        low, high = (end[:, None, :] for end in limits(sample, how))
        largest = np.where(complement, -low, inverted(high, measure))
    else:
        largest = NORMS[how.method](np.where(complement, -sample.groups, inverted(sample.groups, measure)))[:, None, :]
    turned_back = cheap & (how.costs == "sign")
    for group, _, k in np.argwhere(np.where(turned_back, largest == 0, ~(largest > 0) | ~np.isfinite(largest))):
        raise MethodError("nothing_to_divide_by", where=sample.place(int(group), int(k)), method=how.method)
    return Measure(np.where(complement, -largest, 0.0), largest, None, measure.inverse, nonnegative, cheap)


def base_index(sample: Sample, how: Scaling) -> Measure:
    """Fit the values of the base year: each unit's own, or those of a reference unit."""
    periods = list(sample.ground.periods)
    if how.year not in periods:
        raise MethodError("index_year_absent", year=how.year, years=f"{periods[0]}–{periods[-1]}")
    t, cheap = periods.index(how.year), cheap_of(sample)
    measure = Measure(inverse=cheap if cheap.any() else None, cheap=cheap)
    rows = list(range(sample.z.shape[1]))
    if sample.reference is not None or how.reference is not None:
        rows = [sample.ground.unit(str(how.reference)) if sample.reference is None else sample.reference]
    own = sample.z[t, rows, :]
    for n, k in np.argwhere(np.isnan(own)):
        if len(rows) == 1 or not np.isnan(sample.z[:, n, k]).all():
            raise MethodError("base_missing", where=sample.ground.where(t, rows[n], int(k)))
    check_amounts(sample.z, measure, sample.ground.where)
    for n, k in np.argwhere(np.where(cheap, -own, own) <= 0):
        place, value = sample.ground.where(t, rows[n], int(k)), abs(float(own[n, k]))
        raise MethodError("base_not_positive", where=place, value=value if cheap[k] else float(own[n, k]))
    units = tuple(sample.ground.units) if sample.ground.units is not None and len(rows) > 1 else None
    return Measure(None, inverted(own, measure)[None], None, measure.inverse, None, cheap, units)


def inverted(z: Floats, measure: Measure) -> Floats:
    """Return ``−1 / z`` where the reciprocal counts, `z` elsewhere."""
    if measure.inverse is None:
        return z
    with np.errstate(divide="ignore"):  # a limit of 0 is refused by its infinite reciprocal
        return np.where(measure.inverse, -1.0 / z, z)


def cheap_of(sample: Sample) -> Bools:
    """Return which indicators are better the less there is, ``bool[K]``."""
    return np.array([i.direction != "benefit" for i in sample.ground.indicators])


def check_amounts(z: Floats, measure: Measure, place: Callable[[int, int, int], Where]) -> None:
    """Refuse a negative amount, or a zero where its reciprocal counts, by unit, indicator and year."""
    if measure.cheap is None:
        return
    amounts = np.where(measure.cheap, -z, z)
    bad = np.zeros(z.shape, dtype=bool)
    if measure.nonnegative is not None:
        bad |= (amounts < 0) & measure.nonnegative
    if measure.inverse is not None:
        bad |= (amounts <= 0) & measure.inverse
    if bad.any():
        t, n, k = (int(i) for i in np.argwhere(bad)[0])
        positive = measure.inverse is not None and bool(measure.inverse[k])
        code = "amount_not_positive" if positive else "amount_negative"
        raise MethodError(code, where=place(t, n, k), value=0.0 + float(amounts[t, n, k]), count=int(bad.sum()))
