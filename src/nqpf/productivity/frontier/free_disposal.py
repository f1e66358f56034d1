"""The free disposal hull: observations are compared with observations, not with mixtures; no program is solved.

Deprins, Simar and Tulkens (1984), Measuring labor efficiency in post offices, in Marchand, Pestieau and Tulkens (eds),
The Performance of Public Enterprises, North-Holland, 243–267. Other returns scale the single observations: Kerstens and
Vanden Eeckaut (1999), European Journal of Operational Research 113(1), 206–214.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where
from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, UNBOUNDED, Integers
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.technology import Floats, Technology

ENDS = {"crs": (0.0, np.inf), "drs": (0.0, 1.0), "irs": (1.0, np.inf)}
"""Factors by which an observation may be scaled; 1 under variable returns."""
NOISE = 1e-12
"""A point this much above another, relative to the size of the numbers, is not above it."""


def free_along(
    technology: Technology, reference: Quantities, at: Quantities, ask: Ask, direction: Floats
) -> tuple[Floats, Scored]:
    """Return how far observations can move along a direction, β, and the rest of the result with β as its score.

    Raises
    ------
    SpecError
        Returns are not variable, or bad outputs are neither ``strong`` nor ``free``.
    """
    if technology.rts != "vrs":
        raise SpecError("frontier_free_rts", where=Where(key="rts"), rts=technology.rts)
    from nqpf.numerics.dominance import along

    signs = costs_and_values(technology, at)
    step = np.ascontiguousarray(np.broadcast_to(signs * direction, at.all.shape))
    beta, peer = along(signs * reference.all, signs * at.all, step, barred(ask))
    status = np.select([peer < 0, np.isposinf(beta)], [INFEASIBLE, UNBOUNDED], OPTIMAL).astype(np.int8)
    beta = np.where(status == OPTIMAL, beta, np.nan)
    moved = at.all + beta[:, None] * direction
    return beta, finish(technology, reference, at, ask, beta, status, moved, peer, np.ones(len(at)))


def free_radial(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> tuple[Floats, Scored]:
    """Return θ − 1 or φ − 1 with its sign turned to that of β, and the rest, under returns other than variable."""
    from nqpf.numerics.dominance import scaled

    signs = costs_and_values(technology, at)
    contract = ask.orientation == "input"
    less, more = signs > 0, signs < 0
    q, p = reference.all, at.all
    i = np.arange(reference.x.shape[1] if contract else 0)
    ends = np.array(ENDS[technology.rts])
    less_more = np.ascontiguousarray(q[:, less]), np.ascontiguousarray(q[:, more])
    at_less, at_more = np.ascontiguousarray(p[:, less]), np.ascontiguousarray(p[:, more])
    value, peer, scale = scaled(*less_more, at_less, at_more, i, ends, barred(ask))
    status = np.select([peer < 0, np.isposinf(value)], [INFEASIBLE, UNBOUNDED], OPTIMAL).astype(np.int8)
    value = np.where(status == OPTIMAL, value, np.nan)
    moved = p.copy()
    part = slice(0, i.size) if contract else slice(at.x.shape[1], at.x.shape[1] + at.y.shape[1])
    moved[:, part] *= value[:, None]
    moved[np.isnan(value)] = np.nan
    beta = 1.0 - value if contract else value - 1.0
    return beta, finish(technology, reference, at, ask, beta, status, moved, peer, scale)


def costs_and_values(technology: Technology, at: Quantities) -> Floats:
    """Return 1 for what should be small and −1 for what should be large, ``float64[I + O + B]``."""
    if at.b.shape[1] and technology.disposability not in ("strong", "free"):
        raise SpecError("frontier_free_bad", where=Where(key="disposability"), value=technology.disposability)
    bad = 1.0 if technology.disposability == "strong" else -1.0
    return np.repeat([1.0, -1.0, bad], [at.x.shape[1], at.y.shape[1], at.b.shape[1]])


def barred(ask: Ask) -> Integers:
    """Return the reference observation that each one may not use, −1 where it may use all."""
    return ask.own.astype(np.int64) if ask.leave_out else np.full(len(ask.own), -1)


def finish(
    technology: Technology,
    reference: Quantities,
    at: Quantities,
    ask: Ask,
    score: Floats,
    status: NDArray[np.int8],
    moved: Floats,
    peer: Integers,
    scale: Floats,
) -> Scored:
    """Return the result of comparison with single observations: slacks and targets where they were asked for.

    Parameters
    ----------
    moved
        ``float64[U, I + O + B]`` projections.
    peer, scale
        ``int64[U]`` the observation compared with, −1: none, and what it is multiplied by.
    """
    signs = costs_and_values(technology, at)
    slacks = np.full_like(moved, np.nan)
    found = np.flatnonzero(status == OPTIMAL)
    if ask.slacks:
        if technology.rts == "vrs":
            from nqpf.numerics.dominance import most_room

            size = np.maximum(np.abs(reference.all).max(axis=0), np.abs(at.all).max(axis=0))
            weights = np.ones(signs.size) if ask.weights is None else ask.weights
            bars = barred(ask)[found]
            peer = peer.copy()
            peer[found] = most_room(signs * reference.all, signs * moved[found], size, weights, bars, NOISE)
        left = signs * (moved[found] - scale[found, None] * reference.all[peer[found]])
        slacks[found] = np.maximum(left, 0.0)
    target = moved - signs * slacks if ask.slacks else moved
    i, o = at.x.shape[1], at.y.shape[1]
    return Scored(
        score=score,
        efficiency=np.full_like(score, np.nan),
        status=status,
        gap=np.where(status == OPTIMAL, 0.0, np.nan),
        slacks=slacks,
        targets=Quantities(target[:, :i], target[:, i : i + o], target[:, i + o :]),
        intensities=(found, peer[found], scale[found]),
    )
