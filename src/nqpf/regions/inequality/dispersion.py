"""Dispersion year by year: coefficient of variation and standard deviation of logarithms, which show σ-convergence.

Barro and Sala-i-Martin (1992, doi:10.1086/261816) take the standard deviation of logarithms; with population as weights
the coefficient of variation is that of Williamson (1965, doi:10.1086/450136).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from nqpf.columns import choose
from nqpf.frames import backend_of
from nqpf.messages import say
from nqpf.regions.inequality.rows import Rows, Year
from nqpf.results import Method, TableResult

Measure = Literal["sd", "cv", "sd_log"]
Divisor = Literal["n", "n-1"]


def dispersion(
    data: Any,
    value: str,
    *,
    by: str | None = None,
    unit: str | None = None,
    weight: str | None = None,
    measures: Sequence[Measure] = ("sd", "cv", "sd_log"),
    divisor: Divisor = "n",
) -> TableResult:
    """Measure how far values lie apart, year by year.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of values, none negative; positive ones for ``sd_log``.
    by
        Column of years, each of which is measured by itself. Default: all rows together.
    unit
        Column of units: names a row that is refused, and two rows of a unit in a year are refused.
    weight
        Column of weights (population); they need not sum to 1. Default: all rows weigh the same.
    measures
        ``sd``: standard deviation; ``cv``: divided by the mean; ``sd_log``: of natural logarithms.
    divisor
        ``n``: mean of squares (of a whole population). ``n-1``: that times n/(n − 1) (of a sample), n being the rows
        with weight, whatever they weigh.

    Returns
    -------
    TableResult
        A row a year: the year, n, mean and the `measures`; empty for a single row under ``n-1``.

    Raises
    ------
    DataError
        A column is absent, holds no numbers, or two rows stand for one unit.
    MethodError
        A value is missing or negative, or zero for ``sd_log``; all values of a year are zero.
    SpecError
        A word that is no choice.

    References
    ----------
    Barro and Sala-i-Martin (1992), doi:10.1086/261816. Williamson (1965), doi:10.1086/450136.

    Examples
    --------
    >>> dispersion({"y": [1.0, 3.0]}, "y", measures=["cv"]).frame["cv"].to_list()
    [0.5]
    """
    for measure in measures:
        choose("measures", measure, ("sd", "cv", "sd_log"))
    choose("divisor", divisor, ("n", "n-1"))
    zeros = say("inequality.of_logarithms") if "sd_log" in measures else None
    rows = Rows.of(data, value, by=by, unit=unit, weight=weight, zeros=zeros)
    columns: dict[str, Any] = {"n": [year.y.size for year in rows.years], "mean": [year.mean for year in rows.years]}
    columns |= {measure: np.array([_measured(year, measure, divisor) for year in rows.years]) for measure in measures}
    options = {"value": value, "weight": weight, "measures": tuple(measures), "divisor": divisor}
    return TableResult(
        rows.table(columns), Method("regions.dispersion", options), tuple(rows.notes()), backend_of(data)
    )


def _measured(year: Year, measure: str, divisor: str) -> float:
    y, w, n = np.log(year.y) if measure == "sd_log" else year.y, year.w / year.w.sum(), year.y.size
    if divisor == "n-1" and n < 2:
        return float("nan")
    variance = float(w @ (y - w @ y) ** 2) * (n / (n - 1) if divisor == "n-1" else 1.0)
    return float(np.sqrt(variance)) / (year.mean if measure == "cv" else 1.0)
