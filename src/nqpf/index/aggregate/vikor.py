"""VIKOR: a compromise between the regret of the whole and the largest single regret.

With regrets r_j = (f⁺_j − s_j) / (f⁺_j − f⁻_j), S = Σ w r and R = max w r, Q = v (S − S⁺)/(S⁻ − S⁺) +
(1 − v)(R − R⁺)/(R⁻ − R⁺), where ⁺ and ⁻ are the smallest and the largest of the sample (Opricovic and Tzeng 2004,
doi:10.1016/S0377-2217(03)00020-1). Less Q is better; the score is 1 − Q.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.rows import blocks, profile, weighted
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.options.normalise import Normalise
from nqpf.results import TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Compromise:
    """What regrets are measured against.

    Attributes
    ----------
    low, high
        ``float64[K]`` worst and best profile.
    group, single
        Smallest and largest S, and R, of the sample.
    """

    low: Floats
    high: Floats
    group: tuple[float, float]
    single: tuple[float, float]


def regrets(s: Floats, w: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the sum S and the largest R of weighted regrets over what is present, ``float64[R]`` each.

    A column in which best and worst are one has no regrets.
    """
    span = high - low
    unit = np.divide(1.0, span, out=np.zeros_like(span), where=span > 0)
    group, single = np.empty(len(s)), np.empty(len(s))
    for rows in blocks(len(s)):
        here = w if len(w) == 1 else w[rows]
        regret = (high - s[rows]) * unit
        group[rows] = weighted(regret, here)
        single[rows] = np.fmax.reduce(regret * here, axis=1)
    return group, single


def compromise(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> Compromise:
    """Return best and worst profile, and the ends of S and R among the rows that have something to measure."""
    low, high = profile(s, how.ideal, ends)
    some = ~np.isnan(s).all(axis=1)
    group, single = (x[some] for x in regrets(s, w, low, high))
    if not group.size:
        return Compromise(low, high, (0.0, 0.0), (0.0, 0.0))
    ends_of = [(float(x.min()), float(x.max())) for x in (group, single)]
    return Compromise(low, high, *ends_of)


def balance(group: Floats, single: Floats, against: Compromise, v: float) -> Floats:
    """Return Q, ``float64[R]``: NaN where all rows of the sample are alike in S and R; alike in one, that counts 0."""
    spans = [end - start for start, end in (against.group, against.single)]
    if max(spans) <= 0:
        return np.full_like(group, np.nan)
    parts = zip((v, 1 - v), (group, single), (against.group, against.single), spans, strict=True)
    found = np.zeros_like(group)
    for part, x, (start, _), span in parts:
        if span > 0:
            found += part * (x - start) / span
    return found


def vikor(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    v: float = 0.5,
    ideal: Literal["absolute", "observed"] = "observed",
    range: tuple[float, float] = (0.0, 1.0),
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by VIKOR.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` higher better, nothing missing.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    v
        Weight of the group's regret S against the largest single regret R.
    ideal
        ``observed``: the best and worst score of each column; ``absolute``: the ends of `range`.
    range
        Ends of the scale of the scores, for ``absolute``.
    by
        Column of years: profiles and ranks of each year alone. Default: all rows together.

    Returns
    -------
    TableResult
        The table with S, R, Q (lower better), score (1 − Q, higher better), rank, and compromise: whether the row
        belongs to the compromise solution. That is the best row by Q alone if it is ahead of the next by 1/(n − 1) or
        more and best by S or R as well; otherwise those it is not ahead of by that much, or the best two.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        `v` outside 0 to 1; no such `ideal`; a `range` that does not rise.
    MethodError
        A missing value; weights that do not sum to 1; a score outside `range`; no column with weight that varies.

    References
    ----------
    Opricovic and Tzeng (2004), doi:10.1016/S0377-2217(03)00020-1.

    Examples
    --------
    >>> vikor({"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0, 1.0]}, ["a", "b"]).frame["Q"].round(3).to_list()
    [1.0, 0.375, 0.0]
    """
    how = checked(Aggregate, method="vikor", v=v, ideal=ideal)
    ends = checked(Normalise, range=range).range

    def work(rows: Rows) -> Scored:
        if how.ideal == "absolute":
            rows.refuse_beyond(ends)
        found = compromise(rows.s, rows.w, how, ends)
        group, single = regrets(rows.s, rows.w, found.low, found.high)
        q = balance(group, single, found, how.v)
        rows.refuse_undefined(q, "vikor_flat", method="vikor")
        return {"S": group, "R": single, "Q": q, "score": 1.0 - q, "compromise": solution(group, single, q)}

    return score_table(data, columns, weights, by, "vikor", {"v": v, "ideal": ideal, "range": ends}, work)


def solution(group: Floats, single: Floats, q: Floats) -> NDArray[np.bool_]:
    """Return which rows make up the compromise solution, ``bool[R]`` (Opricovic and Tzeng 2004, section 2, step 5)."""
    order = np.argsort(q, kind="stable")
    enough = 1.0 / max(len(q) - 1, 1)
    best = order[0]
    found = np.zeros(len(q), dtype=bool)
    found[best] = True
    if len(q) > 1 and q[order[1]] - q[best] < enough:
        return np.asarray(q - q[best] < enough)
    if len(q) > 1 and group[best] > group.min() and single[best] > single.min():
        found[order[1]] = True
    return found


def _score(s: Floats, w: Floats, how: Aggregate, sample: Compromise) -> Floats:
    return 1.0 - balance(*regrets(s, w, sample.low, sample.high), sample, how.v)


VIKOR = Aggregator(
    score=_score,
    sample=compromise,
    ends=lambda how, ends: (0.0, 1.0),
    bounded=lambda how: how.ideal == "absolute",
    undefined="vikor_flat",
)
