"""The share of growth that is due to TFP, with an interval, on arrays of years × units.

θ = Σ_t Δln A / Σ_t Δln Y. A ratio has no meaning where its denominator may be nothing: as in Fieller (1954,
doi:10.1111/j.2517-6161.1954.tb00159.x), θ is assessed only where the interval of mean output growth, from the same
draws, lies above zero. Draws in which output does not grow are placed beyond both ends, which only widens intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares of N series.

    Attributes
    ----------
    years
        ``int[N]`` years of growth.
    output, tfp
        ``float64[N]`` mean growth, NaN without years.
    output_low, output_high
        ``float64[N]`` interval of mean output growth.
    share, low, high
        ``float64[N]`` share and its interval, whatever the growth of output is.
    draws
        ``float64[2, B, N]`` drawn shares, those without growth at −∞ first and at ∞ second.
    """

    years: NDArray[np.intp]
    output: Floats
    tfp: Floats
    output_low: Floats
    output_high: Floats
    share: Floats
    low: Floats
    high: Floats
    draws: Floats


def tail(draws: int, level: float) -> int:
    """Return the place of the lower end of an interval among sorted draws: the (B + 1)(1 − level)/2-th, from 0."""
    return max(int((draws + 1) * (1 - level) / 2 + 1e-9), 1) - 1


def shares(output: Floats, tfp: Floats, counts: Floats, level: float, length: float | None = None) -> Shares:
    """Return shares with percentile intervals.

    Parameters
    ----------
    output, tfp
        ``float64[T, N]`` growth in logs, NaN in the same absent years.
    counts
        ``float64[B, T]`` how often each draw takes each year; the same for all units, which stay together.
    level
        Level of the intervals.
    length
        (Mean) length of the blocks that years were drawn in, to make up for their small number; None: draws as they
        are.

    Examples
    --------
    >>> grown = np.array([[0.1], [0.1]])
    >>> found = shares(grown, grown / 4, np.array([[1.0, 1.0]] * 9), 0.8)
    >>> found.share.tolist(), found.low.tolist()
    ([0.25], [0.25])
    """
    there = ~np.isnan(output)
    years = there.sum(axis=0)
    factor = 1.0 if length is None else small_sample(years, length, level)
    drawn_n = counts @ there
    (mean_y, drawn_y), (mean_a, drawn_a) = (_drawn(x, there, years, counts, drawn_n, factor) for x in (output, tfp))
    grows = drawn_y > 0
    ratio = np.divide(drawn_a, drawn_y, out=np.zeros_like(drawn_y), where=grows)
    ends = np.stack([np.where(grows, ratio, -np.inf), np.where(grows, ratio, np.inf)])
    k = tail(len(counts), level)
    low, high = (np.sort(one, axis=0)[at] for one, at in zip(ends, (k, len(counts) - 1 - k), strict=True))
    drawn_y.sort(axis=0)
    share = np.divide(mean_a, mean_y, out=np.full(mean_y.shape, np.nan), where=mean_y != 0)
    return Shares(years, mean_y, mean_a, drawn_y[k], drawn_y[len(counts) - 1 - k], share, low, high, ends)


def small_sample(years: NDArray[np.intp], length: float, level: float) -> Floats:
    """Return by how much drawn means are spread out, so that intervals from few blocks are not too narrow.

    Means of T years drawn in blocks of l vary too little by 1 − l/T, and T/l blocks are so few that quantiles are
    those of Student's t with T/l − 1 degrees of freedom, not of the normal distribution. For l = 1 this is what
    Hesterberg (2015, doi:10.1080/00031305.2015.1089789) does to percentile intervals.

    Parameters
    ----------
    years
        ``int[N]`` T of each series.
    length
        l, (mean) length of blocks.
    level
        Level of the intervals.
    """
    blocks = np.maximum(years / length, 2.0)
    beyond = (1 + level) / 2
    found: Floats = stdtrit(blocks - 1, beyond) / ndtri(beyond) / np.sqrt(1 - 1 / blocks)
    return found


def _drawn(
    x: Floats, there: NDArray[np.bool_], years: NDArray[np.intp], counts: Floats, drawn: Floats, factor: Floats | float
) -> tuple[Floats, Floats]:
    """Return the mean of each series and of each draw from it, spread about the former by `factor`."""
    sums = np.where(there, x, 0.0)
    mean = _ratio(sums.sum(axis=0), years)
    return mean, mean + factor * (_ratio(counts @ sums, drawn) - mean)


def _ratio(total: Floats, count: NDArray[np.generic]) -> Floats:
    found: Floats = np.divide(total, count, out=np.full(total.shape, np.nan), where=np.asarray(count) > 0)
    return found


def verdicts(found: Shares, threshold: float, least: int) -> tuple[list[str], list[str | None]]:
    """Return for each series a verdict and, where it is not assessed, the reason.

    Parameters
    ----------
    found
        Shares.
    threshold
        Share that the interval is held against.
    least
        Fewest years that are assessed.

    Returns
    -------
    tuple of lists
        ``above``, ``below``: the whole interval is. ``not_shown``: it holds the threshold. ``not_assessed``: ``short``
        (too few years), ``near_zero`` (output growth may be zero) or ``falling`` (output falls).
    """
    words: list[str] = []
    reasons: list[str | None] = []
    for i in range(found.years.size):
        reason = None
        if found.years[i] < least:
            reason = "short"
        elif found.output_high[i] < 0:
            reason = "falling"
        elif not found.output_low[i] > 0:
            reason = "near_zero"
        held = "above" if found.low[i] > threshold else "below" if found.high[i] < threshold else "not_shown"
        words.append(held if reason is None else "not_assessed")
        reasons.append(reason)
    return words, reasons
