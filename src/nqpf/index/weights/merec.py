"""MEREC weights: how much the performance of the units changes when an indicator is taken away.

Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis and Antucheviciene (2021), doi:10.3390/sym13040525. Scores are higher
better, so every indicator is of the paper's kind "benefit": n_ij = min_i x_ij / x_ij.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, proportional, refuse, whole_rows
from nqpf.index.weights.table import weight_table
from nqpf.results import TableResult

Floats = NDArray[np.float64]


def merec(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return MEREC weights of ``float64[M, K]``, from the rows in which nothing is missing.

    Raises
    ------
    MethodError
        A value that is not positive, named by row; no column that varies.
    """
    x = x + how.shift if how.shift else x
    refuse(x <= 0, x, names, "weights_nonpositive")
    rows = whole_rows(x, 2)
    logs = np.log(rows / rows.min(axis=0))
    total = logs.sum(axis=1, keepdims=True)
    effect = (np.log1p(total / x.shape[1]) - np.log1p((total - logs) / x.shape[1])).sum(axis=0)
    return Found(proportional(np.maximum(effect, 0.0)), {"removal_effect": effect}, len(x) - len(rows))


def merec_weights(data: Any, columns: Sequence[str], *, by: str | None = None, shift: float = 0.0) -> TableResult:
    """Return the MEREC weights of columns of a table.

    Multiplying a column by a positive number, the order of rows and columns, and repeating every row leave the weights
    as they are; adding to a column does not.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year), columns positive, higher better; rows in which
        something is missing have no part, and a note says how many.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    shift
        Constant added to every value. Scores of 0 cannot be taken without it, and it moves the weights.

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, removal_effect, weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    MethodError
        A value that is not positive, named by row; fewer than two whole rows; no column that varies.

    References
    ----------
    Keshavarz-Ghorabaee et al. (2021), doi:10.3390/sym13040525

    Examples
    --------
    >>> merec_weights({"a": [1.0, 2.0, 4.0], "b": [1.0, 1.5, 1.2]}, ["a", "b"]).frame["weight"].round(3).to_list()
    [0.795, 0.205]
    """
    options = {"shift": shift}
    return weight_table(data, columns, by, merec, checked(Weight, method="merec", basis="scores", **options), options)
