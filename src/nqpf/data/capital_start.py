"""How capital stocks start: the methods, and each unit's stock at the end of its first year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.data.inventory import Start, ends, mean_growth, trend
from nqpf.data.keyed import Floats, Integers, Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing

Name = Literal["zhang2004", "zhang2008", "goldsmith", "berlemann_wesselhoeft", "griliches"]


@dataclass(frozen=True, slots=True)
class Variant:
    """How a method starts, and the rate it is published with.

    Attributes
    ----------
    start
        ``ratio``: K_f = I_f / ratio; ``steady``: K_f = I_f / (g + δ); ``trend``: K_{f−1} = Î_f / (g + δ).
    depreciation
        δ; None where the user states it.
    ratio
        Investment over stock in the first year.
    first
        Year that the start is meant for.
    """

    start: Literal["ratio", "steady", "trend"]
    depreciation: float | None = None
    ratio: float | None = None
    first: int | None = None


VARIANTS: Mapping[str, Variant] = {
    "zhang2004": Variant("ratio", 0.096, 0.10, 1952),
    "zhang2008": Variant("ratio", 0.096, 0.10, 1952),
    "goldsmith": Variant("steady"),
    "berlemann_wesselhoeft": Variant("trend"),
    "griliches": Variant("steady", 0.15),
}


def variant_of(method: str, ratio: float | None) -> Variant:
    """Return a method by name, with another ratio if one is given."""
    if method not in VARIANTS:
        raise SpecError(
            "bad_choice",
            where=Where(key="method"),
            value=method,
            options=listing(VARIANTS),
            hint=hint(method, VARIANTS),
        )
    variant = VARIANTS[method]
    if ratio is None:
        return variant
    if variant.ratio is None:
        raise SpecError("capital_option", where=Where(key="ratio"), method=method)
    if not ratio > 0:
        raise MethodError("capital_ratio", ratio=ratio)
    return replace(variant, ratio=ratio)


def rates_of(table: Keyed, values: Floats, variant: Variant, depreciation: float | str | None) -> Floats:
    """Return δ, ``float64[T, N]``; an error where it is absent or no share."""
    if depreciation is None and variant.depreciation is None:
        raise MethodError("depreciation_absent")
    if not isinstance(depreciation, str):
        rate = np.full_like(values, variant.depreciation if depreciation is None else depreciation)
        column = None
    else:
        rate, column = table.cube(depreciation), depreciation
        absent = np.isnan(rate) & ~np.isnan(values)
        if absent.any():
            raise DataError("depreciation_gap", where=Where(indicator=column), cells=table.cells(absent))
    wrong = ~np.isnan(values) & ~((rate >= 0) & (rate <= 1))
    if wrong.any():
        raise MethodError("depreciation_no_share", where=Where(indicator=column), value=float(rate[wrong][0]))
    return rate


def given_stocks(
    table: Keyed, values: Floats, initial: float | Mapping[str, float] | str | None
) -> tuple[Integers, Floats]:
    """Return first year and stock of the units whose stock is given, NaN for the others."""
    first = ends(values)[0]
    stock = np.full(first.size, np.nan)
    if isinstance(initial, str):
        known = table.cube(initial)
        has = (~np.isnan(known)).any(axis=0)
        at = (~np.isnan(known)).argmax(axis=0)
        return np.where(has, at, first), np.where(has, known[at, np.arange(first.size)], np.nan)
    if isinstance(initial, Mapping):
        for name, value in initial.items():
            if name not in table.units:
                raise DataError("unknown_unit", unit=name, hint=hint(name, table.units))
            stock[table.units.index(name)] = value
    elif initial is not None:
        stock[:] = initial
    return first, stock


def start_of(
    table: Keyed,
    values: Floats,
    rate: Floats,
    variant: Variant,
    given: tuple[Integers, Floats],
    growth: float | None,
    growth_years: int | None,
) -> Start:
    """Return where each unit starts; a MethodError where that cannot be computed.

    Parameters
    ----------
    table, values, rate
        Keys, investment and δ, ``float64[T, N]``.
    variant
        The method.
    given
        First year and stock of each unit whose stock is given, NaN for the others.
    growth, growth_years
        g, or the years over which it is estimated.
    """
    first, stock = given
    _refuse_unconnected(table, values, first, ~np.isnan(stock))
    rules = _rules(table, first, ~np.isnan(stock), variant, growth)
    estimated = np.isin(rules, ("steady", "trend"))
    g, fitted = _growth(table, values, rules, growth, growth_years)
    n = np.arange(first.size)
    now, delta = values[first, n], rate[first, n]
    for i in np.flatnonzero(estimated & ~(g + delta > 0)):
        raise MethodError(
            "capital_no_steady_state", where=_at(table, int(i)), growth=float(g[i]), delta=float(delta[i])
        )
    before = (1 - delta) * fitted / (g + delta)
    found = {
        "given": stock,
        "ratio": now / (variant.ratio or np.nan),
        "steady": now / (g + delta),
        "trend": before + now,
    }
    stock = np.select([rules == rule for rule in found], list(found.values()))
    left = np.where(rules == "trend", before, stock)
    _, last = ends(values)
    span = np.minimum(last - first, len(values) if growth_years is None else growth_years)
    years = np.where(estimated & (growth is None), span, np.nan)
    return Start(first, stock, left, g, years, tuple(rules.tolist()))


def _refuse_unconnected(table: Keyed, values: Floats, first: Integers, known: NDArray[np.bool_]) -> None:
    """Raise a DataError where years without investment lie between a given stock and the first investment."""
    t = np.arange(len(values))[:, None]
    missing = known & (t > first) & (t < ends(values)[0])
    if missing.any():
        raise DataError("investment_gap", cells=table.cells(missing))


def _rules(
    table: Keyed, first: Integers, known: NDArray[np.bool_], variant: Variant, growth: float | None
) -> NDArray[np.str_]:
    """Return how each unit starts. What is a share of investment in one year cannot start a unit in another."""
    rules = np.where(known, "given", variant.start).astype("<U6")
    late = ~known & (first > first.min())
    if variant.start == "ratio" and late.any():
        if growth is None:
            names = listing([table.units[n] for n in np.flatnonzero(late)])
            raise MethodError("capital_late", units=names, year=int(table.years[first.min()]))
        rules[late] = "steady"
    return rules


def _growth(
    table: Keyed, values: Floats, rules: NDArray[np.str_], growth: float | None, years: int | None
) -> tuple[Floats, Floats]:
    """Return g, NaN where it is not used, and the fitted investment of the first year, ``float64[N]`` each."""
    used, trended = np.isin(rules, ("steady", "trend")), rules == "trend"
    first, last = ends(values)
    t = np.arange(len(values))[:, None]
    needed = (t == first) | ((t == last) & (growth is None)) | trended
    bad = used & needed & (values <= 0)
    if bad.any():
        raise MethodError("investment_nonpositive", cells=table.cells(bad))
    positive = np.where(used, values, 1.0)
    fitted = positive[first, np.arange(first.size)]
    if trended.any():
        g, fitted = trend(np.where(trended, values, 1.0), years)
    else:
        g = mean_growth(positive, years)
    if growth is not None:
        g = np.full(first.size, growth)
    for n in np.flatnonzero(used & np.isnan(g)):
        raise MethodError("growth_unknown", where=_at(table, int(n)))
    return np.where(used, g, np.nan), fitted


def _at(table: Keyed, n: int) -> Where:
    return Where(unit=table.units[n] or None)
