"""Independence weights (独立性权重法): the better the others tell an indicator, the less it weighs.

R_j is the multiple correlation of indicator j with all the others (of the regression of j on them), and the weight is
proportional to 1 / R_j, as SPSSAU documents the method (https://www.spssau.net/helps/independence.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.errors import MethodError, Where
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, among_varying, proportional, whole_rows
from nqpf.index.weights.moments import correlations
from nqpf.index.weights.table import weight_table
from nqpf.results import TableResult

Floats = NDArray[np.float64]

SINGULAR = 1e-10
"""Eigenvalue of a correlation matrix below which one column counts as told exactly by others."""


def independence(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return independence weights of ``float64[M, K]``, from the rows in which nothing is missing.

    Raises
    ------
    MethodError
        Fewer whole rows than columns and one more; a column that does not vary (unless it may weigh zero); a column
        without any correlation with the others.
    """
    rows = whole_rows(x, x.shape[1] + 1)
    found = among_varying(_independence, rows, how, names)
    return Found(found.weights, found.details, len(x) - len(rows))


def _independence(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    if x.shape[1] == 1:
        return Found(np.ones(1), {"multiple_correlation": np.full(1, np.nan)})
    multiple = np.sqrt(squared_multiple(correlations(x, names)))
    for k in np.flatnonzero(multiple < SINGULAR):
        raise MethodError("weights_uncorrelated", where=Where(indicator=names[int(k)]))
    return Found(proportional(1.0 / multiple), {"multiple_correlation": multiple})


def squared_multiple(r: Floats) -> Floats:
    """Return the squared multiple correlation of each column with the others, from their correlations ``[K, K]``."""
    if np.linalg.eigvalsh(r)[0] > SINGULAR:
        found = 1.0 - 1.0 / np.diagonal(np.linalg.inv(r))
    else:  # some columns are told exactly by others
        found = np.empty(len(r))
        for k in range(len(r)):
            others = np.arange(len(r)) != k
            found[k] = r[k, others] @ np.linalg.pinv(r[np.ix_(others, others)], SINGULAR, True) @ r[others, k]
    return np.clip(found, 0.0, 1.0)


def independence_weights(
    data: Any, columns: Sequence[str], *, by: str | None = None, on_constant: Literal["stop", "zero"] = "stop"
) -> TableResult:
    """Return the independence weights of columns of a table (独立性权重法).

    Any linear change of a column, turning it round included, the order of rows and columns, and repeating every row
    leave the weights as they are. A column that others tell exactly has R = 1 and the least weight.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year); rows in which something is missing have no part,
        and a note says how many.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    on_constant
        A column that does not vary: ``stop``, or weight ``zero``.

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, multiple_correlation, weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    MethodError
        Too few whole rows; a column that does not vary; one without any correlation with the others.

    References
    ----------
    SPSSAU, Independence Weight, https://www.spssau.net/helps/independence.html

    Examples
    --------
    >>> table = {"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [1.0, 2.0, 3.0, 5.0, 4.0], "c": [2.0, 1.0, 4.0, 3.0, 6.0]}
    >>> independence_weights(table, ["a", "b", "c"]).frame["weight"].round(3).to_list()
    [0.322, 0.332, 0.347]
    """
    options = {"on_constant": on_constant}
    return weight_table(data, columns, by, independence, checked(Weight, method="independence", **options), options)
