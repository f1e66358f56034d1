"""The penalised spline: a line stays a line, a bend is seen, noise is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.numerics.smooth import cubic_basis, explained_by_spline


def test_the_basis_sums_to_one_everywhere() -> None:
    basis = cubic_basis(np.linspace(0, 1, 37), 10)
    assert basis.shape == (37, 13)
    np.testing.assert_allclose(basis.sum(axis=1), 1, atol=1e-14)
    assert (basis >= -1e-15).all()


def test_a_straight_line_explains_all_and_a_parabola_nearly_so() -> None:
    x = np.linspace(-3, 3, 40)
    assert explained_by_spline(x, 5 - 2 * x) == pytest.approx(1, abs=1e-9)
    assert explained_by_spline(x, x**2) > 0.99
    assert np.corrcoef(x, x**2)[0, 1] == pytest.approx(0, abs=1e-12)


def test_noise_is_not_explained() -> None:
    rng = np.random.default_rng(5)
    shares = [explained_by_spline(rng.normal(size=60), rng.normal(size=60)) for _ in range(20)]
    assert np.median(shares) < 0.1


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_between_zero_and_one_and_free_of_scale(seed, scale, shift) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=30)
    y = np.sin(2 * x) + rng.normal(size=30)
    share = explained_by_spline(x, y)
    assert 0 <= share <= 1
    assert explained_by_spline(scale * x + shift, -scale * y + shift) == pytest.approx(share, abs=1e-6)


def test_missing_rows_are_left_out_and_what_cannot_be_fitted_is_nan() -> None:
    x, y = np.array([1.0, 2.0, np.nan, 3.0, 4.0, 5.0]), np.array([2.0, 4.0, 9.0, 6.0, 8.0, np.nan])
    assert explained_by_spline(x, y) == pytest.approx(1, abs=1e-9)
    assert np.isnan(explained_by_spline(x[:3], y[:3]))
    assert np.isnan(explained_by_spline(np.ones(6), np.arange(6.0)))
    assert np.isnan(explained_by_spline(np.arange(6.0), np.full(6, 0.1)))
