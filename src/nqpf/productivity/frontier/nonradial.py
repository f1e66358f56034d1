"""Non-radial directional distance: every quantity moves along its part of the direction as far as it can.

max w·β with (x + β_x g_x, y + β_y g_y, b + β_b g_b) possible, β ≥ 0: Zhou, Ang and Wang (2012),
doi:10.1016/j.ejor.2012.04.022, and their energy and environmental performance index.
"""

from __future__ import annotations

import numpy as np

from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Bools, Quantities
from nqpf.productivity.frontier.singly import scored, sum_of_moves
from nqpf.productivity.frontier.technology import Floats, Technology


def nonradial(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return non-radial directional distances Σ w·β; the share is the performance index of what moves.

    Parameters
    ----------
    technology, reference, at, ask
        As for every measure. Weights are taken as they are; without, those of Zhou, Ang and Wang: the kinds that move
        (inputs, good outputs, bad outputs) weigh the same, and within a kind every quantity that moves.
    """
    assert ask.direction is not None
    step = np.broadcast_to(ask.direction, at.all.shape)
    weight = group_weights(step, at) if ask.weights is None else np.broadcast_to(ask.weights, step.shape)
    step = step * (weight > 0)
    envelope = Envelope.of(technology, reference, at, ask.own, leave_out=ask.leave_out)
    moved = sum_of_moves(envelope, step, weight, 1.0, ask.workers)
    return scored(envelope, at, moved, ask, moved.value, performance(at.all, at.all + moved.change, step < 0, step > 0))


def group_weights(step: Floats, at: Quantities) -> Floats:
    """Return weights ``float64[U, I + O + B]`` that sum to 1: equal kinds, and equal quantities within a kind."""
    kinds = np.repeat(np.eye(3), [at.x.shape[1], at.y.shape[1], at.b.shape[1]], axis=0)
    moves = step != 0
    count = moves @ kinds
    share = np.divide(1.0, count, out=np.zeros_like(count), where=count > 0)
    total = (count > 0).sum(axis=1, keepdims=True)
    weight: Floats = moves * (share @ kinds.T) / np.maximum(total, 1)
    return weight


def performance(observed: Floats, target: Floats, reduced: Bools, raised: Bools) -> Floats:
    """Return mean of target/observed of what is reduced over the same mean of what is raised; 1 on the frontier.

    With the observation's own quantities as direction this is (1 − mean β) / (1 + mean β): of energy, of CO₂ or of both
    for one good output, the three indices of Zhou, Ang and Wang (2012).

    Parameters
    ----------
    observed, target
        ``float64[U, K]``.
    reduced, raised
        ``bool[U or 1, K]`` quantities that count; NaN where one of them is observed as 0 or below.
    """
    counted = reduced | raised
    ratio = np.divide(target, observed, out=np.where(counted, np.nan, 0.0), where=counted & (observed > 0))

    def mean(which: Bools) -> Floats:
        some = which.sum(axis=1)
        total = np.where(which, ratio, 0.0).sum(axis=1)
        found: Floats = np.divide(total, some, out=np.ones(len(ratio)), where=some > 0)
        return found

    return mean(reduced) / mean(raised)
