"""What a measure of efficiency is given and what it gives back, whatever the measure.

A measure is a function ``measure(technology, reference, at, ask) -> Scored`` on arrays; `measures.MEASURES` has them by
name, `dea.py` calls them for each frontier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.programs import STATUS, Integers
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.technology import Floats, Technology

Orientation = Literal["input", "output", "both"]
Share = Literal["none", "contraction", "expansion"]

NO_REFERENCE, MISSING = len(STATUS), len(STATUS) + 1
STATUS_WORDS = (*STATUS, "no_reference", "missing")
"""Words of the status of an observation: those of its program, and of what was never posed."""


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """What is asked of a measure besides the technology.

    Attributes
    ----------
    orientation
        ``input``, ``output`` or ``both``.
    own
        ``int64[U]`` position of each observation among the reference, −1 where it is not there.
    direction
        ``float64[U or 1, I + O + B]`` of directional measures: change of the quantities for β = 1; None otherwise.
    weights
        ``float64[I + O + B]`` of slacks or of single distances where the measure has such; None: the measure's own.
    leave_out
        The observation itself may not be its own reference (super-efficiency).
    slacks
        Whether slacks that a radial or directional score leaves are sought in a second stage.
    workers
        As for `nqpf.parallel.spread`.
    share
        How a directional distance β reads as a share: ``contraction`` 1 − β, ``expansion`` 1 / (1 + β), ``none``.
    """

    orientation: Orientation
    own: Integers
    direction: Floats | None = None
    weights: Floats | None = None
    leave_out: bool = False
    slacks: bool = False
    workers: int | None = None
    share: Share = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of U observations, NaN wherever the status is not optimal.

    Attributes
    ----------
    score
        ``float64[U]`` as the literature defines it: θ, φ, β, ρ, …
    efficiency
        ``float64[U]`` the same as a share, 1 on the frontier, higher better (1/φ for φ); NaN where there is none.
    status
        ``int8[U]`` codes of `nqpf.numerics.programs`.
    gap
        ``float64[U]`` certificate of the program; 0 where there was none to solve (free disposal hull).
    slacks
        ``float64[U, I + O + B]`` distance of each quantity from its target beyond the radial or directional movement.
    targets
        Quantities of the projection on the frontier.
    intensities
        (observation, reference observation, λ) of λ > 0: peers.
    dual
        ``float64[U, I + O + B]`` prices of the quantities (multipliers), not negative where the technology lets the
        quantity be disposed of; None where the measure has none.
    scale
        ``float64[U]`` price of the row Σλ, 0 under constant returns; None where there is none.
    """

    score: Floats
    efficiency: Floats
    status: NDArray[np.int8]
    gap: Floats
    slacks: Floats
    targets: Quantities
    intensities: tuple[Integers, Integers, Floats]
    dual: Floats | None = None
    scale: Floats | None = None


Measure = Callable[[Technology, Quantities, Quantities, Ask], Scored]
