"""What no method of weighting may depend on: order, unit, scale, direction and repetition, as far as each promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.index.options.weight import DATA_DRIVEN, Weight
from nqpf.index.weights import KERNELS

SCALE = {"entropy", "cv", "gini", "merec", "critic", "independence", "pca", "scatter"}
"""Weights stay when a column is multiplied by a positive number."""
LEVEL = {"sd", "critic", "independence", "pca", "scatter", "correlation"}
"""Weights stay when a number is added to a column."""
TURN = {"sd", "independence", "pca"}
"""Weights stay when a column is turned round."""
REPEAT = set(DATA_DRIVEN) - {"entropy"}
"""Weights stay when every row is repeated; under entropy ln m changes."""

UNIT = {"critic"}
"""Kernels that are given scores on 0–1, as `weigh` and the function for tables do by default."""

samples = st.integers(0, 2**32 - 1)


def draw(seed: int) -> Any:
    """Return 25 × 4 positive scores that share a factor, some columns skewed."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(25, 4)) * 0.5 + 0.5 * rng.normal(size=(25, 1))
    return np.exp(x * rng.uniform(0.4, 1.2, 4))


def weights(method: str, x: Any) -> Any:
    how = Weight(method=method, **({"negative": "optimum"} if method == "scatter" else {}))  # type: ignore[arg-type]
    if method in UNIT:
        x = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    return KERNELS[method](x, how, list("abcd"[: x.shape[1]])).weights


every = pytest.mark.parametrize("method", DATA_DRIVEN)


@every
@given(samples)
@settings(max_examples=min(20, settings().max_examples), deadline=None)
def test_weights_are_not_negative_and_sum_to_1(method: str, seed: int) -> None:
    found = weights(method, draw(seed))
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1, abs=1e-12)


@every
@given(samples)
@settings(max_examples=min(10, settings().max_examples), deadline=None)
def test_the_order_of_units_and_of_indicators_does_not_matter(method: str, seed: int) -> None:
    x, rng = draw(seed), np.random.default_rng(seed)
    units, columns = rng.permutation(25), rng.permutation(4)
    np.testing.assert_allclose(weights(method, x[units][:, columns]), weights(method, x)[columns], atol=1e-8)


@pytest.mark.parametrize("method", sorted(SCALE))
@given(samples, st.floats(1e-3, 1e6))
@settings(max_examples=min(10, settings().max_examples), deadline=None)
def test_the_unit_of_measurement_does_not_matter(method: str, seed: int, factor: float) -> None:
    x = draw(seed)
    np.testing.assert_allclose(weights(method, x * [factor, 1, 1, 1]), weights(method, x), atol=1e-8)


@pytest.mark.parametrize("method", sorted(LEVEL))
@given(samples, st.floats(-100, 100))
@settings(max_examples=min(10, settings().max_examples), deadline=None)
def test_the_origin_does_not_matter(method: str, seed: int, added: float) -> None:
    x = draw(seed)
    np.testing.assert_allclose(weights(method, x + np.array([added, 0, 0, 0])), weights(method, x), atol=1e-7)


@pytest.mark.parametrize("method", sorted(TURN))
@given(samples)
@settings(max_examples=min(10, settings().max_examples), deadline=None)
def test_direction_does_not_matter(method: str, seed: int) -> None:
    x = draw(seed)
    np.testing.assert_allclose(weights(method, x * [-1, 1, 1, 1]), weights(method, x), atol=1e-8)


@pytest.mark.parametrize("method", sorted(set(DATA_DRIVEN) - SCALE))
def test_the_others_do_depend_on_the_unit(method: str) -> None:
    x = draw(1)
    assert np.abs(weights(method, x * [7, 1, 1, 1]) - weights(method, x)).max() > 0.01


@pytest.mark.parametrize("method", sorted({"entropy", "cv", "gini", "merec"}))
def test_the_others_do_depend_on_the_origin(method: str) -> None:
    x = draw(1)
    assert np.abs(weights(method, x + np.array([7, 0, 0, 0])) - weights(method, x)).max() > 0.01


@pytest.mark.parametrize("method", ["critic", "scatter", "correlation"])
def test_the_others_do_depend_on_direction(method: str) -> None:
    x = draw(1)
    assert np.abs(weights(method, x * [-1, 1, 1, 1]) - weights(method, x)).max() > 0.01


@pytest.mark.parametrize("method", sorted(REPEAT))
def test_repeating_every_unit_changes_nothing(method: str) -> None:
    x = draw(5)
    np.testing.assert_allclose(weights(method, np.repeat(x, 3, axis=0)), weights(method, x), atol=1e-9)


def test_repeating_every_unit_changes_entropy_by_ln_m_as_it_must() -> None:
    x = draw(5)
    p = x / x.sum(axis=0)
    h = -(p * np.log(p)).sum(axis=0)
    e = (h + np.log(3)) / np.log(75)  # shares a third, three times
    np.testing.assert_allclose(weights("entropy", np.repeat(x, 3, axis=0)), (1 - e) / (1 - e).sum(), atol=1e-12)


@every
def test_the_layout_in_memory_does_not_matter(method: str) -> None:
    x = draw(9)
    np.testing.assert_allclose(weights(method, np.asfortranarray(x)), weights(method, x), atol=1e-10)


@every
def test_a_kernel_leaves_its_scores_alone(method: str) -> None:
    x = draw(3)
    before = x.copy()
    weights(method, x)
    np.testing.assert_array_equal(x, before)
