"""Paragraphs parted into stretches: the best way found is the best of all ways."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from nqpf.numerics.parting import Weights, best_parting, likeness_across, likeness_within, turns

PLAIN = Weights(lead=1.0, follows=0.0, rest=1.0, turn=0.0, reach=3, like=0.0, rounds=0, least=0.7, script=0)
NOTHING = np.zeros(0, np.uint32)


def silent(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return paragraphs that hold nothing."""
    return NOTHING, np.zeros(size + 1, np.int64)


def worth(cover: np.ndarray, shared: np.ndarray, starts: list[int], owners: list[int], wanted: int) -> float:
    own = cover - cover.mean(axis=1, keepdims=True)
    total = 0.0
    for first, end, t in zip(starts, [*starts[1:], cover.shape[1]], owners, strict=True):
        if t >= 0:
            total += cover[t, first] + shared[t, first] + own[t, first:end].sum()
    used = sum(t >= 0 for t in owners)
    missing = max(min(wanted, len(cover)) - used, 0)
    return total - PLAIN.least * max(used - max(wanted, 1), 0) - 1e3 * missing


def all_ways(count: int, size: int, fixed: list[int]) -> list[tuple[list[int], list[int]]]:
    """Return every parting: stretches between two fixed starts may be nobody's, each owner has one."""
    free = [p for p in range(size) if p not in fixed]
    found = []
    for k in range(len(free) + 1):
        for more in combinations(free, k):
            starts = sorted([*fixed, *more])
            whole = [
                s in fixed and (starts[i + 1] if i + 1 < len(starts) else size) in [*fixed, size]
                for i, s in enumerate(starts)
            ]
            for owners in permutations([*range(count), *[-1] * len(starts)], len(starts)):
                if all(t >= 0 or whole[i] for i, t in enumerate(owners)):
                    found.append((starts, list(owners)))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_best_parting_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count, size = int(rng.integers(1, 4)), int(rng.integers(2, 6))
    cover, shared = rng.random((count, size)), rng.random((count, size))
    fixed = [0] if seed % 2 else [0, size - 1]
    wanted = int(rng.integers(1, 4))
    found = best_parting(cover, shared, silent(size), np.zeros(size), np.array([*fixed, size]), wanted, PLAIN)
    best = max(worth(cover, shared, *way, wanted) for way in all_ways(count, size, fixed))
    assert worth(cover, shared, found[0].tolist(), found[1].tolist(), wanted) == pytest.approx(best, abs=1e-9)
    assert set(fixed) <= set(found[0].tolist())


def test_paragraphs_that_are_alike_stay_together() -> None:
    texts = ["甲乙丙丁"] * 3 + ["子丑寅卯"] * 3
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)]).astype(np.int64)
    codes = np.array([ord(c) for text in texts for c in text + "\n"], np.uint32)
    cover, shared = np.zeros((2, 6)), np.zeros((2, 6))
    cover[0, 0], cover[1, 4] = 1.0, 0.3
    said = Weights(lead=1.0, follows=0.0, rest=0.5, turn=1.0, reach=3, like=1.0, rounds=2, least=0.0, script=0x3400)
    found = best_parting(cover, shared, (codes, starts), np.zeros(6), np.array([0, 6]), 2, said)
    assert found.tolist() == [[0, 3], [0, 1]]


def rows(dense: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first = np.concatenate([[0], np.cumsum((dense > 0).sum(axis=1))]).astype(np.int64)
    return first, np.nonzero(dense)[1].astype(np.int64), dense[dense > 0]


def test_likeness_is_the_cosine_of_sums() -> None:
    rng = np.random.default_rng(5)
    dense = rng.random((7, 6)) * (rng.random((7, 6)) < 0.5)
    dense[3] = 0.0
    length = np.sqrt((dense**2).sum(axis=1, keepdims=True))
    dense = np.divide(dense, length, out=np.zeros_like(dense), where=length > 0)
    owner = np.array([0, 0, 1, 1, -1, 0, 2])

    def cosine(a: np.ndarray, b: np.ndarray) -> float:
        both = float(np.linalg.norm(a) * np.linalg.norm(b))
        return float(a @ b) / both if both else 0.0

    across = likeness_across(*rows(dense), 2)
    expected = [0.0] + [cosine(dense[max(j - 2, 0) : j].sum(axis=0), dense[j : j + 2].sum(axis=0)) for j in range(1, 7)]
    assert across == pytest.approx(expected, abs=1e-12)
    within = likeness_within(*rows(dense), owner, 3)
    for t in range(3):
        for p in range(7):
            others = dense[(owner == t) & (np.arange(7) != p)].sum(axis=0)
            total = float(np.linalg.norm(others))
            assert within[t, p] == pytest.approx(float(dense[p] @ others) / total if total else 0.0, abs=1e-9)


def test_a_turn_is_where_likeness_is_least() -> None:
    assert turns(np.array([0.0, 0.5])).tolist() == [0.0, 0.0]
    assert turns(np.array([0.0, 0.5, 0.5, 0.5])).tolist() == [0.0] * 4
    got = turns(np.array([0.0, 0.9, 0.1, 0.9, 0.9, 0.9]))
    assert int(got.argmax()) == 2
    assert got[2] == 1.0
    assert abs(got).max() <= 1.0
