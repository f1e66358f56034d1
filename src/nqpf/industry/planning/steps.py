"""What load beyond headroom costs, step by step, as tight as whole targets allow.

Where all targets of an industry have the same size, its load takes few values only: the cost between them is replaced
by the straight line, which changes no plan and raises no value, but keeps the relaxation from using what no whole
target can (the convex hull of the points that count).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Limits and steps of some industries.

    Attributes
    ----------
    limit
        ``float64[k]`` load up to which there is no cost.
    place, width, price
        ``[S]`` industry, width and price of a unit of load of each step, cheapest first.
    """

    limit: Floats
    place: Integers
    width: Floats
    price: Floats


def steps_of(case: Case, some: Integers, pairs: Integers) -> Steps:
    """Return the steps of some industries, of which only some pairs may be chosen."""
    q = case.q
    widths, prices = case.steps()
    j, size = q.j[pairs], q.size[pairs]
    least, most = np.full(len(q.industries), np.inf), np.zeros(len(q.industries))
    np.minimum.at(least, j, size)
    np.maximum.at(most, j, size)
    number = np.bincount(j, minlength=least.size)
    limits, found = [], []
    for place, line in enumerate(some.tolist()):
        headroom, one = float(q.headroom[line]), float(most[line])
        if least[line] == one > 0:
            limit, width, price = _even(headroom, one, int(number[line]), widths[line], prices)
        else:
            limit, width, price = headroom, widths[line], prices
        limits.append(limit)
        found.append((np.full(width.size, place), width, price))
    if not found:
        return Steps(np.zeros(0), np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0))
    places, every, paid = (np.concatenate([part[which] for part in found]) for which in range(3))
    return Steps(np.array(limits), places.astype(np.intp), every, paid)


def _even(headroom: float, size: float, number: int, widths: Floats, prices: Floats) -> tuple[float, Floats, Floats]:
    """Return limit, widths and prices where all of `number` targets have the same size."""
    free = int(np.floor(headroom / size + 1e-9))
    end = np.floor(min((headroom + widths.sum()) / size + 1e-9, number))
    counts = np.arange(free, max(int(end), free) + 1)
    excess = np.maximum(counts * size - headroom, 0.0)
    before = np.cumsum(np.append(0.0, widths))[: widths.size]
    cost = np.clip(excess[:, None] - before, 0.0, widths) @ prices
    slope = np.diff(cost) / size
    # Steps of one price are one; those that arithmetic tells apart only are one too.
    new = np.append(True, np.diff(slope) > 1e-12 * np.abs(slope).max(initial=0.0))[: slope.size]
    first = np.flatnonzero(new)
    width = np.diff(np.append(first, slope.size)) * size
    return free * size, width.astype(float), slope[first]
