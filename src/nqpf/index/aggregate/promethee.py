"""PROMETHEE II: net flow, how far a row is preferred over the others less how far they are preferred over it.

φ(i) = Σ_k w_k 1/(n − 1) Σ_j [P(s_ik − s_jk) − P(s_jk − s_ik)] with a preference function P from 0 to 1 (Brans and
Vincke 1985, doi:10.1287/mnsc.31.6.647; Brans, Vincke and Mareschal 1986, doi:10.1016/0377-2217(86)90044-5). Each
input's flow hangs on that input alone, so all but the gaussian follow from sorted columns and their running sums,
without a comparison of pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.rows import blocks, parts_of_sum, weighted
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.numerics.ranks import noise
from nqpf.results import TableResult

Floats = NDArray[np.float64]

PAIRS = 1 << 18
"""Comparisons under the gaussian that are worked on at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One input of those a row is compared with.

    Attributes
    ----------
    ordered
        ``float64[N]`` scores, rising.
    sums
        ``float64[N + 1]`` running sums of them, from 0.
    tie
        Scores no further apart are equal.
    """

    ordered: Floats
    sums: Floats
    tie: float

    def beaten(self, x: Floats, by: float) -> Floats:
        """Return how many scores x is ahead of by more than `by`."""
        return np.searchsorted(self.ordered, x - by - self.tie, side="left").astype(float)

    def beating(self, x: Floats, by: float) -> Floats:
        """Return how many scores are ahead of x by more than `by`."""
        return self.ordered.size - np.searchsorted(self.ordered, x + by + self.tie, side="right").astype(float)

    def lead(self, x: Floats, over: float) -> Floats:
        """Return Σ max(x − y − over, 0) over the scores y."""
        count = np.searchsorted(self.ordered, x - over, side="left")
        return np.asarray(count * (x - over) - self.sums[count])

    def lag(self, x: Floats, over: float) -> Floats:
        """Return Σ max(y − x − over, 0) over the scores y."""
        count = np.searchsorted(self.ordered, x + over, side="right")
        return np.asarray(self.sums[-1] - self.sums[count] - (self.ordered.size - count) * (x + over))


Sample = tuple[Column, ...]


def others(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> Sample:
    """Return what rows are compared with."""
    columns = []
    for x in s.T:
        ordered = np.sort(x[~np.isnan(x)])
        columns.append(Column(ordered, np.concatenate([[0.0], np.cumsum(ordered)]), float(noise(ordered))))
    return tuple(columns)


def flows(s: Floats, sample: Sample, how: Aggregate) -> tuple[Floats, Floats]:
    """Return how far each score is preferred over the others, and they over it: ``float64[R, K]`` each, NaN if missing.

    Means over one fewer than the scores of the sample, since a row is not compared with itself.
    """
    plus, minus = np.empty_like(s), np.empty_like(s)
    for k, column in enumerate(sample):
        x = s[:, k]
        there = np.where(np.isnan(x), 0.0, x)
        for flow, found in zip((plus, minus), _preferred(there, column, how), strict=True):
            flow[:, k] = np.where(np.isnan(x), np.nan, found / max(column.ordered.size - 1, 1))
    return plus, minus


def _preferred(x: Floats, column: Column, how: Aggregate) -> tuple[Floats, Floats]:
    """Return Σ P(x − y) and Σ P(y − x) over the scores y, ``float64[R]`` each."""
    q, p = how.q or 0.0, how.p or 0.0
    if how.preference == "usual":
        return column.beaten(x, 0.0), column.beating(x, 0.0)
    if how.preference == "u_shape":
        return column.beaten(x, q), column.beating(x, q)
    if how.preference == "level":
        over = (column.beaten(x, q) + column.beaten(x, p)) / 2
        return over, (column.beating(x, q) + column.beating(x, p)) / 2
    if how.preference == "gaussian":
        return _gaussian(x, column, how.s or 1.0)
    over = (column.lead(x, q) - column.lead(x, p)) / (p - q)
    return over, (column.lag(x, q) - column.lag(x, p)) / (p - q)


def _gaussian(x: Floats, column: Column, s: float) -> tuple[Floats, Floats]:
    """Return Σ P(x − y) and Σ P(y − x) with P(d) = 1 − exp(−d²/2s²) for d > 0."""
    over, under = np.empty_like(x), np.empty_like(x)
    for rows in blocks(len(x), max(1, PAIRS // max(column.ordered.size, 1))):
        gap = x[rows, None] - column.ordered
        preferred = -np.expm1(gap * gap / (-2.0 * s * s))
        over[rows] = np.where(gap > 0, preferred, 0.0).sum(axis=1)
        under[rows] = np.where(gap < 0, preferred, 0.0).sum(axis=1)
    return over, under


def promethee(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    preference: Literal["usual", "u_shape", "v_shape", "level", "linear", "gaussian"] = "usual",
    q: float | None = None,
    p: float | None = None,
    s: float | None = None,
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by PROMETHEE II.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` normalised to one scale, higher better, nothing missing.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    preference
        ``usual``: any lead counts in full. ``u_shape``: one above `q`. ``v_shape``: in proportion up to `p`. ``level``:
        half above `q`, in full above `p`. ``linear``: in proportion from `q` to `p`. ``gaussian``: 1 − exp(−d²/2s²).
    q, p, s
        Thresholds of indifference and of strict preference, and the inflection of the gaussian, in units of the scores.
    by
        Column of years: rows are compared within each year. Default: all rows together.

    Returns
    -------
    TableResult
        The table with phi_plus (leaving flow), phi_minus (entering flow), score (net flow, higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        No such preference function; thresholds other than those it takes, negative, or `q` not below `p`.
    MethodError
        A missing value; weights that do not sum to 1.

    References
    ----------
    Brans and Vincke (1985), doi:10.1287/mnsc.31.6.647.

    Examples
    --------
    >>> promethee({"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0, 1.0]}, ["a", "b"]).frame["score"].to_list()
    [-1.0, 0.25, 0.75]
    """
    thresholds = {name: value for name, value in (("q", q), ("p", p), ("s", s)) if value is not None}
    options = {"preference": preference, **thresholds}
    how = checked(Aggregate, method="promethee", **options)

    def work(rows: Rows) -> Scored:
        plus, minus = (weighted(f, rows.w) for f in flows(rows.s, others(rows.s, rows.w, how, None), how))
        return {"phi_plus": plus, "phi_minus": minus, "score": plus - minus}

    return score_table(data, columns, weights, by, "promethee", options, work)


def net(s: Floats, sample: Sample, how: Aggregate) -> Floats:
    """Return the net flow of each score, ``float64[R, K]``, NaN where missing."""
    plus, minus = flows(s, sample, how)
    return plus - minus


PROMETHEE = Aggregator(
    score=lambda s, w, how, sample: weighted(net(s, sample, how), w),
    sample=others,
    multipliers=lambda s0, s1, w, how, sample: parts_of_sum(net(s0, sample, how), net(s1, sample, how), s0, s1, w),
    ends=lambda how, ends: (-1.0, 1.0),
)
