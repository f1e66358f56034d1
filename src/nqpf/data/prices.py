"""Prices: index numbers chained and brought to another base year, values at current prices and at those of one year.

A value at prices of year b is V_t·P_b/P_t, where P are the levels of the price index (`nqpf.data.index_numbers`), as in
the System of National Accounts 2008, ch. 15, https://unstats.un.org/unsd/nationalaccount/docs/SNA2008.pdf.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.dimensions import price_base
from nqpf.data.index_numbers import IndexBase, first_common, over, read_index, refuse_uncovered, relative
from nqpf.data.keyed import Floats, Keyed
from nqpf.data.units import is_unit, split_prices
from nqpf.errors import DataError, SpecError, Where, listing
from nqpf.frames import backend_of
from nqpf.results import Method, Note, TableResult


@dataclass(frozen=True, slots=True)
class Prices(TableResult):
    """A table whose values are at other prices, or whose index has another base.

    Attributes
    ----------
    measure
        Unit of measure of what was computed, with its prices: ``亿元(2010年价)``, ``2010=100``; None if not known.
    """

    measure: str | None = None


def chain(
    data: Any,
    *,
    index: str,
    unit: str | None = None,
    time: str,
    kind: str = "上年=100",
    base: int | str | None = None,
) -> Prices:
    """Chain an index whose base is the previous year into one on a fixed base.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    index, unit, time
        Columns of links, of units (None: a single series) and of years.
    kind
        ``上年=100`` or ``上年=1``.
    base
        Base year of the result, as 2010 or ``2010=1``; default: the first year that all units have.

    Returns
    -------
    Prices
        The table with `index` on the fixed base.

    Raises
    ------
    DataError
        Links missing between two years, not positive, or on another level; no link reaches the base year.

    Examples
    --------
    >>> links = {"year": [2021, 2022], "cpi": [110.0, 120.0]}
    >>> chain(links, index="cpi", time="year", base=2020).to_frame()["cpi"].round(6).to_list()
    [110.0, 132.0]
    """
    origin = IndexBase.of(kind)
    if origin.year is not None:
        raise SpecError("not_previous_year", value=kind)
    table = Keyed.of(data, unit, time)
    level, notes = read_index(table, index, origin)
    target = IndexBase.of(base) if base is not None else IndexBase(first_common(table, level), 100.0)
    return _rebased(data, table, index, level, (origin, target), notes, "prices.chain")


def rebase(
    data: Any, *, index: str, unit: str | None = None, time: str, index_base: int | str, base: int | str
) -> Prices:
    """Bring an index to another base: a year, or the previous year.

    Parameters
    ----------
    data, index, unit, time
        As in `chain`.
    index_base
        What the index is compared with now: ``上年=100``, ``1978=100``, ``1952=1`` or a year.
    base
        What it shall be compared with, in the same words; 100 where no level is said.

    Returns
    -------
    Prices
        The table with `index` on the new base; as links, a unit's first year has none.

    Raises
    ------
    DataError
        As in `chain`; a unit has no index number for the base year.

    Examples
    --------
    >>> table = {"year": [2019, 2020, 2021], "p": [200.0, 250.0, 300.0]}
    >>> rebase(table, index="p", time="year", index_base="1978=100", base=2020).to_frame()["p"].to_list()
    [80.0, 100.0, 120.0]
    """
    origin, target = IndexBase.of(index_base), IndexBase.of(base)
    table = Keyed.of(data, unit, time)
    level, notes = read_index(table, index, origin)
    return _rebased(data, table, index, level, (origin, target), notes, "prices.rebase")


def deflate(
    data: Any,
    *,
    value: str | Sequence[str],
    index: str,
    unit: str | None = None,
    time: str,
    base: int,
    index_base: int | str,
    measure: str | None = None,
) -> Prices:
    """Bring values at current prices to the prices of one year.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    value
        Columns at current prices.
    index
        Column of the price index.
    unit, time
        Columns of units (None: a single series) and of years.
    base
        Year whose prices are used.
    index_base
        What the index is compared with: ``上年=100``, ``previous year``, ``1978=100``, ``1952=1`` or a year.
    measure
        Unit of measure of the values; the result's column ``measure`` states it with its prices.

    Returns
    -------
    Prices
        The table with `value` at prices of `base`.

    Raises
    ------
    DataError
        ``index_gap``, ``index_nonpositive``, ``index_not_base``, ``index_not_links``: the index is not what it is said
        to be. ``base_year_absent``, ``index_absent``: it does not reach the base year, or a value.
        ``measure_at_other_prices``: the values are at constant prices already.

    Examples
    --------
    >>> table = {"year": [2020, 2021], "gdp": [100.0, 132.0], "p": [105.0, 110.0]}
    >>> done = deflate(table, value="gdp", index="p", time="year", base=2020, index_base="上年=100", measure="亿元")
    >>> done.to_frame()["gdp"].round(9).to_list(), done.measure
    ([100.0, 120.0], '亿元(2020年价)')
    """
    return _repriced(data, value, index, (unit, time), base, index_base, measure, to_base=True)


def inflate(
    data: Any,
    *,
    value: str | Sequence[str],
    index: str,
    unit: str | None = None,
    time: str,
    base: int,
    index_base: int | str,
    measure: str | None = None,
) -> Prices:
    """Bring values at the prices of year `base` to current prices: the inverse of `deflate`, with the same words.

    Examples
    --------
    >>> table = {"year": [2020, 2021], "gdp": [100.0, 120.0], "p": [105.0, 110.0]}
    >>> done = inflate(table, value="gdp", index="p", time="year", base=2020, index_base="上年=100")
    >>> done.to_frame()["gdp"].round(9).to_list()
    [100.0, 132.0]
    """
    return _repriced(data, value, index, (unit, time), base, index_base, measure, to_base=False)


def volume(
    data: Any,
    *,
    value: str,
    index: str,
    unit: str | None = None,
    time: str,
    base: int,
    index_base: int | str,
    measure: str | None = None,
) -> Prices:
    """Extend the value of one year by a volume index, such as that of GDP: real values where there is no price index.

    An index of real growth (地区生产总值指数, 上年=100) is no price index: dividing by it, as `deflate` does, would be
    wrong.

    Parameters
    ----------
    data, unit, time, index_base, measure
        As in `deflate`.
    value
        Column at current prices, of which only the year `base` is used.
    index
        Column of the volume index.
    base
        Year whose value is extended, and whose prices are used.

    Returns
    -------
    Prices
        The table with `value` at prices of `base`, in every year the index reaches.

    Raises
    ------
    DataError
        As in `deflate`; a unit has no value in the base year.

    Examples
    --------
    >>> table = {"year": [2020, 2021], "gdp": [100.0, 115.0], "q": [102.0, 110.0]}
    >>> done = volume(table, value="gdp", index="q", time="year", base=2020, index_base="上年=100")
    >>> done.to_frame()["gdp"].round(9).to_list()
    [100.0, 110.0]
    """
    stated = None if measure is None else restated(measure, base, to_base=True)
    table = Keyed.of(data, unit, time)
    origin = IndexBase.of(index_base)
    ratio, notes = relative(table, index, origin, base)
    values = table.cube(value)
    there = np.where(table.years[:, None] == base, values, np.nan)
    absent = np.isnan(there).all(axis=0) & ~np.isnan(ratio).all(axis=0)
    if absent.any():
        names = listing([table.units[n] for n in np.flatnonzero(absent)]) if any(table.units) else None
        raise DataError("base_value_absent", where=Where(indicator=value, unit=names), base=base)
    frame = _with(table, {value: np.nansum(there, axis=0) * ratio}, stated)
    options = {"value": value, "index": index, "index_base": str(origin), "base": base, "measure": stated}
    return Prices(frame, Method("prices.volume", options), tuple(notes), backend_of(data), stated)


def at_prices_of(measure: str, year: int | None) -> str:
    """Return a unit of money with another statement of prices; without one for current prices (None).

    Examples
    --------
    >>> at_prices_of("亿元(当年价)", 2010), at_prices_of("亿元(2010年价)", None)
    ('亿元(2010年价)', '亿元')
    """
    bare = split_prices(measure)[0]
    return bare if year is None else f"{bare}({year}年价)"


def _rebased(
    data: Any, table: Keyed, index: str, level: Floats, bases: tuple[IndexBase, IndexBase], notes: list[Note], id: str
) -> Prices:
    origin, target = bases
    size = target.level or 100.0
    ratio = level[1:] / level[:-1] if target.year is None else over(table, level, index, origin, target.year)[1:]
    options = {"index": index, "index_base": str(origin), "base": str(target)}
    frame = table.frame.with_columns(table.column(ratio * size, index))
    return Prices(frame, Method(id, options), tuple(notes), backend_of(data), str(target))


def _repriced(
    data: Any,
    value: str | Sequence[str],
    index: str,
    keys: tuple[str | None, str],
    base: int,
    index_base: int | str,
    measure: str | None,
    *,
    to_base: bool,
) -> Prices:
    columns = [value] if isinstance(value, str) else list(value)
    stated = None if measure is None else restated(measure, base, to_base=to_base)
    table = Keyed.of(data, *keys)
    origin = IndexBase.of(index_base)
    ratio, notes = relative(table, index, origin, base)
    done = {}
    for column in columns:
        values = table.cube(column)
        refuse_uncovered(table, values, ratio, index)
        done[column] = values / ratio if to_base else values * ratio
    frame = _with(table, done, stated)
    options = {"value": columns, "index": index, "index_base": str(origin), "base": base, "measure": stated}
    method = Method("prices.deflate" if to_base else "prices.inflate", options)
    return Prices(frame, method, tuple(notes), backend_of(data), stated)


def _with(table: Keyed, columns: Mapping[str, Floats], measure: str | None) -> pl.DataFrame:
    found = [table.column(values, name) for name, values in columns.items()]
    return table.frame.with_columns(*found, *([pl.lit(measure).alias("measure")] if measure else []))


def restated(measure: str, base: int, *, to_base: bool) -> str:
    """Return the unit of measure of the result; an error if the values are not at the prices they should be at."""
    if is_unit(measure):
        now = price_base(measure)
        if now is None:
            raise DataError("measure_no_money", measure=measure)
        if now not in ("", *([] if to_base else [str(base)])):
            raise DataError("measure_at_other_prices", measure=measure, base=base)
    return at_prices_of(measure, base if to_base else None)
