"""Local Moran's I: where neighbours are alike, and where a unit stands out from its neighbours.

I_i = d_i Σ_j w_ij d_j with d = (y − ȳ) / sd (Anselin 1995, doi:10.1111/j.1538-4632.1995.tb00338.x); moments given the
unit's own value, or with all values reassigned, after Sokal, Oden and Thomson (1998),
doi:10.1111/j.1538-4632.1998.tb00406.x.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.regions.space.local_tests import Local, located
from nqpf.regions.space.sections import Section
from nqpf.regions.space.significance import Alternative, normal_p
from nqpf.regions.space.weights import Weights
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]
Divisor = Literal["sample", "population"]
Null = Literal["conditional", "total"]


def lisa(
    data: Any,
    value: str,
    *,
    unit: str,
    weights: Weights,
    by: str | None = None,
    neighbours: str | None = None,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two_sided",
    fdr: float = 0.05,
    divisor: Divisor = "sample",
    null: Null = "conditional",
    workers: int | None = None,
) -> TableResult:
    """Find clusters of like units and units unlike their neighbours, by local Moran's I.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of numbers.
    unit, weights, by
        As in `nqpf.regions.moran`.
    neighbours
        Column whose values at the neighbours are summed (bivariate); default: `value` itself.
    permutations, seed
        Draws of the neighbours of each unit from all others, the same for every unit and year; 0: none.
    alternative
        ``two_sided``; ``greater``: the unit is like its neighbours; ``less``: unlike.
    fdr
        Share of false discoveries among the units that are marked.
    divisor
        ``sample``: I_i is divided by the variance with n − 1, as in PySAL and GeoDa; ``population``: with n, as in
        Anselin's paper and R's spdep. z and p are the same.
    null
        ``conditional``: expected and variance given the unit's own value; ``total``: with all values reassigned.
    workers
        Threads; results do not depend on it.

    Returns
    -------
    TableResult
        A row for each row of the table: year, unit, value; deviation (own, in standard deviations from the mean) and
        lag (weighted sum of the neighbours'); local, expected, variance, z, p_normal; p of the permutation, p_directed
        (the smaller side alone, as PySAL and GeoDa print it: half of the two-sided one), p_fdr (adjusted within the
        year); quadrant (own and neighbours' deviation: HH, LH, LL or HL); ``cluster_unadjusted`` and ``cluster``: the
        quadrant where p, p_fdr is at most `fdr`, else none. Null where the unit has no neighbour.

    Raises
    ------
    DataError, MethodError
        As in `nqpf.regions.moran`.
    SpecError
        As there; ``total`` with two variables.

    References
    ----------
    Anselin (1995), Local indicators of spatial association, doi:10.1111/j.1538-4632.1995.tb00338.x.

    Examples
    --------
    >>> row = Weights.of("abcd", [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    >>> found = lisa({"u": list("abcd"), "y": [1.0, 2.0, 3.0, 4.0]}, "y", unit="u", weights=row)
    >>> found.frame["quadrant"].to_list(), found.frame["local"].round(2).to_list()
    (['LL', 'LL', 'HH', 'HH'], [0.45, 0.3, 0.3, 0.45])
    """
    choose("divisor", divisor, get_args(Divisor))
    choose("null", null, get_args(Null))
    if null == "total" and neighbours is not None:
        raise SpecError("lisa_total", where=Where(key="null"))

    def compute(section: Section) -> Local:
        d = section.deviations
        own, other = d[0], d[-1]
        n, lag = own.shape[1], section.weights.lag(other)
        scale = (n - 1) / n if divisor == "sample" else 1.0
        mean, variance = (
            conditional(own, other, section.weights) if null == "conditional" else total(own, section.weights)
        )
        sd = np.sqrt(np.maximum(variance, 0.0))
        z = np.divide(own * lag - mean, sd, out=np.full_like(own, np.nan), where=sd > 0)
        columns = {
            "value": section.values[0], "deviation": own, "lag": lag, "local": scale * own * lag,
            "expected": scale * mean, "variance": scale**2 * variance, "z": z, "p_normal": normal_p(z, alternative),
        }  # fmt: skip
        quadrant = np.char.add(np.where(own > 0, "H", "L"), np.where(lag > 0, "H", "L"))
        return Local(columns, other, np.sign(own), quadrant)

    about = {"value": value, "neighbours": neighbours, "permutations": permutations, "seed": seed, "fdr": fdr}
    method = Method("regions.lisa", {**about, "alternative": alternative, "divisor": divisor, "null": null})
    columns = [value] if neighbours is None else [value, neighbours]
    return located(data, columns, unit, weights, by, method, compute, workers, "quadrant")


def conditional(own: Floats, other: Floats, weights: Weights) -> tuple[Floats, Floats]:
    """Return mean and variance of x_i Σ w_ij y_π(j) with all y but the unit's own reassigned, each ``float64[T, N]``.

    Parameters
    ----------
    own, other
        ``float64[T, N]`` x and y, y centred.
    weights
        Of the N units.
    """
    n = own.shape[1]
    sums, squares = weights.matrix.sum(axis=1), weights.matrix.multiply(weights.matrix).sum(axis=1)
    mean = -other / (n - 1)
    variance = ((other**2).sum(axis=1, keepdims=True) - other**2) / (n - 1) - mean**2
    return own * sums * mean, own**2 * ((n - 1) * squares - sums**2) / (n - 2) * variance


def total(d: Floats, weights: Weights) -> tuple[Floats, Floats]:
    """Return mean and variance of d_i Σ w_ij d_j where all values are reassigned, each ``float64[T, N]``."""
    n = d.shape[1]
    sums, squares = weights.matrix.sum(axis=1), weights.matrix.multiply(weights.matrix).sum(axis=1)
    peak = (d**4).mean(axis=1, keepdims=True)
    mean = np.broadcast_to(-sums / (n - 1), d.shape)
    variance = squares * (n - peak) / (n - 1) + (sums**2 - squares) * (2 * peak - n) / ((n - 1) * (n - 2))
    return mean, variance - mean**2
