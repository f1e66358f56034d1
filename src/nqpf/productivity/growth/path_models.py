"""How a series goes on as it went before: predictive distributions of a drift and of a trend, on arrays.

Drift: a random walk whose steps are independent and normal; the mean of n steps carried on over h years misses by a
variance of σ²(h + h²/n), and Student's t with n − 1 degrees of freedom is exact. Trend: a straight line with errors
that are autoregressive of order one, predicted as in Goldberger (1962, JASA 57, 369–375); the autocorrelation is not
estimated but averaged over, by its restricted likelihood (Patterson and Thompson 1971, doi:10.1093/biomet/58.3.545),
for an estimate from a dozen years is far too low. Or a line by least squares whose coefficients have the covariance of
Newey and West (1987, doi:10.2307/1913610).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]
LINE = 2
"""Coefficients of a straight line."""
AUTOCORRELATIONS: Floats = np.linspace(-0.96, 0.96, 49)
"""Autocorrelations that are averaged over."""
HALVINGS = 40
"""Steps of the search for a quantile."""
NOTHING = 1e-12
"""Least scale of a distribution of logs: below it lies only what rounding leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Predictive distributions of U series over H years: mixtures of G Student distributions.

    Attributes
    ----------
    weight
        ``float64[G, U]`` summing to 1 over G.
    centre, scale
        ``float64[G, H, U]``.
    freedom
        Degrees of freedom.
    """

    weight: Floats
    centre: Floats
    scale: Floats
    freedom: int

    @property
    def mean(self) -> Floats:
        """Return what is expected, ``float64[H, U]``."""
        found: Floats = np.einsum("gu,ghu->hu", self.weight, self.centre)
        return found

    def below(self, value: Floats) -> Floats:
        """Return the probability of less than ``float64[H, U]``."""
        steps = stdtr(self.freedom, (value - self.centre) / self.scale)
        found: Floats = np.einsum("gu,ghu->hu", self.weight, steps)
        return found

    def quantile(self, share: float) -> Floats:
        """Return quantiles ``float64[H, U]``, by halving the room between the lowest and the highest of the parts."""
        parts = self.centre + stdtrit(self.freedom, share) * self.scale
        low, high = parts.min(axis=0), parts.max(axis=0)
        for _ in range(HALVINGS if len(parts) > 1 else 0):
            middle = (low + high) / 2
            less = self.below(middle) < share
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        found: Floats = (low + high) / 2
        return found


def drift(before: Floats, ahead: int) -> Outlook:
    """Return how random walks with drift go on.

    Parameters
    ----------
    before
        ``float64[T, U]`` the years before, T at least 3.
    ahead
        H, years after.

    Examples
    --------
    >>> drift(np.array([[0.0], [1.0], [2.0], [3.0]]), 2).mean.tolist()
    [[4.0], [5.0]]
    """
    steps = np.diff(before, axis=0)
    n, h = len(steps), np.arange(1.0, ahead + 1)[:, None]
    centre = before[-1] + h * steps.mean(axis=0)
    scale = steps.std(axis=0, ddof=1) * np.sqrt(h + h**2 / n)
    return Outlook(np.ones((1, before.shape[1])), centre[None], np.maximum(scale, NOTHING)[None], n - 1)


def trend(before: Floats, ahead: int, errors: str) -> Outlook:
    """Return how straight lines go on.

    Parameters
    ----------
    before, ahead
        As in `drift`, T at least 4.
    errors
        ``ar1`` or ``hac``.

    Examples
    --------
    >>> line = np.arange(6.0)[:, None]
    >>> trend(line, 2, "hac").mean.round(9).tolist()
    [[6.0], [7.0]]
    """
    return _autoregressive(before, ahead) if errors == "ar1" else _newey_west(before, ahead)


def _design(first: int, years: int) -> Floats:
    return np.column_stack([np.ones(years), np.arange(first, first + years, dtype=float)])


def _autoregressive(before: Floats, ahead: int) -> Outlook:
    n, rho = len(before), AUTOCORRELATIONS
    x = _design(0, n)
    z, y = (_whitened(v, rho) for v in (x, before))  # [G, T, K] and [G, T, U]
    inverse = np.linalg.inv(np.swapaxes(z, 1, 2) @ z)
    beta = inverse @ np.swapaxes(z, 1, 2) @ y
    square = ((y - z @ beta) ** 2).sum(axis=1)
    exact = square <= 1e-24 * np.maximum((before**2).sum(axis=0), 1e-300)
    square = np.where(exact, 0.0, square)
    shape = 0.5 * np.log(1 - rho**2) + 0.5 * np.linalg.slogdet(inverse)[1]
    weight = shape[:, None] - (n - LINE) / 2 * np.log(np.where(exact, 1.0, square))
    weight = np.exp(weight - weight.max(axis=0))
    last = before[-1] - np.einsum("k,gku->gu", x[-1], beta)
    faded = rho[:, None] ** np.arange(1, ahead + 1)  # [G, H]
    later = _design(n, ahead)
    centre = later @ beta + faded[:, :, None] * last[:, None, :]
    off = later - faded[:, :, None] * x[-1]
    shocks = (1 - faded**2) / (1 - rho[:, None] ** 2)
    spread = np.sqrt(shocks + np.einsum("ghk,gkl,ghl->gh", off, inverse, off))
    scale = spread[:, :, None] * np.sqrt(square / (n - LINE))[:, None, :]
    return Outlook(weight / weight.sum(axis=0), centre, np.maximum(scale, NOTHING), n - LINE)


def _whitened(values: Floats, rho: Floats) -> Floats:
    """Return ``float64[T, K]`` as ``float64[G, T, K]`` in which errors autocorrelated by ``float64[G]`` are not so."""
    r = rho[:, None, None]
    first = np.sqrt(1 - r**2) * values[None, :1]
    return np.concatenate([first, values[None, 1:] - r * values[None, :-1]], axis=1)


def _newey_west(before: Floats, ahead: int) -> Outlook:
    n = len(before)
    x, later = _design(0, n), _design(n, ahead)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ before
    rest = before - x @ beta
    scores = x[:, :, None] * rest[:, None, :]
    lags = int(4 * (n / 100) ** (2 / 9))
    meat = np.einsum("tku,tlu->klu", scores, scores)
    for lag in range(1, lags + 1):
        both = np.einsum("tku,tlu->klu", scores[lag:], scores[:-lag])
        meat += (1 - lag / (lags + 1)) * (both + both.swapaxes(0, 1))
    cover = np.einsum("ij,jku,kl->ilu", inverse, meat * n / (n - LINE), inverse)
    own = (rest**2).sum(axis=0) / (n - LINE)
    variance = own + np.einsum("hk,klu,hl->hu", later, cover, later)
    scale = np.maximum(np.sqrt(variance), NOTHING)
    return Outlook(np.ones((1, before.shape[1])), (later @ beta)[None], scale[None], n - LINE)
