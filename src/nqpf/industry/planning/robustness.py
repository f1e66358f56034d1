"""How often a target is chosen when the probabilities are others that the data allow just as well.

Probabilities are drawn from beta distributions with the mean p and the standard deviation that the interval's width
implies, each pair by itself; or they come as draws of the entry model (bootstrapped), which keeps how they move
together. Every draw is planned anew (the sample of plans is that of stability selection: Meinshausen and Bühlmann 2010,
doi:10.1111/j.1467-9868.2010.00740.x).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, SpecError, Where
from nqpf.industry.planning.case import Case
from nqpf.industry.planning.sheets import Sheet
from nqpf.industry.planning.solving import Answer, answer
from nqpf.industry.planning.worth import worth
from nqpf.messages import say
from nqpf.parallel import spread
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

FEW = 20
"""Draws below which frequencies are coarse."""


@dataclass(frozen=True, slots=True, eq=False)
class Robustness(Result):
    """How often pairs are chosen.

    Attributes
    ----------
    frame
        Pairs chosen in the plan or in any draw: ``chosen`` (in the plan) and ``frequency`` among the draws that have a
        plan.
    draws
        A row a draw: ``status``, ``objective`` of its own plan, ``plan`` (what the plan comes to under the draw's
        probabilities; null where it breaks a constraint that is not priced) and ``regret``, the difference.
    method, notes
        How they came about, and remarks.
    """

    frame: pl.DataFrame
    draws: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> Any:
        """Return `frame`."""
        return self.frame


def robustness(case: Case, found: Answer, draws: int | Any, seed: int, level: float, workers: int | None) -> Robustness:
    """Return how often pairs are chosen; see `nqpf.industry.planning.result.Plan.robustness`."""
    notes: list[Note] = []
    if isinstance(draws, int):
        p, method = _drawn(case, draws, seed, level, notes), {"draws": draws, "seed": seed, "level": level}
    else:
        p = _given(case, draws)
        method = {"draws": len(p)}
    if len(p) < FEW:
        notes.append(Note("plan_draws_few", "warning", {"count": len(p)}))
    results = spread(_one, [(case, found.worth.chosen, one) for one in p], workers=workers)
    table = pl.DataFrame([row for row, _ in results], infer_schema_length=None).with_row_index("draw")
    planned = [chosen for _, chosen in results if chosen is not None]
    if not planned:
        raise MethodError("plan_no_draw")
    if len(planned) < len(p):
        notes.append(Note("plan_draws_without", "warning", {"count": len(p) - len(planned), "draws": len(p)}))
    times = np.sum(planned, axis=0)
    some = np.flatnonzero((times > 0) | found.worth.chosen)
    columns = {"chosen": found.worth.chosen[some], "frequency": times[some] / len(planned)}
    frame = pl.concat([case.q.keys(some), pl.DataFrame(columns)], how="horizontal")
    return Robustness(frame, table, Method("industry.robustness", method), tuple(notes))


def _drawn(case: Case, draws: int, seed: int, level: float, notes: list[Note]) -> Floats:
    """Return ``float64[draws, C]`` probabilities from the intervals of the table of candidates."""
    q = case.q
    if draws < 1:
        raise SpecError("bad_value", where=Where(key="draws"), value=draws, expected=say("plan.expected.above_0"))
    if not 0 < level < 1:
        raise SpecError("bad_value", where=Where(key="level"), value=level, expected=say("plan.expected.inside"))
    if q.low is None or q.high is None:
        raise MethodError("plan_no_interval")
    sd = (q.high - q.low) / (2 * NormalDist().inv_cdf((1 + level) / 2))
    vary = (sd > 0) & (q.p > 0) & (q.p < 1)
    p = q.p[vary]
    widest = 0.99 * p * (1 - p)  # a beta distribution of that mean has no larger variance than p (1 − p)
    wide = sd[vary] ** 2 > widest
    if wide.any():
        notes.append(Note("plan_interval_wide", "warning", {"count": int(wide.sum()), "pairs": int(vary.sum())}))
    precision = p * (1 - p) / np.minimum(sd[vary] ** 2, widest) - 1
    found = np.tile(q.p, (draws, 1))
    rng = np.random.default_rng(seed)
    found[:, vary] = rng.beta(p * precision, (1 - p) * precision, (draws, p.size))
    return found


def _given(case: Case, table: Any) -> Floats:
    """Return ``float64[D, C]`` probabilities from a table with a row a draw and pair."""
    q = case.q
    sheet = Sheet.of("candidates", table, (q.unit, q.industry, "draw"), {}, q.industry)
    if not sheet.has("p"):
        raise DataError("plan_no_probability", options=", ".join(sheet.frame.columns))
    r, j = sheet.places(q.unit, q.units, "plan_unknown_region"), sheet.places(q.industry, q.industries)
    labels = sheet.frame["draw"].unique().sort()
    draw = sheet.places("draw", labels)
    place = np.full((len(q.units), len(q.industries)), -1)
    place[q.r, q.j] = np.arange(q.pairs)
    pair = np.where(j < 0, -1, place[r, j])
    sheet.once(np.where(pair < 0, -1, draw * q.pairs + pair))
    found = np.full((len(labels), q.pairs), np.nan)
    found[draw[pair >= 0], pair[pair >= 0]] = sheet.number("p", most=1.0)[pair >= 0]
    if np.isnan(found).any():
        d, c = np.argwhere(np.isnan(found))[0]
        where = Where(unit=str(q.units[int(q.r[c])]), industry=str(q.industries[int(q.j[c])]))
        raise DataError("plan_draw_missing", where=where, draw=labels[int(d)], count=int(np.isnan(found).sum()))
    return found


def _one(item: tuple[Case, NDArray[np.bool_], Floats]) -> tuple[dict[str, object], NDArray[np.bool_] | None]:
    """Return a row of `draws` and the choice; which pairs may be chosen stays as it is."""
    case, chosen, p = item
    drawn = replace(case, q=replace(case.q, p=p))
    found = answer(drawn)
    if found is None:
        return {"status": "infeasible", "objective": None, "plan": None, "regret": None}, None
    kept = worth(drawn, chosen)
    spec = case.q.spec
    broken = (spec.gaps.price is None and kept.open.any()) or (spec.transition.price is None and kept.unreleased.any())
    value = None if broken else kept.total
    regret = None if value is None else found.worth.total - value
    return {"status": found.status, "objective": found.worth.total, "plan": value, "regret": regret}, found.worth.chosen
