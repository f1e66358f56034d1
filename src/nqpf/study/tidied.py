"""A study's tables together, and what a person decided about them: answers, repairs of names, units, conflicts.

The steps are those of `nqpf.data.tidy`; a study says each decision in its ``data``, and stops where it says none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import polars as pl

from nqpf.data import Ledger, Reading, ReadingRecipe, read
from nqpf.data.panel import complete
from nqpf.data.places.repairs import Repairs
from nqpf.data.read import Faults
from nqpf.data.reading.placing import resolve_column
from nqpf.data.reading.repeats import drop_repeats
from nqpf.data.tidy import accepted, conflicts, mended, one_unit_each, repairs_of, settle, unplaced_note
from nqpf.errors import NqpfError, PlaceError, SpecError, Where, hint, listing
from nqpf.results import Note
from nqpf.study.spec import DataSpec


class HasData(Protocol):
    """What of a study speaks of its tables; a study without an index has it too while it is being written."""

    @property
    def data(self) -> DataSpec:
        """What is said of the files."""

    @property
    def folder(self) -> Path:
        """Folder that paths are relative to."""

    def where(self, *at: str | int) -> Where:
        """Return the place of a key of the study in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """All tables of a study together.

    Attributes
    ----------
    reading
        Rows of units, of totals, and those set apart; series by the ids that formulas use, names repaired as decided.
    columns
        Column or indicator of the files → id of its series, where the study gives one.
    scheme
        What the units are: ``provinces``, ``cities``, ``countries`` or ``none``.
    repairs
        Repairs of names that are proposed, whatever was decided.
    notes
        What was understood and set apart.
    ledger
        Repaired names.
    faults
        What is not decided, or decided about what is not there; a study with one stops at it.
    """

    reading: Reading
    columns: Mapping[str, str]
    scheme: str
    repairs: Repairs
    notes: tuple[Note, ...]
    ledger: Ledger
    faults: tuple[NqpfError, ...]

    @property
    def series(self) -> list[str]:
        """Ids of all series there are, in the order in which they stand in the files."""
        ids: list[str] = self.reading.frame["indicator"].unique(maintain_order=True).to_list()
        return ids


def tables_of(study: HasData) -> Tables:
    """Read the tables of a study.

    Raises
    ------
    DataError, PlaceError, SpecError
        With the file, row, name, and what to do.
    """
    tables = together(study, [read_table(study, i) for i in range(len(study.data.tables))])
    if tables.faults:
        raise tables.faults[0]
    return tables


def read_table(study: HasData, i: int, faults: Faults = "places") -> Reading:
    """Return what the `i`-th table of a study says, with what the study knows besides; `faults` as of `nqpf.read`.

    Raises
    ------
    DataError, PlaceError, SpecError
        The file is not there or cannot be read.
    """
    table = study.data.tables[i]
    options = table.model_dump(exclude={"file", "recipe", "known"}, exclude_none=True)
    recipe = ReadingRecipe.of(study.folder / table.recipe if table.recipe is not None else None)
    for known in table.known:
        recipe = recipe.knowing(table.file, **({"sheet": None} | known.model_dump(exclude_none=True)))
    path = study.folder / table.file
    if not path.is_file():
        raise SpecError("data_file_not_found", where=study.where("data", "tables", i, "file"), file=table.file)
    return read(path, name=table.file, recipe=recipe, faults=faults, **options)


def together(study: HasData, readings: Sequence[Reading]) -> Tables:
    """Return the tables of a study as one, with its decisions about names of places and series carried out."""
    faults: list[NqpfError] = []
    schemes = sorted({str(r.method.options["places"]) for r in readings})
    if len(schemes) > 1:
        faults.append(SpecError("mixed_schemes", where=study.where("data", "tables"), schemes=listing(schemes)))
    whole = _joined(readings)
    notes = list(whole.notes)
    repairs = repairs_of(whole, schemes[0]) if len(schemes) == 1 else Repairs(())
    notes += repairs.notes
    whole, ledger = _repaired(study, whole, repairs, notes, faults)
    faults += _undecided(study, whole, schemes[0])
    if whole.unplaced.height:
        notes.append(unplaced_note(whole.unplaced))
    columns = _columns(study, whole.frame["indicator"].unique(maintain_order=True).to_list(), faults)
    whole = replace(
        whole,
        frame=_renamed(whole.frame, columns),
        totals=_renamed(whole.totals, columns),
        unplaced=_renamed(whole.unplaced, columns),
    )
    ledger = Ledger(_renamed(ledger.frame, columns))
    return Tables(whole, columns, schemes[0], repairs, tuple(notes), ledger, tuple(faults))


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Rows in which every cell stands once and every series is in one unit of measure, as far as the study says so.

    Attributes
    ----------
    frame, totals
        Rows of units and of totals.
    ledger
        Converted cells and decided conflicts.
    measures
        Unit of measure of each series that was stated in several.
    conflicts
        Cells that two tables give differently, whatever was decided: as `nqpf.data.tidy.conflicts`.
    """

    frame: pl.DataFrame
    totals: pl.DataFrame
    ledger: Ledger
    measures: Mapping[str, str]
    conflicts: pl.DataFrame


def settled(study: HasData, tables: Tables, tidy: pl.DataFrame, notes: list[Note]) -> Settled:
    """Bring series of several units of measure to the one asked for, and decide what two tables give differently.

    Parameters
    ----------
    study
        The study.
    tables
        Its tables.
    tidy
        The rows of units that are used.
    notes
        Is added to.

    Raises
    ------
    DataError
        A series in units of measure that cannot be converted to the one asked for.
    """
    tidy, to = _stated(study, tidy)
    totals, ledger = tables.reading.totals, Ledger.of()
    if to:
        tidy, ledger = one_unit_each(tidy, notes, to)
        totals, _ = one_unit_each(totals, [], to)
    told: list[Note] = []
    tidy = drop_repeats(tidy, told)
    known = {_pair(note) for note in tables.notes}
    notes += [note for note in told if _pair(note) not in known]
    differing = conflicts(tidy)
    if study.data.conflicts != "stop":
        tidy, decided = settle(tidy, study.data.conflicts, notes)
        ledger += decided
    return Settled(tidy, totals, ledger, to, differing)


def _joined(readings: Sequence[Reading]) -> Reading:
    """Return what several readings say as one."""
    return replace(
        readings[0],
        frame=pl.concat([r.frame for r in readings]),
        totals=pl.concat([r.totals for r in readings]),
        labels={code: title for r in readings for code, title in r.labels.items()},
        notes=tuple(note for r in readings for note in r.notes),
        titles={name: title for r in readings for name, title in r.titles.items()},
        marks=pl.concat([r.marks for r in readings]),
        unplaced=pl.concat([r.unplaced for r in readings]),
        tables=tuple(table for r in readings for table in r.tables),
        contents=pl.concat([r.contents for r in readings]),
        questions=tuple(question for r in readings for question in r.questions),
    )


def _repaired(
    study: HasData, whole: Reading, repairs: Repairs, notes: list[Note], faults: list[NqpfError]
) -> tuple[Reading, Ledger]:
    """Apply the repairs that the study accepts; one that is not proposed is a fault, one that is set apart is not."""
    chosen = []
    for i, name in enumerate(study.data.repairs):
        try:
            chosen.append(accepted(repairs, name, study.where("data", "repairs", i)))
        except SpecError as error:
            faults.append(error)
    return mended(whole, chosen, notes)


def _undecided(study: HasData, whole: Reading, scheme: str) -> Iterable[NqpfError]:
    """Yield what is wrong with the names that were set apart: undecided ones, and decisions about ones not there."""
    there = whole.unplaced["unit"].unique(maintain_order=True).to_list()
    for i, name in enumerate(study.data.apart):
        if name not in there:
            where, near = study.where("data", "apart", i), hint(name, there)
            yield SpecError("nothing_apart", where=where, name=name, hint=near)
    rest = whole.unplaced.filter(~pl.col("unit").is_in(study.data.apart))
    if rest.height and study.data.unplaced == "stop":
        try:
            resolve_column(rest, "unit", scheme)
        except PlaceError as error:
            yield error


def _columns(study: HasData, there: Sequence[str], faults: list[NqpfError]) -> dict[str, str]:
    """Return the id of each column; an id whose column is nowhere, or that means two columns, is a fault."""
    renamed = {known.column for known in study.data.series.values()}
    names: dict[str, str] = {}
    for name, known in study.data.series.items():
        column = known.column or name
        where = study.where("data", "series", name, "column")
        if column not in there:
            at, near = study.where("data", "series", name), hint(column, there)
            options = listing(there, 40)
            faults.append(SpecError("unknown_column_key", where=at, column=column, options=options, hint=near))
        elif column in names:
            faults.append(SpecError("column_of_two_series", where=where, column=column, series=names[column]))
        elif column != name and name in there and name not in renamed:
            faults.append(SpecError("id_of_other_column", where=where, series=name))
        else:
            names[column] = name
    return names


def _renamed(frame: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    return frame.with_columns(pl.col("indicator").replace(columns))


def _stated(study: HasData, tidy: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return the series whose rows state several units, with the unit asked for; their bare rows are in ``unit``."""
    several = tidy.group_by("indicator").agg(pl.col("measure").drop_nulls().n_unique()).filter(pl.col("measure") > 1)
    known = {name: study.data.series[name] for name in several["indicator"] if name in study.data.series}
    to = {name: one.convert for name, one in known.items() if one.convert is not None}
    units = {name: known[name].unit for name in to}
    if not to:
        return tidy, to
    stated = pl.col("indicator").replace_strict(units, default=None, return_dtype=pl.String)
    return complete(tidy).with_columns(measure=pl.coalesce("measure", stated)), to


def _pair(note: Note) -> tuple[str, str] | None:
    """Return the two tables that a remark on repeated cells speaks of; None of another remark."""
    return (note.values["first"], note.values["second"]) if note.code in ("repeats", "conflicts") else None
