"""Grey relational analysis: how near each score is to the reference series of the best, on one scale for all inputs.

With gaps Δ_j = s⁺_j − s_j, ξ_j = (Δmin + ρ Δmax) / (Δ_j + ρ Δmax), where Δmin and Δmax are the smallest and the largest
gap of the sample, and the degree is Σ w ξ (Deng 1982, doi:10.1016/S0167-6911(82)80025-X).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.rows import parts_of_sum, profile, weighted
from nqpf.index.aggregate.table import Rows, Scored, by_column, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.options.normalise import Normalise
from nqpf.results import TableResult

Floats = NDArray[np.float64]
Sample = tuple[Floats, float, float]
"""The reference series ``float64[K]``, and the smallest and largest gap from it."""


def reference(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> Sample:
    """Return the reference series, and the smallest and largest gap of the sample from it."""
    high = profile(s, how.ideal, ends)[1]
    gaps = np.maximum(high - s, 0.0)
    least, most = np.fmin.reduce(gaps, axis=None), np.fmax.reduce(gaps, axis=None)
    return high, float(least), float(most)


def coefficients(s: Floats, sample: Sample, rho: float) -> Floats:
    """Return the grey relational coefficients, ``float64[R, K]``; a score above the reference counts as the reference.

    NaN where the sample does not differ from the reference at all.
    """
    high, least, most = sample
    if not most > 0:
        return np.full(s.shape, np.nan)
    gaps = np.maximum(high - s, 0.0)
    gaps += rho * most
    return np.divide(least + rho * most, gaps, out=gaps)


def grey(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    rho: float = 0.5,
    ideal: Literal["absolute", "observed"] = "observed",
    range: tuple[float, float] = (0.0, 1.0),
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by their grey relational degree with the best.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` normalised to one scale, higher better, nothing missing.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    rho
        Distinguishing coefficient, above 0 and up to 1; the smaller, the further apart the coefficients.
    ideal
        The reference series: the best score ``observed`` in each column, or the upper end of `range` (``absolute``).
    range
        Ends of the scale of the scores, for ``absolute``.
    by
        Column of years: references and ranks of each year alone. Default: all rows together.

    Returns
    -------
    TableResult
        The table with a coefficient for each column (``…_coefficient``), score (relational degree, higher better) and
        rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        `rho` outside its range; no such `ideal`; a `range` that does not rise.
    MethodError
        A missing value; weights that do not sum to 1; a score outside `range`; no column that varies.

    References
    ----------
    Deng (1982), doi:10.1016/S0167-6911(82)80025-X.

    Examples
    --------
    >>> grey({"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0, 1.0]}, ["a", "b"]).frame["score"].round(3).to_list()
    [0.333, 0.75, 1.0]
    """
    how = checked(Aggregate, method="grey", rho=rho, ideal=ideal)
    ends = checked(Normalise, range=range).range

    def work(rows: Rows) -> Scored:
        if how.ideal == "absolute":
            rows.refuse_beyond(ends)
        found = coefficients(rows.s, reference(rows.s, rows.w, how, ends), how.rho)
        score = weighted(found, rows.w)
        rows.refuse_undefined(score, "grey_flat", method="grey")
        return {**by_column(columns, "coefficient", found), "score": score}

    return score_table(data, columns, weights, by, "grey", {"rho": rho, "ideal": ideal, "range": ends}, work)


def _multipliers(s0: Floats, s1: Floats, w: Floats, how: Aggregate, sample: Sample) -> Floats:
    return parts_of_sum(coefficients(s0, sample, how.rho), coefficients(s1, sample, how.rho), s0, s1, w)


GREY = Aggregator(
    score=lambda s, w, how, sample: weighted(coefficients(s, sample, how.rho), w),
    sample=reference,
    multipliers=_multipliers,
    ends=lambda how, ends: (0.0, 1.0),
    bounded=lambda how: how.ideal == "absolute",
    undefined="grey_flat",
)
