"""Slacks-based measures (SBM): the mean saving of inputs over the mean rise of outputs, every slack counted.

ρ = (1 − Σ w_i s_i / x_i) / (1 + Σ w_r s_r / y_r), bad outputs among the s_r: Tone (2001),
doi:10.1016/S0377-2217(99)00407-5, and Tone (2003), Dealing with undesirable outputs in DEA: a slacks-based measure
(SBM) approach, GRIPS Research Report I-2003-0005. Under free disposal ρ is the enhanced Russell graph measure of
Pastor, Ruiz and Sirvent (1999), doi:10.1016/S0377-2217(98)00098-8. Oriented: numerator or denominator alone.
Super-efficiency of units with ρ = 1, against a frontier without them: Tone (2002), doi:10.1016/S0377-2217(01)00324-1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from nqpf.errors import MethodError, Where
from nqpf.numerics.programs import OPTIMAL
from nqpf.productivity.frontier.envelope import Envelope
from nqpf.productivity.frontier.measure import Ask, Scored
from nqpf.productivity.frontier.quantities import Bools, Quantities
from nqpf.productivity.frontier.singly import Moved, ratio_of_moves, scored, signs_of, sum_of_moves
from nqpf.productivity.frontier.technology import Floats, Technology

NEAR = 1e-9
"""A score this near 1 is efficient."""


def sbm(
    technology: Technology,
    reference: Quantities,
    at: Quantities,
    ask: Ask,
    *,
    zeros: Literal["refused", "tone"] = "refused",
) -> Scored:
    """Return slacks-based scores ρ; where the observation may not be its own reference, those of `super_sbm`.

    Parameters
    ----------
    technology, reference, at, ask
        As for every measure. Weights are relative, within inputs and within outputs (good and bad together).
    zeros
        ``refused``: what is scored must be above 0. ``tone``: as Tone (2001, section 2.4) proposes: an input of 0 is
        left out of the observation's mean; an output of 0 is taken as a hundredth of the smallest that is above 0 among
        the reference, there too.
    """
    if ask.leave_out:
        return super_sbm(technology, reference, at, ask)
    if zeros == "tone":
        _refuse_none(reference, ask)
        reference, at = _filled(reference, reference), _filled(at, reference)
    else:
        refuse_zeros(at, ask)
    envelope = Envelope.of(technology, reference, at, ask.own)
    moved, rho = _measured(envelope, at, ask, 1.0)
    return scored(envelope, at, moved, ask, rho, rho)


def super_sbm(
    technology: Technology,
    reference: Quantities,
    at: Quantities,
    ask: Ask,
    *,
    others: Literal["sbm", "one"] = "sbm",
) -> Scored:
    """Return super-efficiencies δ ≥ 1 against the frontier without the observation.

    δ = (1 + Σ w_i s_i / x_i) / (1 − Σ w_r s_r / y_r) with the smallest slacks that bring the observation into the
    technology of the others. Oriented models may have no solution under other than constant returns.

    Parameters
    ----------
    technology, reference, at, ask
        As for every measure.
    others
        What a unit gets that the others can do without: ``sbm`` its score ρ (Tone's proposal), ``one`` δ as solved,
        which is 1 (deaR).
    """
    refuse_zeros(at, ask)
    envelope = Envelope.of(technology, reference, at, ask.own, leave_out=True)
    moved, delta = _measured(envelope, at, ask, -1.0)
    beyond = scored(envelope, at, moved, replace(ask, slacks=False), delta, delta)
    if others == "one":
        return beyond
    within = sbm(technology, reference, at, replace(ask, leave_out=False))
    return _merged(within, beyond, (within.status == OPTIMAL) & (within.score < 1.0 - NEAR))


def refuse_zeros(at: Quantities, ask: Ask) -> None:
    """Raise a MethodError if a quantity that is scored is not above 0: its slack has no share."""
    wrong = (at.all <= 0) & (_sides(at, ask)[0] | _sides(at, ask)[1])
    if wrong.any():
        row, column = (int(place[0]) for place in np.nonzero(wrong))
        raise MethodError("slack_share_zero", where=Where(row=row + 1), column=column + 1, value=at.all[row, column])


def _refuse_none(reference: Quantities, ask: Ask) -> None:
    """Raise a MethodError if a good or bad output that is scored is nowhere above 0: it has no smallest amount."""
    none = _sides(reference, ask)[1] & ~(reference.all > 0).any(axis=0)
    if none.any():
        raise MethodError("slack_all_zero", column=int(np.flatnonzero(none)[0]) + 1)


def _sides(at: Quantities, ask: Ask) -> tuple[Bools, Bools]:
    """Return which quantities ``bool[I + O + B]`` are scored above and below the line."""
    inputs = np.arange(at.all.shape[1]) < at.x.shape[1]
    weighted = np.ones(inputs.size, bool) if ask.weights is None else ask.weights > 0
    return inputs & weighted & (ask.orientation != "output"), ~inputs & weighted & (ask.orientation != "input")


def _measured(envelope: Envelope, at: Quantities, ask: Ask, aim: float) -> tuple[Moved, Floats]:
    """Return movements and ratio: improvements as large as possible, or deteriorations as small as possible."""
    above, below = _shares(at, ask)
    step = aim * signs_of(at) * at.all * ((above > 0) | (below > 0))
    if ask.orientation == "both":
        moved = ratio_of_moves(envelope, step, above, below, aim, ask.workers)
        return moved, moved.value
    moved = sum_of_moves(envelope, step, above + below, aim, ask.workers)
    if ask.orientation == "input":
        return moved, 1.0 - aim * moved.value
    rise = 1.0 + aim * moved.value
    return moved, np.divide(1.0, rise, out=np.full_like(rise, np.nan), where=rise > 0)


def _shares(at: Quantities, ask: Ask) -> tuple[Floats, Floats]:
    """Return weights ``float64[U, I + O + B]`` of the relative slacks above and below, each summing to 1 or 0."""
    q = at.all
    counted = (np.ones(q.shape[1]) if ask.weights is None else ask.weights) * (q > 0)
    above, below = _sides(at, ask)
    return _shared(counted * above), _shared(counted * below)


def _shared(weight: Floats) -> Floats:
    total = weight.sum(axis=1, keepdims=True)
    share: Floats = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    return share


def _filled(quantities: Quantities, reference: Quantities) -> Quantities:
    """Return quantities with outputs of 0 replaced by a hundredth of the smallest that is above 0."""

    def fill(values: Floats, among: Floats) -> Floats:
        least = np.where(among > 0, among, np.inf).min(axis=0, initial=np.inf)
        return np.where(values == 0, least / 100.0, values)

    return Quantities(quantities.x, fill(quantities.y, reference.y), fill(quantities.b, reference.b))


def _merged(first: Scored, second: Scored, take_first: Bools) -> Scored:
    """Return the first result where `take_first`, else the second."""

    def pick(a: Floats, b: Floats) -> Floats:
        return np.where(take_first if a.ndim == 1 else take_first[:, None], a, b)

    mine, theirs = take_first[first.intensities[0]], ~take_first[second.intensities[0]]
    unit, column, value = (
        np.concatenate([a[mine], b[theirs]]) for a, b in zip(first.intensities, second.intensities, strict=True)
    )
    order = np.lexsort((column, unit))
    return Scored(
        score=pick(first.score, second.score),
        efficiency=pick(first.efficiency, second.efficiency),
        status=np.where(take_first, first.status, second.status),
        gap=pick(first.gap, second.gap),
        slacks=pick(first.slacks, second.slacks),
        targets=Quantities(*(pick(getattr(first.targets, k), getattr(second.targets, k)) for k in "xyb")),
        intensities=(unit[order], column[order], value[order]),
        dual=None if first.dual is None or second.dual is None else pick(first.dual, second.dual),
        scale=None if first.scale is None or second.scale is None else pick(first.scale, second.scale),
    )
