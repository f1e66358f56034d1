"""What a set of targets is worth: everything that follows from the choice alone, each part in closed form.

The solver's auxiliary columns are not read: loads, open gaps, funds, releases are computed again from the choice, so
that the parts of the objective add up to it exactly and a plan of any other origin is judged by the same words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]

PARTS = ("expected", "funds_gain", "spread", "release", "fairness", "cost", "funds_cost", "crowding", "gaps",
         "resilience", "floor", "release_short")  # fmt: skip
"""Parts of the objective, gains before costs."""


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """A choice and what follows from it.

    Attributes
    ----------
    chosen
        ``bool[C]``.
    load, excess, crowding
        ``float64[K]`` size of an industry's targets, what of it lies beyond the headroom, and what that costs (NaN
        where headroom is not known).
    open
        ``float64[G]`` share of each gap that is left open.
    short
        ``float64[K]`` clusters that critical industries are short of.
    funds
        ``float64[C]`` funds of each target, 0 where none or not assessed.
    early
        ``bool[C]`` targets that begin in the first sub-period.
    absorbed, released, unreleased
        ``float64[N]`` jobs that targets of the first sub-period are expected to take up, traditional jobs released in
        the second, and those short of what was to be.
    lacking
        ``float64[N]`` targets short of the floor.
    gain
        ``float64[N]`` expected value of each region, divided by its scale.
    parts
        Of the objective, as `PARTS`; costs are negative.
    total
        Their sum.
    """

    chosen: Bools
    load: Floats
    excess: Floats
    crowding: Floats
    open: Floats
    short: Floats
    funds: Floats
    early: Bools
    absorbed: Floats
    released: Floats
    unreleased: Floats
    lacking: Floats
    gain: Floats
    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """Sum of the parts."""
        return math.fsum(self.parts.values())


def worth(case: Case, chosen: Bools) -> Worth:
    """Return what a choice ``bool[C]`` is worth."""
    q, at, s = case.q, np.flatnonzero(chosen), case.q.spec
    n = len(q.units)
    load, excess, crowding = _crowding(case, at)
    open_ = uncovered(case, chosen)
    short = _short(case, at)
    funds, extra = _funds(case, at)
    early, absorbed, released, unreleased = _release(case, at)
    lacking = np.maximum(case.floor - np.bincount(q.r[chosen & case.counted], minlength=n), 0.0)
    gain = summed(q.r[at], q.worth[at], n) / q.scale
    prices = s.gaps.price or 0.0, s.resilience.price or 0.0, (s.floor.price if s.floor else 0.0) or 0.0
    weight = s.fairness.weight if s.fairness else None
    advised = case.advised
    parts = {
        "expected": math.fsum(q.worth[at]),
        "funds_gain": math.fsum((q.p[at] * (0.0 if q.gain is None else q.gain[at])) * extra[at]),
        "spread": s.spread * float(np.unique(q.j[at]).size) if case.joint else 0.0,
        "release": s.transition.gain * math.fsum(released) if q.released else 0.0,
        "fairness": weight * float(gain[advised].min()) if weight and advised.any() else 0.0,
        "cost": -math.fsum(q.cost[at]),
        "funds_cost": -s.funds.price * math.fsum(funds),
        "crowding": -math.fsum(np.nan_to_num(crowding)),
        "gaps": -prices[0] * math.fsum(q.gaps.weight * open_) if case.joint else 0.0,
        "resilience": -prices[1] * math.fsum(short),
        "floor": -prices[2] * math.fsum(lacking),
        "release_short": -(s.transition.price or 0.0) * math.fsum(unreleased),
    }
    return Worth(chosen, load, excess, crowding, open_, short, funds, early, absorbed, released, unreleased, lacking,
                 gain, parts)  # fmt: skip


def summed(labels: Integers, values: Floats, size: int) -> Floats:
    """Return the sum of the values of each label."""
    return np.bincount(labels, values, size).astype(np.float64)


def _crowding(case: Case, at: Integers) -> tuple[Floats, Floats, Floats]:
    q = case.q
    load = summed(q.j[at], q.size[at], len(q.industries))
    excess = np.maximum(load - q.headroom, 0.0)
    widths, prices = case.steps()
    before = np.cumsum(np.pad(widths, ((0, 0), (1, 0))), axis=1)[:, : widths.shape[1]]
    filled = np.clip(np.nan_to_num(excess)[:, None] - before, 0.0, widths)
    cost: Floats = np.where(np.isnan(q.headroom), np.nan, filled @ prices if case.joint else 0.0)
    return load, excess, cost


def uncovered(case: Case, chosen: Bools) -> Floats:
    """Return the share of each gap that a choice leaves open, on the scale of −ln(1 − p)."""
    g = case.q.gaps
    covered = np.bincount(g.gap, g.cover(case.q.p) * chosen[g.pair], len(g.names))
    # A cover of 1 less what arithmetic loses is whole.
    return np.where(covered >= 1.0 - 1e-9, 0.0, 1.0 - covered)


def _short(case: Case, at: Integers) -> Floats:
    q = case.q
    there = np.zeros_like(case.settled)
    there[q.j[at], q.cluster[q.r[at]]] = True
    new = (there & ~case.settled).sum(axis=1)
    short: Floats = np.maximum(case.need - new, 0.0)
    return short


def _funds(case: Case, at: Integers) -> tuple[Floats, Floats]:
    """Return each target's funds and what of them lies beyond the least: the best use of what a region has left."""
    q = case.q
    total, extra = np.zeros(q.pairs), np.zeros(q.pairs)
    if not q.funded or q.minimum is None:
        return total, extra
    if q.gain is not None:
        profit = q.p[at] * q.gain[at] - q.spec.funds.price
        some = at[profit > 0]
        order = some[np.lexsort((some, -profit[profit > 0], q.r[some]))]
        limit = np.full(q.pairs, np.inf) if q.cap is None else np.where(np.isnan(q.cap), np.inf, q.cap)
        left = np.where(np.isnan(q.funds), np.inf, q.funds) - np.bincount(q.r[at], q.minimum[at], len(q.units))
        for pair in order:
            extra[pair] = max(min(limit[pair] - q.minimum[pair], left[q.r[pair]]), 0.0)
            left[q.r[pair]] -= extra[pair]
    total[at] = q.minimum[at] + extra[at]
    return total, extra


def _release(case: Case, at: Integers) -> tuple[Bools, Floats, Floats, Floats]:
    q, n = case.q, len(case.q.units)
    early, nothing = np.zeros(q.pairs, dtype=bool), np.zeros(n)
    if not q.released or q.new_jobs is None:
        return early, nothing, nothing, nothing
    jobs = q.p * q.new_jobs
    order = at[np.lexsort((at, -jobs[at], q.r[at]))]
    number = np.bincount(q.r[at], minlength=n)
    place = np.arange(order.size) - (np.cumsum(number) - number)[q.r[order]]
    early[order[place < np.floor(q.spec.transition.first * number + 1e-9)[q.r[order]]]] = True
    absorbed = summed(q.r[early], jobs[early], n)
    released = np.minimum(absorbed, releasable(case))
    return early, absorbed, released, np.maximum(np.nan_to_num(q.release) - released, 0.0)


def releasable(case: Case) -> Floats:
    """Return the traditional jobs that each region could release at most, whatever is taken up elsewhere."""
    q = case.q
    by_rate = q.spec.transition.exit_rate * np.nan_to_num(q.jobs)
    return np.minimum(by_rate, np.where(np.isnan(q.absorb), np.inf, q.absorb))
