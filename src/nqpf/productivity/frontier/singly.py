"""Quantities moved one by one: the programs of all measures that are not radial.

Observation u may move every quantity k by σ_k ≥ 0 steps of its own. Two aims: the largest (smallest) weighted sum of
the σ, and the smallest ratio (1 ∓ a·σ) / (1 ± c·σ), made linear by a change of scale t (Charnes and Cooper 1962,
doi:10.1002/nav.3800090303).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.errors import SpecError, Where
from nqpf.numerics.programs import OPTIMAL, Programs, Solved
from nqpf.numerics.solve import solve
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Bools, Quantities
from nqpf.productivity.frontier.slacks import slacks_left
from nqpf.productivity.frontier.technology import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Where U observations moved to.

    Attributes
    ----------
    value
        ``float64[U]`` what was maximised or minimised, NaN where the status is not optimal.
    change
        ``float64[U, I + O + B]`` change of each quantity, signed.
    which
        ``bool[I + O + B]`` quantities that could move.
    scale
        ``float64[U]`` t by which the intensities were solved for; 1 for sums.
    solved
        The solution, for status, peers and prices.
    """

    value: Floats
    change: Floats
    which: Bools
    scale: Floats
    solved: Solved


def signs_of(at: Quantities) -> Floats:
    """Return ``float64[I + O + B]`` the way to the frontier: −1 for inputs and bad outputs, 1 for good outputs."""
    return np.repeat([-1.0, 1.0, -1.0], [at.x.shape[1], at.y.shape[1], at.b.shape[1]])


def sum_of_moves(envelope: Envelope, step: Floats, weight: Floats, aim: float, workers: int | None = None) -> Moved:
    """Return the largest (``aim = 1``) or smallest (``aim = −1``) Σ weight·σ.

    Parameters
    ----------
    envelope
        Rows of the observations.
    step
        ``float64[U or 1, I + O + B]`` signed change for σ = 1; quantities whose steps are all 0 do not move.
    weight
        ``float64[U or 1, I + O + B]`` of the σ.
    aim
        1 to improve as far as possible, −1 to worsen as little as possible.
    workers
        As for `nqpf.parallel.spread`.
    """
    which: Bools = np.any(step != 0, axis=0)
    extra = envelope.beside(_columns(envelope, step, aim)[:, :, which])
    cost = np.zeros((len(weight), extra.shape[2]))
    cost[:, : which.sum()] = aim * weight[:, which]
    programs = Programs(envelope.columns, extra, envelope.rhs, cost, envelope.own, envelope.barred)
    solved = solve(programs, workers=workers)
    return Moved(aim * solved.value, _change(solved, step, which, 0, 1.0), which, np.ones(programs.size), solved)


def ratio_of_moves(
    envelope: Envelope, step: Floats, above: Floats, below: Floats, aim: float, workers: int | None = None
) -> Moved:
    """Return the smallest (1 − aim·above·σ) / (1 + aim·below·σ).

    Parameters
    ----------
    envelope, step, aim, workers
        As for `sum_of_moves`.
    above, below
        ``float64[U or 1, I + O + B]`` weights of the σ in numerator and denominator.
    """
    which: Bools = np.any(step != 0, axis=0)
    moves = int(which.sum())
    m, units = len(envelope.columns), len(envelope.rhs)
    own = envelope.beside(_columns(envelope, step, aim)[:, :, which])
    extra = np.zeros((units, m + 1, 1 + own.shape[2]))
    extra[:, :m, 0], extra[:, m, 0] = -envelope.rhs, 1.0
    extra[:, :m, 1:] = own
    extra[:, m, 1 : moves + 1] = aim * below[:, which]
    cost = np.zeros((len(above), extra.shape[2]))
    cost[:, 0], cost[:, 1 : moves + 1] = -1.0, aim * above[:, which]
    columns = np.vstack([envelope.columns, np.zeros(envelope.columns.shape[1])])
    programs = Programs(columns, extra, np.eye(m + 1)[m:], cost, envelope.own, envelope.barred)
    solved = solve(programs, workers=workers)
    scale = solved.extra[:, 0]
    return Moved(-solved.value, _change(solved, step, which, 1, scale[:, None]), which, scale, solved)


def _columns(envelope: Envelope, step: Floats, aim: float) -> Floats:
    """Return the column ``float64[U or 1, m, I + O + B]`` of every σ.

    Raises
    ------
    SpecError
        Something is to be improved that can be had for nothing, so that there is no end to it.
    """
    envelope.steps(step)
    free = envelope.slacks.sum(axis=1)[: step.shape[1]]
    if aim > 0 and (free * step > 0).any():
        raise SpecError("free_scored", where=Where(key="disposability"))
    return np.ascontiguousarray(-envelope.moves[None] * step[:, None, :])


def _change(solved: Solved, step: Floats, which: Bools, first: int, scale: Floats | float) -> Floats:
    change = np.zeros((len(solved.status), step.shape[1]))
    moved = solved.extra[:, first : first + int(which.sum())] / scale
    change[:, which] = np.maximum(moved, 0.0) * step[:, which]
    change[solved.status != OPTIMAL] = np.nan
    return change


def scored(envelope: Envelope, at: Quantities, moved: Moved, ask: Ask, score: Floats, efficiency: Floats) -> Scored:
    """Return what a measure gives back; with `Ask.slacks`, what the movement leaves over is sought in a second stage.

    Without it, slacks of quantities that could not move are not known (NaN) and their targets are what is observed.

    Parameters
    ----------
    envelope, at, moved, ask
        What was asked and found.
    score, efficiency
        As in `Scored`.
    """
    i, o, _ = envelope.sizes
    way = signs_of(at)
    slacks, target = np.where(moved.which | ask.slacks, moved.change * way, np.nan), at.all + moved.change
    peers = envelope.peers(moved.solved, moved.scale)
    if ask.slacks:
        left = slacks_left(envelope, target, moved.solved.status == OPTIMAL, None, ask.workers)
        slacks, target, peers = slacks + left.slacks, target + way * left.slacks, left.intensities
    return Scored(
        score=score,
        efficiency=efficiency,
        status=moved.solved.status,
        gap=moved.solved.gap,
        slacks=slacks,
        targets=Quantities(target[:, :i], target[:, i : i + o], target[:, i + o :]),
        intensities=peers,
        dual=envelope.prices(moved.solved.dual),
        scale=envelope.scale_price(moved.solved.dual),
    )
