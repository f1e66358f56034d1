"""Series as reported: the tables cut, each series in one unit, conflicts and rejections decided; nothing filled in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from nqpf.data import Ledger, Panel, Series, Status
from nqpf.data.units import convert_factor
from nqpf.errors import SpecError, hint, listing
from nqpf.messages import Text
from nqpf.results import Note
from nqpf.study.spec import SeriesSpec
from nqpf.study.tidied import HasData, Tables, settled


@dataclass(frozen=True, slots=True, eq=False)
class Reported:
    """Series of a study's tables as reported, before missing values are dealt with.

    Attributes
    ----------
    panel
        The series, each in the unit of measure asked for.
    kept
        The same without the cells that the study rejects.
    totals
        Rows of totals of these series; None where they are not the totals of the units that are left.
    ledger, rejected
        Every changed cell, and those rejected.
    notes
        What was decided, stated otherwise, or is absent.
    conflicts
        Cells that two tables give differently, whatever was decided: as `nqpf.data.tidy.conflicts`.
    """

    panel: Panel
    kept: Panel
    totals: pl.DataFrame | None
    ledger: Ledger
    rejected: Ledger
    notes: tuple[Note, ...]
    conflicts: pl.DataFrame


def report(study: HasData, tables: Tables, used: Sequence[str]) -> Reported:
    """Return some series of a study's tables as reported: cut, in one unit each, conflicts and rejections decided.

    Parameters
    ----------
    study
        The study.
    tables
        What its files say.
    used
        Ids of the series.

    Raises
    ------
    DataError, SpecError
        With the unit, indicator, year and what to do.
    """
    notes: list[Note] = []
    tidy = _cut(study, tables.reading.frame.filter(pl.col("indicator").is_in(used)), tables.reading.labels)
    repaired = _of_cells(tables.ledger, tidy)
    made = settled(study, tables, tidy, notes)
    notes += _overruled(study, made.frame, made.measures)
    described = [_series(name, study.data.series.get(name), made.measures) for name in used]
    panel = Panel.from_tidy(made.frame, tables.reading.labels, described)
    panel = panel.select(units=_order(panel, tables.scheme), indicators=used)
    absent_years = sorted(set(range(panel.periods[0], panel.periods[-1])) - set(panel.periods))
    if absent_years:
        notes.append(Note("years_absent", "warning", {"years": listing(absent_years)}))
    converted, conversions = _convert(study, _marked(panel, made.ledger), made.measures)
    kept, rejections = _reject(study, converted, set(tables.series) - set(used))
    whole = not study.data.exclude and not tables.reading.unplaced["indicator"].is_in(used).any()
    totals = _totals(made.totals, panel) if whole else None
    ledger = repaired + made.ledger + conversions
    return Reported(converted, kept, totals, ledger, rejections, tuple(notes), made.conflicts)


def _cut(study: HasData, tidy: pl.DataFrame, labels: Mapping[str, Text]) -> pl.DataFrame:
    """Keep the years and units the study asks for."""
    data = study.data
    if data.periods is not None:
        years = tidy["period"].unique().sort().to_list()
        tidy = tidy.filter(pl.col("period").is_between(*data.periods))
        if not tidy.height:
            found = f"{years[0]}–{years[-1]}"
            raise SpecError("no_periods_left", where=study.where("data", "periods"), found=found)
    for i, name in enumerate(data.exclude):
        here = (pl.col("unit") == name) | (pl.col("code") == name)
        codes = [code for code, title in labels.items() if name in (title.zh, title.en)]
        mask = tidy.select(here | pl.col("code").is_in(codes)).to_series().fill_null(False)
        if not mask.any():
            known = tidy["unit"].unique(maintain_order=True).to_list()
            raise SpecError("unknown_unit", where=study.where("data", "exclude", i), unit=name, hint=hint(name, known))
        tidy = tidy.filter(~mask)
        if not tidy.height:
            raise SpecError("no_units_left", where=study.where("data", "exclude"))
    return tidy


def _of_cells(ledger: Ledger, tidy: pl.DataFrame) -> Ledger:
    """Return the changes of cells that are in a tidy table."""
    if not len(ledger):
        return ledger
    keys = ["unit", "period", "indicator"]
    cells = tidy.select(pl.coalesce("code", "unit").alias("unit"), *keys[1:]).unique()
    return Ledger(ledger.frame.join(cells, on=keys, how="semi", maintain_order="left"))


def _overruled(study: HasData, tidy: pl.DataFrame, measures: Mapping[str, str]) -> list[Note]:
    """Remark on every unit of measure, vintage or scope that the study states otherwise than its table."""
    columns = ("measure", "vintage", "scope")
    found = tidy.group_by("indicator").agg(pl.col(columns).drop_nulls().unique(maintain_order=True))
    written = {name: dict(zip(columns, lists, strict=True)) for name, *lists in found.iter_rows()}
    notes = []
    for name, known in study.data.series.items():
        stated = {"measure": measures.get(name, known.unit), "vintage": known.vintage, "scope": known.scope}
        for column, listed in written.get(name, {}).items():
            if stated[column] is not None and listed not in ([], [stated[column]]):
                values = {"series": name, "stated": stated[column], "written": listing(listed)}
                notes.append(Note("stated_otherwise", values=values))
    return notes


def _order(panel: Panel, scheme: str) -> list[str]:
    """Return units in the order of their codes for places, as they stand in the file otherwise."""
    return sorted(panel.units) if scheme == "provinces" else list(panel.units)


def _series(name: str, known: SeriesSpec | None, measures: Mapping[str, str]) -> Series:
    if known is None:
        return Series(name, Text.same(name))
    title, unit = known.title or Text.same(known.column or name), measures.get(name, known.unit)
    return Series(name, title, unit, known.source, known.vintage, known.scope, known.note, known.mix)


def _totals(totals: pl.DataFrame, panel: Panel) -> pl.DataFrame | None:
    """Return the rows of totals of the series used, in their units of measure; None where there are none."""
    if not totals.height:
        return None
    stated = {one.id: one.measure for one in panel.series}
    measure = pl.col("indicator").replace_strict(stated, default=None, return_dtype=pl.String)
    return totals.filter(pl.col("indicator").is_in(panel.indicators)).with_columns(measure=measure)


def _marked(panel: Panel, ledger: Ledger) -> Panel:
    """Return a panel in which the cells that were converted as they were read say so."""
    changed = ledger.frame.filter(pl.col("rule") == "unit.convert").select("unit", "period", "indicator").unique()
    if not changed.height:
        return panel
    status = panel.status.copy()
    orders = {"period": panel.periods, "unit": panel.units, "indicator": panel.indicators}
    at = tuple(
        changed[name].replace_strict({v: i for i, v in enumerate(order)}, return_dtype=pl.Int64).to_numpy()
        for name, order in orders.items()
    )
    status[at] = np.where(status[at] == Status.REPORTED, Status.CONVERTED, status[at])
    return replace(panel, status=status)


def _convert(study: HasData, panel: Panel, done: Mapping[str, str]) -> tuple[Panel, Ledger]:
    """Convert series to the units the study asks for, but those whose rows were converted one by one."""
    values, status, series = panel.values.copy(), panel.status.copy(), list(panel.series)
    rows: list[dict[str, Any]] = []
    for k, one in enumerate(panel.series):
        known = study.data.series.get(one.id)
        if known is None or known.convert is None or one.id in done:
            continue
        where = study.where("data", "series", one.id)
        if one.measure is None:
            raise SpecError("unit_missing", where=where, series=one.id)
        factor = convert_factor(one.measure, known.convert, where)
        detail = f"{one.measure} → {known.convert} (× {factor:g})"
        for t, period in enumerate(panel.periods):
            for n, unit in enumerate(panel.units):
                if status[t, n, k] != Status.MISSING:
                    old = float(values[t, n, k])
                    row = {"unit": unit, "period": period, "indicator": one.id, "old": old, "new": old * factor}
                    rows.append(row | {"rule": "unit.convert", "detail": detail})
                    status[t, n, k] = Status.CONVERTED
        values[:, :, k] *= factor
        series[k] = replace(one, measure=known.convert)
    return replace(panel, values=values, status=status, series=tuple(series)), Ledger.of(rows, panel.origin)


def _reject(study: HasData, panel: Panel, unused: Collection[str]) -> tuple[Panel, Ledger]:
    """Take the cells that the study rejects as missing; those of series it does not use are passed over."""
    values, status = panel.values.copy(), panel.status.copy()
    rows: list[dict[str, Any]] = []
    names = {name: n for n, u in enumerate(panel.units) for name in (u, panel.labels[u].zh, panel.labels[u].en)}
    for i, cell in enumerate(study.data.reject):
        if cell.series in unused:
            continue
        if cell.unit not in names:
            where = study.where("data", "reject", i, "unit")
            raise SpecError("unknown_unit", where=where, unit=cell.unit, hint=hint(cell.unit, names))
        if cell.period not in panel.periods:
            where, years = study.where("data", "reject", i, "period"), listing(panel.periods, 40)
            raise SpecError("unknown_period", where=where, period=cell.period, options=years)
        if cell.series not in panel.indicators:
            where, there = study.where("data", "reject", i, "series"), panel.indicators
            near, options = hint(cell.series, there), listing(there, 40)
            raise SpecError("unknown_series_key", where=where, series=cell.series, options=options, hint=near)
        t, n, k = panel.periods.index(cell.period), names[cell.unit], panel.index(cell.series)
        place = panel.where(t, n, k)
        row = {"unit": panel.units[n], "period": cell.period, "indicator": cell.series, "old": float(values[t, n, k])}
        reason = Text.join([cell.reason.zh, cell.reason.en], " / ", " / ").zh
        row |= {"rule": "cell.reject", "detail": reason, "file": place.file, "sheet": place.sheet, "cell": place.cell}
        rows.append(row)
        values[t, n, k], status[t, n, k] = np.nan, Status.MISSING
    return replace(panel, values=values, status=status), Ledger.of(rows)
