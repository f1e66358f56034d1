"""Sen's slope: against scipy without autocorrelation, units of measurement, and wider where errors hang together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import theilslopes

from nqpf.numerics.sen import WANDERING, sen_slope


def noisy(seed: int, n: int = 14) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n) + 0.2 * np.arange(n)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_scipys_where_errors_are_independent(seed: int) -> None:
    y, t = noisy(seed), np.arange(14.0)
    found, other = sen_slope(y, t, correlated=False), theilslopes(y, t, alpha=0.95)
    assert found.slope == pytest.approx(other.slope, abs=1e-12)
    slopes = np.sort([(y[j] - y[i]) / (j - i) for j in range(14) for i in range(j)])
    # scipy rounds the places; ours are rounded outwards
    assert found.low <= other.low_slope
    assert found.high >= other.high_slope
    assert abs(np.searchsorted(slopes, found.low - 1e-12) - np.searchsorted(slopes, other.low_slope - 1e-12)) <= 1
    assert abs(np.searchsorted(slopes, found.high - 1e-12) - np.searchsorted(slopes, other.high_slope - 1e-12)) <= 1


def test_units_and_direction() -> None:
    y, t = noisy(7), np.arange(14.0)
    found, turned = sen_slope(y, t), sen_slope(-3 * y + 5, t)
    assert turned.slope == pytest.approx(-3 * found.slope)
    assert (turned.low, turned.high) == (pytest.approx(-3 * found.high), pytest.approx(-3 * found.low))
    later = sen_slope(y, t * 2 + 1990)
    assert later.slope == pytest.approx(found.slope / 2)


def test_a_straight_line_has_no_width() -> None:
    found = sen_slope(2.0 * np.arange(9.0) + 1, np.arange(9.0))
    assert (found.slope, found.low, found.high, found.correlation) == (2, 2, 2, 0)


def test_autocorrelation_widens_and_a_wandering_series_holds_the_mean_change() -> None:
    y = np.cumsum(np.random.default_rng(3).normal(size=20))
    t = np.arange(20.0)
    found, plain = sen_slope(y, t), sen_slope(y, t, correlated=False)
    assert found.correlation > WANDERING
    assert found.low < plain.low
    assert found.high > plain.high
    change = np.diff(y)
    half = 2.10092204024096 * change.std(ddof=1) / np.sqrt(19)
    assert found.low <= change.mean() - half + 1e-12
    assert found.high >= change.mean() + half - 1e-12


@pytest.mark.slow
@pytest.mark.parametrize(("rho", "least"), [(0.0, 0.94), (0.6, 0.89), (0.8, 0.85)])
def test_coverage_is_as_the_registry_says(rho: float, least: float) -> None:
    rng = np.random.default_rng(0)
    hit = 0
    for _ in range(400):
        y = rng.normal(size=65)
        for k in range(1, 65):
            y[k] += rho * y[k - 1]
        found = sen_slope(y[50:], np.arange(15.0))
        hit += found.low <= 0 <= found.high
    assert hit / 400 >= least
