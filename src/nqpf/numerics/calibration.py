"""Whether probabilities come true: scores, tenths, and the logistic curve of what happened on what was foretold.

Brier (1950), Monthly Weather Review 78, 1–3; Cox (1958), Two further applications of a model for binary regression,
Biometrika 45, 562–565, doi:10.1093/biomet/45.3-4.562.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit as log_odds

from nqpf.numerics.logistic import logit
from nqpf.numerics.ranks import position

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How R probabilities came true.

    Attributes
    ----------
    brier
        Mean squared difference.
    log_loss
        Mean −log of the probability of what happened; ∞ where that was given none.
    intercept, slope
        Of the log odds of what happened on the log odds foretold; 0 and 1 are right. NaN where a probability is 0 or 1,
        or all are alike.
    error
        Mean gap between share and probability over the bins, weighted by rows (expected calibration error).
    predicted, observed, count
        ``float64[B]`` by bin of rising probability: mean probability, share that happened, rows.
    """

    brier: float
    log_loss: float
    intercept: float
    slope: float
    error: float
    predicted: Floats
    observed: Floats
    count: Floats


def calibration(p: Floats, hit: Bools, bins: int = 10) -> Calibration:
    """Return how probabilities came true.

    Parameters
    ----------
    p, hit
        ``float64[R]`` from 0 to 1, and ``bool[R]``.
    bins
        Of as many rows each as equal probabilities allow: these stay together.

    Examples
    --------
    >>> found = calibration(np.array([0.1, 0.1, 0.6, 0.6]), np.array([False, False, True, False]), 2)
    >>> round(found.brier, 3), round(found.error, 3), found.observed.tolist()
    (0.135, 0.1, [0.0, 0.5])
    """
    chance = np.where(hit, p, 1 - p)
    place = (position(p, p, "average") - 0.5) / p.size * bins
    at = np.minimum(place.astype(np.intp), bins - 1)
    rows = np.bincount(at, minlength=bins).astype(float)
    kept = rows > 0
    foretold, came = (np.bincount(at, part, minlength=bins)[kept] / rows[kept] for part in (p, hit))
    with np.errstate(divide="ignore"):
        loss = -float(np.log(chance).mean())
    intercept, slope = _curve(p, hit)
    error = float((rows[kept] * np.abs(foretold - came)).sum() / p.size)
    return Calibration(
        float(((p - hit) ** 2).mean()), loss, intercept, slope, error, foretold, came, rows[kept]
    )  # fmt: skip


def _curve(p: Floats, hit: Bools) -> tuple[float, float]:
    with np.errstate(divide="ignore"):
        odds = log_odds(p)
    if not np.isfinite(odds).all() or hit.all() or not hit.any() or np.ptp(odds) <= 1e-9 * np.abs(odds).max():
        return float("nan"), float("nan")
    mean, spread = odds.mean(), odds.std()
    found = logit(np.column_stack([np.ones(p.size), (odds - mean) / spread]), hit.astype(float), np.arange(p.size))
    if not found.exists:
        return float("nan"), float("nan")
    slope = found.coefficients[1] / spread
    return float(found.coefficients[0] - slope * mean), float(slope)
