"""Findings of the productivity chapter: the shake-off, the causes, the frontier, green against plain, the index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters.context import Context
from nqpf.chapters.productivity_frames import CAUSES, causes_frame, change_frame, frontier_frame
from nqpf.chapters.productivity_validity import Agreement
from nqpf.messages import say
from nqpf.productivity.growth.labour import LabourProductivity
from nqpf.productivity.survey import Accounted, Survey
from nqpf.results import Finding

SHAKEN = {"above": "shake_off_above", "below": "shake_off_below", "not_shown": "shake_off_not_shown"}
"""Codes by verdict."""


def productivity_findings(context: Context, found: Survey, agreed: tuple[Agreement, ...]) -> Iterator[Finding]:
    """Yield the findings."""
    if found.accounted is not None:
        yield from _shaken(found, found.accounted)
    yield from _causes(found)
    if found.structure is not None:
        yield from _structure(found, found.structure)
    yield from _green(context, found)
    yield from _frontier(context, found)
    yield from _validity(context, agreed)


def _years(found: Survey) -> dict[str, Any]:
    return {"first": found.periods[0], "last": found.periods[-1]}


def _shaken(found: Survey, one: Accounted) -> Iterator[Finding]:
    """Yield whether the share of growth due to productivity lies above the threshold, for all and by unit."""
    rows = one.shaken.frame
    whole, units = rows.row(-1, named=True), rows.drop_nulls("unit")
    numbers = _years(found) | {"threshold": 100 * found.spec.threshold, "share": one.share.value}
    counts = {v: units.filter(pl.col("verdict") == v).height for v in ("above", "below", "not_shown", "not_assessed")}
    theory = ("A04", "A07")
    if whole["verdict"] == "not_assessed":
        reason = say(f"productivity.reason.{whole['reason']}")
        yield Finding(
            "shake_off_not_assessed", numbers | {"reason": reason}, "verdict = not_assessed", "tfp-share", theory
        )
    else:
        numbers |= {name: 100 * whole[key] for name, key in (("tfp", "share"), ("low", "low"), ("high", "high"))}
        condition = f"interval of the share against {found.spec.threshold:g}: {whole['verdict']}"
        yield Finding(SHAKEN[whole["verdict"]], numbers, condition, "tfp-share", theory)
    values = _years(found) | counts | {"count": units.height, "threshold": 100 * found.spec.threshold}
    yield Finding("shake_off_units", values, "verdict by unit", "tfp-shares", theory)


def _causes(found: Survey) -> Iterator[Finding]:
    row = causes_frame(found).row(-1, named=True)
    if row["total"] is None:
        return
    numbers = _years(found) | {name: row[name] for name in ("total", *CAUSES)}
    largest = max(CAUSES, key=lambda name: abs(row[name]))
    numbers["largest"] = say(f"productivity.cause.{largest}")
    code = "tfp_causes_rise" if row["total"] > 0 else "tfp_causes_fall"
    yield Finding(code, numbers, "sum of yearly parts; largest in size", "tfp-causes-table", ("A01", "A04"))


def _structure(found: Survey, one: LabourProductivity) -> Iterator[Finding]:
    frame = one.frame.drop_nulls("growth")
    if not frame.height:
        return
    numbers = _years(found) | {"count": frame.height, "positive": frame.filter(pl.col("structural") > 0).height}
    numbers |= {name: 100 * _median(frame, name) for name in ("growth", "structural")}
    yield Finding(
        "structural_change", numbers, "structural > 0; medians over units", "labour-structure", ("A01", "A04")
    )


def _median(frame: pl.DataFrame, column: str) -> float:
    return float(np.median(frame[column].to_numpy()))


def _green(context: Context, found: Survey) -> Iterator[Finding]:
    if found.green is None:
        return
    both = change_frame(context, found).drop_nulls(["index", "green"])
    if not both.height:
        return
    lower = both.filter(pl.col("green") < pl.col("index")).height
    numbers = _years(found) | {"lower": lower, "count": both.height}
    numbers |= {"plain": both["index"].median(), "green": both["green"].median()}
    yield Finding("green_tfp", numbers, "green < plain", "green-tfp", ("I01",))


def _frontier(context: Context, found: Survey) -> Iterator[Finding]:
    frame = frontier_frame(context, found)
    counts = {state: frame.filter(pl.col("state") == state).height for state in ("lead", "pace", "follow")}
    sure = frame.filter(pl.col("sure")).height
    numbers = counts | {
        "year": found.periods[-1],
        "count": frame.height,
        "sure": sure,
        "bound": 100 * found.spec.frontier,
    }
    condition = f"efficiency = 1; ≥ {found.spec.frontier:g}; below; sure: the whole interval on that side"
    yield Finding("frontier_gap", numbers, condition, "frontier-table", ("F14", "A04"))


def _validity(context: Context, agreed: tuple[Agreement, ...]) -> Iterator[Finding]:
    level = agreed[0]
    if level.rho is None or level.low is None or level.high is None:
        return
    numbers = {"year": context.last, "count": level.units, "rho": level.rho, "low": level.low, "high": level.high}
    code = "index_tfp_goes" if level.low > 0 else "index_tfp_against" if level.high < 0 else "index_tfp_apart"
    condition = "interval of Spearman's rho above 0, below 0, or holding 0"
    yield Finding(code, numbers, condition, "index-tfp-table", ("A04", "A05"))
