"""An irreducible set of conflicting constraints by halving: Junker (2004), QUICKXPLAIN, AAAI-04, pages 167–172."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

A = TypeVar("A")


def irreducible(constraints: Sequence[A], feasible: Callable[[Sequence[A]], bool]) -> list[A]:
    """Return constraints that cannot be met together although any of them can be done without.

    Parameters
    ----------
    constraints
        Cannot be met together.
    feasible
        Whether some of them can; fewer constraints are never harder to meet. It is asked about k log₂(n / k) times for
        k conflicting ones of n.

    Examples
    --------
    >>> irreducible([3, 5, 8, 1, 9], lambda some: sum(some) < 17)
    [3, 5, 8, 1]
    """
    if not feasible([]):
        return []
    return _conflict([], False, list(constraints), feasible)


def _conflict(kept: list[A], grown: bool, some: list[A], feasible: Callable[[Sequence[A]], bool]) -> list[A]:
    """Return which of `some` conflict beside what is kept; `grown` says that the kept are more than before."""
    if grown and not feasible(kept):
        return []
    if len(some) == 1:
        return some
    one, two = some[: len(some) // 2], some[len(some) // 2 :]
    late = _conflict(kept + one, bool(one), two, feasible)
    early = _conflict(kept + late, bool(late), one, feasible)
    return early + late
