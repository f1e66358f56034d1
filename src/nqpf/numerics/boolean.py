"""Boolean functions of k yes-or-no conditions made short: prime implicants and all smallest sets of them that suffice.

Quine (1952), The problem of simplifying truth functions, doi:10.2307/2308219; McCluskey (1956), Minimization of Boolean
functions, doi:10.1002/j.1538-7305.1956.tb03835.x; the smallest covers (Petrick's problem) are found by a search and,
where that is long, an integer program. A combination is a row of 0 and 1; a term besides has 2 where a condition may be
either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

Bools = NDArray[np.bool_]
Words = NDArray[np.int8]

FREE = 2
"""Of a term: the condition may be either."""
EFFORT = 10_000
"""Steps of the search for smallest covers after which it says that there may be more."""
FEW = 200
"""Steps after which the size of the smallest is left to an integer program."""


@dataclass(frozen=True, slots=True, eq=False)
class Covers:
    """Smallest sets of terms that hold all combinations of a chart.

    Attributes
    ----------
    sets
        Each as the places of its terms, in order; empty if some combination is held by no term.
    complete
        Whether these are all there are.
    """

    sets: tuple[tuple[int, ...], ...]
    complete: bool


def combinations(k: int) -> Words:
    """Return all combinations of k conditions ``int8[2^k, k]``, the last condition changing first."""
    return ((np.arange(2**k)[:, None] >> np.arange(k)[::-1]) & 1).astype(np.int8)


def prime_implicants(on: Bools, allowed: Bools) -> Words:
    """Return the terms ``int8[P, k]`` that hold only what is allowed and something that is on, and cannot be longer.

    Parameters
    ----------
    on
        ``bool[2^k]`` combinations, as in `combinations`, that must be covered.
    allowed
        ``bool[2^k]`` those that may be.

    Returns
    -------
    Words
        Terms with fewer conditions first, then in the order of their words.

    Examples
    --------
    >>> on = np.array([False, False, True, True])
    >>> prime_implicants(on, on).tolist()
    [[1, 2]]
    """
    k = int(on.size).bit_length() - 1
    inside, touches = (allowed | on).reshape((2,) * k), on.reshape((2,) * k)
    for axis in range(k):  # of every condition the third word: whichever
        inside = np.concatenate([inside, inside.all(axis=axis, keepdims=True)], axis=axis)
        touches = np.concatenate([touches, touches.any(axis=axis, keepdims=True)], axis=axis)
    prime = inside & touches
    for axis in range(k):
        wider = np.take(inside, [FREE], axis=axis)
        fixed = [slice(None)] * k
        fixed[axis] = slice(0, 2)
        prime[tuple(fixed)] &= ~wider
    found = np.argwhere(prime).astype(np.int8).reshape(-1, k)
    return found[np.argsort((found != FREE).sum(axis=1), kind="stable")]


def holds(terms: Words, rows: Words) -> Bools:
    """Return which terms ``int8[P, k]`` hold which combinations ``int8[R, k]``, as ``bool[P, R]``."""
    return np.asarray(((terms[:, None] == FREE) | (terms[:, None] == rows)).all(axis=2))


def smallest_covers(chart: Bools, most: int, effort: int = EFFORT) -> Covers:
    """Return the smallest sets of rows of ``bool[P, R]`` in which every column is met.

    Parameters
    ----------
    chart
        Which of P terms hold which of R combinations.
    most
        Sets to find at most.
    effort
        Steps of the search after which it stops; one smallest set is found in any case.

    Examples
    --------
    >>> smallest_covers(np.array([[True, True, False], [True, False, True], [False, True, True]]), 10).sets
    ((0, 1), (0, 2), (1, 2))
    """
    if not chart.any(axis=0).all():
        return Covers((), True)
    meets = {sum(1 << int(p) for p in np.flatnonzero(chart[:, r])) for r in range(chart.shape[1])}
    # A combination that is met whenever another is adds nothing.
    needs = sorted(
        (m for m in meets if not any(o != m and o & m == o for o in meets)), key=lambda m: (m.bit_count(), m)
    )
    first = _soon(needs)
    if first is None:
        first = _proven(needs, len(chart))
    search = _Search(effort)
    found = sorted(islice(search.covers(needs, len(first)), most))
    return Covers(tuple(found) or (first,), not search.spent and len(found) < most)


def _soon(needs: list[int]) -> tuple[int, ...] | None:
    """Return one smallest cover if few steps find it."""
    search = _Search(FEW)
    for size in count(_bound(needs)):
        one = next(search.covers(needs, size), None)
        if one is not None or search.spent:
            return one
    raise AssertionError("unreachable: all terms together are a cover")


def _proven(needs: list[int], terms: int) -> tuple[int, ...]:
    """Return one smallest cover as the proven optimum of an integer program."""
    chart = np.array([[need >> t & 1 for t in range(terms)] for need in needs], dtype=float)
    solved = milp(np.ones(terms), constraints=LinearConstraint(chart, lb=1), integrality=1, bounds=Bounds(0, 1))
    if solved.x is None:
        raise RuntimeError(solved.message)
    return tuple(int(t) for t in np.flatnonzero(solved.x > 0.5))


def _bound(needs: list[int]) -> int:
    """Return how many of the needs have no term in common: so many terms are needed at least."""
    apart, taken = 0, 0
    for need in needs:
        if not need & taken:
            taken |= need
            apart += 1
    return apart


@dataclass(slots=True)
class _Search:
    """A search in depth; `steps` are left."""

    steps: int

    @property
    def spent(self) -> bool:
        return self.steps < 0

    def covers(self, open: list[int], left: int, banned: int = 0) -> Iterator[tuple[int, ...]]:
        """Yield the covers of what is open with at most `left` terms; a term that was tried is banned beside others."""
        if not open:
            yield ()
            return
        self.steps -= 1
        usable = sorted((need & ~banned for need in open), key=int.bit_count)
        if self.spent or _bound(usable) > left or not usable[0]:
            return
        choices = usable[0]
        while choices:
            bit = choices & -choices
            choices ^= bit
            for rest in self.covers([need for need in open if not need & bit], left - 1, banned):
                yield tuple(sorted((bit.bit_length() - 1, *rest)))
            banned |= bit
