"""Scales of spatial weights: rows to one, every neighbour alike, or all divided by one number.

One number keeps the ratios of distances, which rows of sum 1 lose: Kelejian and Prucha (2010),
doi:10.1016/j.jeconom.2009.10.025.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import eigs

from nqpf.errors import MethodError

Standard = Literal["row", "none", "binary", "max_row", "spectral"]

SMALL = 1_500
"""Up to so many units all eigenvalues are computed; beyond, only the largest."""


def scaled(matrix: sparse.csr_array, how: Standard) -> sparse.csr_array:
    """Return weights ``float64[N, N]`` on another scale; see `Weights.standardised`."""
    found = matrix.copy()
    if how == "binary":
        found.data = np.ones_like(found.data)
    elif how == "row":
        found.data = found.data / np.repeat(found.sum(axis=1), np.diff(found.indptr))
    elif how == "max_row":
        found.data = found.data / found.sum(axis=1).max()
    elif how == "spectral":
        radius = _radius(found)
        if radius <= 1e-12 * found.data.max():
            raise MethodError("weights_one_way")
        found.data = found.data / radius
    return found


def _radius(matrix: sparse.csr_array) -> float:
    """Return the largest modulus of an eigenvalue."""
    if matrix.shape[0] <= SMALL:
        return float(np.abs(np.linalg.eigvals(matrix.toarray())).max())
    start = np.ones(matrix.shape[0])  # a fixed start: otherwise the last digits change from run to run
    return float(np.abs(eigs(matrix, k=1, which="LM", v0=start, return_eigenvectors=False)[0]))
