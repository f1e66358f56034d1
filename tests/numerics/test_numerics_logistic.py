"""Logistic regression: its equations, scikit-learn's numbers, clusters, draws, and where there is no maximum."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from nqpf.numerics.logistic import logit, logit_drawn

Floats = NDArray[np.float64]


def sample(seed: int = 0, rows: int = 400, k: int = 3) -> tuple[Floats, Floats, NDArray[np.intp]]:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(rows, k))
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    x = np.column_stack([np.ones(rows), z])
    y = (rng.random(rows) < expit(x @ np.array([-1.5, 1.0, -0.5, 0.0][: k + 1]))).astype(float)
    return x, y, rng.integers(40, size=rows)


@pytest.mark.parametrize("ridge", [0.0, 3.0])
def test_slopes_of_the_likelihood_are_nought(ridge: float) -> None:
    x, y, cluster = sample()
    found = logit(x, y, cluster, ridge)
    slope = x.T @ (y - expit(x @ found.coefficients))
    slope[1:] -= ridge * found.coefficients[1:]
    assert found.exists
    assert np.abs(slope).max() < 1e-8


def test_ridge_pulls_towards_nought() -> None:
    x, y, cluster = sample()
    sizes = [np.abs(logit(x, y, cluster, ridge).coefficients[1:]).sum() for ridge in (0, 10, 1e3, 1e6)]
    assert sizes == sorted(sizes, reverse=True)
    far = logit(x, y, cluster, 1e9).coefficients
    assert far[0] == pytest.approx(np.log(y.mean() / (1 - y.mean())), abs=1e-5)


def test_coefficients_are_those_of_scikit_learn() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    x, y, cluster = sample(1, rows=3000)
    for ridge in (0.0, 2.0):
        peer = linear.LogisticRegression(
            C=1 / ridge if ridge else np.inf, solver="newton-cholesky", tol=1e-14, max_iter=200
        ).fit(x[:, 1:], y)
        found = logit(x, y, cluster, ridge).coefficients
        np.testing.assert_allclose(found, [*peer.intercept_, *peer.coef_[0]], rtol=0, atol=1e-10)


def test_covariance_is_the_sandwich() -> None:
    x, y, cluster = sample(2)
    found = logit(x, y, cluster)
    p = expit(x @ found.coefficients)
    bread = np.linalg.inv(x.T @ np.diag(p * (1 - p)) @ x)
    meat = np.zeros((4, 4))
    for g in np.unique(cluster):
        s = x[cluster == g].T @ (y - p)[cluster == g]
        meat += np.outer(s, s)
    groups = np.unique(cluster).size
    np.testing.assert_allclose(found.covariance, bread @ meat @ bread * groups / (groups - 1), rtol=1e-8)


def test_numbers_of_clusters_do_not_matter_nor_does_the_order_of_rows() -> None:
    x, y, cluster = sample(3)
    one = logit(x, y, cluster)
    turn = np.random.default_rng(0).permutation(y.size)
    two = logit(x[turn], y[turn], (cluster * 7 + 3)[turn])
    np.testing.assert_allclose(two.coefficients, one.coefficients, atol=1e-11)
    np.testing.assert_allclose(two.covariance, one.covariance, rtol=1e-8)
    assert np.isnan(logit(x, y, np.zeros(y.size, dtype=np.intp)).covariance).all()


def test_what_tells_outcomes_apart_has_no_maximum() -> None:
    z = np.linspace(-1.7, 1.7, 50)
    x = np.column_stack([np.ones(50), z / z.std()])
    rows = np.arange(50)
    assert not logit(x, (z > 0).astype(float), rows).exists
    assert logit(x, (z > 0).astype(float), rows, ridge=0.1).exists
    # In part: one value of a dummy always goes with a hit, the other with either.
    flag = (rows % 5 == 0).astype(float)
    x = np.column_stack([np.ones(50), (flag - flag.mean()) / flag.std()])
    y = np.where(flag == 1, 1.0, rows % 2)
    assert not logit(x, y, rows).exists


@pytest.mark.parametrize("ridge", [0.0, 2.0])
def test_draws_are_clusters_taken_so_many_times(ridge: float) -> None:
    x, y, cluster = sample(5, rows=300)
    start = logit(x, y, cluster, ridge).coefficients
    turns = np.random.default_rng(1).multinomial(40, np.ones(40) / 40, size=6).astype(float)
    found = logit_drawn(x, y, cluster, turns, start, ridge)
    for b in range(6):
        rows = np.repeat(np.arange(300), turns[b][cluster].astype(int))
        expected = logit(x[rows], y[rows], cluster[rows], ridge).coefficients
        np.testing.assert_allclose(found[b], expected, atol=1e-8)


def test_a_draw_without_a_maximum_is_left_empty() -> None:
    x, y, _ = sample(5, rows=300)
    cluster = y.astype(np.intp)
    found = logit_drawn(x, y, cluster, np.array([[1.0, 1.0], [2.0, 0.0]]), logit(x, y, cluster).coefficients)
    assert np.isnan(found).any(axis=1).tolist() == [False, True]
