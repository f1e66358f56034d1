"""Recursive unit-root regressions against explosive behaviour, for many series at once, and series under the null.

Backward suprema of Dickey–Fuller t values over all windows: Phillips, Wu and Yu (2011),
doi:10.1111/j.1468-2354.2010.00625.x, and Phillips, Shi and Yu (2015), doi:10.1111/iere.12132. Windows with the same
start share their sums of products, which grow by one row at a time, so a series costs the square of its length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from nqpf.numerics.compiled import compiled
from nqpf.parallel import spread

Floats = NDArray[np.float64]

FLAT = 1e-13
"""Share of a sum of squares that is no more than noise: of what is left of it beside other columns."""
BATCH = 64
"""Series of a batch; fixed, so that what is drawn does not depend on the number of workers."""


@dataclass(frozen=True, slots=True, eq=False)
class Recursive:
    """Statistics of B series at the end of each of M windows.

    Attributes
    ----------
    forward
        ``float64[B, M]`` t of the window that begins with the series (BADF).
    backward
        ``float64[B, M]`` largest t of the windows that end here (BSADF).
    flat
        ``int[B]`` windows without a statistic, for want of variation or of residuals; NaN where all are.
    """

    forward: Floats
    backward: Floats
    flat: NDArray[np.int64]


def recursive(y: Floats, rows: int, lag: int = 0) -> Recursive:
    """Return t values of ρ in Δy_t = α + ρ y_{t−1} + Σ_{j ≤ lag} φ_j Δy_{t−j} + e_t over all windows.

    Parameters
    ----------
    y
        ``float64[B, T]``.
    rows
        Least number of equations of a window, above lag + 2. A window of w levels has w − 1 − lag equations.
    lag
        Lagged changes.

    Examples
    --------
    >>> recursive(np.array([[1.0, 2.0, 2.5, 5.0, 9.0]]), 4).forward.round(3).tolist()
    [[2.889]]
    """
    ends = y.shape[1] - lag - rows
    forward, backward = np.full((2, len(y), ends), np.nan)
    flat = np.zeros(len(y), dtype=np.int64)
    _recursive(np.ascontiguousarray(y), rows, lag, forward, backward, flat)
    return Recursive(forward, backward, flat)


@compiled
def _recursive(y: Floats, rows: int, lag: int, forward: Floats, backward: Floats, flat: NDArray[np.int64]) -> None:
    """Fill in the statistics; columns of a regression are lagged changes, the lagged level, the change."""
    size = y.shape[1] - 1 - lag
    width = lag + 2
    z = np.empty((size, width))
    mean, away = np.empty(width), np.empty(width)
    products, root = np.empty((width, width)), np.empty((width, width))
    for b in range(y.shape[0]):
        for i in range(size):
            t = i + lag + 1
            for j in range(lag):
                z[i, j] = y[b, t - 1 - j] - y[b, t - 2 - j]
            z[i, lag] = y[b, t - 1]
            z[i, lag + 1] = y[b, t] - y[b, t - 1]
        for start in range(size - rows + 1):
            mean[:] = 0.0
            products[:] = 0.0
            for i in range(start, size):
                n = i - start + 1
                part = (n - 1) / n
                for a in range(width):
                    away[a] = z[i, a] - mean[a]
                    mean[a] += away[a] / n
                    for c in range(a + 1):
                        products[a, c] += part * away[a] * away[c]
                if n < rows:
                    continue
                value = _t(products, root, n - width)
                end = i + 1 - rows
                if np.isnan(value):
                    flat[b] += 1
                    continue
                if start == 0:
                    forward[b, end] = value
                if not value <= backward[b, end]:
                    backward[b, end] = value


@compiled
def _t(products: Floats, root: Floats, free: int) -> float:
    """Return the t value of the last but one column for the last, by the Cholesky root; NaN if there is none."""
    width = products.shape[0]
    for a in range(width):
        for c in range(a + 1):
            left = products[a, c]
            for j in range(c):
                left -= root[a, j] * root[c, j]
            if c < a:
                root[a, c] = left / root[c, c]
            elif not left > FLAT * products[a, a]:
                return np.nan
            else:
                root[a, a] = np.sqrt(left)
    return float(root[width - 1, width - 2] * np.sqrt(free) / root[width - 1, width - 1])


@dataclass(frozen=True, slots=True, eq=False)
class Null:
    """Changes of a series without explosive behaviour: Δy_t = μ + Σ φ_j Δy_{t−j} + e_t.

    Attributes
    ----------
    first
        The level the series begins with.
    before
        ``float64[lag]`` the first changes.
    coefficients
        ``float64[lag]`` φ.
    residuals
        ``float64[R]``.
    constant
        μ.
    """

    first: float
    before: Floats
    coefficients: Floats
    residuals: Floats
    constant: float

    @classmethod
    def of(cls, y: Floats, lag: int) -> Null:
        """Return the regression of a series ``float64[T]`` with ρ = 0."""
        change: Floats = np.diff(y).astype(np.float64)
        x = np.column_stack(
            [np.ones(change.size - lag), *(change[lag - j : change.size - j] for j in range(1, lag + 1))]
        )
        found: Floats = np.linalg.lstsq(x, change[lag:], rcond=None)[0].astype(np.float64)
        return cls(float(y[0]), change[:lag], found[1:], change[lag:] - x @ found, float(found[0]))

    def levels(self, shocks: Floats) -> Floats:
        """Return series ``float64[B, lag + 1 + R]`` whose equations have these `shocks` ``float64[B, R]``."""
        lag = self.before.size
        start = np.broadcast_to(self.before, (len(shocks), lag))
        if lag:
            past = self.before[::-1]
            state = np.array([self.coefficients[j:] @ past[: lag - j] for j in range(lag)])
            state = np.broadcast_to(state, (len(shocks), lag))
            shocks = lfilter([1.0], np.concatenate([[1.0], -self.coefficients]), shocks, axis=1, zi=state)[0]
        change = np.concatenate([start, shocks], axis=1)
        first = np.full((len(change), 1), self.first)
        return np.concatenate([first, self.first + np.cumsum(change, axis=1)], axis=1)


def random_walks(rng: np.random.Generator, draws: int, *, size: int, drift: float) -> Floats:
    """Return random walks ``float64[draws, size]`` with steps of mean `drift` and variance 1.

    A drift of 1/size is the null of Phillips, Shi and Yu (2015).
    """
    return np.cumsum(rng.standard_normal((draws, size)) + drift, axis=1)


def resampled(rng: np.random.Generator, draws: int, *, null: Null) -> Floats:
    """Return series whose shocks are residuals drawn anew, each times a normal number: Phillips and Shi (2020)."""
    shape = (draws, null.residuals.size)
    picked = null.residuals[rng.integers(null.residuals.size, size=shape)]
    return null.levels(null.constant + picked * rng.standard_normal(shape))


def signed(rng: np.random.Generator, draws: int, *, change: Floats, drift: float) -> Floats:
    """Return sums of changes: those given, ``float64[T − 1]``, less the drift, times normal numbers, plus the drift.

    Each stays in its place, so that volatility keeps its dates: Harvey, Leybourne, Sollis and Taylor (2016), Journal of
    Empirical Finance 38, 548–574, where there is no drift.
    """
    steps = drift + rng.standard_normal((draws, change.size)) * (change - drift)
    return np.concatenate([np.zeros((draws, 1)), np.cumsum(steps, axis=1)], axis=1)


def drawn(
    draw: Callable[[np.random.Generator, int], Floats],
    *,
    rows: int,
    lag: int,
    draws: int,
    seed: np.random.SeedSequence,
    workers: int | None = None,
) -> tuple[Floats, Floats]:
    """Return forward and backward statistics, both ``float64[draws, M]``, of series drawn under the null.

    Parameters
    ----------
    draw
        Returns so many series: one of the functions above with its options bound.
    rows, lag
        See `recursive`.
    draws, seed, workers
        How many, from which seed, by how many threads; results do not depend on the last.
    """
    work = partial(_statistics, draw=draw, rows=rows, lag=lag)
    found = spread(work, _batches(draws, seed), workers=workers, threads=True)
    return np.concatenate([f.forward for f in found]), np.concatenate([f.backward for f in found])


def _batches(draws: int, seed: np.random.SeedSequence) -> list[tuple[int, np.random.SeedSequence]]:
    counts = [min(BATCH, draws - start) for start in range(0, draws, BATCH)]
    return list(zip(counts, seed.spawn(len(counts)), strict=True))


def _statistics(
    batch: tuple[int, np.random.SeedSequence],
    draw: Callable[[np.random.Generator, int], Floats],
    rows: int,
    lag: int,
) -> Recursive:
    draws, seed = batch
    return recursive(draw(np.random.default_rng(seed), draws), rows, lag)


def panel_drawn(
    nulls: Sequence[Null],
    *,
    rows: int,
    lag: int,
    draws: int,
    seed: np.random.SeedSequence,
    workers: int | None = None,
) -> Floats:
    """Return the mean over N series of backward statistics drawn under the null, ``float64[draws, M]``.

    All series of a draw have the residuals of the same dates, so that what they have in common stays: the sieve
    bootstrap of Pavlidis et al. (2016), doi:10.1007/s11146-015-9531-2.

    Parameters
    ----------
    nulls
        Of N series of the same length.
    rows, lag, draws, seed, workers
        See `drawn`.
    """
    work = partial(_panel_statistics, nulls=tuple(nulls), rows=rows, lag=lag)
    return np.concatenate(spread(work, _batches(draws, seed), workers=workers, threads=True))


def _panel_statistics(
    batch: tuple[int, np.random.SeedSequence], nulls: tuple[Null, ...], rows: int, lag: int
) -> Floats:
    draws, seed = batch
    size = nulls[0].residuals.size
    dates = np.random.default_rng(seed).integers(size, size=(draws, size))
    found = [recursive(null.levels(null.constant + null.residuals[dates]), rows, lag).backward for null in nulls]
    return np.asarray(np.mean(found, axis=0))
