"""ln|I − ρW| and what follows from it: traces of G = (I − ρW)⁻¹W, its sum, products with it.

Eigenvalues (Ord 1975, doi:10.2307/2285387) where units are few or neighbours many; else sparse LU at the nodes of a
Chebyshev polynomial that is refined until its last coefficients vanish, as far as the interval asked for goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lu_factor, lu_solve
from scipy.sparse.csgraph import breadth_first_order
from scipy.sparse.linalg import eigs, splu

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]

DENSE = 500
"""Units up to which all eigenvalues are taken in any case; beyond, sparse factors give the same numbers sooner."""
CROWDED = 0.1
"""Share of neighbours above which a sparse factor is as full as a dense one, and eigenvalues are taken all the same."""
BLOCK = 256
SMOOTH = 1e-13
"""Relative size of the last Chebyshev coefficients at which a curve counts as told in full."""


@dataclass(frozen=True)
class Local:
    """Curves of ρ, good within one interval: arrays of ρ in, arrays of the same shape out.

    Attributes
    ----------
    log_det
        ln|I − ρW|.
    trace, trace_square
        tr G and tr G², which is the derivative of tr G.
    """

    log_det: Curve
    trace: Curve
    trace_square: Curve


@dataclass(frozen=True)
class Total:
    """1′G1 as a function of ρ, good within one interval, and 1′G²1, which is its derivative."""

    value: Curve
    slope: Curve


@dataclass(frozen=True, eq=False)
class Determinant:
    """What ln|I − ρW| needs to know of W.

    Attributes
    ----------
    matrix
        ``float64[N, N]``.
    """

    matrix: sparse.csr_array

    @property
    def size(self) -> int:
        """N."""
        return int(self.matrix.shape[0])

    @property
    def dense(self) -> bool:
        """Whether the dense matrix and its eigenvalues are the shorter way."""
        return self.size <= DENSE or self.matrix.nnz > CROWDED * self.size**2

    @cached_property
    def row_standardised(self) -> bool:
        """Whether every row sums to 1."""
        return bool(np.abs(self.matrix.sum(axis=1) - 1).max() < 1e-10)

    @cached_property
    def eigenvalues(self) -> NDArray[np.complex128] | Floats:
        """All eigenvalues of W, real where W is similar to a symmetric matrix."""
        twin = symmetric_twin(self.matrix)
        found: NDArray[np.complex128] | Floats
        found = np.linalg.eigvals(self.matrix.toarray()) if twin is None else np.linalg.eigvalsh(twin.toarray())
        return found

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Ends of the interval around 0 within which I − ρW has an inverse."""
        if self.dense:
            real = self.eigenvalues[np.abs(self.eigenvalues.imag) < 1e-9].real
            largest = float(np.abs(self.eigenvalues).max())
        else:
            start = np.ones(self.size)
            ends = [eigs(self.matrix, k=1, which=which, v0=start, return_eigenvectors=False) for which in ("LR", "SR")]
            real, largest = np.array([float(e[0].real) for e in ends]), float(np.abs(ends).max())
        low = min(float(real.min(initial=0.0)), 0.0)
        return (1 / low if low < -1e-9 * largest else -1 / largest), 1 / max(
            float(real.max(initial=0.0)), 1e-9 * largest
        )

    def solver(self, rho: float) -> Callable[[Floats], Floats]:
        """Return what solves (I − ρW) x = b for ``float64[N]`` or ``float64[N, m]``."""
        if self.dense:
            factors = lu_factor(np.eye(self.size) - rho * self.matrix.toarray())
            return lambda b: np.asarray(lu_solve(factors, b))
        factor = splu(self._system(rho))
        return lambda b: np.asarray(factor.solve(np.ascontiguousarray(b)))

    def multiplied(self, rho: float, values: Floats) -> Floats:
        """Return G times each row of ``float64[..., N]``."""
        flat = values.reshape(-1, self.size).T
        found: Floats = self.solver(rho)(self.matrix @ flat).T.reshape(values.shape)
        return found

    def squares(self, rho: float) -> tuple[float, Floats, Floats]:
        """Return tr G′G, and the sums of the rows and of the columns of G."""
        solve, total = self.solver(rho), 0.0
        rows, columns = np.zeros(self.size), np.zeros(self.size)
        wide = self.matrix.tocsc()
        for first in range(0, self.size, BLOCK):
            part = solve(wide[:, first : first + BLOCK].toarray())
            total += float((part**2).sum())
            rows += part.sum(axis=1)
            columns[first : first + BLOCK] = part.sum(axis=0)
        return total, rows, columns

    def near(self, low: float, high: float) -> Local:
        """Return the curves of ρ between two values strictly inside the bounds."""
        if self.dense:
            return Local(*(_over(self.eigenvalues, which) for which in (_logarithm, _first, _second)))
        told = told_in_full(self._log_det, low, high)
        return Local(told, _negative(told.deriv(1)), _negative(told.deriv(2)))

    def total(self, low: float, high: float) -> Total:
        """Return 1′G1 between two values strictly inside the bounds."""
        if self.row_standardised:
            n = self.size
            return Total(lambda r: n / (1 - r), lambda r: n / (1 - r) ** 2)
        told = told_in_full(self._total, low, high)
        return Total(told, told.deriv(1))

    def scan(self, low: float, high: float) -> tuple[Floats, Floats]:
        """Return values of ρ from `low` to `high` and ln|I − ρW| there: a first look, fewer where each costs more."""
        grid = np.linspace(low, high, 101 if self.dense else 25)
        if self.dense:
            return grid, self.near(low, high).log_det(grid)
        return grid, np.array([self._log_det(float(r)) for r in grid])

    def _system(self, rho: float) -> sparse.csc_array:
        return sparse.csc_array(sparse.eye_array(self.size, format="csc") - rho * self.matrix)

    def _log_det(self, rho: float) -> float:
        return float(np.log(np.abs(splu(self._system(rho)).U.diagonal())).sum())

    def _total(self, rho: float) -> float:
        return float(self.solver(rho)(self.matrix.sum(axis=1)).sum())


def _logarithm(z: NDArray[np.complex128], w: NDArray[np.complex128]) -> Floats:
    return np.asarray(np.log(np.abs(z)).sum(axis=-1))


def _first(z: NDArray[np.complex128], w: NDArray[np.complex128]) -> Floats:
    return np.asarray((w / z).sum(axis=-1).real)


def _second(z: NDArray[np.complex128], w: NDArray[np.complex128]) -> Floats:
    return np.asarray(((w / z) ** 2).sum(axis=-1).real)


def _over(w: NDArray[np.complex128] | Floats, what: Callable[..., Floats]) -> Curve:
    return lambda rho: what(1 - np.asarray(rho)[..., None] * w, w)


def _negative(slope: Chebyshev) -> Curve:
    return lambda rho: -np.asarray(slope(rho))


def told_in_full(curve: Callable[[float], float], low: float, high: float) -> Chebyshev:
    """Return an analytic curve as the Chebyshev polynomial whose last coefficients have vanished."""
    middle, half = (low + high) / 2, max((high - low) / 2, 1e-6)
    found = None
    for degree in (8, 16, 32, 64, 128, 256):
        found = Chebyshev.interpolate(
            lambda nodes: np.array([curve(float(r)) for r in nodes]), degree, domain=[middle - half, middle + half]
        )
        size = np.abs(found.coef)
        if size[-3:].max() <= SMOOTH * size.max():
            break
    assert found is not None
    return found


def symmetric_twin(matrix: sparse.csr_array) -> sparse.csr_array | None:
    """Return the symmetric matrix D^½ W D^−½ that has the eigenvalues of W, or None if there is none.

    A symmetric matrix whose rows were divided by any numbers has one: w_ij / w_ji = d_j / d_i along every path.
    """
    n = matrix.shape[0]
    pattern = matrix.astype(bool)
    if (pattern != pattern.T).nnz:
        return None
    back = sparse.csr_array(matrix.T)
    back.sort_indices()
    ahead = matrix.copy()
    ahead.sort_indices()
    ratio = sparse.csr_array((np.log(ahead.data / back.data), ahead.indices, ahead.indptr), shape=(n, n))
    log_d = np.full(n, np.nan)
    for root in range(n):
        if not np.isnan(log_d[root]):
            continue
        order, before = breadth_first_order(pattern, root, directed=False)
        log_d[root] = 0.0
        for node in order[1:]:
            log_d[node] = log_d[before[node]] + ratio[before[node], node]
    half = np.exp(log_d / 2)
    twin = sparse.csr_array(sparse.diags_array(half) @ matrix @ sparse.diags_array(1 / half))
    off = np.abs(twin - twin.T).max()
    return twin if off <= 1e-10 * np.abs(twin.data).max(initial=1.0) else None
