"""Chapter *Data*: what was used, from where and of whom, what is missing, filled or changed."""

from __future__ import annotations

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.charts.coverage import coverage
from nqpf.data import Status
from nqpf.messages import say
from nqpf.results import Finding

FILLED = (Status.IMPUTED, Status.INTERPOLATED, Status.EXTRAPOLATED)


def data_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    cells = _cells(context)
    filled = int(np.isin(context.panel.status, FILLED).sum())
    missing = int((context.panel.status == Status.MISSING).sum())
    numbers = {
        "units": len(context.panel.units),
        "first": context.first,
        "last": context.last,
        "series": len(context.panel.series),
        "cells": context.panel.values.size,
        "missing": missing,
        "filled": filled,
        "odd": context.checks.errors + context.checks.warnings,
    }
    figure = coverage(
        cells, id="coverage", title=say("data.coverage.title"), caption=say("data.coverage.caption", **numbers)
    )
    blocks: list[Block] = [Paragraph(say("data.scope", **numbers)), figure, _sources(context)]
    told = [note for note in context.notes if note.code != "layout" and not note.code.startswith("registered_")]
    blocks += [Callout(note.text(), note.severity) for note in told]
    blocks.append(_missing(context) if missing else Paragraph(say("data.nothing_missing")))
    blocks.append(_ledger(context) if len(context.ledger) else Paragraph(say("data.nothing_changed")))
    finding = Finding("data_complete", numbers, "missing == 0 and filled == 0", "coverage")
    if missing or filled:
        finding = Finding("data_holes", numbers, "missing + filled > 0", "coverage")
    return Chapter("data", say("data.title"), tuple(blocks), (finding,))


def _cells(context: Context) -> pl.DataFrame:
    """Return the share of units reported and filled, by series and year."""
    status = context.panel.status
    present, filled = (status != Status.MISSING).mean(axis=1), np.isin(status, FILLED).mean(axis=1)
    periods, count = present.shape
    frame = pl.DataFrame(
        {
            "indicator": np.tile(context.panel.indicators, periods),
            "period": np.repeat(context.panel.periods, count),
            "present": (present - filled).reshape(-1),
            "imputed": filled.reshape(-1),
            "n": np.full(present.size, len(context.panel.units)),
        }
    )
    return frame.join(context.series_names("indicator"), on="indicator", how="left", maintain_order="left")


def _sources(context: Context) -> Table:
    rows = [
        (
            s.id,
            s.title.zh,
            s.title.en,
            s.measure,
            s.source,
            s.vintage,
            s.scope,
            s.note.zh if s.note else None,
            s.note.en if s.note else None,
        )
        for s in context.panel.series
    ]
    names = ["series", "title_zh", "title_en", "measure", "source", "vintage", "scope", "note_zh", "note_en"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    columns = [Column("series", say("column.series")), Column("title", say("column.title"))]
    none = say("data.no_source")
    source = pl.col("source").fill_null
    frame = frame.with_columns(
        source(none.zh).alias("source_zh"), source(none.en).alias("source_en"), unsourced=pl.col("source").is_null()
    )
    columns += [Column("measure", say("column.measure")), Column("source", say("column.source"), alert="unsourced")]
    if frame["vintage"].null_count() < frame.height:
        columns.append(Column("vintage", say("column.vintage")))
    if frame["scope"].null_count() < frame.height:
        columns.append(Column("scope", say("checks.scope")))
    if frame["note_zh"].null_count() < frame.height:
        columns.append(Column("note", say("column.note")))
    unsourced = frame["source"].null_count()
    note = say("data.unsourced", count=unsourced) if unsourced else None
    return Table("sources", say("data.sources.title"), frame, tuple(columns), note)


def _missing(context: Context) -> Table:
    frame = (
        context.panel.to_frame()
        .filter(pl.col("status") == "missing")
        .group_by("indicator", "period", maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("unit"))
        .with_columns(pl.col("unit").list.len().alias("n"))
    )
    zh, en = ({u: context.label(u)[lang] for u in context.panel.units} for lang in ("zh", "en"))
    units = frame["unit"].to_list()
    everyone = len(context.panel.units)
    frame = frame.drop("unit", "n").with_columns(
        pl.Series(
            "units_zh", [say("word.all").zh if len(us) == everyone else "、".join(zh[u] for u in us) for us in units]
        ),
        pl.Series(
            "units_en", [say("word.all").en if len(us) == everyone else ", ".join(en[u] for u in us) for us in units]
        ),
    )
    frame = frame.join(context.series_names("indicator"), on="indicator", how="left", maintain_order="left")
    columns = (
        Column("indicator", say("column.series")),
        Column("period", say("column.period"), "integer"),
        Column("count", say("column.cells"), "integer"),
        Column("units", say("column.units")),
    )
    return Table("missing", say("data.missing.title"), frame, columns, say("data.missing.note"))


def _ledger(context: Context) -> Table:
    frame = context.ledger.frame
    rules = {r: say(f"rule.{r}") for r in frame["rule"].unique().to_list()}
    frame = (
        frame.with_columns(
            pl.col("rule").replace_strict({r: t.zh for r, t in rules.items()}).alias("rule_zh"),
            pl.col("rule").replace_strict({r: t.en for r, t in rules.items()}).alias("rule_en"),
        )
        .join(context.unit_names.select("unit", "unit_zh", "unit_en"), on="unit", how="left", maintain_order="left")
        .join(context.series_names("indicator"), on="indicator", how="left", maintain_order="left")
    )
    columns = (
        Column("unit", say("column.unit")),
        Column("period", say("column.period"), "integer"),
        Column("indicator", say("column.series")),
        Column("old", say("column.old"), "number", None),
        Column("new", say("column.new"), "number", None),
        Column("rule", say("column.rule")),
        Column("detail", say("column.detail")),
    )
    return Table("ledger", say("data.ledger.title"), frame, columns, say("data.ledger.note", count=frame.height))
