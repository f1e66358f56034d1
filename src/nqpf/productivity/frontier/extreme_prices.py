"""The ends of what optimal prices can be: prices are rarely unique, so whatever is read off them is an interval.

Prices π are looked for with π A ≥ 0, π E ≥ 0 (no observation and no disposal beats them), π n = 1 (a normalisation) and
π p = 0 (optimal at the point p). The least π d among them is, by duality, the program

    max t   subject to   A λ + E e + n t + p τ = d,   λ, e ≥ 0,   t and τ of either sign,

of the same form as all others; it is infeasible where π d has no lower end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, Integers, Programs
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.technology import Floats


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
    barred
        As in `nqpf.numerics.programs.Programs`.
    workers
        As for `nqpf.parallel.spread`.
    """
    units = len(normal)
    free = np.stack([normal, -normal, point, -point], axis=2)
    extra = np.concatenate([np.broadcast_to(disposal, (units, *disposal.shape[1:])), free], axis=2)
    cost = np.zeros((1, extra.shape[2]))
    cost[0, -4:-2] = 1.0, -1.0
    start = np.full(units, -1)
    rhs = np.ascontiguousarray(np.broadcast_to(of, normal.shape))
    solved = solve(Programs(columns, extra, rhs, cost, start, barred), workers=workers)
    value = np.where(solved.status == INFEASIBLE, -np.inf, solved.value)
    return Extreme(value, np.where((solved.status == OPTIMAL)[:, None], solved.dual, np.nan))
