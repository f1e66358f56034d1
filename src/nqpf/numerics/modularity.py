"""Communities of an undirected network with weights: groups are merged as long as that raises modularity.

Clauset, Newman and Moore (2004), doi:10.1103/PhysRevE.70.066111. Ties go to the first pair, so that the answer depends
on nothing but the matrix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def communities(weights: Floats) -> tuple[Integers, float]:
    """Return the community of each node and the modularity of the whole.

    Parameters
    ----------
    weights
        ``float64[K, K]``, symmetric, not negative; the diagonal is not looked at.

    Returns
    -------
    community
        ``int[K]`` from 0, the largest first, then the one with the first node. A node without links is alone.
    modularity
        Share of weight inside communities less what chance would put there; 0 without links.

    Examples
    --------
    >>> two = np.kron(np.eye(2), np.ones((3, 3)))
    >>> two[2, 3] = two[3, 2] = 0.1
    >>> community, q = communities(two)
    >>> community.tolist(), round(q, 3)
    ([0, 0, 0, 1, 1, 1], 0.484)
    """
    k = len(weights)
    w = np.array(weights, dtype=float)
    np.fill_diagonal(w, 0.0)
    total = w.sum()
    label = np.arange(k)
    if not total:
        return label, 0.0
    share = w / total
    strength = share.sum(axis=1)
    gain = np.where(share > 0, 2 * (share - np.outer(strength, strength)), -np.inf)
    alive = np.ones(k, np.bool_)
    while alive.sum() > 1:
        i, j = divmod(int(gain.argmax()), k)
        if not gain[i, j] > 1e-15:
            break
        share[i] += share[j]
        share[:, i] += share[:, j]
        strength[i] += strength[j]
        share[j] = share[:, j] = strength[j] = 0.0
        alive[j] = False
        label[label == j] = i
        linked = (share[i] > 0) & alive
        linked[i] = False
        gain[j] = gain[:, j] = gain[i] = gain[:, i] = -np.inf
        gain[i, linked] = gain[linked, i] = 2 * (share[i, linked] - strength[i] * strength[linked])
    q = float((np.diagonal(share)[alive] - strength[alive] ** 2).sum())
    return _ordered(label), q


def _ordered(label: Integers) -> Integers:
    """Return communities numbered by size, then by their first node."""
    _, first, inverse, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(size.size, np.intp)
    rank[np.lexsort((first, -size))] = np.arange(size.size)
    return np.asarray(rank[inverse], dtype=np.intp)
