"""What a scale is fitted on, and what every fit gives: two numbers for each indicator, or a sample to rank in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.index.normalise.direct import Directed, measured
from nqpf.index.options.normalise import Scaling
from nqpf.messages import Text
from nqpf.numerics.ranks import NOISE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Columns = NDArray[np.intp] | slice


@dataclass(frozen=True, eq=False)
class Ground:
    """Names of what stands along the axes of ``float64[T, N, K]``.

    Attributes
    ----------
    indicators, periods
        K indicators and T years.
    units
        N codes, None where nobody names them.
    labels
        Name of each unit.
    row
        ``(t, n) →`` row of a plain table.
    """

    indicators: Sequence[Directed]
    periods: Sequence[Any]
    units: Sequence[str] | None = None
    labels: Mapping[str, Text] | None = None
    row: Callable[[int, int], int] | None = None

    def where(self, t: int, n: int, k: int) -> Where:
        """Return the place of a value."""
        indicator = self.indicators[k].id
        if self.row is not None:
            return Where(row=self.row(t, n), indicator=indicator)
        return Where(unit=self.label(n), indicator=indicator, period=self.periods[t])

    def label(self, n: int) -> str | Text | None:
        """Return the name of a unit."""
        code = self.units[n] if self.units is not None else None
        return code if code is None or self.labels is None else self.labels.get(code, code)

    def unit(self, wanted: str) -> int:
        """Return the position of a unit given by code or name; a SpecError names what there is if it is absent."""
        names = [self.label(n) for n in range(len(self.units or ()))]
        for n, (code, name) in enumerate(zip(self.units or (), names, strict=True)):
            if wanted in (code, *((name.zh, name.en) if isinstance(name, Text) else ())):
                return n
        written = [*(self.units or ()), *(w for t in names if isinstance(t, Text) for w in (t.zh, t.en))]
        near = hint(wanted, written)
        raise SpecError("unknown_reference", unit=wanted, options=listing(map(_text, names), 40), hint=near)

    def only(self, columns: Columns) -> Ground:
        """Return the names with `columns` only."""
        kept = [self.indicators[int(k)] for k in np.arange(len(self.indicators))[columns]]
        return Ground(kept, self.periods, self.units, self.labels, self.row)


@dataclass(frozen=True, eq=False)
class Sample:
    """Directed values a scale is fitted on.

    Attributes
    ----------
    z
        ``float64[T, N, K]``, NaN where missing.
    inside
        Positions of the years it is fitted on.
    yearly
        Each year is a group of its own; else all are one.
    frozen
        The two numbers of a method are given, not taken from `z`.
    reference
        Position of the reference unit.
    ground
        Names.
    """

    z: Floats
    inside: Sequence[int]
    yearly: bool
    frozen: bool
    reference: int | None
    ground: Ground

    @cached_property
    def window(self) -> Floats:
        """The years it is fitted on, ``float64[T', N, K]``."""
        return self.z if len(self.inside) == len(self.z) else self.z[list(self.inside)]

    @cached_property
    def groups(self) -> Floats:
        """``float64[G, M, K]``."""
        window = self.window
        return window if self.yearly else window.reshape(1, -1, window.shape[2])

    @cached_property
    def low(self) -> Floats:
        """Least value of each group, ``float64[G, K]``."""
        return np.asarray(np.fmin.reduce(self.groups, axis=1))

    @cached_property
    def high(self) -> Floats:
        """Largest value of each group, ``float64[G, K]``."""
        return np.asarray(np.fmax.reduce(self.groups, axis=1))

    def place(self, group: int, k: int) -> Where:
        """Return the place of an indicator within a group."""
        return Where(
            indicator=self.ground.indicators[k].id,
            period=self.ground.periods[self.inside[group]] if self.yearly else None,
        )

    def cell(self, group: int, m: int, k: int) -> Where:
        """Return the place of a value of ``groups[group, m, k]``."""
        t, n = (group, m) if self.yearly else divmod(m, self.z.shape[1])
        return self.ground.where(self.inside[t], n, k)


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """What was fitted: a score is ``(y − origin) / divisor``, with ``y = −1 / z`` where `inverse` and ``y = z`` else.

    Attributes
    ----------
    origin, divisor
        ``float64[G, 1 or N, K]``; None for positions in a sample.
    flat
        ``bool[G, K]``: indicators that do not vary, where there are any; everyone gets the middle of the scale.
    inverse
        ``bool[K]``: indicators of which the reciprocal counts; their amounts must be positive. The amount of what is
        better the less there is (`cheap`) is ``−z``, that of a benefit `z`.
    nonnegative
        ``bool[K]``: indicators whose amounts must not be negative.
    cheap
        ``bool[K]``: costs, targets and intervals.
    units
        Codes of the N units `divisor` belongs to.
    sample
        ``float64[G, M, K]``: ranks are positions in it.
    """

    origin: Floats | None = None
    divisor: Floats | None = None
    flat: Bools | None = None
    inverse: Bools | None = None
    nonnegative: Bools | None = None
    cheap: Bools | None = None
    units: tuple[str, ...] | None = None
    sample: Floats | None = None


def constant(sample: Sample, how: Scaling) -> Bools | None:
    """Return which indicators do not vary, ``bool[G, K]``, or None if all do; refuse them unless told otherwise."""
    low, high = sample.low, sample.high
    flat = high - low <= NOISE * np.maximum(np.abs(low), np.abs(high))
    if not flat.any():
        return None
    if how.on_constant == "stop":
        group, k = (int(i) for i in np.argwhere(flat)[0])
        value = measured(float(low[group, k]), sample.ground.indicators[k].direction)
        raise MethodError("constant_indicator", where=sample.place(group, k), value=value)
    return np.asarray(flat)


def _text(name: str | Text | None) -> Text:
    return name if isinstance(name, Text) else Text.same(name)
