"""Target completion (目标完成度): how far a value has come to its target, and the points a rule gives for it.

From a base b: (x − b)/(t − b), for benefit and cost alike. Without one: x/t for a benefit; for a cost t/x (``ratio``)
or 2 − x/t (``difference``). Points go by bands, as in planning offices' rules: full points for 100 %, fewer below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, SpecError, Where, listing
from nqpf.frames import backend_of, require
from nqpf.index.planning.rows import MISSING, Floats, Missing, Rows, points_from
from nqpf.numerics.ranks import NOISE
from nqpf.results import Method, Note, TableResult

Bools = NDArray[np.bool_]

DIRECTIONS = ("benefit", "cost")


def completed(x: Floats, target: Floats, base: Floats | None, cost: Bools, rule: str = "ratio") -> Floats:
    """Return completion, 1 where the target is met, NaN where anything is missing; it may divide by zero.

    Parameters
    ----------
    x, target, base
        ``float64[R]``.
    cost
        ``bool[R]``: less is better.
    rule
        For a cost without a base: ``ratio`` t/x, or ``difference`` 2 − x/t.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if base is not None:
            return (x - base) / (target - base)
        return np.where(cost, target / x if rule == "ratio" else 2 - x / target, x / target)


def completion(
    data: Any,
    value: str,
    target: str | float,
    *,
    base: str | float | None = None,
    base_period: object = None,
    direction: str = "benefit",
    rule: Literal["ratio", "difference"] = "ratio",
    floor: float | None = None,
    cap: float | None = None,
    bands: Mapping[float, float] | None = None,
    between: Literal["step", "linear"] = "step",
    unit: str | None = None,
    time: str | None = None,
    missing: Missing = "stop",
    on_zero: Literal["stop", "empty"] = "stop",
) -> TableResult:
    """Return how far values have come to their targets.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and period, and indicator).
    value
        Column of values.
    target
        Target: a column, or one number for all.
    base
        Where the way to the target begins: a column, or one number for all. Default: no base.
    base_period
        Period of column `time` whose values are the base, each unit's own; instead of `base`.
    direction
        ``benefit``, ``cost`` (less is better), or a column of these words.
    rule
        A cost without a base: ``ratio``: target / value; ``difference``: 2 − value / target.
    floor, cap
        Least and most that counts, e.g. 0 and 1. Default: as it comes.
    bands
        Rule of points, ``{at least: points}``, e.g. ``{1.0: 10, 0.9: 8}``; no points below the lowest.
    between
        Between two bands: the points of the lower (``step``), or in proportion (``linear``; from 0 at 0 up to the
        lowest band).
    unit, time
        Columns of units and periods, to name a row by and for `base_period`.
    missing
        A missing value, target or base: ``stop``, or ``keep`` it missing.
    on_zero
        Where the way has no length (target = base, a target or a cost's value of zero): ``stop``, or ``empty``.

    Returns
    -------
    TableResult
        The table with completion (1 is all the way), met and, with `bands`, points.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; two rows of one unit and period where `base_period` is used.
    SpecError
        No such option; both `base` and `base_period`.
    MethodError
        A value missing; a way without length; a target on the wrong side of its base; a target that is negative
        without a base; a negative value of a cost under ``ratio``.

    References
    ----------
    OECD/JRC (2008), doi:10.1787/9789264043466-en, step 5 (distance to a reference).

    Examples
    --------
    >>> table = {"city": ["A", "B"], "value": [96.0, 80.0], "target": [100.0, 100.0]}
    >>> completion(table, "value", "target", bands={1.0: 10, 0.9: 8}).frame["points"].to_list()
    [8.0, 0.0]
    """
    for key, word, words in (
        ("rule", rule, ("ratio", "difference")),
        ("between", between, ("step", "linear")),
        ("missing", missing, MISSING),
        ("on_zero", on_zero, ("stop", "empty")),
    ):
        choose(key, word, words)
    _check_rule(floor, cap, bands)
    rows = Rows.of(data, unit, time)
    x, goal = rows.numbers(value, missing), rows.given(target, missing)
    start = _base(rows, value, base, base_period, missing)
    cost = _is_cost(rows.frame, direction)
    inverse = cost & (rule == "ratio")
    no_way = _no_way(rows, x, goal, start, inverse, value, on_zero)
    _refuse_wrong_way(rows, x, goal, start, cost, inverse, value)
    done = np.where(no_way, np.nan, completed(x, goal, start, cost, rule))
    notes = _notes(done)
    kept = np.clip(done, floor, cap) if floor is not None or cap is not None else done
    met = pl.Series("met", np.isfinite(done) & (done >= 1 - NOISE))
    found = rows.frame.with_columns(pl.Series("completion", kept).fill_nan(None), met).with_columns(
        met=pl.when(pl.col("completion").is_not_null()).then("met")
    )
    if bands is not None:
        found = found.with_columns(pl.Series("points", points_from(kept, bands, between)).fill_nan(None))
    options = {"target": target, "base": base, "base_period": base_period, "direction": direction, "rule": rule}
    options |= {"floor": floor, "cap": cap, "bands": bands and dict(bands), "between": between}
    return TableResult(found, Method("planning.completion", options), notes, backend_of(data))


def _check_rule(floor: float | None, cap: float | None, bands: Mapping[float, float] | None) -> None:
    if floor is not None and cap is not None and floor >= cap:
        raise SpecError("planning_floor_cap", floor=floor, cap=cap)
    if bands is not None and not bands:
        raise SpecError("planning_rule_empty", where=Where(key="bands"))


def _base(rows: Rows, value: str, base: str | float | None, period: object, missing: str) -> Floats | None:
    """Return where each row's way begins, ``float64[R]``, or None."""
    if base is not None and period is not None:
        raise SpecError("planning_two_bases")
    if base is not None:
        return rows.given(base, missing)
    if period is None:
        return None
    if rows.unit is None or rows.time is None:
        raise SpecError("planning_base_keys")
    rows.refuse_twins(rows.unit, rows.time)
    first = rows.frame.filter(pl.col(rows.time) == period)
    if not first.height:
        periods = rows.frame[rows.time].unique().sort()
        raise DataError("planning_period_absent", period=period, options=listing(periods.to_list(), 20))
    of_unit = dict(zip(first[rows.unit], Rows(first, rows.unit, rows.time).numbers(value), strict=True))
    start = np.array([of_unit.get(name, np.nan) for name in rows.frame[rows.unit]])
    if missing == "stop":
        rows.refuse(np.isnan(start), "planning_base_missing", value, period=period)
    return start


def _is_cost(frame: pl.DataFrame, direction: str) -> Bools:
    """Return where less is better, ``bool[R]``."""
    if direction in DIRECTIONS:
        return np.full(frame.height, direction == "cost")
    require(frame, direction)
    words = frame[direction]
    wrong = ~words.cast(pl.String).is_in(DIRECTIONS).fill_null(False)
    if wrong.any():
        row = int(wrong.arg_true()[0])
        raise DataError("planning_direction", where=Where(row=row + 1), column=direction, value=words[row])
    return (words == "cost").to_numpy()


def _no_way(
    rows: Rows, x: Floats, goal: Floats, start: Floats | None, inverse: Bools, column: str, on_zero: str
) -> Bools:
    """Return where completion would divide by zero, ``bool[R]``; an error if `on_zero` is ``stop``."""
    if start is not None:
        flat = np.abs(goal - start) <= NOISE * np.maximum(np.abs(goal), np.abs(start))
        found = {"completion_no_way": flat}
    else:
        found = {"completion_zero_target": goal == 0, "completion_zero_cost": inverse & (x == 0)}
    for code, rows_of_code in found.items() if on_zero == "stop" else ():
        rows.refuse(rows_of_code, code, column, value=goal)
    return np.asarray(np.logical_or.reduce(list(found.values())))


def _refuse_wrong_way(
    rows: Rows, x: Floats, goal: Floats, start: Floats | None, cost: Bools, inverse: Bools, column: str
) -> None:
    """Refuse a target that is worse than where the way to it begins, and quotients whose sign says nothing."""
    if start is not None:
        rows.refuse(~cost & (goal < start), "completion_backwards", column, target=goal, base=start)
        rows.refuse(cost & (goal > start), "completion_backwards_cost", column, target=goal, base=start)
        return
    rows.refuse(goal < 0, "completion_negative_target", column, target=goal)
    rows.refuse(inverse & (x < 0), "completion_negative_cost", column, value=x)


def _notes(done: Floats) -> tuple[Note, ...]:
    away = int((done < 0).sum())
    empty = int(np.isnan(done).sum())
    notes = [Note("completion_away", values={"count": away, "total": done.size})] if away else []
    if empty:
        notes.append(Note("planning_unscored", values={"count": empty, "total": done.size}))
    return tuple(notes)
