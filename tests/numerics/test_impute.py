"""EM is maximum likelihood: closed form, a numerical optimum, a textbook table; its draws cover what they should."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize

from nqpf.numerics.impute import (
    NormalFit,
    effects_design,
    linear_draw,
    linear_fit,
    normal_draw,
    normal_em,
)

N = np.nan

CROP = [8, 6, 11, 22, 14, 17, 18, 24, 19, 23, 26, 40, 4, 4, 5, 6, 8, 10]
WORMY = [59, 58, 56, 53, 50, 45, 43, 42, 39, 38, 30, 27] + [N] * 6
"""Size of crop (hundreds of fruits) and share of wormy fruits of 18 apple trees: Snedecor and Cochran, the standard
example of a monotone pattern in Little and Rubin, Statistical Analysis with Missing Data."""


def constant(rows: int) -> np.ndarray:
    return np.ones((rows, 1))


def started(x: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(x), np.nanmean(x, axis=0), x)


def em(x: np.ndarray, **options: float) -> NormalFit:
    return normal_em(x, constant(len(x)), started(x), most=20_000, **options)  # type: ignore[arg-type]


def test_the_apple_trees_have_the_textbook_estimates() -> None:
    """Anderson (1957), doi:10.2307/2280845: with a monotone pattern the maximum has a closed form."""
    x = np.column_stack([CROP, WORMY]).astype(float)
    fit = em(x, tolerance=1e-12)
    known = ~np.isnan(x[:, 1])
    (s11, s12), (_, s22) = np.cov(x[known].T, bias=True)
    slope, all11 = s12 / s11, x[:, 0].var()
    mean = x[known, 1].mean() + slope * (x[:, 0].mean() - x[known, 0].mean())
    cov = [[all11, slope * all11], [slope * all11, s22 - slope * s12 + slope**2 * all11]]
    assert fit.converged
    np.testing.assert_allclose(fit.mean[0], [14.7222, 49.3333], atol=5e-5)
    np.testing.assert_allclose(fit.mean[0], [x[:, 0].mean(), mean], rtol=1e-9)
    np.testing.assert_allclose(fit.cov, cov, rtol=1e-8)
    np.testing.assert_allclose(fit.cov[0, 0], 89.5340, atol=5e-5)
    line = x[known, 1].mean() + slope * (x[~known, 0] - x[known, 0].mean())
    np.testing.assert_allclose(fit.completed[~known, 1], line, rtol=1e-9)


def loglik(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> float:
    """Return the likelihood of what was observed, row by row."""
    total = 0.0
    for row in x:
        o = ~np.isnan(row)
        if o.any():
            total += stats.multivariate_normal(mean[o], cov[np.ix_(o, o)]).logpdf(row[o])
    return total


def test_no_other_optimum_is_found_for_holes_anywhere() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(40, 3)) @ np.array([[1.0, 0.6, -0.4], [0, 0.8, 0.3], [0, 0, 0.7]]) + [1.0, -2.0, 0.5]
    x[rng.random(x.shape) < 0.25] = N
    fit = em(x, tolerance=1e-11)

    def loss(p: np.ndarray) -> float:
        root = np.zeros((3, 3))
        root[np.tril_indices(3)] = p[3:]
        return -loglik(x, p[:3], root @ root.T + 1e-12 * np.eye(3))

    first = np.concatenate([np.nanmean(x, axis=0), np.eye(3)[np.tril_indices(3)]])
    found = minimize(loss, first, method="BFGS", options={"gtol": 1e-6})
    root = np.zeros((3, 3))
    root[np.tril_indices(3)] = found.x[3:]
    np.testing.assert_allclose(fit.mean[0], found.x[:3], atol=1e-4)
    np.testing.assert_allclose(fit.cov, root @ root.T, atol=1e-4)
    assert loglik(x, fit.mean[0], fit.cov) >= -found.fun - 1e-8


@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 4))
def test_each_step_of_em_raises_the_likelihood(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(25, k)) @ rng.normal(size=(k, k))
    x[rng.random(x.shape) < 0.2] = N
    x[: k + 2] = rng.normal(size=(k + 2, k))
    steps = [normal_em(x, constant(25), started(x), tolerance=0.0, most=m) for m in (1, 2, 3, 6)]
    likelihoods = [loglik(x, s.mean[0], s.cov) for s in steps]
    assert all(b >= a - 1e-8 * abs(a) for a, b in pairwise(likelihoods))


def test_without_holes_the_fit_is_mean_and_covariance() -> None:
    x = np.random.default_rng(1).normal(size=(30, 3))
    fit = em(x)
    np.testing.assert_allclose(fit.mean, np.broadcast_to(x.mean(axis=0), x.shape))
    np.testing.assert_allclose(fit.cov, np.cov(x.T, bias=True))
    assert fit.iterations == 1


def test_order_of_rows_and_columns_and_scale_do_not_matter() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 4))
    x[rng.random(x.shape) < 0.15] = N
    fit = em(x, tolerance=1e-10)
    rows, cols = rng.permutation(50), rng.permutation(4)
    np.testing.assert_allclose(em(x[rows][:, cols], tolerance=1e-10).completed, fit.completed[rows][:, cols], atol=1e-7)
    np.testing.assert_allclose(em(3 * x, tolerance=1e-10).completed, 3 * fit.completed, atol=1e-7)


def test_a_row_without_any_value_gets_the_mean() -> None:
    x = np.vstack([np.random.default_rng(3).normal(size=(20, 2)), [[N, N]]])
    fit = em(x, tolerance=1e-10)
    np.testing.assert_allclose(fit.completed[-1], x[:-1].mean(axis=0), atol=1e-8)


def test_ridge_shrinks_correlations_and_leaves_variances() -> None:
    x = np.random.default_rng(4).normal(size=(40, 2)) @ np.array([[1, 0.9], [0, 0.3]])
    plain, shrunk = em(x).cov, em(x, ridge=0.25).cov
    np.testing.assert_allclose(np.diag(plain), np.diag(shrunk))
    assert shrunk[0, 1] == pytest.approx(plain[0, 1] / 1.25)


def test_steps_run_out() -> None:
    x = np.column_stack([CROP, WORMY]).astype(float)
    fit = normal_em(x, constant(18), started(x), most=2)
    assert (fit.iterations, fit.converged) == (2, False)


@pytest.mark.parametrize(("effects", "columns"), [("none", 1), ("unit", 5), ("unit_year", 10), ("unit_trend", 10)])
def test_designs_have_full_rank(effects: str, columns: int) -> None:
    design = effects_design(effects, np.arange(2015.0, 2021.0), 5)  # type: ignore[arg-type]
    assert design.shape == (30, columns)
    assert np.linalg.matrix_rank(design) == columns


def test_units_lines_are_found_whatever_else_is_there() -> None:
    years, units = np.arange(10.0), 3
    rng = np.random.default_rng(6)
    level, slope = np.array([1.0, 5.0, -2.0]), np.array([0.1, -0.3, 0.5])
    x = (level + slope * years[:, None]).reshape(-1, 1) + 1e-7 * rng.normal(size=(30, 1))
    holes = x.copy()
    holes[4:8] = N
    design = effects_design("unit_trend", years, units)
    fit = normal_em(holes, design, np.where(np.isnan(holes), 0.0, holes), tolerance=1e-12, most=5000)
    np.testing.assert_allclose(fit.completed, x, atol=1e-5)


def masked(seed: int, years: int = 12, units: int = 25, series: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a panel of units' lines and correlated noise, the same with a tenth taken out, and its design."""
    rng = np.random.default_rng(seed)
    time = np.arange(float(years))
    lines = rng.normal(size=(1, units, series)) + rng.normal(0, 0.2, (1, units, series)) * time[:, None, None]
    root = np.linalg.cholesky(0.6 * np.ones((series, series)) + 0.4 * np.eye(series))
    x = (lines + rng.normal(size=(years, units, series)) @ root.T).reshape(-1, series)
    return x, np.where(rng.random(x.shape) < 0.1, N, x), effects_design("unit_trend", time, units)


@pytest.mark.slow
def test_intervals_of_the_draws_cover_the_truth_as_often_as_they_say() -> None:
    inside = {0.5: [], 0.9: []}
    for seed in range(5):
        truth, x, design = masked(seed)
        holes = np.isnan(x)
        fit = normal_em(x, design, np.where(holes, 0.0, x))
        draws = [normal_draw(fit, x, design, np.random.default_rng([seed, d])) for d in range(60)]
        for level, hits in inside.items():
            low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
            hits.append((low <= truth[holes]) & (truth[holes] <= high))
    cells = sum(len(h) for h in inside[0.9])
    assert cells > 700
    for level, hits in inside.items():  # within three standard errors, the 60 draws' own coarseness allowed for
        assert np.concatenate(hits).mean() == pytest.approx(level, abs=3 * (level * (1 - level) / cells) ** 0.5 + 0.01)


def test_draws_stand_about_the_conditional_means_and_hang_on_the_seed_alone() -> None:
    _, x, design = masked(11)
    holes = np.isnan(x)
    fit = normal_em(x, design, np.where(holes, 0.0, x))
    draws = np.array([normal_draw(fit, x, design, np.random.default_rng(d)) for d in range(80)])
    spread = draws.std(axis=0)
    assert np.abs((draws.mean(axis=0) - fit.completed[holes]) / spread).max() < 0.6
    np.testing.assert_array_equal(draws[7], normal_draw(fit, x, design, np.random.default_rng(7)))
    assert (draws[7] != draws[8]).all()


def test_regression_is_least_squares_with_its_r2() -> None:
    rng = np.random.default_rng(8)
    predictors, design = rng.normal(size=(40, 2)), effects_design("unit", np.arange(10.0), 4)
    y = predictors @ [2.0, -1.0] + design @ [1, 2, 3, 4] + 0.3 * rng.normal(size=40)
    y[[3, 17]] = N
    known, wanted = ~np.isnan(y), np.isnan(y)
    fit = linear_fit(y, predictors, design, wanted)
    assert fit is not None
    both = np.hstack([predictors, design])
    beta, residual, *_ = np.linalg.lstsq(both[known], y[known], rcond=None)
    np.testing.assert_allclose(fit.predicted, both[wanted] @ beta)
    assert fit.freedom == 38 - 6
    assert fit.sigma2 == pytest.approx(float(residual[0]) / 32)
    within = y[known] - design[known] @ np.linalg.lstsq(design[known], y[known], rcond=None)[0]
    assert fit.r2 == pytest.approx(1 - float(residual[0]) / float(within @ within))
    hat = np.linalg.inv(both[known].T @ both[known])
    np.testing.assert_allclose((fit.leverage**2).sum(axis=1), np.einsum("ij,jk,ik->i", both[wanted], hat, both[wanted]))


def test_draws_of_a_regression_are_student_about_the_prediction() -> None:
    rng = np.random.default_rng(9)
    x, y = np.arange(12.0)[:, None], np.append(0.5 * np.arange(11.0) + rng.normal(size=11), N)
    fit = linear_fit(y, x, constant(12), np.isnan(y))
    assert fit is not None
    draws = np.array([linear_draw(fit, rng)[0] for _ in range(4000)])
    scale = (fit.sigma2 * (1 + (fit.leverage**2).sum())) ** 0.5
    assert stats.kstest((draws - fit.predicted[0]) / scale, stats.t(fit.freedom).cdf).pvalue > 0.01


def test_regression_says_nothing_of_a_unit_never_seen_and_needs_freedom() -> None:
    design = effects_design("unit", np.arange(3.0), 2)
    y, x = np.array([1.0, N, 2.5, N, 3.0, N]), np.array([[1.0], [1], [2], [2], [3], [3]])
    fit = linear_fit(y, x, design, np.isnan(y))
    assert fit is not None
    assert np.isnan(fit.predicted).all()
    assert linear_fit(np.array([1.0, N, 2.0, N, N, N]), x, design, np.isnan(y)) is None
