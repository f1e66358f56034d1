"""Capital stocks by perpetual inventory, K_t = (1 − δ_t)·K_{t−1} + I_t, every assumption stated in the result.

The variants differ in δ and in the stock of the first year f (end of year, investment of that year included):

- Zhang, Wu and Zhang (2004, 经济研究 10, 35–44) and Zhang (2008, doi:10.1080/14765280802028302) for the provinces of
  China from 1952: δ = 9.6 %, K_f = I_f / 0.10;
- the steady state as in Goldsmith's (1951) perpetual inventory: K_f = I_f / (g + δ), g the mean growth of investment;
- Berlemann and Wesselhöft (2014, doi:10.1515/roe-2014-0102): K_{f−1} = Î_f / (g + δ), where Î and g come from the
  regression of ln I on time;
- Griliches (1979, doi:10.2307/3003321) for R&D: the steady state with δ = 15 %, the customary rate.

Data capital and other intangibles are stocks of the same kind, with a δ that their user states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.capital_start import Name, Variant, given_stocks, rates_of, start_of, variant_of
from nqpf.data.dimensions import price_base
from nqpf.data.index_numbers import IndexBase, refuse_uncovered, relative
from nqpf.data.inventory import Start, Stocks, accumulate, ends
from nqpf.data.keyed import Floats, Keyed, gaps
from nqpf.data.prices import at_prices_of
from nqpf.data.units import is_unit
from nqpf.errors import DataError, SpecError, Where, listing
from nqpf.frames import backend_of
from nqpf.messages import say
from nqpf.results import Method, Note, TableResult

SHORT = 10
"""A mean growth rate or trend over fewer years is remarked on."""
SETTLED = 0.05
"""Where more than this share of a stock is still its start, the start is remarked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalStock(TableResult):
    """Capital stocks.

    Attributes
    ----------
    frame
        Keys of the table given, investment at the stock's prices, depreciation (amount), capital (end of year) and
        start_share (share of the stock that is what is left of its start); null before the start.
    starts
        A row for each unit: first year, stock at its end, rule (``ratio``, ``steady``, ``trend``, ``given``), g.
    measure
        Unit of measure with its prices; None if not stated.
    """

    starts: pl.DataFrame
    measure: str | None


def capital_stock(
    data: Any,
    *,
    investment: str,
    unit: str | None = None,
    time: str,
    method: Name = "zhang2004",
    price_index: str | None = None,
    index_base: int | str | None = None,
    base: int | None = None,
    measure: str | None = None,
    depreciation: float | str | None = None,
    initial: float | Mapping[str, float] | str | None = None,
    ratio: float | None = None,
    growth: float | None = None,
    growth_years: int | None = None,
) -> CapitalStock:
    """Return capital stocks by perpetual inventory.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    investment, unit, time
        Columns of investment, of units (None: a single series) and of years.
    method
        ``zhang2004``, ``zhang2008``, ``goldsmith``, ``berlemann_wesselhoeft`` or ``griliches``: how the stock starts,
        and the customary rate of depreciation.
    price_index, index_base, base
        Column of the price index of investment, what it is compared with (``上年=100``, ``1952=1``), and the year at
        whose prices stocks are counted. Without them investment is taken to be at constant prices.
    measure
        Unit of measure of investment.
    depreciation
        δ as a share (0.096, not 9.6), or the column that holds it by unit and year; default: the method's.
    initial
        Stock at the end of a unit's first year: one number, a number by unit (other units start by the method), or a
        column that holds the stock in some year: the unit starts from the first such year.
    ratio
        Investment over stock in the first year, for the methods of Zhang; default 0.10.
    growth
        g of the steady state; default: estimated. Under the methods of Zhang, units whose investment begins later than
        the others' start from the steady state with this g.
    growth_years
        Years from the first over which g is estimated; default: all.

    Returns
    -------
    CapitalStock
        See there.

    Raises
    ------
    DataError
        A year of investment, of its price or of δ is missing within a series; the index is not what it is said to be.
    MethodError
        δ is not stated or no share; a start cannot be computed (g + δ ≤ 0, investment not positive, too few years);
        a unit begins later than the others under the methods of Zhang.
    SpecError
        An unknown method, or an option that it does not have.

    Examples
    --------
    >>> table = {"year": [2020, 2021, 2022], "invest": [10.0, 20.0, 30.0]}
    >>> done = capital_stock(table, investment="invest", time="year", depreciation=0.1, ratio=0.1)
    >>> done.to_frame()["capital"].round(9).to_list()
    [100.0, 110.0, 129.0]
    """
    variant = variant_of(method, ratio)
    table = Keyed.of(data, unit, time)
    values, measured, notes = _real(table, investment, price_index, index_base, base, measure)
    rate = rates_of(table, values, variant, depreciation)
    given = given_stocks(table, values, initial)
    start = start_of(table, values, rate, variant, given, growth, growth_years)
    stocks = accumulate(values, rate, start)
    options = {
        "investment": investment,
        "price_index": price_index,
        "index_base": str(IndexBase.of(index_base)) if index_base is not None else None,
        "base": base,
        "measure": measured,
        "depreciation": variant.depreciation if depreciation is None else depreciation,
        "start": variant.start,
        "ratio": variant.ratio,
        "initial": dict(initial) if isinstance(initial, Mapping) else initial,
        "growth": growth,
        "growth_years": growth_years,
        "timing": "end of year",
    }
    notes += _notes(table, values, variant, start, stocks)
    frame = _frame(table, [c for c in (unit, time) if c], values, stocks)
    found = Method(f"capital.{method}", options)
    return CapitalStock(frame, found, tuple(notes), backend_of(data), starts=_starts(table, start), measure=measured)


def capital_variants(
    data: Any,
    variants: Mapping[str, Mapping[str, Any]],
    *,
    investment: str,
    unit: str | None = None,
    time: str,
    **shared: Any,
) -> TableResult:
    """Return capital stocks under several assumptions side by side.

    Parameters
    ----------
    data, investment, unit, time
        As in `capital_stock`.
    variants
        Options of `capital_stock` by the name of the variant.
    **shared
        Options that all variants have.

    Returns
    -------
    TableResult
        The keys and a column for each variant; notes say how far each lies from the first in the last year.

    Examples
    --------
    >>> table = {"year": [2020, 2021, 2022], "invest": [10.0, 20.0, 30.0]}
    >>> rates = {"low": {"depreciation": 0.05}, "high": {"depreciation": 0.10}}
    >>> done = capital_variants(table, rates, investment="invest", time="year")
    >>> done.to_frame().row(-1)
    (2022, 139.25, 129.0)
    """
    found = {
        name: capital_stock(data, investment=investment, unit=unit, time=time, **(shared | dict(options)))
        for name, options in variants.items()
    }
    results = list(found.values())
    frame = (
        results[0]
        .frame.select([c for c in (unit, time) if c])
        .with_columns(result.frame["capital"].alias(name) for name, result in found.items())
    )
    notes = []
    last = frame.filter(pl.col(time) == pl.col(time).max())
    first = next(iter(found))
    for name in list(found)[1:]:
        apart = (last[name] / last[first] - 1).drop_nulls()
        if apart.len():
            span = {"lowest": float(apart.min()), "highest": float(apart.max())}  # type: ignore[arg-type]
            notes.append(Note("capital_variant", "info", {"variant": name, "first": first} | span))
    options = {name: dict(result.method.options) | {"method": result.method.id} for name, result in found.items()}
    return TableResult(frame, Method("capital.variants", options), tuple(notes), backend_of(data))


def _real(
    table: Keyed,
    investment: str,
    price_index: str | None,
    index_base: int | str | None,
    base: int | None,
    measure: str | None,
) -> tuple[Floats, str | None, list[Note]]:
    """Return investment at the prices of one year, ``float64[T, N]``, its unit of measure, and remarks."""
    values = table.cube(investment)
    present = ~np.isnan(values)
    where = Where(indicator=investment)
    if not present.any(axis=0).all():
        absent = [table.units[n] for n in np.flatnonzero(~present.any(axis=0))]
        raise DataError("investment_empty", where=where, units=listing(absent))
    if gaps(present).any():
        raise DataError("investment_gap", where=where, cells=table.cells(gaps(present)))
    if price_index is None:
        constant = measure is not None and is_unit(measure) and price_base(measure) not in ("", None)
        return values, measure, [] if constant else [Note("capital_not_deflated", "info")]
    if index_base is None or base is None:
        raise SpecError("capital_prices", where=Where(key="index_base" if index_base is None else "base"))
    prices, notes = relative(table, price_index, IndexBase.of(index_base), base)
    refuse_uncovered(table, values, prices, price_index)
    return values / prices, None if measure is None else at_prices_of(measure, base), notes


def _frame(table: Keyed, keys: list[str], values: Floats, stocks: Stocks) -> pl.DataFrame:
    share = stocks.left / np.where(stocks.capital == 0, np.nan, stocks.capital)
    found = {"investment": values, "depreciation": stocks.depreciation, "capital": stocks.capital, "start_share": share}
    return table.frame.select(keys).with_columns(table.column(v, name) for name, v in found.items())


def _starts(table: Keyed, start: Start) -> pl.DataFrame:
    columns = {"unit": table.units, "year": table.years[start.first], "capital": start.stock, "rule": start.rule}
    return pl.DataFrame(columns | {"growth": start.growth}).with_columns(pl.col("growth").fill_nan(None))


def _notes(table: Keyed, values: Floats, variant: Variant, start: Start, stocks: Stocks) -> list[Note]:
    notes = []
    begins = int(table.years[start.first.min()])
    if variant.first not in (None, begins) and "ratio" in start.rule:
        notes.append(Note("capital_start_year", values={"year": begins, "meant": variant.first}))
    fewest = int(np.nanmin(start.years, initial=SHORT))
    if fewest < SHORT:
        notes.append(Note("capital_growth_short", values={"years": fewest}))
    if (values < 0).any():
        notes.append(Note("investment_negative", values={"cells": table.cells(values < 0)}))
    last = ends(values)[1]
    n = np.arange(last.size)
    share = stocks.left[last, n] / stocks.capital[last, n]
    heavy = int((share > SETTLED).sum())
    if heavy:
        most = int(np.nanargmax(share))
        unit = table.units[most] or say("word.all_units")
        shown = {"count": heavy, "total": share.size, "unit": unit, "share": float(share[most])}
        notes.append(Note("capital_start_heavy", values=shown))
    return notes
