"""Scores of points before a frontier as terms of an index of productivity change: logarithms, or minus a distance."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from nqpf.productivity.change.distances import Evaluate, Value
from nqpf.productivity.frontier.directional import directional, radial
from nqpf.productivity.frontier.directions import SHARES, direction_of, numbers_by_column
from nqpf.productivity.frontier.measure import Ask, Measure, Orientation, Scored
from nqpf.productivity.frontier.nonradial import nonradial
from nqpf.productivity.frontier.quantities import Observed, Quantities
from nqpf.productivity.frontier.slacks_based import super_sbm
from nqpf.productivity.frontier.technology import Floats, Integers, Technology


def radial_scores(orientation: Orientation) -> Evaluate:
    """Return Farrell's scores as logarithms of efficiencies: Malmquist."""
    return partial(_radial, orientation=orientation)


def slacks_based_scores(orientation: Orientation) -> Evaluate:
    """Return slacks-based scores, beyond the frontier super-efficiencies, as logarithms."""
    return partial(_slacks_based, orientation=orientation)


def directional_scores(
    measure: str, direction: Any, weights: Mapping[str, float] | None, additive: bool, observed: Observed
) -> Evaluate:
    """Return directional distances β: as −β (``additive``, Luenberger), else as logarithms of 1 / (1 + β) or 1 − β.

    Parameters
    ----------
    measure
        ``nonradial``: Σ w·β of quantities that move one by one; else one β for all.
    direction
        A word of `directions.Direction`, or numbers by column.
    weights
        w by column; None: those of `frontier.nonradial`.
    additive
        Whether the index is a difference.
    observed
        All observations.
    """
    return partial(
        _directional,
        score=nonradial if measure == "nonradial" else directional,
        direction=direction,
        weights=None if weights is None else numbers_by_column("weights", weights, observed.names),
        additive=additive,
        every=observed.quantities[observed.complete],
        names=observed.names,
    )


def _radial(
    technology: Technology, reference: Quantities, at: Quantities, own: Integers, *, orientation: Orientation
) -> Value:
    return _ratio(radial(technology, reference, at, Ask(orientation, own)))


def _slacks_based(
    technology: Technology, reference: Quantities, at: Quantities, own: Integers, *, orientation: Orientation
) -> Value:
    # Nobody is left out of the reference: a point of the year itself gets its score, one beyond its super-efficiency.
    nowhere = np.full(len(at), -1, np.intp)
    return _ratio(super_sbm(technology, reference, at, Ask(orientation, nowhere, leave_out=True)))


def _directional(
    technology: Technology,
    reference: Quantities,
    at: Quantities,
    own: Integers,
    *,
    score: Measure,
    direction: Any,
    weights: Floats | None,
    additive: bool,
    every: Quantities,
    names: tuple[tuple[str, ...], ...],
) -> Value:
    along = direction_of(direction, at, reference, every, names)
    share = SHARES.get(direction, "none") if isinstance(direction, str) else "none"
    scored = score(technology, reference, at, Ask("both", own, direction=along, weights=weights, share=share))
    return Value(scored.score, -scored.score, scored.status, scored.gap) if additive else _ratio(scored)


def _ratio(scored: Scored) -> Value:
    efficiency = scored.efficiency
    term = np.full_like(efficiency, np.nan)
    np.log(efficiency, out=term, where=efficiency > 0)
    return Value(scored.score, term, scored.status, scored.gap)
