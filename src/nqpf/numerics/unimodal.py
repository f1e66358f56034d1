"""Data that have one mode: what a table would look like if it held no clusters.

Each column keeps its shape as far as one mode allows: of the distribution functions that are convex up to some value
and concave beyond it, the one nearest to the data, as in the dip test (Hartigan and Hartigan 1985,
doi:10.1214/aos/1176346577); beyond the ends it thins out exponentially. Columns hang together by the correlation of
their normal scores. The idea of a unimodal reference for clusters is that of Helgeson, Vock and Bair (2021),
doi:10.1111/biom.13376, who smooth by kernels; with Gaussian columns it is that of Liu, Hayes, Nobel and Marron (2008),
doi:10.1198/016214508000000454.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from nqpf.numerics.compiled import compiled
from nqpf.numerics.ranks import position

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A distribution of one mode: values ``float64[M]``, rising, and the shares below them."""

    values: Floats
    shares: Floats

    @classmethod
    def of(cls, sample: Floats) -> Self:
        """Return the distribution of one mode nearest to a sample of at least two different values."""
        values, counts = np.unique(sample, return_counts=True)
        shares = (np.cumsum(counts) - counts / 2) / sample.size
        return cls(values, _nearest(values, shares))

    def quantiles(self, share: Floats) -> Floats:
        """Return the quantiles of shares in (0, 1)."""
        x, f = self.values, self.shares
        found = np.interp(share, f, x)
        low, high = share < f[0], share > f[-1]
        found[low] = x[0] + f[0] * (x[1] - x[0]) / (f[1] - f[0]) * np.log(share[low] / f[0])
        rest = 1 - f[-1]
        found[high] = x[-1] - rest * (x[-1] - x[-2]) / (f[-1] - f[-2]) * np.log((1 - share[high]) / rest)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Null:
    """Data of D columns that have one mode.

    Attributes
    ----------
    root
        ``float64[D, D]``: independent normal scores times its transpose have the correlation (or covariance) wanted.
    mean
        ``float64[D]`` means, for Gaussian columns.
    shapes
        Of each column; empty where columns are Gaussian.
    """

    root: Floats
    mean: Floats
    shapes: tuple[Shape, ...] = ()

    @classmethod
    def gaussian(cls, x: Floats) -> Self:
        """Return Gaussian data with the means and covariances of ``float64[N, D]``."""
        return cls(_root(np.atleast_2d(np.cov(x, rowvar=False))), x.mean(axis=0))

    @classmethod
    def unimodal(cls, x: Floats) -> Self:
        """Return data with columns like those of ``float64[N, D]``, but of one mode."""
        scores = np.column_stack([ndtri(position(c, c, "average") / (len(x) + 1)) for c in x.T])
        correlation = np.atleast_2d(np.corrcoef(scores, rowvar=False))
        return cls(_root(correlation), np.zeros(x.shape[1]), tuple(Shape.of(c) for c in x.T))

    def draw(self, size: int, rng: np.random.Generator) -> Floats:
        """Return `size` units ``float64[size, D]``."""
        scores: Floats = rng.standard_normal((size, self.mean.size)) @ self.root.T
        if not self.shapes:
            return scores + self.mean
        return np.column_stack([shape.quantiles(u) for shape, u in zip(self.shapes, ndtr(scores).T, strict=True)])


def _root(matrix: Floats) -> Floats:
    size, axes = np.linalg.eigh(matrix)
    return np.asarray(axes * np.sqrt(np.maximum(size, 0.0)))


@compiled
def _nearest(x: Floats, f: Floats) -> Floats:
    """Return the convex-then-concave function through (x, f) at its mode that departs least from f, at x."""
    n = len(x)
    least = np.inf
    best, found = f.copy(), f.copy()
    for mode in range(n):
        _hull(x, f, 0, mode, 1.0, found)
        _hull(x, f, mode, n - 1, -1.0, found)
        gap = np.abs(found - f).max()
        if gap < least - 1e-12:
            least = gap
            best[:] = found
    return best


@compiled
def _hull(x: Floats, f: Floats, first: int, last: int, side: float, found: Floats) -> None:
    """Write the greatest convex function below points (side 1), or the least concave above (side −1), at the points."""
    corner = np.empty(last - first + 1, np.int64)
    size = 0
    for i in range(first, last + 1):
        while size >= 2:
            p, q = corner[size - 2], corner[size - 1]
            if side * ((f[q] - f[p]) * (x[i] - x[p]) - (f[i] - f[p]) * (x[q] - x[p])) < 0:
                break
            size -= 1
        corner[size] = i
        size += 1
    found[corner[0]] = f[corner[0]]
    for s in range(size - 1):
        p, q = corner[s], corner[s + 1]
        for i in range(p, q + 1):
            found[i] = f[p] + (f[q] - f[p]) * (x[i] - x[p]) / (x[q] - x[p])
