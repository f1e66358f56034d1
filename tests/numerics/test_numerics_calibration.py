"""Whether probabilities come true: by hand, and for ones that are right by construction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from nqpf.numerics.calibration import calibration


def test_scores_by_hand() -> None:
    p, hit = np.array([0.2, 0.2, 0.8, 0.8]), np.array([False, True, True, True])
    found = calibration(p, hit, bins=2)
    assert found.brier == pytest.approx((0.04 + 0.64 + 0.04 + 0.04) / 4)
    assert found.log_loss == pytest.approx(-(3 * np.log(0.8) + np.log(0.2)) / 4)
    assert found.predicted.tolist() == [0.2, 0.8]
    assert found.observed.tolist() == [0.5, 1.0]
    assert found.count.tolist() == [2, 2]
    assert found.error == pytest.approx(0.25)


def test_right_probabilities_have_slope_one() -> None:
    rng = np.random.default_rng(0)
    p = expit(rng.normal(-2, 1, 200_000))
    hit = rng.random(p.size) < p
    found = calibration(p, hit)
    assert (found.intercept, found.slope) == pytest.approx((0, 1), abs=0.03)
    assert found.error < 0.003
    assert found.count.tolist() == [20_000] * 10
    assert (np.diff(found.predicted) > 0).all()
    sharper = calibration(expit(2 * logit(p) + 1), hit)
    assert (sharper.slope, sharper.intercept) == pytest.approx((found.slope / 2, found.intercept - found.slope / 2))
    assert sharper.brier > found.brier


def test_equal_probabilities_stay_together() -> None:
    p = np.repeat([0.1, 0.3], [95, 5])
    found = calibration(p, np.arange(100) % 7 == 0)
    assert found.count.tolist() == [95, 5]
    turn = np.random.default_rng(0).permutation(100)
    assert calibration(p[turn], (np.arange(100) % 7 == 0)[turn]).error == pytest.approx(found.error, abs=1e-15)


def test_what_cannot_be_told_is_empty() -> None:
    sure = calibration(np.array([0.0, 0.5, 1.0]), np.array([True, False, True]))
    assert sure.log_loss == np.inf
    assert np.isnan(sure.slope)
    alike = calibration(np.full(4, 0.5), np.array([True, False, True, False]))
    assert np.isnan([alike.slope, alike.intercept]).all()
    assert alike.error == 0
    apart = calibration(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True]))
    assert np.isnan(apart.slope)
