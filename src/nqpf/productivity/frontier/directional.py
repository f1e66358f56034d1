"""Distance to the frontier along a direction: radial scores and the directional distance function are one program.

max β such that (x, y, b) + β g is possible. g = (−x, 0, 0) gives Farrell's input score θ = 1 − β, g = (0, y, 0) his
output score φ = 1 + β (Farrell 1957, doi:10.2307/2343100; Charnes, Cooper and Rhodes 1978,
doi:10.1016/0377-2217(78)90138-8); any other g the directional distance β (Chambers, Chung and Färe 1996,
doi:10.1006/jeth.1996.0096; with bad outputs Chung, Färe and Grosskopf 1997, doi:10.1006/jema.1997.0146).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, Programs, Solved
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.free_disposal import free_along, free_radial
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.slacks import slacks_left
from nqpf.productivity.frontier.technology import Floats, Integers, Technology


@dataclass(frozen=True, slots=True, eq=False)
class Distance:
    """Distances of U observations.

    Attributes
    ----------
    beta
        ``float64[U]`` β, NaN where the status is not optimal.
    status
        ``int8[U]`` codes of `nqpf.numerics.programs`.
    envelope, programs, solved
        What was solved, for slacks, peers and multipliers.
    """

    beta: Floats
    status: NDArray[np.int8]
    envelope: Envelope
    programs: Programs
    solved: Solved


def distance(
    technology: Technology,
    reference: Quantities,
    at: Quantities,
    direction: Floats,
    own: Integers | None = None,
    *,
    leave_out: bool = False,
    workers: int | None = None,
) -> Distance:
    """Return how far observations can move along a direction.

    Parameters
    ----------
    technology, reference, at, own, leave_out
        As for `Envelope.of`.
    direction
        ``float64[U or 1, I + O + B]`` change of the quantities for β = 1.
    workers
        As for `nqpf.parallel.spread`.
    """
    envelope = Envelope.of(technology, reference, at, own, leave_out=leave_out)
    programs = envelope.along(direction)
    solved = solve(programs, workers=workers)
    return Distance(solved.value, solved.status, envelope, programs, solved)


def radial_direction(at: Quantities, orientation: str) -> Floats:
    """Return ``float64[U, I + O + B]``: (−x, 0, 0) for ``input``, (0, y, 0) for ``output``."""
    zero = np.zeros_like
    if orientation == "input":
        return np.hstack([-at.x, zero(at.y), zero(at.b)])
    return np.hstack([zero(at.x), at.y, zero(at.b)])


def farrell(beta: Floats, orientation: str) -> Floats:
    """Return θ = 1 − β or φ = 1 + β."""
    return 1.0 - beta if orientation == "input" else 1.0 + beta


def radial(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return Farrell's scores: θ, to which inputs can be reduced, or φ, to which good outputs can be raised."""
    if technology.hull == "free" and technology.rts != "vrs":
        beta, found = free_radial(technology, reference, at, ask)
    else:
        beta, found = _beta(technology, reference, at, ask, radial_direction(at, ask.orientation))
    share = "contraction" if ask.orientation == "input" else "expansion"
    return replace(found, score=farrell(beta, ask.orientation), efficiency=share_of(beta, share))


def directional(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return directional distances β; `Ask.share` says how they read as a share."""
    assert ask.direction is not None
    beta, found = _beta(technology, reference, at, ask, ask.direction)
    return replace(found, efficiency=share_of(beta, ask.share))


def _beta(
    technology: Technology, reference: Quantities, at: Quantities, ask: Ask, direction: Floats
) -> tuple[Floats, Scored]:
    """Return β, and the result with β as its score and no efficiency."""
    if technology.hull == "free":
        return free_along(technology, reference, at, ask, direction)
    found = distance(technology, reference, at, direction, ask.own, leave_out=ask.leave_out, workers=ask.workers)
    beta, envelope = found.beta, found.envelope
    i, o, b = envelope.sizes
    moved = at.all + beta[:, None] * direction
    slacks = np.full_like(moved, np.nan)
    peers = envelope.peers(found.solved)
    if ask.slacks:
        left = slacks_left(envelope, moved, found.status == OPTIMAL, ask.weights, ask.workers)
        slacks, peers = left.slacks, left.intensities
    target = moved - np.repeat([1.0, -1.0, 1.0], [i, o, b]) * slacks if ask.slacks else moved
    scored = Scored(
        score=beta,
        efficiency=np.full_like(beta, np.nan),
        status=found.status,
        gap=found.solved.gap,
        slacks=slacks,
        targets=Quantities(target[:, :i], target[:, i : i + o], target[:, i + o :]),
        intensities=peers,
        dual=envelope.prices(found.solved.dual),
        scale=found.solved.dual[:, -1] if technology.rts != "crs" else np.zeros(len(at)),
    )
    return beta, scored


def share_of(beta: Floats, share: str) -> Floats:
    """Return β as a share: 1 − β (``contraction``), 1 / (1 + β) (``expansion``), NaN (``none``)."""
    if share == "contraction":
        return 1.0 - beta
    if share == "expansion":
        return np.divide(1.0, 1.0 + beta, out=np.full_like(beta, np.nan), where=1.0 + beta > 0)
    return np.full_like(beta, np.nan)


__all__ = ["INFEASIBLE", "OPTIMAL", "Distance", "directional", "distance", "farrell", "radial", "radial_direction"]
