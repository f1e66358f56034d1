"""How likely a correlation as large as this is among unrelated columns: two-sided p of Pearson, Spearman and Kendall.

Pearson: t with n − 2 degrees of freedom. Spearman: exact up to 9 rows and by an Edgeworth series up to 1,290 where
there are no ties (Best & Roberts 1975, doi:10.2307/2347111), else t. Kendall: exact below 50 rows without ties, else
normal with the variance for ties. These are the rules of R's ``cor.test``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.correlation import Correlations, Kind, tie_codes

Floats = NDArray[np.float64]

ENUMERATED, SERIES, KENDALL_EXACT = 9, 1290, 50
"""Rows up to which Spearman is enumerated, up to which the series is used, and below which Kendall is exact."""


def p_values(found: Correlations, x: Floats, y: Floats | None = None, kind: Kind = "pearson") -> Floats:
    """Return the two-sided p of every correlation, ``float64[K, L]``; NaN where there is no correlation or no test.

    Parameters
    ----------
    found
        What `correlate` returned for these columns.
    x, y
        ``float64[R, K]`` and ``float64[R, L]`` as given to `correlate`.
    kind
        Which correlation they are.

    Examples
    --------
    >>> from nqpf.numerics.correlation import correlate
    >>> x = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 8.0]])
    >>> round(float(p_values(correlate(x), x)[0, 1]), 4)
    0.1019
    """
    same = y is None
    other = x if y is None else y
    if kind == "kendall":
        p = _kendall(x, other)
    else:
        p = _student(found.r, found.n)
        if kind == "spearman":
            _without_ties(p, found, x, other)
    p[np.isnan(found.r)] = np.nan
    if same:
        np.fill_diagonal(p, np.where(np.isnan(np.diag(found.r)), np.nan, 0.0))
    return p


def _student(r: Floats, n: Floats) -> Floats:
    from scipy.special import stdtr  # here, so that only who tests loads it

    free = n - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(r) * np.sqrt(free / (1 - r**2))
        return np.asarray(np.where(free > 0, 2 * stdtr(free, -t), np.nan))


def _without_ties(p: Floats, found: Correlations, x: Floats, y: Floats) -> None:
    """Replace Spearman's p by the distribution of Σd² where neither column has ties among the rows a pair shares."""
    x_codes, y_codes = tie_codes(x), tie_codes(y)
    has_x, has_y = ~np.isnan(x), ~np.isnan(y)
    for k, m in np.argwhere(~np.isnan(found.r) & (found.n <= SERIES)):
        both = has_x[:, k] & has_y[:, m]
        n = int(found.n[k, m])
        if all(len(np.unique(c[both])) == n for c in (x_codes[:, k], y_codes[:, m])):
            p[k, m] = _spearman_p(float(found.r[k, m]), n)


def _spearman_p(rho: float, n: int) -> float:
    """Return the two-sided p of a ρ without ties from the distribution of the sum of squared rank differences."""
    middle = (n**3 - n) / 6
    squares = round(middle * (1 - rho))
    upper = squares > middle
    one_side = _tail(squares if upper else squares + 2, n)
    return min(2 * (one_side if upper else 1 - one_side), 1.0)


def _tail(squares: int, n: int) -> float:
    """Return P(Σd² ≥ squares) over all orders of n ranks; Σd² is always even."""
    if squares <= 0:
        return 1.0
    if squares > (n**3 - n) / 3:
        return 0.0
    if n <= ENUMERATED:
        counts = _orders(n)
        return float(counts[squares:].sum() / counts.sum())
    from scipy.special import ndtr  # here, so that only who tests loads it

    b = 1 / n
    x = (6 * (squares - 1) * b / (n**2 - 1) - 1) * np.sqrt(1 / b - 1)
    y = x**2
    inner = 0.0072 - 0.0831 * b + y * b * (0.0131 - 0.00046 * y)
    inner = 0.0879 + 0.0151 * b - y * inner
    inner = -0.0758 + b * (0.1033 + 0.3932 * b) - y * b * inner
    correction = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * inner)
    return float(np.clip(correction / np.exp(y / 2) + ndtr(-x), 0.0, 1.0))


@cache
def _orders(n: int) -> Floats:
    """Return how many orders of n ranks have each sum of squared differences: place by place over the ranks used."""
    size = (n**3 - n) // 3 + 1
    ways = {0: np.eye(1, size).reshape(-1)}
    for place in range(n):
        following: dict[int, Floats] = {}
        for used, counts in ways.items():
            for rank in (r for r in range(n) if not used >> r & 1):
                step = (rank - place) ** 2
                shifted = np.concatenate([np.zeros(step), counts[: size - step]])
                key = used | 1 << rank
                following[key] = following[key] + shifted if key in following else shifted
        ways = following
    return ways[(1 << n) - 1]


def _kendall(x: Floats, y: Floats) -> Floats:
    from scipy.stats import kendalltau  # here, so that only who tests loads it

    p = np.full((x.shape[1], y.shape[1]), np.nan)
    x_codes, y_codes = tie_codes(x), tie_codes(y)
    for k in range(p.shape[0]):
        for m in range(p.shape[1]):
            if y is x and m < k:
                p[k, m] = p[m, k]
                continue
            both = ~np.isnan(x[:, k]) & ~np.isnan(y[:, m])
            a, b = x_codes[both, k], y_codes[both, m]
            if len(a) > 1:
                free = all(len(np.unique(c)) == len(c) for c in (a, b))
                rule = "exact" if free and len(a) < KENDALL_EXACT else "asymptotic"
                p[k, m] = kendalltau(a, b, method=rule).pvalue
    return p
