"""Ordered weighted averaging: weights go with positions from best to worst, not with indicators.

Indicators that weigh w and positions that weigh v are brought together by a quantifier Q, rising from Q(0) = 0 to
Q(1) = 1: with the scores in descending order, OWA = Σ_i [Q(W_i) − Q(W_{i−1})] s_(i), where W_i is the weight of the i
best (Yager 1988, doi:10.1109/21.87068; the weighted form is Torra's, 1997, Int. J. Intelligent Systems 12(2), 153–166).
Order weights that are given are read as such a Q, straight between i/n and v_1 + … + v_i: with equal w the result is
plain OWA, with equal v the weighted mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator
from nqpf.index.aggregate.rows import weighted
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.results import TableResult

Floats = NDArray[np.float64]

QUANTIFIERS = {"half": (0.0, 0.5), "most": (0.3, 0.8), "many": (0.5, 1.0)}
"""Where each linguistic quantifier (Zadeh 1983, doi:10.1016/0898-1221(83)90013-5) starts and ends to rise, as usual."""


def quantify(share: Floats, how: Aggregate) -> Floats:
    """Return Q of shares between 0 and 1, any shape."""
    if how.order is not None:
        steps = np.concatenate([[0.0], np.cumsum(how.order)])
        return np.asarray(np.interp(share, np.linspace(0.0, 1.0, len(steps)), steps / steps[-1]))
    if how.quantifier is not None:
        start, end = QUANTIFIERS[how.quantifier]
        return np.clip((share - start) / (end - start), 0.0, 1.0)
    if not how.orness:
        return (share >= 1.0).astype(float)
    # r^0 is 1 at 0 as well, where nothing has been counted yet.
    return np.where(share > 0, share ** (1 / how.orness - 1), 0.0)


def ordered(s: Floats, w: Floats, how: Aggregate) -> Floats:
    """Return the ordered weighted average of what is present, ``float64[R]``.

    Parameters
    ----------
    s
        ``float64[R, K]`` scores, NaN where missing.
    w
        ``float64[R or 1, K]`` weights over what is present, summing to 1.
    how
        `order`, `orness` or `quantifier`.
    """
    order = np.argsort(-s, axis=1)  # NaN goes to the end
    reached = np.cumsum(np.take_along_axis(np.broadcast_to(w, s.shape), order, axis=1), axis=1)
    whole = np.maximum(reached[:, -1:], np.finfo(float).tiny)
    steps = np.diff(quantify(reached / whole, how), prepend=0.0)
    return weighted(np.take_along_axis(s, order, axis=1), steps)


def owa(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    order: Sequence[float] | None = None,
    orness: float | None = None,
    quantifier: Literal["half", "most", "many"] | None = None,
) -> TableResult:
    """Score the rows of a table by ordered weighted averaging.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` normalised, higher better, nothing missing.
    columns
        Indicators.
    weights
        Of the indicators, by column or in the order of `columns`; they sum to 1. Default: equal.
    order
        Weights of the positions, the best score's first; they sum to 1. One a column, or fewer or more: then they are
        read as shares of the way from best to worst.
    orness
        Instead of `order`: 0 the worst score alone, 0.5 the mean, 1 the best score alone.
    quantifier
        Instead of both: ``half`` (at least half, from the best down), ``most``, ``many`` (as many as possible).

    Returns
    -------
    TableResult
        The table with score and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not.
    SpecError
        Not exactly one of `order`, `orness` and `quantifier`; order weights that do not sum to 1.
    MethodError
        A missing value; weights that do not sum to 1.

    References
    ----------
    Yager (1988), doi:10.1109/21.87068.

    Examples
    --------
    >>> table = {"a": [1.0, 4.0], "b": [2.0, 2.0], "c": [6.0, 3.0]}
    >>> owa(table, ["a", "b", "c"], order=[0.0, 0.5, 0.5]).frame["score"].to_list()
    [1.5, 2.5]
    """
    given = {"order": None if order is None else tuple(order), "orness": orness, "quantifier": quantifier}
    options = {name: value for name, value in given.items() if value is not None}
    how = checked(Aggregate, method="owa", **options)

    def work(rows: Rows) -> Scored:
        return {"score": ordered(rows.s, rows.w, how)}

    return score_table(data, columns, weights, None, "owa", options, work)


OWA = Aggregator(score=lambda s, w, how, sample: ordered(s, w, how))
