"""A balanced table of one quantity as years × units: what every convergence test starts from.

Nothing is filled or left out: a cell that is absent, or that has no logarithm where one is taken, stops with the unit,
the year and the column. Units are held in the order of their names, so that the order of rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.results import Note

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

FEW_YEARS = 10
"""Years below which a test over time is called a short one."""


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """T years × N units without a gap.

    Attributes
    ----------
    years
        ``int[T]``, those the table has.
    units
        N names in their order.
    values
        ``float64[T, N]``.
    column
        Name of the quantity.
    keyed
        The table by key, for further columns.
    """

    years: NDArray[np.intp]
    units: tuple[str, ...]
    values: Floats
    column: str
    keyed: Keyed

    @classmethod
    def of(
        cls, data: Any, column: str, unit: str, time: str, start: int | None = None, end: int | None = None
    ) -> Observed:
        """Return the years from `start` to `end`, both with them; a year that no row has is no year of the table.

        Raises
        ------
        DataError
            A column is absent, a key stands twice, or a cell holds no number.
        SpecError
            The table has no such year.
        MethodError
            A cell is missing, or there are fewer than two units.
        """
        keyed = Keyed.of(data, unit, time)
        there = np.unique(keyed.years[keyed.t])
        for key, year in (("start", start), ("end", end)):
            if year is not None and year not in there:
                raise SpecError("convergence_no_year", where=Where(key=key), year=year, years=listing(there, 30))
        kept = there[(there >= (start or there[0])) & (there <= (end or there[-1]))]
        bare = cls(kept, tuple(sorted(keyed.units)), np.empty((0, 0)), column, keyed)
        if len(bare.units) < 2:
            raise MethodError("convergence_few_units", where=Where(indicator=column), count=len(bare.units))
        return replace(bare, values=bare.beside(column))

    def beside(self, column: str, at: Sequence[int] | None = None) -> Floats:
        """Return another column in the same order ``float64[T, N]``, of the years `at` if they are given."""
        years = self.years if at is None else np.asarray(at)
        order = np.argsort(np.array(self.keyed.units, dtype=object), kind="stable")
        cube: Floats = self.keyed.cube(column)[years - self.keyed.years[0]][:, order]
        gone = np.isnan(cube)
        if gone.any():
            raise MethodError(
                "convergence_unbalanced", where=self._at(gone, column, years), count=int(gone.sum()),
                units=listing(self.units[n] for n in np.flatnonzero(gone.any(axis=0))),
            )  # fmt: skip
        return cube

    def only(self, years: Sequence[int]) -> Observed:
        """Return some of the years."""
        at = np.searchsorted(self.years, years)
        return replace(self, years=self.years[at], values=self.values[at])

    def logs(self) -> Floats:
        """Return natural logarithms ``float64[T, N]``; an error where a value has none."""
        self.refuse(self.values <= 0, "convergence_not_positive")
        found: Floats = np.log(self.values)
        return found

    def refuse(self, wrong: Marks, code: str) -> None:
        """Raise a MethodError for the first of the values marked in ``bool[T, N]``."""
        if wrong.any():
            t, n = np.argwhere(wrong)[0]
            place = self._at(wrong, self.column, self.years)
            raise MethodError(code, where=place, value=float(self.values[t, n]), count=int(wrong.sum()))

    def remarks(self, *, span: bool = True) -> list[Note]:
        """Return what is to be said of the years: few of them, or with gaps between them."""
        found = []
        if span and len(self.years) < FEW_YEARS:
            found.append(Note("convergence_short", values={"years": len(self.years), "least": FEW_YEARS}))
        if (steps := np.unique(np.diff(self.years))).size > 1:
            found.append(Note("convergence_year_gaps", values={"steps": listing(steps.tolist())}))
        return found

    def _at(self, wrong: Marks, column: str, years: NDArray[np.intp]) -> Where:
        t, n = np.argwhere(wrong)[0]
        return Where(unit=self.units[n], period=int(years[t]), indicator=column)
