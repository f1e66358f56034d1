"""What every kernel of data-driven weights takes, checks and gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where
from nqpf.index.options.weight import LEVEL_BOUND, Weight
from nqpf.numerics.ranks import NOISE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Weights of K columns.

    Attributes
    ----------
    weights
        ``float64[K]``, not negative, summing to 1.
    details
        What they are made of, by name, each ``float64[K]``: entropy, contrast, conflict …
    left_out
        How many rows had no part in it because something was missing in them.
    """

    weights: Floats
    details: Mapping[str, Floats] = field(default_factory=dict)
    left_out: int = 0


Kernel = Callable[[Floats, Weight, Sequence[str]], Found]
"""From scores ``float64[M, K]`` (higher better, NaN where missing), options and the columns' names.

A MethodError of a kernel names the indicator and, where it is about a cell, the row of `x`, from 1.
"""


def on_unit(how: Weight) -> bool:
    """Return whether weights are measured on scores brought to 0–1, rather than on the scores as they are."""
    return how.basis == "unit" and how.method in LEVEL_BOUND


def proportional(raw: Floats) -> Floats:
    """Return `raw` ``float64[K]``, not negative, divided by its sum; a MethodError if there is nothing to divide."""
    if raw.size == 1:
        return np.ones(1)
    total = raw.sum()
    if not total > 0:
        raise MethodError("weights_no_contrast")
    return np.asarray(raw / total)


def ends(x: Floats) -> tuple[Floats, Floats]:
    """Return the smallest and largest value along the last axis but one, NaN only where nothing is present."""
    low, high = x.min(axis=-2), x.max(axis=-2)
    if np.isnan(low).any():
        low, high = np.fmin.reduce(x, axis=-2), np.fmax.reduce(x, axis=-2)
    return low, high


def differs(low: Floats, high: Floats) -> Bools:
    """Return where smallest and largest value differ by more than arithmetic noise."""
    return np.asarray(high - low > NOISE * np.maximum(np.abs(low), np.abs(high)))


def to_unit(x: Floats) -> Floats:
    """Return columns ``float64[..., M, K]`` brought to 0–1; a column that does not vary becomes ½."""
    low, high = (end[..., None, :] for end in ends(x))
    varies = differs(low, high)
    done = np.asarray((x - low) / np.where(varies, high - low, 1.0))
    return done if varies.all() else np.where(varies | np.isnan(x), done, 0.5)


def refuse(bad: Bools, x: Floats, names: Sequence[str], code: str) -> None:
    """Name the first of the cells ``bool[M, K]`` that a method cannot take, and how many there are."""
    if bad.any():
        row, k = (int(i) for i in np.argwhere(bad)[0])
        where = Where(row=row + 1, indicator=names[k])
        raise MethodError(code, where=where, value=float(x[row, k]), count=int(bad.sum()))


def whole_rows(x: Floats, least: int) -> Floats:
    """Return the rows in which nothing is missing; a MethodError if they are fewer than `least`."""
    missing = np.isnan(x).any(axis=1)
    rows = x[~missing] if missing.any() else x
    if len(rows) < least:
        raise MethodError("weights_few_rows", rows=len(rows), wanted=least)
    return rows


def among_varying(find: Kernel, x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return what `find` gives for the columns that vary; the others weigh nothing, if `how` lets them."""
    varies = differs(*ends(x))
    if varies.all():
        return find(x, how, names)
    if not varies.any():
        raise MethodError("weights_no_contrast")
    if how.on_constant == "stop":
        raise MethodError("weights_constant", where=Where(indicator=names[int(np.argmin(varies))]))
    found = find(x[:, varies], how, [name for name, kept in zip(names, varies, strict=True) if kept])
    weights = np.zeros(len(names))
    weights[varies] = found.weights
    details = {}
    for name, part in found.details.items():
        details[name] = np.full(len(names), np.nan)
        details[name][varies] = part
    return Found(weights, details, found.left_out)


def placed(error: MethodError, place: Callable[[int], Where], group: Where) -> MethodError:
    """Return a kernel's error with the cell's true place for its row, and what `group` says of the rows as a whole."""
    row = error.where.row
    where = group if row is None else place(row - 1)
    return MethodError(error.code, where=replace(where, indicator=error.where.indicator), **error.values)
