"""Which observation is compared with which: a unit with itself a year ago or in a base year, or with another unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.productivity.change.pairs import Pairs
from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.technology import Integers

Comparison = Literal["previous", "base", "unit"]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """C complete observations, and with what each is compared.

    Attributes
    ----------
    now
        ``int[C]`` rows.
    before
        ``int[C]`` row that each is compared with; the row itself where there is none.
    paired
        ``bool[C]`` whether there is one.
    other
        ``int[N, T]`` row that each unit and year would be compared with, −1 where it is not there.
    row
        ``int[N, T]`` row of each unit and year, −1 where it is not there.
    first
        Position of the first year that is compared with anything: of ``previous`` the second.
    """

    now: Integers
    before: Integers
    paired: Bools
    other: Integers
    row: Integers
    first: int

    @classmethod
    def of(cls, observed: Observed, comparison: str, base_unit: Any, base_year: int | None) -> Compared:
        """Return the comparisons of a table.

        Raises
        ------
        SpecError
            A base that is not there, or none of the comparison's.
        MethodError
            Nothing can be compared.
        """
        row = Pairs.of(observed).row
        other = np.full_like(row, -1)
        n = None if base_unit is None else _place(observed.units, str(base_unit), "base_unit")
        years = [str(year) for year in observed.periods]
        t = 0 if base_year is None else _place(years, str(base_year), "base_year")
        if comparison == "previous":
            other[:, 1:] = row[:, :-1]
        elif comparison == "base":
            other[:] = row[:, [t]] if n is None else row[n, t]
        else:
            other[:] = row[n]
        there = row >= 0
        now, before = row[there], other[there]
        if not (before >= 0).any():
            raise MethodError("index_no_pairs", years=listing(observed.periods))
        paired = before >= 0
        return cls(now, np.where(paired, before, now), paired, other, row, int(comparison == "previous"))


def check_base(comparison: str, base_unit: Any, base_year: int | None) -> None:
    """Raise a SpecError if a base is given that the comparison does not have, or not given that it needs."""
    for key, value, of in (("base_unit", base_unit, ("base", "unit")), ("base_year", base_year, ("base",))):
        if value is not None and comparison not in of:
            raise SpecError("option_unused", where=Where(key=key), option=key, method=comparison, methods=listing(of))
    if comparison == "unit" and base_unit is None:
        raise SpecError("index_base_unit_needed", where=Where(key="base_unit"))


def _place(names: Any, name: str, key: str) -> int:
    if name not in names:
        near = hint(name, names)
        raise SpecError("index_base_absent", where=Where(key=key), value=name, options=listing(names, 20), hint=near)
    return int(names.index(name))
