"""The ends of what optimal prices can be: prices are rarely unique, so whatever is read off them is an interval.

Prices π are looked for with π A ≥ 0, π E ≥ 0 (no observation and no disposal beats them), π n = 1 (a normalisation) and
π p = 0 (optimal at the point p). The least π d among them is, by duality, the program

    max t   subject to   A λ + E e + n t + p τ = d,   λ, e ≥ 0,   t and τ of either sign,

of the same form as all others; it is infeasible where π d has no lower end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, Integers, Programs, Solved
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.technology import Floats

SLIP = 1e-12
"""How far, in score, a point is moved outwards where no prices are optimal at it as it was rounded."""
SAME_SIZE = 1e6
"""Prices at a point so moved count only if the score's normalisation is within this factor of the one asked for:
otherwise they exist because the point was moved."""


@dataclass(frozen=True, slots=True, eq=False)
class Extreme:
    """Least values over optimal prices of U observations.

    Attributes
    ----------
    value
        ``float64[U]`` least π d; −inf where there is no end, NaN where no solver could prove one.
    prices
        ``float64[U, m]`` prices at which it is reached, NaN where it is not.
    """

    value: Floats
    prices: Floats


def least(
    columns: Floats,
    disposal: Floats,
    normal: Floats,
    point: Floats,
    of: Floats,
    *,
    slip: Floats | None = None,
    barred: Integers | None = None,
    workers: int | None = None,
) -> Extreme:
    """Return the least π d over optimal prices; minus the least of −d is the greatest.

    Parameters
    ----------
    columns
        ``float64[m, n]`` A.
    disposal
        ``float64[U or 1, m, q]`` E.
    normal, point
        ``float64[U, m]`` n and p.
    of
        ``float64[U or 1, m]`` d.
    slip
        ``float64[U, m]`` what p grows by when the score does by 1; None: n.
    barred
        As in `nqpf.numerics.programs.Programs`.
    workers
        As for `nqpf.parallel.spread`.
    """

    def at(rows: slice | Integers, point: Floats) -> Solved:
        units = len(point)
        free = np.stack([normal[rows], -normal[rows], point, -point], axis=2)
        own = np.broadcast_to(disposal, (len(normal), *disposal.shape[1:]))[rows]
        cost = np.zeros((1, own.shape[2] + 4))
        cost[0, -4:-2] = 1.0, -1.0
        rhs = np.ascontiguousarray(np.broadcast_to(of, normal.shape)[rows])
        out = None if barred is None else barred[rows]
        programs = Programs(columns, np.concatenate([own, free], axis=2), rhs, cost, np.full(units, -1), out)
        return solve(programs, workers=workers)

    solved = at(slice(None), point)
    value, prices = np.where(solved.status == INFEASIBLE, -np.inf, solved.value), solved.dual.copy()
    prices[solved.status != OPTIMAL] = np.nan
    left = np.flatnonzero((solved.status != OPTIMAL) & (solved.status != INFEASIBLE))
    if left.size:
        step = (normal if slip is None else slip)[left]
        again = at(left, point[left] - SLIP * step)
        near = (again.status == OPTIMAL) & ((again.dual * step).sum(axis=1) <= SAME_SIZE)
        value[left[near]], prices[left[near]] = again.value[near], again.dual[near]
    return Extreme(value, prices)
