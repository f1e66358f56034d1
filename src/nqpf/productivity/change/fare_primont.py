"""Färe–Primont: quantities aggregated at the shadow prices of the mean observation before the frontier of all years.

Q(y) = p·y and X(x) = w·x with one p and one w for everybody, so the index is transitive (O'Donnell 2012,
doi:10.1093/ajae/aas023, who names it after Färe and Primont 1995, Multi-Output Production and Duality).
"""

from __future__ import annotations

import numpy as np

from nqpf.productivity.change.aggregates import Aggregates, Vectors, at_vectors
from nqpf.productivity.change.compared import Compared
from nqpf.productivity.change.shadow import shadow_prices
from nqpf.productivity.frontier.quantities import Quantities
from nqpf.productivity.frontier.technology import Technology


def fare_primont(
    compared: Compared, quantities: Quantities, technology: Technology, workers: int | None = None
) -> Aggregates:
    """Return aggregates of all comparisons at the shadow prices of the mean of all observations."""
    every = quantities[np.sort(compared.now)]
    mean = Quantities(*(part.mean(axis=0, keepdims=True) for part in (every.x, every.y, every.b)))
    found = [shadow_prices(technology, every, mean, way, workers) for way in ("input", "output")]
    tied = found[0].tied | found[1].tied
    vectors = Vectors(
        np.hstack([one.prices for one in found]), np.zeros((compared.now.size, 1), np.intp), ("mean",), tied
    )
    status = np.full(compared.now.size, max(int(one.status[0]) for one in found), np.int8)
    return at_vectors(compared, quantities, vectors, status)
