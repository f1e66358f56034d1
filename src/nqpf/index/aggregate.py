"""Aggregation: scores and weights become one score, and the exact share each score has in a difference.

Every aggregator comes with *multipliers* ω, such that the difference between two results is Σ ω_j (s1_j − s0_j)
without a remainder: w itself for the arithmetic mean; for the geometric mean w_j L(P1, P0) / L(s1_j, s0_j) with the
logarithmic mean L (the LMDI decomposition, Ang 2004, doi:10.1016/S0301-4215(03)00076-4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.frames import backend_of
from nqpf.index.table import choose, column_weights, numbers
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]


def share_out(s: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Share weights out among what is present.

    Parameters
    ----------
    s
        ``float64[R, K]``, NaN where missing.
    w
        ``float64[R or 1, K]``.

    Returns
    -------
    weights, present
        ``float64[R, K]`` summing to 1 over what is present, and ``float64[R]``: the share of weight that is present.
    """
    kept = np.where(np.isnan(s), 0.0, w)
    total = kept.sum(axis=1)
    whole = np.broadcast_to(w, s.shape).sum(axis=1)
    shared = np.divide(kept, total[:, None], out=np.zeros_like(kept), where=total[:, None] > 0)
    return shared, np.divide(total, whole, out=np.zeros_like(total), where=whole > 0)


def arithmetic(s: Floats, w: Floats) -> Floats:
    """Return Σ w s over what is present, ``float64[R]``."""
    return np.asarray(np.nansum(w * s, axis=1))


def geometric(s: Floats, w: Floats) -> Floats:
    """Return Π s^w over what is present, ``float64[R]``; scores are positive, which whoever calls this checks."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.exp(np.nansum(w * np.log(s), axis=1)))


def geometric_multipliers(s0: Floats, s1: Floats, w: Floats) -> Floats:
    """Return ω with Σ_j ω_j (s1_j − s0_j) = geometric(s1) − geometric(s0), ``float64[R, K]``."""
    whole = logarithmic_mean(geometric(s1, w), geometric(s0, w))
    return w * whole[:, None] / logarithmic_mean(s1, s0)


def logarithmic_mean(a: Floats, b: Floats) -> Floats:
    """Return L(a, b) = (a − b) / (ln a − ln b), and a where a = b."""
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.log(a) - np.log(b)
        # Near a = b the quotient loses its digits; there L is the geometric mean × sinh(g/2)/(g/2) by its series.
        series = np.sqrt(a * b) * (1 + gap**2 / 24 + gap**4 / 1920)
        return np.where(np.abs(gap) < 1e-3, series, (a - b) / gap)


def aggregate(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    method: Literal["arithmetic", "geometric"] = "arithmetic",
) -> TableResult:
    """Score the rows of a table by a weighted mean.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` normalised, higher better, nothing missing.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    method
        ``arithmetic`` or ``geometric`` (positive scores only).

    Returns
    -------
    TableResult
        The table with score and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not.
    SpecError
        No such `method`.
    MethodError
        A missing value, weights that do not sum to 1, or a score that is not positive under ``geometric``.

    Examples
    --------
    >>> aggregate({"a": [1.0, 4.0], "b": [1.0, 9.0]}, ["a", "b"], method="geometric").frame["score"].round(6).to_list()
    [1.0, 6.0]
    """
    means = {"arithmetic": arithmetic, "geometric": geometric}
    choose("method", method, list(means))
    frame, s = numbers(data, columns)
    w = column_weights(columns, weights)
    for bad, code in ((np.isnan(s), "missing_in_table"), (s <= 0, "nonpositive_in_table")):
        if bad.any() and (code == "missing_in_table" or method == "geometric"):
            row, k = np.argwhere(bad)[0]
            raise MethodError(code, row=int(row) + 1, column=columns[k])
    score = means[method](s, w[None])
    done = frame.with_columns(score=score, rank=competition_rank(score).astype(np.int64))
    return TableResult(done, Method(f"aggregate.{method}", {"weights": w.tolist()}), backend=backend_of(data))
