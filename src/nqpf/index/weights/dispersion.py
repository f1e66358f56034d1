"""Weights from how much an indicator varies by itself: coefficient of variation, standard deviation, Gini coefficient.

Weights of this kind go back to Hwang and Yoon's (1981) and Zeleny's (1982) principle that an indicator on which all
units are alike decides nothing. Coefficient of variation: Pearson's s / x̄. Gini: mean absolute difference of all pairs
over twice the mean, as in Li and Chi (2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.errors import MethodError, Where
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, differs, ends, proportional, refuse
from nqpf.index.weights.moments import mean_and_sd
from nqpf.index.weights.table import weight_table
from nqpf.results import TableResult

Floats = NDArray[np.float64]
Basis = Literal["scores", "unit"]


def sd(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return weights proportional to standard deviations (n − 1) of ``float64[M, K]``, over what is present."""
    _, spread = mean_and_sd(x)
    spread = np.where(differs(*ends(x)), spread, 0.0)
    return Found(proportional(spread), {"sd": spread})


def cv(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return weights proportional to coefficients of variation of ``float64[M, K]``, over what is present.

    Raises
    ------
    MethodError
        A mean that is not positive; no column that varies.
    """
    mean, spread = mean_and_sd(x)
    for k in np.flatnonzero(~(mean > 0)):
        raise MethodError("weights_mean", where=Where(indicator=names[int(k)]), value=float(mean[k]))
    ratio = np.where(differs(*ends(x)), spread, 0.0) / mean
    return Found(proportional(ratio), {"mean": mean, "sd": spread, "cv": ratio})


def gini(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return weights proportional to Gini coefficients of ``float64[M, K]``, over what is present.

    Raises
    ------
    MethodError
        A negative value; a column of zeros; no column that varies.
    """
    refuse(x < 0, x, names, "weights_negative")
    ordered = np.sort(x, axis=0)  # NaN goes to the end
    present = ~np.isnan(ordered)
    count = present.sum(axis=0)
    ordered = np.where(present, ordered, 0.0)
    total = ordered.sum(axis=0)
    for k in np.flatnonzero(~(total > 0)):
        raise MethodError("weights_mean", where=Where(indicator=names[int(k)]), value=float(total[k]))
    position = 2.0 * np.arange(1, len(x) + 1)[:, None] - count - 1.0
    found = np.where(differs(*ends(x)), np.einsum("ij,ij->j", position, ordered) / (count * total), 0.0)
    return Found(proportional(found), {"gini": found})


def sd_weights(data: Any, columns: Sequence[str], *, by: str | None = None, basis: Basis = "scores") -> TableResult:
    """Return weights proportional to the standard deviations of columns of a table.

    Adding to all columns, multiplying all by one number, turning a column round (x → c − x) and the order of rows and
    columns leave the weights as they are; so does repeating every row. Multiplying one column changes them unless
    ``basis="unit"``.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year), columns on one scale; what is missing is left out
        of its column.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    basis
        ``scores``: the values as they are; ``unit``: each column brought to 0–1 first (each year alone with `by`).

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, sd (n − 1), weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    MethodError
        No column varies.

    References
    ----------
    Hwang and Yoon (1981), doi:10.1007/978-3-642-48318-9

    Examples
    --------
    >>> sd_weights({"a": [0.0, 0.5, 1.0], "b": [0.5, 0.75, 1.0]}, ["a", "b"]).frame["weight"].round(3).to_list()
    [0.667, 0.333]
    """
    return weight_table(data, columns, by, sd, checked(Weight, method="sd", basis=basis), {"basis": basis})


def cv_weights(data: Any, columns: Sequence[str], *, by: str | None = None, basis: Basis = "scores") -> TableResult:
    """Return weights proportional to the coefficients of variation of columns of a table (变异系数法).

    Multiplying a column by a positive number, the order of rows and columns, and repeating every row leave the weights
    as they are (the last exactly where nothing is missing); adding to a column does not.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year), columns whose means are positive; what is missing
        is left out of its column.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    basis
        ``scores``: the values as they are; ``unit``: each column brought to 0–1 first (each year alone with `by`).

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, mean, sd (n − 1), cv, weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    MethodError
        A mean that is not positive; no column that varies.

    References
    ----------
    Zeleny (1982), Multiple Criteria Decision Making, McGraw-Hill, ch. 7

    Examples
    --------
    >>> cv_weights({"a": [1.0, 2.0, 3.0], "b": [3.0, 4.0, 5.0]}, ["a", "b"]).frame["weight"].round(3).to_list()
    [0.667, 0.333]
    """
    return weight_table(data, columns, by, cv, checked(Weight, method="cv", basis=basis), {"basis": basis})


def gini_weights(data: Any, columns: Sequence[str], *, by: str | None = None, basis: Basis = "scores") -> TableResult:
    """Return weights proportional to the Gini coefficients of columns of a table.

    Multiplying a column by a positive number, the order of rows and columns, and repeating every row leave the weights
    as they are; adding to a column does not.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year), columns not negative; what is missing is left out
        of its column.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    basis
        ``scores``: the values as they are; ``unit``: each column brought to 0–1 first (each year alone with `by`).

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, gini, weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    MethodError
        A negative value, named by row; a column of zeros; no column that varies.

    References
    ----------
    Li and Chi (2009), A new determining objective weights method: Gini coefficient weight, ICISE 2009, pp. 3726–3729,
    IEEE, https://ieeexplore.ieee.org

    Examples
    --------
    >>> gini_weights({"a": [0.0, 0.0, 1.0], "b": [0.0, 1.0, 1.0]}, ["a", "b"]).frame["weight"].round(3).to_list()
    [0.667, 0.333]
    """
    return weight_table(data, columns, by, gini, checked(Weight, method="gini", basis=basis), {"basis": basis})
