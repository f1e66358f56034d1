"""From a study's files to its panel: read, name, cut, convert, fill what is missing; every change in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nqpf.data import Checks, Ledger, Panel, check, places
from nqpf.data.breaks import break_notes
from nqpf.data.formula import names_in
from nqpf.data.missing import Filled
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import Text
from nqpf.results import Note
from nqpf.study.missing import fill_missing, predictors
from nqpf.study.reported import report
from nqpf.study.spec import Study
from nqpf.study.tidied import Tables, tables_of


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


def prepare(study: Study, tables: Tables | None = None) -> Prepared:
    """Read and prepare the data of a study.

    Parameters
    ----------
    study
        The study.
    tables
        What its files say, where they were read before.

    Raises
    ------
    DataError, PlaceError, SpecError
        With the file, row, unit, indicator, year and what to do.
    """
    tables = tables or tables_of(study)
    there = tables.series
    planning = study.spec.planning
    planned = [name for name in (planning.series if planning else ()) if name in there]
    used = list(dict.fromkeys([*used_series(study, there), *predictors(study, there), *planned]))
    unused = [n for n in there if n not in used]
    notes = list(tables.notes)
    if unused:
        notes.append(Note("series_unused", "info", {"count": len(unused), "series": listing(unused)}))
    found = report(study, tables, used)
    filled = fill_missing(study, found.kept, {tables.scheme}, unused)
    ledger = found.ledger + found.rejected + filled.ledger
    checks = check(found.panel, found.totals)
    notes += [*found.notes, *break_notes(found.panel), *filled.notes]
    return Prepared(filled.panel, found.panel, ledger, tuple(notes), tables.scheme, filled, checks)


def series_there(study: Study) -> list[str]:
    """Return the ids of all series in a study's files, whether its framework uses them or not.

    Raises
    ------
    DataError, PlaceError, SpecError
        As `prepare`, for what is wrong with the files.
    """
    return tables_of(study).series


def used_series(study: Study, there: Sequence[str]) -> list[str]:
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
