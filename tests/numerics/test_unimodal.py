"""Data of one mode: margins convex then concave, correlations and shapes kept."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.numerics.unimodal import Null, Shape


def turns(shape: Shape) -> int:
    """Return how often the density rises again after it has fallen."""
    slope = np.diff(shape.shares) / np.diff(shape.values)
    change = np.sign(np.round(np.diff(slope) / slope.max(), 9))
    change = change[change != 0]
    return int(((change[:-1] < 0) & (change[1:] > 0)).sum())


@pytest.mark.parametrize("seed", range(5))
def test_a_margin_has_one_mode_and_rises(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = Shape.of(np.concatenate([rng.normal(size=30), rng.normal(6, 1, size=20)]))
    assert (np.diff(shape.shares) > 0).all()
    assert turns(shape) == 0


def test_a_sample_of_one_mode_is_kept() -> None:
    sample = np.array([0.0, 4, 7, 9, 10, 11, 13, 16, 20])
    shape = Shape.of(sample)
    np.testing.assert_allclose(shape.shares, (np.arange(9) + 0.5) / 9)


def test_two_groups_are_bridged() -> None:
    shape = Shape.of(np.array([0.0, 1, 2, 10, 11, 12]))
    inside = np.interp([3.0, 9.0], shape.values, shape.shares)
    assert inside[1] - inside[0] > 0.2  # the gap between the groups was empty


def test_quantiles_run_through_and_beyond_the_ends() -> None:
    shape = Shape.of(np.arange(10.0))
    found = shape.quantiles(np.array([0.001, 0.05, 0.5, 0.95, 0.999]))
    assert found[1:4] == pytest.approx([0, 4.5, 9])
    assert found[0] < 0
    assert found[4] > 9


def test_draws_keep_skewness_and_correlation() -> None:
    rng = np.random.default_rng(3)
    x = np.exp(rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], size=400))
    drawn = Null.unimodal(x).draw(20_000, rng)
    assert np.corrcoef(np.log(np.maximum(drawn, 1e-3)).T)[0, 1] == pytest.approx(0.7, abs=0.1)
    assert np.median(drawn, axis=0) == pytest.approx(np.median(x, axis=0), rel=0.1)
    assert (drawn.mean(axis=0) > 1.3 * np.median(drawn, axis=0)).all()


def test_gaussian_draws_have_the_moments() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(50, 3)) @ np.array([[1.0, 1, 0], [0, 1, 1], [0, 0, 2]]) + [1, 2, 3]
    drawn = Null.gaussian(x).draw(100_000, rng)
    np.testing.assert_allclose(drawn.mean(axis=0), x.mean(axis=0), atol=0.05)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(x.T), rtol=0.05, atol=0.05)
