"""When each unit adopts a policy, read off a column that is 1 from then on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, MethodError, Where
from nqpf.regions.panels.sample import Sample

Integers = NDArray[np.intp]
NEVER = -1


@dataclass(frozen=True, slots=True, eq=False)
class Adoption:
    """First year of each unit.

    Attributes
    ----------
    first
        ``int[N]`` number of the first year with the policy; −1 for units that never have it.
    always
        ``bool[N]`` units that have it from their first row on, so that nothing is known of them before.
    unsure
        ``bool[N]`` units without a row in the year before the first that they have it: they may have adopted then.
    """

    first: Integers
    always: NDArray[np.bool_]
    unsure: NDArray[np.bool_]

    @classmethod
    def of(cls, sample: Sample, column: str) -> Self:
        """Return it from a column of 0 and 1.

        Raises
        ------
        DataError
            A cell is neither 0 nor 1, or 0 after 1.
        MethodError
            No unit ever has it, or every one always.
        """
        marks = sample.values[:, sample.columns.index(column)]
        odd = np.flatnonzero((marks != 0) & (marks != 1))
        if odd.size:
            raise DataError("panels_not_binary", where=_place(sample, int(odd[0]), column), value=float(marks[odd[0]]))
        late = len(sample.years)
        on = marks == 1
        first = np.full(len(sample.units), late)
        np.minimum.at(first, sample.unit, np.where(on, sample.time, late))
        back = np.flatnonzero(~on & (sample.time > first[sample.unit]))
        if back.size:
            raise DataError("panels_policy_ends", where=_place(sample, int(back[0]), column))
        start = np.full(len(sample.units), late)
        np.minimum.at(start, sample.unit, sample.time)
        never = first == late
        if never.all() or (~never & (first == start)).all():
            raise MethodError("panels_no_policy", where=Where(indicator=column))
        there = np.zeros((len(sample.units), late), dtype=bool)
        there[sample.unit, sample.time] = True
        always = ~never & (first == start)
        before = there[np.arange(len(first)), np.maximum(first - 1, 0)]
        return cls(np.where(never, NEVER, first).astype(np.intp), always, ~never & ~always & ~before)

    @property
    def never(self) -> NDArray[np.bool_]:
        """Return which units never have the policy."""
        found: NDArray[np.bool_] = self.first == NEVER
        return found

    def cohorts(self) -> list[int]:
        """Return the years (numbers) in which units adopt that are known before."""
        return sorted({int(f) for f in self.first[~self.never & ~self.always]})

    def table(self, sample: Sample) -> pl.DataFrame:
        """Return how many units adopt when: ``cohort`` (year; null: never), ``units``, ``used``."""
        rows: list[tuple[int | None, int, bool]] = []
        for f in sorted(set(self.first.tolist()), key=lambda f: (f == NEVER, f)):
            own = self.first == f
            for always in (True, False):
                if count := int((own & (self.always == always)).sum()):
                    rows.append((None if f == NEVER else sample.years[f], count, not always))
        return pl.DataFrame(rows, schema={"cohort": pl.Int64, "units": pl.Int64, "used": pl.Boolean}, orient="row")


def _place(sample: Sample, row: int, column: str) -> Where:
    return Where(unit=sample.units[sample.unit[row]], period=sample.years[sample.time[row]], indicator=column)
