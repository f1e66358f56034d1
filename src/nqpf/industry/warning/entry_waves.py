"""Whether regions enter an industry at the same time more than chance has it.

The null hypothesis: an industry's entries fall on years as if they were drawn from all entries that were made by
regions which could have entered it. Given an industry's entries in all, those of a year are then hypergeometric: the
test is conditional on both, so that it holds its level where entries are few. Those of a run of years are judged by the
scan statistic of Kulldorff (1997), doi:10.1080/03610929708831995.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import false_discovery_control, hypergeom

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]
TIE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """The strongest run of intervals of each of K industries.

    Attributes
    ----------
    start, end
        ``int[K]`` first and last interval; −1 where not tested.
    observed, expected
        ``float64[K]`` entries of the run.
    p, q
        ``float64[K]`` of the scan statistic.
    dispersion, dispersion_p
        ``float64[K]`` Σ (observed − expected)² / expected over what it is on average without clustering, 1 then.
    """

    start: Integers
    end: Integers
    observed: Floats
    expected: Floats
    p: Floats
    q: Floats
    dispersion: Floats
    dispersion_p: Floats


def pools(entered: Bools, open_: Bools) -> Floats:
    """Return the entries that an industry's own are as if drawn from, ``float64[S, K]``, whole numbers.

    An entry counts by how likely it was to be into the industry: over the number of industries that its region could
    have entered in the interval; all of an industry's are scaled to as many entries as these regions made.

    Parameters
    ----------
    entered, open_
        ``bool[S, N, K]`` pairs that entered, and those that could.

    Returns
    -------
    float64[S, K]
        NaN for an industry that nobody could enter while entering others.
    """
    entries, could = (x.sum(axis=2, keepdims=True).astype(float) for x in (entered, open_))
    rate = np.divide(entries, could, out=np.zeros(entries.shape), where=could > 0)
    made, weight, own = (entries * open_).sum(axis=1), (rate * open_).sum(axis=1), entered.sum(axis=1)
    whole = np.divide(made.sum(axis=0), weight.sum(axis=0), out=np.zeros(weight.shape[1]), where=made.any(axis=0))
    found = np.maximum(np.rint(weight * whole), own)
    return np.where(found.sum(axis=0) > own.sum(axis=0), found, np.nan)


def yearly(entries: Floats, pool: Floats, tested: Bools) -> tuple[Floats, Floats]:
    """Return the p of as many entries in each interval, and q over all that are tested; both ``float64[S, K]``.

    Parameters
    ----------
    entries, pool
        ``float64[S, K]``.
    tested
        ``bool[K]`` industries.
    """
    p = np.full(entries.shape, np.nan)
    own, all_ = entries[:, tested], pool[:, tested]
    p[:, tested] = hypergeom.sf(own - 1, all_.sum(axis=0), all_, own.sum(axis=0))
    return p, discovery(p)


def discovery(p: Floats) -> Floats:
    """Return q values by Benjamini and Hochberg (1995) over all p that there are, NaN where p is."""
    q = np.full(p.shape, np.nan)
    there = ~np.isnan(p)
    if there.any():
        q[there] = false_discovery_control(np.clip(p[there], 0.0, 1.0))
    return q


def waves(entries: Floats, pool: Floats, tested: Bools, widest: int, draws: int, seed: int) -> Waves:
    """Return the strongest run of at most `widest` intervals of each industry, with p by `draws` random dates.

    Parameters
    ----------
    entries, pool, tested
        As for `yearly`.
    widest, draws, seed
        Longest run; number and seed of the draws.
    """
    s, k = entries.shape
    widest = min(widest, s - 1)  # a run over all intervals is no cluster
    floats = np.full((6, k), np.nan)
    at = np.full((2, k), -1, dtype=np.intp)
    seeds = np.random.SeedSequence(seed).spawn(k)
    for j in np.flatnonzero(tested):
        one = _Industry(entries[:, j], pool[:, j], widest)
        first, width, floats[0, j], floats[1, j] = one.best()
        at[:, j] = first, first + width - 1
        floats[2, j], floats[4, j], floats[5, j] = one.tests(draws, np.random.default_rng(seeds[j]))
    floats[3] = discovery(floats[2])
    return Waves(at[0], at[1], *floats)


class _Industry:
    """Runs of one industry: how likely they are for every number of entries they may have."""

    def __init__(self, entries: Floats, pool: Floats, widest: int) -> None:
        self.entries, self.pool, self.chance = entries.astype(np.intp), pool.astype(np.int64), pool / pool.sum()
        self.runs = [(start, w) for w in range(1, widest + 1) for start in range(entries.size - w + 1)]
        self.total = int(entries.sum())
        self.share = self.counted(self.chance[None])[0]
        c = np.arange(self.total + 1)[None, :]
        mean = np.minimum(self.total * self.share[:, None], self.total)
        ratio = (
            xlogy(c, c)
            - xlogy(c, mean)
            + xlogy(self.total - c, self.total - c)
            - xlogy(self.total - c, self.total - mean)
        )
        self.table = np.where(c > mean, ratio, 0.0)

    def counted(self, x: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return the sums ``[B, runs]`` of ``[B, S]``."""
        until = np.concatenate([np.zeros((len(x), 1), dtype=x.dtype), np.cumsum(x, axis=1)], axis=1)
        starts = np.array([start for start, _ in self.runs])
        ends = starts + np.array([w for _, w in self.runs])
        return np.asarray(until[:, ends] - until[:, starts])

    def scores(self, x: Integers) -> Floats:
        """Return the scan statistic of entries ``int[B, S]``."""
        return np.asarray(self.table[np.arange(len(self.runs)), self.counted(x)].max(axis=1))

    def spread(self, x: Integers) -> Floats:
        """Return the dispersion of entries ``int[B, S]``; intervals in which nobody could enter do not count."""
        mean = self.total * self.chance
        could = mean > 0
        away = (x[:, could] - mean[could]) ** 2 / mean[could]
        left = (self.pool.sum() - self.total) / (self.pool.sum() - 1)  # what drawing without putting back leaves of it
        return np.asarray(away.sum(axis=1) / (max(could.sum() - 1, 1) * left))

    def best(self) -> tuple[int, int, float, float]:
        """Return start, width, observed and expected entries of the strongest run; of equals the shortest."""
        own = self.counted(self.entries[None])[0]
        values = self.table[np.arange(len(self.runs)), own]
        best = int(np.flatnonzero(values >= values.max() - TIE)[0])
        return *self.runs[best], float(own[best]), float(self.total * self.share[best])

    def tests(self, draws: int, rng: np.random.Generator) -> tuple[float, float, float]:
        """Return the p of the scan statistic, the dispersion, and its p."""
        other = rng.multivariate_hypergeometric(self.pool, self.total, size=draws).astype(np.intp)
        own = self.entries[None]
        scan = (1 + (self.scores(other) >= self.scores(own) - TIE).sum()) / (1 + draws)
        spread = self.spread(own)[0]
        return float(scan), float(spread), float((1 + (self.spread(other) >= spread - TIE).sum()) / (1 + draws))
