"""Shadow prices: what inputs and outputs are worth on a frontier, scaled so that quantities are worth their distance.

The dual prices of Farrell's programs, times the distance: output prices p with p·y = 1/φ, input prices w with
w·x = 1/θ, Shephard's distances (O'Donnell 2010, doi:10.1111/j.1467-8489.2010.00512.x). They are not unique where the
point lies on an edge of the frontier: the distance then falls faster on one side of it than it rises on the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.programs import OPTIMAL, Solved
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.directional import Distance, distance, farrell, radial_direction
from nqpf.productivity.frontier.quantities import Bools, Quantities
from nqpf.productivity.frontier.technology import Floats, Integers, Technology

FLAT = 1e-9
"""A score, or a weight in the basis, this small is zero, quantities measured by their means."""
NOTHING = 1e-12
"""A price that is this small a share of all, quantities measured by their means, is a zero that was rounded."""
STEP = 1e-5
"""Share of the quantities by which a point is moved to see whether both sides of it have the same prices."""
SAME = 1e-6
"""Difference between the two sides, as a share of what the quantities are worth, that is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Shadow:
    """Shadow prices of U points.

    Attributes
    ----------
    prices
        ``float64[U, I]`` of inputs or ``float64[U, O]`` of outputs, NaN where there is no distance.
    distance
        ``float64[U]`` Shephard's distance: 1/φ of outputs, 1/θ of inputs; NaN where φ or θ is zero.
    tied
        ``bool[U]`` other prices would do as well.
    status
        ``int8[U]`` codes of `nqpf.numerics.programs`.
    """

    prices: Floats
    distance: Floats
    tied: Bools
    status: NDArray[np.int8]


def shadow_prices(
    technology: Technology, reference: Quantities, at: Quantities, orientation: str, workers: int | None = None
) -> Shadow:
    """Return shadow prices of inputs (``input``) or outputs (``output``) at points.

    Notes
    -----
    Quantities are measured by their means. Of prices that are not unique those are taken that hold when the point is
    moved a little towards the mean of the reference: they do not hang on units of measurement, the order of the rows or
    the solver.
    """
    mean = reference.all.mean(axis=0)
    mean[mean == 0] = 1.0
    reference, at = (_measured(q, mean) for q in (reference, at))
    found = distance(technology, reference, at, radial_direction(at, orientation), workers=workers)
    score = farrell(found.beta, orientation)
    of = np.divide(1.0, score, out=np.full_like(score, np.nan), where=score > FLAT)
    i, o, _ = found.envelope.sizes
    part = slice(0, i) if orientation == "input" else slice(i, i + o)
    tied = _tied(found, at, part, workers)
    prices = found.envelope.prices(_chosen(found, at, tied, workers))[:, part]
    prices = np.where(prices <= NOTHING * prices.sum(axis=1, keepdims=True), 0.0, prices)
    return Shadow(prices * of[:, None] / mean[part], of, tied, found.status)


def _measured(quantities: Quantities, by: Floats) -> Quantities:
    i, o = quantities.x.shape[1], quantities.y.shape[1]
    values = quantities.all / by
    return Quantities(values[:, :i], values[:, i : i + o], values[:, i + o :])


def _tied(found: Distance, at: Quantities, part: slice, workers: int | None) -> Bools:
    """Return whether other prices of a part of the quantities would do as well.

    Where no weight in the basis is zero, no price is free. Where one is, the point is moved a little, forth and back,
    in a direction that no two sets of prices agree on unless by chance: with one set of prices the distance changes by
    the same. A move with which the program has no solution is one whose price has no limit.
    """
    tied = _degenerate(found.solved, found.envelope.n)
    some = np.flatnonzero(tied)
    if not some.size:
        return tied
    q = at.all[some, part]
    move = np.zeros_like(at.all[some])
    move[:, part] = STEP * np.where(q > 0, q, 1.0) * _uneven(q.shape[1])
    bent = -2 * found.beta[some]
    for step in (move, -move):
        bent = bent + _moved(found, some, step, workers).value
    tied[some] = ~(np.abs(bent) <= SAME * STEP * (1 + np.abs(found.beta[some])))
    return tied


def _chosen(found: Distance, at: Quantities, tied: Bools, workers: int | None) -> Floats:
    """Return the dual prices, where they are not unique those of a point nearer the mean, if they do for this one."""
    dual, some = found.solved.dual, np.flatnonzero(tied)
    if not some.size:
        return dual
    here = at.all[some]
    near = _moved(found, some, STEP * (1 + _uneven(here.shape[1]) / 100 - here), workers)
    worth = (near.dual * found.programs.rhs[some]).sum(axis=1)
    do = np.abs(worth - found.beta[some]) <= FLAT * (1 + np.abs(found.beta[some]))
    dual = dual.copy()
    dual[some[do]] = near.dual[do]
    return dual


def _moved(found: Distance, some: Integers, step: Floats, workers: int | None) -> Solved:
    """Return the solutions of some programs with their points moved."""
    programs = found.programs.at(some)
    return solve(replace(programs, rhs=programs.rhs + step @ found.envelope.moves.T), workers=workers)


def _uneven(size: int) -> Floats:
    """Return numbers that nothing else is likely to be in proportion to."""
    uneven: Floats = np.cos(np.arange(1.0, size + 1.0))
    return uneven


def _degenerate(solved: Solved, n: int) -> Bools:
    """Return whether a weight in the basis is zero or a row redundant; that of β, n and n + 1, does not count."""
    counts = (solved.basis != n) & (solved.basis != n + 1)
    weight = np.where(counts, np.abs(solved.weight), np.inf)
    some: Bools = (weight <= FLAT).any(axis=1) & (solved.status == OPTIMAL)
    return some
