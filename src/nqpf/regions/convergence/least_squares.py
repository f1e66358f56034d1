"""Ordinary least squares on arrays, with the standard errors that convergence equations are reported with.

White (1980), doi:10.2307/1912934, with n/(n − k) for ``hc1``; by unit: Liang and Zeger (1986),
doi:10.1093/biomet/73.1.13, with G/(G − 1) · (n − 1)/(n − k).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Errors = Literal["classical", "hc1", "cluster"]

DEPENDENT = 1e-9
"""Share of a column's length below which what the other columns leave of it counts as nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A regression with K coefficients.

    Attributes
    ----------
    estimate, se, t, p
        ``float64[K]``; p two-sided by the t law with `df` degrees of freedom.
    covariance
        ``float64[K, K]``.
    df
        n − K − `absorbed`, or clusters − 1.
    r2, f, df1, df2, f_p
        Share explained of what varies about the mean (about what was absorbed), and the F test of all slopes.
    """

    estimate: Floats
    covariance: Floats
    df: int
    r2: float
    f: float
    df1: int
    df2: int

    @property
    def se(self) -> Floats:
        """Return standard errors."""
        found: Floats = np.sqrt(np.diag(self.covariance))
        return found

    @property
    def t(self) -> Floats:
        """Return t values."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.estimate / self.se

    @property
    def p(self) -> Floats:
        """Return two-sided p values."""
        found: Floats = 2 * stats.t.sf(np.abs(self.t), self.df)
        return found

    @property
    def f_p(self) -> float:
        """Return the p value of the F test."""
        return float(stats.f.sf(self.f, self.df1, self.df2))


def least_squares(
    y: Floats,
    x: Floats,
    *,
    errors: Errors = "classical",
    clusters: Integers | None = None,
    absorbed: int = 0,
    nested: int = 0,
) -> Fit:
    """Return the regression of ``y[n]`` on ``x[n, K]``.

    Parameters
    ----------
    y, x
        Numbers; the columns of `x` are independent. A first column of ones is a constant; where effects were taken out
        before, there is none.
    errors
        ``classical``, ``hc1`` robust to unequal variances, ``cluster`` also to dependence within a cluster.
    clusters
        ``int[n]`` cluster of each row; None: each its own.
    absorbed
        Degrees of freedom that were taken out before.
    nested
        How many of these lie within clusters and are not counted there.

    Examples
    --------
    >>> fit = least_squares(np.array([1.0, 3.0, 4.0]), np.column_stack([np.ones(3), np.arange(3.0)]))
    >>> fit.estimate.round(4).tolist(), fit.se.round(4).tolist()
    ([1.1667, 1.5], [0.3727, 0.2887])
    """
    n, k = x.shape
    q, r = np.linalg.qr(x)
    inverse = np.linalg.inv(r)
    estimate = inverse @ (q.T @ y)
    u = y - x @ estimate
    bread, df = inverse @ inverse.T, n - k - absorbed
    if errors == "classical":
        covariance = bread * (u @ u / df)
    elif errors == "hc1":
        covariance = n / df * bread @ (x.T * u**2 @ x) @ bread
    else:
        groups = np.unique(np.arange(n) if clusters is None else clusters, return_inverse=True)[1]
        count = int(groups.max()) + 1
        sums = np.zeros((count, k))
        np.add.at(sums, groups, x * u[:, None])
        scale = count / (count - 1) * (n - 1) / (df + nested)
        covariance, df = scale * bread @ (sums.T @ sums) @ bread, count - 1
    constant = int(not absorbed)
    away = y - y.mean() if constant else y
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = 1 - (u @ u) / (away @ away)
        f = r2 / (1 - r2) * (n - k - absorbed) / (k - constant)
    return Fit(estimate, covariance, df, float(r2), float(f), k - constant, n - k - absorbed)


def dependent(x: Floats, names: Sequence[str], lengths: Floats | None = None) -> list[str]:
    """Return the names of the columns of ``x[n, K]`` that those before them leave nothing of.

    `lengths` ``float64[K]`` says how long the columns were before anything was taken out; None: as they are.

    Examples
    --------
    >>> dependent(np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]]), ["a", "b", "c"])
    ['b']
    """
    length = np.linalg.norm(x, axis=0) if lengths is None else lengths
    found = []
    kept = np.empty((len(x), 0))
    for k, name in enumerate(names):
        rest = x[:, k] - kept @ (kept.T @ x[:, k])
        rest = rest - kept @ (kept.T @ rest)
        size = float(np.linalg.norm(rest))
        if size <= DEPENDENT * length[k]:
            found.append(name)
        else:
            kept = np.column_stack([kept, rest / size])
    return found
