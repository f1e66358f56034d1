"""Newton's method for the maximum of a function with exact gradient and Hessian that need not be concave.

Where the Hessian has upward directions they are turned over, which makes every step one uphill; steps are halved until
they gain what the gradient promises. Economics knows the surface only through `at` and `outside`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.stochastic_frontier.likelihood import Point

Floats = NDArray[np.float64]
End = Literal["maximum", "outside", "stuck", "limit"]

LEAST_GAIN = 1e-11
"""Gain promised by a full step below which a point counts as the maximum; the step is still taken."""
ROUNDING = 1e-8
"""Promised gain that may be lost in the rounding of the function's value, where no step gains anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Peak:
    """Where a climb ended.

    Attributes
    ----------
    theta
        Point.
    value
        Function there.
    end
        ``maximum``; ``outside``: it left the region where it was to stay; ``stuck``: no step gained anything although
        a gain was promised; ``limit``: out of steps.
    steps
        Steps taken.
    """

    theta: Floats
    value: float
    end: End
    steps: int


def climb(
    at: Callable[[Floats, bool], Point],
    start: Floats,
    free: NDArray[np.bool_],
    outside: Callable[[Floats], bool],
    limit: int = 300,
) -> Peak:
    """Return where Newton's method arrives from `start`.

    Parameters
    ----------
    at
        Function with derivatives, or, where the second argument is False, its value alone.
    start
        First point.
    free
        Which coordinates may move.
    outside
        Whether a point has left the region of interest: the climb stops there.
    limit
        Most steps.
    """
    theta = start
    here = at(theta, True)
    for count in range(limit):
        if here.gradient is None:
            return Peak(theta, here.value, "stuck", count)
        step, promised, concave = _step(here, free)
        step = _shortened(step, theta)
        if concave and promised < LEAST_GAIN:
            return Peak(theta + step, at(theta + step, False).value, "maximum", count + 1)
        length = _length(at, theta, step, here.value, float(here.gradient @ step))
        if length == 0:
            end: End = "maximum" if concave and promised < ROUNDING else "stuck"
            return Peak(theta, here.value, end, count)
        theta = theta + length * step
        here = at(theta, True)
        if outside(theta):
            return Peak(theta, here.value, "outside", count + 1)
    return Peak(theta, here.value, "limit", limit)


def _step(here: Point, free: NDArray[np.bool_]) -> tuple[Floats, float, bool]:
    """Return the step, the gain it promises, and whether the function is concave here."""
    assert here.gradient is not None
    assert here.hessian is not None
    gradient = here.gradient[free]
    size, directions = np.linalg.eigh(-here.hessian[np.ix_(free, free)])
    bend = np.maximum(np.abs(size), 1e-13 * np.abs(size).max())
    along = directions.T @ gradient
    step = np.zeros(free.size)
    step[free] = directions @ (along / bend)
    return step, float(0.5 * (along**2 / bend).sum()), bool(size[0] > 0)


def _shortened(step: Floats, theta: Floats) -> Floats:
    """Return a step that moves no coordinate by more than 2 or twice its own size."""
    return np.asarray(step / max(1.0, float((np.abs(step) / (2 + 2 * np.abs(theta))).max())))


def _length(at: Callable[[Floats, bool], Point], theta: Floats, step: Floats, value: float, slope: float) -> float:
    """Return the first of 1, ½, ¼, … that gains enough, 0 if none does."""
    length = 1.0
    for _ in range(40):
        if at(theta + length * step, False).value >= value + 1e-4 * length * slope:
            return length
        length /= 2
    return 0.0
