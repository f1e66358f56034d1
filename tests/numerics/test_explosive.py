"""Recursive regressions against least squares window by window, and series drawn under the null."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.numerics.explosive import Null, drawn, panel_drawn, random_walks, recursive, resampled, signed


def t_value(y: np.ndarray, lag: int) -> float:
    """Return the t of the lagged level by ordinary least squares over one window."""
    change = np.diff(y)
    columns = [np.ones(change.size - lag), y[lag:-1]]
    columns += [change[lag - j : change.size - j] for j in range(1, lag + 1)]
    x, d = np.column_stack(columns), change[lag:]
    b = np.linalg.lstsq(x, d, rcond=None)[0]
    e = d - x @ b
    return float(b[1] / np.sqrt(e @ e / (len(d) - x.shape[1]) * np.linalg.inv(x.T @ x)[1, 1]))


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_every_window_is_least_squares(lag: int) -> None:
    y = np.cumsum(np.random.default_rng(lag).normal(size=40))
    rows = 12
    found = recursive(y[None], rows, lag)
    levels = rows + 1 + lag
    for m in range(40 - levels + 1):
        end = levels + m
        windows = [t_value(y[start:end], lag) for start in range(m + 1)]
        assert found.forward[0, m] == pytest.approx(windows[0], abs=1e-9)
        assert found.backward[0, m] == pytest.approx(max(windows), abs=1e-9)
    assert found.forward.shape == (1, 40 - levels + 1)
    assert found.flat[0] == 0


@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(-1e4, 1e4))
def test_unit_and_origin_of_measurement_do_not_matter(seed: int, scale: float, shift: float) -> None:
    y = np.cumsum(np.random.default_rng(seed).normal(size=(2, 30)), axis=1)
    one, two = recursive(y, 8, 1), recursive(y * scale + shift, 8, 1)
    np.testing.assert_allclose(one.backward, two.backward, rtol=1e-6, atol=1e-6)


def test_digits_survive_a_high_level() -> None:
    y = np.cumsum(np.random.default_rng(1).normal(size=50))
    np.testing.assert_allclose(recursive(y[None] + 1e6, 10).forward, recursive(y[None], 10).forward, atol=1e-7)


def test_windows_without_variation_have_no_statistic_and_are_counted() -> None:
    y = np.r_[np.full(12, 5.0), 5 + np.cumsum(np.random.default_rng(2).normal(size=12))]
    found = recursive(y[None], 6)
    assert np.isnan(found.forward[0, 0])
    assert np.isfinite(found.backward[0, -1])
    assert 0 < found.flat[0] < 19 * 10
    exact = recursive(np.exp(0.1 * np.arange(30.0))[None], 8)
    assert np.isnan(exact.backward).all()


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_own_shocks_give_the_series_again(lag: int) -> None:
    y = np.cumsum(np.random.default_rng(3).normal(size=30)) + 7
    null = Null.of(y, lag)
    np.testing.assert_allclose(null.levels((null.residuals + null.constant)[None])[0], y, atol=1e-9)


def test_drawn_series_begin_and_vary_as_they_should() -> None:
    rng = np.random.default_rng(4)
    y = np.cumsum(rng.normal(size=60))
    walks = random_walks(rng, 4000, size=50, drift=1 / 50)
    assert np.diff(walks, axis=1).std() == pytest.approx(1, abs=0.02)
    assert (walks[:, -1] - walks[:, 0]).mean() == pytest.approx(49 / 50, abs=0.4)
    null = Null.of(y, 2)
    again = resampled(rng, 500, null=replace(null, constant=0.0))
    assert again.shape == (500, 60)
    np.testing.assert_allclose(again[:, :3], np.tile(y[:3], (500, 1)))
    assert np.diff(again, axis=1).std() == pytest.approx(np.diff(y).std(), rel=0.15)
    jumps = np.zeros(59)
    jumps[20] = 3.0
    kept = np.diff(signed(rng, 100, change=jumps, drift=0.0), axis=1)
    assert (np.delete(kept, 20, axis=1) == 0).all()
    assert kept[:, 20].std() > 2
    grown = np.diff(signed(rng, 4000, change=np.full(9, 2.0) + jumps[:9], drift=2.0), axis=1)
    np.testing.assert_allclose(grown, 2.0)


def test_workers_do_not_change_draws() -> None:
    walks = partial(random_walks, size=30, drift=0.0)

    def found(workers: int) -> np.ndarray:
        return drawn(walks, rows=8, lag=0, draws=150, seed=np.random.SeedSequence(5), workers=workers)[1]

    np.testing.assert_array_equal(found(1), found(2))
    assert found(1).shape == (150, 22)


def test_a_panel_of_the_same_series_twice_is_that_series() -> None:
    null = Null.of(np.cumsum(np.random.default_rng(6).normal(size=30)), 1)

    def found(nulls: list[Null]) -> np.ndarray:
        return panel_drawn(nulls, rows=8, lag=1, draws=20, seed=np.random.SeedSequence(7))

    np.testing.assert_allclose(found([null]), found([null, null]), atol=1e-12)
