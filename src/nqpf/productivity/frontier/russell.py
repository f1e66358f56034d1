"""Russell measures: the mean of separate contractions of inputs, or of separate expansions of good outputs.

Färe and Lovell (1978), doi:10.1016/0022-0531(78)90060-1. Their graph measure, which minimises Σθ + Σ1/φ, is no linear
program; Pastor, Ruiz and Sirvent (1999), doi:10.1016/S0377-2217(98)00098-8, took the ratio of the two means instead:
the enhanced Russell measure, which is the slacks-based measure without orientation.
"""

from __future__ import annotations

import numpy as np

from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.singly import scored, signs_of, sum_of_moves
from nqpf.productivity.frontier.technology import Technology


def russell(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return mean θ ≤ 1 of the inputs or mean φ ≥ 1 of the good outputs, bad outputs held.

    Zeros among what is contracted or expanded are left out of the observation's mean (Färe and Lovell take the
    quantities that are above 0); they cannot move in proportion. Where the observation may not be its own reference,
    inputs may rise and outputs fall (θ ≥ 1, φ ≤ 1 on the whole), each as little as possible.

    Parameters
    ----------
    technology, reference, at, ask
        As for every measure; orientation ``input`` or ``output``. Weights are relative.
    """
    i, o = at.x.shape[1], at.y.shape[1]
    k = np.arange(at.all.shape[1])
    kind = k < i if ask.orientation == "input" else (k >= i) & (k < i + o)
    weight = (np.ones(k.size) if ask.weights is None else ask.weights) * kind * (at.all > 0)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    aim = -1.0 if ask.leave_out else 1.0
    envelope = Envelope.of(technology, reference, at, ask.own, leave_out=ask.leave_out)
    moved = sum_of_moves(envelope, aim * signs_of(at) * at.all * (weight > 0), weight, aim, ask.workers)
    if ask.orientation == "input":
        theta = 1.0 - aim * moved.value
        return scored(envelope, at, moved, ask, theta, theta)
    phi = 1.0 + aim * moved.value
    share = np.divide(1.0, phi, out=np.full_like(phi, np.nan), where=phi > 0)
    return scored(envelope, at, moved, ask, phi, share)
