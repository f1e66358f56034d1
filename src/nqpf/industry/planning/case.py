"""A problem with everything settled that does not depend on the plan: gates, floors, prices, what is there already."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.planning.gate import Entry, entry
from nqpf.industry.planning.problem import Problem

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A problem ready to be solved.

    Attributes
    ----------
    q, entry
        The problem, and how its pairs may enter.
    crowding
        Price of a unit of size beyond the headroom, in units of value; inf: a hard limit.
    floor
        ``float64[N]`` targets that each region is to have at least.
    counted
        ``bool[C]`` pairs that count for the floor.
    need
        ``float64[K]`` clusters that each critical industry has still to reach.
    settled
        ``bool[K, clusters]`` clusters that have a critical industry already.
    joint
        Whether what ties regions together counts; without it each is planned alone.
    musts
        Pairs that have to be chosen.
    """

    q: Problem
    entry: Entry
    crowding: float
    floor: Floats
    counted: Bools
    need: Floats
    settled: Bools
    joint: bool = True
    musts: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.intp))

    @property
    def open(self) -> Integers:
        """Pairs that may be chosen."""
        return np.flatnonzero(self.entry.open)

    @property
    def crowded(self) -> Integers:
        """Industries whose headroom is assessed."""
        return np.flatnonzero(~np.isnan(self.q.headroom)) if self.joint else np.zeros(0, dtype=np.intp)

    @property
    def advised(self) -> Bools:
        """``bool[N]`` regions that have a pair which may be chosen, and room for it."""
        there = np.bincount(self.q.r[self.open], minlength=len(self.q.units)) > 0
        return there & (self.q.count >= 1)

    @property
    def net(self) -> Floats:
        """``float64[C]`` expected value less costs and the price of the least funds."""
        funds = self.q.spec.funds.price * self.q.minimum if self.q.funded and self.q.minimum is not None else 0.0
        net: Floats = self.q.worth - self.q.cost - funds
        return net

    def steps(self) -> tuple[Floats, Floats]:
        """Return widths ``float64[K, S]`` and prices ``float64[S]`` of the load beyond the headroom."""
        steps = self.q.spec.crowding.steps
        upto = np.array([np.inf if step.upto is None else step.upto for step in steps])
        if np.isinf(self.crowding):
            return np.zeros((self.q.headroom.size, 0)), np.zeros(0)
        finite = np.where(np.isinf(upto), 0.0, upto) * np.nan_to_num(self.q.headroom)[:, None]
        return np.where(np.isinf(upto), np.inf, finite), self.crowding * np.array([step.times for step in steps])


def case_of(q: Problem) -> Case:
    """Return a problem ready to be solved."""
    e = entry(q)
    floor, counted = _floors(q, e)
    need, settled = _resilience(q)
    return Case(q, e, _price(q, e), floor, counted, need, settled)


def alone(case: Case) -> Case:
    """Return the same problem where every region is planned for itself."""
    q = case.q
    return Case(q, case.entry, 0.0, case.floor, case.counted, 0.0 * case.need, case.settled, joint=False)


def _price(q: Problem, e: Entry) -> float:
    crowding = q.spec.crowding
    if crowding.price is None:
        return np.inf
    return crowding.price * (mean_worth(q, e) if crowding.unit == "mean" else 1.0)


def mean_worth(q: Problem, e: Entry) -> float:
    """Return the mean expected value per unit of size of the pairs that may be chosen."""
    sized = e.open & (q.size > 0)
    return float(np.mean(q.worth[sized] / q.size[sized])) if sized.any() else 0.0


def _floors(q: Problem, e: Entry) -> tuple[Floats, Bools]:
    floor = q.spec.floor
    if floor is None or (floor.layers is not None and "industries.layer" not in q.known):
        return np.zeros(len(q.units)), np.zeros(q.pairs, dtype=bool)
    counted = e.open & e.passed & q.layered(floor.layers)
    least = np.full(len(q.units), float(floor.count))
    if floor.otherwise == "not_advised":
        least = np.minimum(least, np.minimum(np.bincount(q.r[counted], minlength=least.size), q.count))
    return least, counted


def _resilience(q: Problem) -> tuple[Floats, Bools]:
    settled = np.zeros((len(q.industries), len(q.clusters)), dtype=bool)
    if "industries.critical" not in q.known:
        return np.zeros(len(q.industries)), settled
    if q.spec.resilience.existing:
        settled[q.j[q.present], q.cluster[q.r[q.present]]] = True
    need = np.where(q.critical, q.spec.resilience.clusters - settled.sum(axis=1), 0.0)
    return np.maximum(need, 0.0), settled
