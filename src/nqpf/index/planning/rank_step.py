"""Rank-step scores (争先进位): points for the rank reached and for places gained or lost since the period before.

The rules are the user's. One that is in use: the first has full points, the second 95 %, the third 90 %, and so on
(经济发展指标月度评估办法, 2020, http://www.meidadianqi.com/gongwenfanwen/2021/1012/5037.html).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.index.planning.rows import MISSING, Floats, Missing, Rows, points_from
from nqpf.numerics.ranks import position
from nqpf.results import Method, Note, TableResult

Level = Mapping[int, float] | Sequence[float]
Step = float | Mapping[int, float]


def rank_step(
    data: Any,
    value: str,
    *,
    unit: str,
    time: str,
    level: Level | None = None,
    gain: Step | None = None,
    loss: Step | None = None,
    kept_first: float = 0.0,
    limits: tuple[float, float] | None = None,
    by: str | None = None,
    direction: Literal["benefit", "cost"] = "benefit",
    ties: Literal["min", "average", "max"] = "min",
    missing: Missing = "stop",
) -> TableResult:
    """Score units by their rank and by the places they gained since the period before.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit and period.
    value
        Column that units are ranked by within each period.
    unit, time
        Columns of units and periods. Periods are taken in order; the one before is the one before in the table.
    level
        Points for the rank: a list from the first rank on, ``[100, 95, 90, …]``, or ``{up to rank: points}``,
        ``{3: 10, 10: 8, 31: 5}``.
    gain, loss
        Points for places gained, and points taken off for places lost: a number for each place, or
        ``{at least places: points}``.
    kept_first
        Points for who is first and was first before, and so cannot gain a place.
    limits
        Least and most points that a step can bring.
    by
        Column of classes: units are ranked within their class.
    direction
        ``benefit``: the largest value is first; ``cost``: the smallest.
    ties
        Rank of equal values: ``min`` (all have the better rank), ``average`` or ``max``.
    missing
        A value missing, in this period or the one before: ``stop``, or ``keep`` the points missing.

    Returns
    -------
    TableResult
        The table with rank, rank_before, gained (places, negative if lost), and points_level, points_step and points
        as far as there are rules. In the first period there is nothing to compare with: what rests on a step is
        empty.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; two rows of one unit and period.
    SpecError
        No rule at all, a rule without an entry, or an option there is not.
    MethodError
        A value missing; a rank that the rule for levels does not reach.

    Examples
    --------
    >>> table = {"city": ["A", "B", "A", "B"], "year": [2023, 2023, 2024, 2024], "x": [2.0, 1.0, 2.0, 3.0]}
    >>> found = rank_step(table, "x", unit="city", time="year", level=[100, 95], gain=2, loss=1).frame
    >>> found.select("gained", "points").rows()
    [(None, None), (None, None), (-1.0, 94.0), (1.0, 102.0)]
    """
    _check(level, gain, loss, kept_first, limits, direction, ties, missing)
    rows = Rows.of(data, unit, time, by)
    rows.refuse_twins(unit, time)
    x = rows.numbers(value, missing)
    classes = rows.frame.select(pl.struct([time, *([by] if by else [])]).rank("dense")).to_series().to_numpy()
    rank = _ranks(-x if direction == "benefit" else x, classes, ties)
    before, first = _before(rows, rank, unit, time)
    stepped = gain is not None or loss is not None or kept_first != 0
    if stepped and missing == "stop":
        rows.refuse(np.isnan(before) & ~first, "rank_before_missing", value)
    gained = before - rank
    columns = {"rank": rank, "rank_before": before, "gained": gained}
    if level is not None:
        columns["points_level"] = _of_level(rows, rank, level)
    if stepped:
        step = _of_step(gained, gain) - _of_step(-gained, loss)
        step = np.where((rank == 1) & (before == 1), kept_first, step)
        columns["points_step"] = step if limits is None else np.clip(step, *limits)
    columns["points"] = np.sum([columns[k] for k in ("points_level", "points_step") if k in columns], axis=0)
    found = rows.frame.with_columns(pl.Series(name, column).fill_nan(None) for name, column in columns.items())
    rules = {"level": level, "gain": gain, "loss": loss, "kept_first": kept_first, "limits": limits}
    method = Method("planning.rank_step", rules | {"by": by, "direction": direction, "ties": ties})
    return TableResult(found, method, _notes(rows, first, unit, time, by) if stepped else (), backend_of(data))


def _check(
    level: Level | None,
    gain: Step | None,
    loss: Step | None,
    kept_first: float,
    limits: tuple[float, float] | None,
    direction: str,
    ties: str,
    missing: str,
) -> None:
    choose("direction", direction, ("benefit", "cost"))
    choose("ties", ties, ("min", "average", "max"))
    choose("missing", missing, MISSING)
    if level is None and gain is None and loss is None and not kept_first:
        raise SpecError("rank_step_no_rule")
    for key, rule in (("level", level), ("gain", gain), ("loss", loss)):
        if isinstance(rule, Mapping | Sequence) and not len(rule):
            raise SpecError("planning_rule_empty", where=Where(key=key))
    if limits is not None and limits[0] > limits[1]:
        raise SpecError("planning_floor_cap", where=Where(key="limits"), floor=limits[0], cap=limits[1])


def _ranks(x: Floats, classes: Floats, ties: str) -> Floats:
    """Return ranks from 1 for the smallest within each class, NaN where `x` is NaN."""
    rank = np.full(x.size, np.nan)
    for one in np.unique(classes):
        members = classes == one
        sample = x[members & ~np.isnan(x)]
        if sample.size:
            rank[members] = position(x[members], sample, ties)
    return rank


def _before(rows: Rows, rank: Floats, unit: str, time: str) -> tuple[Floats, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return each unit's rank in the period before, NaN where there is none, and which rows are of the first period."""
    period = rows.frame[time].rank("dense").cast(pl.Int64).to_numpy()
    units = rows.frame[unit].to_list()
    at = {key: r for key, r in zip(zip(units, period.tolist(), strict=True), rank, strict=True)}
    before = np.array([at.get((u, p - 1), np.nan) for u, p in zip(units, period.tolist(), strict=True)])
    return before, period == 1


def _of_level(rows: Rows, rank: Floats, level: Level) -> Floats:
    """Return the points of ranks: those of the first entry that is not below the rank."""
    rule = level if isinstance(level, Mapping) else {k: points for k, points in enumerate(level, 1)}
    edges = np.array(sorted(rule), dtype=float)
    rows.refuse(rank > edges[-1], "rank_beyond_rule", rank=rank, last=float(edges[-1]))
    points = np.array([float(rule[edge]) for edge in sorted(rule)])
    return np.where(np.isnan(rank), np.nan, points[np.searchsorted(edges, rank).clip(max=edges.size - 1)])


def _of_step(places: Floats, rule: Step | None) -> Floats:
    """Return the points for places in one direction; nothing for the other."""
    if rule is None:
        return np.where(np.isnan(places), np.nan, 0.0)
    if isinstance(rule, Mapping):
        return np.where(places > 0, points_from(places, rule), np.where(np.isnan(places), np.nan, 0.0))
    return np.maximum(places, 0.0) * float(rule)


def _notes(
    rows: Rows, first: np.ndarray[Any, np.dtype[np.bool_]], unit: str, time: str, by: str | None
) -> tuple[Note, ...]:
    notes = [Note("rank_step_first", "info", {"period": str(rows.frame[time].min()), "count": int(first.sum())})]
    periods = rows.frame[time].unique().sort()
    if periods.dtype.is_integer() and (periods.diff().drop_nulls() > 1).any():
        notes.append(Note("rank_step_gaps", values={"count": int((periods.diff().drop_nulls() > 1).sum())}))
    keys = [unit, *([by] if by else [])]
    members = [set(part.select(keys).iter_rows()) for part in rows.frame.partition_by(time)]
    if any(one != members[0] for one in members):
        notes.append(Note("rank_step_members"))
    return tuple(notes)
