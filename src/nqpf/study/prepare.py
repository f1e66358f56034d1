"""From a study's files to its panel: read, name, cut, convert, fill what is missing; every change in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from nqpf.data import Checks, Ledger, Panel, Reading, Series, Status, check, places, read
from nqpf.data.breaks import break_notes
from nqpf.data.formula import names_in
from nqpf.data.missing import Filled
from nqpf.data.units import convert_factor
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import Text
from nqpf.results import Note
from nqpf.study.missing import fill_missing, predictors
from nqpf.study.spec import SeriesSpec, Study


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The panel of a study and how it came about.

    Attributes
    ----------
    panel
        The raw series that the framework's formulas use.
    reported
        The same before missing values were dealt with.
    ledger
        Every changed cell.
    notes
        What was understood, set apart or left unused.
    scheme
        ``provinces``, ``countries`` or ``none``.
    filled
        How missing values were dealt with.
    checks
        What looks wrong in the numbers as reported.
    """

    panel: Panel
    reported: Panel
    ledger: Ledger
    notes: tuple[Note, ...]
    scheme: str
    filled: Filled
    checks: Checks


def prepare(study: Study) -> Prepared:
    """Read and prepare the data of a study.

    Raises
    ------
    DataError, PlaceError, SpecError
        With the file, row, unit, indicator, year and what to do.
    """
    readings = [_read(study, i) for i in range(len(study.data.tables))]
    schemes = {r.method.options["places"] for r in readings}
    if len(schemes) > 1:
        raise SpecError("mixed_schemes", where=study.where("data", "tables"), schemes=listing(sorted(schemes)))
    labels: Mapping[str, Text] = {code: title for r in readings for code, title in r.labels.items()}
    tidy = _named(study, pl.concat([r.frame for r in readings]))
    there = tidy["indicator"].unique(maintain_order=True).to_list()
    planning = study.spec.planning
    planned = [name for name in (planning.series if planning else ()) if name in there]
    used = list(dict.fromkeys([*_used(study, there), *predictors(study, there), *planned]))
    unused = [n for n in there if n not in used]
    notes = [note for r in readings for note in r.notes]
    if unused:
        notes.append(Note("series_unused", "info", {"count": len(unused), "series": listing(unused)}))
    tidy = _cut(study, tidy.filter(pl.col("indicator").is_in(used)), labels)
    notes += _overruled(study, tidy)
    panel = Panel.from_tidy(tidy, labels, [_series(name, study.data.series.get(name)) for name in used])
    panel = panel.select(units=_order(panel, schemes), indicators=used)
    absent_years = sorted(set(range(panel.periods[0], panel.periods[-1])) - set(panel.periods))
    if absent_years:
        notes.append(Note("years_absent", "warning", {"years": listing(absent_years)}))
    converted, conversions = _convert(study, panel)
    kept, rejections = _reject(study, converted)
    filled = fill_missing(study, kept, schemes, unused)
    ledger = conversions + rejections + filled.ledger
    checks = check(converted, _totals(study, readings, panel))
    notes += break_notes(converted)
    return Prepared(filled.panel, converted, ledger, (*notes, *filled.notes), schemes.pop(), filled, checks)


def series_there(study: Study) -> list[str]:
    """Return the ids of all series in a study's files, whether its framework uses them or not.

    Raises
    ------
    DataError, PlaceError, SpecError
        As `prepare`, for what is wrong with the files.
    """
    tidy = pl.concat([_read(study, i).frame for i in range(len(study.data.tables))])
    found: list[str] = _named(study, tidy)["indicator"].unique(maintain_order=True).to_list()
    return found


def _read(study: Study, i: int) -> Reading:
    table = study.data.tables[i]
    options = table.model_dump(exclude={"file", "recipe"}, exclude_none=True)
    if table.recipe is not None:
        options["recipe"] = study.folder / table.recipe
    path = study.folder / table.file
    if not path.is_file():
        raise SpecError("data_file_not_found", where=study.where("data", "tables", i, "file"), file=table.file)
    return read(path, name=table.file, **options)


def _named(study: Study, tidy: pl.DataFrame) -> pl.DataFrame:
    """Give series the ids that formulas use; refuse an id whose column is nowhere, or that means two columns."""
    there = tidy["indicator"].unique(maintain_order=True).to_list()
    renamed = {known.column for known in study.data.series.values()}
    names: dict[str, str] = {}
    for name, known in study.data.series.items():
        column = known.column or name
        if column not in there:
            options, near = listing(there, 40), hint(column, there)
            raise SpecError(
                "unknown_column_key",
                where=study.where("data", "series", name),
                column=column,
                options=options,
                hint=near,
            )
        where = study.where("data", "series", name, "column")
        if column in names:
            raise SpecError("column_of_two_series", where=where, column=column, series=names[column])
        if column != name and name in there and name not in renamed:
            raise SpecError("id_of_other_column", where=where, series=name)
        names[column] = name
    return tidy.with_columns(pl.col("indicator").replace(names))


def _used(study: Study, there: Sequence[str]) -> list[str]:
    """Return the series that formulas use, in the order they are first used; absent ones are named with their line."""
    used: dict[str, None] = {}
    for formula, names, where in _formulas(study):
        for name in names:
            if name not in there:
                options, near = listing(there, 40), hint(name, there)
                raise SpecError(
                    "unknown_series_in_formula", where=where, series=name, formula=formula, options=options, hint=near
                )
            used[name] = None
    if not used:
        raise SpecError("no_series_used", where=study.framework.root.where)
    return list(used)


def _formulas(study: Study) -> Iterator[tuple[str, list[str], Where]]:
    """Yield every formula of the study with the series it names and its place."""
    indicators = study.framework.indicators + (study.beside.indicators if study.beside else ())
    for indicator in indicators:
        yield indicator.formula, names_in(indicator.formula, indicator.where), indicator.where
    for part in ("productivity", "regions", "system", "scenario"):
        spec = getattr(study.spec, part)
        for place, formula in (spec.formulas if spec else {}).items():
            where = study.where(part, *place)
            yield formula, names_in(formula, where), where


def _cut(study: Study, tidy: pl.DataFrame, labels: Mapping[str, Text]) -> pl.DataFrame:
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


def _overruled(study: Study, tidy: pl.DataFrame) -> list[Note]:
    """Remark on every unit of measure, vintage or scope that the study states otherwise than its table."""
    notes = []
    for name, known in study.data.series.items():
        rows = tidy.filter(pl.col("indicator") == name)
        for column, stated in (("measure", known.unit), ("vintage", known.vintage), ("scope", known.scope)):
            written = rows[column].drop_nulls().unique(maintain_order=True).to_list()
            if stated is not None and written not in ([], [stated]):
                values = {"series": name, "stated": stated, "written": listing(written)}
                notes.append(Note("stated_otherwise", values=values))
    return notes


def _order(panel: Panel, schemes: set[Any]) -> list[str]:
    """Return units in the order of their codes for places, as they stand in the file otherwise."""
    return sorted(panel.units) if schemes == {"provinces"} else list(panel.units)


def _series(name: str, known: SeriesSpec | None) -> Series:
    if known is None:
        return Series(name, Text.same(name))
    title = known.title or Text.same(known.column or name)
    return Series(name, title, known.unit, known.source, known.vintage, known.scope, known.note, known.mix)


def _totals(study: Study, readings: Sequence[Reading], panel: Panel) -> pl.DataFrame | None:
    """Return the rows of totals of the series used, by their ids; None where units are left out."""
    totals = pl.concat([r.totals for r in readings])
    if study.data.exclude or not totals.height:
        return None
    known = study.data.series
    totals = totals.with_columns(pl.col("indicator").replace({s.column: id for id, s in known.items() if s.column}))
    stated = {one.id: one.measure for one in panel.series}
    measure = pl.col("indicator").replace_strict(stated, default=None, return_dtype=pl.String)
    return totals.filter(pl.col("indicator").is_in(panel.indicators)).with_columns(measure=measure)


def _convert(study: Study, panel: Panel) -> tuple[Panel, Ledger]:
    """Convert series to the units the study asks for."""
    values, status, series = panel.values.copy(), panel.status.copy(), list(panel.series)
    rows: list[dict[str, Any]] = []
    for k, one in enumerate(panel.series):
        known = study.data.series.get(one.id)
        if known is None or known.convert is None:
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


def _reject(study: Study, panel: Panel) -> tuple[Panel, Ledger]:
    """Take the cells that the study rejects as missing."""
    values, status = panel.values.copy(), panel.status.copy()
    rows: list[dict[str, Any]] = []
    names = {name: n for n, u in enumerate(panel.units) for name in (u, panel.labels[u].zh, panel.labels[u].en)}
    for i, cell in enumerate(study.data.reject):
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


def group_of(study: Study, prepared: Prepared) -> tuple[dict[str, str], dict[str, Text]]:
    """Return each unit's group and each group's title, by the study's scheme of groups; both empty without one.

    Raises
    ------
    SpecError
        A scheme for provinces on other units; a group that names no unit of the study; a unit in two groups.
    """
    wanted = study.spec.report.groups
    units = prepared.panel.units
    if wanted is None:
        wanted = "bloc4" if prepared.scheme == "provinces" else ()
    if isinstance(wanted, str):
        if prepared.scheme != "provinces":
            raise SpecError("groups_need_provinces", where=study.where("report", "groups"), scheme=wanted)
        found = places.bloc_of(units, wanted)
        titles = {
            id: Text(zh, en) for id, zh, en in places.blocs(wanted).select("id", "title_zh", "title_en").iter_rows()
        }
        return {u: g for u, g in zip(units, found, strict=True) if g}, titles
    member: dict[str, str] = {}
    names = {name: u for u in units for name in (u, prepared.panel.labels[u].zh, prepared.panel.labels[u].en)}
    for i, group in enumerate(wanted):
        for j, name in enumerate(group.units):
            where = study.where("report", "groups", i, "units", j)
            if name not in names:
                raise SpecError("unknown_unit", where=where, unit=name, hint=hint(name, names))
            if names[name] in member:
                raise SpecError("unit_in_two_groups", where=where, unit=name, group=member[names[name]])
            member[names[name]] = group.id
    return member, {g.id: g.title for g in wanted}
