"""The clustering of Phillips and Sul: core groups, their members, and what is left over.

Units come in the order of their last value, largest first. Phillips and Sul (2007),
doi:10.1111/j.1468-0262.2007.00811.x, section 4, and (2009), doi:10.1002/jae.1080.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.regions.convergence.log_t import Fits, LogT, no_t
from nqpf.regions.convergence.transition import spread, spread_growing, spread_joined, spread_pairs

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Core = Literal["max", "absolute"]
Increase = Literal["fixed", "incremental"]


@dataclass(frozen=True, slots=True, eq=False)
class Club:
    """Units that converge.

    Attributes
    ----------
    rows
        Their places, the core first.
    core
        How many of them are the core.
    fit
        The log t regression of all.
    threshold
        The c* by which the others were taken in.
    joined
        Places in the list of clubs, from 0, that it was merged from.
    """

    rows: Integers
    core: int
    fit: Fits
    threshold: float
    joined: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """How clubs are found.

    Attributes
    ----------
    test
        The log t regression.
    names
        Names of the units, for errors.
    critical
        t value above which a group converges.
    threshold, increase, increment, cap
        c* to begin with; whether it rises until the club converges, by how much, up to what value.
    core
        The core is the group with the largest t, or with the largest |t|.
    """

    test: LogT
    names: tuple[str, ...]
    critical: float
    threshold: float
    increase: Increase
    increment: float
    cap: float
    core: Core

    def group(self, x: Floats, rows: Integers) -> Fits:
        """Return the regression of some of the units ``x[T, N]``."""
        return self.test.sure(spread(x[:, rows])[None], self._named(rows))

    def clubs(self, x: Floats) -> tuple[list[Club], Integers]:
        """Return the clubs of ``x[T, N]`` (N units, largest last value first) and the places of what diverges."""
        found: list[Club] = []
        left = np.arange(x.shape[1])
        while left.size > 1:
            whole = self.group(x, left)
            if whole.t[0] > self.critical:
                return [*found, Club(left, left.size, whole, self.threshold)], np.arange(0)
            core = self._core(x, left)
            if core is None:
                return found, left
            club = self._members(x, left, core)
            found.append(club)
            left = np.setdiff1d(left, club.rows)
        return found, left

    def _core(self, x: Floats, left: Integers) -> Integers | None:
        """Return the places of the core group: from the first pair that converges, the best of the growing groups."""
        pairs = self.test.fit(spread_pairs(x[:, left]))
        for first in range(left.size - 1):
            if np.isnan(pairs.t[first]):
                raise no_t(self._named(left[first : first + 2]))
            if pairs.t[first] > self.critical:
                break
        else:
            return None
        growing = self.test.fit(spread_growing(x[:, left[first:]]))
        kept = 0
        while kept < growing.t.size and growing.t[kept] > self.critical:
            kept += 1
        if kept < growing.t.size and np.isnan(growing.t[kept]):
            raise no_t(self._named(left[first : first + kept + 2]))
        t = growing.t[: max(kept, 1)]
        best = int(np.argmax(np.abs(t) if self.core == "absolute" else t))
        return left[first : first + best + 2]

    def _members(self, x: Floats, left: Integers, core: Integers) -> Club:
        """Return the core with every unit whose log t beside it is above c*."""
        others = np.setdiff1d(left, core)
        t = self.test.sure(spread_joined(x[:, core], x[:, others]), self._named(core)).t
        for threshold in self._thresholds():
            rows = np.concatenate([core, others[t > threshold]])
            fit = self.group(x, rows)
            if fit.t[0] > self.critical or self.increase == "fixed":
                return Club(rows, core.size, fit, threshold)
        return Club(core, core.size, self.group(x, core), threshold)

    def _thresholds(self) -> Iterator[float]:
        yield (threshold := self.threshold)
        while threshold <= self.cap:
            threshold += self.increment
            yield threshold

    def _named(self, rows: Integers) -> list[str]:
        return [self.names[i] for i in rows]
