"""What looks wrong in the numbers of a session, each finding with its cells and what could be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.data import check
from nqpf.messages import Text, say
from nqpf.studio.desk import Desk
from nqpf.studio.views.data_draft import Known, data_key, document_of, known, remarks

MOST_FINDINGS, MOST_CELLS = 500, 50
"""Findings that are told, and cells of each."""


def checks(desk: Desk, folder: Path) -> dict[str, Any]:
    """Return what looks wrong in the numbers of all series, as `nqpf.data.check` finds it.

    Returns
    -------
    dict
        findings: severity, check, name, indicator, title, units (id, title), periods, value, expected, size, detail,
        cells (file, sheet, cell), count (of cells), file, sheet, cell (of the first), action (``{kind: "reject",
        cells: [{series, unit, period}]}`` or null); count (of all findings); notes: severity, text.
    """
    found = known(desk, folder, document_of(desk, folder))
    if found.draft is None or found.report is None:
        return {"findings": [], "count": 0, "notes": []}
    return desk.once(f"checks {data_key(found.draft)}", lambda: _checks(found))


def _checks(found: Known) -> dict[str, Any]:
    assert found.report is not None
    made = check(found.report.panel, found.report.totals)
    titles = {one.id: one.title for one in found.report.panel.series}
    places = _places(found)
    findings = []
    for row in made.frame.head(MOST_FINDINGS).iter_rows(named=True):
        at = [places[address] for address in row["cells"] if address in places]
        first = at[0] if at else dict.fromkeys(("file", "sheet", "cell"))
        findings.append(
            {name: row[name] for name in ("severity", "check", "indicator", "periods", "value", "expected", "size")}
            | {
                "name": say(f"check.name.{row['check']}"),
                "title": titles.get(row["indicator"], row["indicator"]),
                "units": [{"id": unit, "title": made.labels.get(unit, unit)} for unit in row["units"]],
                "detail": Text(row["detail_zh"], row["detail_en"]),
                "cells": [{name: one[name] for name in ("file", "sheet", "cell")} for one in at[:MOST_CELLS]],
                "count": len(row["cells"]),
                "action": _action(row, at),
            }
            | {name: first[name] for name in ("file", "sheet", "cell")}
        )
    return {"findings": findings, "count": len(made), "notes": remarks(made.notes)}


def _places(found: Known) -> dict[str, dict[str, Any]]:
    """Return what stands at an address as findings write it: file, sheet, cell, unit, period, series."""
    assert found.report is not None
    assert found.tables is not None
    text = pl.concat_str("file", "sheet", "cell", separator=" ", ignore_nulls=True).alias("address")
    named = [pl.col("file"), pl.col("sheet"), pl.col("cell"), pl.col("period"), pl.col("indicator")]
    units = found.report.panel.origin.select(text, *named, unit=pl.coalesce("code", "unit"))
    totals = found.tables.reading.totals.select(text, *named, unit=pl.lit(None, pl.String))
    return {row["address"]: row for row in pl.concat([units, totals]).iter_rows(named=True)}


def _action(row: Mapping[str, Any], at: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return what could be done about a finding: take its cells as missing, where it speaks of single numbers."""
    if row["severity"] == "info" or not 0 < len(at) <= MOST_CELLS or any(one["unit"] is None for one in at):
        return None
    cells = [{"series": one["indicator"], "unit": one["unit"], "period": one["period"]} for one in at]
    return {"kind": "reject", "cells": cells}
