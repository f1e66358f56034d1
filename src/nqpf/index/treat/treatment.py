"""Fit the treatment of outliers on the values of a panel, and apply what was fitted to these or later years.

The chain is check the shape → winsorise → check → transform → check, as in Becker et al. (2022), COINr: An R package
for developing composite indicators, doi:10.21105/joss.04567; the limits are then frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.index.options.treat import Treat
from nqpf.index.treat.columns import Found, treat_columns, untouched
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Treatment:
    """A fitted treatment: a group of limits and transformations for each year under ``yearly``, else a single one.

    Attributes
    ----------
    how
        The options it was fitted with.
    names, periods
        The K indicators; the G years the groups belong to, empty for a single group.
    found
        What was found and done, each array ``[G, K]``.
    """

    how: Treat
    names: tuple[str, ...]
    periods: tuple[int, ...]
    found: Found

    def to_frame(self) -> pl.DataFrame:
        """Return what was found and done, a row an indicator (and year): the attributes of `Found` as columns.

        Null where a step was not taken or a limit does not bind.
        """
        groups, count = self.found.winsorised.shape
        years = [p for p in self.periods for _ in self.names] or [None] * groups * count
        frame = pl.DataFrame(
            {"indicator": list(self.names) * groups, "period": pl.Series(years, dtype=pl.Int64)}
            | {field.name: getattr(self.found, field.name).reshape(-1) for field in fields(Found)}
        )
        known = [pl.when(pl.col(c).is_finite()).then(pl.col(c)) for c, kind in frame.schema.items() if kind.is_float()]
        name = pl.col("transformation")
        bent = [pl.when(name != "").then(pl.col(c)) for c in ("transformation", "origin", "addend", "factor")]
        return frame.with_columns(known).with_columns(bent)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Remarks: what was set and transformed, what still fails, what was left alone."""
        return tuple(_notes(self))


@dataclass(frozen=True, slots=True, eq=False)
class Treated:
    """Treated values.

    Attributes
    ----------
    values
        ``float64[T, N, K]``.
    changed
        ``bool[T, N, K]``: held to a limit or transformed.
    """

    values: Floats
    changed: Bools


def fit_treatment(values: Floats, how: Treat, *, names: Sequence[str], periods: Sequence[int]) -> Treatment:
    """Find limits and transformations.

    Parameters
    ----------
    values
        ``float64[T, N, K]`` as measured (before direction), NaN where missing.
    how
        Options.
    names, periods
        Of the K indicators and T years.

    Raises
    ------
    SpecError
        `how` names an indicator there is not.
    MethodError
        A base window that holds no year; a logarithm or Box-Cox transformation of what is not positive.
    """
    _check_names(how, names)
    groups = values if how.scope == "yearly" else _window(values, how, periods).reshape(1, -1, values.shape[2])
    years: tuple[int, ...] = tuple(periods) if how.scope == "yearly" else ()
    found = untouched(len(groups), len(names))
    columns = np.ascontiguousarray(groups.transpose(0, 2, 1))
    for own, at in _parts(how, names):
        if own.method != "none" and columns.size:
            places = [(names[k], year) for year in years or (None,) for k in at]
            found.put(at, treat_columns(columns[:, at].reshape(len(places), -1), own, places))
    return Treatment(how, tuple(names), years, found)


def apply_treatment(
    values: Floats,
    treatment: Treatment,
    *,
    units: Sequence[object] | None = None,
    periods: Sequence[int] | None = None,
) -> Treated:
    """Return values held to the limits and transformed.

    Parameters
    ----------
    values
        ``float64[T, N, K]``; the years of the fit if the treatment is a yearly one.
    treatment
        What was fitted.
    units, periods
        Names of the N units and the T years, for messages.

    Raises
    ------
    MethodError
        A later value so far below those of the fit that its logarithm or power does not exist.
    """
    found, curves = treatment.found, treatment.found.curves
    held, changed = np.array(values, dtype=float), np.zeros(values.shape, dtype=bool)
    bound = np.flatnonzero((np.isfinite(found.low) | np.isfinite(found.high)).any(axis=0))
    if bound.size:
        part = held[:, :, bound]
        inside = np.clip(part, found.low[:, None, bound], found.high[:, None, bound])
        held[:, :, bound], changed[:, :, bound] = inside, (inside != part) & ~np.isnan(part)
    bent = np.flatnonzero((found.transformation != "").any(axis=0))
    if bent.size:
        some = curves.at(bent)
        u = some.inner(held[:, :, bent])
        here = ~np.isnan(some.exponent) & ~np.isnan(u)
        _refuse_outside(u, here, treatment, bent, held, units, periods)
        held[:, :, bent] = np.where(here, some.outer(np.where(here, u, 1.0)), held[:, :, bent])
        changed[:, :, bent] |= here
    return Treated(held, changed)


def _check_names(how: Treat, names: Sequence[str]) -> None:
    for name in (*how.only, *how.leave, *how.each):
        if name not in names:
            raise SpecError("treat_unknown", indicator=name, options=listing(names, 40), hint=hint(name, names))


def _window(values: Floats, how: Treat, periods: Sequence[int]) -> Floats:
    """Return the years of the base window; all years where there is none."""
    if how.base is None:
        return values
    inside = [how.base[0] <= p <= how.base[1] for p in periods]
    if not any(inside):
        years = f"{periods[0]}–{periods[-1]}"
        raise MethodError("base_window_empty", base=f"{how.base[0]}–{how.base[1]}", years=years)
    return values[inside]


def _parts(how: Treat, names: Sequence[str]) -> Iterator[tuple[Treat, list[int]]]:
    """Yield the options that apply and the positions of their indicators; what is left alone comes with none."""
    stated = how.only or how.leave or how.each
    own = [how.of(name) if stated else how for name in names]
    shared = [k for k, one in enumerate(own) if one is how]
    if shared:
        yield how, shared
    yield from ((one, [k]) for k, one in enumerate(own) if one is not how)


def _refuse_outside(
    u: Floats,
    here: Bools,
    treatment: Treatment,
    bent: NDArray[np.intp],
    held: Floats,
    units: Sequence[object] | None,
    periods: Sequence[int] | None,
) -> None:
    wrong = np.argwhere(here & (u <= 0))
    if len(wrong):
        t, n, j = (int(i) for i in wrong[0])
        k = int(bent[j])
        unit = str(units[n]) if units else None
        where = Where(unit=unit, indicator=treatment.names[k], period=periods[t] if periods else None)
        raise MethodError("outside_treatment", where=where, value=float(held[t, n, k]), count=len(wrong))


def _notes(treatment: Treatment) -> Iterator[Note]:
    found, names = treatment.found, treatment.names

    def which(mask: Bools) -> list[str]:
        return [names[k] for k in np.flatnonzero(mask.any(axis=0))]

    held = np.isfinite(found.low) | np.isfinite(found.high)
    if some := which(held):
        points = int(found.winsorised[held].sum())
        yield Note("treat_winsorised", "info", {"points": points, "count": len(some), "indicators": listing(some)})
    if some := which(found.transformation != ""):
        yield Note("treat_transformed", "info", {"count": len(some), "indicators": listing(some)})
    if some := which(found.constant):
        yield Note("treat_constant", "info", {"indicators": listing(some)})
    if some := which(found.unknown):
        yield Note("treat_unknown", "info", {"indicators": listing(some)})
    if some := which(found.stuck):
        yield Note("treat_stuck", "warning", {"indicators": listing(some)})
    looked = ~np.isnan(found.skewness) & ~found.unknown
    if some := which(looked & ~found.passed & ~found.stuck):
        yield Note("treat_failing", "warning", {"indicators": listing(some)})
    several = found.transformation != found.transformation[:1]
    if some := which(several):
        yield Note("treat_years_differ", "warning", {"indicators": listing(some)})
    elif treatment.periods and held.any():
        yield Note("treat_yearly", "warning", {"indicators": listing(which(held))})
