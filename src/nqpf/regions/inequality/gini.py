"""The Gini coefficient, year by year, with weights and intervals (Gini 1912; Dagum 1997, doi:10.1007/BF01205777)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nqpf.frames import backend_of
from nqpf.regions.inequality.differences import Sample, pair_sum, parts, ratio
from nqpf.regions.inequality.intervals import Asked, Ends, Kind, intervals, measures
from nqpf.regions.inequality.rows import Rows, Year
from nqpf.results import Method, TableResult


def gini(
    data: Any,
    value: str,
    *,
    by: str | None = None,
    unit: str | None = None,
    weight: str | None = None,
    corrected: bool = False,
    interval: Kind | None = None,
    draws: int = 999,
    level: float = 0.95,
    ends: Ends = "normal",
    seed: int = 0,
) -> TableResult:
    """Measure inequality by the Gini coefficient.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of values, none negative.
    by
        Column of years, each of which is measured by itself. Default: all rows together.
    unit
        Column of units: names a row that is refused, and two rows of a unit in a year are refused.
    weight
        Column of weights (population); they need not sum to 1. Default: all rows weigh the same.
    corrected
        Multiply by n/(n − 1), n being the rows with weight, so that the largest value there can be is 1.
    interval
        ``jackknife``: each row is left out in turn, G ± t·se. ``bootstrap``: rows are drawn again.
    draws, seed
        Of the bootstrap.
    level
        Of the interval.
    ends
        Of the bootstrap: ``normal``, corrected for the bias that the draws show, or ``percentile``.

    Returns
    -------
    TableResult
        A row a year: the year, n, mean, gini; with an interval gini_se, gini_low and gini_high. Empty where fewer than
        two rows (corrected) or three (interval) leave it undefined.

    Raises
    ------
    DataError
        A column is absent, holds no numbers, or two rows stand for one unit.
    MethodError
        A value is missing or negative, or all of a year are zero; a weight is missing or negative.
    SpecError
        A word that is no choice, a level that is not between 0 and 1, fewer than 100 draws.

    References
    ----------
    Dagum (1997), doi:10.1007/BF01205777. Yitzhaki (1991), Journal of Business & Economic Statistics 9(2), 235–239.
    Rao and Wu (1988), doi:10.1080/01621459.1988.10478591.

    Examples
    --------
    >>> gini({"y": [1.0, 2.0, 3.0, 6.0]}, "y").frame.row(0)
    (4, 3.0, 0.3333333333333333)
    """
    asked = Asked(interval, "rows", draws, level, seed, ends)
    asked.check()
    rows = Rows.of(data, value, by=by, unit=unit, weight=weight)
    found = np.array([_year(year, corrected, asked) for year in rows.years]).reshape(len(rows.years), 4)
    columns: dict[str, Any] = {
        "n": [year.y.size for year in rows.years],
        "mean": [year.mean for year in rows.years],
        "gini": found[:, 0],
    }
    if interval:
        columns |= {"gini_se": found[:, 1], "gini_low": found[:, 2], "gini_high": found[:, 3]}
    options = asked.options()
    options.pop("resample", None)
    method = Method("regions.gini", {"value": value, "weight": weight, "corrected": corrected, **options})
    return TableResult(rows.table(columns), method, tuple(rows.notes()), backend_of(data))


def _year(year: Year, corrected: bool, asked: Asked) -> tuple[float, float, float, float]:
    """Return the coefficient, its standard error and the ends of its interval; NaN for what is not asked for."""
    sample = Sample.of(year.y, year.w)
    n = year.y.size
    factor = 1.0 if not corrected else n / (n - 1) if n > 1 else np.nan
    if asked.kind is None:
        y, w = sample.y, sample.w
        return factor * float(ratio(pair_sum(y, w), w.sum() * (w * y).sum())), np.nan, np.nan, np.nan
    whole = parts(sample, sample.w)
    found = intervals(sample, np.append(measures(whole), whole.groups), asked)
    estimate, error = factor * float(whole.gini), factor * float(found.error[0])
    low, high = factor * float(found.low[0]), factor * float(found.high[0])
    if corrected and asked.ends == "normal":  # what is corrected for its bias once is not to be so again
        low, high = estimate - (high - low) / 2, estimate + (high - low) / 2
    return estimate, error, low, high
