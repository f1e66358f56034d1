"""``nqpf.tidy``: messy files become one clean panel, with a ledger of changes and a list of what only a person can say.

Reading says what the files say; here spellings of one unit are made one, convertible units converted, proposed repairs
of names applied if they were accepted, and cells that two tables give differently taken out until somebody decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from nqpf.data.ledger import Ledger
from nqpf.data.panel import Panel, Status
from nqpf.data.places.repairs import Repairs, apply_repairs, propose_repairs
from nqpf.data.read import Question, Reading, read
from nqpf.data.reading.recipe import ReadingRecipe
from nqpf.data.reading.repeats import KEYS, drop_repeats
from nqpf.data.units import convert_factor
from nqpf.errors import Where, listing
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
        done = "applied" if self.method.options["accept_repairs"] else "proposed"
        for r in self.repairs:
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
    accept_repairs: bool = False,
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
        Apply the proposed repairs of names (内蒙占 → 内蒙古); without it their rows are set apart.
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

    Examples
    --------
    >>> done = tidy({"省份": ["北京", "上海"], "年份": ["2020年", "2020年"], "产值(亿元)": ["1,234.5(p)", "…"]})
    >>> done.ledger.frame.select("unit", "new", "detail").rows()
    [('110000', 1234.5, '(p)'), ('310000', None, '…')]
    """
    reading = read(source, recipe=recipe, places=places, faults="apart", **columns)
    scheme = str(reading.method.options["places"])
    notes = list(reading.notes)
    everything = pl.concat([reading.frame, reading.totals, reading.unplaced])
    repairs = propose_repairs(everything, scheme) if reading.unplaced.height else Repairs(())
    notes += repairs.notes
    ledger = Ledger.of()
    frame, labels = reading.frame, dict(reading.labels)
    if accept_repairs and len(repairs):
        ours = reading.unplaced["unit"].is_in([r.written for r in repairs])
        mended, ledger = apply_repairs(reading.unplaced.filter(ours), repairs)
        is_place = mended["code"].is_not_null()
        frame = drop_repeats(pl.concat([frame, mended.filter(is_place)]), notes)
        labels |= {r.code: r.title for r in repairs if r.code is not None}
        totals = pl.concat([reading.totals, mended.filter(~is_place)])
        reading = replace(reading, totals=totals, unplaced=reading.unplaced.filter(~ours))
    if reading.unplaced.height:
        strange = reading.unplaced["unit"].unique(maintain_order=True)
        notes.append(Note("unplaced", values={"rows": reading.unplaced.height, "units": listing(strange)}))
    frame, converted = _one_unit_each(frame, notes)
    frame, settled = _settle(frame, keep)
    if len(settled):
        notes.append(Note(SETTLED[keep], values={"count": len(settled)}))
    panel = Panel.from_tidy(frame, labels, reading.titled())
    ledger = _read_past(frame, reading.marks) + ledger + converted + settled
    options = {"accept_repairs": accept_repairs, "keep": keep, "places": scheme}
    return Tidied(panel, reading, ledger, repairs, reading.questions, tuple(notes), Method("tidy", options))


def _table_line(
    file: str, sheet: str | None, units: int, first: int, last: int, years: int, series: int, measures: list[str]
) -> Text:
    told = {"table": f"{file} [{sheet}]" if sheet else file, "units": units, "count": years, "series": series}
    stated = listing(measures, 6) if measures else say("tidy.no_measure")
    return say("tidy.table", measures=stated, years=_years(first, last), **told)


def _years(first: int, last: int) -> Text:
    return say("word.years", first=first, last=last) if first != last else say("tidy.one_year", year=first)


def _one_unit_each(frame: pl.DataFrame, notes: list[Note]) -> tuple[pl.DataFrame, Ledger]:
    """Write every series in the unit its first row states; numbers in another unit are converted."""
    stated = pl.col("measure").drop_nulls().unique(maintain_order=True).alias("stated")
    series = frame.group_by("indicator", maintain_order=True).agg(stated, unstated=pl.col("measure").null_count())
    ledger = Ledger.of()
    for name, measures, unstated in series.filter(pl.col("stated").list.len() > 0).iter_rows():
        first = measures[0]
        if unstated:
            notes.append(Note("measure_assumed", values={"series": name, "count": unstated, "measure": first}))
        for other in measures[1:]:
            here = (pl.col("indicator") == name) & (pl.col("measure") == other)
            rows = frame.filter(here)
            place = {key: rows[key][0] for key in ("file", "sheet", "cell")}
            factor = convert_factor(other, first, Where(**place, indicator=name))
            value = pl.col("value") * factor
            if factor != 1:
                ledger += _changes(rows, value, "unit.convert", f"{other} → {first} (× {factor:g})")
            frame = frame.with_columns(
                value=pl.when(here).then(value).otherwise("value"),
                measure=pl.when(here).then(pl.lit(first)).otherwise("measure"),
            )
    return frame, ledger


def _settle(frame: pl.DataFrame, keep: Keep) -> tuple[pl.DataFrame, Ledger]:
    """Decide on cells that two tables give differently; what stands twice in one table is an error of the table's."""
    keyed = frame.with_row_index("row").with_columns(key=pl.coalesce("code", "unit"))
    twice = keyed.filter(pl.struct(KEYS).is_duplicated())
    tables = twice.group_by(KEYS).agg(n=pl.struct("file", "sheet").n_unique(), count=pl.len())
    twice = twice.join(tables.filter(pl.col("n") == pl.col("count")), on=KEYS, how="semi")
    if not twice.height:
        return frame, Ledger.of()
    kept = twice.unique(KEYS, keep="last" if keep == "last" else "first", maintain_order=True)
    out = twice if keep == "neither" else twice.join(kept, on="row", how="anti")
    dropped = twice.join(kept, on="row", how="anti")["row"]
    empty = pl.when(pl.col("row").is_in(out["row"].implode())).then(None).otherwise(pl.col("value"))
    settled = keyed.with_columns(value=empty).filter(~pl.col("row").is_in(dropped.implode()))
    return settled.drop("row", "key"), _changes(out, pl.lit(None, pl.Float64), "cell.conflict", None)


def _read_past(frame: pl.DataFrame, marks: pl.DataFrame) -> Ledger:
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
