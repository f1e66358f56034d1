"""Which combinations of conditions suffice for an outcome: fuzzy-set qualitative comparative analysis (fsQCA).

Ragin (2008), Redesigning Social Inquiry: Fuzzy Sets and Beyond, University of Chicago Press. Whether as much would pass
by chance: outcomes handed out anew, after Braumoeller (2015), doi:10.1093/pan/mpv017. Panels: consistency between years
and within units, Garcia-Castro and Ariño (2016), A general approach to panel data set-theoretic research, Journal of
Advances in Management Sciences & Information Systems 2, 63–76.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.frames import backend_of
from nqpf.messages import say
from nqpf.numerics.boolean import FREE
from nqpf.numerics.fuzzy import chance_coverage
from nqpf.regions.paths.cases import Cases, cases, refuse_flat
from nqpf.regions.paths.robustness import stays
from nqpf.regions.paths.sets import Anchors, Calibration, anchors_table, sets_of
from nqpf.regions.paths.solving import Solution, Solved, Term, Thresholds, Truth, is_empty, solve, truth_of
from nqpf.regions.paths.sufficiency_result import Sufficiency
from nqpf.regions.paths.sufficiency_tables import (
    case_table,
    necessity_table,
    path_table,
    solution_table,
    term_table,
    truth_table,
    year_table,
)
from nqpf.results import Method, Note, Severity

Floats = NDArray[np.float64]
Direction = Literal["present", "absent", "either"]

EACH = 10
"""Combinations a case beyond which nothing can be said: nearly all are remainders."""
CONDITIONS = 12
"""Conditions at most."""
KEPT = 0.8
"""Share of cases that should lie in combinations that are judged."""
LOPSIDED = 0.9
"""Share of cases on one side of the crossover above which a set says little."""


def sufficiency(
    data: Any,
    conditions: Sequence[str],
    outcome: str,
    *,
    unit: str,
    time: str | None = None,
    period: int | Literal["last", "mean", "pooled"] = "last",
    calibration: Calibration = "quantile",
    quantiles: Anchors = (0.05, 0.5, 0.95),
    ends: float = 0.95,
    nudge: float = 0.0,
    negate: bool = False,
    frequency: int = 1,
    consistency: float = 0.8,
    pri: float = 0.5,
    solution: Solution = "complex",
    expectations: Mapping[str, Direction] | None = None,
    shift: float | None = 0.1,
    draws: int = 1000,
    seed: int = 0,
) -> Sufficiency:
    """Find the combinations of conditions that suffice for an outcome.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit (and year), nothing missing.
    conditions, outcome
        Columns.
    unit, time
        Columns of units and, where there are several, years.
    period
        ``last`` the last year, ``mean`` the mean of all, a year, or ``pooled``: each unit in each year is a case.
    calibration
        Anchors (full out, crossover, full in) by column, falling for a set of low values, None for a column of
        memberships; or ``quantile`` for those of the cases, or ``none`` where all columns are memberships.
    quantiles
        Those of ``calibration="quantile"``.
    ends
        Membership at full in, and 1 − ends at full out. Ragin's own table has 0.953 (log odds of 3).
    nudge
        What is added to a membership in a condition of exactly one half, which else belongs to no combination.
    negate
        Whether the outcome is the absence of the set.
    frequency, consistency, pri
        From how many cases, which consistency and which PRI (of which one half is no better than none) a combination
        passes.
    solution
        ``complex`` takes no combination for granted that was not observed, ``parsimonious`` any that makes paths
        shorter, ``intermediate`` of these only such as `expectations` allow.
    expectations
        Of conditions, whether their ``present`` or ``absent`` state should help; others are ``either``.
    shift
        How far crossovers and ends are moved in the variants, as a share of their distance; None: no variants.
    draws
        Shuffles of the outcome, whole units at a time.
    seed
        Of the shuffles.

    Raises
    ------
    DataError
        A column is absent, a cell missing, no number or (a membership) not between 0 and 1, or a unit stands twice.
    SpecError
        No such option, anchors that neither rise nor fall, or no `expectations` for ``intermediate``.
    MethodError
        More than ten combinations a case or twelve conditions, quantiles that coincide, a column in which all are the
        same, or combinations that all pass.

    References
    ----------
    Ragin (2006), doi:10.1093/pan/mpj019. Braumoeller (2015), doi:10.1093/pan/mpv017.

    Examples
    --------
    >>> rows = [(1, 1, 1), (1, 0, 1), (0, 1, 0), (0, 0, 0)] * 2
    >>> made = {"u": list("abcdefgh"), **{n: [float(r[k]) for r in rows] for k, n in enumerate("xyz")}}
    >>> found = sufficiency(made, ["x", "y"], "z", unit="u", calibration="none")
    >>> found.frame.select("path", "consistency", "coverage").rows()
    [('x', 1.0, 1.0)]
    """
    need = Thresholds(frequency, consistency, pri)
    expected = _check(need, solution, conditions, expectations, ends, nudge, shift, draws)
    columns = [*conditions, outcome]
    seen = cases(data, columns, unit, time, period)
    refuse_flat(seen, columns)
    _refuse_many(len(conditions), len(seen.units))
    sets = sets_of(seen, columns, calibration, quantiles, ends, nudge, negate)
    members, half = sets.calibrated()
    truth = truth_of(members)
    solved = solve(truth, need, solution, expected)
    if any(is_empty(term) for model in solved.models for term in model):
        raise MethodError("qca_all_pass", consistency=consistency, pri=pri)
    terms = list(dict.fromkeys(term for model in solved.models for term in model))
    fared = stays(terms, sets, need, columns, solution, expected, shift)
    statistic, p = _chance(seen, truth, need, members[:, -1], draws, seed)
    judged = int((truth.count >= frequency).sum())
    options = {
        "conditions": list(conditions), "outcome": outcome, "period": period, "quantiles": list(quantiles),
        "calibration": calibration if isinstance(calibration, str) else dict(calibration), "ends": ends,
        "nudge": nudge, "negate": negate, "frequency": frequency, "consistency": consistency, "pri": pri,
        "solution": solution, "expectations": dict(expectations or {}), "shift": shift, "draws": draws, "seed": seed,
    }  # fmt: skip
    ties = _ties(seen, columns, half)
    return Sufficiency(
        path_table(solved, members, conditions, fared, seen),
        solution_table(solved, members, conditions),
        term_table(solved, conditions),
        necessity_table(members, conditions),
        truth_table(truth, need, conditions, seen),
        case_table(solved, members, conditions, seen),
        seen.keys().hstack([pl.Series(c, m) for c, m in zip(columns, members.T, strict=True)]),
        anchors_table(sets, columns),
        fared.table,
        year_table(terms, members, conditions, seen),
        ties,
        len(solved.models[0]) if solved.models else 0,
        len(solved.models),
        2 ** len(conditions) - judged,
        statistic,
        p,
        Method("regions.sufficiency", options),
        _notes(seen, truth, need, solved, members, columns, ties, p),
        backend_of(data),
    )


def _check(
    need: Thresholds, solution: Solution, conditions: Sequence[str], expectations: Mapping[str, Direction] | None,
    ends: float, nudge: float, shift: float | None, draws: int,
) -> Term:  # fmt: skip
    """Return what is expected of each condition."""
    choose("solution", solution, get_args(Solution))
    for key, value, fits in (
        ("frequency", need.frequency, need.frequency >= 1),
        ("consistency", need.consistency, 0.5 < need.consistency <= 1),
        ("pri", need.pri, 0 <= need.pri <= 1),
        ("ends", ends, 0.5 < ends < 1),
        ("nudge", nudge, 0 <= nudge < 0.5),
        ("shift", shift, shift is None or 0 < shift < 1),
        ("draws", draws, draws >= 1),
    ):
        if not fits:
            raise SpecError("bad_value", where=Where(key=key), value=value, expected=say(f"paths.wanted.{key}"))
    given = dict(expectations or {})
    for name, word in given.items():
        if name not in conditions:
            where = Where(key="expectations")
            near = hint(name, conditions)
            raise SpecError("unknown_column", where=where, column=name, options=listing(conditions, 20), hint=near)
        choose(f"expectations.{name}", word, get_args(Direction))
    if solution == "intermediate" and set(given.values()) <= {"either"}:
        raise SpecError("qca_no_expectations", where=Where(key="expectations"))
    number = {"present": 1, "absent": 0, "either": FREE}
    return tuple(number[given.get(c, "either")] for c in conditions)


def _refuse_many(conditions: int, units: int) -> None:
    if conditions > CONDITIONS or 2**conditions > EACH * units:
        fits = min(CONDITIONS, int(np.log2(EACH * units)))
        raise MethodError("qca_too_many", conditions=conditions, combinations=2**conditions, cases=units, most=fits)


def _chance(seen: Cases, truth: Truth, need: Thresholds, outcome: Floats, draws: int, seed: int) -> tuple[float, float]:
    """Return how much of the outcome the rows that pass account for, and how often as much is reached by chance."""
    member = np.ascontiguousarray(truth.member[truth.count >= need.frequency])
    here = np.arange(outcome.size)[None]
    reached = float(chance_coverage(member, outcome, here, need.consistency, need.pri)[0])
    units, start, size = np.unique(np.array(seen.units), return_index=True, return_counts=True)
    blocks = start[:, None] + np.arange(size[0])
    years = np.array(seen.years, dtype=object)
    if np.ptp(size) or (years[blocks] != years[blocks[0]]).any():  # a unit cannot be given the outcomes of other years
        return reached, float("nan")
    rng = np.random.default_rng(seed)
    orders = blocks[rng.permuted(np.tile(np.arange(units.size), (draws, 1)), axis=1)].reshape(draws, -1)
    chance = chance_coverage(member, outcome, orders, need.consistency, need.pri)
    return reached, float((1 + (chance >= reached - 1e-12).sum()) / (1 + draws))


def _ties(seen: Cases, columns: Sequence[str], half: NDArray[np.bool_]) -> pl.DataFrame:
    case, column = np.nonzero(half)
    return seen.keys()[case.tolist()].with_columns(
        pl.Series("column", [columns[int(c)] for c in column], dtype=pl.String)
    )


def _notes(
    seen: Cases, truth: Truth, need: Thresholds, solved: Solved, members: Floats, columns: Sequence[str],
    ties: pl.DataFrame, p: float,
) -> tuple[Note, ...]:  # fmt: skip
    notes = []
    count, rows = len(seen.units), 2**truth.conditions
    judged = truth.count >= need.frequency
    if solved.models:
        values = {"paths": len(solved.models[0]), "models": len(solved.models)}
        notes.append(Note("qca_paths", "info", values))
    else:
        notes.append(Note("qca_none", "warning", {"consistency": need.consistency, "pri": need.pri}))
    if not solved.complete:
        notes.append(Note("qca_more_models", "warning", {"shown": len(solved.models)}))
    if p >= 0.05:
        notes.append(Note("qca_chance", "warning", {"p": p}))
    if np.isnan(p):
        notes.append(Note("qca_unbalanced", "warning"))
    if rows > judged.sum():
        size: Severity = "warning" if rows > count else "info"
        values = {"remainders": int(rows - judged.sum()), "combinations": rows, "cases": count}
        notes.append(Note("qca_remainders", size, values))
    kept = truth.count[judged].sum() / count
    if kept < KEPT:
        notes.append(Note("qca_kept", "warning", {"share": float(kept), "wanted": KEPT}))
    if ties.height:
        unplaced = int((truth.row < 0).sum())
        notes.append(Note("qca_ties", "warning", {"count": ties.height, "unplaced": unplaced}))
    side = np.abs((members > 0.5).mean(axis=0) - 0.5) + 0.5
    if (side > LOPSIDED).any():
        named = listing([c for c, s in zip(columns, side, strict=True) if s > LOPSIDED], 12)
        notes.append(Note("qca_lopsided", "warning", {"columns": named, "share": LOPSIDED}))
    if seen.time is not None:
        notes.append(Note("qca_pooled", "info"))
    return tuple(notes)
