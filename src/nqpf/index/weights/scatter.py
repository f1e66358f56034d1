"""纵横向拉开档次法: the weights that set units and years as far apart as can be.

Guo Yajun (2002), 管理科学学报 5(2), 49–54 (ISSN 1007-9807): the sum of squared deviations of y = Σ_j w_j z_j over all
units and years is w'Hw with H = Σ_t Z_t'Z_t; under ‖w‖ = 1 it is largest at the leading eigenvector of H, which divided
by its sum gives the weights. With z standardised over all rows, H is the correlation matrix up to a factor.

Where H has negative elements the eigenvector may have both signs; Guo then maximises w'Hw under ‖w‖ = 1, w ≥ 0. That
maximum (option ``optimum``) is sought by w ← max(Hw, 0) / ‖max(Hw, 0)‖, which never lessens w'Hw, from each unit
vector, from equal weights and from the eigenvector cut at zero; the best is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked, groups_of, numbers
from nqpf.errors import DataError, MethodError, listing
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, among_varying, differs, ends, proportional, whole_rows
from nqpf.index.weights.moments import mean_and_sd, products
from nqpf.index.weights.table import weight_table
from nqpf.messages import say
from nqpf.results import TableResult

Floats = NDArray[np.float64]

ZERO = 1e-10
"""A coefficient above minus this, of a vector of length 1, is not negative but rounding."""
TIED = 1e-9
"""Relative distance below which the two largest eigenvalues are one, and no direction leads."""
APART = 1e-6
"""Difference from which on two directions are two."""
STEPS = 100_000
"""Steps of ascent at most; it stops much earlier, when no start moves any more."""


def scatter(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return weights that scatter most, of ``float64[M, K]``, from the rows in which nothing is missing.

    Scores are standardised here only for ``standardise: pooled``; for ``yearly`` they come standardised year by year.

    Raises
    ------
    MethodError
        Fewer than two whole rows; a column that does not vary (unless it may weigh zero); two directions that scatter
        alike; negative coefficients under ``negative: stop``.
    """
    rows = whole_rows(x, 2)
    found = among_varying(_scatter, rows, how, names)
    return Found(found.weights, found.details, len(x) - len(rows))


def _scatter(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    if how.standardise == "pooled":
        x = standardised(x)
    h = products(x, x) / len(x)
    values, vectors = np.linalg.eigh(h)
    if len(values) > 1 and values[-1] - values[-2] <= TIED * values[-1]:
        raise MethodError("scatter_tied")
    leading = vectors[:, -1] * (1.0 if vectors[:, -1].sum() >= 0 else -1.0)
    details = {"coefficient": leading}
    if how.negative == "clip" and len(leading) > 1 and abs(leading.sum()) <= ZERO:
        raise MethodError("scatter_tied")  # which half is clipped would hang on the order of the columns
    if (leading >= -ZERO).all() or how.negative == "clip":
        return Found(proportional(np.maximum(leading, 0.0)), details)
    if how.negative == "stop":
        bad = [
            say("weights.coefficient", name=names[int(k)], value=leading[k]) for k in np.flatnonzero(leading < -ZERO)
        ]
        raise MethodError("scatter_negative", columns=listing(bad))
    return Found(proportional(best_direction(h, leading)), details)


def standardised(x: Floats) -> Floats:
    """Return columns with mean 0 and standard deviation 1 (n − 1) over what is present; 0 where they do not vary."""
    mean, spread = mean_and_sd(x)
    varies = differs(*ends(x))
    return np.asarray(np.where(varies | np.isnan(x), (x - mean) / np.where(varies, spread, 1.0), 0.0))


def best_direction(h: Floats, leading: Floats) -> Floats:
    """Return w ≥ 0 of length 1 with the largest w'Hw found, for ``float64[K, K]`` positive semidefinite."""
    starts = np.vstack([np.maximum(leading, 0.0), np.ones(len(h)), np.eye(len(h))])
    w = starts / np.sqrt((starts**2).sum(axis=1, keepdims=True))
    for _ in range(STEPS):
        up = np.maximum(np.einsum("sj,jk->sk", w, h), 0.0)
        up /= np.sqrt((up**2).sum(axis=1, keepdims=True))
        moved, w = float(np.abs(up - w).max()), up
        if moved < 1e-15:
            break
    reached = np.einsum("sj,jk,sk->s", w, h, w)
    best = w[reached.argmax()]
    level = reached >= reached.max() * (1 - TIED)
    if (np.abs(w[level] - best).max(axis=1) > APART).any():
        raise MethodError("scatter_tied")
    return np.asarray(best)


def scatter_weights(
    data: Any,
    columns: Sequence[str],
    *,
    by: str | None = None,
    year: str | None = None,
    standardise: Literal["pooled", "yearly", "none"] = "pooled",
    negative: Literal["stop", "clip", "optimum"] = "stop",
    on_constant: Literal["stop", "zero"] = "stop",
) -> TableResult:
    """Return the weights of columns of a table that set its rows as far apart as can be (纵横向拉开档次法).

    With ``standardise="pooled"`` any increasing linear change of a column, the order of rows and columns, and repeating
    every row leave the weights as they are. Turning a column round changes them: directions come first.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit and year, columns directed, higher better; rows in which
        something is missing have no part, and a note says how many.
    columns
        Indicators.
    by
        Column of years: weights for each year alone (拉开档次法). Default: one set for all units and years.
    year
        Column of years to standardise within, for ``standardise="yearly"``.
    standardise
        Each column to mean 0 and standard deviation 1 over all rows (``pooled``) or within each year (``yearly``);
        ``none``: as they are, not centred either, as is often done with min-max scores; H is then positive, and so are
        all weights, but columns with high means weigh more.
    negative
        Negative coefficients: ``stop``, ``clip`` to zero, or the ``optimum`` under weights that are not negative.
    on_constant
        A column that does not vary: ``stop``, or weight ``zero``.

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, coefficient (in the leading eigenvector), weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year; no `year` where one is needed.
    SpecError
        No such option.
    MethodError
        Fewer than two whole rows; a column that does not vary; negative coefficients; two directions that scatter
        alike.

    References
    ----------
    Guo Yajun (2002), 一种新的动态综合评价方法, 管理科学学报 5(2), 49–54, ISSN 1007-9807

    Examples
    --------
    >>> table = {"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 2.0, 4.0, 3.0], "c": [1.0, 3.0, 2.0, 4.0]}
    >>> scatter_weights(table, ["a", "b", "c"]).frame["weight"].round(3).to_list()
    [0.372, 0.314, 0.314]
    """
    options = {"standardise": standardise, "negative": negative, "on_constant": on_constant}
    how = checked(Weight, method="scatter", basis="scores", **options)
    if standardise != "yearly":
        return weight_table(data, columns, by, scatter, how, options)
    if year is None:
        raise DataError("scatter_without_year")
    frame, values = numbers(data, columns, year)
    prepared = np.empty_like(values)
    for _, members in groups_of(frame, year):
        prepared[members] = standardised(values[members])
    return weight_table(data, columns, by, scatter, how, options | {"year": year}, prepared)
