"""Which pairs may be chosen at all: near enough to what a region does, likely enough, not on the negative list.

The gate is the region's own quantile of relatedness density or one density for all (Hidalgo, Klinger, Barabási and
Hausmann 2007, doi:10.1126/science.1144581); a quota of leaps below it is left, as most places make some (Pinheiro,
Hartmann, Boschma and Hidalgo 2022, doi:10.1016/j.respol.2021.104323).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.planning.problem import CHAIN, GATE, LEAP, Problem

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """How pairs may enter the plan.

    Attributes
    ----------
    threshold
        ``float64[N]`` density of each region's gate, NaN where the gate is not assessed.
    passed
        ``bool[C]`` pairs that pass the gate or are free of it.
    chain
        ``bool[C]`` pairs that are below the gate and free of it because they mend a gap.
    likely
        ``bool[C]`` pairs that reach the least probability.
    open
        ``bool[C]`` pairs that may be chosen, leaps where there is a quota.
    """

    threshold: Floats
    passed: Bools
    chain: Bools
    likely: Bools
    open: Bools

    def word(self, pair: int) -> str:
        """Return how a pair enters."""
        return CHAIN if self.chain[pair] else GATE if self.passed[pair] else LEAP

    def words(self) -> NDArray[np.str_]:
        """Return how each pair enters."""
        return np.where(self.chain, CHAIN, np.where(self.passed, GATE, LEAP))


def entry(q: Problem) -> Entry:
    """Return how the pairs of a problem may enter its plan."""
    threshold = thresholds(q)
    near = np.ones(q.pairs, dtype=bool) if q.density is None else ~(q.density < threshold[q.r])
    chain = np.zeros(q.pairs, dtype=bool)
    if q.spec.gate.chain == "free":
        chain[q.gaps.pair] = True
        chain &= ~near
    likely = q.p >= q.spec.min_p
    passed = near | chain
    allowed = passed | leaps(q)
    return Entry(threshold, passed, chain, likely, allowed & likely & ~q.forbidden)


def leaps(q: Problem) -> bool:
    """Return whether any leap is allowed."""
    leap = q.spec.leap
    return leap is not None and bool(leap.count or leap.share)


def thresholds(q: Problem) -> Floats:
    """Return each region's density at the gate, NaN where it is not assessed."""
    found = np.full(len(q.units), np.nan)
    rule = q.spec.gate.rule
    if q.density is None or rule == "none":
        return found
    if rule == "absolute":
        found[:] = q.spec.gate.at
        return found
    ends = np.searchsorted(q.r, np.arange(found.size + 1))  # pairs are sorted by region
    for n in np.flatnonzero(np.diff(ends)):
        found[n] = np.quantile(q.density[ends[n] : ends[n + 1]], q.spec.gate.at)
    return found
