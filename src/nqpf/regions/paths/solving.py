"""Truth tables and their solutions: rows that pass, remainders, and the shortest expressions of what passes.

Ragin (2008), Redesigning Social Inquiry, University of Chicago Press; easy counterfactuals: Ragin and Sonnett (2005),
Between complexity and parsimony, in Kropp and Minkenberg (eds.), Vergleichen in der Politikwissenschaft, VS Verlag,
180–197. A term is a row of 0 (absent), 1 (present) and 2 (either).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.boolean import FREE, Bools, combinations, holds, prime_implicants, smallest_covers
from nqpf.numerics.fuzzy import NOISE, consistency, intersection, proportional_reduction

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Solution = Literal["complex", "parsimonious", "intermediate"]
Term = tuple[int, ...]
Model = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Effort:
    """How many models of equal length are listed at most, and how many steps a search for them takes at most."""

    models: int
    steps: int


FULL = Effort(30, 10_000)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which number of cases, consistency and PRI a row passes."""

    frequency: int
    consistency: float
    pri: float


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The U combinations of k conditions that cases are found in.

    Attributes
    ----------
    conditions
        k.
    code
        ``int[U]`` number of each combination, the last condition changing first.
    row
        ``int[N]`` place of each case's combination; −1 where it belongs to none, a membership being one half.
    count, consistency, pri
        ``[U]`` cases, and how far membership in the combination is sufficient for the outcome.
    member
        ``float64[U, N]`` memberships.
    """

    conditions: int
    code: Integers
    row: Integers
    count: Integers
    consistency: Floats
    pri: Floats
    member: Floats

    def passes(self, need: Thresholds) -> tuple[Bools, Bools]:
        """Return which combinations ``bool[U]`` are frequent enough to be judged, and which of them pass."""
        often = self.count >= need.frequency
        enough = (self.consistency >= need.consistency - NOISE) & (self.pri >= need.pri - NOISE)
        return often, often & enough


def truth_of(sets: Floats) -> Truth:
    """Return the combinations that cases are found in, for memberships ``float64[N, k + 1]``, the outcome last."""
    conditions, outcome = sets[:, :-1], sets[:, -1]
    k = conditions.shape[1]
    known = (np.abs(conditions - 0.5) > NOISE).all(axis=1)
    code = (conditions > 0.5) @ (1 << np.arange(k)[::-1])
    found, place, count = np.unique(code[known], return_inverse=True, return_counts=True)
    row = np.full(len(sets), -1, np.intp)
    row[known] = place.reshape(-1)
    member = intersection(combinations(k)[found], conditions)
    return Truth(k, found, row, count, consistency(member, outcome), proportional_reduction(member, outcome), member)


@dataclass(frozen=True, slots=True)
class Solved:
    """Models, shortest first found first, whether these are all, and the parsimonious terms behind them."""

    models: tuple[Model, ...]
    complete: bool
    core: frozenset[Term]


def solve(truth: Truth, need: Thresholds, how: Solution, expected: Term = (), effort: Effort = FULL) -> Solved:
    """Return the shortest expressions of the combinations that pass.

    Parameters
    ----------
    truth, need
        The combinations and when they pass.
    how
        Which remainders may be taken as passing: none (``complex``), any that makes it shorter (``parsimonious``), or
        of those only what differs from a combination that passes by conditions that are expected to help.
    expected
        Of each condition 1 (its presence helps), 0 (its absence) or 2.
    effort
        Of the search for models of equal length.
    """
    often, on = truth.passes(need)
    if not on.any():
        return Solved((), True, frozenset())
    size = 2**truth.conditions
    passing, failing = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    passing[truth.code[on]], failing[truth.code[often & ~on]] = True, True
    short = _models(passing, ~failing, effort)
    core = frozenset(term for model in short.models for term in model)
    if how == "parsimonious":
        return Solved(short.models, short.complete, core)
    full = _models(passing, passing, effort)
    if how == "complex":
        return Solved(full.models, full.complete, core)
    found: dict[Model, None] = {}
    easy_sets = _easy(full.models, short.models, expected, size)
    complete = full.complete and short.complete and len(easy_sets) <= effort.models
    for easy in easy_sets[: effort.models]:
        one = _models(passing, passing | easy, effort)
        found |= dict.fromkeys(one.models)
        complete &= one.complete
    return Solved(tuple(found)[: effort.models], complete and len(found) <= effort.models, core)


def _models(passing: Bools, allowed: Bools, effort: Effort) -> Solved:
    """Return the smallest sets of prime implicants that hold all that passes."""
    terms = prime_implicants(passing, allowed)
    chart = holds(terms, combinations(int(passing.size).bit_length() - 1)[passing])
    covers = smallest_covers(chart, effort.models, effort.steps)
    named: list[Term] = [tuple(term) for term in terms.tolist()]
    return Solved(tuple(tuple(named[p] for p in one) for one in covers.sets), covers.complete, frozenset())


def _easy(full: Iterable[Model], short: Iterable[Model], expected: Term, size: int) -> list[Bools]:
    """Return the easy counterfactuals ``bool[2^k]`` of each pair of models, each set once.

    Where a long term lies within a short one, it loses the conditions that stand against what is expected, unless the
    short term has them.
    """
    rows = combinations(size.bit_length() - 1)
    reach: dict[tuple[Term, Term], int] = {}

    def mask(long: Term, brief: Term) -> int:
        if (long, brief) not in reach:
            within = all(b in (FREE, a) for a, b in zip(long, brief, strict=True))
            kept = [
                FREE if b == FREE and e not in (FREE, a) else a for a, b, e in zip(long, brief, expected, strict=True)
            ]
            held = holds(np.array([kept], dtype=np.int8), rows)[0] if within else np.zeros(size, dtype=bool)
            reach[long, brief] = int.from_bytes(np.packbits(held).tobytes())
        return reach[long, brief]

    sets: dict[int, None] = {}
    short = tuple(short)
    for one in full:
        for other in short:
            union = 0
            for long in one:
                for brief in other:
                    union |= mask(long, brief)
            sets[union] = None
    width = max(1, size // 8)
    return [np.unpackbits(np.frombuffer(union.to_bytes(width), dtype=np.uint8))[:size].astype(bool) for union in sets]


def is_empty(term: Term) -> bool:
    """Return whether a term asks for no condition."""
    return all(word == FREE for word in term)


def label(term: Term, conditions: Iterable[str]) -> str:
    """Return a term in the notation of the field: ``a*~b``."""
    return "*".join(("" if w else "~") + c for w, c in zip(term, conditions, strict=True) if w != FREE)
