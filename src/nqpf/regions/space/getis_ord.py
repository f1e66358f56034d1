"""Getis and Ord's G: whether high values, or low ones, stand together; over all units and for each.

Over all: G = Σ w_ij y_i y_j / Σ_{i≠j} y_i y_j (Getis and Ord 1992, doi:10.1111/j.1538-4632.1992.tb00261.x). For each
unit: G_i = Σ_{j≠i} w_ij y_j / Σ_{j≠i} y_j, and G*_i, in which a unit is its own neighbour, with the moments that hold
for any weights (Ord and Getis 1995, doi:10.1111/j.1538-4632.1995.tb00912.x).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.columns import choose
from nqpf.errors import MethodError, Where
from nqpf.regions.space.global_tests import Sums, Tested, tested
from nqpf.regions.space.local_tests import Local, located
from nqpf.regions.space.sections import Section
from nqpf.regions.space.significance import Alternative, normal_p
from nqpf.regions.space.weights import Weights
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]
Scale = Literal["binary", "given"]


def getis_ord(
    data: Any,
    value: str,
    *,
    unit: str,
    weights: Weights,
    by: str | None = None,
    scale: Scale = "binary",
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two_sided",
    workers: int | None = None,
) -> TableResult:
    """Test whether high or low values stand together, by Getis and Ord's general G.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of numbers, none below 0.
    unit, weights, by, permutations, seed, workers
        As in `nqpf.regions.moran`.
    scale
        ``binary``: every neighbour counts 1, as G was defined; ``given``: the weights as they are.
    alternative
        ``two_sided``; ``greater``: high values stand together; ``less``: low ones do.

    Returns
    -------
    TableResult
        A row a year: units, g, expected; variance, z and p under the null _random; mean, sd and p of the _permutation
        null.

    Raises
    ------
    DataError, SpecError
        As in `nqpf.regions.moran`.
    MethodError
        As there; a value below 0, fewer than two values above 0.

    References
    ----------
    Getis and Ord (1992), The analysis of spatial association by use of distance statistics,
    doi:10.1111/j.1538-4632.1992.tb00261.x.

    Examples
    --------
    >>> row = Weights.of("abcd", [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    >>> getis_ord({"u": list("abcd"), "y": [1.0, 2.0, 3.0, 4.0]}, "y", unit="u", weights=row).frame["g"].round(4).item()
    0.5714
    """
    choose("scale", scale, get_args(Scale))

    def compute(section: Section) -> Tested:
        y = _positive(section, value)
        own = section.weights.standardised("binary" if scale == "binary" else "none")
        sums, total = Sums.of(own.matrix), (y.sum(axis=1) ** 2 - (y**2).sum(axis=1))[:, None]
        drawn = np.empty((len(y), 0))
        if permutations:
            from nqpf.numerics.permutations import permuted_forms

            drawn = permuted_forms(own.matrix, y, permutations=permutations, seed=seed, workers=workers) / total
        statistic = (y * own.lag(y)).sum(axis=1) / total[:, 0]
        expected = np.full(len(y), sums.s0 / (sums.n * (sums.n - 1)))
        return Tested("g", statistic, expected, {"random": _variance(y, sums)}, drawn)

    method = Method("regions.getis_ord", {"value": value, "scale": scale, "permutations": permutations, "seed": seed})
    return tested(data, [value], unit, weights, by, alternative, method, compute)


def _positive(section: Section, column: str) -> Floats:
    """Return the values ``float64[T, N]``; an error if one is below 0, or fewer than two are above."""
    y: Floats = section.values[0]
    below = np.argwhere(y < 0)
    if below.size:
        t, n = (int(x) for x in below[0])
        where = Where(unit=section.weights.labels[n], period=section.years[t], indicator=column)
        raise MethodError("getis_negative", where=where, value=float(y[t, n]))
    scarce = np.flatnonzero((y > 0).sum(axis=1) < 2)
    if scarce.size:
        raise MethodError("getis_zero", where=Where(period=section.years[scarce[0]], indicator=column))
    return y


def _variance(y: Floats, sums: Sums) -> Floats:
    """Return the variance of G when the values are assigned to units at random ``float64[T]``; it needs four units."""
    n, s0, s1, s2 = sums.n, sums.s0, sums.s1, sums.s2
    if n < 4:
        return np.full(len(y), np.nan)
    y = y / y.mean(axis=1, keepdims=True)  # G has no unit of measurement; fourth powers of raw money would overflow
    m1, m2, m3, m4 = ((y**p).sum(axis=1) for p in (1, 2, 3, 4))
    b0 = (n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2
    b1 = -((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s0**2)
    b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    over = (m1**2 - m2) ** 2 * n * (n - 1) * (n - 2) * (n - 3)
    second = (b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4) / over
    found: Floats = second - (s0 / (n * (n - 1))) ** 2
    return found


def getis_ord_local(
    data: Any,
    value: str,
    *,
    unit: str,
    weights: Weights,
    by: str | None = None,
    star: bool = True,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two_sided",
    fdr: float = 0.05,
    workers: int | None = None,
) -> TableResult:
    """Find the units around which high values (hot spots) or low ones (cold spots) stand together, by G*_i or G_i.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of numbers, none below 0.
    unit, weights, by
        As in `nqpf.regions.moran`; weights are used on the scale they have.
    star
        Whether a unit is its own neighbour (G*), with the largest weight of its row; rows that summed to 1 do so again.
    permutations, seed
        Draws of the neighbours of each unit from all others, the same for every unit and year; 0: none.
    alternative
        ``two_sided``; ``greater``: high values around the unit; ``less``: low ones.
    fdr
        Share of false discoveries among the units that are marked.
    workers
        Threads; results do not depend on it.

    Returns
    -------
    TableResult
        A row for each row of the table: year, unit, value; g, expected, variance, z, p_normal; p of the permutation,
        p_directed (the smaller side alone, as PySAL and GeoDa print it), p_fdr (adjusted within the year);
        ``cluster_unadjusted`` and ``cluster``: hot or cold where p, p_fdr is at most `fdr`, else none; null where the
        unit has no neighbour.

    Raises
    ------
    DataError, SpecError
        As in `nqpf.regions.moran`.
    MethodError
        As there; a value below 0, fewer than two values above 0.

    References
    ----------
    Ord and Getis (1995), Local spatial autocorrelation statistics, doi:10.1111/j.1538-4632.1995.tb00912.x.

    Examples
    --------
    >>> row = Weights.of("abcd", [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]])
    >>> found = getis_ord_local({"u": list("abcd"), "y": [1.0, 2.0, 3.0, 4.0]}, "y", unit="u", weights=row, star=False)
    >>> found.frame["g"].round(4).to_list()
    [0.2222, 0.5, 0.8571, 0.5]
    """

    def compute(section: Section) -> Local:
        y = _positive(section, value)
        moments = local_g(y, section.weights, star)
        z = np.divide(
            moments["g"] - moments["expected"],
            sd := np.sqrt(moments["variance"]),
            out=np.full_like(y, np.nan),
            where=sd > 0,
        )
        moments |= {"z": z, "p_normal": normal_p(z, alternative)}
        return Local({"value": y, **moments}, y, np.ones_like(y), np.where(z > 0, "hot", "cold"))

    about = {"value": value, "star": star, "permutations": permutations, "seed": seed, "fdr": fdr}
    method = Method("regions.getis_ord_local", {**about, "alternative": alternative})
    return located(data, [value], unit, weights, by, method, compute, workers)


def local_g(y: Floats, weights: Weights, star: bool) -> dict[str, Floats]:
    """Return G_i or G*_i of y ``float64[T, N]``, its expectation and its variance, each ``float64[T, N]``."""
    matrix = _with_self(weights) if star else weights.matrix
    n = y.shape[1] - (not star)
    left = 0.0 if star else y
    total = y.sum(axis=1, keepdims=True) - left
    mean = total / n
    variance = np.maximum(((y**2).sum(axis=1, keepdims=True) - left * y) / n - mean**2, 0.0)
    sums, squares = matrix.sum(axis=1), matrix.multiply(matrix).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = variance / mean**2
        found = {"g": (matrix @ y.T).T / total, "expected": np.broadcast_to(sums / n, y.shape)}
        found["variance"] = (n * squares - sums**2) / (n - 1) / n**2 * ratio
    return found


def _with_self(weights: Weights) -> sparse.csr_array:
    most = weights.matrix.max(axis=1).toarray().ravel()
    most[most == 0] = 1.0
    found = sparse.csr_array(weights.matrix + sparse.diags_array(most))
    return replace(weights, matrix=found).standardised("row").matrix if weights.standard == "row" else found
