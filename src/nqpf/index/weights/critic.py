"""CRITIC weights: how much an indicator varies times how little it agrees with the others.

Diakoulaki, Mavrotas and Papayannakis (1995), doi:10.1016/0305-0548(94)00059-H: on scores brought to 0–1, contrast is
the standard deviation, conflict Σ_k (1 − r_jk), and the weight is proportional to their product.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, among_varying, proportional
from nqpf.index.weights.moments import correlations, mean_and_sd
from nqpf.index.weights.table import weight_table
from nqpf.results import TableResult

Floats = NDArray[np.float64]


def critic(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return CRITIC weights of ``float64[M, K]``; where values are missing, each pair is over the rows that have both.

    Raises
    ------
    MethodError
        A column that does not vary (unless it may weigh zero), a pair with too few rows, or no conflict at all.
    """
    return among_varying(_critic, x, how, names)


def _critic(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    agreement = correlations(x, names, how.correlation)
    if how.conflict == "absolute":
        agreement = np.abs(agreement)
    contrast, conflict = mean_and_sd(x)[1], (1.0 - agreement).sum(axis=1)
    information = contrast * conflict
    details = {"contrast": contrast, "conflict": conflict, "information": information}
    return Found(proportional(information), details)


def critic_weights(
    data: Any,
    columns: Sequence[str],
    *,
    by: str | None = None,
    correlation: Literal["pearson", "spearman"] = "pearson",
    conflict: Literal["signed", "absolute"] = "signed",
    basis: Literal["unit", "scores"] = "unit",
    on_constant: Literal["stop", "zero"] = "stop",
) -> TableResult:
    """Return the CRITIC weights of columns of a table.

    With ``basis="unit"`` any increasing linear change of a column leaves the weights as they are; so do the order of
    rows and columns and repeating every row. Turning a column round does change them: directions come first. Whether
    standard deviations are over n or n − 1 makes no difference to weights where nothing is missing.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year), columns directed, higher better; a correlation is
        over the rows in which both columns have a value.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    correlation
        ``pearson``, or ``spearman`` of ranks.
    conflict
        ``signed``: Σ(1 − r), opposites conflict most. ``absolute``: Σ(1 − |r|), opposites say the same.
    basis
        ``unit``: each column brought to 0–1 first, as in the paper (each year alone with `by`); ``scores``: as they
        are.
    on_constant
        A column that does not vary: ``stop``, or weight ``zero``.

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, contrast, conflict, information, weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        No such option.
    MethodError
        A column that does not vary; a pair of columns with fewer than two rows in common; columns that all agree
        perfectly.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis (1995), doi:10.1016/0305-0548(94)00059-H

    Examples
    --------
    >>> table = {"a": [0.0, 0.5, 1.0], "b": [0.0, 0.6, 1.0], "c": [1.0, 0.0, 0.4]}
    >>> critic_weights(table, ["a", "b", "c"]).frame["weight"].round(3).to_list()
    [0.243, 0.258, 0.5]
    """
    options = {"correlation": correlation, "conflict": conflict, "basis": basis, "on_constant": on_constant}
    return weight_table(data, columns, by, critic, checked(Weight, method="critic", **options), options)
