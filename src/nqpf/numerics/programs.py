"""Linear programs that share their columns: what is solved, what comes back, and the proof that it is right.

Every model of production frontiers is one form: unit u chooses intensities λ over n reference columns and a few numbers
e of its own,

    max  c_u·e   subject to   A λ + E_u e = b_u,   λ ≥ 0,   e ≥ 0,

where A is shared by all units. The dual prices π prove an optimum: π A ≥ 0, π E_u ≥ c_u and π b_u = c_u·e.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OPTIMAL, INFEASIBLE, UNBOUNDED, DOUBTFUL = 0, 1, 2, 3
STATUS = ("optimal", "infeasible", "unbounded", "doubtful")
"""Words of the status codes: position is code."""


@dataclass(frozen=True, slots=True, eq=False)
class Programs:
    """U linear programs over n shared columns, with m rows and p numbers of their own each.

    Attributes
    ----------
    columns
        ``float64[m, n]`` A.
    extra
        ``float64[U or 1, m, p]`` E_u; slacks stand here as columns of their own.
    rhs
        ``float64[U or 1, m]`` b_u.
    cost
        ``float64[U or 1, p]`` c_u; the λ cost nothing.
    own
        ``int64[U]`` column of A that is the unit itself, −1 where none is: a start for the solver, nothing else.
    barred
        ``int64[U]`` column of A that may not be used by this unit (super-efficiency), −1 where all may; None: all may.
    """

    columns: Floats
    extra: Floats
    rhs: Floats
    cost: Floats
    own: Integers
    barred: Integers | None = None

    @property
    def size(self) -> int:
        """Number of programs."""
        return len(self.own)

    @property
    def bars(self) -> Integers:
        """``int64[U]`` `barred`, with −1 where all columns may be used."""
        return np.full(self.size, -1, dtype=np.int64) if self.barred is None else self.barred

    def at(self, which: Integers) -> Programs:
        """Return the programs at these places."""
        extra, rhs, cost = (a if len(a) == 1 else a[which] for a in (self.extra, self.rhs, self.cost))
        barred = None if self.barred is None else self.barred[which]
        return Programs(self.columns, extra, rhs, cost, self.own[which], barred)


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What the solver found, NaN wherever the status is not optimal.

    Attributes
    ----------
    value
        ``float64[U]`` c_u·e.
    status
        ``int8[U]`` `OPTIMAL`, `INFEASIBLE`, `UNBOUNDED` or `DOUBTFUL`: neither the kernel nor HiGHS could prove it.
    extra
        ``float64[U, p]`` e.
    dual
        ``float64[U, m]`` π, prices of the rows.
    basis
        ``int64[U, m]`` columns in the basis: j < n is λ_j, n + k is e_k, −1 a row that is redundant.
    weight
        ``float64[U, m]`` their values.
    gap
        ``float64[U]`` certificate: the largest of what is missing in A λ + E e = b, in λ, e ≥ 0, in π A ≥ 0,
        π E ≥ c and π b = c·e, each relative to the size of its terms.
    """

    value: Floats
    status: NDArray[np.int8]
    extra: Floats
    dual: Floats
    basis: Integers
    weight: Floats
    gap: Floats

    def intensities(self, n: int) -> tuple[Integers, Integers, Floats]:
        """Return the λ > 0 as (unit, column, value), sorted by unit and column; n is the number of columns."""
        unit, slot = np.nonzero((self.basis >= 0) & (self.basis < n) & (self.weight > 0))
        column, value = self.basis[unit, slot], self.weight[unit, slot]
        order = np.lexsort((column, unit))
        return unit[order], column[order], value[order]
