"""Targets in the chapter on planning scores: completion of each unit, and how it stands against time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Block, Callout, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.charts.completion import STATES, completion
from nqpf.index.planning.planned import Planned, Reached
from nqpf.messages import LANGUAGES, Text, say
from nqpf.results import Finding


def with_names(context: Context, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with the names of its units."""
    names = context.unit_names.select("unit", "unit_zh", "unit_en")
    return frame.join(names, on="unit", how="left", maintain_order="left")


def measured(title: Text, measure: Text | None) -> Text:
    """Return a column's title with the unit of measure, where there is one."""
    return title if measure is None else say("planning.column.measured", title=title, unit=measure)


def target_blocks(context: Context, planned: Planned) -> Iterator[Block]:
    """Yield the overview of all targets, and picture and table of each."""
    yield Paragraph(say("planning.targets.how"))
    yield _overview(planned)
    parts = [
        Section(f"target-{one.quantity.id}", one.quantity.title, tuple(_one_target(context, one)))
        for one in planned.targets
    ]
    if len(parts) == 1:
        yield from parts[0].blocks
    else:
        yield Section("target", say("planning.targets.choose"), tuple(parts), choose=True)


def _overview(planned: Planned) -> Table:
    """Return a row a target: how many units stand how."""
    rows = []
    for one in planned.targets:
        counts = {state: one.frame.filter(state=state).height for state in STATES}
        row: dict[str, Any] = {
            "target": one.quantity.id,
            "title_zh": one.quantity.title.zh,
            "title_en": one.quantity.title.en,
        }
        row |= {"year": one.target.year, "base": one.target.base, "at": one.at, "elapsed": one.elapsed}
        median = one.frame["completion"].drop_nulls().to_numpy()
        rows.append(row | {"median": float(np.median(median)) if median.size else None} | counts)
    frame = pl.DataFrame(rows, schema_overrides={"base": pl.Int64, "elapsed": pl.Float64, "median": pl.Float64})
    columns = [Column("title", say("column.indicator")), Column("year", say("planning.column.year"), "integer")]
    based = frame["base"].null_count() < frame.height
    if based:
        columns.append(Column("base", say("planning.column.base_year"), "integer"))
    columns.append(Column("at", say("planning.column.at"), "integer"))
    if based:
        columns.append(Column("elapsed", say("planning.column.elapsed"), "percent", 1))
    columns.append(Column("median", say("planning.column.median"), "percent", 1))
    there = [state for state in STATES if frame[state].sum()]
    columns += [Column(state, say(f"chart.completion.{state}"), "integer") for state in there]
    return Table("targets-overview", say("planning.targets.overview"), frame, tuple(columns))


def _target_words(one: Reached) -> dict[str, Any]:
    words = {"indicator": one.quantity.title, "year": one.target.year, "at": one.at, "base": one.target.base}
    return words | {"elapsed": None if one.elapsed is None else 100 * one.elapsed}


def _one_target(context: Context, one: Reached) -> Iterator[Block]:
    frame, words = with_names(context, one.frame), _target_words(one)
    id = one.quantity.id
    yield from (Callout(note.text(), note.severity) for note in one.result.notes)
    yield completion(
        frame,
        id=f"completion-{id}",
        title=say("planning.targets.figure", **words),
        caption=say(f"planning.targets.caption.{'time' if one.elapsed is not None else 'plain'}", **words),
        elapsed=one.elapsed,
        by_value=context.ranks == "interval",
    )
    measure = one.quantity.unit
    columns = [Column("unit", say("column.unit"))]
    if one.target.base is not None:
        columns.append(Column("base", measured(say("column.in_year", year=one.target.base), measure), "number", None))
    columns += [
        Column("value", measured(say("column.in_year", year=one.at), measure), "number", None),
        Column("target", measured(say("planning.column.target", year=one.target.year), measure), "number", None),
        Column("completion", say("planning.column.completion"), "percent", 1),
    ]
    if one.elapsed is not None:
        columns.append(Column("lead", say("planning.column.lead"), "percent", 1))
    columns.append(Column("state", say("planning.column.state")))
    if "points" in frame.columns:
        columns.append(Column("points", say("planning.column.points"), "number", 2))
    frame = frame.with_columns(_said("state", frame["state"]))
    title = say("planning.targets.table", **words)
    yield Table(f"completion-table-{id}", title, frame, tuple(columns), say(f"planning.targets.note.{_kind(one)}"))


def _kind(one: Reached) -> str:
    """Return which formula gave the completion."""
    if one.target.base is not None:
        return "base"
    return one.target.rule if one.result.method.options["direction"] == "cost" else "benefit"


def _said(name: str, states: pl.Series) -> list[pl.Series]:
    """Return how units stand, in words."""
    words = [say("report.null") if s is None else say(f"chart.completion.{s}") for s in states]
    return [pl.Series(f"{name}_{lang}", [w[lang] for w in words], dtype=pl.String) for lang in LANGUAGES]


def target_findings(one: Reached) -> Iterator[Finding]:
    """Yield how many units have met a target, are in time or behind; nothing where no completion is known."""
    known = one.frame.drop_nulls("completion")
    if not known.height:
        return
    numbers = _target_words(one) | {"count": known.height, "met": known.filter(state="met").height}
    numbers |= {"median": 100 * float(np.median(known["completion"].to_numpy()))}
    place = f"completion-table-{one.quantity.id}"
    if one.elapsed is None:
        plain = {name: number for name, number in numbers.items() if name not in ("base", "elapsed")}
        yield Finding("target_reached", plain, "met: completion >= 1", place, ("A13",))
        return
    numbers |= {state: known.filter(state=state).height for state in ("on_time", "behind", "away")}
    condition = "met: completion >= 1; on_time: completion >= elapsed share of time; away: completion < 0"
    yield Finding("target_progress", numbers, condition, place, ("A13",))
