"""What a plan decides on, as arrays: pairs of region and industry, what they promise and what limits them.

Rows are sorted by key, so that the order in which tables are written plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.industry.planning.spec import PlanSpec

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]

GATE, LEAP, CHAIN = "gate", "leap", "chain"
"""How a pair enters: it passes the gate, it is a leap below it, or it mends a chain gap and is free of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """G chain gaps.

    Attributes
    ----------
    names
        Names in order.
    target, weight
        ``float64[G]`` probability to be reached, and what the gap counts.
    gap, pair
        ``int[M]`` gaps and the pairs that mend them.
    """

    names: tuple[str, ...]
    target: Floats
    weight: Floats
    gap: Integers
    pair: Integers

    @property
    def need(self) -> Floats:
        """−ln(1 − target), what the sum of −ln(1 − p) has to reach."""
        return -np.log1p(-self.target)

    def cover(self, p: Floats) -> Floats:
        """Return ``float64[M]`` what each pair adds to its gap, as a share of the need and at most all of it."""
        with np.errstate(divide="ignore"):
            whole = -np.log1p(-p[self.pair])
        cover: Floats = np.minimum(whole / self.need[self.gap], 1.0)
        return cover


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """C pairs of N regions and K industries, sorted by region and industry, and their limits.

    Attributes
    ----------
    spec
        What is asked for.
    unit, industry
        Names of the columns of keys.
    units, industries
        Labels in rising order.
    r, j
        ``int[C]`` region and industry of each pair.
    p, v, size, cost
        ``float64[C]`` probability, value, size and cost in units of value.
    low, high
        ``float64[C]`` interval of p, or None.
    density, threshold
        ``float64[C]`` and the gate ``float64[N]``; None where the gate is not assessed.
    minimum, cap, gain
        ``float64[C]`` least and most funds, and value of a unit of funds beyond the least; None where not assessed.
    new_jobs
        ``float64[C]`` jobs of a target that succeeds, or None.
    present, forbidden
        ``bool[C]`` the region has the industry already; the pair is on the negative list.
    count, funds, release, jobs, absorb, scale
        ``float64[N]``: most targets (inf: no limit), funds, jobs to be released, traditional jobs, jobs that can be
        taken up (NaN: not known), and what a region's gain is divided by.
    cluster, clusters
        ``int[N]`` and names; every region its own where none are known.
    headroom, most
        ``float64[K]``: NaN where not known; most regions, inf where there is no limit.
    layer, critical
        Layer of each industry, None where not known; ``bool[K]``.
    gaps
        Chain gaps.
    known
        Columns that were there, as ``table.role``.
    """

    spec: PlanSpec
    unit: str
    industry: str
    units: pl.Series
    industries: pl.Series
    r: Integers
    j: Integers
    p: Floats
    v: Floats
    size: Floats
    cost: Floats
    low: Floats | None
    high: Floats | None
    density: Floats | None
    minimum: Floats | None
    cap: Floats | None
    gain: Floats | None
    new_jobs: Floats | None
    present: Bools
    forbidden: Bools
    count: Floats
    funds: Floats
    release: Floats
    jobs: Floats
    absorb: Floats
    scale: Floats
    cluster: Integers
    clusters: tuple[str, ...]
    headroom: Floats
    most: Floats
    layer: tuple[str | None, ...]
    critical: Bools
    gaps: Gaps
    known: frozenset[str]

    @property
    def pairs(self) -> int:
        """C."""
        return self.r.size

    @property
    def worth(self) -> Floats:
        """``float64[C]`` expected value p v."""
        return self.p * self.v

    @property
    def funded(self) -> bool:
        """Whether funds are assessed."""
        return self.minimum is not None and "regions.funds" in self.known

    @property
    def released(self) -> bool:
        """Whether the release of traditional jobs is assessed."""
        return self.new_jobs is not None and "regions.jobs" in self.known

    def layered(self, layers: tuple[str, ...] | None) -> Bools:
        """Return ``bool[C]`` which pairs belong to one of the layers; all where it is None."""
        if layers is None:
            return np.ones(self.pairs, dtype=bool)
        found: Bools = np.array([layer in layers for layer in self.layer])[self.j]
        return found

    def names(self, pairs: Integers) -> Mapping[str, pl.Series]:
        """Return the keys of some pairs as columns."""
        return {self.unit: self.units.gather(self.r[pairs]), self.industry: self.industries.gather(self.j[pairs])}

    def keys(self, pairs: Integers) -> pl.DataFrame:
        """Return the keys of some pairs as a table."""
        return pl.DataFrame([column.alias(name) for name, column in self.names(pairs).items()])

    def pair(self, unit: Any, industry: Any) -> int | None:
        """Return the place of a pair, None where it is no candidate."""
        r, j = (np.flatnonzero((labels.cast(pl.String) == str(name)).to_numpy())
                for labels, name in ((self.units, unit), (self.industries, industry)))  # fmt: skip
        found = np.flatnonzero(np.isin(self.r, r) & np.isin(self.j, j))
        return int(found[0]) if found.size else None
