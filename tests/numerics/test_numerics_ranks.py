"""Ranks: competition ranks of any shape, positions in a sample, and ties that rounding does not split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from nqpf.numerics.ranks import competition_rank, noise, position

N = np.nan


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([0.3, 0.9, N, 0.9], [3, 1, N, 1]),
        ([5, 4, 4, 1], [1, 2, 2, 4]),
        ([2, 2, 2], [1, 1, 1]),
        ([-1, -3, 0], [2, 3, 1]),
        ([N, N], [N, N]),
        ([7], [1]),
        ([], []),
        ([0.1 + 0.2, 0.3, 0.4], [2, 2, 1]),
        ([1e-17, -1e-17, 1], [2, 2, 1]),
        ([1e-300, 3e-300, 2e-300], [3, 1, 2]),
        ([1e300, 1, 2e300], [2, 3, 1]),
        ([np.inf, 1, -np.inf, 2, np.inf], [1, 4, 5, 3, 1]),
    ],
)
def test_competition_rank(x: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(competition_rank(np.array(x)), expected)


def test_a_tie_holds_wherever_the_values_lie() -> None:
    """A grid to which values are rounded splits ties that straddle one of its steps; there must be none."""
    rng = np.random.default_rng(4)
    base = rng.random(2000)
    twin = np.nextafter(np.nextafter(base, 2), 2)
    for x, y in ((base, twin), (np.round(base, 11) + 5e-13, np.round(base, 11) + 5e-13 + 1e-16)):
        ranks = competition_rank(np.concatenate([x, y]))
        np.testing.assert_array_equal(ranks[:2000], ranks[2000:])


def test_axes_and_shapes() -> None:
    x = np.random.default_rng(0).random((3, 4, 5))
    for axis in (0, 1, 2, -1):
        expected = np.apply_along_axis(competition_rank, axis, x)
        np.testing.assert_array_equal(competition_rank(x, axis=axis), expected)
    np.testing.assert_array_equal(competition_rank(np.array([[1, 2], [4, 3]])), [[2, 1], [1, 2]])


whole = arrays(np.float64, st.integers(1, 12), elements=st.integers(-5, 5).map(float))


@given(whole)
@settings(max_examples=min(100, 2 * settings().max_examples), deadline=None)
def test_ranks_are_scipys(x: np.ndarray) -> None:
    np.testing.assert_array_equal(competition_rank(x), rankdata(-x, method="min"))
    for ties in ("min", "average", "max"):
        np.testing.assert_array_equal(position(x, x, ties), rankdata(x, method=ties))


@given(whole, st.sampled_from([1e-9, 0.1, 3.0, 1e9]))
@settings(max_examples=min(50, settings().max_examples), deadline=None)
def test_ranks_do_not_hang_on_the_unit(x: np.ndarray, factor: float) -> None:
    np.testing.assert_array_equal(competition_rank(x * factor), competition_rank(x))


def test_positions_of_others_in_a_sample() -> None:
    sample = np.array([10.0, 20.0, 20.0, 40.0])
    x = np.array([[5.0, 10.0, 15.0], [20.0, 50.0, N]])
    np.testing.assert_array_equal(position(x, sample), [[1, 1, 2], [2, 5, N]])
    np.testing.assert_array_equal(position(x, sample, "max"), [[1, 1, 2], [3, 5, N]])
    np.testing.assert_array_equal(position(x, sample, "average"), [[1, 1, 2], [2.5, 5, N]])


def test_positions_are_not_split_by_rounding() -> None:
    sample = np.array([-0.1, -(0.7 - 0.6), -(0.6 - 0.5), 0.0])  # three distances of one tenth
    assert len(np.unique(sample)) > 2
    np.testing.assert_array_equal(position(sample, sample), [1, 1, 1, 4])
    np.testing.assert_array_equal(position(sample, sample, "max"), [3, 3, 3, 4])


def test_noise_is_relative_to_the_largest_that_is_finite() -> None:
    np.testing.assert_array_equal(noise(np.array([[1.0, -50.0, N], [np.inf, 2.0, 0.0]])), [5e-11, 2e-12])
    assert noise(np.array([])) == 0
