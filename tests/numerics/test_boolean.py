"""Boolean functions: prime implicants and smallest covers beside exhaustive search."""

from __future__ import annotations

from itertools import combinations as choose
from itertools import product

import numpy as np
import pytest

from nqpf.numerics.boolean import FREE, combinations, holds, prime_implicants, smallest_covers


def brute(on: np.ndarray, allowed: np.ndarray) -> set[tuple[int, ...]]:
    """Return the prime implicants as the longest of all terms that hold only what is allowed."""
    k = int(on.size).bit_length() - 1
    rows = combinations(k)
    fits = {
        term
        for term in product((0, 1, FREE), repeat=k)
        if allowed[(held := holds(np.array([term], np.int8), rows)[0])].all() and on[held].any()
    }

    def wider(term: tuple[int, ...]) -> bool:
        return any(w != FREE and (*term[:i], FREE, *term[i + 1 :]) in fits for i, w in enumerate(term))

    return {term for term in fits if not wider(term)}


@pytest.mark.parametrize("seed", range(12))
def test_prime_implicants_are_those_of_a_search_through_all_terms(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = 2 + seed % 3
    state = rng.integers(3, size=2**k)
    state[0] = 1
    on, allowed = state == 1, state > 0
    found = prime_implicants(on, allowed)
    assert {tuple(t) for t in found.tolist()} == brute(on, allowed)
    count = (found != FREE).sum(axis=1)
    assert (np.diff(count) >= 0).all()


def test_the_textbook_cycle_has_two_shortest_forms() -> None:
    on = np.zeros(8, bool)
    on[[0, 1, 2, 5, 6, 7]] = True
    terms = prime_implicants(on, on)
    assert len(terms) == 6
    covers = smallest_covers(holds(terms, combinations(3)[on]), 10)
    assert [len(one) for one in covers.sets] == [3, 3]
    assert covers.complete


@pytest.mark.parametrize("seed", range(25))
def test_smallest_covers_are_all_there_are(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chart = rng.random((8, 9)) < 0.35
    chart[rng.integers(8, size=9), np.arange(9)] = True
    size = next(s for s in range(1, 9) if any(chart[list(c)].any(axis=0).all() for c in choose(range(8), s)))
    every = {c for c in choose(range(8), size) if chart[list(c)].any(axis=0).all()}
    found = smallest_covers(chart, 1000)
    assert set(found.sets) == every
    assert len(found.sets) == len(every)
    assert found.complete


def test_a_search_cut_short_says_so_and_still_has_a_smallest_cover() -> None:
    rng = np.random.default_rng(5)
    chart = rng.random((60, 40)) < 0.12
    chart[rng.integers(60, size=40), np.arange(40)] = True
    whole = smallest_covers(chart, 5)
    short = smallest_covers(chart, 5, effort=1)
    assert not short.complete
    assert len(short.sets) == 1
    assert len(short.sets[0]) == len(whole.sets[0])
    assert chart[list(short.sets[0])].any(axis=0).all()


def test_what_no_term_holds_has_no_cover() -> None:
    assert smallest_covers(np.array([[True, False]]), 3).sets == ()
