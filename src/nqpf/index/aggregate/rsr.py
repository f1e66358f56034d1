"""Rank-sum ratio (秩和比): the mean rank of a row as a share of the number of rows.

With ranks from 1 for the worst to n for the best, RSR = Σ w R / n. ``integer`` ranks (整次) give ties their mean rank;
``fractional`` ranks (非整次) R = 1 + (n − 1)(s − min)/(max − min) keep distances. RSR is then regressed on the probits
of its cumulative frequencies, and rows are graded where the fitted line meets the limits of the grades (田凤调 1993,
秩和比法及其应用, 中国统计出版社).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.errors import SpecError, Where
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.rows import parts_of_sum, profile, weighted
from nqpf.index.aggregate.table import Rows, Scored, by_column, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.numerics.ranks import noise, position
from nqpf.results import TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What rows are ranked among: scores of each column in rising order, without those missing, and their ends."""

    columns: tuple[Floats, ...]
    low: Floats
    high: Floats


def places(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> Places:
    """Return the sample that rows are ranked among."""
    return Places(tuple(np.sort(x[~np.isnan(x)]) for x in s.T), *profile(s, "observed", None))


def shares(s: Floats, sample: Places, kind: str) -> Floats:
    """Return ranks as a share of how many rows there are, ``float64[R, K]``; where a column is constant all tie."""
    found = np.empty_like(s)
    for k, column in enumerate(sample.columns):
        count = max(column.size, 1)
        span = sample.high[k] - sample.low[k]
        if kind == "integer":
            found[:, k] = position(s[:, k], column, "average") / count
        elif column.size and span > noise(column):
            found[:, k] = (1.0 + (count - 1) * (s[:, k] - sample.low[k]) / span) / count
        else:
            found[:, k] = np.where(np.isnan(s[:, k]), np.nan, (count + 1) / 2 / count)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """RSR against the probit of its cumulative frequency.

    Attributes
    ----------
    frequency, probit
        ``float64[R]`` cumulative frequency of each row's RSR, and 5 + Φ⁻¹ of it.
    constant, slope
        The line by least squares over the different values of RSR; NaN if there are fewer than three.
    """

    frequency: Floats
    probit: Floats
    constant: float
    slope: float


def line(rsr: Floats) -> Line:
    """Return cumulative frequencies R̄/n of RSR ``float64[R]``, for the last 1 − 1/(4n), and the regression on them."""
    from scipy.special import ndtri  # here, so that only who uses this method loads it

    n = len(rsr)
    frequency = position(rsr, rsr, "average") / n
    frequency = np.where(rsr >= rsr.max() - noise(rsr), 1 - 1 / (4 * n), frequency)
    probit = 5.0 + ndtri(frequency)
    x, first = np.unique(probit, return_index=True)
    y = rsr[first]
    if len(x) < 3:
        return Line(frequency, probit, np.nan, np.nan)
    apart = x - x.mean()
    slope = float((apart * (y - y.mean())).sum() / (apart * apart).sum())
    return Line(frequency, probit, float(y.mean() - slope * x.mean()), slope)


def grade(fitted: Floats, found: Line, grades: int) -> NDArray[np.int64]:
    """Return the grade of each row, ``int64[R]``, `grades` the best: limits divide the probits from 2 to 8 evenly."""
    limits = found.constant + found.slope * (2.0 + 6.0 * np.arange(1, grades) / grades)
    return np.asarray(1 + np.searchsorted(limits, fitted, side="right"), dtype=np.int64)


def rsr(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    ranks: Literal["integer", "fractional"] = "integer",
    grades: int = 3,
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by their rank-sum ratio, and grade them.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` higher better, nothing missing; they need not be on one scale.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1 (WRSR). Default: equal.
    ranks
        ``integer``: ranks, ties their mean; ``fractional``: from 1 for the smallest to n for the largest value, in
        proportion.
    grades
        How many grades, from 2; limits at probits 2 + 6 i / grades (three: 4 and 6; five: 3.2, 4.4, 5.6 and 6.8).
    by
        Column of years: ranks, regression and grades of each year alone. Default: all rows together.

    Returns
    -------
    TableResult
        The table with a rank for each column (``…_rank``, 1 the worst), score (RSR, higher better), frequency
        (cumulative), probit, fitted (RSR on the line), grade (the highest is the best) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        No such kind of ranks; fewer than two grades.
    MethodError
        A missing value; weights that do not sum to 1; fewer than three different RSR.

    References
    ----------
    田凤调 (1993), 秩和比法及其应用, 中国统计出版社.

    Examples
    --------
    >>> table = {"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 2.0, 5.0, 9.0]}
    >>> rsr(table, ["a", "b"]).frame["score"].to_list()
    [0.3125, 0.4375, 0.75, 1.0]
    """
    if grades < 2:
        raise SpecError("too_few_grades", where=Where(key="grades"), value=grades)
    how = checked(Aggregate, method="rsr", ranks=ranks)

    def work(rows: Rows) -> Scored:
        found = shares(rows.s, places(rows.s, rows.w, how, None), how.ranks)
        score = weighted(found, rows.w)
        fit = line(score)
        rows.refuse_undefined(np.array([fit.slope]), "rsr_too_few", method="rsr")
        fitted = fit.constant + fit.slope * fit.probit
        told = {"frequency": fit.frequency, "probit": fit.probit, "fitted": fitted, "grade": grade(fitted, fit, grades)}
        return {**by_column(columns, "rank", found * len(found)), "score": score, **told}

    return score_table(data, columns, weights, by, "rsr", {"ranks": ranks, "grades": grades}, work)


def _multipliers(s0: Floats, s1: Floats, w: Floats, how: Aggregate, sample: Places) -> Floats:
    return parts_of_sum(shares(s0, sample, how.ranks), shares(s1, sample, how.ranks), s0, s1, w)


RSR = Aggregator(
    score=lambda s, w, how, sample: weighted(shares(s, sample, how.ranks), w),
    sample=places,
    multipliers=_multipliers,
    ends=lambda how, ends: (0.0, 1.0),
)
