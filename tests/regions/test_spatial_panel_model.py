"""Spatial regressions: the maximum beside brute force, what does not matter, and how effects are taken out."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.linalg import null_space
from scipy.optimize import minimize_scalar
from spatial_made_up import neighbours, panel

from nqpf.messages import speak
from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression import determinant as home
from nqpf.regions.spatial_regression.design import read_design
from nqpf.regions.spatial_regression.estimate import Asked, Correction, estimate
from nqpf.regions.spatial_regression.regression import spatial_panel
from nqpf.regions.spatial_regression.result import SpatialModel

GRID = neighbours(4, 5)
N, T = 20, 5
DATA = panel(GRID, T)


def fit(data: Any = DATA, weights: Weights = GRID, **options: Any) -> SpatialModel:
    usual: dict[str, Any] = {"unit": "place", "time": "year", "effects": "two_way", "model": "sar"}
    return spatial_panel(data, "y", ["a", "b"], weights=weights, **(usual | options))


def arrays(lagged: bool) -> tuple[np.ndarray, np.ndarray]:
    y, a, b = (DATA[c].to_numpy().reshape(T, N) for c in "yab")
    w = GRID.dense()
    return y, np.array([a, b, a @ w.T, b @ w.T] if lagged else [a, b])


def highest(model: str, y: np.ndarray, x: np.ndarray, w: np.ndarray) -> tuple[float, float]:
    """Return where the log-likelihood of stacked rows has its maximum, everything by plain matrices."""
    t, n = y.shape

    def value(r: float) -> float:
        s = np.eye(n) - r * w
        left = (y @ s.T).ravel()
        right = (x @ s.T if model in ("sem", "sdem") else x).reshape(len(x), -1).T
        e = left - right @ np.linalg.lstsq(right, left, rcond=None)[0]
        return float(t * np.linalg.slogdet(s)[1] - t * n / 2 * (np.log(2 * np.pi * e @ e / (t * n)) + 1))

    found = minimize_scalar(lambda r: -value(r), bounds=(-0.99, 0.99), method="bounded", options={"xatol": 1e-9})
    return float(found.x), float(-found.fun)


@pytest.mark.parametrize("model", ["sar", "sem", "sdm", "sdem"])
@pytest.mark.parametrize("effects", ["none", "unit", "time", "two_way"])
def test_after_lag_is_the_maximum_with_dummies(model: str, effects: str) -> None:
    y, x = arrays(model in ("sdm", "sdem"))
    ones = np.ones((1, T, N))
    units = np.array([np.tile(np.eye(N)[i], (T, 1)) for i in range(N)])
    years = np.array([np.repeat(np.eye(T)[t][:, None], N, axis=1) for t in range(T)])
    extra = {"none": [ones], "unit": [units], "time": [years], "two_way": [units, years[1:]]}[effects]
    rho, value = highest(model, y, np.concatenate([x, *extra]), GRID.dense())
    found = fit(model=model, effects=effects, demean="after_lag")
    assert found.log_likelihood == pytest.approx(value, abs=1e-9)
    assert found.fit.rho == pytest.approx(rho, abs=1e-6)


@pytest.mark.parametrize("model", ["sar", "sem", "sdm"])
@pytest.mark.parametrize("effects", ["unit", "time", "two_way"])
def test_the_transform_is_the_maximum_of_what_is_left_orthonormally(model: str, effects: str) -> None:
    y, x = arrays(model == "sdm")
    rows = null_space(np.ones((1, T))).T if effects != "time" else np.eye(T)
    columns = null_space(np.ones((1, N))) if effects != "unit" else np.eye(N)
    ty, tx, tw = rows @ y @ columns, rows @ x @ columns, columns.T @ GRID.dense() @ columns
    rho, value = highest(model, ty, tx, tw)
    found = fit(model=model, effects=effects, correction="lee_yu_transform")
    assert found.log_likelihood == pytest.approx(value, abs=1e-9)
    assert found.fit.rho == pytest.approx(rho, abs=1e-6)
    # its standard errors are those of a sample with these rows and these weights
    s = np.eye(len(tw)) - found.fit.rho * tw
    g, periods, sigma2 = np.linalg.solve(s.T, tw.T).T, len(rows), found.sigma2
    right = (tx @ s.T if model == "sem" else tx).reshape(len(x), -1).T
    info = np.zeros((len(x) + 2, len(x) + 2))
    info[0, 0] = ty.size / (2 * sigma2**2)
    info[0, 1] = info[1, 0] = periods * np.trace(g) / sigma2
    info[1, 1] = periods * (np.trace(g @ g) + (g**2).sum())
    info[2:, 2:] = right.T @ right / sigma2
    if model != "sem":
        spread = (np.tensordot(found.fit.beta, tx, axes=1) @ g.T).ravel()
        info[1, 1] += spread @ spread / sigma2
        info[1, 2:] = info[2:, 1] = right.T @ spread / sigma2
    expected = np.sqrt(np.diag(np.linalg.inv(info)))
    np.testing.assert_allclose(found.coefficients["se"], np.roll(expected[1:], -1), rtol=1e-6)
    assert found.sigma2_se == pytest.approx(expected[0], rel=1e-6)


def test_with_unit_effects_the_correction_only_counts_years() -> None:
    plain, corrected = fit(effects="unit"), fit(effects="unit", correction="lee_yu")
    assert corrected.rho == pytest.approx(plain.rho, abs=1e-12)
    assert corrected.sigma2 == pytest.approx(plain.sigma2 * T / (T - 1), rel=1e-12)
    ratio = corrected.coefficients["se"] / plain.coefficients["se"]
    np.testing.assert_allclose(ratio, np.sqrt(T / (T - 1)), rtol=1e-9)
    whole = fit(effects="unit", correction="lee_yu_transform")
    np.testing.assert_allclose(whole.covariance, corrected.covariance, rtol=1e-9)


def test_corrections_take_the_bias_off() -> None:
    """Thirty samples of 5 years × 20 units with ρ = 0.4 and σ² = 0.25: uncorrected too low, corrected near."""
    words: tuple[Correction, ...] = ("none", "lee_yu", "lee_yu_transform")
    found: dict[Correction, list[tuple[float, float]]] = {word: [] for word in words}
    for seed in range(30):
        design = read_design(panel(GRID, T, seed=seed), "y", ["a", "b"], GRID, "place", "year")
        for word in words:
            one = estimate(design, Asked("sdm", "two_way", word, "after_lag", ("a", "b")))
            found[word].append((one.rho, one.sigma2))
    bias = {word: np.mean(values, axis=0) - (0.4, 0.25) for word, values in found.items()}
    error = np.std(found["none"], axis=0) / np.sqrt(30)
    assert (bias["none"] < -3 * error).all()
    for word in words[1:]:
        assert (np.abs(bias[word]) < 0.45 * np.abs(bias["none"])).all(), word


def test_before_and_after_the_lag_only_differ_with_year_effects() -> None:
    for effects in ("none", "unit"):
        ways = [fit(effects=effects, demean=way).rho for way in ("before_lag", "after_lag")]
        assert ways[0] == pytest.approx(ways[1], abs=1e-12)
    before, after = fit(), fit(demean="after_lag")
    assert abs(before.rho - after.rho) > 1e-5
    (note,) = [n for n in before.notes if n.code == "spatial_year_means"]
    assert f"{before.rho:.6f}" in str(note)
    assert f"{after.rho:.6f}" in str(note)
    assert not [n for n in after.notes if n.code == "spatial_year_means"]


@pytest.mark.parametrize("model", ["ols", "slx", "sar", "sem", "sdm"])
def test_order_of_rows_and_of_labels_does_not_matter(model: str) -> None:
    there = np.random.default_rng(1).permutation(N)
    other = Weights.of([GRID.labels[i] for i in there], GRID.dense()[np.ix_(there, there)])
    mixed = DATA.sample(fraction=1.0, shuffle=True, seed=3)
    one, two = fit(model=model), fit(mixed, other, model=model)
    np.testing.assert_allclose(two.coefficients["estimate"], one.coefficients["estimate"], rtol=1e-9)
    np.testing.assert_allclose(two.coefficients["se"], one.coefficients["se"], rtol=1e-8)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-9)
    both = one.fitted.join(two.fitted, on=["place", "year"], suffix="_two")
    np.testing.assert_allclose(both["residual"], both["residual_two"], atol=1e-9)
    assert two.fitted.select("place", "year").equals(mixed.select("place", "year"))


def test_units_of_measurement_only_scale() -> None:
    scaled = DATA.with_columns(pl.col("a") * 1e6, pl.col("y") * 1e-3)
    one, two = fit(model="sdm"), fit(scaled, model="sdm")
    assert two.rho == pytest.approx(one.rho, abs=1e-10)
    np.testing.assert_allclose(two.coefficients["statistic"], one.coefficients["statistic"], rtol=1e-7)
    factor = np.array([1e-9, 1e-3, 1e-9, 1e-3, 1])
    np.testing.assert_allclose(two.coefficients["estimate"], one.coefficients["estimate"] * factor, rtol=1e-8)


def test_half_the_weights_is_twice_rho() -> None:
    half = Weights.of(GRID.labels, GRID.dense() / 2)
    one, two = fit(effects="unit"), fit(weights=half, effects="unit")
    assert two.rho == pytest.approx(2 * one.rho, rel=1e-9)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-9)
    np.testing.assert_allclose(two.impacts().frame["estimate"], one.impacts().frame["estimate"], rtol=1e-9)
    np.testing.assert_allclose(two.impacts().frame["se"], one.impacts().frame["se"], rtol=1e-8)


def test_many_units_take_the_sparse_road_to_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = {m: fit(model=m) for m in ("sdm", "sem")}
    monkeypatch.setattr(home, "DENSE", 5)
    for model, one in exact.items():
        two = fit(model=model)
        np.testing.assert_allclose(two.coefficients["estimate"], one.coefficients["estimate"], rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(two.coefficients["se"], one.coefficients["se"], rtol=1e-6)
        assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-8)
        a, b = (m.impacts(method="simulation", draws=50).frame for m in (one, two))
        np.testing.assert_allclose(b["se"], a["se"], rtol=1e-4)


def test_what_is_explained_and_what_is_left_add_up() -> None:
    for model in ("sar", "sem", "slx"):
        found = fit(model=model)
        joined = DATA.join(found.fitted, on=["place", "year"])
        np.testing.assert_allclose(joined["fitted"] + joined["residual"], joined["y"], atol=1e-12)
        for key in ("place", "year"):
            means = found.fitted.group_by(key).agg(pl.col("residual").mean())
            assert np.abs(means["residual"].to_numpy()).max() < 1e-12
        sums = found.effects.group_by("kind").agg(pl.col("estimate").sum()).filter(pl.col("kind") != "intercept")
        assert np.abs(sums["estimate"].to_numpy()).max() < 1e-10
        assert found.effects.height == 1 + N + T


def test_effects_and_coefficients_make_the_equation() -> None:
    found = fit(demean="after_lag")
    y, x = arrays(False)
    b = dict(zip(found.coefficients["name"], found.coefficients["estimate"], strict=True))
    kinds = {kind: part["estimate"].to_numpy() for (kind,), part in found.effects.group_by("kind", maintain_order=True)}
    told = b["rho"] * y @ GRID.dense().T + b["a"] * x[0] + b["b"] * x[1]
    told = told + kinds["intercept"] + kinds["unit"] + kinds["time"][:, None]
    np.testing.assert_allclose(told.ravel(), found.fitted["fitted"], atol=1e-10)
    e = found.fitted["residual"].to_numpy()
    assert found.sigma2 == pytest.approx(e @ e / e.size, rel=1e-10)
    total = y - y.mean()
    assert found.r2 == pytest.approx(1 - e @ e / (total**2).sum())


def test_least_squares_are_what_dummies_give() -> None:
    found = fit(model="ols")
    y, x = arrays(False)
    units = np.array([np.tile(np.eye(N)[i], (T, 1)) for i in range(N)])
    years = np.array([np.repeat(np.eye(T)[t][:, None], N, axis=1) for t in range(1, T)])
    full = np.concatenate([x, units, years]).reshape(2 + N + T - 1, -1).T
    b, rest, *_ = np.linalg.lstsq(full, y.ravel(), rcond=None)
    df = T * N - full.shape[1]
    np.testing.assert_allclose(found.coefficients["estimate"], b[:2], rtol=1e-9)
    np.testing.assert_allclose(
        found.coefficients["se"], np.sqrt(rest[0] / df * np.diag(np.linalg.inv(full.T @ full))[:2]), rtol=1e-9
    )
    assert found.df == df
    assert found.rho is None
    assert found.lambda_ is None


def test_information_criteria_count_what_is_estimated() -> None:
    found = fit(model="sdm")
    assert found.aic == pytest.approx(2 * 6 - 2 * found.log_likelihood)
    assert found.bic == pytest.approx(6 * np.log(T * N) - 2 * found.log_likelihood)
    assert (found.rho, found.lambda_) == (found.fit.rho, None)
    assert fit(model="sem").lambda_ == fit(model="sem").fit.rho


def test_the_truth_lies_within_a_few_standard_errors() -> None:
    w = neighbours(7, 7)
    found = fit(panel(w, 8, seed=3), w, model="sdm", correction="lee_yu_transform").coefficients
    truth = np.array([1, -0.5, 0.5, 0, 0.4])
    assert (np.abs(found["estimate"].to_numpy() - truth) < 3.5 * found["se"].to_numpy()).all()
    error = fit(panel(w, 8, seed=4, rho=0, lam=0.6, theta=(0, 0)), w, model="sem", correction="lee_yu_transform")
    gap = np.abs(error.coefficients["estimate"].to_numpy() - [1, -0.5, 0.6])
    assert (gap < 3.5 * error.coefficients["se"].to_numpy()).all()


def test_only_some_neighbours_enter() -> None:
    found = fit(model="sdm", durbin=["b"])
    assert found.coefficients["name"].to_list() == ["a", "b", "W·b", "rho"]
    assert found.coefficients["kind"].to_list() == ["own", "own", "neighbours", "spatial"]
    assert found.coefficients["en"].to_list()[2:] == ["W×b", "Spatial lag ρ"]
    assert found.coefficients["zh"][3] == "空间滞后系数 ρ"


def test_a_cross_section_has_an_intercept() -> None:
    year = DATA.filter(pl.col("year") == 2003)
    alone = spatial_panel(year.drop("year"), "y", ["a", "b"], weights=GRID, unit="place", model="sar")
    same = fit(year, effects="none")
    np.testing.assert_allclose(alone.covariance, same.covariance, rtol=1e-9)
    assert alone.coefficients["name"].to_list() == ["intercept", "a", "b", "rho"]
    assert alone.fitted.columns == ["place", "fitted", "residual"]
    assert alone.summary["periods"] is None
    assert alone.effects.height == 0


def test_years_may_have_gaps() -> None:
    apart = DATA.with_columns(pl.col("year") * 3 - 4000)
    np.testing.assert_allclose(fit(apart).covariance, fit().covariance, rtol=1e-9)


def test_weights_of_others_are_left_out_and_rows_sum_to_one_again() -> None:
    data = DATA.filter(pl.col("place") != "u007")
    found = fit(data)
    (note,) = [n for n in found.notes if n.code == "spatial_left_out"]
    assert "1 units" in str(note)
    assert "u007" in str(note)
    rows = found.design.determinant.matrix.sum(axis=1)
    np.testing.assert_allclose(rows, 1, atol=1e-12)
    plain = fit(data, neighbours(4, 5, "binary"))
    assert plain.design.determinant.matrix.sum(axis=1).max() == 4
    assert "stays as it was" in str(plain.notes[0])


def test_islands_are_told() -> None:
    w = GRID.dense()
    w[0], w[:, 0] = 0, 0
    found = fit(weights=Weights.of(GRID.labels, w), demean="after_lag")
    (note,) = [n for n in found.notes if n.code == "spatial_islands"]
    assert "u000" in str(note)
    with speak("zh"):
        assert "1 个单元没有邻居" in str(note)
    assert np.isfinite(found.coefficients["se"].to_numpy()).all()


def test_small_samples_and_effects_are_told() -> None:
    codes = {n.code for n in fit(demean="after_lag").notes}
    assert codes == {"spatial_few_units", "spatial_uncorrected"}
    assert {n.code for n in fit(correction="lee_yu_transform").notes} == {"spatial_few_units"}
    splm = fit(correction="splm")
    assert "spatial_splm" in {n.code for n in splm.notes}
    assert splm.rho < fit().rho < fit(correction="lee_yu").rho


def test_a_parameter_at_the_end_of_its_interval_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nqpf.regions.spatial_regression.likelihood.EDGE", 0.499)
    found = fit()
    (note,) = [n for n in found.notes if n.code == "spatial_bound"]
    assert "end of the interval" in str(note)


def test_method_says_how_and_the_table_comes_back_in_kind() -> None:
    pandas = pytest.importorskip("pandas")
    found = fit(DATA.to_pandas(), model="sdm", correction="lee_yu")
    assert found.method.id == "regions.spatial_panel"
    assert found.method.options["correction"] == "lee_yu"
    assert found.method.options["durbin"] == ("a", "b")
    assert isinstance(found.to_frame(), pandas.DataFrame)
    assert isinstance(found.impacts().to_frame(), pandas.DataFrame)
    assert isinstance(found.tests().to_frame(), pandas.DataFrame)
