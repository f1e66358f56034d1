"""Synthetic difference-in-differences of one block: weights on a simplex, found exactly, and the effect they give.

Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), doi:10.1257/aer.20190159, equations 2 to 6. Their program stops
early (Frank–Wolfe); here the quadratic programs are solved to the end, as non-negative least squares with one more row
(Lawson and Hanson 1974, doi:10.1137/1.9781611971217): over rays s·w the least of ‖s C w‖² + (s − 1)² is g/(1 + g) for
g = ‖C w‖², which rises with g, so the ray that is best holds the best w.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]


def simplex_weights(a: Floats, b: Floats, ridge: float) -> Floats:
    """Return w ≥ 0, Σ w = 1 with the least ‖(a w − b) less its mean‖² + ridge ‖w‖².

    Parameters
    ----------
    a, b
        ``float64[R, K]`` and ``float64[R]``.
    ridge
        Weight of the sum of squared weights.
    """
    k = a.shape[1]
    apart = a - b[:, None]
    apart = apart - apart.mean(axis=0)
    rows = np.vstack([apart, np.sqrt(ridge) * np.eye(k)])
    size = np.sqrt((rows.mean(axis=1) ** 2).sum())  # what equal weights leave
    if size > 0:
        rows = rows / size
    found, _ = nnls(np.vstack([rows, np.ones(k)]), np.append(np.zeros(len(rows)), 1.0), maxiter=30 * max(k, 10))
    out: Floats = found / found.sum()
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """Ridges ζ² of units' and years' weights."""

    units: float
    years: float

    @classmethod
    def of(cls, controls: Floats, before: int, treated: int) -> Ridges:
        """Return them from the changes of ``controls[N, T]`` over the `before` years before `treated` units adopt."""
        noise = float(np.diff(controls[:, :before], axis=1).std(ddof=1))
        after = controls.shape[1] - before
        return cls((treated * after) ** 0.5 * noise**2, (1e-6 * noise) ** 2)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Effect of one block of units that adopt together.

    Attributes
    ----------
    effect
        Mean effect after adoption.
    units
        ``float64[N]`` weights of the controls.
    years
        ``float64[T₀]`` weights of the years before.
    treated, synthetic
        ``float64[T]`` mean of the treated, and of the controls by their weights.
    """

    effect: float
    units: Floats
    years: Floats
    treated: Floats
    synthetic: Floats


def block(
    controls: Floats,
    treated: Floats,
    before: int,
    ridges: Ridges,
    units: Floats | None = None,
    years: Floats | None = None,
) -> Block:
    """Return the effect of a block.

    Parameters
    ----------
    controls, treated
        ``float64[N, T]`` and ``float64[M, T]``.
    before
        Number of years before adoption.
    ridges
        Of the weights.
    units, years
        Weights that are given rather than found.
    """
    mean = treated.mean(axis=0)
    if years is None:
        after = controls[:, before:].mean(axis=1)
        years = simplex_weights(controls[:, :before], after, ridges.years * len(controls))
    if units is None:
        units = simplex_weights(controls[:, :before].T, mean[:before], ridges.units * before)
    synthetic = units @ controls
    gap = mean - synthetic
    effect = float(gap[before:].mean() - gap[:before] @ years)
    return Block(effect, units, years, mean, synthetic)
