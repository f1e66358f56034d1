"""The trace of a number of the results shown, and the values of their raw series."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.export import STATUS_WORDS
from nqpf.data.files import Grid
from nqpf.data.panel import Panel, Status
from nqpf.errors import SpecError
from nqpf.index.framework import Framework
from nqpf.messages import Text, say
from nqpf.studio.desk import READ, Desk
from nqpf.studio.faults import Conflict
from nqpf.studio.results_files import result_file
from nqpf.studio.session import STUDY
from nqpf.study import Study
from nqpf.study.folder import PROVENANCE
from nqpf.study.trace_cells import sheets_of
from nqpf.study.tracing import Material, Trace
from nqpf.study.tracing import trace as trace_of

Told = dict[str, Any]


def trace(
    desk: Desk, folder: Path, *, unit: str, period: int, node: str | None = None, series: str | None = None
) -> Told:
    """Return where a number comes from, one step down: parts of a node, formula of an indicator, cell of a series.

    Parameters
    ----------
    desk, folder
        Of the worker, and of the session.
    unit, period, node, series
        As of `nqpf.study.tracing.trace`.

    Returns
    -------
    dict
        ``unit, label, period, node, series, title, score, rank, ranked, against, notes``; ``path``, the nodes above it;
        ``parts``, its inputs; ``indicator``, with formula and scale; ``cells`` and ``changes``.

    Raises
    ------
    Conflict
        A file of data is no longer what it was when the study was run.
    NqpfError
        As `nqpf.study.tracing.trace`.
    """
    study, material = _material(desk, folder)
    found = trace_of(material, unit=unit, period=period, node=node, series=series)
    ranked = study.spec.report.ranks == "interval"
    told: Told = {
        "unit": found.unit,
        "label": found.label,
        "period": found.period,
        "node": found.node,
        "series": found.series,
        "title": found.title,
        "score": found.score,
        "rank": found.rank if ranked else None,
        "ranked": found.ranked,
        "against": found.against,
        "notes": [{"severity": note.severity, "text": note.text()} for note in found.notes],
        "path": [] if found.node is None else list(_path(material.index.framework, found.node)),
    }
    leaf = found.node is None or found.nodes.height == 1
    return told | (_leaf(found) if leaf else _parts(found))


def series(desk: Desk, folder: Path, *, series: str | None = None) -> Told:
    """Return the values of a raw series of the results shown; without one, which there are.

    Returns
    -------
    dict
        ``series``: id, title, measure of all; and of the one asked for ``periods``, ``units`` (id, title), ``values``
        and ``status`` by unit and year (a word where a value is not as reported, else null).
    """
    _, material = _material(desk, folder)
    panel = material.panel
    listed = [{"id": one.id, "title": one.title, "measure": one.measure} for one in panel.series]
    return {"series": listed} | ({} if series is None else _values(panel, panel.index(series)))


def _values(panel: Panel, k: int) -> Told:
    values, status = panel.values[:, :, k].T, panel.status[:, :, k].T
    words = {s: None if s == Status.REPORTED else STATUS_WORDS[s] for s in Status}
    return {
        "id": panel.series[k].id,
        "periods": panel.periods,
        "units": [{"id": unit, "title": panel.labels[unit]} for unit in panel.units],
        "values": [[None if np.isnan(v) else float(v) for v in row] for row in values],
        "status": [[words[Status(s)] for s in row] for row in status.tolist()],
    }


def _material(desk: Desk, folder: Path) -> tuple[Study, Material]:
    """Return the study that was run and its material, read once."""
    path = result_file(folder, STUDY)
    raw = path.read_bytes()
    name = hashlib.sha256(raw).hexdigest()
    study = desk.once(f"ran {folder} {name}", lambda: replace(Study.load(path), folder=folder))
    if study.spec.report.anonymous:
        raise SpecError("studio_trace_anonymous", where=study.where("report", "anonymous"))

    def make() -> Material:
        _check_files(folder, study)
        read: dict[Path, Sequence[Grid]] = {}

        def sheets(file: Path) -> Sequence[Grid]:
            if file not in read:
                read[file] = sheets_of(file)
            return read[file]

        return replace(Material.of(study), sheets=sheets)

    return study, desk.once(f"traced {name} {desk.key(study, *READ, 'recipe')}", make)


def _check_files(folder: Path, study: Study) -> None:
    """Refuse to trace a number in files that are no longer those it came from."""
    made = json.loads(result_file(folder, PROVENANCE).read_bytes())
    for one in made["data"]:
        path = study.folder / one["file"]
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != one["sha256"]:
            raise Conflict("studio_files_changed", file=one["file"])


def _path(framework: Framework, node: str) -> Iterator[Told]:
    """Yield the nodes above a node, the index first."""
    above, at = [], framework.node(node)
    while at.parent >= 0:
        at = framework.nodes[at.parent]
        above.append({"node": at.id, "title": at.title})
    yield from reversed(above)


def _parts(found: Trace) -> Told:
    """Return the inputs of a node."""
    top = found.nodes.row(0, named=True)
    below = found.nodes.filter(pl.col("parent") == found.node)
    keys = ("node", "score", "rank", "weight", "product", "contribution")
    rows = [
        {key: row[key] for key in keys} | {"title": Text(row["title_zh"], row["title_en"]), "leaf": row["how"] is None}
        for row in below.iter_rows(named=True)
    ]
    method = say(f"choice.{top['method']}")
    return {"how": top["how"], "method": method, "reference": top["reference"], "parts": rows}


def _leaf(found: Trace) -> Told:
    """Return an indicator and the cells behind it; of a series, the cell."""
    about: Told = {}
    for row in found.indicators.iter_rows(named=True):
        keys = ("formula", "filled_in", "value", "treated", "worst", "best", "score")
        about["indicator"] = {key: row[key] for key in keys} | {
            "unit": Text(row["unit_zh"], row["unit_en"]),
            "direction": say(f"direction.{row['direction']}"),
            "scale": _pair(row, "scale"),
            "treatment": _pair(row, "treatment"),
        }
    cells = [
        {key: row[key] for key in _CELL}
        | {"title": Text(row["title_zh"], row["title_en"]), "note": _pair(row, "note")}
        | {"status": STATUS_WORDS[Status[row["status"].upper()]], "reported": row["status"] == "reported"}
        for row in found.cells.iter_rows(named=True)
    ]
    changes = [
        {key: row[key] for key in ("series", "period", "old", "new", "detail")} | {"rule": _pair(row, "rule")}
        for row in found.changes.iter_rows(named=True)
    ]
    return about | {"cells": cells, "changes": changes}


_CELL = (
    "series", "period", "value", "measure", "read", "written", "file", "sheet", "cell", "source", "vintage", "scope",
)  # fmt: skip


def _pair(row: dict[str, Any], name: str) -> Text | None:
    return None if row[f"{name}_zh"] is None else Text(row[f"{name}_zh"], row[f"{name}_en"])
