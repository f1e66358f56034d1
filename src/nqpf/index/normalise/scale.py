"""Scales: fitted on directed values once, laid on those and later ones, each indicator by its own method if need be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where, listing
from nqpf.index.normalise import between, positions, ratios
from nqpf.index.normalise.direct import Directed
from nqpf.index.normalise.limits import check_names
from nqpf.index.normalise.sample import Columns, Ground, Measure, Sample
from nqpf.index.options.normalise import GIVEN, POSITIONS, Normalise, Scaling
from nqpf.messages import Text
from nqpf.results import Note

Floats = NDArray[np.float64]

FITS: Mapping[str, Callable[[Sample, Scaling], Measure]] = {
    "minmax": between.minmax,
    "zscore": between.zscore,
    "scaled": between.given_limits,
    "rank": positions.positions,
    "percentile_rank": positions.positions,
    "borda": positions.positions,
    "distance_to_max": between.distance_to_max,
    "distance_to_reference": between.distance_to_reference,
    "distance_to_target": between.distance_to_target,
    "fraction_of_max": ratios.ratio,
    "goalposts": between.given_limits,
    "vector": ratios.ratio,
    "sum": ratios.ratio,
    "linear_ratio": ratios.ratio,
    "efficacy": between.minmax,
    "base_index": ratios.base_index,
}
"""What each method takes from a sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Indicators with one method: the method, their columns, and what was fitted."""

    how: Scaling
    columns: Columns
    measure: Measure


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """A fitted scale.

    Attributes
    ----------
    how
        The options it was fitted with.
    parts
        The indicators, by method.
    indicators
        Their ids, in the order of the columns.
    source
        The directed values it was fitted on, where ranks are positions among them.
    """

    how: Normalise
    parts: tuple[Part, ...]
    indicators: tuple[str, ...]
    source: Floats | None = None


def fit_scale(
    z: Floats,
    how: Normalise,
    *,
    indicators: Sequence[Directed],
    periods: Sequence[Any],
    units: Sequence[str] | None = None,
    labels: Mapping[str, Text] | None = None,
    reference: int | None = None,
    kept: Scale | None = None,
) -> Scale:
    """Fit a scale on directed values.

    Parameters
    ----------
    z
        ``float64[T, N, K]``, NaN where missing: see `direct`.
    how
        Methods, scope and options.
    indicators, periods
        K indicators and T years.
    units, labels
        N codes, and their names: for messages, for reference units by name, and so that a base value finds its unit
        in later panels.
    reference
        Position of the recipe's reference unit; default: the one named in `how`.
    kept
        An earlier scale of the same recipe: what is not taken anew every year stays as it was.

    Raises
    ------
    SpecError
        Limits, goals or another scaling for an indicator there is not; none where one is needed; an unknown reference.
    MethodError
        An indicator is all missing, constant, or has amounts the method cannot take; a base window that holds no year;
        a reference unit without a value or no better than the worst.

    Examples
    --------
    >>> from nqpf.index.normalise.table import Column
    >>> z = np.array([[[1.0], [3.0], [2.0]]])
    >>> scale = fit_scale(z, Normalise(), indicators=[Column("x", "benefit", None)], periods=[2020])
    >>> apply_scale(np.array([[[4.0], [2.0]]]), scale).tolist()
    [[[1.5], [0.5]]]
    """
    return fit_on(z, how, Ground(indicators, periods, units, labels), reference, kept)


def fit_on(z: Floats, how: Normalise, ground: Ground, reference: int | None = None, kept: Scale | None = None) -> Scale:
    """Fit a scale on directed values whose places `ground` names; as `fit_scale`."""
    names = [i.id for i in ground.indicators]
    check_names(how, names)
    inside = _inside(how, ground.periods)
    parts = []
    for scaling, columns in _by_method(how, names):
        yearly = how.scope == "yearly" and scaling.method not in (*GIVEN, "base_index")
        earlier = next((p for p in kept.parts if p.how == scaling), None) if kept and not yearly else None
        if earlier is not None:
            parts.append(earlier)
            continue
        own = reference if scaling is how else None
        frozen = how.scope == "frozen"
        sample = Sample(z[..., columns], inside, yearly, frozen, own, ground.only(columns))
        _refuse_all_missing(sample, scaling)
        parts.append(Part(scaling, columns, FITS[scaling.method](sample, scaling)))
    ranked = any(part.how.method in POSITIONS for part in parts)
    return Scale(how, tuple(parts), tuple(names), z if ranked and len(inside) == len(z) else None)


def apply_scale(
    z: Floats,
    scale: Scale,
    *,
    units: Sequence[str] | None = None,
    labels: Mapping[str, Text] | None = None,
    periods: Sequence[Any] | None = None,
) -> Floats:
    """Return the scores of directed values on a fitted scale; NaN stays NaN.

    Parameters
    ----------
    z
        ``float64[T, N, K]``.
    units, labels, periods
        Codes of the N units, their names, and T years.

    Raises
    ------
    MethodError
        A later value is an amount the method cannot take, or a unit has no base value.
    """

    def place(t: int, n: int, k: int) -> Where:
        code = units[n] if units is not None else None
        name = labels.get(code, code) if labels is not None and code is not None else code
        return Where(unit=name, indicator=scale.indicators[k], period=periods[t] if periods is not None else None)

    return lay(z, scale, units, place)


def lay(z: Floats, scale: Scale, units: Sequence[str] | None, place: Callable[[int, int, int], Where]) -> Floats:
    """Return the scores of directed values whose places `place` names; as `apply_scale`."""
    own = z is scale.source
    if len(scale.parts) == 1:
        return _apply(z, scale.parts[0], own, units, place)
    scores = np.empty_like(z)
    for part in scale.parts:
        within = partial(_place_in, place, np.arange(z.shape[2])[part.columns])
        scores[..., part.columns] = _apply(z[..., part.columns], part, own, units, within)
    return scores


def remarks(how: Normalise, indicators: Sequence[Directed]) -> tuple[Note, ...]:
    """Return what a reader of the scores must be told: costs of which more scores more."""
    turned_back = [i.id for i in indicators if i.direction != "benefit" and how.of(i.id).costs == "sign"]
    if not turned_back:
        return ()
    return (Note("costs_turned_back", values={"indicators": listing(turned_back), "count": len(turned_back)}),)


def _apply(
    z: Floats, part: Part, own: bool, units: Sequence[str] | None, place: Callable[[int, int, int], Where]
) -> Floats:
    """Return the scores of the columns of one part."""
    how, measure = part.how, part.measure
    low, high = _stretch(how)
    if how.method in POSITIONS:
        scores, middle = positions.rank_scores(z, measure, how, own), positions.middle(measure, how)
        if how.method == "percentile_rank":
            scores, middle = scores * (high - low) + low, middle * (high - low) + low
    else:
        ratios.check_amounts(z, measure, place)
        y, divisor = ratios.inverted(z, measure), _divisor(measure, units, z.shape[1])
        scores = y / divisor if measure.origin is None else (y - measure.origin) / divisor
        if how.outside == "clip":
            np.clip(scores, 0.0, 1.0, out=scores)
        if (low, high) != (0.0, 1.0):
            scores *= high - low
            scores += low
        middle = np.array(low if how.method == "zscore" else (low + high) / 2)
    if measure.flat is None:
        return scores
    return np.where(measure.flat[:, None, :] & ~np.isnan(z), middle, scores)


def _place_in(place: Callable[[int, int, int], Where], columns: NDArray[np.intp], t: int, n: int, k: int) -> Where:
    return place(t, n, int(columns[k]))


def _stretch(how: Scaling) -> tuple[float, float]:
    """Return the scores of 0 and of 1."""
    if how.method == "zscore":
        return how.mean, how.mean + how.sd
    return (0.0, 100.0) if how.method == "base_index" else how.range


def _divisor(measure: Measure, units: Sequence[str] | None, count: int) -> Floats:
    """Return what values are divided by; the base values of the units at hand, where each has its own."""
    assert measure.divisor is not None
    if measure.units is None or units is None or tuple(units) == measure.units:
        if measure.divisor.shape[1] not in (1, count):
            raise MethodError("base_units_differ", given=count, wanted=measure.divisor.shape[1])
        return measure.divisor
    known = {unit: n for n, unit in enumerate(measure.units)}
    for unit in units:
        if unit not in known:
            raise MethodError("base_unit_absent", where=Where(unit=unit))
    return measure.divisor[:, [known[unit] for unit in units], :]


def _by_method(how: Normalise, names: Sequence[str]) -> list[tuple[Scaling, Columns]]:
    """Return the scalings of a recipe and the columns of each."""
    if not how.each:
        return [(how, slice(None))]
    groups: dict[int, tuple[Scaling, list[int]]] = {}
    found = {id(one): one for one in how.each.values()}
    merged = {
        key: one.model_copy(update={"limits": {**how.limits, **one.limits}}) if how.limits else one
        for key, one in found.items()
    }
    for k, name in enumerate(names):
        one = how.of(name)
        scaling = how if one is how else merged[id(one)]
        groups.setdefault(id(one), (scaling, []))[1].append(k)
    return [(scaling, np.array(columns)) for scaling, columns in groups.values()]


def _inside(how: Normalise, periods: Sequence[Any]) -> Sequence[int]:
    """Return the positions of the years that the scale is fitted on."""
    if how.base is None:
        return range(len(periods))
    inside = [t for t, period in enumerate(periods) if how.base[0] <= period <= how.base[1]]
    if not inside:
        raise MethodError("base_window_empty", base=f"{how.base[0]}–{how.base[1]}", years=f"{periods[0]}–{periods[-1]}")
    return inside


def _refuse_all_missing(sample: Sample, how: Scaling) -> None:
    empty = np.isnan(sample.low)
    if empty.any():
        group = int(np.argwhere(empty)[0, 0])
        found = listing(sample.ground.indicators[int(k)].id for k in np.flatnonzero(empty[group]))
        period = sample.place(group, 0).period
        raise MethodError("all_missing", where=Where(period=period), indicators=found)
