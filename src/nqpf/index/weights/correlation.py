"""Weights under which the indicators' correlations with their aggregate are as wanted.

A linear form of Becker, Saisana, Paruolo and Vandecasteele (2017), doi:10.1016/j.ecolind.2017.03.056. With scores
standardised and v_j = w_j s_j, the correlations are c = Rv / √(v'Rv). COINr's ``get_opt_weights`` looks for the least
Σ_j (t_j − c_j / Σ_k c_k)² by a simplex search; here it is found exactly. As c / Σ c = Rv / (1'Rv), the problem is the
convex one min ‖Rv − t(1'Rv)‖² under v ≥ 0, 1'Rv = 1, and one non-negative least squares of (R − t1'R; 1'R) v ≈ (0; 1)
has the same v up to a factor. (COINr's search may end at negative weights; where it does not, it ends here too.) The
largest Σ c_j is at v = 1 (Cauchy–Schwarz), so at w_j ∝ 1 / s_j.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from nqpf.columns import checked
from nqpf.errors import DataError, MethodError, hint, listing
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, among_varying, proportional, whole_rows
from nqpf.index.weights.moments import correlations, mean_and_sd
from nqpf.index.weights.table import weight_table
from nqpf.results import TableResult

Floats = NDArray[np.float64]


def correlation(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return correlation-optimised weights of ``float64[M, K]``, from the rows in which nothing is missing.

    Raises
    ------
    MethodError
        Fewer than three whole rows; a column that does not vary (unless it may weigh zero); columns that cancel out.
    """
    rows = whole_rows(x, 3)
    found = among_varying(_correlation, rows, how, names)
    return Found(found.weights, found.details, len(x) - len(rows))


def _correlation(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    r, spread = correlations(x, names), mean_and_sd(x)[1]
    targets = np.array([how.targets.get(name, 1.0) for name in names])
    targets = targets / targets.sum()
    v = balanced(r, targets) if how.goal == "balance" else np.ones(len(r))
    length = np.sqrt(max(float(v @ r @ v), 0.0))
    if not length > 0:
        raise MethodError("weights_cancel")
    return Found(proportional(v / spread), {"target": targets, "correlation": r @ v / length})


def balanced(r: Floats, targets: Floats) -> Floats:
    """Return v ≥ 0 for which Rv / (1'Rv) is nearest to targets ``float64[K]`` of sum 1, up to a factor."""
    together = r.sum(axis=0)
    apart = np.vstack([r - np.outer(targets, together), together])
    return np.asarray(nnls(apart, np.append(np.zeros(len(r)), 1.0))[0])


def correlation_weights(
    data: Any,
    columns: Sequence[str],
    *,
    by: str | None = None,
    goal: Literal["balance", "sum"] = "balance",
    targets: Mapping[str, float] | None = None,
    on_constant: Literal["stop", "zero"] = "stop",
) -> TableResult:
    """Return weights under which columns correlate with their weighted mean as wanted.

    Multiplying all columns by one number, adding to a column, the order of rows and columns, and repeating every row
    leave the weights as they are. Multiplying one column divides its weight by the same, before weights are brought to
    sum 1 again: they belong to the scores that are averaged.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year), columns the scores to be averaged; rows in which
        something is missing have no part, and a note says how many.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    goal
        ``balance``: correlations as nearly proportional to `targets` as weights that are not negative allow. ``sum``:
        their sum as large as can be.
    targets
        What correlations shall be proportional to, by column; 1 where nothing is given.
    on_constant
        A column that does not vary: ``stop``, or weight ``zero``.

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, target (summing to 1), correlation (reached), weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column or target is absent, or a column holds what is no number; a row has no year.
    SpecError
        No such `goal`; a target that is not positive.
    MethodError
        Fewer than three whole rows; a column that does not vary; columns that cancel each other out.

    References
    ----------
    Becker, Saisana, Paruolo and Vandecasteele (2017), doi:10.1016/j.ecolind.2017.03.056

    Examples
    --------
    >>> table = {"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 4.0, 1.0, 5.0], "c": [3.0, 1.0, 2.0, 4.0]}
    >>> found = correlation_weights(table, ["a", "b", "c"]).frame
    >>> found["weight"].round(3).to_list(), found["correlation"].round(3).to_list()
    ([0.313, 0.28, 0.407], [0.76, 0.76, 0.76])
    """
    targets = dict(targets or {})
    for stray in (name for name in targets if name not in columns):
        raise DataError("unknown_column", column=stray, options=listing(columns, 20), hint=hint(stray, columns))
    options: dict[str, Any] = {"goal": goal, "targets": targets, "on_constant": on_constant}
    return weight_table(data, columns, by, correlation, checked(Weight, method="correlation", **options), options)
