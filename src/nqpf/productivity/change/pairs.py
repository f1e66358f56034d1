"""Pairs of neighbouring years of every unit, with what is missing as an explicit mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nqpf.productivity.frontier.quantities import Bools, Observed
from nqpf.productivity.frontier.technology import Integers


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every unit × every two neighbouring years that anybody is observed in.

    Attributes
    ----------
    row
        ``int[N, T]`` row of each unit and year among the observations, −1 where there is none that is complete.
    both
        ``bool[N, T − 1]`` the unit is there in both years.
    """

    row: Integers
    both: Bools

    @classmethod
    def of(cls, observed: Observed) -> Pairs:
        """Return the pairs of a table."""
        row = np.full((len(observed.units), len(observed.periods)), -1, np.intp)
        rows = np.flatnonzero(observed.complete)
        row[observed.n[rows], observed.t[rows]] = rows
        there = row >= 0
        return cls(row, there[:, :-1] & there[:, 1:])

    @property
    def there(self) -> Bools:
        """Return ``bool[N, T]``: the unit is observed completely in the year."""
        return self.row >= 0
