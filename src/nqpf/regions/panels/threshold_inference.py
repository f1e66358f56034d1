"""Whether another threshold is there (bootstrap with regressors held fixed), and where thresholds may lie.

Hansen (1999), doi:10.1016/S0304-4076(99)00025-1: F = (S₀ − S₁) / σ̂² against draws in which the residuals of whole units
are put on the fit of the model with one threshold fewer; LR(γ) = (S(γ) − S(γ̂)) / σ̂² against −2 log(1 − √level).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.within import demeaned
from nqpf.regions.panels.threshold_search import Path, Search, one_after_the_other

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """Test of k thresholds against k − 1.

    Attributes
    ----------
    f, p
        Statistic and bootstrap p value.
    critical
        Statistics of the draws at 10, 5 and 1 per cent.
    null, alternative
        Sums of squares with k − 1 and k thresholds.
    """

    f: float
    p: float
    critical: tuple[float, float, float]
    null: float
    alternative: float


def bootstrap_test(
    search: Search, y: Floats, path: Path, k: int, units: int, freedom: int, draws: int, rng: np.random.Generator
) -> Tested:
    """Return the test of `k` thresholds against `k` − 1.

    Parameters
    ----------
    search, y
        The panel, rows by unit and then by year, and its regressand ``float64[R]`` without effects.
    path
        Thresholds found one after the other.
    k
        How many thresholds.
    units, freedom
        Number of units, and what a sum of squares is divided by.
    draws, rng
        Of the bootstrap.
    """
    null, alternative = float(path.sums[0, k - 1]), float(path.sums[0, k])
    f = (null - alternative) / alternative * freedom
    basis = search.basis([int(c) for c in path.found[0, : k - 1]])
    fitted = basis @ (basis.T @ y)
    by_unit = (y - fitted).reshape(units, -1)
    picked = rng.integers(units, size=(draws, units))
    errors = by_unit[picked].transpose(1, 2, 0).reshape(len(y), draws)
    if search.kept.all() and len(search.codes) > 1:
        errors = demeaned(errors, search.codes)[0]  # units drawn anew have means by year again
    drawn = one_after_the_other(search, fitted[:, None] + errors, k)
    with np.errstate(divide="ignore", invalid="ignore"):
        stars = (drawn.sums[:, k - 1] - drawn.sums[:, k]) / drawn.sums[:, k] * freedom
    p = (int((stars >= f).sum()) + 1) / (draws + 1)
    ten, five, one = (float(v) for v in np.quantile(stars, [0.9, 0.95, 0.99]))
    return Tested(f, p, (ten, five, one), null, alternative)


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """Where a threshold may lie.

    Attributes
    ----------
    ratio
        ``float64[C]`` likelihood ratio of each candidate, infinite where it is not allowed.
    pieces
        Lowest and highest value of each run of candidates that are not refused.
    """

    ratio: Floats
    pieces: tuple[tuple[float, float], ...]


def locate(search: Search, y: Floats, found: Sequence[int], k: int, freedom: int, level: float) -> Located:
    """Return where threshold `k` of `found` may lie, the others held where they are."""
    others = [c for m, c in enumerate(found) if m != k]
    sums = search.sums(y[:, None], others)[1][:, 0]
    least = sums.min()
    ratio = (sums - least) / least * freedom
    inside = ratio <= -2 * np.log(1 - np.sqrt(level))
    tried = np.flatnonzero(np.isfinite(ratio))  # what trimming leaves out does not break a run
    runs = np.split(tried, np.flatnonzero(np.diff(inside[tried].astype(int)) != 0) + 1)
    values = search.values
    pieces = tuple((float(values[run[0]]), float(values[run[-1]])) for run in runs if inside[run[0]])
    return Located(ratio, pieces)
