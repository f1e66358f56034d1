"""What was understood of a session's files, what waits for a decision, and every number that was changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nqpf.data import Panel, Series
from nqpf.data.formula import names_in
from nqpf.errors import NqpfError
from nqpf.messages import Text, catalogue, say
from nqpf.studio.desk import READ, Desk
from nqpf.studio.views.data_draft import Known, data_key, document_of, known, remarks
from nqpf.studio.views.drafts import study_of
from nqpf.study.missing import predictors
from nqpf.study.prepare import used_series

MOST_CONFLICTS, MOST_CHANGES, MOST_CELLS = 200, 500, 50
ANSWERED = {
    "unit": say("data_server.answered.unit"),
    "period": say("data_server.answered.period"),
    "indicator": say("data_server.answered.indicator"),
    "measure": say("data_server.answered.measure"),
    "source": say("data_server.answered.source"),
    "vintage": say("data_server.answered.vintage"),
    "scope": say("data_server.answered.scope"),
}
"""Why something that a table does not say is known."""
ABSENT_ROW: dict[str, Any] = {
    "units": 0,
    "first": None,
    "last": None,
    "periods": 0,
    "series": 0,
    "measures": [],
    "accepted_as": None,
}


def understood(desk: Desk, folder: Path) -> dict[str, Any]:
    """Return what was understood of a session's files, and what only a person can say.

    Returns
    -------
    dict
        tables
            A row a sheet, and one for a file that could not be read: file, sheet, units, first, last, periods, series
            (numbers of them), measures, accepted_as (how it is laid out, in words).
        scheme, units, periods, series
            What there is before years and units are left out. A unit: id, title, written, used. A series: id, column,
            title, unit (as stated), convert, source, first, last, missing_share, used (a formula names it), notes.
        repairs
            written, title, why, evidence, cells, count, state (proposed, accepted, refused).
        unplaced
            Names that no list knows, without those a repair is proposed for: written, rows, apart.
        questions
            file, sheet, key, why, answer.
        conflicts, conflict_count
            unit, period, series, title, values (file, sheet, cell, value): what tables give differently.
        notes, ledger, problems
            Remarks; changes of cells; what keeps the data from being used.
    """
    document = document_of(desk, folder)
    found = known(desk, folder, document)
    if found.draft is None:
        return _nothing() | {"problems": found.problems}
    there = found.tables.series if found.tables else []
    used = _used(desk, folder, document, there)
    shown = desk.once(f"understood {data_key(found.draft)}", lambda: _understood(found))
    series = [one | {"used": one["id"] in used} for one in shown["series"]]
    return shown | {"series": series}


def _nothing() -> dict[str, Any]:
    lists = ("tables", "units", "periods", "series", "repairs", "unplaced", "questions", "conflicts", "notes")
    empty: dict[str, Any] = {name: [] for name in lists}
    return empty | {"scheme": None, "conflict_count": 0, "ledger": {"count": 0, "rows": []}, "problems": []}


def _understood(found: Known) -> dict[str, Any]:
    draft, tables = found.draft, found.tables
    assert draft is not None
    said: dict[str, Any] = {
        "tables": _tables(found),
        "questions": list(_questions(found)),
        "notes": remarks(found.notes),
        "problems": found.problems,
    }
    if tables is None:
        return _nothing() | said
    known_scheme = f"place.scheme.{tables.scheme}" in catalogue()
    title = say(f"place.scheme.{tables.scheme}") if known_scheme else say("data_server.no_scheme")
    conflicts, count = _conflicts(found)
    return said | {
        "scheme": {"id": tables.scheme, "title": title},
        "units": _units(found),
        "periods": sorted(tables.reading.frame["period"].unique().to_list()),
        "series": list(_series(found)),
        "repairs": list(_repairs(found)),
        "unplaced": list(_unplaced(found)),
        "conflicts": conflicts,
        "conflict_count": count,
        "ledger": {"count": len(found.ledger), "rows": _changes(found)},
    }


def _tables(found: Known) -> list[dict[str, Any]]:
    """Return a row a sheet that was read or asks something, and one a file of which nothing was read."""
    assert found.draft is not None
    rows: dict[tuple[str, str | None], dict[str, Any]] = {}
    if found.tables is not None:
        layouts: dict[tuple[str, str | None], dict[Text, None]] = {}
        for one in found.tables.reading.tables:
            layouts.setdefault((one.table.grid.file, one.table.grid.sheet), {})[one.layout.text()] = None
        for row in found.tables.reading.contents.iter_rows(named=True):
            at = (row["file"], row["sheet"])
            rows[at] = {
                **{name: row[name] for name in ("file", "sheet", "units", "first", "last", "measures")},
                "periods": row["years"],
                "series": row["indicators"],
                "accepted_as": Text.join(layouts[at], "；", "; "),
            }
    for question in found.questions:
        at = (question.file, question.sheet)
        rows.setdefault(at, {"file": question.file, "sheet": question.sheet} | ABSENT_ROW)
    for table in found.draft.data.tables:
        if not any(file == table.file for file, _ in rows):
            rows[table.file, table.sheet] = {"file": table.file, "sheet": table.sheet} | ABSENT_ROW
    order = [table.file for table in found.draft.data.tables]
    return sorted(rows.values(), key=lambda row: order.index(row["file"]))


def _questions(found: Known) -> Iterator[dict[str, Any]]:
    """Yield what waits for an answer, then what was answered."""
    assert found.draft is not None
    for one in found.questions:
        yield {"file": one.file, "sheet": one.sheet, "key": one.key, "why": one.why, "answer": None}
    for table in found.draft.data.tables:
        for known_ in table.known:
            for key, answer in known_.model_dump(exclude={"sheet"}, exclude_none=True).items():
                why = ANSWERED[key]
                yield {"file": table.file, "sheet": known_.sheet, "key": key, "why": why, "answer": answer}


def _units(found: Known) -> list[dict[str, Any]]:
    tables = found.tables
    assert tables is not None
    key = pl.coalesce("code", "unit").alias("id")
    rows = tables.reading.frame.group_by(key, maintain_order=True).agg(pl.col("unit").unique(maintain_order=True))
    rows = rows.sort("id") if tables.scheme == "provinces" else rows
    used = set(found.report.panel.units) if found.report else set()
    return [
        {"id": id, "title": tables.reading.labels.get(id, Text.same(id)), "written": written, "used": id in used}
        for id, written in rows.iter_rows()
    ]


def _series(found: Known) -> Iterator[dict[str, Any]]:
    tables, draft, made = found.tables, found.draft, found.report
    assert tables is not None
    assert draft is not None
    column_of = {id: column for column, id in tables.columns.items()}
    stated = pl.col("measure", "source").drop_nulls().unique(maintain_order=True)
    written = dict((row[0], row[1:]) for row in tables.reading.frame.group_by("indicator").agg(stated).iter_rows())
    for id in tables.series:
        spec, column = draft.data.series.get(id), column_of.get(id, id)
        measures, sources = written[id]
        unit = spec.unit if spec and spec.unit else "；".join(measures) or None
        title = (spec and spec.title) or tables.reading.titles.get(column) or Text.same(column)
        source = spec.source if spec and spec.source else "；".join(sources) or None
        base = {"id": id, "column": column, "title": title, "unit": unit, "convert": spec and spec.convert}
        yield base | {"source": source} | _extent(found, id) | {"notes": _footnotes(made.panel if made else None, id)}


def _extent(found: Known, id: str) -> dict[str, Any]:
    """Return from when to when a series has numbers, and the share of cells without one."""
    made = found.report
    if made is None or id not in made.kept.indicators:
        return {"first": None, "last": None, "missing_share": None}
    there = np.isfinite(made.kept.values[:, :, made.kept.index(id)])
    years = [made.kept.periods[t] for t in np.flatnonzero(there.any(axis=1))]
    share = float(1 - there.mean())
    return {"first": years[0] if years else None, "last": years[-1] if years else None, "missing_share": share}


def _footnotes(panel: Panel | None, id: str) -> list[dict[str, Any]]:
    one: Series | None = panel.series[panel.index(id)] if panel is not None and id in panel.indicators else None
    return [{"severity": "info", "text": one.note}] if one is not None and one.note is not None else []


def _repairs(found: Known) -> Iterator[dict[str, Any]]:
    draft, tables = found.draft, found.tables
    assert draft is not None
    assert tables is not None
    place = ["file", "sheet", "cell"]
    for one in tables.repairs:
        state = "accepted" if one.written in draft.data.repairs else "proposed"
        state = "refused" if one.written in draft.data.apart else state
        rows = tables.reading.unplaced.filter(unit=one.written)
        if not rows.height:  # it is accepted: its rows stand in the ledger
            rows = tables.ledger.frame.filter(pl.col("detail").str.starts_with(f"{one.written} → "))
        yield {
            "written": one.written,
            "title": one.title,
            "why": one.why,
            "evidence": one.evidence,
            "cells": rows.select(place).head(MOST_CELLS).to_dicts(),
            "count": len(one.cells),
            "state": state,
        }


def _unplaced(found: Known) -> Iterator[dict[str, Any]]:
    draft, tables = found.draft, found.tables
    assert draft is not None
    assert tables is not None
    proposed = {one.written for one in tables.repairs}
    counted = tables.reading.unplaced.group_by("unit", maintain_order=True).len()
    for name, rows in counted.iter_rows():
        if name not in proposed:
            apart = name in draft.data.apart or draft.data.unplaced == "apart"
            yield {"written": name, "rows": rows, "apart": apart}


def _conflicts(found: Known) -> tuple[list[dict[str, Any]], int]:
    """Return the cells that tables give differently, the first ones, and how many there are."""
    made = found.report
    if made is None:
        return [], 0
    keys = ["key", "period", "indicator"]
    grouped = made.conflicts.group_by(keys, maintain_order=True).agg("file", "sheet", "cell", "value")
    titles = {one.id: one.title for one in made.panel.series}
    rows = []
    for unit, period, series, *values in grouped.head(MOST_CONFLICTS).iter_rows():
        told = [dict(zip(("file", "sheet", "cell", "value"), one, strict=True)) for one in zip(*values, strict=True)]
        label = made.panel.labels.get(unit, Text.same(unit))
        rows.append({"unit": label, "period": period, "series": series, "title": titles.get(series), "values": told})
    return rows, grouped.height


def _changes(found: Known) -> list[dict[str, Any]]:
    assert found.tables is not None
    labels = found.tables.reading.labels
    known_rules = catalogue()
    rows = []
    for row in found.ledger.frame.head(MOST_CHANGES).iter_rows(named=True):
        title = known_rules.get(f"rule.{row['rule']}", Text.same(row["rule"]))
        rows.append(row | {"unit": labels.get(row["unit"], Text.same(row["unit"])), "title": title})
    return rows


def _used(desk: Desk, folder: Path, document: Mapping[str, Any], there: Sequence[str]) -> set[str]:
    """Return the series that formulas of a document name, be it complete or not."""
    parts = {key: document.get(key) for key in READ}
    key = sha256(json.dumps([str(folder), parts, list(there)], default=str).encode()).hexdigest()
    return desk.once(f"used {key}", lambda: _used_of(folder, document, there))


def _used_of(folder: Path, document: Mapping[str, Any], there: Sequence[str]) -> set[str]:
    try:
        study = study_of(document, folder)
        return {*used_series(study, there), *predictors(study, there)}
    except NqpfError:
        return {name for formula in _formulas(document.get("framework")) for name in _named(formula)}


def _formulas(node: Any) -> Iterator[str]:
    """Yield every formula in a framework that is still being made."""
    if isinstance(node, Mapping):
        if isinstance(node.get("formula"), str):
            yield node["formula"]
        yield from (formula for inner in node.values() for formula in _formulas(inner))
    elif isinstance(node, list):
        yield from (formula for inner in node for formula in _formulas(inner))


def _named(formula: str) -> list[str]:
    try:
        return names_in(formula)
    except NqpfError:
        return []
