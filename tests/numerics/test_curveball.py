"""Random tables with given sums: sums stay, and every table is as likely."""

from __future__ import annotations

from collections import Counter

import numpy as np

from nqpf.numerics.curveball import curveball


def test_sums_stay() -> None:
    table = np.random.default_rng(0).random((12, 20)) < 0.3
    found = curveball(table, 10, np.random.default_rng(1))
    np.testing.assert_array_equal(found.sum(axis=1), np.tile(table.sum(axis=0), (10, 1)))
    np.testing.assert_array_equal(found.sum(axis=2), np.tile(table.sum(axis=1), (10, 1)))
    assert (found[0] != table).any()


def test_every_table_is_as_likely() -> None:
    # 3 × 3 with all sums 1: the six permutations
    draws = 6000
    found = curveball(np.eye(3, dtype=bool), draws, np.random.default_rng(2))
    counts = Counter(tuple(one.argmax(axis=1).tolist()) for one in found)
    assert len(counts) == 6
    assert sum((n - draws / 6) ** 2 / (draws / 6) for n in counts.values()) < 30  # χ² with 5 degrees of freedom


def test_the_seed_decides() -> None:
    table = np.random.default_rng(3).random((6, 9)) < 0.5
    one, two = (curveball(table, 3, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
