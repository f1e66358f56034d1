"""Geary's c: how far neighbours differ, beside how far all units do.

c = ((n − 1) / 2 S₀) Σ w_ij (z_i − z_j)² / Σ z_i² (Geary 1954, doi:10.2307/2986645): below 1 neighbours are alike.
Moments under normality and randomisation after Cliff and Ord (1981), Spatial Processes (Pion, London).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.regions.space.global_tests import Sums, Tested, tested
from nqpf.regions.space.sections import Section
from nqpf.regions.space.significance import Alternative
from nqpf.regions.space.weights import Weights
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]


def geary_variances(z: Floats, sums: Sums) -> dict[str, Floats]:
    """Return the variance of c under normality and randomisation, z ``float64[T, N]`` deviations → ``float64[T]`` each.

    Under randomisation it needs four units; NaN with fewer.
    """
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    normal = ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    k = (z**4).mean(axis=-1) / (z**2).mean(axis=-1) ** 2
    if n < 4:
        random = np.full(len(z), np.nan)
    else:
        first = (n - 1) * s1 * (n * n - 3 * n + 3 - (n - 1) * k)
        second = (n - 1) * s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * k) / 4
        third = s0**2 * (n * n - 3 - (n - 1) ** 2 * k)
        random = (first - second + third) / (n * (n - 2) * (n - 3) * s0**2)
    return {"normal": np.full(len(z), normal), "random": random}


def geary(
    data: Any,
    value: str,
    *,
    unit: str,
    weights: Weights,
    by: str | None = None,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two_sided",
    workers: int | None = None,
) -> TableResult:
    """Test whether neighbours have like values, by Geary's c.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of numbers.
    unit, weights, by, permutations, seed, workers
        As in `nqpf.regions.moran`.
    alternative
        ``two_sided``; ``greater``: neighbours are alike, which is a *small* c; ``less``: they are unlike.

    Returns
    -------
    TableResult
        A row a year: units, geary, expected; variance, z and p under the nulls _normal and _random (z has the sign of
        c − 1); mean, sd and p of the _permutation null.

    Raises
    ------
    DataError, MethodError, SpecError
        As in `nqpf.regions.moran`.

    References
    ----------
    Geary (1954), The contiguity ratio and statistical mapping, doi:10.2307/2986645.

    Examples
    --------
    >>> row = Weights.of("abcd", [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    >>> geary({"u": list("abcd"), "y": [1.0, 2.0, 3.0, 4.0]}, "y", unit="u", weights=row).frame["geary"].round(4).item()
    0.3
    """

    def compute(section: Section) -> Tested:
        z, matrix = section.deviations[0], section.weights.matrix
        sums = Sums.of(matrix)
        ends = (matrix.sum(axis=0) + matrix.sum(axis=1)) / 2
        scale = -(sums.n - 1) / (sums.s0 * (z**2).sum(axis=1))[:, None]
        form = (z * section.weights.lag(z)).sum(axis=1) - (z**2 * ends).sum(axis=1)
        drawn = np.empty((len(z), 0))
        if permutations:
            from nqpf.numerics.permutations import permuted_forms

            drawn = permuted_forms(matrix, z, squares=ends, permutations=permutations, seed=seed, workers=workers)
        return Tested("geary", scale[:, 0] * form, np.ones(len(z)), geary_variances(z, sums), scale * drawn, sign=-1)

    method = Method("regions.geary", {"value": value, "permutations": permutations, "seed": seed})
    return tested(data, [value], unit, weights, by, alternative, method, compute)
