"""One target after another, the most promising first: what planning without a solver comes to.

Each order is tried under the constraints of the plan. What has to be (chain gaps, resilience, floors, releases that are
not priced) is served first. Greedy choice is the usual yardstick, and its loss is known to be small where gains
diminish (Nemhauser, Wolsey and Fisher 1978, doi:10.1007/BF01588971); constraints take that warrant away.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case
from nqpf.industry.planning.course import KEPT, Course
from nqpf.industry.planning.model import model
from nqpf.industry.planning.worth import Worth, uncovered, worth

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]

ORDERS = ("expected", "probability", "per_size", "per_funds", "marginal")
"""Expected value; probability; expected value per size; per least funds; what the objective gains at that moment."""


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """What an order came to: the choice, or None where it fails to serve what has to be."""

    order: str
    worth: Worth | None


def orders(case: Case) -> list[Tried]:
    """Return what every order comes to."""
    made = model(case, case.open)
    return [Tried(order, _run(Course.of(case, made), order)) for order in _asked(case)]


def best(tried: list[Tried]) -> Tried | None:
    """Return the order that comes to most, None if none serves what has to be."""
    done = [one for one in tried if one.worth is not None]
    return max(done, key=lambda one: one.worth.total if one.worth else -np.inf, default=None)


def _asked(case: Case) -> list[str]:
    """Return the orders that differ."""
    q = case.q
    same = {"per_size"} if np.ptp(q.size) == 0 else set()
    return [order for order in ORDERS if order not in same and (order != "per_funds" or q.funded)]


def _run(course: Course, order: str) -> Worth | None:
    """Return what an order comes to, None if it cannot serve what has to be."""
    keys = _keys(course, order)
    for column in _due(course, keys):
        course.add(column)
    if order == "marginal":
        _by_margin(course)
    else:
        for column in np.lexsort((np.arange(keys.size), -keys)).tolist():
            if course.margin(column) > 0 and course.fits(column):
                course.add(column)
    found = worth(course.case, course.chosen)
    return found if _served(course, found) else None


def _keys(course: Course, order: str) -> Floats:
    q, at = course.case.q, course.pairs
    if order == "probability":
        return q.p[at]
    by = {"per_size": q.size, "per_funds": q.minimum}.get(order)
    if by is None:
        return course.net[at]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(by[at] > 0, course.net[at] / by[at], np.inf)


def _by_margin(course: Course) -> None:
    """Take what adds most at the moment; margins mostly shrink, so only the first of the queue is looked at."""
    queue = [(-course.margin(c), c) for c in range(course.pairs.size) if not course.chosen[course.pairs[c]]]
    heapq.heapify(queue)
    while queue:
        before, column = heapq.heappop(queue)
        now = -course.margin(column)
        if now >= 0 or not course.fits(column):
            continue
        if now > before + 1e-12 and queue and now > queue[0][0]:
            heapq.heappush(queue, (now, column))
        else:
            course.add(column)


def _due(course: Course, keys: Floats) -> Iterator[int]:
    """Yield columns that serve what has to be, the best of the order first."""
    q, s, at = course.case.q, course.case.q.spec, course.pairs
    order = np.lexsort((np.arange(keys.size), -keys))
    of_gap = np.zeros(q.pairs, dtype=bool)
    of_gap[q.gaps.pair] = True
    if s.gaps.price is None:
        for column in order[of_gap[at[order]]].tolist():
            if any(course.open[gap] > KEPT for gap, _ in course.covers[int(at[column])]) and course.fits(column):
                yield column
    if s.resilience.price is None:
        for column in order[course.case.need[q.j[at[order]]] > 0].tolist():
            j, k = q.j[at[column]], q.cluster[q.r[at[column]]]
            if course.need[j] > 0 and not course.reached[j, k] and course.fits(column):
                yield column
    if s.floor is not None and s.floor.price is None:
        for column in order[course.case.counted[at[order]]].tolist():
            if course.lacking[q.r[at[column]]] > 0 and course.fits(column):
                yield column
    if q.released and q.new_jobs is not None and s.transition.price is None:
        due = np.nan_to_num(q.release)
        jobs = (q.p * q.new_jobs)[at]
        taken = np.bincount(q.r[course.chosen], (q.p * q.new_jobs)[course.chosen], due.size) * s.transition.first
        for column in np.lexsort((np.arange(jobs.size), -jobs)).tolist():
            r = q.r[at[column]]
            if taken[r] < due[r] and course.fits(column):
                taken[r] += jobs[column] * s.transition.first
                yield column


def _served(course: Course, found: Worth) -> bool:
    s, q = course.case.q.spec, course.case.q
    floor = s.floor is None or s.floor.price is not None or not found.lacking.any()
    gaps = not course.case.joint or s.gaps.price is not None or not uncovered(course.case, course.chosen).any()
    short = s.resilience.price is not None or not found.short.any()
    released = s.transition.price is not None or not q.released or not (found.unreleased > KEPT).any()
    return floor and gaps and short and released
