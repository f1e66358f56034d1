"""Maximum likelihood of a spatial regression, everything but ρ (or λ) concentrated out.

y − ρWy is regressed on X (lag), or on X − λWX (error): one curve over the interval in which I − ρW can be inverted, of
which the highest root of the score is taken. Ord (1975), doi:10.2307/2285387; panels: Elhorst (2003),
doi:10.1177/0160017603253791; what is left after effects are taken out orthonormally: Lee and Yu (2010),
doi:10.1016/j.jeconom.2009.08.001.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from nqpf.errors import MethodError
from nqpf.regions.spatial_regression.determinant import Determinant, Local
from nqpf.regions.spatial_regression.within import Swept

Floats = NDArray[np.float64]

EDGE = 1e-6
"""Share of the interval that is left out at either end, where ln|I − ρW| falls without end."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How much a sample counts once effects are taken out.

    Attributes
    ----------
    rows
        Independent deviations, T·N if none are taken off.
    years
        How often ln|I − ρW| enters.
    lost
        1 where year effects are taken out orthonormally, which takes the eigenvalue 1 of W along; else 0.
    """

    rows: int
    years: int
    lost: int


@dataclass(frozen=True, slots=True, eq=False)
class Peak:
    """The maximum.

    Attributes
    ----------
    rho
        Spatial parameter, 0 without one.
    beta
        ``float64[P]``.
    sigma2
        Sum of squares over the rows that count.
    log_likelihood
        With its constants.
    at_bound
        Whether the curve still rises where the interval ends.
    """

    rho: float
    beta: Floats
    sigma2: float
    log_likelihood: float
    at_bound: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Sums of squares as a function of ρ, from the triangle of all columns: costs the same for any number of rows."""

    y: Floats
    wy: Floats
    x: Floats
    wx: Floats
    scale: Floats

    @classmethod
    def of(cls, columns: Swept, error: bool) -> Profile:
        """Return the profile of a lag model, or of an `error` model."""
        scale = np.sqrt((columns.x**2).sum(axis=0))
        parts = [columns.y[:, None], columns.wy[:, None], columns.x / scale]
        if error:
            parts.append(columns.wx / scale)
        triangle: Floats = np.asarray(np.linalg.qr(np.concatenate(parts, axis=1), mode="r"))
        p = scale.size
        x = triangle[:, 2 : 2 + p]
        wx = triangle[:, 2 + p :] if error else np.zeros_like(x)
        return cls(triangle[:, 0], triangle[:, 1], x, wx, scale)

    def at(self, rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Return for ``float64[G]`` sums of squares, their derivatives and coefficients ``[G, P]``."""
        x = self.x - rho[:, None, None] * self.wx
        y = self.y - rho[:, None] * self.wy
        q, r = np.linalg.qr(x)
        inside = np.einsum("gqp,gq->gp", q, y)
        b = np.linalg.solve(r, inside[..., None])[..., 0]
        e = y - np.einsum("gqp,gp->gq", q, inside)
        slope = 2 * np.einsum("gq,gq->g", e, b @ self.wx.T - self.wy)
        return (e**2).sum(axis=1), slope, b / self.scale


def maximise(columns: Swept, error: bool, determinant: Determinant, sample: Sample) -> Peak:
    """Return the maximum of the likelihood of a lag or an `error` model.

    Raises
    ------
    MethodError
        Nothing is left to explain.
    """
    profile = Profile.of(columns, error)
    low, high = determinant.bounds
    if sample.lost:
        high = min(high, 1.0)
    margin = EDGE * (high - low)
    grid, log_det = determinant.scan(low + margin, high - margin)
    squares = profile.at(grid)[0]
    if squares.min() <= 1e-20 * float(columns.y @ columns.y):
        raise MethodError("spatial_exact")
    curve = log_det * sample.years - sample.rows / 2 * np.log(squares)
    if sample.lost:
        curve -= sample.years * np.log1p(-grid)
    best = int(curve.argmax())
    left, right = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)])
    local = determinant.near(left, right)

    def score(rho: float) -> float:
        total, slope, _ = profile.at(np.array([rho]))
        pull = float(local.trace(np.array(rho))) - sample.lost / (1 - rho)
        return -sample.years * pull - sample.rows / 2 * float(slope[0] / total[0])

    at_bound = score(left) * score(right) > 0
    rho = (
        (left if score(left) < 0 else right) if at_bound else float(brentq(score, left, right, xtol=1e-15, rtol=1e-14))
    )
    return _peak(profile, rho, local, sample, at_bound)


def without(columns: Swept, sample: Sample) -> Peak:
    """Return least squares as the maximum of the likelihood with ρ = 0."""
    profile = Profile.of(columns, False)
    if profile.at(np.zeros(1))[0][0] <= 1e-20 * float(columns.y @ columns.y):
        raise MethodError("spatial_exact")
    return _peak(profile, 0.0, None, sample, False)


def _peak(profile: Profile, rho: float, local: Local | None, sample: Sample, at_bound: bool) -> Peak:
    squares, _, b = profile.at(np.array([rho]))
    sigma2 = float(squares[0]) / sample.rows
    value = -sample.rows / 2 * (np.log(2 * np.pi * sigma2) + 1)
    if local is not None:
        value += sample.years * float(local.log_det(np.array(rho)))
        value -= sample.years * float(np.log1p(-rho)) if sample.lost else 0.0
    return Peak(rho, b[0], sigma2, float(value), at_bound)
