"""Additive measures: the largest weighted sum of slacks, and measures of efficiency made from it.

Additive model: Charnes, Cooper, Golany, Seiford and Stutz (1985), doi:10.1016/0304-4076(85)90133-2; slacks weighed by
one over the standard deviation: Lovell and Pastor (1995), doi:10.1016/0167-6377(95)00044-5. Range adjusted measure
(RAM): Cooper, Park and Pastor (1999), doi:10.1023/A:1007701304281. Bounded adjusted measure (BAM): Cooper, Pastor,
Borras, Aparicio and Pastor (2011), doi:10.1007/s11123-010-0190-2. Super-efficiency: Du, Liang and Zhu (2010),
doi:10.1016/j.ejor.2009.12.007.
"""

from __future__ import annotations

import numpy as np

from nqpf.errors import SpecError, Where
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.singly import scored, signs_of, sum_of_moves
from nqpf.productivity.frontier.slacks_based import refuse_zeros
from nqpf.productivity.frontier.technology import Floats, Technology


def additive(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return the largest Σ w·s, 0 for an efficient observation; it has no upper bound, so no share.

    Parameters
    ----------
    technology, reference, at, ask
        As for every measure. Oriented: slacks of inputs, or of good and bad outputs, alone. Without weights each is 1:
        the sum then depends on the units of measurement.
    """
    if ask.leave_out:
        return super_additive(technology, reference, at, ask)
    weight = np.ones(at.all.shape[1]) if ask.weights is None else ask.weights
    return _weighted(technology, reference, at, ask, weight[None], share=False)


def ram(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return 1 − mean of slack over range of its column among the reference; between 0 and 1 within the reference."""
    _only_variable(technology, "ram")
    size = np.ptp(reference.all, axis=0)[None]
    return _weighted(technology, reference, at, ask, _per(size, ask, at), share=True)


def bam(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return 1 − mean of slack over what the observation is away from the best of its column among the reference."""
    _only_variable(technology, "bam")
    best = np.where(signs_of(at) > 0, reference.all.max(axis=0), reference.all.min(axis=0))
    return _weighted(technology, reference, at, ask, _per((best - at.all) * signs_of(at), ask, at), share=True)


def super_additive(technology: Technology, reference: Quantities, at: Quantities, ask: Ask) -> Scored:
    """Return δ = (1 + mean s_i / x_i) / (1 − mean s_r / y_r) of the smallest slacks that bring it among the others.

    The slacks minimise Σ w·s with weights of one over the observation's own quantities unless `Ask.weights` has others
    (0: the quantity may not move). An observation that the others reach has δ = 1.
    """
    refuse_zeros(at, ask)
    i, k = at.x.shape[1], at.all.shape[1]
    counted = _of(at, ask) * (1.0 if ask.weights is None else ask.weights > 0)
    size = np.where(counted > 0, at.all, 1.0)  # what may not move may be zero
    weight = counted * (1.0 / (k * size) if ask.weights is None else ask.weights)
    envelope = Envelope.of(technology, reference, at, ask.own, leave_out=True)
    moved = sum_of_moves(envelope, -signs_of(at) * at.all * (weight > 0), weight * at.all, -1.0, ask.workers)
    share = np.abs(moved.change) / size
    rest = 1.0 - share[:, i:].mean(axis=1)
    delta = np.divide(1.0 + share[:, :i].mean(axis=1), rest, out=np.full_like(rest, np.nan), where=rest > 0)
    return scored(envelope, at, moved, ask, delta, delta)


def _weighted(
    technology: Technology, reference: Quantities, at: Quantities, ask: Ask, weight: Floats, share: bool
) -> Scored:
    envelope = Envelope.of(technology, reference, at, ask.own, leave_out=ask.leave_out)
    weight = weight * _of(at, ask)
    size = np.abs(reference.all).mean(axis=0)
    step = signs_of(at) * np.where(size > 0, size, 1.0) * (weight > 0)
    moved = sum_of_moves(envelope, step, weight * np.abs(step), 1.0, ask.workers)
    score = 1.0 - moved.value if share else moved.value
    return scored(envelope, at, moved, ask, score, score if share else np.full_like(score, np.nan))


def _of(at: Quantities, ask: Ask) -> Floats:
    """Return which quantities ``float64[1, I + O + B]`` the orientation counts."""
    inputs = np.arange(at.all.shape[1]) < at.x.shape[1]
    return np.where(inputs, ask.orientation != "output", ask.orientation != "input").astype(float)[None]


def _per(size: Floats, ask: Ask, at: Quantities) -> Floats:
    """Return one over the size and the number of quantities counted; 0 where there is no room for a slack."""
    weight: Floats = np.divide(1.0, size * _of(at, ask).sum(), out=np.zeros_like(size), where=size > 0)
    return weight


def _only_variable(technology: Technology, measure: str) -> None:
    if technology.rts != "vrs":
        raise SpecError("measure_only_vrs", where=Where(key="rts"), measure=measure, value=technology.rts)
