"""Shares of variance: exact where the design is complete, Sobol' indices and ε² where it is sampled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nqpf.errors import MethodError
from nqpf.index.multiverse import sobol_indices
from nqpf.index.multiverse.variance import complete, decompose, main_effects


@given(
    arrays(
        float,
        st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3)),
        elements=st.floats(-1e3, 1e3),
    )
)
def test_components_sum_to_the_variance(y: np.ndarray) -> None:
    whole = y.reshape(-1, y.shape[-1]).var(axis=0)
    parts = decompose(y)
    assert set(parts) == {(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)}
    np.testing.assert_allclose(sum(parts.values()), whole, rtol=1e-9, atol=1e-9)
    assert all((part >= 0).all() for part in parts.values())


def test_an_additive_response_has_no_interaction() -> None:
    y = np.array([0.0, 3.0])[:, None, None] + np.array([0.0, 1.0, 5.0])[None, :, None]
    parts = decompose(y)
    assert parts[(0,)][0] == pytest.approx(2.25)
    assert parts[(1,)][0] == pytest.approx(np.var([0, 1, 5]))
    assert parts[(0, 1)][0] == pytest.approx(0, abs=1e-15)


def test_a_pure_interaction() -> None:
    parts = decompose(np.array([[1.0, -1.0], [-1.0, 1.0]])[:, :, None])
    assert [parts[key][0] for key in ((0,), (1,), (0, 1))] == [0, 0, 1]


def test_main_effect_is_the_variance_of_conditional_means() -> None:
    y = np.random.default_rng(1).normal(size=(3, 4, 2, 5))
    parts = decompose(y)
    np.testing.assert_allclose(parts[(1,)], y.mean(axis=(0, 2)).var(axis=0))
    both = y.mean(axis=2).reshape(-1, 5).var(axis=0)
    np.testing.assert_allclose(parts[(0, 1)], both - parts[(0,)] - parts[(1,)])


def grid(*counts: int) -> np.ndarray:
    return np.indices(counts).reshape(len(counts), -1).T


def test_a_complete_design_keeps_its_slots() -> None:
    found = complete(grid(2, 3), np.ones(6, dtype=bool))
    assert found is not None
    assert (found.slots, found.cells, len(found.rows)) == (((0,), (1,)), (2, 3), 6)


def test_slots_that_decide_together_which_runs_fail_become_one() -> None:
    levels = grid(3, 2, 4)
    valid = ~((levels[:, 0] == 0) & (levels[:, 1] == 1))
    found = complete(levels, valid)
    assert found is not None
    assert found.slots == ((0, 1), (2,))
    assert found.cells == (5, 4)
    assert len(np.unique(found.levels, axis=0)) == len(found.rows) == 20


def test_an_alternative_that_always_fails_only_leaves_its_slot() -> None:
    levels = grid(3, 4)
    found = complete(levels, levels[:, 0] != 2)
    assert found is not None
    assert (found.slots, found.cells) == (((0,), (1,)), (2, 4))


def test_designs_that_are_not_complete() -> None:
    assert complete(grid(2, 2)[:3], np.ones(3, dtype=bool)) is None
    assert complete(np.concatenate([grid(2, 2), grid(2, 2)]), np.ones(8, dtype=bool)) is None
    assert complete(grid(2, 2), np.zeros(4, dtype=bool)) is None


def test_indices_by_hand() -> None:
    a, b = np.array([1.0, 2.0, 4.0]), np.array([2.0, 0.0, 3.0])
    ab = np.array([[2.0, 1.0], [0.0, 2.0], [3.0, 5.0]])
    variance = np.var([1, 2, 4, 2, 0, 3], ddof=1)
    found = sobol_indices(a, b, ab)
    assert found.variance == pytest.approx(variance)
    np.testing.assert_allclose(found.first, [(2 * 1 + 0 + 3 * -1) / 3 / variance, (0 + 0 + 3 * 1) / 3 / variance])
    np.testing.assert_allclose(found.total, [(1 + 4 + 1) / 6 / variance, (0 + 0 + 1) / 6 / variance])


def linear(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    a, b = random.random((2, n, 3))
    mixed = [np.where(np.arange(3) == i, b, a) for i in range(3)]
    weights = np.array([1.0, 2.0, 0.0])
    return a @ weights, b @ weights, np.stack([m @ weights for m in mixed], axis=1)


@pytest.mark.parametrize("centre", [False, True])
def test_indices_of_a_linear_response(centre: bool) -> None:
    found = sobol_indices(*linear(20_000), centre=centre)
    np.testing.assert_allclose(found.first, [0.2, 0.8, 0], atol=0.03)
    np.testing.assert_allclose(found.total, [0.2, 0.8, 0], atol=0.02)
    assert found.first[2] == found.total[2] == 0


def test_centring_makes_no_difference_to_totals_and_guards_first_order_against_a_large_mean() -> None:
    a, b, ab = linear(500)
    far = (a + 1000, b + 1000, ab + 1000)
    np.testing.assert_allclose(sobol_indices(*far).total, sobol_indices(a, b, ab).total, rtol=1e-8)
    near = sobol_indices(a, b, ab, centre=True).first
    np.testing.assert_allclose(sobol_indices(*far, centre=True).first, near, rtol=1e-8)
    assert np.abs(sobol_indices(*far).first - near).max() > 1


def test_many_outputs_add_up() -> None:
    a, b, ab = linear(300)
    twice = (np.stack([a, 3 * b], 1), np.stack([b, 3 * a], 1), np.stack([ab, 3 * (a + b)[:, None] - 3 * ab], 2))
    found = sobol_indices(*twice)
    alone = [sobol_indices(*(part[..., m] for part in twice)) for m in range(2)]
    variances = np.array([one.variance for one in alone])
    np.testing.assert_allclose(found.variance, variances.sum())
    for name in ("first", "total"):
        parts = np.stack([getattr(one, name) for one in alone])
        np.testing.assert_allclose(getattr(found, name), (parts * variances[:, None]).sum(axis=0) / variances.sum())


def test_bootstrap_intervals_hold_the_estimate_and_follow_the_seed() -> None:
    a, b, ab = linear(400)
    found = sobol_indices(a, b, ab, centre=True, draws=300, seed=1)
    assert (found.first_interval[0] <= found.first).all()
    assert (found.first <= found.first_interval[1]).all()
    assert (found.total_interval[0] < found.total)[:2].all()
    again = sobol_indices(a, b, ab, centre=True, draws=300, seed=1)
    np.testing.assert_array_equal(found.first_interval, again.first_interval)
    assert np.isnan(sobol_indices(a, b, ab).first_interval).all()


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (([1.0, 2.0], [1.0], [[1.0], [2.0]]), r"do not belong together: A \(2, 1\), B \(1, 1\)"),
        (([1.0, 2.0], [1.0, 2.0], [1.0, 2.0]), "do not belong together"),
        (([1.0, np.nan], [1.0, 2.0], [[1.0], [2.0]]), "missing or infinite"),
        (([1.0, 1.0], [1.0, 1.0], [[1.0], [1.0]]), "All outputs are the same"),
    ],
)
def test_outputs_that_will_not_do(outputs: tuple[object, object, object], message: str) -> None:
    with pytest.raises(MethodError, match=message):
        sobol_indices(*outputs)


def test_main_effects_of_a_random_design() -> None:
    random = np.random.default_rng(2)
    levels = np.stack([random.integers(0, c, 3000) for c in (3, 2, 5)], axis=1)
    y = (levels[:, 0] * 2.0 + random.normal(size=3000))[:, None]
    share, ends = main_effects(y, levels, draws=100, seed=1)
    truth = 4 * np.var([0, 1, 2]) / (4 * np.var([0, 1, 2]) + 1)
    assert share[0] == pytest.approx(truth, abs=0.02)
    np.testing.assert_allclose(share[1:], 0, atol=0.005)
    assert ends[0, 0] < truth < ends[1, 0]
    assert (ends[0, 1:] <= 0.005).all()
