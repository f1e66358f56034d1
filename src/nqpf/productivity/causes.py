"""The rise of total factor productivity by its causes: the frontier moves, units catch up, output moves between units.

Productivity of all units together is ln A = Σ s ln a with shares s in output; a unit's level a is its distance to one
frontier of all years, the product of efficiency e before its own year's frontier and of that frontier's place g. Then
Δ ln A = Σ s̄ Δ ln g + Σ s̄ Δ ln e + Σ Δs (ā − Ā) exactly: technology (Pastor and Lovell 2005,
doi:10.1016/j.econlet.2005.02.013), catching up, and allocation between units (Griliches and Regev 1995,
doi:10.1016/0304-4076(94)01601-U). Bars are means of both years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Causes:
    """Parts of the change of aggregate productivity in each of T − 1 steps, in logs.

    Attributes
    ----------
    total, technology, catching_up, allocation
        ``float64[T − 1]``; the last three add up to the first. NaN where no unit is there in both years.
    units
        ``int[T − 1]`` units there in both years: the others have no part in it.
    share
        ``float64[T − 1]`` their share in the output of all units in the later year.
    """

    total: Floats
    technology: Floats
    catching_up: Floats
    allocation: Floats
    units: NDArray[np.intp]
    share: Floats


def causes(level: Floats, efficiency: Floats, output: Floats) -> Causes:
    """Return the parts of the change of aggregate productivity.

    Parameters
    ----------
    level
        ``float64[T, N]`` productivity before one frontier of all years, NaN where absent.
    efficiency
        ``float64[T, N]`` efficiency before the frontier of its own year.
    output
        ``float64[T, N]`` output, the weight of a unit.

    Examples
    --------
    >>> level, efficiency = np.array([[0.5, 0.4], [0.6, 0.6]]), np.array([[1.0, 0.8], [1.0, 1.0]])
    >>> found = causes(level, efficiency, np.array([[2.0, 2.0], [3.0, 1.0]]))
    >>> bool(np.isclose(found.technology + found.catching_up + found.allocation, found.total).all())
    True
    """
    a, e = np.log(level), np.log(efficiency)
    g = a - e
    both = np.isfinite(a[1:] + a[:-1] + e[1:] + e[:-1])
    before, after = (np.where(both, part, 0.0) for part in (output[:-1], output[1:]))
    with np.errstate(invalid="ignore"):
        s0, s1 = before / before.sum(axis=1, keepdims=True), after / after.sum(axis=1, keepdims=True)
    middle = (s0 + s1) / 2

    def weighted(weight: Floats, values: Floats) -> Floats:
        total: Floats = np.sum(weight * np.where(both, values, 0.0), axis=1)
        return np.where(both.any(axis=1), total, np.nan)

    mean = (a[1:] + a[:-1]) / 2
    centre = weighted(middle, mean)[:, None]
    return Causes(
        total=weighted(s1, a[1:]) - weighted(s0, a[:-1]),
        technology=weighted(middle, g[1:] - g[:-1]),
        catching_up=weighted(middle, e[1:] - e[:-1]),
        allocation=weighted(s1 - s0, mean - centre),
        units=both.sum(axis=1),
        share=after.sum(axis=1) / np.nansum(output[1:], axis=1),
    )
