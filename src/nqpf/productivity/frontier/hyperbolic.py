"""Hyperbolic (graph) efficiency: inputs and bad outputs shrink by G while good outputs grow by 1 / G.

Färe, Grosskopf and Lovell (1985), The Measurement of Efficiency of Production, Kluwer-Nijhoff, ch. 5; with bad outputs
Färe, Grosskopf, Lovell and Pasurka (1989), doi:10.2307/1928055. Under constant returns G is the square root of an
ordinary contraction. Otherwise G is found by Newton's method: where y / G is replaced by its tangent the problem is a
directional distance, a linear program. The tangent lies below the curve, so no step passes the solution, and from the
second step on the steps only rise to it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where
from nqpf.numerics.programs import DOUBTFUL, INFEASIBLE, OPTIMAL
from nqpf.productivity.frontier.directional import Distance, distance
from nqpf.productivity.frontier.free_disposal import barred, costs_and_values, finish
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.slacks import slacks_left
from nqpf.productivity.frontier.technology import Floats, Technology

Codes = NDArray[np.int8]

STEPS, DONE = 60, 1e-13
"""Newton steps at most (six or so are needed), and the relative step at which it is done."""


def hyperbolic(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return hyperbolic efficiencies G."""
    if technology.hull == "free":
        return _free(technology, reference, at, ask)
    g, status = (_root if technology.rts == "crs" else _newton)(technology, reference, at, ask)
    found = _tangent(technology, reference, at, ask, np.where(np.isfinite(g), g, 1.0))
    target = at_scale(at, g).all
    slacks, peers = np.full_like(target, np.nan), found.envelope.peers(found.solved)
    i, o, b = found.envelope.sizes
    if ask.slacks:
        left = slacks_left(found.envelope, target, status == OPTIMAL, ask.weights, ask.workers)
        slacks, peers = left.slacks, left.intensities
        target = target - np.repeat([1.0, -1.0, 1.0], [i, o, b]) * slacks
    return Scored(
        score=g,
        efficiency=g,
        status=status,
        gap=np.where(status == OPTIMAL, found.solved.gap, np.nan),
        slacks=slacks,
        targets=Quantities(target[:, :i], target[:, i : i + o], target[:, i + o :]),
        intensities=peers,
        dual=found.envelope.prices(found.solved.dual),
        scale=found.solved.dual[:, -1] if technology.rts != "crs" else np.zeros(len(at)),
    )


def at_scale(at: Quantities, g: Floats) -> Quantities:
    """Return observations with costs multiplied and values divided by ``float64[U]`` G."""
    return Quantities(at.x * g[:, None], at.y / g[:, None], at.b * g[:, None])


def _root(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> tuple[Floats, Codes]:
    """Return G and status under constant returns: (Gx, y / G, Gb) is possible if and only if (G²x, y, G²b) is."""
    direction = np.hstack([-at.x, np.zeros_like(at.y), -at.b])
    found = distance(technology, reference, at, direction, ask.own, leave_out=ask.leave_out, workers=ask.workers)
    return np.sqrt(np.maximum(1.0 - found.beta, 0.0)), found.status


def _newton(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> tuple[Floats, Codes]:
    """Return G and status under other returns to scale."""
    g, status = np.ones(len(at)), np.full(len(at), DOUBTFUL, np.int8)
    rows = np.arange(len(at))
    for _ in range(STEPS):
        part = replace(ask, own=ask.own[rows])
        found = _tangent(technology, reference, at[rows], part, g[rows])
        status[rows] = found.status
        step = np.minimum(found.beta, 0.9 * g[rows])
        g[rows] -= step
        rows = rows[np.abs(step) > DONE * g[rows]]
        if not rows.size:
            break
    status[rows] = DOUBTFUL
    return np.where(status == OPTIMAL, g, np.nan), status


def _tangent(technology: Technology, reference: Quantities, at: Quantities, ask: Ask, g: Floats) -> Distance:
    """Return the distance from (Gx, y / G, Gb) along the tangent of that curve, in terms of G."""
    here = at_scale(at, g)
    direction = np.hstack([-at.x, at.y / g[:, None] ** 2, -at.b])
    return distance(technology, reference, here, direction, ask.own, leave_out=ask.leave_out, workers=ask.workers)


def _free(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return G on the free disposal hull: that of the observation which needs the least."""
    if technology.rts != "vrs":
        raise SpecError("frontier_free_rts", where=Where(key="rts"), rts=technology.rts)
    from nqpf.numerics.dominance import shortest

    signs = costs_and_values(technology, at)
    g, peer = shortest(reference.all, at.all, signs, barred(ask))
    status = np.where(peer < 0, INFEASIBLE, OPTIMAL).astype(np.int8)
    g = np.where(status == OPTIMAL, g, np.nan)
    found = finish(technology, reference, at, ask, g, status, at_scale(at, g).all, peer, np.ones(len(at)))
    return replace(found, efficiency=g)
