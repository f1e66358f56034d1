"""The mean-min function: between the mean of a row and its worst score, depending on how far apart they are.

μ − α (√((μ − min)² + β²) − β), on scores with mean 100 and standard deviation 10 over the sample (Casadio Tarabusi and
Guarini 2013, doi:10.1007/s11205-012-0070-4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.penalties import Sample, points, standard
from nqpf.index.aggregate.rows import weighted
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.results import TableResult

Floats = NDArray[np.float64]


def towards_worst(z: Floats, w: Floats, alpha: float, beta: float) -> tuple[Floats, Floats, Floats]:
    """Return weighted mean, worst score that has weight, and mean-min of each row, ``float64[R]`` each."""
    mean = weighted(z, w)
    worst = np.fmin.reduce(np.where(w > 0, z, np.nan), axis=1)
    return mean, worst, mean - alpha * (np.hypot(mean - worst, beta) - beta)


def mean_min(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    alpha: float = 0.5,
    beta: float = 1.0,
    standardise: Literal["sample", "none"] = "sample",
    ddof: Literal[0, 1] = 0,
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by the mean-min function: between their mean and their worst score.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` higher better, nothing missing.
    columns
        Indicators, two or more.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    alpha
        0: the mean; 1 with `beta` 0: the worst score.
    beta
        0: every gap counts in full; larger: small gaps hardly count.
    standardise
        ``sample``: to mean 100 and standard deviation 10 over the rows; ``none``: columns have been brought to one
        scale already.
    ddof
        Of that standard deviation: 0, by n; 1, by n − 1. (Compind's ``ci_mean_min`` has n − 1, but in version 3.4 it
        deals the means and standard deviations of the columns out over the rows, so that its figures are others.)
    by
        Column of years: standardised and ranked in each year alone. Default: all rows together.

    Returns
    -------
    TableResult
        The table with mean, worst, score (higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        `alpha` outside 0 to 1, a negative `beta`, or no such option.
    MethodError
        A missing value; weights that do not sum to 1; a column that does not vary.

    References
    ----------
    Casadio Tarabusi and Guarini (2013), doi:10.1007/s11205-012-0070-4.

    Examples
    --------
    >>> table = {"a": [1.0, 2.0, 4.0], "b": [3.0, 2.0, 4.0]}
    >>> mean_min(table, ["a", "b"], alpha=1, beta=0, standardise="none").frame["score"].to_list()
    [1.0, 2.0, 4.0]
    """
    options = {"alpha": alpha, "beta": beta, "standardise": standardise, "ddof": ddof}
    how = checked(Aggregate, method="mean_min", **options)

    def work(rows: Rows) -> Scored:
        if how.standardise == "sample":
            rows.refuse_constant()
        z = points(rows.s, standard(rows.s, rows.w, how, None))
        return dict(zip(("mean", "worst", "score"), towards_worst(z, rows.w, how.alpha, how.beta), strict=True))

    return score_table(data, columns, weights, by, "mean_min", options, work)


def _mean_min(s: Floats, w: Floats, how: Aggregate, sample: Sample | None) -> Floats:
    return towards_worst(points(s, sample), w, how.alpha, how.beta)[2]


def _ends(how: Aggregate, ends: Ends | None) -> Ends | None:
    """Return None where scores are standardised, which have no ends."""
    return ends if how.standardise == "none" else None


MEAN_MIN = Aggregator(score=_mean_min, sample=standard, ends=_ends)
