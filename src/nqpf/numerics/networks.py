"""Measures of directed networks given as matrices: paths, centralities, blocks by CONCOR, permutations for QAP.

Wasserman and Faust (1994), Social Network Analysis, doi:10.1017/CBO9780511815478; Krackhardt (1994), Graph theoretical
dimensions of informal organizations; Breiger, Boorman and Arabie (1975), doi:10.1016/0022-2496(75)90028-0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]


def distances(link: Bools) -> Floats:
    """Return the number of links on the shortest way ``float64[N, N]``, inf where there is none."""
    found: Floats = csgraph.shortest_path(sparse.csr_array(link), unweighted=True)
    return found


def path_counts(link: Bools, far: Floats) -> Floats:
    """Return how many shortest ways there are ``float64[N, N]``."""
    n = len(link)
    total, step = np.eye(n), np.eye(n)
    longest = int(far[np.isfinite(far)].max(initial=0))
    for k in range(1, longest + 1):
        step = np.where(far == k, step @ link, 0.0)
        total += step
    return total


def betweenness(link: Bools) -> Floats:
    """Return the share of shortest ways between others that lead through each node, over (N − 1)(N − 2) pairs."""
    n = len(link)
    far = distances(link)
    ways = path_counts(link, far)
    found = np.zeros(n)
    for v in range(n):
        through = np.isfinite(far) & (far[:, [v]] + far[[v]] == far)
        through[v], through[:, v] = False, False
        np.fill_diagonal(through, False)
        found[v] = (np.outer(ways[:, v], ways[v])[through] / ways[through]).sum()
    return found / max((n - 1) * (n - 2), 1)


def closeness(link: Bools) -> Floats:
    """Return how near each node is to those it reaches: their share of all, over their mean distance (0 if none)."""
    far = distances(link)
    np.fill_diagonal(far, np.inf)
    reached = np.isfinite(far)
    count = reached.sum(axis=1)
    total = np.where(reached, far, 0.0).sum(axis=1)
    found: Floats = np.divide(count**2, total * (len(link) - 1), out=np.zeros(len(link)), where=total > 0)
    return found


def whole(link: Bools, directed: bool = False) -> dict[str, float]:
    """Return density, reciprocity, connectedness, hierarchy and efficiency of a network.

    density
        Links over ordered pairs.
    reciprocity
        Links that are answered.
    connectedness
        Pairs that a way connects, directions aside (Krackhardt).
    hierarchy
        One less the share of pairs that reach each other both ways among those of which one reaches the other.
    efficiency
        One less the share of links beyond a tree's among those that could be, in each component; directions aside, or
        `directed`: both links of a pair count.
    """
    n = len(link)
    pairs = n * (n - 1) / 2
    reach = np.isfinite(distances(link))
    upper = np.triu_indices(n, 1)
    one, other = reach[upper], reach.T[upper]
    either = int((one | other).sum())
    both = link | link.T
    count, part = csgraph.connected_components(sparse.csr_array(both), directed=False)
    size = np.bincount(part, minlength=count)
    links, room = (link.sum(), size * (size - 1)) if directed else (both.sum() / 2, size * (size - 1) / 2)
    tree, most = n - count, room.sum() - (n - count)
    return {
        "density": float(link.sum() / (2 * pairs)),
        "reciprocity": float((link & link.T).sum() / link.sum()) if link.any() else float("nan"),
        "connectedness": float((size * (size - 1) / 2).sum() / pairs),
        "hierarchy": 1 - int((one & other).sum()) / either if either else float("nan"),
        "efficiency": float(1 - (links - tree) / most) if most > 0 else float("nan"),
    }


def concor(matrix: Floats, depth: int, rounds: int = 200) -> Integers:
    """Return the block of each node, ``int[N]`` from 0.

    A block is split in two by correlating the nodes' profiles (rows and columns of the whole matrix), then the columns
    of the correlations again and again until all are 1 or −1. Blocks of fewer than three nodes and those whose nodes
    are all alike stay whole.

    Parameters
    ----------
    matrix
        ``float64[N, N]``; the diagonal is not looked at.
    depth
        How often blocks are split.
    rounds
        Most repetitions.
    """
    n = len(matrix)
    flat = np.array(matrix, dtype=float)
    np.fill_diagonal(flat, np.nan)
    profile = np.vstack([flat.T, flat])  # a column a node: its links out, then in
    centre = np.nanmean(profile, axis=0)
    profile = np.where(np.isnan(profile), centre, profile)
    blocks = np.zeros(n, np.intp)
    for _ in range(depth):
        fresh = blocks.copy()
        for k in np.unique(blocks):
            members = np.flatnonzero(blocks == k)
            if members.size > 2:
                fresh[members] = 2 * k + _halves(profile[:, members], rounds)
            else:
                fresh[members] = 2 * k
        blocks = np.unique(fresh, return_inverse=True)[1]
    return np.asarray(blocks, dtype=np.intp)


def _halves(profile: Floats, rounds: int) -> Integers:
    """Return 0 or 1 for each column, 0 for the side of the first."""
    found = _correlated(profile)
    for _ in range(rounds):
        if np.all(np.abs(np.abs(found) - 1) < 1e-12):
            break
        found = _correlated(found)
    return np.asarray(found[0] < 0, dtype=np.intp)


def _correlated(values: Floats) -> Floats:
    """Return correlations of columns; a column that does not vary goes with itself and with others of its kind."""
    about = values - values.mean(axis=0)
    norm = np.sqrt((about**2).sum(axis=0))
    still = norm <= 1e-14 * np.abs(values).max(initial=1.0)
    unit = about / np.where(still, 1.0, norm)
    found: Floats = np.clip(unit.T @ unit, -1.0, 1.0)
    found[np.ix_(still, still)] = 1.0
    found[np.ix_(still, ~still)] = found[np.ix_(~still, still)] = -1.0
    return found


def permuted(matrix: Floats, order: Integers) -> Floats:
    """Return matrices ``float64[D, N, N]`` with rows and columns in the orders ``int[D, N]``."""
    found: Floats = matrix[order[:, :, None], order[:, None, :]]
    return found
