"""Weights from principal components by squared loadings, after the OECD/JRC Handbook (2008), step 6.

Components of the correlation matrix are kept (eigenvalue 1 or more, or up to a share of variance), rotated, and each
indicator counts by its squared loading on the component where that is heaviest, times what the component explains
(Nicoletti, Scarpetta and Boylaud 2000): w_j ∝ (λ²_jf / V_f)·(V_f / V) with V_f = Σ_j λ²_jf, so w_j ∝ max_f λ²_jf.

There is no option of weighting by the signed loadings of the first component, as some programs do: where the first
component has loadings of both signs, its "weights" are negative, good scores count against a unit, and the index may
rank nearly backwards (on COINr's example data 16 of 49 weights are negative). Squared loadings are never negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.errors import MethodError
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, among_varying, proportional, whole_rows
from nqpf.index.weights.moments import correlations
from nqpf.index.weights.table import weight_table
from nqpf.results import TableResult

Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""How far an eigenvalue or a share may stay below its bound and still reach it."""
SETTLED = 1e-13
"""Change of a rotation below which it has settled."""
STEPS = 10_000
"""Steps of rotation after which it counts as not converging."""


def pca(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return weights by squared loadings of ``float64[M, K]``, from the rows in which nothing is missing.

    Raises
    ------
    MethodError
        Fewer than three whole rows; a column that does not vary (unless it may weigh zero).
    """
    rows = whole_rows(x, 3)
    found = among_varying(_pca, rows, how, names)
    return Found(found.weights, found.details, len(x) - len(rows))


def _pca(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    loadings = principal_loadings(correlations(x, names), how.share)
    communality = (loadings**2).sum(axis=1)
    if how.rotation == "varimax":
        loadings = varimax(loadings)
    squared = loadings**2
    order = np.argsort(-squared.sum(axis=0), kind="stable")
    component = squared[:, order].argmax(axis=1)
    raw = squared[:, order].max(axis=1) if how.loadings == "heaviest" else communality
    details = {"component": component + 1.0, "loading_squared": squared[:, order].max(axis=1)}
    return Found(proportional(raw), details | {"communality": communality})


def principal_loadings(r: Floats, share: float | None = None) -> Floats:
    """Return the loadings ``float64[K, F]`` of the principal components of correlations ``float64[K, K]`` to keep.

    Parameters
    ----------
    share
        Keep the least number of components that explains this share of variance; default: eigenvalues of 1 or more.
    """
    values, vectors = np.linalg.eigh(r)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    if share is None:
        kept = int((values >= 1.0 - ROUNDING).sum())
    else:
        kept = int(np.searchsorted(np.cumsum(values) / values.sum(), share - ROUNDING)) + 1
    return np.asarray(vectors[:, :kept] * np.sqrt(values[:kept]))


def varimax(loadings: Floats) -> Floats:
    """Return loadings ``float64[K, F]`` rotated for the largest variance of their squares (Kaiser 1958).

    Rows are brought to length 1 for the rotation and back after it (Kaiser's normalisation).

    Raises
    ------
    MethodError
        The rotation does not settle.
    """
    if loadings.shape[1] < 2:
        return loadings
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows = loadings / np.where(length > 0, length, 1.0)
    turn = np.eye(loadings.shape[1])
    for _ in range(STEPS):
        now = rows @ turn
        left, _, right = np.linalg.svd(rows.T @ (now**3 - now * (now**2).mean(axis=0)))
        before, turn = turn, left @ right
        if np.abs(turn - before).max() < SETTLED:
            return np.asarray(rows @ turn * length)
    raise MethodError("rotation_unsettled", steps=STEPS)


def pca_weights(
    data: Any,
    columns: Sequence[str],
    *,
    by: str | None = None,
    share: float | None = None,
    rotation: Literal["varimax", "none"] = "varimax",
    loadings: Literal["heaviest", "all"] = "heaviest",
    on_constant: Literal["stop", "zero"] = "stop",
) -> TableResult:
    """Return weights of columns of a table from principal components, by squared loadings.

    Any linear change of a column, turning it round included, the order of rows and columns, and repeating every row
    leave the weights as they are. Signed loadings are no option: see the head of this file.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year); rows in which something is missing have no part,
        and a note says how many.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    share
        Keep the least number of components that explains this share of variance. Default: keep all whose eigenvalue
        is 1 or more.
    rotation
        ``varimax`` with Kaiser's normalisation, or ``none``.
    loadings
        ``heaviest``: the squared loading on the component where it is largest, as in the Handbook. ``all``: the sum
        of squared loadings over the components kept (communality), which no rotation changes.
    on_constant
        A column that does not vary: ``stop``, or weight ``zero``.

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, component (1 explains most), loading_squared on it, communality, weight; weights
        sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        No such option; a `share` outside 0 to 1.
    MethodError
        Fewer than three whole rows; a column that does not vary.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, doi:10.1787/9789264043466-en; Nicoletti,
    Scarpetta and Boylaud (2000), doi:10.1787/215182844604; Kaiser (1958), doi:10.1007/BF02289233

    Examples
    --------
    >>> table = {"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 2.0, 4.0, 3.0], "c": [1.0, 3.0, 2.0, 4.0]}
    >>> pca_weights(table, ["a", "b", "c"]).frame["weight"].round(3).to_list()
    [0.413, 0.294, 0.294]
    """
    options = {"share": share, "rotation": rotation, "loadings": loadings, "on_constant": on_constant}
    return weight_table(data, columns, by, pca, checked(Weight, method="pca", **options), options)
