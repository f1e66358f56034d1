"""The log t regression on arrays, for many groups at once.

log(H₁/H_t) − 2 log log t = a + b log t + u over the last part of the years; a group converges where the one-sided t
of b is above −1.65. Phillips and Sul (2007), doi:10.1111/j.1468-0262.2007.00811.x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.regions.convergence.long_run import ERRORS, Hac

Floats = NDArray[np.float64]

LEAST_POINTS = 4
"""Points of a regression below which its residuals say nothing of autocorrelation."""
LOW_POWER = 10
"""Points below which the test is called one of low power."""


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """B regressions: slope, standard error, t value and its share of the normal law below, each ``float64[B]``."""

    beta: Floats
    se: Floats
    t: Floats

    @property
    def p(self) -> Floats:
        """Return the one-sided p: small where convergence is rejected."""
        found: Floats = ndtr(self.t)
        return found


@dataclass(frozen=True, slots=True)
class LogT:
    """The regression for T years.

    Attributes
    ----------
    years
        T.
    trim
        Share of the years left out at the start; their number is rounded, halves to the even one.
    hac
        Standard error.
    """

    years: int
    trim: float
    hac: Hac

    def __post_init__(self) -> None:
        if not 0 < self.trim < 1:
            raise SpecError("logt_trim", where=Where(key="trim"), value=self.trim)
        if self.points < LEAST_POINTS:
            raise MethodError("logt_short", years=self.years, points=self.points, least=LEAST_POINTS)

    @property
    def points(self) -> int:
        """Return the number of years in the regression."""
        return self.years - round(self.years * self.trim)

    def fit(self, spreads: Floats) -> Fits:
        """Return the regressions of ``H[B, T]``; NaN for a group whose units are equal in some year."""
        first = self.years - self.points
        x = np.log(np.arange(first + 1, self.years + 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            y = np.log(spreads[:, :1] / spreads[:, first:]) - 2 * np.log(x)
            y = np.where(np.isfinite(y).all(axis=1, keepdims=True), y, np.nan)
            away = x - x.mean()
            beta = y @ away / np.sum(away**2)
            u = y - y.mean(axis=1, keepdims=True) - beta[:, None] * away
            se = ERRORS[self.hac](u, x)
            return Fits(beta, se, beta / se)

    def sure(self, spreads: Floats, units: Sequence[str]) -> Fits:
        """Return the regressions, or an error that names the units among which one has no t value."""
        fits = self.fit(spreads)
        if np.isnan(fits.t).any():
            raise no_t(units)
        return fits


def no_t(units: Sequence[str]) -> MethodError:
    """Return the error for a group without a t value."""
    return MethodError("logt_undefined", units=listing(units), count=len(units))
