"""``nqpf.tidy``: messy files become one clean panel, with a ledger of changes and a list of what only a person can say.

Reading says what the files say; here spellings of one unit are made one, convertible units converted, proposed repairs
of names applied if they were accepted, and cells that two tables give differently taken out until somebody decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from nqpf.data.ledger import Ledger
from nqpf.data.panel import Panel, Status
from nqpf.data.places.repairs import Repair, Repairs, apply_repairs, propose_repairs
from nqpf.data.read import Question, Reading, read
from nqpf.data.reading.recipe import ReadingRecipe
from nqpf.data.reading.repeats import KEYS, drop_repeats
from nqpf.data.units import convert_factor
from nqpf.errors import SpecError, Where, listing
from nqpf.messages import Text, say
from nqpf.results import Method, Note, Result

Keep = Literal["neither", "first", "last"]
SETTLED: dict[Keep, str] = {"neither": "settled_neither", "first": "settled_first", "last": "settled_last"}
"""Note on what was taken where two tables differ."""


@dataclass(frozen=True, slots=True)
class Tidied(Result):
    """A clean panel and how it came about.

    Attributes
    ----------
    panel
        The numbers.
    reading
        What the files say, unchanged.
    ledger
        Every number that was changed, taken out, or read past a sign beside it.
    repairs
        Repairs of places' names that are proposed, or were applied if they were accepted.
    questions
        What only a person can say.
    notes, method
        What was understood and set apart; the options.
    """

    panel: Panel
    reading: Reading
    ledger: Ledger
    repairs: Repairs
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return the clean tidy rows, columns of `nqpf.data.panel.TIDY`."""
        return self.panel.origin

    def lines(self) -> list[Text]:
        """Return what a person should know, a line each: every table, remark, repair and question, and the panel."""
        lines = [_table_line(*row) for row in self.reading.contents.iter_rows()]
        lines += [say(f"tidy.note.{note.severity}", text=note.text()) for note in self.notes]
        accepted = self.method.options["accept_repairs"]
        for r in self.repairs:
            done = "applied" if accepted is True or (accepted and r.written in accepted) else "proposed"
            told = {"written": r.written, "title": r.title, "why": r.why, "evidence": r.evidence, "count": len(r.cells)}
            lines.append(say(f"tidy.repair.{done}", **told))
        lines += [say("tidy.question", why=q.why) for q in self.questions]
        panel = self.panel
        numbers = {"units": len(panel.units), "series": len(panel.series), "cells": panel.values.size}
        numbers |= {"missing": int((panel.status == Status.MISSING).sum()), "changes": len(self.ledger)}
        years = _years(panel.periods[0], panel.periods[-1])
        return [*lines, say("tidy.panel", years=years, **numbers)]


def tidy(
    source: Any,
    *,
    accept_repairs: bool | Collection[str] = False,
    keep: Keep = "neither",
    recipe: ReadingRecipe | str | Path | None = None,
    places: str = "auto",
    **columns: str,
) -> Tidied:
    """Read files as they come and return one clean panel.

    Parameters
    ----------
    source
        Files, folders or dataframes, as `nqpf.read` takes them.
    accept_repairs
        Apply the proposed repairs of names (内蒙占 → 内蒙古): all, none, or those of the written names given; the rows
        of the others are set apart.
    keep
        Of two tables that give a cell differently: take ``neither`` (the default: the cell is missing until somebody
        decides), the ``first`` read, or the ``last``.
    recipe
        A reading recipe or its file.
    places
        Scheme of the units, as for `nqpf.read`.
    **columns
        Names of columns, as for `nqpf.read`.

    Returns
    -------
    Tidied
        Panel, ledger, repairs, questions, notes.

    Raises
    ------
    DataError, PlaceError
        Nothing could be read; one series in units that measure different things, or in two vintages or scopes.
    SpecError
        A name in `accept_repairs` for which no repair is proposed.

    Examples
    --------
    >>> done = tidy({"省份": ["北京", "上海"], "年份": ["2020年", "2020年"], "产值(亿元)": ["1,234.5(p)", "…"]})
    >>> done.ledger.frame.select("unit", "new", "detail").rows()
    [('110000', 1234.5, '(p)'), ('310000', None, '…')]
    """
    reading = read(source, recipe=recipe, places=places, faults="apart", **columns)
    scheme = str(reading.method.options["places"])
    notes = list(reading.notes)
    repairs = repairs_of(reading, scheme)
    notes += repairs.notes
    names = [r.written for r in repairs] if accept_repairs is True else list(accept_repairs or ())
    reading, ledger = mended(reading, [accepted(repairs, name) for name in names], notes)
    if reading.unplaced.height:
        notes.append(unplaced_note(reading.unplaced))
    frame, converted = one_unit_each(reading.frame, notes)
    frame, settled = settle(frame, keep, notes)
    panel = Panel.from_tidy(frame, reading.labels, reading.titled())
    ledger = read_past(frame, reading.marks) + ledger + converted + settled
    stated = accept_repairs if isinstance(accept_repairs, bool) else names
    options = {"accept_repairs": stated, "keep": keep, "places": scheme}
    return Tidied(panel, reading, ledger, repairs, reading.questions, tuple(notes), Method("tidy", options))


def _table_line(
    file: str, sheet: str | None, units: int, first: int, last: int, years: int, series: int, measures: list[str]
) -> Text:
    told = {"table": f"{file} [{sheet}]" if sheet else file, "units": units, "count": years, "series": series}
    stated = listing(measures, 6) if measures else say("tidy.no_measure")
    return say("tidy.table", measures=stated, years=_years(first, last), **told)


def _years(first: int, last: int) -> Text:
    return say("word.years", first=first, last=last) if first != last else say("tidy.one_year", year=first)


def repairs_of(reading: Reading, scheme: str) -> Repairs:
    """Return what the names that were set apart may be; nothing is changed."""
    if not reading.unplaced.height:
        return Repairs(())
    return propose_repairs(pl.concat([reading.frame, reading.totals, reading.unplaced]), scheme)


def accepted(repairs: Repairs, name: str, where: Where | None = None) -> Repair:
    """Return the repair of a written name that somebody accepts.

    Raises
    ------
    SpecError
        ``repair_not_proposed``: the evidence does not speak for it, or the name stands in no table.
    """
    found = next((r for r in repairs if r.written == name), None)
    if found is None:
        proposed = listing([r.written for r in repairs], 20) if len(repairs) else "—"
        raise SpecError("repair_not_proposed", where=where, written=name, proposed=proposed)
    return found


def mended(reading: Reading, repairs: Collection[Repair], notes: list[Note]) -> tuple[Reading, Ledger]:
    """Return what files say with accepted repairs of names applied; what the rows repeat is told in `notes`."""
    if not repairs:
        return reading, Ledger.of()
    ours = reading.unplaced["unit"].is_in([r.written for r in repairs])
    rows, ledger = apply_repairs(reading.unplaced.filter(ours), repairs)
    is_place = rows["code"].is_not_null()
    changed = replace(
        reading,
        frame=drop_repeats(pl.concat([reading.frame, rows.filter(is_place)]), notes),
        totals=pl.concat([reading.totals, rows.filter(~is_place)]),
        unplaced=reading.unplaced.filter(~ours),
        labels={**reading.labels, **{r.code: r.title for r in repairs if r.code is not None}},
    )
    return changed, ledger


def unplaced_note(rows: pl.DataFrame) -> Note:
    """Return the remark on rows that are set apart because their names are no places."""
    strange = rows["unit"].unique(maintain_order=True)
    return Note("unplaced", values={"rows": rows.height, "units": listing(strange)})


def one_unit_each(
    frame: pl.DataFrame, notes: list[Note], to: Mapping[str, str] | None = None
) -> tuple[pl.DataFrame, Ledger]:
    """Write every series in one unit of measure; numbers in another are converted.

    Parameters
    ----------
    frame
        Tidy rows.
    notes
        Is added to: ``measure_assumed`` where some rows of a series state none.
    to
        The series to convert and the unit of each; default: all, each to the unit that its first row states.

    Raises
    ------
    DataError
        A series in units that measure different things.
    """
    stated = pl.col("measure").drop_nulls().unique(maintain_order=True).alias("stated")
    series = frame.group_by("indicator", maintain_order=True).agg(stated, unstated=pl.col("measure").null_count())
    ledger = Ledger.of()
    for name, measures, unstated in series.filter(pl.col("stated").list.len() > 0).iter_rows():
        if to is not None and name not in to:
            continue
        wanted = measures[0] if to is None else to[name]
        if unstated:
            notes.append(Note("measure_assumed", values={"series": name, "count": unstated, "measure": measures[0]}))
            bare = (pl.col("indicator") == name) & pl.col("measure").is_null()
            frame = frame.with_columns(measure=pl.when(bare).then(pl.lit(measures[0])).otherwise("measure"))
        for other in (measure for measure in measures if measure != wanted):
            here = (pl.col("indicator") == name) & (pl.col("measure") == other)
            rows = frame.filter(here)
            place = {key: rows[key][0] for key in ("file", "sheet", "cell")}
            factor = convert_factor(other, wanted, Where(**place, indicator=name))
            value = pl.col("value") * factor
            if factor != 1:
                ledger += _changes(rows, value, "unit.convert", f"{other} → {wanted} (× {factor:g})")
            frame = frame.with_columns(
                value=pl.when(here).then(value).otherwise("value"),
                measure=pl.when(here).then(pl.lit(wanted)).otherwise("measure"),
            )
    return frame, ledger


def conflicts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of cells that two tables give differently: columns of `frame`, row, and key (of the unit).

    What stands twice in one table is an error of the table's, and not among them.
    """
    keyed = frame.with_row_index("row").with_columns(key=pl.coalesce("code", "unit"))
    twice = keyed.filter(pl.struct(KEYS).is_duplicated())
    tables = twice.group_by(KEYS).agg(n=pl.struct("file", "sheet").n_unique(), count=pl.len())
    return twice.join(tables.filter(pl.col("n") == pl.col("count")), on=KEYS, how="semi", maintain_order="left")


def settle(frame: pl.DataFrame, keep: Keep, notes: list[Note]) -> tuple[pl.DataFrame, Ledger]:
    """Decide on cells that two tables give differently; how many there were is told in `notes`."""
    frame = drop_repeats(frame, [])  # two numbers may be one since they are in one unit of measure
    twice = conflicts(frame)
    if not twice.height:
        return frame, Ledger.of()
    kept = twice.unique(KEYS, keep="last" if keep == "last" else "first", maintain_order=True)
    out = twice if keep == "neither" else twice.join(kept, on="row", how="anti", maintain_order="left")
    dropped = twice.join(kept, on="row", how="anti")["row"]
    empty = pl.when(pl.col("row").is_in(out["row"].implode())).then(None).otherwise(pl.col("value"))
    settled = frame.with_row_index("row").with_columns(value=empty).filter(~pl.col("row").is_in(dropped.implode()))
    ledger = _changes(out, pl.lit(None, pl.Float64), "cell.conflict", None)
    notes.append(Note(SETTLED[keep], values={"count": len(ledger)}))
    return settled.drop("row"), ledger


def read_past(frame: pl.DataFrame, marks: pl.DataFrame) -> Ledger:
    """Return the cells that were read past a sign: ``1234.5(p)``, ``…``."""
    place = ["file", "sheet", "cell"]
    rows = frame.join(marks, on=place, nulls_equal=True, maintain_order="left")
    return _changes(rows, pl.col("value"), "cell.mark", pl.col("mark"), old=pl.lit(None, pl.Float64))


def _changes(
    rows: pl.DataFrame, new: pl.Expr, rule: str, detail: str | pl.Expr | None, old: pl.Expr | None = None
) -> Ledger:
    told = pl.lit(detail, pl.String) if detail is None or isinstance(detail, str) else detail
    columns = {
        "unit": pl.coalesce("code", "unit"),
        "period": pl.col("period"),
        "indicator": pl.col("indicator"),
        "old": pl.col("value") if old is None else old,
        "new": new,
        "rule": pl.lit(rule),
        "detail": told,
        **{c: pl.col(c) for c in ("file", "sheet", "cell")},
    }
    return Ledger(rows.select(expression.alias(name) for name, expression in columns.items()))
