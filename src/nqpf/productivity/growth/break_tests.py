"""Tests for breaks in the mean: sup-F against m breaks, UDmax and WDmax, and one more break given l, on arrays.

Bai and Perron (1998, doi:10.2307/2998540; 2003, doi:10.1002/jae.659). F(m) = (SSR_0 − SSR_m) / (m v_m) at the
partition with the least SSR_m, v_m the variance of the errors about it: SSR_m / (T − m − 1), or their long-run
variance with a quadratic spectral kernel (Andrews 1991, doi:10.2307/2938229). The statistics do not depend on mean
and scale of the series, so their distribution for independent normal errors is simulated for the very length of the
series; as T grows it is the one that Bai and Perron (2003, doi:10.1111/1368-423X.00102) tabulate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from nqpf.productivity.growth.segments import Floats, Integers, best_partitions, best_single, fitted

CELLS = 4_000_000
"""Numbers held at once while a null distribution is simulated."""


def long_run_variance(errors: Floats) -> Floats:
    """Return the long-run variance of each of R series, ``float64[R]``.

    Quadratic spectral kernel with the bandwidth of Andrews (1991) for an autoregression of order one.

    Parameters
    ----------
    errors
        ``float64[R, T]`` series with mean zero.
    """
    n = errors.shape[1]
    before, after = errors[:, :-1], errors[:, 1:]
    scale = (before**2).sum(axis=1)
    root = np.divide((before * after).sum(axis=1), scale, out=np.zeros_like(scale), where=scale > 0)
    root = np.clip(root, -0.97, 0.97)  # an estimated root of one would make the bandwidth infinite
    width = 1.3221 * (4 * root**2 / (1 - root) ** 4 * n) ** 0.2
    size = 2 * n  # zeros beyond the end keep products of the last with the first out
    power = np.abs(np.fft.rfft(errors, size, axis=1)) ** 2
    products = np.fft.irfft(power, size, axis=1)[:, :n] / (n - 1)
    lag = np.arange(1, n)
    wide = np.maximum(width, 1e-8)[:, None]
    angle = 6 * np.pi * lag / (5 * wide)
    weight = 3 / angle**2 * (np.sin(angle) / angle - np.cos(angle))
    total: Floats = products[:, 0] + 2 * (weight * products[:, 1:]).sum(axis=1)
    return total


def error_variance(y: Floats, ssr: Floats, dates: Integers, how: str) -> Floats:
    """Return the variance of the errors about a partition, ``float64[R]``: ``iid`` or ``hac``."""
    n, m = y.shape[1], dates.shape[1]
    free = n - m - 1
    if how == "iid":
        return np.asarray(ssr / free)
    found: Floats = np.where(ssr > 0, long_run_variance(y - fitted(y, dates)) * n / free, 0.0)
    return found


def sup_f(y: Floats, ssr: Floats, dates: tuple[Integers, ...], how: str) -> Floats:
    """Return F(1) to F(M), ``float64[R, M]``; infinite where the segments fit without an error.

    Parameters
    ----------
    y
        ``float64[R, T]`` series.
    ssr, dates
        As in `segments.Partitions`.
    how
        ``iid`` or ``hac``.
    """
    found = [_ratio(ssr[:, 0] - ssr[:, m], error_variance(y, ssr[:, m], at, how), m) for m, at in enumerate(dates, 1)]
    return np.stack(found, axis=1)


def _ratio(gain: Floats, variance: Floats, m: int) -> Floats:
    endless = np.where(gain > 0, np.inf, 0.0)
    return np.divide(gain, m * variance, out=endless, where=variance > 0)


def single_f(y: Floats, least: int, how: str) -> tuple[Floats, Integers]:
    """Return F(1) of R series, ``float64[R]``, and the date of the break, ``int[R]``."""
    whole, left, at = best_single(y, least)
    return _ratio(whole - left, error_variance(y, left, at[:, None], how), 1), at


@dataclass(frozen=True, slots=True)
class Null:
    """Simulated distributions of the statistics without a break; each is computed once, when it is asked for.

    Attributes
    ----------
    draws, seed
        Series drawn for each distribution, and the seed.
    how
        ``iid`` or ``hac``.
    kept
        Distributions so far.
    """

    draws: int
    seed: int
    how: str
    kept: dict[tuple[int, int, int], Floats] = field(default_factory=dict)

    def sup(self, n: int, least: int, most: int) -> Floats:
        """Return F(1) to F(most) of series of length n, ``float64[draws, most]``."""
        key = (n, least, most)
        if key not in self.kept:
            self.kept[key] = self._draw(*key)
        return self.kept[key]

    def single(self, n: int, least: int) -> Floats:
        """Return F(1) of series of length n, ``float64[draws]``."""
        key = (n, least, 0)
        if key not in self.kept:
            y = self._series(n, least, 0).standard_normal((self.draws, n))
            self.kept[key] = single_f(y, least, self.how)[0]
        return self.kept[key]

    def _series(self, *key: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *key])

    def _draw(self, n: int, least: int, most: int) -> Floats:
        rng = self._series(n, least, most)
        block = max(1, CELLS // (n + 1) ** 2)
        parts = []
        for start in range(0, self.draws, block):
            y = rng.standard_normal((min(block, self.draws - start), n))
            found = best_partitions(y, least, most)
            parts.append(sup_f(y, found.ssr, found.dates, self.how))
        return np.concatenate(parts)


def p_value(statistic: float, null: Floats) -> float:
    """Return the share of draws at least as large, the series itself counted as one of them."""
    return float((1 + (null >= statistic).sum()) / (1 + null.size))


@dataclass(frozen=True, slots=True)
class Test:
    """One test: its name, number of breaks it is about, statistic, critical value and p-value."""

    name: str
    breaks: int
    statistic: float
    critical: float
    p_value: float


def global_tests(f: Floats, null: Floats, level: float) -> list[Test]:
    """Return sup-F against 1 to M breaks, UDmax and WDmax.

    Parameters
    ----------
    f
        ``float64[M]`` statistics of the series.
    null
        ``float64[draws, M]`` the same without a break.
    level
        Size of the tests; WDmax weighs F(m) by c(1)/c(m), c the critical values.
    """
    critical = np.quantile(null, 1 - level, axis=0)
    tests = [
        Test("supF", m + 1, float(f[m]), float(critical[m]), p_value(float(f[m]), null[:, m])) for m in range(f.size)
    ]
    for name, weight in (("UDmax", np.ones(f.size)), ("WDmax", critical[0] / critical)):
        value, drawn = float((f * weight).max()), (null * weight).max(axis=1)
        tests.append(Test(name, f.size, value, float(np.quantile(drawn, 1 - level)), p_value(value, drawn)))
    return tests


def next_test(y: Floats, dates: Integers, least: int, null: Null, level: float) -> Test | None:
    """Return the test of l + 1 breaks given l: the largest F(1) within the segments; None where none has room.

    Parameters
    ----------
    y
        ``float64[T]`` series.
    dates
        ``int[l]`` breaks of the best partition.
    least
        Observations that a segment has at least.
    null
        Distributions without a break; segments are independent, so that of the largest is the product of theirs.
    level
        Size of the test.
    """
    ends = [0, *dates.tolist(), y.size]
    parts = [y[a:b][None, :] for a, b in pairwise(ends) if b - a >= 2 * least and b - a > 2]
    if not parts:
        return None
    value = max(float(single_f(part, least, null.how)[0][0]) for part in parts)
    drawn = [np.sort(null.single(part.shape[1], least)) for part in parts]
    below = [1 - p_value(value, one) for one in drawn]
    largest = np.sort(np.concatenate(drawn))
    chance = np.prod([np.searchsorted(one, largest, side="right") / one.size for one in drawn], axis=0)
    critical = largest[np.searchsorted(chance, 1 - level)]
    return Test("next", dates.size + 1, value, float(critical), float(1 - np.prod(below)))
