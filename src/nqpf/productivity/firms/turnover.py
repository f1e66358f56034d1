"""What the change of an average productivity is made of when units grow, shrink, enter and leave.

Arrays only. With s shares and φ productivities of a group of units in two years, Φ = Σ s φ, and C, E and X the units
that continue, enter and leave, each function shares Φ₂ − Φ₁ out among the units, adding up exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Flags = NDArray[np.bool_]
Parts = dict[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Turnover:
    """N units of G groups in two years.

    Attributes
    ----------
    group, count
        ``int[N]`` group of each unit, and G.
    s1, s2
        ``float64[N]`` shares within the group, summing to 1 over a group that has units in that year; 0 if absent.
    p1, p2
        ``float64[N]`` productivity, 0 if absent.
    here1, here2
        ``bool[N]`` whether the unit is there.
    """

    group: Integers
    count: int
    s1: Floats
    p1: Floats
    here1: Flags
    s2: Floats
    p2: Floats
    here2: Flags

    @property
    def stays(self) -> Flags:
        """Return which units are there in both years."""
        return self.here1 & self.here2

    @property
    def enters(self) -> Flags:
        """Return which units are there in the second year only."""
        return self.here2 & ~self.here1

    @property
    def leaves(self) -> Flags:
        """Return which units are there in the first year only."""
        return self.here1 & ~self.here2

    def sums(self, values: Floats) -> Floats:
        """Return ``float64[G]``, the sum of ``float64[N]`` over each group."""
        return np.asarray(np.bincount(self.group, weights=values, minlength=self.count), dtype=np.float64)

    def where(self, kept: Flags) -> Turnover:
        """Return some of the units; groups keep their numbers, also those that are left without units."""
        one, two = (self.s1[kept], self.p1[kept], self.here1[kept]), (self.s2[kept], self.p2[kept], self.here2[kept])
        return Turnover(self.group[kept], self.count, *one, *two)

    def levels(self) -> tuple[Floats, Floats]:
        """Return Φ of each unit's group in both years, each ``float64[N]``."""
        one, two = self.sums(self.s1 * self.p1), self.sums(self.s2 * self.p2)
        return one[self.group], two[self.group]


def foster_haltiwanger_krizan(of: Turnover) -> Parts:
    """Return within, between, cross, entry and exit against the average of the first year.

    References
    ----------
    Foster, Haltiwanger and Krizan (2001), Aggregate Productivity Growth: Lessons from Microeconomic Evidence,
    doi:10.3386/w6803.
    """
    start, _ = of.levels()
    gain, moved = of.p2 - of.p1, of.s2 - of.s1
    return {
        "within": of.stays * of.s1 * gain,
        "between": of.stays * moved * (of.p1 - start),
        "cross": of.stays * moved * gain,
        "entry": of.enters * of.s2 * (of.p2 - start),
        "exit": -(of.leaves * of.s1 * (of.p1 - start)),
    }


def griliches_regev(of: Turnover) -> Parts:
    """Return within, between, entry and exit with the mean of both years as shares, productivities and reference.

    References
    ----------
    Griliches and Regev (1995), Firm productivity in Israeli industry 1979–1988, doi:10.1016/0304-4076(94)01601-U.
    """
    start, end = of.levels()
    mean = (start + end) / 2
    return {
        "within": of.stays * (of.s1 + of.s2) / 2 * (of.p2 - of.p1),
        "between": of.stays * (of.s2 - of.s1) * ((of.p1 + of.p2) / 2 - mean),
        "entry": of.enters * of.s2 * (of.p2 - mean),
        "exit": -(of.leaves * of.s1 * (of.p1 - mean)),
    }


def baily_hulten_campbell(of: Turnover) -> Parts:
    """Return within at shares of the first year, between at productivities of the second, entry and exit as they are.

    References
    ----------
    Baily, Hulten and Campbell (1992), Productivity Dynamics in Manufacturing Plants, doi:10.2307/2534764.
    """
    return {
        "within": of.stays * of.s1 * (of.p2 - of.p1),
        "between": of.stays * (of.s2 - of.s1) * of.p2,
        "entry": of.enters * of.s2 * of.p2,
        "exit": -(of.leaves * of.s1 * of.p1),
    }


def within_between(of: Turnover) -> Parts:
    """Return within at mean shares and between at mean productivities over the mean level; nobody enters or leaves.

    References
    ----------
    Griliches and Regev (1995), doi:10.1016/0304-4076(94)01601-U.
    """
    found = griliches_regev(of)
    return {"within": found["within"], "between": found["between"]}


def melitz_polanec(of: Turnover) -> Parts:
    """Return change of survivors' mean and of their covariance with size, entry and exit against the survivors.

    Every group has survivors with weight in both years.

    References
    ----------
    Melitz and Polanec (2015), Dynamic Olley–Pakes productivity decomposition with entry and exit,
    doi:10.1111/1756-2171.12114.
    """
    stays = of.stays
    each = (stays / of.sums(stays.astype(np.float64))[of.group]).astype(np.float64)
    sides: list[tuple[Floats, Floats]] = []
    for s, p in ((of.s1, of.p1), (of.s2, of.p2)):
        share = np.where(stays, s, 0.0) / of.sums(np.where(stays, s, 0.0))[of.group]
        mean = of.sums(each * p)[of.group]
        sides.append(((share - each) * (p - mean), of.sums(share * p)[of.group]))
    (cov1, level1), (cov2, level2) = sides
    return {
        "mean": each * (of.p2 - of.p1),
        "covariance": stays * (cov2 - cov1),
        "entry": of.enters * of.s2 * (of.p2 - level2),
        "exit": of.leaves * of.s1 * (level1 - of.p1),
    }


METHODS: dict[str, Callable[[Turnover], Parts]] = {
    "melitz_polanec": melitz_polanec,
    "foster_haltiwanger_krizan": foster_haltiwanger_krizan,
    "griliches_regev": griliches_regev,
    "baily_hulten_campbell": baily_hulten_campbell,
    "within_between": within_between,
}


def olley_pakes(s: Floats, p: Floats, group: Integers, count: int) -> tuple[Parts, Parts]:
    """Return what an average is made of within one year: the unweighted mean, and the covariance of size with it.

    Parameters
    ----------
    s, p
        ``float64[N]`` shares, summing to 1, and productivities of the units of one year.
    group, count
        ``int[N]`` group of each unit, and G.

    Returns
    -------
    tuple
        ``mean`` and ``covariance_within`` of each unit, ``float64[N]``, and ``covariance_between`` of each group,
        ``float64[G]``; together they are Σ s p.

    References
    ----------
    Olley and Pakes (1996), doi:10.2307/2171831.
    """
    size = np.bincount(group, minlength=count)
    with_units = np.maximum(size, 1)
    total = np.bincount(group, weights=s, minlength=count)
    mean = np.bincount(group, weights=p, minlength=count) / with_units
    within = (s - (total / with_units)[group]) * (p - mean[group])
    between = (total - size / s.size) * (mean - p.mean())
    return {"mean": p / s.size, "covariance_within": within}, {"covariance_between": np.where(size > 0, between, 0.0)}
