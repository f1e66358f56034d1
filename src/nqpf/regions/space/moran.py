"""Moran's I: whether neighbours are alike, with one variable or two.

I = (n / S₀) Σ w_ij z_i z_j / Σ z_i², z centred (Moran 1950, doi:10.2307/2332142); moments under normality and under
randomisation after Cliff and Ord (1981). With two variables, x and the neighbours' y, both centred and scaled to
variance 1: I = Σ w_ij x_i y_j / S₀ (Wartenberg 1985, doi:10.1111/j.1538-4632.1985.tb00849.x).
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


def moran_variances(z: Floats, sums: Sums) -> dict[str, Floats]:
    """Return the variance of I under normality and randomisation, z ``float64[T, N]`` deviations → ``float64[T]`` each.

    Under randomisation it needs four units; NaN with fewer.
    """
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    expected = -1 / (n - 1)
    normal = (n * n * s1 - n * s2 + 3 * s0**2) / ((n * n - 1) * s0**2) - expected**2
    kurtosis = (z**4).mean(axis=-1) / (z**2).mean(axis=-1) ** 2
    if n < 4:
        random = np.full(len(z), np.nan)
    else:
        first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
        second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
        random = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    return {"normal": np.full(len(z), normal), "random": random}


def moran(
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
    """Test whether neighbours have like values, by Moran's I.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of numbers.
    unit
        Column of names; they are matched with the labels of `weights`.
    weights
        Spatial weights.
    by
        Column of years: each alone, with the same permutations. Default: one cross-section.
    permutations, seed
        Random reassignments of the values to the units; 0: none.
    alternative
        ``two_sided``; ``greater``: neighbours are alike; ``less``: they are unlike.
    workers
        Threads; results do not depend on it.

    Returns
    -------
    TableResult
        A row a year: units, moran, expected; variance, z and p under the nulls _normal and _random; mean, sd and p of
        the _permutation null.

    Raises
    ------
    DataError
        A column is absent; a cell is missing or no number; a unit stands twice in a year or has no weights.
    MethodError
        Fewer than three units; values that do not vary; a unit without a neighbour.
    SpecError
        No such alternative; a negative number of permutations.

    References
    ----------
    Moran (1950), Notes on continuous stochastic phenomena, doi:10.2307/2332142.

    Examples
    --------
    >>> row = Weights.of("abcd", [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    >>> found = moran({"u": list("abcd"), "y": [1.0, 2.0, 3.0, 4.0]}, "y", unit="u", weights=row, permutations=99)
    >>> found.frame["moran"].round(4).item()
    0.3333
    """

    def compute(section: Section) -> Tested:
        z, matrix = section.deviations[0], section.weights.matrix
        sums = Sums.of(matrix)
        scale = (sums.n / sums.s0 / (z**2).sum(axis=1))[:, None]
        drawn = _drawn(section, z, None, permutations, seed, workers)
        statistic = scale[:, 0] * (z * section.weights.lag(z)).sum(axis=1)
        expected = np.full(len(z), -1 / (sums.n - 1))
        return Tested("moran", statistic, expected, moran_variances(z, sums), scale * drawn)

    method = Method("regions.moran", {"value": value, "permutations": permutations, "seed": seed})
    return tested(data, [value], unit, weights, by, alternative, method, compute)


def moran_bivariate(
    data: Any,
    value: str,
    neighbours: str,
    *,
    unit: str,
    weights: Weights,
    by: str | None = None,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two_sided",
    workers: int | None = None,
) -> TableResult:
    """Test whether the values of units go with another variable of their neighbours, by the bivariate Moran's I.

    The neighbours' variable is permuted, the units' own stays: then I is 0 on average and its variance is exact. What
    a unit's own two values have in common is not taken out.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of the units' own values x.
    neighbours
        Column y whose values at the neighbours are summed; it is permuted.
    unit, weights, by, permutations, seed, alternative, workers
        As in `moran`.

    Returns
    -------
    TableResult
        A row a year: units, moran, expected; variance, z and p under the null _random; mean, sd and p of the
        _permutation null.

    Raises
    ------
    DataError, MethodError, SpecError
        As in `moran`.

    References
    ----------
    Wartenberg (1985), Multivariate spatial correlation, doi:10.1111/j.1538-4632.1985.tb00849.x.

    Examples
    --------
    >>> row = Weights.of("abcd", [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    >>> table = {"u": list("abcd"), "x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, 5.0]}
    >>> moran_bivariate(table, "x", "y", unit="u", weights=row, permutations=99).frame["moran"].round(4).item()
    0.1008
    """

    def compute(section: Section) -> Tested:
        x, y = section.deviations
        matrix = section.weights.matrix
        total, n = matrix.sum(), x.shape[1]
        drawn = _drawn(section, y, x, permutations, seed, workers) / total
        statistic = (x * section.weights.lag(y)).sum(axis=1) / total
        pull = (matrix.T @ x.T).T
        spread = ((pull - pull.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) * n / (n - 1)
        return Tested("moran", statistic, np.zeros(len(x)), {"random": spread / total**2}, drawn)

    about = {"value": value, "neighbours": neighbours, "permutations": permutations, "seed": seed}
    method = Method("regions.moran_bivariate", about)
    return tested(data, [value, neighbours], unit, weights, by, alternative, method, compute)


def _drawn(
    section: Section, moved: Floats, fixed: Floats | None, permutations: int, seed: int, workers: int | None
) -> Floats:
    """Return Σ w_ij x_i z_j of permuted z ``float64[T, R]``."""
    if not permutations:
        return np.empty((len(moved), 0))
    from nqpf.numerics.permutations import permuted_forms

    matrix = section.weights.matrix
    return permuted_forms(matrix, moved, fixed=fixed, permutations=permutations, seed=seed, workers=workers)
