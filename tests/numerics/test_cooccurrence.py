"""Likeness of columns by what they share, whole and in blocks, and weighted averages."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.numerics import cooccurrence
from nqpf.numerics.cooccurrence import averages, blocks, correlated, nearest, together, whole

M = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0]], dtype=bool)


def test_by_hand() -> None:
    by = whole(together(M, "minimum", "one"), 4)
    np.testing.assert_allclose(by, [[1, 2 / 3, 1 / 3, 0], [2 / 3, 1, 0, 0], [1 / 3, 0, 1, 0], [0, 0, 0, 1]])
    by = whole(together(M, "cosine", "zero"), 4)
    a, b = 2 / np.sqrt(6), 1 / np.sqrt(3)
    np.testing.assert_allclose(by, [[0, a, b, 0], [a, 0, 0, 0], [b, 0, 0, 0], [0, 0, 0, 0]])


def test_correlation_of_columns() -> None:
    x = np.random.default_rng(0).random((6, 5))
    np.testing.assert_allclose(whole(correlated(x, "one"), 5), (1 + np.corrcoef(x.T)) / 2, atol=1e-14)
    assert np.diag(whole(correlated(x, "zero"), 5)).tolist() == [0.0] * 5


def test_blocks_make_up_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    m, x = rng.random((9, 23)) < 0.4, rng.random((7, 23))
    at_once = whole(together(m, "minimum", "one"), 23)
    mean = averages(x, together(m, "minimum", "one"))
    monkeypatch.setattr(cooccurrence, "WIDTH", 5)
    assert [s.stop - s.start for s in blocks(23)] == [5, 5, 5, 5, 3]
    np.testing.assert_array_equal(whole(together(m, "minimum", "one"), 23), at_once)
    np.testing.assert_array_equal(at_once, at_once.T)
    np.testing.assert_allclose(averages(x, together(m, "minimum", "one")), mean, atol=1e-15)
    np.testing.assert_allclose(mean, x @ at_once / at_once.sum(axis=0), atol=1e-15)


def test_nothing_to_weigh_by_is_no_average() -> None:
    found = averages(M, together(M, "minimum", "zero"))
    assert np.isnan(found[:, 3]).all()
    assert np.isfinite(found[:, :3]).all()


def test_nearest_keeps_ties_and_the_own_entry() -> None:
    phi = np.array([[1.0, 0.5, 0.5, 0.2], [0.5, 1.0, 0.1, 0.3], [0.5, 0.1, 1.0, 0.0], [0.2, 0.3, 0.0, 1.0]])
    kept = whole(nearest(lambda at: phi[:, at].copy(), 1), 4)
    expected = [[1, 0.5, 0.5, 0], [0.5, 1, 0, 0.3], [0.5, 0, 1, 0], [0, 0, 0, 1]]
    np.testing.assert_array_equal(kept, expected)
    for count in (3, 9, None):
        np.testing.assert_array_equal(whole(nearest(lambda at: phi[:, at].copy(), count), 4), phi)
