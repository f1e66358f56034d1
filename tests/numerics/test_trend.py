"""Slopes and tests of falls against other programs' rules."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from nqpf.numerics.trend import falling_changes, falling_trend, theil_sen


def test_slope_is_the_median_of_slopes() -> None:
    rng = np.random.default_rng(0)
    times = np.array([1.0, 2.0, 4.0, 5.0, 9.0])
    y = rng.normal(size=(5, 20))
    theirs = [stats.theilslopes(y[:, m], times).slope for m in range(20)]
    np.testing.assert_allclose(theil_sen(y, times), theirs, atol=1e-12)


@pytest.mark.parametrize("size", [4, 7, 12])
def test_trend_without_ties_is_exact(size: int) -> None:
    y = np.random.default_rng(size).normal(size=(size, 15))
    s, p = falling_trend(y)
    for m in range(15):
        theirs = stats.kendalltau(np.arange(size), y[:, m], alternative="less", method="exact")
        assert p[m] == pytest.approx(theirs.pvalue, abs=1e-12)
        assert s[m] == pytest.approx(theirs.statistic * size * (size - 1) / 2)


def test_trend_with_ties_has_their_variance() -> None:
    y = np.array([[5.0], [5.0], [4.0], [3.0], [3.0], [1.0]])
    s, p = falling_trend(y)
    variance = (6 * 5 * 17 - 2 * (2 * 1 * 9)) / 18
    assert s[0] == -13
    assert p[0] == pytest.approx(stats.norm.cdf(-12 / np.sqrt(variance)))
    assert falling_trend(np.ones((5, 1)))[1][0] == 1.0


def test_signs_of_changes_are_binomial() -> None:
    y = np.array([[5.0, 1.0, 2.0], [4.0, 2.0, 2.0], [3.0, 3.0, 2.0], [3.0, 4.0, 2.0], [2.0, 5.0, 2.0]])
    falls, p = falling_changes(y)
    assert falls.tolist() == [3, 0, 0]
    assert p.tolist() == pytest.approx([0.125, 1.0, 1.0])


def test_a_wandering_series_passes_the_signs_but_not_the_trend() -> None:
    y = np.cumsum(np.random.default_rng(1).normal(size=(12, 2000)), axis=0)
    assert (falling_changes(y)[1] <= 0.05).mean() <= 0.05
    assert (falling_trend(y)[1] <= 0.05).mean() > 0.2


def test_independent_noise_passes_both() -> None:
    y = np.random.default_rng(2).normal(size=(10, 2000))
    assert (falling_changes(y)[1] <= 0.05).mean() <= 0.05
    assert (falling_trend(y)[1] <= 0.05).mean() == pytest.approx(0.05, abs=0.015)
