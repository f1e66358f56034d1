"""The second axis: the definition by a full singular value decomposition, both sides, both solvers, parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.numerics import spectrum
from nqpf.numerics.spectrum import components, second_axis


def table(n: int, k: int, seed: int, fill: float = 0.4) -> np.ndarray:
    m = np.random.default_rng(seed).random((n, k)) < fill
    m[0], m[:, 0] = True, True  # nobody is empty, all hang together
    return m


@given(st.integers(2, 9), st.integers(2, 9), st.integers(0, 10_000))
def test_both_averages_and_the_singular_values(n: int, k: int, seed: int) -> None:
    m = table(n, k, seed)
    if m.all():
        return
    axis = second_axis(m)
    d, u = m.sum(axis=1), m.sum(axis=0)
    squares = np.linalg.svd(m / np.sqrt(np.outer(d, u)), compute_uv=False) ** 2
    assert axis.second == pytest.approx(squares[1], abs=1e-12)
    assert axis.trace == pytest.approx(squares.sum(), abs=1e-12)
    np.testing.assert_allclose(m @ axis.columns / d, axis.rows, atol=1e-12)
    np.testing.assert_allclose(axis.rows @ m / u, axis.second * axis.columns, atol=1e-8)
    if min(n, k) > 2:
        assert axis.third == pytest.approx(squares[2], abs=1e-12)
    else:
        assert np.isnan(axis.third)


def test_the_transpose_has_the_same_axis() -> None:
    m = table(12, 30, 1)
    one, other = second_axis(m), second_axis(m.T)
    assert one.second == pytest.approx(other.second, rel=1e-12)
    # A row is the mean of its columns exactly, a column the mean of its rows up to λ₂: the scale is another one.
    ratio = other.columns / one.rows
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)


def test_lanczos_steps_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    m = table(40, 25, 2)
    whole = second_axis(m)
    monkeypatch.setattr(spectrum, "DENSE", 5)
    steps = second_axis(m)
    assert steps.second == pytest.approx(whole.second, rel=1e-12)
    assert steps.third == pytest.approx(whole.third, rel=1e-12)
    turn = np.sign(steps.rows @ whole.rows)
    np.testing.assert_allclose(turn * steps.rows, whole.rows, atol=1e-11)
    np.testing.assert_allclose(turn * steps.columns, whole.columns, atol=1e-11)


def test_where_the_steps_do_not_converge_the_whole_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise spectrum.ArpackNoConvergence("no", np.empty(0), np.empty((0, 0)))

    m = table(15, 20, 3)
    expected = second_axis(m)
    monkeypatch.setattr(spectrum, "DENSE", 5)
    monkeypatch.setattr(spectrum, "eigsh", never)
    np.testing.assert_allclose(second_axis(m).rows, expected.rows, atol=1e-14)


def test_parts() -> None:
    m = np.zeros((5, 4), dtype=bool)
    m[:2, :2], m[2:4, 2], m[4, 3] = True, True, True
    rows, columns = components(m)
    assert rows.tolist() == [0, 0, 1, 1, 2]
    assert columns.tolist() == [0, 0, 1, 2]
