"""How a series would have gone on beside others: synthetic controls, and placebos in place of a law of errors.

Weights are not negative and sum to one (Abadie, Diamond and Hainmueller 2010, doi:10.1198/jasa.2009.ap08746); levels
may differ by a constant (Ferman and Pinto 2021, doi:10.3982/QE1596), and a ridge spreads the weights where a
dozen years would fit almost any (Arkhangelsky et al. 2021, doi:10.1257/aer.20190159). A unit's gap after the date, over
what was left before it, is held against those of all others, each treated as if it had been the one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.synthetic import Ridges, simplex_weights

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
NOTHING = 1e-12
"""What is left before the date is at least this: below it lies only what rounding leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """A series beside others: weights ``float64[D]``, the gap ``float64[T]`` in all years, what is left before."""

    weights: Floats
    gap: Floats
    fit: float


def beside(series: Floats, donors: Floats, before: int) -> Beside:
    """Return a series beside donors.

    Parameters
    ----------
    series, donors
        ``float64[T]`` and ``float64[D, T]``.
    before
        Years of T in which they are fitted.

    Examples
    --------
    >>> donors = np.array([[0.0, 1.0, 2.0, 3.0], [0.0, 3.0, 3.0, 5.0]])
    >>> beside(donors.mean(axis=0) + 7.0, donors, 3).gap.round(6).tolist()
    [0.0, 0.0, 0.0, 0.0]
    """
    ridge = Ridges.of(donors, before, 1).units
    weights = simplex_weights(donors[:, :before].T, series[:before], ridge * before)
    gap = series - weights @ donors
    gap = gap - gap[:before].mean()
    return Beside(weights, gap, max(float(np.sqrt((gap[:before] ** 2).mean())), NOTHING))


def ratios(found: list[Beside], before: int) -> Floats:
    """Return gaps after the date over what was left before, ``float64[H, P]``."""
    gaps = np.array([one.gap[before:] / one.fit for one in found])
    return gaps.T


def critical(placebo: Floats, level: float) -> Floats:
    """Return what a ratio exceeds, in size, with a chance of at most 1 − level: ``float64[H]``, ∞ for few placebos."""
    count = placebo.shape[1]
    place = int(np.ceil(level * (count + 1) - 1e-9))
    if place > count:
        return np.full(len(placebo), np.inf)
    found: Floats = np.sort(np.abs(placebo), axis=1)[:, place - 1]
    return found


def p_values(own: Floats, placebo: Floats) -> Floats:
    """Return (1 + placebos at least as large) / (1 + placebos), ``float64[H]``."""
    larger = (np.abs(placebo) >= np.abs(own)[:, None] * (1 - 1e-12)).sum(axis=1)
    found: Floats = (1 + larger) / (1 + placebo.shape[1])
    return found


def groups(pool: int, size: int, most: int, rng: np.random.Generator) -> list[Integers]:
    """Return sets of `size` of `pool` units that may stand for the ones asked about: all single ones, or drawn ones."""
    if size == 1:
        return [np.array([i]) for i in range(pool)]
    return [np.sort(rng.choice(pool, size, replace=False)) for _ in range(most)]
