"""Digital industries, digitalised industry, and whether what is big is also one's own: year by year from IO tables.

Digital industrialisation (数字产业化) is the share of digital sectors in value added; industrial digitalisation
(产业数字化) the digital part of what other industries use along the whole chain (`nqpf.industry.digital_integration`).
Big but not strong (大而不强): how much of digital inputs is imported, and of what digital products embody, against the
rest of the economy (Hummels, Ishii and Yi 2001, doi:10.1016/S0022-1996(00)00093-3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where
from nqpf.industry.input_output.digital import digital_integration
from nqpf.industry.input_output.import_content import import_content
from nqpf.industry.input_output.selecting import Names, imported_coefficients, places
from nqpf.industry.input_output.table import IOTable
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalEconomy(TableResult):
    """Two sub-indices and the gap between size and self-sufficiency.

    Attributes
    ----------
    frame
        A row for each year: period (null where the table has none), industrialisation (digital share of value added; of
        output where a table has no value added), basis (``added``, ``output``), digitalisation (digital part of
        complete input coefficients of other industries, weighted by their output), self_sufficiency (domestic part of
        digital inputs of all industries), embodied (domestic value added in a unit of final demand of digital products,
        weighted by output), rest_embodied (of all others), gap (rest_embodied − embodied: above zero, digital products
        lean on imports more than the rest), verdict (``big_not_strong``: a share as large as an average sector's and a
        gap; ``strong``: as large, no gap; ``small``; ``not_measured``: imports do not stand apart). Null where a table
        does not say.
    products
        period, sector (each digital one), output, added_share (in value added; null without), inputs (used by all
        industries), imported (of them), self_sufficiency, embodied.
    change
        measure, first, last, before, after, change, of the four measures; empty with one table.
    """

    products: pl.DataFrame
    change: pl.DataFrame


def digital_economy(tables: IOTable | Mapping[int, IOTable], digital: Names) -> DigitalEconomy:
    """Measure digital industries, digitalised industry and their self-sufficiency.

    Parameters
    ----------
    tables
        A table of one region, or several by year.
    digital
        Digital sectors: labels or sectors of the table; at least one, and not all.

    Raises
    ------
    DataError
        A sector is not in a table.
    SpecError
        No table is given.
    MethodError
        A table has several regions, or all of its sectors are digital.

    References
    ----------
    国家统计局 (2021), 数字经济及其核心产业统计分类（2021）. Hummels, Ishii and Yi (2001),
    doi:10.1016/S0022-1996(00)00093-3.

    Examples
    --------
    >>> table = IOTable.of([[20, 60], [30, 10]], [20, 60], sectors=["chips", "cars"], imports=[[10, 0], [0, 20]],
    ...                    import_sectors=["chips", "cars"])
    >>> digital_economy({2020: table}, "chips").frame.select(pl.col("self_sufficiency", "gap").round(3)).rows()
    [(0.889, -0.13)]
    """
    given = [(tables.year, tables)] if isinstance(tables, IOTable) else sorted(tables.items())
    if not given:
        raise SpecError("digital_no_table", where=Where(key="tables"))
    rows, products = [], []
    for year, table in given:
        row, frame = _of_table(year, table, digital)
        rows.append(row)
        products.append(frame)
    frame = pl.DataFrame(rows, schema=SCHEMA)
    apart = frame.filter(verdict="not_measured").height
    notes = [Note("digital_imports", values={"count": apart, "total": frame.height})] if apart else []
    named = [digital] if isinstance(digital, str) else list(digital)
    return DigitalEconomy(
        frame,
        Method("industry.digital_economy", {"digital": named, "years": [year for year, _ in given]}),
        tuple(notes),
        products=pl.concat(products),
        change=_change(frame),
    )


MEASURES = ("industrialisation", "digitalisation", "self_sufficiency", "embodied")
SCHEMA: dict[str, Any] = {
    "period": pl.Int64,
    "industrialisation": pl.Float64,
    "basis": pl.String,
    **dict.fromkeys(("digitalisation", "self_sufficiency", "embodied", "rest_embodied", "gap"), pl.Float64),
    "verdict": pl.String,
}


def _of_table(year: int | None, table: IOTable, digital: Names) -> tuple[dict[str, Any], pl.DataFrame]:
    if len(set(table.regions)) > 1:
        raise MethodError("digital_regions", where=Where(period=year), count=len(set(table.regions)))
    at = places(table, digital, "digital")
    rest = np.setdiff1d(np.arange(table.output.size), at)
    if not rest.size:
        raise MethodError("digital_all", where=Where(period=year))
    integration = digital_integration(table, digital)
    shares = integration.industry.row(0, named=True)
    basis = "output" if shares["added_share"] is None else "added"
    others = integration.overall.filter(users="others").row(0, named=True)
    x = table.output
    imported = imported_coefficients(table)
    domestic = table.flows[at].sum(axis=1)
    bought = None if imported is None else (imported * x)[at].sum(axis=1)
    embodied = None if not len(table.imports) else import_content(table).frame["domestic"].to_numpy()
    row: dict[str, Any] = {
        "period": year,
        "industrialisation": shares[f"{basis}_share"],
        "basis": basis,
        "digitalisation": others["complete_share"],
        "self_sufficiency": None if bought is None else _ratio(domestic.sum(), domestic.sum() + bought.sum()),
        "verdict": "not_measured",
    }
    if embodied is not None:
        own, other = (_mean(embodied[k], x[k]) for k in (at, rest))
        row |= {"embodied": own, "rest_embodied": other, "gap": other - own}
        large = row["industrialisation"] >= at.size / x.size
        row["verdict"] = "small" if not large else "big_not_strong" if other > own else "strong"
    return row, _products(year, table, at, domestic, bought, embodied)


def _products(
    year: int | None, table: IOTable, at: Any, domestic: Floats, bought: Floats | None, embodied: Floats | None
) -> pl.DataFrame:
    added = None if table.added is None else table.added.sum(axis=0)
    unknown = np.full(at.size, np.nan)
    imported = unknown if bought is None else bought
    used = domestic + (0 if bought is None else bought)
    columns = {
        "output": table.output[at],
        "added_share": unknown if added is None else added[at] / added.sum(),
        "inputs": used,
        "imported": imported,
        "self_sufficiency": np.divide(
            domestic, used, out=np.full(at.size, np.nan), where=(used > 0) & ~np.isnan(imported)
        ),
        "embodied": unknown if embodied is None else embodied[at],
    }
    keys = {"period": [year] * at.size, "sector": [table.sectors[k] for k in at]}
    frame = pl.DataFrame(keys, schema={"period": pl.Int64, "sector": pl.String})
    return frame.with_columns(pl.Series(name, one).fill_nan(None) for name, one in columns.items())


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None


def _mean(values: Floats, weights: Floats) -> float:
    there = ~np.isnan(values)
    return float(np.average(values[there], weights=weights[there]))


def _change(frame: pl.DataFrame) -> pl.DataFrame:
    rows = []
    if frame.height > 1:
        first, last = frame.row(0, named=True), frame.row(-1, named=True)
        same = first["basis"] == last["basis"]
        for name in MEASURES:
            ends = first[name], last[name]
            known = None not in ends and (same or name != "industrialisation")
            span = {"first": first["period"], "last": last["period"], "before": ends[0], "after": ends[1]}
            rows.append({"measure": name} | span | {"change": ends[1] - ends[0] if known else None})
    numbers = dict.fromkeys(("before", "after", "change"), pl.Float64)
    return pl.DataFrame(rows, schema={"measure": pl.String, "first": pl.Int64, "last": pl.Int64, **numbers})
