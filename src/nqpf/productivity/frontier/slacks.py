"""The second stage: what a movement to the frontier leaves over, as the largest weighted sum of slacks.

A radial or directional projection may lie on a part of the frontier where some input could still be saved, or some
output still be made, alone; the second stage finds the most of it. That takes a stage of its own, not a small number
in the first: Ali and Seiford (1993), Computational accuracy and infinitesimals in data envelopment analysis, INFOR
31(4), 290–297.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.programs import OPTIMAL, Programs
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.technology import Floats, Integers


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """Slacks of U projections.

    Attributes
    ----------
    slacks
        ``float64[U, I + O + B]`` not negative; NaN where there was no projection or no proven optimum.
    intensities
        (observation, reference observation, λ) of the points that the slacks lead to.
    """

    slacks: Floats
    intensities: tuple[Integers, Integers, Floats]


def slacks_left(
    envelope: Envelope, moved: Floats, which: NDArray[np.bool_], weights: Floats | None, workers: int | None
) -> Left:
    """Return the slacks with the largest weighted sum.

    Parameters
    ----------
    envelope
        Rows of the observations.
    moved
        ``float64[U, I + O + B]`` projections.
    which
        ``bool[U]`` observations that have one.
    weights
        ``float64[I + O + B]`` of the slacks; None: all 1.
    workers
        As for `nqpf.parallel.spread`.
    """
    at = np.flatnonzero(which)
    k = moved.shape[1]
    extra = envelope.beside(np.zeros((1, envelope.rhs.shape[1], 0)))
    quantity = np.flatnonzero(envelope.slack_rows < k)
    rows = envelope.slack_rows[quantity]
    cost = np.zeros((1, extra.shape[2]))
    cost[0, quantity] = 1.0 if weights is None else weights[rows]
    programs = Programs(
        envelope.columns,
        extra if len(extra) == 1 else extra[at],
        envelope.at(moved)[at],
        cost,
        envelope.own[at],
        None if envelope.barred is None else envelope.barred[at],
    )
    solved = solve(programs, workers=workers)
    ok = solved.status == OPTIMAL
    slacks = np.full(moved.shape, np.nan)
    slacks[at[ok]] = 0.0
    slacks[at[ok][:, None], rows] = np.maximum(solved.extra[ok][:, quantity], 0.0)
    unit, peer, value = envelope.peers(solved)
    return Left(slacks, (at[unit], peer, value))
