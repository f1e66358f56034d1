"""Means: arithmetic, geometric, harmonic, the power mean they belong to, and the median.

M_p(s) = (Σ w s^p)^(1/p), with the geometric mean Π s^w at p = 0 (Bullen 2003, doi:10.1007/978-94-017-0399-4). Each has
exact *multipliers* ω with Σ_j ω_j (s1_j − s0_j) = M(s1) − M(s0): w itself for the arithmetic mean; for the others
w_j D(s1_j, s0_j) / D(M1, M0) with the divided difference D of the function that is averaged. For the geometric mean
that is the logarithmic mean of LMDI decomposition (Ang 2004, doi:10.1016/S0301-4215(03)00076-4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked, choose
from nqpf.index.aggregate.aggregator import Aggregator
from nqpf.index.aggregate.rows import weighted
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.results import TableResult

Floats = NDArray[np.float64]

SMALL = 1e-100
"""An exponent nearer to 0 than this is 0."""
HALF = 1e-12
"""How far a sum of weights may be from one half and still count as half."""


def arithmetic(s: Floats, w: Floats) -> Floats:
    """Return Σ w s over what is present, ``float64[R]``.

    Parameters
    ----------
    s
        ``float64[R, K]`` scores, NaN where missing.
    w
        ``float64[R or 1, K]`` weights over what is present, summing to 1.
    """
    return weighted(s, w)


def geometric(s: Floats, w: Floats) -> Floats:
    """Return Π s^w over what is present, ``float64[R]``; scores are positive, which whoever calls this checks."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.exp(weighted(np.log(s), w)))


def harmonic(s: Floats, w: Floats) -> Floats:
    """Return 1 / Σ (w/s) over what is present, ``float64[R]``; scores are positive, which whoever calls this checks."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 / weighted(1 / s, w))


def power(s: Floats, w: Floats, exponent: float) -> Floats:
    """Return (Σ w s^p)^(1/p) over what is present, ``float64[R]``; the geometric mean at p = 0.

    Scores are divided by the one that leads, and the sum is taken around 1, so that no exponent, however large or near
    to 0, costs digits. NaN where a score is negative, or zero under p ≤ 0, unless p = 1.
    """
    if exponent == 1.0:
        return arithmetic(s, w)
    counted = np.where((w > 0) & ~np.isnan(s), s, np.nan)
    least = np.fmin.reduce(counted, axis=1)
    if abs(exponent) < SMALL:
        return np.where(least > 0, geometric(s, w), np.nan)
    # For p < 0 the smallest score leads, as the largest does for p > 0.
    lead = np.fmax.reduce(counted, axis=1) if exponent > 0 else least
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(counted / np.where(lead > 0, lead, 1.0)[:, None])
        found = lead * np.exp(np.log1p(weighted(np.expm1(exponent * logs), w)) / exponent)
    found = np.where(lead == 0, 0.0, found)  # where all are zero, weights a rounding above 1 would leave no number
    return np.where(least >= 0 if exponent > 0 else least > 0, found, np.nan)


def median(s: Floats, w: Floats) -> Floats:
    """Return the weighted median of what is present, ``float64[R]``.

    That is the score up to which, from the worst, half of the weight lies; where exactly half lies below a gap, the
    middle of the gap, so that equal weights give the plain median.
    """
    order = np.argsort(s, axis=1)  # NaN goes to the end
    ordered = np.take_along_axis(s, order, axis=1)
    reached = np.cumsum(np.take_along_axis(np.broadcast_to(w, s.shape), order, axis=1), axis=1)
    lower = (reached >= 0.5 - HALF).argmax(axis=1)[:, None]
    upper = (reached > 0.5 + HALF).argmax(axis=1)[:, None]
    return np.asarray(np.take_along_axis(ordered, lower, 1) + np.take_along_axis(ordered, upper, 1))[:, 0] / 2


def geometric_multipliers(s0: Floats, s1: Floats, w: Floats) -> Floats:
    """Return ω with Σ_j ω_j (s1_j − s0_j) = geometric(s1) − geometric(s0), ``float64[R, K]``."""
    whole = logarithmic_mean(geometric(s1, w), geometric(s0, w))
    return w * whole[:, None] / logarithmic_mean(s1, s0)


def harmonic_multipliers(s0: Floats, s1: Floats, w: Floats) -> Floats:
    """Return ω with Σ_j ω_j (s1_j − s0_j) = harmonic(s1) − harmonic(s0), ``float64[R, K]``."""
    return w * (harmonic(s0, w) * harmonic(s1, w))[:, None] / (s0 * s1)


def power_multipliers(s0: Floats, s1: Floats, w: Floats, exponent: float) -> Floats:
    """Return ω with Σ_j ω_j (s1_j − s0_j) = power(s1) − power(s0), ``float64[R, K]``."""
    if exponent == 0.0:
        return geometric_multipliers(s0, s1, w)
    if exponent == 1.0:
        return np.broadcast_to(w, s0.shape)
    whole = power_slope(power(s0, w, exponent), power(s1, w, exponent), exponent)[:, None]
    slopes = np.nan_to_num(w * power_slope(s0, s1, exponent))  # NaN from zero to zero: nothing to be explained
    return np.divide(slopes, whole, out=np.zeros_like(slopes), where=whole != 0)


def logarithmic_mean(a: Floats, b: Floats) -> Floats:
    """Return L(a, b) = (a − b) / (ln a − ln b), and a where a = b."""
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.log(a) - np.log(b)
        # Near a = b the quotient loses its digits; there L is the geometric mean × sinh(g/2)/(g/2) by its series.
        series = np.sqrt(a * b) * (1 + gap**2 / 24 + gap**4 / 1920)
        return np.where(np.abs(gap) < 1e-3, series, (a - b) / gap)


def power_slope(a: Floats, b: Floats, exponent: float) -> Floats:
    """Return (a^p − b^p) / (a − b), and p a^(p−1) where a = b; a and b not negative, p not 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.log(a) - np.log(b)
        middle = np.sqrt(a * b)
        # Near a = b by the series of sinh(p g/2) / sinh(g/2), which the quotient is.
        x, y = (exponent * gap / 2) ** 2, (gap / 2) ** 2
        series = exponent * middle ** (exponent - 1) * (1 + x / 6 + x**2 / 120) / (1 + y / 6 + y**2 / 120)
        near = np.abs(gap) * max(1.0, abs(exponent)) < 1e-3
        return np.where(near, series, (a**exponent - b**exponent) / (a - b))


def aggregate(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    method: Literal["arithmetic", "geometric", "harmonic", "power", "median"] = "arithmetic",
    exponent: float | None = None,
) -> TableResult:
    """Score the rows of a table by a weighted mean or median.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` normalised, higher better, nothing missing.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    method
        ``arithmetic``, ``geometric``, ``harmonic``, ``power`` or ``median``.
    exponent
        Of ``power``: 1 is the arithmetic, 0 the geometric, −1 the harmonic mean.

    Returns
    -------
    TableResult
        The table with score and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not.
    SpecError
        No such `method`; ``power`` without `exponent`, or another method with one.
    MethodError
        A missing value; weights that do not sum to 1; a score that is not positive under ``geometric``, ``harmonic``
        and ``power`` with `exponent` ≤ 0, or negative under ``power``.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), doi:10.1787/9789264043466-en, step 6.

    Examples
    --------
    >>> aggregate({"a": [1.0, 4.0], "b": [1.0, 9.0]}, ["a", "b"], method="geometric").frame["score"].round(6).to_list()
    [1.0, 6.0]
    """
    choose("method", method, tuple(SIMPLE))
    how = checked(Aggregate, method=method, **({} if exponent is None else {"exponent": exponent}))
    kind = SIMPLE[method]

    def work(rows: Rows) -> Scored:
        if kind.positive(how):
            rows.refuse(rows.s <= 0, "nonpositive_score", method=method)
        elif method == "power" and exponent != 1:
            rows.refuse(rows.s < 0, "negative_score", method=method)
        return {"score": kind.score(rows.s, rows.w, how, None)}

    options = {} if exponent is None else {"exponent": exponent}
    return score_table(data, columns, weights, None, method, options, work)


def _power_positive(how: Aggregate) -> bool:
    return how.exponent is not None and how.exponent <= 0


def _exponent(how: Aggregate) -> float:
    return 1.0 if how.exponent is None else how.exponent


ARITHMETIC = Aggregator(
    score=lambda s, w, how, sample: arithmetic(s, w),
    multipliers=lambda s0, s1, w, how, sample: np.broadcast_to(w, s0.shape),
)
GEOMETRIC = Aggregator(
    score=lambda s, w, how, sample: geometric(s, w),
    multipliers=lambda s0, s1, w, how, sample: geometric_multipliers(s0, s1, w),
    positive=lambda how: True,
)
HARMONIC = Aggregator(
    score=lambda s, w, how, sample: harmonic(s, w),
    multipliers=lambda s0, s1, w, how, sample: harmonic_multipliers(s0, s1, w),
    positive=lambda how: True,
)
POWER = Aggregator(
    score=lambda s, w, how, sample: power(s, w, _exponent(how)),
    multipliers=lambda s0, s1, w, how, sample: power_multipliers(s0, s1, w, _exponent(how)),
    positive=_power_positive,
    undefined="power_negative",
)
MEDIAN = Aggregator(score=lambda s, w, how, sample: median(s, w))

SIMPLE = {"arithmetic": ARITHMETIC, "geometric": GEOMETRIC, "harmonic": HARMONIC, "power": POWER, "median": MEDIAN}
"""What `aggregate` offers, by name."""
