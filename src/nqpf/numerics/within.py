"""Least squares with fixed effects of units, of years or of both, and covariances by cluster.

Effects of two kinds are taken out exactly, also where not every unit is there every year: means of units first, then
the projection on the years' dummies with the means of units taken out of them (Frisch and Waugh 1933,
doi:10.2307/1907330; Baltagi 2021, Econometric Analysis of Panel Data, doi:10.1007/978-3-030-53953-5, chapters 3 and
9). Covariances by cluster: Liang and Zeger (1986), doi:10.1093/biomet/73.1.13.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
RANK = 1e-9
"""A regressor of which less than this share is left beside the others is a sum of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Least squares of R rows on K regressors.

    Attributes
    ----------
    coefficients
        ``float64[K]``, NaN for one in `aliased`.
    residuals
        ``float64[R]``.
    inverse
        ``float64[K, K]`` inverse of X'X, zero in rows and columns of `aliased`.
    aliased
        Positions of regressors that are sums of others or of the effects.
    freedom
        Rows less regressors and effects.
    """

    coefficients: Floats
    residuals: Floats
    inverse: Floats
    aliased: tuple[int, ...]
    freedom: int


def demeaned(values: Floats, codes: Sequence[Integers]) -> tuple[Floats, int]:
    """Return values without the effects of one or two groupings, and how many effects these were.

    Parameters
    ----------
    values
        ``float64[R, ...]``.
    codes
        None, one or two ``int[R]`` numbers of groups from 0.
    """
    if not codes:
        return values, 0
    first = _centred(values, codes[0])
    groups = int(codes[0].max()) + 1
    if len(codes) == 1:
        return first, groups
    dummies = _centred(np.eye(int(codes[1].max()) + 1)[codes[1]], codes[0])
    q, r, _ = linalg.qr(dummies, mode="economic", pivoting=True)
    size = np.abs(np.diagonal(r))
    rank = int((size > RANK * max(1.0, size[0] if size.size else 0.0)).sum())
    q = q[:, :rank]
    flat = first.reshape(len(first), -1)
    out: Floats = (flat - q @ (q.T @ flat)).reshape(values.shape)
    return out, groups + rank


def _centred(values: Floats, code: Integers) -> Floats:
    flat = values.reshape(len(values), -1)
    count = np.bincount(code)
    sums = np.zeros((count.size, flat.shape[1]))
    np.add.at(sums, code, flat)
    out: Floats = (flat - (sums / np.maximum(count, 1)[:, None])[code]).reshape(values.shape)
    return out


def fit(y: Floats, x: Floats, effects: int = 0, scale: Floats | None = None) -> Fitted:
    """Return least squares of y ``float64[R]`` on x ``float64[R, K]``, both without their effects.

    Parameters
    ----------
    y, x
        Regressand and regressors.
    effects
        How many effects were taken out.
    scale
        ``float64[K]`` sizes of the regressors before that, to tell which are nothing but effects; default: as they are.
    """
    k = x.shape[1]
    size = np.sqrt((x**2).sum(axis=0)) if scale is None else scale
    kept: list[int] = []
    basis = np.zeros((len(y), 0))
    for j in range(k):  # the first of regressors that say the same stays
        rest = x[:, j] - basis @ (basis.T @ x[:, j])
        rest = rest - basis @ (basis.T @ rest)
        norm = float(np.sqrt(rest @ rest))
        if norm > RANK * max(float(size[j]), np.finfo(float).tiny):
            kept.append(j)
            basis = np.column_stack([basis, rest / norm])
    coefficients, inverse = np.full(k, np.nan), np.zeros((k, k))
    used = x[:, kept]
    r = linalg.qr(used, mode="r")[0][: len(kept)] if kept else np.zeros((0, 0))
    back = linalg.solve_triangular(r, np.eye(len(kept))) if kept else r
    inverse[np.ix_(kept, kept)] = back @ back.T
    beta = linalg.lstsq(used, y)[0] if kept else np.zeros(0)
    coefficients[kept] = beta
    aliased = tuple(j for j in range(k) if j not in kept)
    return Fitted(coefficients, y - used @ beta, inverse, aliased, len(y) - len(kept) - effects)


def covariance(fitted: Fitted, x: Floats, cluster: Integers | None, kind: str = "CR1", nested: int = 0) -> Floats:
    """Return the covariance ``float64[K, K]`` of coefficients.

    Parameters
    ----------
    fitted, x
        The fit and its regressors without their effects.
    cluster
        ``int[R]`` numbers of clusters from 0; None: the same variance everywhere.
    kind
        With clusters: ``CR0`` as it is, or ``CR1`` times G/(G − 1) · (R − 1)/(R − K).
    nested
        How many effects of the fit lie within clusters, which do not count in K.
    """
    if cluster is None:
        variance = float(fitted.residuals @ fitted.residuals) / fitted.freedom
        return fitted.inverse * variance
    clusters = int(cluster.max()) + 1
    sums = np.zeros((clusters, x.shape[1]))
    np.add.at(sums, cluster, x * fitted.residuals[:, None])
    found: Floats = fitted.inverse @ (sums.T @ sums) @ fitted.inverse
    if kind == "CR1":
        rows = len(x)
        parameters = rows - fitted.freedom - nested
        found = found * (clusters / (clusters - 1)) * ((rows - 1) / (rows - parameters))
    return found
