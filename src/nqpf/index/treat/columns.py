"""Treat columns one by one in step: check the shape, winsorise what fails, transform what still does, check again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where, listing
from nqpf.index.options.treat import Treat
from nqpf.index.treat.curves import Curves, boxcox, logarithm
from nqpf.index.treat.outliers import limits
from nqpf.index.treat.shape import Shape, shape
from nqpf.messages import say
from nqpf.numerics.ranks import noise

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Place = tuple[str, int | None]
"""Indicator and year of a column."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found in columns and done to them; each array ``[C]``, or ``[G, K]`` once put together.

    Attributes
    ----------
    skewness, kurtosis, passed_before
        As measured.
    winsorised
        Points that winsorising set, even where the transformation then started from the raw values.
    skewness_winsorised, kurtosis_winsorised
        After winsorising; NaN where none was tried.
    low, high
        Limits that values are held to; infinite for none.
    transformation
        ``shifted``, ``boxcox`` …; empty for none.
    origin, addend, factor, exponent
        Of the transformation, as in `Curves`.
    skewness_after, kurtosis_after
        After the transformation; NaN where there was none.
    passed
        Whether the values pass in the end.
    constant, unknown, stuck
        Nothing varies; too few values to tell the shape; winsorising would have left no two values that differ.
    """

    skewness: Floats
    kurtosis: Floats
    passed_before: Bools
    winsorised: NDArray[np.int64]
    skewness_winsorised: Floats
    kurtosis_winsorised: Floats
    low: Floats
    high: Floats
    transformation: NDArray[np.str_]
    origin: Floats
    addend: Floats
    factor: Floats
    exponent: Floats
    skewness_after: Floats
    kurtosis_after: Floats
    passed: Bools
    constant: Bools
    unknown: Bools
    stuck: Bools

    @property
    def curves(self) -> Curves:
        """The transformations."""
        return Curves(self.origin, self.addend, self.factor, self.exponent)

    def put(self, at: Sequence[int], part: Found) -> None:
        """Write what was found in some of the K columns of every group into this one."""
        for field in fields(self):
            whole = getattr(self, field.name)
            whole[:, at] = getattr(part, field.name).reshape(len(whole), len(at))


def untouched(*size: int) -> Found:
    """Return a `Found` of that size in which nothing was looked at or done."""

    def nan() -> Floats:
        return np.full(size, np.nan)

    def no() -> Bools:
        return np.zeros(size, dtype=bool)

    return Found(
        skewness=nan(),
        kurtosis=nan(),
        passed_before=no(),
        winsorised=np.zeros(size, dtype=np.int64),
        skewness_winsorised=nan(),
        kurtosis_winsorised=nan(),
        low=np.full(size, -np.inf),
        high=np.full(size, np.inf),
        transformation=np.zeros(size, dtype="<U8"),
        origin=np.zeros(size),
        addend=np.zeros(size),
        factor=np.ones(size),
        exponent=nan(),
        skewness_after=nan(),
        kurtosis_after=nan(),
        passed=no(),
        constant=no(),
        unknown=no(),
        stuck=no(),
    )


def treat_columns(x: Floats, how: Treat, places: Sequence[Place]) -> Found:
    """Return what is to be done to each column.

    Parameters
    ----------
    x
        ``float64[C, M]``, NaN where missing.
    how
        Options; `how.method` is not ``none``.
    places
        Indicator and year of each column, for messages.

    Raises
    ------
    MethodError
        A logarithm or a Box-Cox transformation of what is not positive, naming the indicators.
    """
    found, before = untouched(len(x)), shape(x)
    found.skewness[:], found.kurtosis[:] = before.skewness, before.kurtosis
    passed = before.passes(how.skew, how.kurt)
    with np.errstate(invalid="ignore"):
        found.constant[:] = np.fmax.reduce(x, axis=1) - np.fmin.reduce(x, axis=1) <= noise(x)
    found.unknown[:] = ~passed & ~before.known & ~found.constant
    passed |= found.constant
    found.passed_before[:], found.passed[:] = passed, passed
    open_ = ~passed & ~found.unknown
    if how.method in ("winsorise", "coinr"):
        _winsorise(found, x, how, np.flatnonzero(open_))
        open_ &= ~found.passed & ~found.stuck
    elif how.when == "always":
        open_ = ~found.constant & ~np.isnan(x).all(axis=1)
    if how.method != "winsorise" and open_.any():
        _transform(found, x, how, np.flatnonzero(open_), places)
    return found


def _winsorise(found: Found, x: Floats, how: Treat, at: NDArray[np.intp]) -> None:
    if not at.size:
        return
    done = limits(x[at], how.winmax, how.skew, how.kurt)
    found.low[at], found.high[at], found.winsorised[at], found.stuck[at] = done.low, done.high, done.count, done.stuck
    found.skewness_winsorised[at], found.kurtosis_winsorised[at] = done.shape.skewness, done.shape.kurtosis
    found.passed[at] = done.shape.passes(how.skew, how.kurt)


def _transform(found: Found, x: Floats, how: Treat, at: NDArray[np.intp], places: Sequence[Place]) -> None:
    kind = how.then if how.method == "coinr" else how.method
    if how.start == "raw":
        found.low[at], found.high[at] = -np.inf, np.inf
    y = np.clip(x[at], found.low[at, None], found.high[at, None])
    chosen = [places[c] for c in at]
    if kind == "log":
        skewness = shape(y).skewness if how.start == "winsorised" else found.skewness[at]
        _refuse(y, how.log, chosen)
        curves = logarithm(y, how.log, skewness)
    else:
        if how.shift == "none":
            _refuse(y, kind, chosen)
        curves = boxcox(y, how.exponent, how.shift)
    found.transformation[at] = how.log if kind == "log" else kind
    found.origin[at], found.addend[at] = curves.origin, curves.addend
    found.factor[at], found.exponent[at] = curves.factor, curves.exponent
    after: Shape = shape(curves.outer(curves.inner(y.T)).T)
    found.skewness_after[at], found.kurtosis_after[at] = after.skewness, after.kurtosis
    found.passed[at] = after.passes(how.skew, how.kurt)


REFUSED = {"plain": "log_nonpositive", "boxcox": "boxcox_nonpositive", "gii": "log_gii_small"}
"""Error where a transformation cannot take the values."""


def _refuse(y: Floats, kind: str, places: Sequence[Place]) -> None:
    """Refuse values whose logarithm or power is not defined, naming every such indicator with its worst value."""
    if kind not in REFUSED:
        return
    worst = np.fmax.reduce(y, axis=1) if kind == "gii" else np.fmin.reduce(y, axis=1)
    bad = np.flatnonzero(worst <= (1.0 if kind == "gii" else 0.0))
    if bad.size:
        named = listing(say("treat.worst", indicator=places[c][0], value=float(worst[c])) for c in bad.tolist())
        name, year = places[int(bad[0])]
        raise MethodError(REFUSED[kind], where=Where(indicator=name, period=year), indicators=named)
