"""By-production efficiency: goods that could be made, and residuals that could be avoided, with the inputs there are.

Murty, Russell and Levkoff (2012), doi:10.1016/j.jeem.2012.02.005, after Färe, Grosskopf and Lovell: the mean of two
efficiencies, each against its own technology.
"""

from __future__ import annotations

import numpy as np

from nqpf.errors import SpecError, Where
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.singly import scored, signs_of, sum_of_moves
from nqpf.productivity.frontier.technology import Floats, Technology


def by_production(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return ½ (1 / mean φ + mean γ): goods can rise to φ y with these inputs, bad outputs fall to γ b.

    With one good output this is the index of Murty, Russell and Levkoff; with several they average 1/φ, which is no
    linear program, so the mean is taken before the reciprocal. It is 1 only where both parts are.

    Parameters
    ----------
    technology, reference, at, ask
        As for every measure; the technology must be ``by_production``. Weights are relative, within goods and within
        bad outputs.
    """
    if technology.disposability != "by_production":
        raise SpecError("by_production_only", where=Where(key="disposability"), value=technology.disposability)
    weight = _weights(at, ask)
    envelope = Envelope.of(technology, reference, at, ask.own, leave_out=ask.leave_out)
    moved = sum_of_moves(envelope, signs_of(at) * at.all * (weight > 0), weight, 1.0, ask.workers)
    goods, residuals = parts(at, moved.change, weight)
    index = (goods + residuals) / 2.0
    return scored(envelope, at, moved, ask, index, index)


def parts(at: Quantities, change: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return efficiency of goods 1 / mean φ and of residuals mean γ, each ``float64[U]``.

    Parameters
    ----------
    at
        The observations.
    change
        ``float64[U, I + O + B]`` change of each quantity to its target.
    weight
        ``float64[U, I + O + B]`` relative, 0 for what is not scored.
    """
    i, o = at.x.shape[1], at.y.shape[1]
    share = weight * np.divide(np.abs(change), at.all, out=np.zeros_like(change), where=at.all > 0)
    rise, fall = share[:, i : i + o].sum(axis=1), share[:, i + o :].sum(axis=1)
    return 1.0 / (1.0 + rise), 1.0 - fall


def _weights(at: Quantities, ask: Ask) -> Floats:
    i, o, b = at.x.shape[1], at.y.shape[1], at.b.shape[1]
    weight = (np.ones(i + o + b) if ask.weights is None else ask.weights) * (at.all > 0)
    kinds = np.repeat(np.eye(3), [i, o, b], axis=0)[:, 1:]
    total = weight @ kinds
    share = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    return weight * (share @ kinds.T)
