"""Which cells of a session's series there are: the whole matrix, or one series with each number's cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nqpf.data import Panel, Status
from nqpf.data.export import STATUS_WORDS
from nqpf.messages import Text, say
from nqpf.studio.desk import Desk
from nqpf.studio.views.data_draft import Known, document_of, known

REJECTED = "x"
"""Sign of a rejected cell in the matrix of what there is; the others are the numbers of `Status`."""
STATES = {Status.REPORTED: "reported", Status.CONVERTED: "converted", Status.MISSING: "missing"}


def coverage(desk: Desk, folder: Path, series: str | None = None) -> dict[str, Any]:
    """Return which cells there are.

    Parameters
    ----------
    desk, folder
        The worker's desk and the session's folder.
    series
        Return this series' numbers instead.

    Returns
    -------
    dict
        series (id, title, shares: of units with a number, a period), units, periods, share (of all cells), cells (a
        list a series of a text a period, with a sign a unit), by_unit (a list a series of the share of periods with a
        number, a unit), legend (sign → words). Of one series: id, title, unit, units, periods, and, by unit and period,
        values, states (reported, converted, missing, rejected, conflict) and cells (file, sheet, cell).
    """
    found = known(desk, folder, document_of(desk, folder))
    if found.report is None:
        return {
            "series": [],
            "units": [],
            "periods": [],
            "share": None,
            "cells": [],
            "by_unit": [],
            "legend": _legend(),
        }
    panel, kept = found.report.panel, found.report.kept
    if series is not None:
        return _numbers(found, panel.index(series))
    there = np.isfinite(kept.values)
    signs = np.char.mod("%d", panel.status)
    signs[np.isfinite(panel.values) & ~there] = REJECTED
    rows = {"id": panel.indicators, "title": [one.title for one in panel.series]}
    shares = there.mean(axis=1).T
    return {
        "series": [
            {"id": id, "title": title, "shares": np.round(share, 4)}
            for id, title, share in zip(rows["id"], rows["title"], shares, strict=True)
        ],
        "units": _units_of(panel),
        "periods": panel.periods,
        "share": float(there.mean()),
        "cells": [["".join(row) for row in signs[:, :, k]] for k in range(len(panel.series))],
        "by_unit": np.round(there.mean(axis=0).T, 4),
        "legend": _legend(),
    }


def _legend() -> dict[str, Text]:
    return {str(int(state)): text for state, text in STATUS_WORDS.items()} | {REJECTED: say("data_server.rejected")}


def _units_of(panel: Panel) -> list[dict[str, Any]]:
    return [{"id": unit, "title": panel.labels[unit]} for unit in panel.units]


def _numbers(found: Known, k: int) -> dict[str, Any]:
    """Return a series by unit and period: numbers, how they came about, and where they stand in the files."""
    made = found.report
    assert made is not None
    panel, one = made.panel, made.panel.series[k]
    values, kept = panel.values[:, :, k].T, made.kept.values[:, :, k].T
    key = pl.coalesce("code", "unit").alias("key")
    place = ["file", "sheet", "cell"]
    rows = panel.origin.filter(pl.col("indicator") == one.id).select(key, "period", *place)
    at = {(row[0], row[1]): dict(zip(place, row[2:], strict=True)) for row in rows.iter_rows()}
    open_ = set(made.conflicts.filter(pl.col("indicator") == one.id).select("key", "period").iter_rows())

    def state(n: int, t: int) -> str:
        if np.isfinite(values[n, t]) and not np.isfinite(kept[n, t]):
            return "rejected"
        if (panel.units[n], panel.periods[t]) in open_:
            return "conflict"
        return STATES[Status(int(panel.status[t, n, k]))]

    grid = [[(n, t) for t in range(len(panel.periods))] for n in range(len(panel.units))]
    return {
        "id": one.id,
        "title": one.title,
        "unit": one.measure,
        "units": _units_of(panel),
        "periods": panel.periods,
        "values": kept,
        "states": [[state(n, t) for n, t in row] for row in grid],
        "cells": [[at.get((panel.units[n], panel.periods[t])) for n, t in row] for row in grid],
    }
