"""The Mazziotta–Pareto indices: means with a penalty for imbalance.

With z the scores of a row and μ, σ their weighted mean and standard deviation, MPI = μ ∓ σ²/μ, where z has mean 100 and
standard deviation 10 over the sample (De Muro, Mazziotta and Pareto 2011, doi:10.1007/s11205-010-9727-z). AMPI has the
same form on z from goalposts around a reference that scores 100, 60 apart, so that frozen goalposts let years be
compared (Mazziotta and Pareto 2018, doi:10.1007/s11205-017-1577-5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.rows import mean_and_sd, profile, weighted
from nqpf.index.aggregate.table import Rows, Scored, in_order, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.results import TableResult

Floats = NDArray[np.float64]
Sample = tuple[Floats, Floats]
"""What scores 100 in each column, and what is worth ten points, ``float64[K]`` each."""


def standard(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> Sample | None:
    """Return mean and standard deviation of each column; None if scores are taken as they are."""
    return None if how.standardise == "none" else mean_and_sd(s, how.ddof)


def goalposts(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> Sample:
    """Return the reference of each column and a sixth of the distance between its goalposts, ``float64[K]`` each.

    The goalposts are as far apart as smallest and largest score of the sample, with the reference in the middle.
    """
    low, high = profile(s, "observed", None)
    centre = mean_and_sd(s, 0)[0] if how.centre == "mean" else (low + high) / 2
    return centre, (high - low) / 6


def points(s: Floats, sample: Sample | None) -> Floats:
    """Return 100 + 10 (s − centre) / unit, 100 where a column does not vary; scores as they are without a sample."""
    if sample is None:
        return s
    centre, unit = sample
    apart = s - centre
    return 100.0 + 10.0 * np.divide(apart, unit, out=np.where(np.isnan(s), np.nan, 0.0), where=unit > 0)


def mean_and_spread(z: Floats, w: Floats, ddof: int) -> tuple[Floats, Floats]:
    """Return weighted mean and standard deviation of each row, ``float64[R]`` each.

    With `ddof` 1 the variance is divided by 1 − Σ w², which under equal weights is that by n − 1.
    """
    mean = weighted(z, w)
    apart = z - mean[:, None]
    variance = weighted(apart * apart, w)
    if ddof:
        left = 1.0 - weighted(np.broadcast_to(w, z.shape), w)
        variance = np.divide(variance, left, out=np.zeros_like(variance), where=left > 1e-12)
    return mean, np.sqrt(variance)


def penalised(mean: Floats, spread: Floats, penalty: str) -> Floats:
    """Return μ − σ²/μ (``pos``) or μ + σ²/μ (``neg``), ``float64[R]``; NaN where the mean is not positive."""
    loss = np.divide(spread**2, mean, out=np.full_like(mean, np.nan), where=mean > 0)
    return mean - loss if penalty == "pos" else mean + loss


def mpi(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    penalty: Literal["pos", "neg"] = "pos",
    standardise: Literal["sample", "none"] = "sample",
    ddof: Literal[0, 1] = 0,
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by the Mazziotta–Pareto index.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` higher better, nothing missing.
    columns
        Indicators, two or more.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal, as in the paper.
    penalty
        ``pos``: imbalance lowers the score (more is better); ``neg``: it raises it.
    standardise
        ``sample``: to mean 100 and standard deviation 10 over the rows; ``none``: columns have been brought to one
        scale already (Compind 3.2 and later).
    ddof
        0: variances by n, as in the paper; 1: by n − 1, as Compind's ``ci_mpi``.
    by
        Column of years: standardised and ranked in each year alone. Default: all rows together.

    Returns
    -------
    TableResult
        The table with mean, sd, penalty, score (higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        No such option.
    MethodError
        A missing value; weights that do not sum to 1; a column that does not vary; a mean that is not positive.

    References
    ----------
    De Muro, Mazziotta and Pareto (2011), doi:10.1007/s11205-010-9727-z.

    Examples
    --------
    >>> mpi({"a": [1.0, 2.0, 3.0], "b": [3.0, 2.0, 1.0]}, ["a", "b"]).frame["score"].round(3).to_list()
    [98.5, 100.0, 98.5]
    """
    options = {"penalty": penalty, "standardise": standardise, "ddof": ddof}
    how = checked(Aggregate, method="mpi", **options)

    def work(rows: Rows) -> Scored:
        if how.standardise == "sample":
            rows.refuse_constant()
        return _penalised(rows, points(rows.s, standard(rows.s, rows.w, how, None)), how)

    return score_table(data, columns, weights, by, "mpi", options, work)


def ampi(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    reference: Mapping[str, float] | None = None,
    centre: Literal["mean", "middle"] = "mean",
    penalty: Literal["pos", "neg"] = "pos",
    ddof: Literal[0, 1] = 0,
) -> TableResult:
    """Score the rows of a table by the adjusted Mazziotta–Pareto index: goalposts shared by all rows and years.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; a row a unit (and year), `columns` higher better, nothing missing.
    columns
        Indicators, two or more.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal, as in the paper.
    reference
        What scores 100 in each column, e.g. the national figures of a base year. Default: see `centre`.
    centre
        Without `reference`: the ``mean`` of the rows, or the ``middle`` between smallest and largest, which makes the
        smallest score 70 and the largest 130.
    penalty
        ``pos``: imbalance lowers the score (more is better); ``neg``: it raises it. In Compind 3.4 the argument of that
        name has no effect, and results are rounded to three decimals.
    ddof
        0: variance by n, as in the paper and in Compind; 1: by n − 1.

    Returns
    -------
    TableResult
        The table with mean, sd, penalty, score (higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not.
    SpecError
        No such option.
    MethodError
        A missing value; weights that do not sum to 1; a column that does not vary; a column without a reference; a mean
        that is not positive.

    References
    ----------
    Mazziotta and Pareto (2018), doi:10.1007/s11205-017-1577-5.

    Examples
    --------
    >>> ampi({"a": [1.0, 2.0, 3.0], "b": [3.0, 2.0, 1.0]}, ["a", "b"]).frame["score"].to_list()
    [91.0, 100.0, 91.0]
    """
    options = {"centre": centre, "penalty": penalty, "ddof": ddof}
    how = checked(Aggregate, method="ampi", **options)
    stated = None if reference is None else in_order(columns, reference)

    def work(rows: Rows) -> Scored:
        rows.refuse_constant()
        middle, unit = goalposts(rows.s, rows.w, how, None)
        return _penalised(rows, points(rows.s, (middle if stated is None else stated, unit)), how)

    told = options if reference is None else {**options, "reference": dict(reference)}
    return score_table(data, columns, weights, None, "ampi", told, work)


def _penalised(rows: Rows, z: Floats, how: Aggregate) -> Scored:
    mean, spread = mean_and_spread(z, rows.w, how.ddof)
    score = penalised(mean, spread, how.penalty)
    rows.refuse_undefined(score, "mean_not_positive", method=how.method)
    return {"mean": mean, "sd": spread, "penalty": np.abs(mean - score), "score": score}


def _index(s: Floats, w: Floats, how: Aggregate, sample: Sample | None) -> Floats:
    return penalised(*mean_and_spread(points(s, sample), w, how.ddof), how.penalty)


MPI = Aggregator(score=_index, sample=standard, ends=lambda how, ends: None, undefined="mean_not_positive")
AMPI = Aggregator(score=_index, sample=goalposts, ends=lambda how, ends: None, undefined="mean_not_positive")
