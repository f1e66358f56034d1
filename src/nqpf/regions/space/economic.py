"""Weights of economic distance, and their union with geography.

Units whose values are alike count more: w_ij = 1 / |ȳ_i − ȳ_j| with ȳ the mean of a unit over the rows of the table.
Nested forms in use in China (Wang Shoukun 2013, Journal of Quantitative Economics 30(3), 57–63, ISSN 1007-1660,
compares them): the product of geography and economic distance; geography times the neighbour's share diag(ȳ_j / ȳ);
and the convex combination of both, row-standardised (Shao et al. 2016, Economic Research Journal 51(9), 73–88,
ISSN 0577-9154).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.errors import MethodError, Where

Floats = NDArray[np.float64]
Nesting = Literal["product", "diagonal", "convex"]


def alike(means: Floats, near: sparse.csr_array, labels: Sequence[str]) -> Floats:
    """Return 1 / |ȳ_i − ȳ_j| of each pair of a pattern, in its order.

    Raises
    ------
    MethodError
        Two units have the same mean.
    """
    one, other = np.repeat(np.arange(means.size), np.diff(near.indptr)), near.indices
    gap = np.abs(means[one] - means[other])
    same = np.flatnonzero(gap == 0)
    if same.size:
        first = same[0]
        value = float(means[one[first]])
        raise MethodError(
            "weights_same_mean", where=Where(unit=labels[one[first]]), other=labels[other[first]], value=value
        )
    found: Floats = 1 / gap
    return found


def nested(
    near: sparse.csr_array, geography: Floats, means: Floats, how: Nesting, share: float, labels: Sequence[str]
) -> sparse.csr_array:
    """Return weights of geography and economic distance together.

    Parameters
    ----------
    near
        Pattern of the pairs.
    geography
        Weights of geography, a pair of `near` each.
    means
        ``float64[N]`` ȳ.
    how
        ``product``, ``diagonal`` or ``convex``.
    share
        Part of geography under ``convex``.
    labels
        Names for messages.

    Raises
    ------
    MethodError
        Two units have the same mean; under ``diagonal`` a mean is not above 0.
    """
    if how == "product":
        return _like(near, geography * alike(means, near, labels))
    if how == "diagonal":
        low = np.flatnonzero(means <= 0)
        if low.size:
            raise MethodError("weights_mean_positive", where=Where(unit=labels[low[0]]), value=float(means[low[0]]))
        return _like(near, geography * (means / means.mean())[near.indices])
    every = sparse.csr_array(~np.eye(means.size, dtype=bool))
    economic = _like(every, alike(means, every, labels))
    return share * _rows_to_one(_like(near, geography)) + (1 - share) * _rows_to_one(economic)


def _like(near: sparse.csr_array, data: Floats) -> sparse.csr_array:
    return sparse.csr_array((data, near.indices, near.indptr), shape=near.shape)


def _rows_to_one(matrix: sparse.csr_array) -> sparse.csr_array:
    sums = np.repeat(matrix.sum(axis=1), np.diff(matrix.indptr))
    return _like(matrix, matrix.data / sums)
