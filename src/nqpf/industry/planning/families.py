"""The families of constraints of a plan, each a block of columns and rows.

Coverage of a gap, 1 − Π(1 − p) ≥ a, is linear in logarithms and exact; costs beyond headroom are convex and piecewise
linear, so that their steps need no whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case
from nqpf.industry.planning.gate import leaps
from nqpf.industry.planning.steps import steps_of
from nqpf.industry.planning.worth import releasable
from nqpf.numerics.rows import Blocks, Part

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

LINKS = ("extra", "reach", "start", "taken_up", "least_gain")
"""Codes of rows that hold by definition: they tie funds, clusters, beginnings, spread and the least gain to targets."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A model under construction: blocks, what rows mean, and shorthands of the pairs that have a column."""

    case: Case
    pairs: Integers
    r: Integers
    j: Integers
    x: Integers
    blocks: Blocks
    meanings: list[tuple[str, Integers, Integers, Integers]] = field(default_factory=list)

    def rows(
        self,
        code: str,
        parts: list[Part],
        *,
        least: object = -np.inf,
        most: object = np.inf,
        r: Integers | None = None,
        j: Integers | None = None,
        other: Integers | None = None,
        size: int = 0,
    ) -> None:
        """Add rows that mean something."""
        size = next((one.size for one in (r, j, other) if one is not None), size)
        self.blocks.add_rows(size, parts, least=least, most=most)  # type: ignore[arg-type]
        none = np.full(size, -1)
        self.meanings.append(
            (code, none if r is None else r, none if j is None else j, none if other is None else other)
        )


def _counts(d: Draft) -> None:
    q = d.case.q
    some = np.flatnonzero(np.isfinite(q.count) & (np.bincount(d.r, minlength=q.count.size) > q.count))
    on, place = _within(d.r, some, q.count.size)
    d.rows("count", [(place, d.x[on], 1.0)], most=q.count[some], r=some)


def _floors(d: Draft) -> None:
    q, spec = d.case.q, d.case.q.spec.floor
    some = np.flatnonzero(d.case.floor > 0)
    if spec is None or not some.size:
        return
    on, place = _within(np.where(d.case.counted[d.pairs], d.r, -1), some, q.count.size)
    parts: list[Part] = [(place, d.x[on], 1.0)]
    if spec.price is not None:
        lacking = d.blocks.add_columns(some.size, -spec.price, d.case.floor[some])
        parts.append((np.arange(some.size), lacking, 1.0))
    d.rows("floor", parts, least=d.case.floor[some], r=some)


def _layers(d: Draft) -> None:
    q = d.case.q
    if "industries.layer" not in q.known:
        return
    for layer, most in sorted(q.spec.layer_most.items()):
        inside = np.where(q.layered((layer,))[d.pairs], d.r, -1)
        some = np.flatnonzero(np.bincount(inside[inside >= 0], minlength=q.count.size) > most)
        on, place = _within(inside, some, q.count.size)
        kind = np.full(some.size, sorted(q.spec.layer_most).index(layer))
        d.rows("layer", [(place, d.x[on], 1.0)], most=float(most), r=some, other=kind)


def _leaps(d: Draft) -> None:
    case, leap = d.case, d.case.q.spec.leap
    jump = ~case.entry.passed[d.pairs]
    if leap is None or not leaps(case.q) or not jump.any():
        return
    region = leap.per == "region" or not case.joint
    some = np.unique(d.r[jump]) if region else np.zeros(1, dtype=np.intp)
    on, place = _within(d.r, some, case.q.count.size) if region else (np.arange(d.x.size), 0 * d.r)
    if leap.share is not None:
        value, most = jump[on] - leap.share, 0.0
    else:
        value, most = jump[on].astype(float), float(leap.count or 0)
    used = value != 0
    where = some if region else None
    d.rows("leap", [(place[used], d.x[on][used], value[used])], most=most, r=where, size=1)


def _funds(d: Draft) -> None:
    q, price = d.case.q, d.case.q.spec.funds.price
    if not q.funded or q.minimum is None:
        return
    some = np.flatnonzero(~np.isnan(q.funds))
    on, place = _within(d.r, some, q.count.size)
    parts: list[Part] = [(place, d.x[on], q.minimum[d.pairs[on]])]
    if q.gain is not None:
        profit = q.p[d.pairs] * q.gain[d.pairs] - price
        room = np.inf if q.cap is None else np.where(np.isnan(q.cap), np.inf, q.cap)[d.pairs] - q.minimum[d.pairs]
        room = np.minimum(room, np.where(np.isnan(q.funds), np.inf, q.funds)[d.r])
        more = np.flatnonzero((profit > 0) & (room > 0))
        extra = d.blocks.add_columns(more.size, profit[more], np.inf)
        d.rows("extra", [(np.arange(more.size), extra, 1.0), (np.arange(more.size), d.x[more], -room[more])],
               most=0.0, r=d.r[more])  # fmt: skip
        inside, its = _within(d.r[more], some, q.count.size)
        parts.append((its, extra[inside], 1.0))
    d.rows("funds", parts, most=q.funds[some], r=some)


def _crowding(d: Draft) -> None:
    q = d.case.q
    load = np.bincount(d.j, q.size[d.pairs], q.headroom.size)
    some = np.intersect1d(d.case.crowded, np.flatnonzero(load > np.nan_to_num(q.headroom)))
    on, place = _within(d.j, some, q.headroom.size)
    parts: list[Part] = [(place, d.x[on], q.size[d.pairs[on]])]
    steps = steps_of(d.case, some, d.pairs)
    parts.append((steps.place, d.blocks.add_columns(steps.width.size, -steps.price, steps.width), -1.0))
    d.rows("headroom", parts, most=steps.limit, j=some)


def _shares(d: Draft) -> None:
    q = d.case.q
    some = np.flatnonzero(np.bincount(d.j, minlength=q.most.size) > q.most)
    on, place = _within(d.j, some, q.most.size)
    d.rows("share", [(place, d.x[on], 1.0)], most=q.most[some], j=some)


def _clusters(d: Draft) -> None:
    q, cap = d.case.q, d.case.q.spec.cluster_cap
    if cap is None or "regions.cluster" not in q.known:
        return
    k = q.headroom.size
    both = q.cluster[d.r] * k + d.j
    size = len(q.clusters) * k
    some = np.flatnonzero(np.bincount(both, minlength=size) > cap)
    on, place = _within(both, some, size)
    d.rows("cluster", [(place, d.x[on], 1.0)], most=float(cap), j=some % k, other=some // k)


def _gaps(d: Draft) -> None:
    q, g = d.case.q, d.case.q.gaps
    if not g.names:
        return
    column = np.full(q.pairs, -1)
    column[d.pairs] = d.x
    on = column[g.pair] >= 0
    parts: list[Part] = [(g.gap[on], column[g.pair[on]], g.cover(q.p)[on])]
    every = np.arange(len(g.names))
    if q.spec.gaps.price is not None:
        parts.append((every, d.blocks.add_columns(every.size, -q.spec.gaps.price * g.weight, 1.0), 1.0))
    d.rows("gap", parts, least=1.0, other=every)


def _resilience(d: Draft) -> None:
    case, q = d.case, d.case.q
    some = np.flatnonzero(case.need > 0)
    if not some.size:
        return
    size = len(q.clusters)
    both = np.where(np.isin(d.j, some) & ~case.settled[d.j, q.cluster[d.r]], d.j * size + q.cluster[d.r], -1)
    reach = np.unique(both[both >= 0])
    on, place = _within(both, reach, q.headroom.size * size)
    reached = d.blocks.add_columns(reach.size, 0.0, 1.0)
    d.rows("reach", [(np.arange(reach.size), reached, 1.0), (place, d.x[on], -1.0)], most=0.0, j=reach // size,
           other=reach % size)  # fmt: skip
    parts: list[Part] = [(np.searchsorted(some, reach // size), reached, 1.0)]
    if q.spec.resilience.price is not None:
        short = d.blocks.add_columns(some.size, -q.spec.resilience.price, case.need[some])
        parts.append((np.arange(some.size), short, 1.0))
    d.rows("resilience", parts, least=case.need[some], j=some)


def _release(d: Draft) -> None:
    q, rule = d.case.q, d.case.q.spec.transition
    wanted = np.nan_to_num(q.release)
    some = np.flatnonzero((wanted > 0) | (rule.gain > 0)) if q.released else np.zeros(0, dtype=np.intp)
    if not some.size or q.new_jobs is None:
        return
    jobs = (q.p * q.new_jobs)[d.pairs]
    on, place = _within(d.r, some, q.count.size)
    taken = d.x[on]
    if rule.first < 1.0:
        taken = d.blocks.add_columns(on.size, 0.0, 1.0, whole=True)
        d.rows("start", [(np.arange(on.size), taken, 1.0), (np.arange(on.size), d.x[on], -1.0)], most=0.0, r=d.r[on])
        d.rows("first_period", [(place, taken, 1.0), (place, d.x[on], -rule.first)], most=0.0, r=some)
    released = d.blocks.add_columns(some.size, rule.gain, releasable(d.case)[some])
    every = np.arange(some.size)
    d.rows("absorbed", [(every, released, 1.0), (place, taken, -jobs[on])], most=0.0, r=some)
    due = np.flatnonzero(wanted[some] > 0)
    parts: list[Part] = [(np.arange(due.size), released[due], 1.0)]
    if rule.price is not None:
        short = d.blocks.add_columns(due.size, -rule.price, wanted[some[due]])
        parts.append((np.arange(due.size), short, 1.0))
    d.rows("release", parts, least=wanted[some[due]], r=some[due])


def _spread(d: Draft) -> None:
    value = d.case.q.spec.spread
    if value <= 0:
        return
    some = np.unique(d.j)
    taken_up = d.blocks.add_columns(some.size, value, 1.0)
    on, place = _within(d.j, some, d.case.q.headroom.size)
    d.rows("taken_up", [(np.arange(some.size), taken_up, 1.0), (place, d.x[on], -1.0)], most=0.0, j=some)


def _fairness(d: Draft) -> None:
    q, fairness = d.case.q, d.case.q.spec.fairness
    some = np.flatnonzero(d.case.advised)
    if fairness is None or not some.size:
        return
    least = d.blocks.add_columns(1, fairness.weight or 0.0, np.inf, lower=-np.inf)
    on, place = _within(d.r, some, q.count.size)
    worth = (q.worth[d.pairs] / q.scale[d.r])[on]
    d.rows("least_gain", [(np.arange(some.size), least, 1.0), (place, d.x[on], -worth)], most=0.0, r=some)


def _within(labels: Integers, some: Integers, size: int) -> tuple[Integers, Integers]:
    """Return which entries carry one of some labels (−1 is none), and that label's place among them."""
    place = np.full(size + 1, -1)
    place[some] = np.arange(some.size)
    found = place[labels]
    on = np.flatnonzero(found >= 0)
    return on, found[on]


ALONE: tuple[Callable[[Draft], None], ...] = (_counts, _floors, _layers, _leaps, _funds, _release)
TOGETHER = (*ALONE, _crowding, _shares, _clusters, _gaps, _resilience, _spread, _fairness)
