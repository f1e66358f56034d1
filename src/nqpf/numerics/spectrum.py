"""The second axis of a table of zeros and ones whose rows and columns are averaged in turn, on the smaller side.

With d rows' and u columns' sums, S = D^(−1/2) M U^(−1/2) has 1 as its largest singular value; the second squared, λ₂,
and its pair of vectors are correspondence analysis of M. Hill (1974), Correspondence analysis: a neglected
multivariate method, doi:10.2307/2347127.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]

DENSE = 600
"""Up to so many rows on the smaller side the matrix is solved as a whole, beyond that by Lanczos steps."""


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """Second axis of ``bool[N, K]``.

    Attributes
    ----------
    rows, columns
        ``float64[N]`` and ``float64[K]`` scores of any sign and length: the score of a row is exactly the mean score of
        its columns, and λ₂ times the score of a column is the mean score of its rows.
    second, third
        λ₂ and λ₃ (NaN where the smaller side is 2).
    trace
        Sum of all λ, λ₁ = 1 among them.
    """

    rows: Floats
    columns: Floats
    second: float
    third: float
    trace: float


def second_axis(m: Bools) -> Axis:
    """Return the second axis of ``bool[N, K]`` without empty rows or columns, N and K at least 2."""
    d, u = m.sum(axis=1).astype(np.float64), m.sum(axis=0).astype(np.float64)
    by_row = m.shape[0] <= m.shape[1]
    low, high = (d, u) if by_row else (u, d)
    values, vector = _top(m if by_row else m.T, low, high)
    score = vector / np.sqrt(low)
    columns = (score @ m) / u if by_row else score
    rows = (m @ columns) / d
    # M holds zeros and ones, so that its squares, weighted by 1 / (d u), are the sum of all λ.
    trace = float((1 / d) @ m @ (1 / u))
    second = float(max(values[-1], 0.0))
    third = float(max(values[-2], 0.0)) if low.size > 2 else float("nan")
    return Axis(rows, columns, second, third, trace)


def _top(m: Bools, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return λ₃ and λ₂ (rising) and the vector of λ₂ of S S', with the known first vector taken out."""
    n = low.size
    first = np.sqrt(low / low.sum())
    if n > DENSE:
        s = sparse.csr_array(m, dtype=np.float64)
        s = sparse.diags_array(1 / np.sqrt(low)) @ s @ sparse.diags_array(1 / np.sqrt(high))
        back = s.T.tocsr()
        step = LinearOperator((n, n), lambda v: s @ (back @ v) - first * (first @ v), dtype=np.float64)
        start = np.random.default_rng(n).standard_normal(n)
        try:
            values, vectors = eigsh(step, k=2, which="LA", v0=start - first * (first @ start))
            return values, vectors[:, -1]
        except ArpackNoConvergence:  # many λ as large as the second: all of them at once, then
            pass
    scaled = m / np.sqrt(high)
    scaled /= np.sqrt(low)[:, None]
    square = scaled @ scaled.T - np.outer(first, first)
    values, vectors = linalg.eigh(square, subset_by_index=[max(n - 2, 0), n - 1])
    return values, vectors[:, -1]


def components(m: Bools) -> tuple[Integers, Integers]:
    """Return the connected part of each row ``int[N]`` and column ``int[K]`` of a table of zeros and ones."""
    n, k = m.shape
    row, column = np.nonzero(m)
    graph = sparse.coo_array((np.ones(row.size, np.int8), (row, column + n)), shape=(n + k, n + k))
    of = csgraph.connected_components(graph, directed=False)[1].astype(np.intp)
    return of[:n], of[n:]
