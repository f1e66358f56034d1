"""Least squares with fixed effects beside the same regression with dummies written out."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.numerics.within import covariance, demeaned, fit


def unbalanced(seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    n, t = (part.ravel() for part in np.indices((7, 6)))
    there = rng.uniform(size=n.size) > 0.25
    n, t = n[there], t[there]
    x = rng.normal(size=(n.size, 2)) + n[:, None] * 0.3 + t[:, None] * 0.1
    y = x @ [1.5, -0.7] + n - 0.4 * t + rng.normal(size=n.size)
    return y, x, n, t


@pytest.mark.parametrize("which", ["none", "unit", "time", "two_way"])
def test_effects_taken_out_are_dummies_written_out(which: str) -> None:
    y, x, n, t = unbalanced()
    codes = {"none": [], "unit": [n], "time": [t], "two_way": [n, t]}[which]
    both, effects = demeaned(np.column_stack([y, x]), codes)
    found = fit(both[:, 0], both[:, 1:], effects)
    dummies = np.column_stack([x, *(np.eye(code.max() + 1)[code] for code in codes)])
    beta, _, rank, _ = np.linalg.lstsq(dummies, y, rcond=None)
    assert found.coefficients == pytest.approx(beta[:2], abs=1e-11)
    assert found.residuals == pytest.approx(y - dummies @ beta, abs=1e-11)
    assert found.freedom == len(y) - rank
    sigma2 = found.residuals @ found.residuals / found.freedom
    assert covariance(found, both[:, 1:], None) == pytest.approx(
        sigma2 * np.linalg.pinv(dummies.T @ dummies)[:2, :2], rel=1e-8
    )


def test_what_is_a_sum_of_others_or_of_effects_is_named() -> None:
    y, x, n, t = unbalanced()
    wide = np.column_stack([x, x.sum(axis=1), n.astype(float)])
    both, effects = demeaned(np.column_stack([y, wide]), [n, t])
    found = fit(both[:, 0], both[:, 1:], effects, np.sqrt((wide**2).sum(axis=0)))
    assert found.aliased == (2, 3)
    assert np.isnan(found.coefficients[[2, 3]]).all()


def test_clusters_of_one_row_are_the_robust_covariance() -> None:
    y, x, _, _ = unbalanced()
    found = fit(y, x)
    meat = (x * found.residuals[:, None]).T @ (x * found.residuals[:, None])
    inverse = np.linalg.inv(x.T @ x)
    assert covariance(found, x, np.arange(len(y)), "CR0") == pytest.approx(inverse @ meat @ inverse, rel=1e-10)
