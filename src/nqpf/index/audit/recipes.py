"""The recipes an audit tries: ways of scaling × ways of weighting, right ones and known wrong ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.index.audit.wrong import entropy_over
from nqpf.index.framework import Framework
from nqpf.index.normalise import direct
from nqpf.index.options.weight import DATA_DRIVEN, Weight
from nqpf.index.weights import KERNELS, overall

Floats = NDArray[np.float64]

SHIFTS = (0.0001, 0.001, 0.01, 0.1, 1.0)
"""Constants that programs and tutorials add before taking logarithms."""
RANGES = ((1.0, 100.0), (0.01, 0.99), (0.001, 0.999), (0.002, 0.998), (0.0, 100.0), (60.0, 100.0))
"""Ranges of min-max scores other than 0–1."""

MOVED_BY_RANGE = ("entropy", "cv", "gini", "merec")
"""Methods that divide by a sum or a mean, so that the floor of the range moves their weights."""
YEARLY = ("minmax", "minmax_yearly", "minmax_shifted")
"""Scalings that are tried on each year alone as well."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """Indicators scaled in one way.

    Attributes
    ----------
    id
        Message id under ``audit.scale.``.
    values
        ``float64[T, N, K]``.
    faults
        Known faults in it; none if it is a matter of choice.
    number
        The constant or range it was done with, for its text.
    """

    id: str
    values: Floats
    faults: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A recipe for weights.

    Attributes
    ----------
    scaled
        What it was taken from.
    method
        Message id under ``audit.weight.``.
    scope
        ``pooled``, or the year whose rows alone were used.
    level
        ``all`` or ``siblings``.
    faults
        Known faults in it, those of the scaling included.
    weights
        ``float64[K]`` weight of each indicator in the whole index.
    """

    scaled: Scaled
    method: str
    scope: str
    level: str
    faults: tuple[str, ...]
    weights: Floats


def scalings(values: Floats, framework: Framework) -> Iterator[Scaled]:
    """Yield the indicators ``float64[T, N, K]`` scaled in every way that is tried; a way that cannot be is left out."""
    directions = [i.direction for i in framework.indicators]
    ideals = [i.ideal for i in framework.indicators]
    z = direct(values, directions, ideals)
    pooled = _minmax(z, (0, 1))
    yield Scaled("minmax", pooled)
    if len(values) > 1:
        yield Scaled("minmax_yearly", _minmax(z, (1,)), ("yearly_bounds",))
    turned = not np.array_equal(z, values)
    if turned:
        yield Scaled("minmax_undirected", _minmax(values, (0, 1)), ("direction_ignored",))
    for shift in SHIFTS:
        yield Scaled("minmax_shifted", pooled + shift, ("shifted",), f"{shift:g}")
    for low, high in RANGES:
        yield Scaled("minmax_range", low + (high - low) * pooled, (), f"[{low:g}, {high:g}]")
    shifted = _spssau(pooled)
    if not np.array_equal(shifted, pooled):
        yield Scaled("minmax_spssau", shifted, ("shifted",), "0.01")
    raw = _spssau(values)
    yield Scaled("raw", raw, (("direction_ignored",) if turned else ()) + (("shifted",) if (values <= 0).any() else ()))
    if (values >= 0).all():
        yield Scaled("vector", _vector(values), ("direction_ignored",) if turned else ())
        yield Scaled("vector_minmax", _vector(pooled))
    with np.errstate(invalid="ignore", divide="ignore"):
        yield Scaled("zscore", (z - z.mean(axis=(0, 1))) / z.std(axis=(0, 1), ddof=1))


def candidates(values: Floats, framework: Framework, periods: Sequence[int]) -> Iterator[Candidate]:
    """Yield every recipe for weights that can be computed from complete indicators ``float64[T, N, K]``."""
    years: list[tuple[str, slice]] = [("pooled", slice(None))]
    if len(periods) > 1:
        years += [(str(period), slice(t, t + 1)) for t, period in enumerate(periods)]
    names = [i.id for i in framework.indicators]
    yield Candidate(Scaled("none", values), "equal", "pooled", "all", (), np.full(len(names), 1 / len(names)))
    yield Candidate(Scaled("none", values), "equal", "pooled", "siblings", (), _equal_by_level(framework))
    for scaled in scalings(values, framework):
        for scope, part in years if scaled.id in YEARLY else years[:1]:
            cube = scaled.values[part]
            if np.isnan(cube).any():
                continue
            rows = cube.reshape(-1, cube.shape[2])
            for method, faults, found in _weightings(rows, cube.shape, names, framework):
                level = "siblings" if method.endswith("·siblings") else "all"
                every = tuple(f for f in scaled.faults if f != "yearly_bounds" or scope == "pooled") + faults
                if scaled.id == "minmax_range" and cube.min() > 0 and method.partition("·")[0] in MOVED_BY_RANGE:
                    every += ("normalised_twice",)
                yield Candidate(scaled, method.partition("·")[0], scope, level, every, found)


def _weightings(
    rows: Floats, shape: tuple[int, ...], names: Sequence[str], framework: Framework
) -> Iterator[tuple[str, tuple[str, ...], Floats]]:
    """Yield method, faults and weights among all indicators, and level by level for data-driven ones."""
    if (rows >= 0).all() and (rows.sum(axis=0) > 0).all():
        years, units = shape[0], shape[1]
        if years > 1:
            for fault, count in (("entropy_over_years", years), ("entropy_over_units", units)):
                if count > 1:
                    yield "entropy", (fault,), entropy_over(rows, np.log(count))
        yield "entropy", ("entropy_not_divided",), entropy_over(rows, 1.0)
    for method in DATA_DRIVEN:
        how = Weight.model_validate({"method": method})
        if method in ("merec", "entropy") and (rows <= 0).any() and (method == "merec" or (rows < 0).any()):
            continue
        if method == "correlation":  # no published index is known to use it, and it is slow
            continue
        try:
            yield method, (), KERNELS[method](rows, how, names).weights
        except MethodError:
            continue
        if framework.inner[-1].at != len(names):
            try:
                yield f"{method}·siblings", (), _level_by_level(rows, how, framework, names)
            except MethodError:
                continue


def _level_by_level(rows: Floats, how: Weight, framework: Framework, names: Sequence[str]) -> Floats:
    """Return weights taken among siblings, scores of dimensions being weighted sums."""
    tree = np.empty((len(rows), len(framework.nodes)))
    tree[:, : len(names)] = rows
    local = np.ones((1, len(framework.nodes)))
    for node in framework.inner:
        kids = framework.children[node.at]
        if kids.size > 1:
            found = KERNELS[how.method](tree[:, kids], how, [framework.nodes[c].id for c in kids])
            local[0, kids] = found.weights
        tree[:, node.at] = (tree[:, kids] * local[0, kids]).sum(axis=1)
    return np.asarray(overall(framework, local)[0, : len(names)])


def _equal_by_level(framework: Framework) -> Floats:
    local = np.ones((1, len(framework.nodes)))
    for node in framework.inner:
        kids = framework.children[node.at]
        local[0, kids] = 1 / kids.size
    return np.asarray(overall(framework, local)[0, : len(framework.indicators)])


def _minmax(z: Floats, axes: tuple[int, ...]) -> Floats:
    low, high = z.min(axis=axes, keepdims=True), z.max(axis=axes, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((z - low) / (high - low))


def _vector(values: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(values / np.sqrt((values**2).sum(axis=(0, 1))))


def _spssau(values: Floats) -> Floats:
    """Return each column that has a value at or below zero shifted by |min| + 0.01."""
    low = values.min(axis=(0, 1))
    return np.asarray(values + np.where(low <= 0, np.abs(low) + 0.01, 0.0))
