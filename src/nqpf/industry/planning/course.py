"""A choice that is made one target after another, and what it leaves of every limit and need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case
from nqpf.industry.planning.families import LINKS
from nqpf.industry.planning.model import Model

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]

KEPT = 1e-9
"""Share of a limit by which arithmetic may pass it."""


@dataclass(slots=True, eq=False)
class Course:
    """A choice under construction; its arrays change with every target.

    Attributes
    ----------
    case, pairs
        The case, and the pair of each column.
    start, row, take
        Limits of the program that speak of targets only, by column: what each takes of which row.
    most, used
        ``float64[m]`` limits, and what is used of them.
    covers
        Gaps that a pair mends, and how much of each.
    chosen, load, seen, open, need, reached, lacking
        The choice; load and presence of industries; what is open of gaps; clusters that critical industries have to
        reach and have; targets that regions lack to their floors.
    """

    case: Case
    pairs: Integers
    start: Integers
    row: Integers
    take: Floats
    most: Floats
    used: Floats
    covers: Mapping[int, list[tuple[int, float]]]
    chosen: Bools
    load: Floats
    seen: Bools
    open: Floats
    need: Floats
    reached: Bools
    lacking: Floats
    net: Floats
    widths: Floats
    prices: Floats
    crowded: frozenset[int]

    @classmethod
    def of(cls, case: Case, made: Model) -> Course:
        """Return the choice of nothing."""
        q, k = case.q, len(case.q.industries)
        rows = made.program.rows.tocsr()
        alone = np.isfinite(made.program.most) & ~np.isin(made.code, (*LINKS, "absorbed", "first_period"))
        alone &= (np.diff(rows[:, made.pairs.size :].indptr) == 0) | (made.code == "funds")
        kept = np.flatnonzero(alone)
        inner = rows[kept][:, : made.pairs.size].tocsc()
        covers: dict[int, list[tuple[int, float]]] = {}
        for gap, pair, share in zip(q.gaps.gap.tolist(), q.gaps.pair.tolist(), q.gaps.cover(q.p).tolist(), strict=True):
            covers.setdefault(pair, []).append((gap, share))
        gaps = np.full(len(q.gaps.names), float(case.joint))
        return cls(
            case, made.pairs, inner.indptr, inner.indices, inner.data, made.program.most[kept], np.zeros(kept.size),
            covers, np.zeros(q.pairs, dtype=bool), np.zeros(k), np.zeros(k, dtype=bool), gaps, case.need.copy(),
            case.settled.copy(), case.floor.copy(), case.net, *case.steps(), frozenset(case.crowded.tolist()),
        )  # fmt: skip

    def fits(self, column: int) -> bool:
        """Return whether a target can be added."""
        if self.chosen[self.pairs[column]]:
            return False
        part = slice(self.start[column], self.start[column + 1])
        rows, most = self.row[part], self.most[self.row[part]]
        if (self.used[rows] + self.take[part] > most + KEPT * np.maximum(np.abs(most), 1.0)).any():
            return False
        j = int(self.case.q.j[self.pairs[column]])
        if j not in self.crowded or not self.prices.size:
            return True
        room = self.case.q.headroom[j] + self.widths[j].sum()
        return bool(self.load[j] + self.case.q.size[self.pairs[column]] <= room * (1 + KEPT))

    def add(self, column: int) -> None:
        """Add a target."""
        pair = int(self.pairs[column])
        r, j = int(self.case.q.r[pair]), int(self.case.q.j[pair])
        part = slice(self.start[column], self.start[column + 1])
        self.used[self.row[part]] += self.take[part]
        self.chosen[pair] = self.seen[j] = True
        self.load[j] += self.case.q.size[pair]
        k = self.case.q.cluster[r]
        self.need[j] -= not self.reached[j, k]
        self.reached[j, k] = True
        self.lacking[r] -= self.case.counted[pair]
        for gap, share in self.covers.get(pair, ()):
            self.open[gap] = max(self.open[gap] - share, 0.0)

    def margin(self, column: int) -> float:
        """Return what the objective gains by a target at this moment."""
        q, s, pair = self.case.q, self.case.q.spec, int(self.pairs[column])
        r, j = q.r[pair], int(q.j[pair])
        value = float(self.net[pair])
        if j in self.crowded and self.prices.size:
            value -= self._excess_cost(j, self.load[j] + q.size[pair]) - self._excess_cost(j, self.load[j])
        if self.case.joint and not self.seen[j]:
            value += s.spread
        for gap, share in self.covers.get(pair, ()) if s.gaps.price else ():
            value += s.gaps.price * q.gaps.weight[gap] * min(share, self.open[gap])
        if s.resilience.price and self.need[j] > 0 and not self.reached[j, q.cluster[r]]:
            value += s.resilience.price
        if s.floor is not None and s.floor.price and self.lacking[r] > 0 and self.case.counted[pair]:
            value += s.floor.price
        return value

    def _excess_cost(self, j: int, load: float) -> float:
        left, cost = load - self.case.q.headroom[j], 0.0
        for width, price in zip(self.widths[j], self.prices, strict=True):
            if left <= 0:
                break
            cost += price * min(left, width)
            left -= width
        return cost
