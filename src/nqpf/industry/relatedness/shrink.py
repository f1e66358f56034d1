"""Location quotients of small places pulled towards 1, as far as the data show that such places are noisy.

Activity x where E is expected, with a true quotient θ of mean 1 and variance τ² over pairs of region and industry, and
noise of variance σ² E given θ: the best linear estimate of θ is (x + b) / (E + b) with b = σ² / τ². For counts σ² = 1
(Poisson; with a gamma prior the estimate is the posterior mean), and τ² is found by moments: Clayton and Kaldor (1987),
doi:10.2307/2532003; Marshall (1991), doi:10.2307/2347593. For amounts noise has no scale of its own, and σ² is found
from how far the quotients of a pair differ between years: Bühlmann and Straub's credibility, in Bühlmann and Gisler
(2005), A Course in Credibility Theory and its Applications, Springer, doi:10.1007/3-540-29273-X, ch. 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

Nature = Literal["count", "amount"]
"""Whether activity is counted (jobs, firms, patents) or an amount (money, tonnes)."""


@dataclass(frozen=True, slots=True)
class Prior:
    """How strongly the quotients of a year are pulled towards 1.

    Attributes
    ----------
    noise
        σ²: variance of x given θ, per unit of expected activity.
    variance
        τ²: variance of the true quotients; 0 where the observed ones differ no more than by noise.
    strength
        b = σ² / τ², in units of activity: so much expected activity weighs as much as the prior; ∞ where τ² is 0.
    """

    noise: float
    variance: float
    strength: float

    @classmethod
    def of(cls, noise: float, variance: float, total: float = 1.0) -> Prior:
        """Return the prior of two variances, the noise being per share of a `total` of activity."""
        noise, variance = noise * total, max(variance, 0.0)
        return cls(noise, variance, noise / variance if variance > 0 else float("inf"))


def poisson_prior(x: Floats, expected: Floats) -> Prior:
    """Return the prior of counts ``float64[N, K]`` by moments: τ² = Σ E (x/E − 1)² / Σ E − NK / Σ E."""
    spread = ((x - expected) ** 2 / expected).sum()
    return Prior.of(1.0, float((spread - x.size) / expected.sum()))


def amount_variances(x: Floats, expected: Floats) -> tuple[float, float]:
    """Return σ² and τ² of amounts that are measured in several years.

    Parameters
    ----------
    x, expected
        ``float64[T, P]`` activity and what is expected of P pairs, as shares of each year's total; 0 where a pair is
        not in the year. At least one pair is in two years.

    Returns
    -------
    The unbiased estimates of Bühlmann and Straub, all pairs having the mean 1.
    """
    there = expected > 0
    weight = expected.sum(axis=0)
    kept = weight > 0
    mean = np.divide(x.sum(axis=0), weight, out=np.zeros_like(weight), where=kept)
    within = np.divide((x - expected * mean) ** 2, expected, out=np.zeros_like(x), where=there).sum()
    degrees = (there.sum(axis=0)[kept] - 1).sum()
    noise = within / degrees
    w, total = weight[kept], weight.sum()
    middle = x.sum() / total
    between = (w * (mean[kept] - middle) ** 2).sum() - (w.size - 1) * noise
    return float(noise), float(between / (total - (w**2).sum() / total))


def shrunk(x: Floats, expected: Floats, prior: Prior) -> Floats:
    """Return (x + b) / (E + b), the quotients pulled towards 1."""
    if np.isinf(prior.strength):
        return np.ones_like(x)
    return (x + prior.strength) / (expected + prior.strength)


def credibility(expected: Floats, prior: Prior) -> Floats:
    """Return E / (E + b): the weight of a pair's own quotient against 1."""
    return np.zeros_like(expected) if np.isinf(prior.strength) else expected / (expected + prior.strength)


def above(x: Floats, expected: Floats, prior: Prior, threshold: float) -> Floats:
    """Return the posterior probability that the true quotient of a count is above the threshold."""
    if np.isinf(prior.strength):
        return np.full_like(x, float(threshold < 1))
    found: Floats = special.gammaincc(x + prior.strength, threshold * (expected + prior.strength))
    return found
