"""Treatment of outliers of a plain table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import checked, groups_of, numbers
from nqpf.index.options.treat import Treat
from nqpf.index.treat.changes import ChangedTable, changed
from nqpf.index.treat.treatment import Treatment, apply_treatment, fit_treatment
from nqpf.results import Method, Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def treat(
    data: Any,
    columns: Sequence[str],
    *,
    method: Literal["winsorise", "log", "boxcox", "coinr"] = "coinr",
    by: str | None = None,
    winmax: int | None = 5,
    skew: float = 2.0,
    kurt: float = 3.5,
    when: Literal["failing", "always"] = "failing",
    log: Literal["shifted", "mirrored", "plus_one", "plain", "gii"] = "shifted",
    then: Literal["log", "boxcox"] = "log",
    start: Literal["raw", "winsorised"] = "raw",
    exponent: float | None = None,
    shift: Literal["none", "plus_one"] = "none",
) -> ChangedTable:
    """Treat the outliers of columns of a table.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year).
    columns
        Indicators, as they were measured.
    method, winmax, skew, kurt, when, log, then, start, exponent, shift
        As in `Treat`; an option that does not go with `method` is refused.
    by
        Column of years: each year alone. Default: all rows together.

    Returns
    -------
    ChangedTable
        The table with `columns` treated; ``changes`` lists the cells, ``details`` what was found in each column.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        An option is not one of the choices or does not go with the method.
    MethodError
        A logarithm or Box-Cox transformation of what is not positive.

    References
    ----------
    Becker et al. (2022), COINr, doi:10.21105/joss.04567; Box and Cox (1964), doi:10.1111/j.2517-6161.1964.tb00553.x.

    Examples
    --------
    >>> found = treat({"x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 90.0]}, ["x"])
    >>> found.frame["x"].to_list()
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0]
    >>> found.changes.rows()
    [(7, 'x', 90.0, 6.0, 'winsorised_high')]
    """
    options = {"winmax": winmax, "skew": skew, "kurt": kurt, "when": when, "log": log, "then": then, "start": start}
    how = checked(Treat, method=method, **options, exponent=exponent, shift=shift)
    frame, x = numbers(data, columns, by)
    new, rules = x.copy(), np.full(x.shape, "", dtype="<U24")
    details, notes = [], list[Note]()
    for year, rows in groups_of(frame, by):
        part = x[rows][None]
        fitted = fit_treatment(part, how, names=columns, periods=[])
        done = apply_treatment(part, fitted)
        new[rows] = done.values[0]
        rules[rows] = _rules(part[0], done.changed[0], fitted)
        details.append(fitted.to_frame().with_columns(pl.lit(year).alias(by or "period")))
        notes += fitted.notes
    told = pl.concat(details).drop("period") if by is None else pl.concat(details)
    used = Method(f"treat.{how.method}", how.model_dump(mode="json") | {"by": by})
    found = changed(data, frame, columns, x, new, rules, used, tuple(notes))
    return replace(found, details=told)


def winsorise(
    data: Any,
    columns: Sequence[str],
    *,
    by: str | None = None,
    winmax: int | None = 5,
    skew: float = 2.0,
    kurt: float = 3.5,
) -> ChangedTable:
    """Winsorise the columns of a table that skewness and kurtosis show to have outliers.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year).
    columns
        Indicators, as they were measured.
    by
        Column of years: each year alone. Default: all rows together.
    winmax
        Most points set in a column; None: no limit.
    skew, kurt
        A column passes if its skewness is below `skew` in absolute value or its excess kurtosis below `kurt`.

    Returns
    -------
    ChangedTable
        As `treat`.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        An option is out of its range.

    References
    ----------
    Becker et al. (2022), COINr: An R package for developing composite indicators, doi:10.21105/joss.04567.

    Examples
    --------
    >>> winsorise({"x": [-90.0, 1.0, 2.0, 3.0, 4.0, 5.0]}, ["x"]).frame["x"].to_list()
    [1.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    """
    return treat(data, columns, method="winsorise", by=by, winmax=winmax, skew=skew, kurt=kurt)


def _rules(x: Floats, changed: Bools, fitted: Treatment) -> NDArray[np.str_]:
    """Return what was done to each cell; empty for nothing."""
    found = fitted.found
    side = np.select([x > found.high, x < found.low], ["winsorised_high", "winsorised_low"], "")
    bent = np.broadcast_to(found.transformation, x.shape)
    both = np.char.add(np.where((side != "") & (bent != ""), np.char.add(side, "+"), side), bent)
    return np.where(changed, both, "")
