"""Misallocation: what equal marginal products of capital and labour would add to aggregate productivity.

Between firms within industries after Hsieh and Klenow (2009, doi:10.1162/qjec.2009.124.4.1403); between regions or
sectors after Aoki (2012, doi:10.1016/j.jjie.2012.08.001), 陈永伟、胡伟民 (2011) and Brandt, Tombe and Zhu (2013,
doi:10.1016/j.red.2012.10.002). The formulas are those of `nqpf.productivity.firms.wedges`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of, to_polars
from nqpf.messages import Text, say
from nqpf.productivity.firms.allocation_tables import Found, find, industry_table, log_tfpq, total_table, unit_table
from nqpf.productivity.firms.economy import Columns, Economy, Integers, Share, read_economy
from nqpf.productivity.firms.usable import Flags, Floats, Unusable, listed
from nqpf.results import Method, Note, Result

METHODS = ("hsieh_klenow", "aggregate")
DEFAULTS = {"hsieh_klenow": (3.0, "output_capital"), "aggregate": (1.0, "factors")}
"""Elasticity and wedges where none are said."""

FEW = 10
"""An industry with fewer units in a year is remarked on: its gain rests on a handful of them."""

Wedges = Literal["output_capital", "factors"]


@dataclass(frozen=True, slots=True)
class Misallocation(Result):
    """Misallocation in each year.

    Attributes
    ----------
    total
        A row a year: units, industries, tfp and tfp_efficient (value added per composite input, now and with equal
        marginal products), efficiency (their ratio), log_gain and gain, ``part_*`` (parts of log_gain by wedge, adding
        up), log_gain_between (what equal marginal products between industries would add to log_gain),
        gain_to_reference where one is given, and the dispersion of log TFPR and log TFPQ within industries: sd,
        p75_p25, p90_p10.
    industries
        The same by industry, with its share in output and its factor shares.
    units
        A row for each unit and year: share in the output of the industry, tfpr, log_tfpr and log_tfpq over the
        industry's, wedges ``tau_*``, relative distortion coefficients ``gamma_*`` (above 1: more of the factor than
        efficient), size_ratio, ``*_ratio`` (efficient over actual output share and factor), and for an elasticity of 1
        the unit's ``part_*`` of the industry's log gain.
    left_out
        Rows that are not in it: row (from 1), unit, time, column, value, reason (missing, negative, not_positive,
        tail_tfpr, tail_tfpq).
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    total: pl.DataFrame
    industries: pl.DataFrame
    units: pl.DataFrame
    left_out: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `total` as the kind of dataframe that was given."""
        return as_backend(self.total, self.backend)


def misallocation(
    data: Any,
    revenue: str,
    capital: str,
    labour: str,
    *,
    unit: str,
    time: str,
    industry: str | None = None,
    labour_cost: str | None = None,
    materials: str | None = None,
    output: Literal["value_added", "gross"] = "value_added",
    method: Literal["hsieh_klenow", "aggregate"] = "hsieh_klenow",
    elasticity: float | None = None,
    share: Share = None,
    rental: float | None = None,
    wedges: Wedges | None = None,
    trim: float = 0.0,
    unusable: Unusable = "refuse",
    reference: float | None = None,
) -> Misallocation:
    """Measure how far factors are from equal marginal products, and what that costs.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year.
    revenue
        Column of output in money: value added, or revenue if `materials` are named.
    capital, labour
        Columns of factors. Labour may be heads, hours or the wage bill, which weighs heads by skill.
    unit, time, industry
        Columns of firms or regions, of years and of industries; without industries all units are one. Under
        ``aggregate`` a region may have a row for each industry.
    labour_cost
        Column of what labour is paid in all, for shares in cost and for wedges in levels.
    materials
        Column of intermediate inputs in money.
    output
        ``value_added``: materials are taken off revenue; ``gross``: they are a third factor.
    method
        ``hsieh_klenow``: firms in monopolistic competition within industries; ``aggregate``: regions or sectors whose
        products are combined into one.
    elasticity
        Elasticity of substitution σ between the products of an industry: above 1 for firms, default 3; positive for
        ``aggregate``, default 1 (Cobb–Douglas). Products of different industries have 1.
    share
        Share of capital in production (labour has the rest): a number or a column, the same throughout an industry and
        year unless σ = 1; or, by factor, a number or column each. Default: shares in the cost of each industry over
        all years, which need `labour_cost` and `rental`.
    rental
        Price of using a unit of capital for a year, e.g. 0.1 of its value.
    wedges
        ``output_capital``: on output (1 − τ_Y) and on capital relative to labour (1 + τ_K), the default for firms;
        ``factors``: on each factor (1 + τ_K, 1 + τ_L), the default for ``aggregate``. The same economy either way, but
        the gain is shared out differently.
    trim
        Share of units that is taken off each tail of log TFPR and log TFPQ, all industries of a year together, before
        everything is computed again; 0.01 in the paper.
    unusable
        Rows with a missing, zero or negative cell: ``refuse``, or ``leave_out`` and list them.
    reference
        Gain in a country or year to compare with, e.g. 0.429 (United States, 1997): adds gain_to_reference.

    Returns
    -------
    Misallocation
        Wedges are in levels under ``hsieh_klenow`` with `labour_cost` (the wage is its mean per unit of labour) and
        `rental`, else relative to the industry's mean.

    Raises
    ------
    DataError
        A column is absent, two rows have the same key, no industry; under ``refuse`` a missing, zero or negative cell.
    SpecError
        A word that is no choice, numbers outside their range, no factor shares.
    MethodError
        Factor shares that are not between 0 and 1, do not sum to 1, or differ within an industry and year.

    References
    ----------
    Hsieh and Klenow (2009), doi:10.1162/qjec.2009.124.4.1403. Aoki (2012), doi:10.1016/j.jjie.2012.08.001.
    陈永伟、胡伟民 (2011), 经济学(季刊) 10(4), 1401–1422. Brandt, Tombe and Zhu (2013), doi:10.1016/j.red.2012.10.002.
    On measurement error: Bils, Klenow and Ruane (2020), doi:10.3386/w26711.

    Examples
    --------
    Two firms alike but for capital, of which one has four times the other's.

    >>> firms = {"firm": ["a", "b"], "year": [2020, 2020], "va": [10.0, 10.0], "k": [40.0, 10.0], "l": [5.0, 5.0]}
    >>> found = misallocation(firms, "va", "k", "l", unit="firm", time="year", share=0.5)
    >>> found.total["gain"].round(4).to_list()
    [0.25]
    >>> found.units["capital_ratio"].round(3).to_list()
    [0.25, 4.0]
    """
    choose("method", method, METHODS)
    choose("output", output, ("value_added", "gross"))
    sigma = DEFAULTS[method][0] if elasticity is None else float(elasticity)
    way = DEFAULTS[method][1] if wedges is None else wedges
    choose("wedges", way, ("output_capital", "factors"))
    refuse_numbers(method, sigma, rental, trim, reference)
    if output == "gross" and materials is None:
        raise SpecError("firms_gross_without_materials")
    columns = Columns(revenue, capital, labour, labour_cost, materials, unit, time, industry, gross=output == "gross")
    by: Literal["firm", "cell"] = "cell" if method == "aggregate" else "firm"
    whole, left = read_economy(to_polars(data), columns, share=share, rental=rental, unusable=unusable, by=by)
    refuse_mixed_shares(whole, sigma)
    used, tails = _trimmed(whole, sigma, trim)
    prices = used.log_prices(rental) if method == "hsieh_klenow" else None
    found = find(used, sigma, way, prices)
    options = {
        "method": method,
        "elasticity": sigma,
        "share": "cost" if share is None else share,
        "wedges": way,
        "wedge_level": "industry" if prices is None else "price",
        "rental": rental,
        "output": output,
        "trim": trim,
        "unusable": unusable,
        "reference": reference,
    }
    return Misallocation(
        total_table(found, reference),
        industry_table(found),
        unit_table(found, columns.unit),
        _left_out(whole, pl.concat([left, tails]), columns),
        Method(f"misallocation.{method}", options),
        _notes(found, left, tails, share, trim),
        backend_of(data),
    )


def refuse_numbers(
    method: str, sigma: float, rental: float | None, trim: float = 0.0, reference: float | None = None
) -> None:
    """Raise a SpecError for a number outside its range."""
    least = 1 if method == "hsieh_klenow" else 0
    checks = {
        "elasticity": (sigma, math.isfinite(sigma) and sigma > least, say("firms.above", least=least)),
        "rental": (rental, rental is None or (math.isfinite(rental) and rental > 0), say("firms.above", least=0)),
        "trim": (trim, 0 <= trim < 0.5, say("firms.trim")),
        "reference": (reference, reference is None or 0 <= reference < math.inf, say("firms.gain")),
    }
    for name, (value, right, expected) in checks.items():
        if not right:
            raise SpecError("bad_value", where=Where(key=name), value=value, expected=expected)


def refuse_mixed_shares(economy: Economy, sigma: float) -> None:
    """Raise a MethodError where factor shares differ within a group and σ is not 1."""
    if sigma == 1:
        return
    size = economy.sums(np.ones(economy.row.size))
    for alpha in economy.alpha:
        off = abs(alpha - (economy.sums(alpha) / size)[economy.group]) > 1e-9
        if off.any():
            raise MethodError("firms_share_mixed", where=economy.key.where(int(economy.row[np.argmax(off)])))


def _trimmed(economy: Economy, sigma: float, trim: float) -> tuple[Economy, pl.DataFrame]:
    """Return the economy without its tails, and the rows of these."""
    gone = np.zeros(economy.row.size, dtype=bool)
    rows = [pl.DataFrame(schema={"row": pl.Int64, "column": pl.String, "value": pl.Float64, "reason": pl.String})]
    if trim > 0:
        market, deviations = economy.market(sigma)
        t = market.tfpr(deviations)
        for name, x in ({"tail_tfpr": t} | ({"tail_tfpq": log_tfpq(market, t)} if sigma != 1 else {})).items():
            tail = _beyond(x, economy.year[economy.group], trim)
            rows.append(listed(economy.row[tail], None, x[tail], name))
            gone |= tail
    return economy.keep(~gone) if gone.any() else economy, pl.concat(rows)


def _beyond(values: Floats, year: Integers, trim: float) -> Flags:
    """Return which values lie below the quantile `trim` of their year or above that of 1 − `trim`."""
    quantile = pl.col("x").quantile
    frame = pl.DataFrame({"x": values, "year": year})
    low, high = (quantile(p, interpolation="linear").over("year") for p in (trim, 1 - trim))
    return frame.select((pl.col("x") < low) | (pl.col("x") > high)).to_series().to_numpy()


def _left_out(economy: Economy, rows: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Return the rows that are left out with their keys, in the order of the table."""
    keys = [pl.col(columns.unit).alias("unit"), pl.Series("time", economy.key.years[economy.key.t])]
    keys += [pl.col(columns.industry).alias("industry")] if columns.industry else []
    named = economy.key.frame.select(keys).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    return named.join(rows, on="row", how="inner").sort("row").with_columns(pl.col("row") + 1)


def _notes(found: Found, left: pl.DataFrame, tails: pl.DataFrame, share: Share, trim: float) -> tuple[Note, ...]:
    economy = found.economy
    rows, cut = left["row"].n_unique(), tails["row"].n_unique()
    size = economy.sums(np.ones(economy.row.size))
    notes = []
    if rows:
        notes.append(Note("firms_left_out", values={"count": rows, "kept": economy.row.size}))
    if trim > 0:
        notes.append(Note("firms_trimmed", "info", {"count": cut, "share": trim}))
    if share is None:
        notes.append(Note("firms_cost_shares", "info"))
    if (size == 1).any():
        notes.append(Note("firms_alone", values={"count": int((size == 1).sum()), "cells": _named(found, size == 1)}))
    few = (size > 1) & (size < FEW)
    if few.any():
        values = {"count": int(few.sum()), "least": FEW, "cells": _named(found, few)}
        notes.append(Note("firms_few", values=values))
    return (*notes, Note("firms_measurement", "info"))


def _named(found: Found, marked: Flags) -> Text:
    cells = found.economy.cells.filter(pl.Series(marked))
    return listing(" ".join(str(part) for part in row[::-1]) for row in cells.rows())
