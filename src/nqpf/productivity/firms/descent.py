"""Least squares from many starting points at once: Levenberg (1944) and Marquardt (1963, doi:10.1137/0111030).

All starting points take their steps together, so that a function which is vectorised over them is called a few dozen
times however many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Residuals = Callable[[Floats], tuple[Floats, Floats]]

LOST = 1e7
"""Damping at which no step, however small, has made the sum of squares less."""


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Where S descents ended.

    Attributes
    ----------
    point
        ``float64[S, K]``.
    value
        ``float64[S]`` sum of squares there.
    steps
        ``int[S]`` steps tried.
    """

    point: Floats
    value: Floats
    steps: NDArray[np.intp]


def descend(residuals: Residuals, starts: Floats, floor: float, flat: float, most: int = 200) -> Ends:
    """Return where Levenberg–Marquardt ends from each starting point.

    Parameters
    ----------
    residuals
        From ``float64[S, K]`` points to ``float64[S, M]`` residuals and their derivatives ``float64[S, M, K]``.
    starts
        ``float64[S, K]``.
    floor
        A sum of squares below this is nothing but rounding.
    flat
        Cosine between residuals and derivatives at which they count as orthogonal.
    most
        Steps tried at most.

    Notes
    -----
    A descent ends when the sum of squares is below `floor`, when residuals are orthogonal to all derivatives (a minimum
    that is not zero), or when no step makes it less.
    """
    point = starts.copy()
    r, j = residuals(point)
    value = (r * r).sum(axis=1)
    damping = np.full(len(point), 1e-3)
    steps = np.zeros(len(point), dtype=np.intp)
    active = np.flatnonzero(np.isfinite(value) & (value > floor))
    while active.size and steps.max() < most:
        trial = point[active] + _step(r[active], j[active], damping[active])
        r_new, j_new = residuals(trial)
        new = (r_new * r_new).sum(axis=1)
        steps[active] += 1
        better = new < value[active]  # false for NaN
        settled = better & ((new <= floor) | (_cosine(r_new, j_new) <= flat))
        took = active[better]
        point[took], r[took], j[took], value[took] = trial[better], r_new[better], j_new[better], new[better]
        damping[took] = np.maximum(damping[took] / 10, 1e-12)
        damping[active[~better]] *= 10
        active = active[~settled & (damping[active] < LOST)]
    return Ends(point, value, steps)


def _step(r: Floats, j: Floats, damping: Floats) -> Floats:
    """Return ``float64[S, K]``, the damped Gauss–Newton step in units of the columns' own lengths."""
    length = np.sqrt((j * j).sum(axis=1))
    length[~(length > 0)] = 1.0
    scaled = j / length[:, None, :]
    normal = scaled.transpose(0, 2, 1) @ scaled
    normal += damping[:, None, None] * np.eye(j.shape[2])
    down = -(scaled * r[:, :, None]).sum(axis=1)
    return np.asarray(np.linalg.solve(normal, down[..., None])[..., 0] / length)


def _cosine(r: Floats, j: Floats) -> Floats:
    """Return ``float64[S]``, the greatest cosine between the residuals and a derivative of them."""
    lengths = np.sqrt((r * r).sum(axis=1)[:, None] * (j * j).sum(axis=1))
    along = np.abs((r[:, :, None] * j).sum(axis=1))
    return np.asarray(np.divide(along, lengths, out=np.zeros_like(along), where=lengths > 0).max(axis=1))
