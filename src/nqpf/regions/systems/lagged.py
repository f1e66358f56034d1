"""Rows of a panel beside the years before them: what every regression on lags starts from.

Units stand in the order of their names, so that draws of units do not depend on the order of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, Where
from nqpf.numerics.nickell import Sums, corrected, gaps_of
from nqpf.numerics.resample import FLAT, Products
from nqpf.numerics.within import demeaned

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def by_unit(data: Any, columns: Sequence[str], unit: str, time: str) -> tuple[tuple[str, ...], Integers, list[Floats]]:
    """Return units by name, every year from the first to the last, and columns ``float64[T, N]``, NaN where missing.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, or two rows have the same unit and year.
    """
    keyed = Keyed.of(data, unit, time)
    order = np.argsort(np.array(keyed.units, dtype=object), kind="stable")
    return tuple(keyed.units[n] for n in order), keyed.years, [keyed.cube(c)[:, order] for c in columns]


@dataclass(frozen=True, slots=True, eq=False)
class Lagged:
    """R rows that have every column and every lag.

    Attributes
    ----------
    values
        ``float64[R, M + P]``: M columns of a year, then what stands before them.
    there
        ``bool[T, N]`` which years of which units are rows.
    unit, year
        ``int[R]`` numbers from 0 without a gap.
    now
        M.
    """

    values: Floats
    there: NDArray[np.bool_]
    unit: Integers
    year: Integers
    now: int

    @classmethod
    def of(
        cls, now: Sequence[Floats], past: Sequence[Floats], named: str, least: int, *, short: str = "lead_lag_short"
    ) -> Self:
        """Return the rows of cubes ``float64[T, N]``, of which `past` are already moved to the year they stand before.

        Parameters
        ----------
        now, past
            Cubes of T years and N units.
        named
            What is estimated, for errors.
        least
            How many units it takes.
        short
            What an error of too few rows is called.

        Raises
        ------
        MethodError
            There are too few rows or units.
        """
        stack = np.stack([*now, *past], axis=-1)
        there = np.asarray(~np.isnan(stack).any(axis=-1))
        t, n = np.nonzero(there)
        units, unit = np.unique(n, return_inverse=True)
        years, year = np.unique(t, return_inverse=True)
        parameters = len(past) + units.size + max(years.size - 1, 0)
        if t.size <= parameters:
            raise MethodError(short, where=Where(), rows=t.size, parameters=parameters, edge=named)
        if units.size < least:
            raise MethodError("lead_lag_units", where=Where(), units=units.size, least=least, edge=named)
        return cls(stack[there], there, unit.astype(np.intp), year.astype(np.intp), len(now))

    @property
    def units(self) -> int:
        """Return how many units there are."""
        return int(self.unit.max()) + 1

    def plain(self) -> tuple[Floats, int]:
        """Return the values without effects of units and years, and how many effects these were."""
        return demeaned(self.values, [self.unit, self.year])

    def moments(self, *, years: bool = True) -> Moments:
        """Return what draws of units need, with effects of `years` or of units alone."""
        kept = self.there.any(axis=0)
        dummies = np.eye(int(self.year.max()) + 1)[self.year] if years else np.zeros((len(self.values), 0))
        values, dummies = (demeaned(v, [self.unit])[0] for v in (self.values, dummies))
        return Moments(
            Products.of(values, dummies, self.unit),
            gaps_of(self.there[:, kept]),
            np.bincount(self.unit).astype(np.float64) - 1,
            self.now,
        )


def past_of(cube: Floats, lags: int) -> list[Floats]:
    """Return a cube moved by 1, 2, … `lags` years, each with the years that have all of them."""
    return [cube[lags - k : len(cube) - k] for k in range(1, lags + 1)]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sums of products by unit.

    Attributes
    ----------
    products
        Of all columns, with the years' dummies beside them.
    gaps
        ``float64[U, D]`` pairs of rows so many years apart, over the rows of the unit.
    freedom
        ``float64[U]`` rows of a unit less one.
    now
        How many of the columns are regressands.
    """

    products: Products
    gaps: Floats
    freedom: Floats
    now: int

    def sums(self, weights: Floats) -> tuple[Sums, NDArray[np.bool_]]:
        """Return the sums of draws ``float64[B, U]`` whose regressors differ, and which these are."""
        whole, m = self.products.drawn(weights), self.now
        inner = whole[:, m:, m:]
        size = np.sqrt(np.maximum(np.diagonal(inner, axis1=1, axis2=2), 0.0))
        scale = np.where(size > 0, size, 1.0)
        least = np.linalg.eigvalsh(inner / (scale[:, :, None] * scale[:, None, :]))[:, 0]
        good = (least > FLAT) & (size > 0).all(axis=1)
        kept = whole[good]
        found = Sums(
            kept[:, m:, m:], kept[:, m:, :m], kept[:, :m, :m], weights[good] @ self.gaps, weights[good] @ self.freedom
        )
        return found, good


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """Vector autoregressions of M nodes on L lags in B samples.

    Attributes
    ----------
    coefficients
        ``float64[B, M · L, M]``, all lags of a node side by side; a column for each regressand.
    spread
        ``float64[B, M, M]`` covariance of the errors.
    scale
        ``float64[B, M, M]`` what an effect of the row's node on the column's is multiplied by to be in standard
        deviations without effects of units and years.
    """

    coefficients: Floats
    spread: Floats
    scale: Floats

    @classmethod
    def of(cls, moments: Moments, lags: int, weights: Floats, *, correct: bool) -> tuple[Self, NDArray[np.bool_]]:
        """Return the estimates of draws ``float64[B, U]``, and which of them there are."""
        sums, good = moments.sums(weights)
        found = corrected(sums, lags) if correct else sums.plain()
        before, now = (np.sqrt(np.diagonal(s, axis1=1, axis2=2)) for s in (sums.xx[:, ::lags, ::lags], sums.yy))
        return cls(found, sums.spread(found), before[:, :, None] / now[:, None, :]), good

    def effects(self, lags: int) -> Floats:
        """Return the sum of the lags' coefficients ``float64[B, M, M]``: of the row's node on the column's."""
        b, k, m = self.coefficients.shape
        return np.asarray(self.coefficients.reshape(b, k // lags, lags, m).sum(axis=2))
