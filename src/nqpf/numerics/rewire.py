"""Random networks with the degrees of a given one: links trade their ends, as long as no link doubles or loops.

Maslov and Sneppen (2002), doi:10.1126/science.1065103.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
SWAPS = 10
"""Trades tried for each link before a network is taken."""


def rewired(link: Bools, networks: int, rng: np.random.Generator, *, directed: bool = False) -> Bools:
    """Return random networks ``bool[networks, N, N]`` with the degrees of ``bool[N, N]``.

    Parameters
    ----------
    link
        Links without loops; symmetric unless `directed`.
    networks
        How many.
    rng
        Source of randomness.
    directed
        Whether links sent and links received are kept for each node.

    Examples
    --------
    >>> ring = np.roll(np.eye(6, dtype=bool), 1, axis=1)
    >>> drawn = rewired(ring | ring.T, 9, np.random.default_rng(1))
    >>> bool((drawn.sum(axis=1) == 2).all()), bool((drawn == drawn.transpose(0, 2, 1)).all())
    (True, True)
    """
    now = np.array(link)
    ends = np.argwhere(now if directed else np.triu(now, 1)).astype(np.int64)
    out = np.empty((networks, *link.shape), dtype=bool)
    for b in range(networks):
        if len(ends) > 1:
            _trade(now, ends, SWAPS * len(ends), directed, rng)
        out[b] = now
    return out


@compiled
def _trade(link: Bools, ends: Integers, trades: int, directed: bool, rng: np.random.Generator) -> None:
    count = len(ends)
    for _ in range(trades):
        one, two = int(rng.random() * count), int(rng.random() * count)
        a, b = ends[one, 0], ends[one, 1]
        c, d = ends[two, 0], ends[two, 1]
        if not directed and rng.random() < 0.5:
            c, d = d, c
        if a in (c, d) or b in (c, d) or link[a, d] or link[c, b]:
            continue
        link[a, b], link[c, d], link[a, d], link[c, b] = False, False, True, True
        if not directed:
            link[b, a], link[d, c], link[d, a], link[b, c] = False, False, True, True
        ends[one, 1], ends[two, 0], ends[two, 1] = d, c, b
