"""Random tables of noughts and ones with given row and column sums, all equally likely.

Two rows trade what only one of them has, as children trade cards: Strona et al. (2014), doi:10.1038/ncomms5114.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled

Marks = NDArray[np.bool_]

BURN, THIN = 20, 5
"""Trades before the first table, and between two tables, for each row."""


def curveball(table: Marks, tables: int, rng: np.random.Generator) -> Marks:
    """Return random tables ``bool[tables, N, K]`` with the row and column sums of ``bool[N, K]``, N ≥ 2.

    Examples
    --------
    >>> table = np.array([[True, False, True], [False, True, False]])
    >>> drawn = curveball(table, 50, np.random.default_rng(1))
    >>> sorted({int(d[1].argmax()) for d in drawn}), bool((drawn.sum(axis=1) == 1).all())
    ([0, 1, 2], True)
    """
    now = np.array(table)
    out = np.empty((tables, *table.shape), dtype=bool)
    _trade(now, BURN * len(now), rng)
    for b in range(tables):
        _trade(now, THIN * len(now), rng)
        out[b] = now
    return out


@compiled
def _trade(table: Marks, trades: int, rng: np.random.Generator) -> None:
    rows, columns = table.shape
    places = np.empty(columns, dtype=np.int64)
    for _ in range(trades):
        one = int(rng.random() * rows)
        two = int(rng.random() * (rows - 1))
        if two >= one:
            two += 1
        differ, mine = 0, 0
        for k in range(columns):
            if table[one, k] != table[two, k]:
                places[differ] = k
                differ += 1
                mine += table[one, k]
        for i in range(differ):
            # each subset of that size is as likely: a place is taken with the chance that is left
            taken = rng.random() * (differ - i) < mine
            table[one, places[i]] = taken
            table[two, places[i]] = not taken
            mine -= taken
