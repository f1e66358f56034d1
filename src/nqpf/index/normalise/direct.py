"""Directions: values turned so that more is better, before any scale is laid on them.

Handbook on Constructing Composite Indicators (OECD/JRC 2008), doi:10.1787/9789264043466-en, part 1, step 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ideal = tuple[float, float]

IDEAL = ("target", "interval")
"""Directions whose best value is an ideal."""


class Directed(Protocol):
    """What normalisation needs to know of an indicator; `goalposts` and `goal` are in its own unit."""

    @property
    def id(self) -> str:
        """Name."""

    @property
    def direction(self) -> str:
        """``benefit``, ``cost``, ``target`` or ``interval``."""

    @property
    def ideal(self) -> Ideal | None:
        """Best interval of a target (both ends equal) or interval."""

    @property
    def goalposts(self) -> tuple[float, float] | None:
        """Lowest and highest value that is meant to count."""

    @property
    def goal(self) -> float | None:
        """Value to be reached."""


def direct(x: Floats, directions: Sequence[str], ideals: Sequence[Ideal | None]) -> Floats:
    """Return `x` turned so that more is better.

    Parameters
    ----------
    x
        ``float64[..., K]``.
    directions
        K of ``benefit``, ``cost``, ``target``, ``interval``.
    ideals
        K best intervals (both ends equal for a target), None for benefit and cost.

    Returns
    -------
    ndarray, shape (..., K)
        ``x`` for a benefit, ``−x`` for a cost, minus the distance to the ideal otherwise.

    Examples
    --------
    >>> direct(np.array([[3.0, 3.0, 3.0]]), ["benefit", "cost", "target"], [None, None, (5.0, 5.0)]).tolist()
    [[3.0, -3.0, -2.0]]
    """
    directed: Floats = x * np.array([-1.0 if d == "cost" else 1.0 for d in directions])
    for k, ideal in enumerate(ideals):
        if ideal is not None:
            directed[..., k] = -np.maximum(np.maximum(ideal[0] - x[..., k], x[..., k] - ideal[1]), 0.0)
    return directed


def direct_one(value: float, indicator: Directed) -> float:
    """Return a single value of an indicator, turned."""
    return float(direct(np.array([value]), [indicator.direction], [indicator.ideal])[0])


def measured(z: float, direction: str) -> float:
    """Return a directed value as it was measured; the distance to the ideal for a target or interval."""
    return z if direction == "benefit" else 0.0 - z
