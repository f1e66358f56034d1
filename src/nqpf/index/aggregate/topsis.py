"""TOPSIS: closeness to the best and distance from the worst profile.

With scores s in [worst, best] and weights w, d⁺ = √Σ u (best − s)², d⁻ = √Σ u (s − worst)², C = d⁻ / (d⁺ + d⁻), where
u = w² if the scores are weighted before the distance (Hwang and Yoon 1981, doi:10.1007/978-3-642-48318-9) and u = w if
the squared distances are weighted. A score beyond best or worst (new years on frozen bounds) counts as that end: taken
as it is, the formula would praise whoever falls below the worst.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator
from nqpf.index.aggregate.rows import blocks, profile, weighted
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.options.normalise import Normalise
from nqpf.results import TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Closeness:
    """Distances and closeness of R profiles, each ``float64[R]``."""

    best: Floats
    worst: Floats
    closeness: Floats


def closeness(s: Floats, w: Floats, low: Floats, high: Floats, weighting: str = "scores") -> Closeness:
    """Return distances to the ideal and anti-ideal profile, and the closeness.

    Parameters
    ----------
    s
        ``float64[R, K]`` scores, higher better, NaN where missing.
    w
        ``float64[R or 1, K]`` weights over what is present, summing to 1.
    low, high
        ``float64[K]`` anti-ideal and ideal score.
    weighting
        ``scores`` or ``distances``.

    Returns
    -------
    Closeness
        NaN where ideal and anti-ideal are one for everything that is present and carries weight.
    """
    u = w**2 if weighting == "scores" else w
    span = high - low
    least, most = profile(s, "observed", None)
    inside = bool(((least >= low) & (most <= high)).all())
    best, worst = np.empty(len(s)), np.empty(len(s))
    for rows in blocks(len(s)):
        here = u if len(u) == 1 else u[rows]
        gap = s[rows] - low
        if not inside:
            np.clip(gap, 0.0, span, out=gap)
        worst[rows] = weighted(gap * gap, here)
        np.subtract(span, gap, out=gap)
        np.multiply(gap, gap, out=gap)
        best[rows] = weighted(gap, here)
    best, worst = np.sqrt(best), np.sqrt(worst)
    both = best + worst
    return Closeness(best, worst, np.divide(worst, both, out=np.full_like(both, np.nan), where=both > 0))


def closeness_multipliers(s0: Floats, s1: Floats, w: Floats, low: Floats, high: Floats, weighting: str) -> Floats:
    """Return ω with Σ_j ω_j (s1_j − s0_j) = C(s1) − C(s0) exactly.

    C depends on the two sums A = Σ u (best − s)² and B = Σ u (s − worst)². The effects of A and of B are the mean over
    the two orders of change (Shapley value of two players), each a divided difference in closed form, and A and B are
    sums over indicators; so nothing is left over.

    Parameters
    ----------
    s0, s1
        ``float64[R, K]`` scores before and after (reference and unit), NaN where missing in both.
    w, low, high, weighting
        As in `closeness`.
    """
    u = w**2 if weighting == "scores" else w
    one, two = closeness(s0, w, low, high, weighting), closeness(s1, w, low, high, weighting)
    a0, b0, a1, b1 = one.best, one.worst, two.best, two.worst
    # dC/dA and dC/dB as divided differences; a0 + a1 = 0 (or b0 + b1 = 0) only where that sum does not change at all.
    a, b = a0 + a1, b0 + b1
    k_a = np.divide(-0.5 * (_slope(b0, a0, a1) + _slope(b1, a0, a1)), a, out=np.zeros_like(a), where=a > 0)
    k_b = np.divide(0.5 * (_slope(a0, b0, b1) + _slope(a1, b0, b1)), b, out=np.zeros_like(b), where=b > 0)
    kept0, kept1 = np.clip(s0, low, high), np.clip(s1, low, high)
    omega = u * (k_b[:, None] * (kept0 + kept1 - 2 * low) - k_a[:, None] * (2 * high - kept0 - kept1))
    moved = s1 - s0  # of which only what lies between the ends counts
    return omega * np.divide(kept1 - kept0, moved, out=np.ones_like(moved), where=moved != 0)


def _slope(x: Floats, p: Floats, q: Floats) -> Floats:
    """Return x / ((x + p)(x + q)).

    Where x = 0 and p or q is 0 as well (a change from the worst profile all the way to the best passes through it), C
    is 0/0 halfway; it counts as ½ there, which gives both sums the same part.
    """
    product, both = (x + p) * (x + q), p + q
    half = np.divide(0.5, both, out=np.zeros_like(both), where=both > 0)
    return np.divide(x, product, out=half, where=product > 0)


def topsis(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    ideal: Literal["absolute", "observed"] = "observed",
    range: tuple[float, float] = (0.0, 1.0),
    weighting: Literal["scores", "distances"] = "scores",
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by TOPSIS.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` normalised, higher better, nothing missing.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    ideal
        ``observed``: the best and worst score of each column; scores change when rows are added. ``absolute``: the
        ends of `range`.
    range
        Ends of the scale of the scores, for ``absolute``.
    weighting
        ``scores``: w·s before the distance; ``distances``: w on the squared distance.
    by
        Column of years: ideals and ranks of each year alone. Default: all rows together.

    Returns
    -------
    TableResult
        The table with distance_best, distance_worst, score (closeness, higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        No such `ideal` or `weighting`; a `range` that does not rise.
    MethodError
        A missing value; weights that do not sum to 1; a score outside `range`; no column with weight that varies.

    References
    ----------
    Hwang and Yoon (1981), Multiple Attribute Decision Making, doi:10.1007/978-3-642-48318-9.

    Examples
    --------
    >>> topsis({"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0, 1.0]}, ["a", "b"]).frame["score"].round(3).to_list()
    [0.0, 0.691, 1.0]
    """
    how = checked(Aggregate, method="topsis", ideal=ideal, weighting=weighting)
    ends = checked(Normalise, range=range).range

    def work(rows: Rows) -> Scored:
        low, high = profile(rows.s, how.ideal, ends)
        if how.ideal == "absolute":
            rows.refuse_beyond(ends)
        found = closeness(rows.s, rows.w, low, high, how.weighting)
        rows.refuse_undefined(found.closeness, "topsis_flat", method="topsis")
        return {"distance_best": found.best, "distance_worst": found.worst, "score": found.closeness}

    options = {"ideal": ideal, "range": ends, "weighting": weighting}
    return score_table(data, columns, weights, by, "topsis", options, work)


def _score(s: Floats, w: Floats, how: Aggregate, sample: tuple[Floats, Floats]) -> Floats:
    return closeness(s, w, *sample, how.weighting).closeness


def _multipliers(s0: Floats, s1: Floats, w: Floats, how: Aggregate, sample: tuple[Floats, Floats]) -> Floats:
    low, high = sample
    return closeness_multipliers(s0, s1, w, low, high, how.weighting)


TOPSIS = Aggregator(
    score=_score,
    sample=lambda s, w, how, ends: profile(s, how.ideal, ends),
    multipliers=_multipliers,
    ends=lambda how, ends: (0.0, 1.0),
    bounded=lambda how: how.ideal == "absolute",
    undefined="topsis_flat",
)
