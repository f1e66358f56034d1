"""Tests for the choice of a spatial model beside plain matrices, and under a truth that is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2
from spatial_made_up import neighbours, panel

from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.regression import spatial_panel
from nqpf.regions.spatial_regression.result import SpatialModel

GRID = neighbours(6, 6)
N, T = 36, 6
DATA = panel(GRID, T, seed=2)


def fit(data: pl.DataFrame = DATA, weights: Weights = GRID, **options: Any) -> SpatialModel:
    usual: dict[str, Any] = {"unit": "place", "time": "year", "effects": "two_way", "model": "sdm"}
    return spatial_panel(data, "y", ["a", "b"], weights=weights, **(usual | options))


def statistics(model: SpatialModel) -> dict[str, tuple[float, int, float]]:
    return {row[0]: row[3:] for row in model.tests().frame.rows()}


def test_lagrange_multipliers_by_plain_matrices() -> None:
    found = statistics(fit(model="sar", effects="none"))
    y, a, b = (DATA[c].to_numpy() for c in "yab")
    x, w = np.column_stack([np.ones(N * T), a, b]), np.kron(np.eye(T), GRID.dense())
    m = np.eye(N * T) - x @ np.linalg.inv(x.T @ x) @ x.T
    e = m @ y
    s2 = e @ e / (N * T)
    fitted = w @ (y - e)
    both = np.trace(w @ w + w.T @ w)
    j = fitted @ m @ fitted / s2 + both
    lag, error = e @ w @ y / s2, e @ w @ e / s2
    assert found["lm_lag"][0] == pytest.approx(lag**2 / j, rel=1e-9)
    assert found["lm_error"][0] == pytest.approx(error**2 / both, rel=1e-9)
    assert found["robust_lm_lag"][0] == pytest.approx((lag - error) ** 2 / (j - both), rel=1e-9)
    robust = (error - both / j * lag) ** 2 / (both * (1 - both / j))
    assert found["robust_lm_error"][0] == pytest.approx(robust, rel=1e-9)


def test_robust_multipliers_have_no_value_where_the_lag_of_the_fit_is_a_regressor() -> None:
    years = DATA.with_columns(a=pl.col("year") * 1.0)
    model = spatial_panel(years, "y", ["a"], weights=GRID, unit="place", time="year", effects="unit", model="sar")
    found = statistics(model)
    assert found["robust_lm_lag"][0] is None
    assert found["robust_lm_error"][2] is None
    assert found["lm_error"][0] >= 0


def test_the_joint_multiplier_is_either_and_the_robust_other() -> None:
    found = statistics(fit())
    joint, df, p = found["lm_lag_error"]
    assert joint == pytest.approx(found["lm_lag"][0] + found["robust_lm_error"][0])
    assert joint == pytest.approx(found["lm_error"][0] + found["robust_lm_lag"][0])
    assert (df, p) == (2, pytest.approx(chi2.sf(joint, 2)))


def test_likelihood_ratios_are_differences_of_models() -> None:
    full = fit(demean="after_lag")
    found = statistics(full)
    for name, other, df in (
        ("lr_spatial", {"model": "slx"}, 1),
        ("lr_sdm_sar", {"model": "sar"}, 2),
        ("lr_sdm_sem", {"model": "sem"}, 2),
        ("lr_unit_effects", {"effects": "time"}, N - 1),
        ("lr_time_effects", {"effects": "unit"}, T - 1),
    ):
        less = fit(demean="after_lag", **other)
        assert found[name][0] == pytest.approx(2 * (full.log_likelihood - less.log_likelihood), abs=1e-8), name
        assert found[name][0] >= 0
        assert found[name][1] == df


def test_wald_by_its_formula() -> None:
    full = fit()
    found = statistics(full)
    v, b = full.covariance, full.coefficients["estimate"].to_numpy()
    theta = b[2:4]
    assert found["wald_theta"][0] == pytest.approx(theta @ np.linalg.solve(v[2:4, 2:4], theta), rel=1e-9)
    rows = np.array([[b[4], 0, 1, 0, b[0]], [0, b[4], 0, 1, b[1]]])
    gap = theta + b[4] * b[:2]
    assert found["wald_common_factor"][0] == pytest.approx(gap @ np.linalg.solve(rows @ v @ rows.T, gap), rel=1e-9)
    assert found["wald_theta"][1] == found["wald_common_factor"][1] == 2


def test_the_tests_find_the_truth() -> None:
    """A SAR is no SEM, a SEM is a restricted SDM, and a panel without spatial dependence shows none."""
    sem = statistics(fit(panel(GRID, 8, seed=5, rho=0, lam=0.6, theta=(0, 0))))
    assert sem["wald_common_factor"][2] > 0.01
    assert sem["robust_lm_error"][2] < 0.01
    sar = statistics(fit(panel(GRID, 8, seed=6, rho=0.5, theta=(0, 0))))
    assert sar["wald_theta"][2] > 0.01
    assert sar["wald_common_factor"][2] < 1e-6
    none = statistics(fit(panel(GRID, 8, seed=7, rho=0, theta=(0, 0)), model="sar"))
    assert none["lr_spatial"][2] > 0.01
    assert none["lm_error"][2] > 0.01


def test_which_tests_a_model_has() -> None:
    lm = ["lm_lag", "lm_error", "robust_lm_lag", "robust_lm_error", "lm_lag_error"]
    assert list(statistics(fit(model="ols", effects="none"))) == lm
    assert list(statistics(fit(model="sem", effects="time"))) == [*lm, "lr_spatial", "lr_time_effects"]
    assert list(statistics(fit(model="slx", effects="none"))) == [*lm, "wald_theta"]
    some = statistics(fit(durbin=["a"]))  # not nested in it: the other regressor has no lag to restrict
    assert "lr_sdm_sar" in some
    assert some["lr_sdm_sar"][1] == 1
    assert "lr_sdm_sem" not in some


def test_hausman_prefers_fixed_effects_when_regressors_go_with_them() -> None:
    rng = np.random.default_rng(0)
    level = rng.normal(size=N)
    x = rng.normal(size=(T, N)) + rng.normal(size=N)
    for tie, fixed in ((1.5, True), (0.0, False)):
        a, b = x + tie * level, rng.normal(size=(T, N))
        y = a - 0.5 * b + level + 0.5 * rng.normal(size=(T, N))
        data = DATA.with_columns(a=pl.Series(a.ravel()), b=pl.Series(b.ravel()), y=pl.Series(y.ravel()))
        statistic, df, p = statistics(fit(data, model="sar", effects="unit"))["hausman"]
        assert df == 2
        assert statistic > 0
        assert (p < 0.01) == fixed


def test_hausman_needs_more_units_than_coefficients() -> None:
    small = neighbours(1, 3)
    found = fit(panel(small, 12), small, model="sar", effects="unit").tests()
    assert "hausman" not in found.frame["test"]
    (note,) = found.notes
    assert "could not be taken" in str(note)


def test_every_test_has_its_words() -> None:
    frame = fit().tests().frame
    assert frame.columns == ["test", "zh", "en", "statistic", "df", "p"]
    assert frame["en"].n_unique() == frame.height
    assert frame["zh"].n_unique() == frame.height
    assert frame["p"].is_between(0, 1).all()
