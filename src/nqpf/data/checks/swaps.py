"""Two units whose numbers stand exchanged: each jumps to where the other was, and exchanging them back mends both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from nqpf.data.checks.found import Found, Severity
from nqpf.data.checks.layers import Layer

LEAST = 0.1
"""Least jump in logs that an exchange can be told by."""
SPREADS = 5.0
"""The jump is also this many times the unit's usual change."""
CALM = 3.0
"""Exchanged back, neither unit may change by more than this many times its usual change"""
ROUGH = 0.2
"""or this share of the smaller jump."""
BETTER = 0.06
"""Share of the squared jumps that may be left when exchanged back;"""
SURE = 0.005
"""and at the end of a series, where only one jump can tell."""
EDGE = 2
"""Most years at the end of a series that can stand exchanged."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Two units of a series, the years in which they stand exchanged, and the share of their jumps that is left.

    It is `closed` where they stand right on both sides of these years.
    """

    n: int
    m: int
    first: int
    last: int
    left: float
    closed: bool


def swaps(layer: Layer) -> list[Swap]:
    """Return pairs of units that stand exchanged in a stretch of years."""
    turns: dict[tuple[int, int], list[tuple[int, float]]] = {}
    with np.errstate(invalid="ignore"):
        big = (np.abs(layer.own) > LEAST) & (np.abs(layer.own) > SPREADS * layer.spread)
    for t in np.flatnonzero(big.sum(axis=1) >= 2).tolist():
        for n, m in combinations(np.flatnonzero(big[t]).tolist(), 2):
            left = _left(layer, t, n, m)
            if left is not None:
                turns.setdefault((n, m), []).append((t, left))
    found = []
    for (n, m), at in turns.items():
        for (t, left), after in zip(at[::2], [*at[1::2], None], strict=False):
            if after is not None:
                found.append(Swap(n, m, t, after[0] - 1, max(left, after[1]), True))
            elif left <= SURE and t <= EDGE:
                found.append(Swap(n, m, 0, t - 1, left, False))
            elif left <= SURE and len(layer.years) - t <= EDGE:
                found.append(Swap(n, m, t, len(layer.years) - 1, left, False))
    return found


def _left(layer: Layer, t: int, n: int, m: int) -> float | None:
    """Return the share of two units' jumps that is left when they are exchanged from year t on; None if too much."""
    one, other = layer.own[t, n], layer.own[t, m]
    if one * other >= 0:
        return None
    across_n = layer.log[t, m] - layer.log[t - 1, n] - layer.common[t]
    across_m = layer.log[t, n] - layer.log[t - 1, m] - layer.common[t]
    slack = ROUGH * min(abs(one), abs(other))
    calm = all(abs(a) <= max(CALM * layer.spread[u], slack) for a, u in ((across_n, n), (across_m, m)))
    left = float((across_n**2 + across_m**2) / (one**2 + other**2))
    return left if calm and left <= BETTER else None


def swapped(layer: Layer) -> Iterator[Found]:
    """Find pairs of units that stand exchanged."""
    for swap in swaps(layer):
        years = range(swap.first, swap.last + 1)
        cells = tuple(layer.cell(t, n) for n in (swap.n, swap.m) for t in years)
        value, expected = float(layer.x[swap.first, swap.n]), float(layer.x[swap.first, swap.m])
        values = {"left": swap.left, "value": value, "other": expected}
        severity: Severity = "error" if swap.closed else "warning"
        yield Found("swap", severity, layer.id, cells, "swap", values, value, expected, 1 - swap.left)
