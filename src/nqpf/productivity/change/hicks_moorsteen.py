"""Hicks–Moorsteen: output change over input change, each seen before the frontiers of both observations compared.

``malmquist_hs`` and ``malmquist_it`` (O'Donnell 2010, doi:10.1111/j.1467-8489.2010.00512.x): quantities of both at one
set of shadow prices, those of (x before, y now) and (x now, y before) at the frontier of before, and those of (x now,
y before) and (x before, y now) at the frontier of now. ``hicks_moorsteen``: the geometric mean of both. ``bjurek``: the
distances themselves instead of sums at their prices, the index as it was first written down (Bjurek 1996, Scandinavian
Journal of Economics 98, 303–313); with quantities above zero none of its programs is infeasible (Briec and Kerstens
2011, doi:10.1111/j.1467-9957.2010.02169.x).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nqpf.numerics.programs import OPTIMAL
from nqpf.productivity.change.aggregates import Aggregates, Vectors, at_vectors
from nqpf.productivity.change.compared import Compared
from nqpf.productivity.change.shadow import Shadow, shadow_prices
from nqpf.productivity.frontier.frontiers import Frontier
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.technology import Floats, Integers, Technology

SETS: Mapping[str, tuple[str, ...]] = {
    "malmquist_hs": ("before",),
    "malmquist_it": ("now",),
    "hicks_moorsteen": ("before", "now"),
}
"""Frontiers whose shadow prices an index aggregates with."""


def hicks_moorsteen(
    compared: Compared,
    quantities: Quantities,
    technology: Technology,
    across: list[Frontier],
    index: str,
    workers: int | None = None,
) -> Aggregates:
    """Return aggregates of all comparisons at the shadow prices of mixed points.

    Parameters
    ----------
    compared, quantities
        Comparisons, quantities of all rows.
    technology, across
        Technology and the frontiers of the rows.
    index
        One of `SETS`.
    workers
        As for `nqpf.parallel.spread`.
    """
    now, before, size = compared.now, compared.before, compared.now.size
    prices, tied, status = [], [], np.zeros(size, np.int8)
    for word in SETS[index]:
        at, x, y = (before, before, now) if word == "before" else (now, now, before)
        outputs = mixed(quantities, technology, across, (at, x, y), "output", workers)
        inputs = mixed(quantities, technology, across, (at, y, x), "input", workers)
        prices.append(np.hstack([inputs.prices, outputs.prices]))
        tied.append(inputs.tied | outputs.tied)
        status = np.where(status, status, np.where(inputs.status, inputs.status, outputs.status)).astype(np.int8)
    sets = np.arange(size)[:, None] + size * np.arange(len(prices))
    vectors = Vectors(np.vstack(prices), sets, SETS[index], np.concatenate(tied))
    return at_vectors(compared, quantities, vectors, status)


def bjurek(
    compared: Compared,
    quantities: Quantities,
    technology: Technology,
    across: list[Frontier],
    workers: int | None = None,
) -> Aggregates:
    """Return Shephard's distances of all comparisons, the geometric mean of those of both frontiers."""
    now, before = compared.now, compared.before
    status = np.zeros(now.size, np.int8)
    totals: dict[str, Floats] = {}
    for way in ("input", "output"):
        product = np.ones((now.size, 2))
        for at in (before, now):  # frontier and held quantities
            for column, moved in enumerate((before, now)):
                x, y = (moved, at) if way == "input" else (at, moved)
                found = mixed(quantities, technology, across, (at, x, y), way, workers)
                product[:, column] *= found.distance
                status = np.where(status, status, found.status).astype(np.int8)
        totals[way] = np.sqrt(product)
    return Aggregates(totals["input"], totals["output"], None, status)


def mixed(
    quantities: Quantities,
    technology: Technology,
    across: list[Frontier],
    points: tuple[Integers, Integers, Integers],
    orientation: str,
    workers: int | None = None,
) -> Shadow:
    """Return shadow prices of points: (row whose frontier it is, row of the inputs, row of the outputs)."""
    at, x, y = points
    of = np.full(len(quantities), -1, np.intp)
    for k, frontier in enumerate(across):
        of[frontier.at] = k
    width = (quantities.x if orientation == "input" else quantities.y).shape[1]
    prices, distance = np.full((at.size, width), np.nan), np.full(at.size, np.nan)
    tied, status = np.zeros(at.size, bool), np.full(at.size, OPTIMAL, np.int8)
    for k, frontier in enumerate(across):
        here = np.flatnonzero(of[at] == k)
        if not here.size:
            continue
        point = Quantities(quantities.x[x[here]], quantities.y[y[here]], quantities.b[y[here]])
        found = shadow_prices(technology, quantities[frontier.reference], point, orientation, workers)
        prices[here], distance[here], tied[here], status[here] = (
            found.prices, found.distance, found.tied, found.status,
        )  # fmt: skip
    return Shadow(prices, distance, tied, status)
