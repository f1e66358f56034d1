"""Covariances of coefficients under fixed effects, with the small-sample factors that fixest, Stata and reghdfe share.

White (1980), doi:10.2307/1912934, times R/(R − K); clusters: Liang and Zeger (1986), doi:10.1093/biomet/73.1.13, times
G/(G − 1) · (R − 1)/(R − K); clusters of two kinds: Cameron, Gelbach and Miller (2011), doi:10.1198/jbes.2010.07136, G
the smaller number. K counts coefficients and effects; effects that lie within clusters count as one for each kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from nqpf.numerics.within import Fitted, covariance

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Errors = Literal["cluster", "robust", "classical", "wild"]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How sure coefficients are.

    Attributes
    ----------
    covariance
        ``float64[K, K]``.
    freedom
        Degrees of freedom of t and F: smallest number of clusters less one, or rows less what was estimated.
    scale
        Factor of the covariance against the sandwich as it is.
    mended
        Whether it was made positive semidefinite: only clusters of two kinds can need that.
    """

    covariance: Floats
    freedom: int
    scale: float
    mended: bool = False


def spread_of(
    fitted: Fitted, x: Floats, errors: Errors, clusters: Sequence[Integers], effects: Sequence[Integers]
) -> Spread:
    """Return the covariance of coefficients.

    Parameters
    ----------
    fitted, x
        The fit, and its regressors ``float64[R, K]`` without their effects.
    errors
        ``classical``, ``robust``, or by cluster.
    clusters
        One or two ``int[R]`` numbers of clusters, from 0.
    effects
        The groupings whose effects were taken out.
    """
    rows = len(x)
    if errors == "classical":
        return Spread(covariance(fitted, x, None), fitted.freedom, 1.0)
    if errors == "robust":
        scale = rows / fitted.freedom
        return Spread(covariance(fitted, x, np.arange(rows), "CR0") * scale, fitted.freedom, scale)
    nested = sum(
        int(code.max()) for code in effects if any(_within(code, cluster) for cluster in clusters)
    )  # all but one of each
    least = min(int(cluster.max()) + 1 for cluster in clusters)
    scale = (rows - 1) / (fitted.freedom + nested) * least / (least - 1)
    parts = [covariance(fitted, x, cluster, "CR0") for cluster in clusters]
    if len(clusters) == 1:
        return Spread(parts[0] * scale, least - 1, scale)
    both = np.unique(clusters[0] * (int(clusters[1].max()) + 1) + clusters[1], return_inverse=True)[1]
    found = parts[0] + parts[1] - covariance(fitted, x, both, "CR0")
    value, vector = np.linalg.eigh(found)
    mended = bool(value.min() < -1e-12 * np.abs(value).max())
    if mended:
        found = (vector * np.maximum(value, 0.0)) @ vector.T
    return Spread(found * scale, least - 1, scale, mended)


def _within(code: Integers, cluster: Integers) -> bool:
    """Return whether every group of `code` lies in one cluster."""
    pairs = np.unique(code * (int(cluster.max()) + 1) + cluster).size
    return pairs == int(code.max()) + 1


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Test that several coefficients are zero: F with its degrees of freedom and p."""

    f: float
    df1: int
    df2: int
    p: float


def joint(fitted: Fitted, spread: Spread, which: Sequence[int]) -> Joint | None:
    """Return the Wald test that the coefficients `which` are zero; None where their covariance is flat."""
    kept = [k for k in which if k not in fitted.aliased]
    if not kept:
        return None
    beta, v = fitted.coefficients[kept], spread.covariance[np.ix_(kept, kept)]
    if np.linalg.matrix_rank(v, hermitian=True) < len(kept):
        return None
    f = float(beta @ np.linalg.solve(v, beta)) / len(kept)
    return Joint(f, len(kept), spread.freedom, float(stats.f.sf(f, len(kept), spread.freedom)))
