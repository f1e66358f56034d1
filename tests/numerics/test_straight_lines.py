"""Lines through series beside a regression written out in full matrices."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.numerics.straight_lines import lines, usual_lags


def written_out(y: np.ndarray, x: np.ndarray, lags: int) -> tuple[float, float]:
    """Return slope and error of Newey and West from the whole covariance matrix."""
    design = np.column_stack([np.ones_like(x), x])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    moved = design * (y - design @ beta)[:, None]
    middle = moved.T @ moved
    for lag in range(1, lags + 1):
        step = moved[lag:].T @ moved[:-lag]
        middle += (1 - lag / (lags + 1)) * (step + step.T)
    covariance = inverse @ middle @ inverse * len(x) / (len(x) - 2)
    return float(beta[1]), float(np.sqrt(covariance[1, 1]))


@pytest.mark.parametrize("lags", [0, 1, 3])
def test_robust_errors_are_those_of_the_whole_matrix(lags: int) -> None:
    rng = np.random.default_rng(1)
    x = np.array([1995.0, 1996, 1997, 1999, 2000, 2001, 2004, 2005, 2006])
    y = rng.normal(size=(9, 4)).cumsum(axis=0)
    found = lines(y, x, lags)
    for m in range(4):
        slope, se = written_out(y[:, m], x - x.mean(), lags)
        assert found.slope[m] == pytest.approx(slope, rel=1e-9)
        assert found.se[m] == pytest.approx(se, rel=1e-9)


def test_plain_errors_of_a_case_by_hand() -> None:
    found = lines(np.array([[1.0], [2.0], [2.0], [3.0]]), np.arange(4.0))
    assert found.slope[0] == pytest.approx(0.6)
    assert found.se[0] == pytest.approx(np.sqrt(0.2 / 2 / 5))
    assert found.p[0] == pytest.approx(0.0513, abs=1e-4)


def test_constant_series_have_no_error_and_gaps_no_line() -> None:
    y = np.array([[0.1 + 0.2, 1.0], [0.3, np.nan], [0.3, 2.0]])
    found = lines(y, np.arange(3.0), 1)
    assert found.slope[0] == 0.0
    assert np.isnan([found.se[0], found.p[0], found.slope[1], found.p[1]]).all()


def test_usual_number_of_lags() -> None:
    assert [usual_lags(points) for points in (3, 17, 100)] == [1, 2, 4]
