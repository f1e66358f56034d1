"""Least squares on panels whose units were drawn anew, all draws at once.

A draw is a weight for each unit, its number of turns, so that sums of products of a draw are a weighted sum of those of
the units; effects of units are taken out before, those of years are dummies whose part is swept out of each draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
FLAT = 1e-9
"""Share of its sum of squares below which nothing of a column is left beside the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """Sums of products of U units.

    Attributes
    ----------
    each
        ``float64[U, P, P]``.
    nuisance
        How many of the columns, the first, are dummies or a constant.
    """

    each: Floats
    nuisance: int

    @classmethod
    def of(cls, values: Floats, nuisance: Floats, unit: Integers) -> Self:
        """Return the products of columns ``float64[R, K]`` and ``float64[R, D]``, by unit."""
        whole = np.column_stack([nuisance, values])
        each = np.zeros((int(unit.max()) + 1, whole.shape[1], whole.shape[1]))
        for u in range(len(each)):
            own = whole[unit == u]
            each[u] = own.T @ own
        return cls(each, nuisance.shape[1])

    def drawn(self, weights: Floats) -> Floats:
        """Return the products ``float64[B, K, K]`` beside the dummies, for weights ``float64[B, U]``."""
        whole = np.tensordot(weights, self.each, axes=1)
        d = self.nuisance
        if not d:
            return whole
        inverse = np.linalg.pinv(whole[:, :d, :d], rcond=1e-10, hermitian=True)
        out: Floats = whole[:, d:, d:] - whole[:, d:, :d] @ inverse @ whole[:, :d, d:]
        return out


def slopes(products: Floats, y: int, x: Sequence[int]) -> Floats:
    """Return coefficients ``float64[B, K]`` of column `y` on columns `x`, NaN for draws in which these are dependent.

    Parameters
    ----------
    products
        ``float64[B, P, P]``.
    y, x
        Positions of columns.
    """
    inner = products[:, x][:, :, x]
    size = np.sqrt(np.maximum(np.diagonal(inner, axis1=1, axis2=2), 0.0))
    scale = np.where(size > 0, size, 1.0)
    scaled = inner / (scale[:, :, None] * scale[:, None, :])
    good = (np.linalg.eigvalsh(scaled)[:, 0] > FLAT) & (size > 0).all(axis=1)
    out = np.full((len(products), len(x)), np.nan)
    right = products[:, x, y] / scale
    out[good] = np.linalg.solve(scaled[good], right[good][:, :, None])[:, :, 0] / scale[good]
    return out


def turns(units: int, draws: int, rng: np.random.Generator) -> Floats:
    """Return how often each unit is drawn: ``float64[draws, units]``, rows summing to `units`."""
    picked = rng.integers(units, size=(draws, units)) + np.arange(draws)[:, None] * units
    return np.bincount(picked.ravel(), minlength=draws * units).reshape(draws, units).astype(float)
