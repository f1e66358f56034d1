"""Correlation matrices of columns with missing values: Pearson, Spearman, Kendall, each pair over the rows both have.

Pearson's r with running sums about each column's own mean; Spearman's ρ is Pearson's r of average ranks taken over the
rows a pair shares; Kendall's τ is τ-b, which allows for ties (Kendall 1945, doi:10.1093/biomet/33.3.239).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.ranks import NOISE, noise

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Kind = Literal["pearson", "spearman", "kendall"]
KINDS: tuple[Kind, ...] = ("pearson", "spearman", "kendall")

CANCELS = 1e-6
"""A pair whose shared rows hold less than this share of a column's variance is done again about its own mean."""

MANY = 400
"""Rows above which Kendall's τ is counted by sorting each pair instead of comparing all rows at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Correlations:
    """Correlations of the columns of one table with those of another.

    Attributes
    ----------
    r
        ``float64[K, L]``; NaN where a pair shares fewer than two rows or one of them is constant there.
    n
        ``float64[K, L]`` rows that both have.
    """

    r: Floats
    n: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over the rows a pair shares, ``float64[K, L]`` each: n, Σdx², Σdy², Σdxdy about the pair's own means."""

    n: Floats
    xx: Floats
    yy: Floats
    xy: Floats


def correlate(x: Floats, y: Floats | None = None, kind: Kind = "pearson") -> Correlations:
    """Return the correlation of every column of `x` with every column of `y`.

    Parameters
    ----------
    x, y
        ``float64[R, K]`` and ``float64[R, L]``, NaN where missing; `y` is `x` if not given.
    kind
        ``pearson``, ``spearman`` (average ranks) or ``kendall`` (τ-b).

    Examples
    --------
    >>> x = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, np.nan], [4.0, 8.0]])
    >>> correlate(x, kind="spearman").r[0].tolist(), correlate(x).n[0].tolist()
    ([1.0, 0.5], [4.0, 3.0])
    """
    same = y is None
    other = x if y is None else y
    kernel: Callable[[Floats, Floats], Correlations] = {
        "pearson": _pearson,
        "spearman": _spearman,
        "kendall": _kendall,
    }[kind]
    found = kernel(x, other)
    if same:  # a column agrees with itself to the last digit
        at = np.arange(x.shape[1])
        found.r[at, at] = np.where(np.isnan(found.r[at, at]), np.nan, 1.0)
    return found


def covariance(x: Floats) -> Floats:
    """Return the covariances (n − 1) of the columns of `x` ``float64[R, K]``, each pair over the rows both have.

    Examples
    --------
    >>> covariance(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, np.nan]])).round(9).tolist()
    [[1.0, 1.0], [1.0, 2.0]]
    """
    sums = _sums(x, x)
    return np.divide(sums.xy, sums.n - 1, out=np.full_like(sums.xy, np.nan), where=sums.n > 1)


def _pearson(x: Floats, y: Floats) -> Correlations:
    sums = _sums(x, y)
    spread = sums.xx * sums.yy
    r = np.divide(sums.xy, np.sqrt(spread), out=np.full_like(spread, np.nan), where=(sums.n > 1) & (spread > 0))
    return Correlations(np.clip(r, -1.0, 1.0), sums.n)


def _sums(x: Floats, y: Floats) -> _Sums:
    """Return the sums of every pair, taken about each column's mean first so that little cancels."""
    x0, has_x, x_unit = _about_mean(x)
    y0, has_y, y_unit = (x0, has_x, x_unit) if y is x else _about_mean(y)
    n = _cross(has_x, has_y)
    some = np.maximum(n, 1.0)
    sx, sy, xy = _cross(x0, has_y), _cross(has_x, y0), _cross(x0, y0)
    xx, yy = _cross(x0**2, has_y), _cross(has_x, y0**2)
    vx, vy, vxy = xx - sx**2 / some, yy - sy**2 / some, xy - sx * sy / some
    # Both columns have unit variance here, so what is left tells how much has cancelled.
    for k, m in np.argwhere((n > 1) & (np.minimum(vx, vy) < CANCELS * n)):
        both = (has_x[:, k] > 0) & (has_y[:, m] > 0)
        dx, dy = (_deviations(a[both, j]) for a, j in ((x0, k), (y0, m)))
        vx[k, m], vy[k, m], vxy[k, m] = (float(np.einsum("r,r->", a, b)) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    scale = x_unit[:, None] * y_unit
    return _Sums(n, vx * x_unit[:, None] ** 2, vy * y_unit**2, vxy * scale)


def _about_mean(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the columns about their means in units of their spread (0 where missing), where they are, and the unit."""
    has = ~np.isnan(x)
    count = np.maximum(has.sum(axis=0), 1)
    filled = np.where(has, x, 0.0)
    about = np.where(has, x - filled.sum(axis=0) / count, 0.0)
    unit = np.sqrt((about**2).sum(axis=0) / count)
    constant = unit <= NOISE * np.abs(filled).max(axis=0, initial=0.0)
    unit = np.where(constant, 1.0, unit)
    return np.where(constant, 0.0, about / unit), has.astype(float), unit


def _deviations(x: Floats) -> Floats:
    """Return values less their mean, exactly 0 where they are all the same."""
    about = x - x.mean()
    return np.where(np.abs(about).max(initial=0.0) <= NOISE * max(1.0, np.abs(x).max(initial=0.0)), 0.0, about)


def _cross(a: Floats, b: Floats) -> Floats:
    # Not BLAS, whose rounding may hang on the number of threads.
    return np.asarray(np.einsum("rk,rl->kl", a, b))


def _spearman(x: Floats, y: Floats) -> Correlations:
    r, n = (np.full((x.shape[1], y.shape[1]), np.nan) for _ in range(2))
    x_codes = tie_codes(x)
    y_codes = x_codes if y is x else tie_codes(y)
    x_patterns = list(_patterns(x))
    y_patterns = x_patterns if y is x else list(_patterns(y))
    for a, (x_rows, x_at) in enumerate(x_patterns):
        for y_rows, y_at in y_patterns[a if y is x else 0 :]:
            rows = np.flatnonzero(x_rows & y_rows)
            found = _of_ranks(_centred_ranks(x_codes, rows, x_at), _centred_ranks(y_codes, rows, y_at))
            r[np.ix_(x_at, y_at)], n[np.ix_(x_at, y_at)] = found, len(rows)
            if y is x:
                r[np.ix_(y_at, x_at)], n[np.ix_(y_at, x_at)] = found.T, len(rows)
    return Correlations(r, n)


def _patterns(x: Floats) -> Iterator[tuple[Bools, NDArray[np.intp]]]:
    """Yield the rows that are present and the columns that have just these."""
    has = ~np.isnan(x)
    patterns, which = np.unique(has, axis=1, return_inverse=True)
    for at in range(patterns.shape[1]):
        yield patterns[:, at], np.flatnonzero(which.reshape(-1) == at)


def tie_codes(x: Floats) -> NDArray[np.int64]:
    """Return the number of each value among its column's distinct values, from 0 up; values within noise are the same.

    Missing values get a number of no meaning.
    """
    order = np.argsort(x, axis=0)
    ordered = np.take_along_axis(x, order, axis=0)
    step = np.zeros(x.shape, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        step[1:] = np.diff(ordered, axis=0) > noise(x.T)
    codes = np.empty_like(step)
    np.put_along_axis(codes, order, np.cumsum(step, axis=0), axis=0)
    return codes


def _centred_ranks(codes: NDArray[np.int64], rows: NDArray[np.intp], at: NDArray[np.intp]) -> Floats:
    """Return the ranks of columns `at` among `rows`, ties sharing their mean, less the mean rank: ``float64[R, k]``."""
    ranks = np.empty((len(rows), len(at)))
    for place, k in enumerate(at):
        here = codes[rows, k]
        count = np.bincount(here)
        ranks[:, place] = (np.cumsum(count) - (count - 1) / 2)[here]
    return ranks - (len(rows) + 1) / 2


def _of_ranks(a: Floats, b: Floats) -> Floats:
    spread = np.einsum("rk,rk->k", a, a)[:, None] * np.einsum("rl,rl->l", b, b)
    r = np.divide(_cross(a, b), np.sqrt(spread), out=np.full(spread.shape, np.nan), where=spread > 0)
    return np.asarray(np.clip(r, -1.0, 1.0))


def _kendall(x: Floats, y: Floats) -> Correlations:
    shape = (x.shape[1], y.shape[1])
    if len(x) > MANY:
        return _kendall_by_pair(x, y)
    agree, x_differ, y_differ = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    has_x, has_y = ((~np.isnan(a)).astype(np.float32) for a in (x, y))
    x_codes, y_codes = (tie_codes(a).astype(np.float32) for a in (x, y))
    for lag in range(1, len(x)):
        px, py = (has[lag:] * has[:-lag] for has in (has_x, has_y))
        sx, sy = (np.sign(c[lag:] - c[:-lag]) * p for c, p in ((x_codes, px), (y_codes, py)))
        # Sums of −1, 0 and 1 are whole numbers: the product is exact in whatever order it is added up.
        agree += sx.T @ sy
        x_differ += (sx * sx).T @ py
        y_differ += px.T @ (sy * sy)
    n = (has_x.T @ has_y).astype(np.float64)
    spread = x_differ * y_differ
    tau = np.divide(agree, np.sqrt(spread), out=np.full(shape, np.nan), where=spread > 0)
    return Correlations(np.clip(tau, -1.0, 1.0), n)


def _kendall_by_pair(x: Floats, y: Floats) -> Correlations:
    """Return τ-b of each pair by sorting, whose cost does not grow with the square of the rows."""
    from scipy.stats import kendalltau  # here, so that only who needs it loads it

    tau, n = (np.full((x.shape[1], y.shape[1]), np.nan) for _ in range(2))
    x_codes, y_codes, has_x, has_y = tie_codes(x), tie_codes(y), ~np.isnan(x), ~np.isnan(y)
    for k, m in np.ndindex(*tau.shape):
        if y is x and m < k:
            tau[k, m], n[k, m] = tau[m, k], n[m, k]
            continue
        both = has_x[:, k] & has_y[:, m]
        tau[k, m] = kendalltau(x_codes[both, k], y_codes[both, m], method="asymptotic").statistic
        n[k, m] = both.sum()
    return Correlations(tau, n)
