"""Impacts beside the dense inverse, by the delta method beside finite differences, and by simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from spatial_made_up import neighbours, panel

from nqpf.errors import SpecError
from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.determinant import Determinant
from nqpf.regions.spatial_regression.impacts import Parameters, effects_of, impacts, simulated
from nqpf.regions.spatial_regression.regression import spatial_panel
from nqpf.regions.spatial_regression.result import SpatialModel

GRID = neighbours(4, 5)
DATA = panel(GRID, 5)


def fit(weights: Weights = GRID, **options: Any) -> SpatialModel:
    usual: dict[str, Any] = {"unit": "place", "time": "year", "effects": "two_way", "model": "sdm"}
    return spatial_panel(DATA, "y", ["a", "b"], weights=weights, **(usual | options))


def dense(w: np.ndarray, rho: float, beta: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return direct, indirect and total impacts, ``[3, K]``, from the inverse itself."""
    n = len(w)
    inverse = np.linalg.inv(np.eye(n) - rho * w)
    rows = []
    for b, t in zip(beta, theta, strict=True):
        s = inverse @ (np.eye(n) * b + w * t)
        rows.append((np.trace(s) / n, (s.sum() - np.trace(s)) / n, s.sum() / n))
    return np.array(rows).T


def skewed() -> np.ndarray:
    """Return weights that are neither symmetric nor row-standardised."""
    rng = np.random.default_rng(2)
    w = rng.uniform(0.1, 1, (15, 15)) * (rng.uniform(size=(15, 15)) < 0.3)
    np.fill_diagonal(w, 0)
    return w / w.sum(axis=1).max()


WEIGHTS = {"row": GRID.dense(), "binary": neighbours(3, 5, "binary").dense(), "skewed": skewed()}


@pytest.mark.parametrize("kind", WEIGHTS)
@given(share=st.floats(-0.95, 0.95), seed=st.integers(0, 50))
def test_impacts_are_those_of_the_dense_inverse(kind: str, share: float, seed: int) -> None:
    det = Determinant(sparse.csr_array(WEIGHTS[kind]))
    rho = share * (det.bounds[1] if share > 0 else -det.bounds[0])
    beta, theta = np.random.default_rng(seed).normal(size=(2, 3))
    values, _ = effects_of(Parameters(rho, beta, theta, np.zeros((7, 7))), det)
    expected = dense(WEIGHTS[kind], rho, beta, theta)
    np.testing.assert_allclose(values, expected, rtol=1e-7, atol=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("kind", WEIGHTS)
def test_gradients_are_those_of_finite_differences(kind: str) -> None:
    w = WEIGHTS[kind]
    det = Determinant(sparse.csr_array(w))
    centre = np.array([1.0, -0.5, 0.3, 0.2, 0.4 * det.bounds[1]])
    _, gradients = effects_of(Parameters(centre[4], centre[:2], centre[2:4], np.zeros((5, 5))), det)
    for j in range(5):
        ends = []
        for step in (1e-5, -1e-5):
            moved = centre.copy()
            moved[j] += step
            ends.append(dense(w, moved[4], moved[:2], moved[2:4]))
        np.testing.assert_allclose(gradients[:, :, j], (ends[0] - ends[1]) / 2e-5, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("kind", WEIGHTS)
def test_every_draw_is_the_dense_inverse_of_that_draw(kind: str) -> None:
    det = Determinant(sparse.csr_array(WEIGHTS[kind]))
    covariance = np.diag([0.01, 0.02, 0.01, 0.03, 0.02 * det.bounds[1] ** 2])
    parameters = Parameters(0.5 * det.bounds[1], np.array([1.0, -0.5]), np.array([0.3, 0.2]), covariance)
    drawn, _ = simulated(parameters, det, 30, seed=4)
    again = [p for p in _parameters(parameters, det, 30, seed=4)]
    expected = np.array([dense(WEIGHTS[kind], r, b, t) for b, t, r in again])
    np.testing.assert_allclose(drawn, expected, rtol=1e-8, atol=1e-9)


def _parameters(p: Parameters, det: Determinant, draws: int, seed: int) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Return the same draws of the parameters, one at a time."""
    rng = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(p.covariance)
    found: list[tuple[np.ndarray, np.ndarray, float]] = []
    while len(found) < draws:
        block = rng.standard_normal((draws - len(found), len(values)))
        for one in block @ (vectors * np.sqrt(values)).T + np.concatenate([p.beta, p.theta, [p.rho]]):
            if det.bounds[0] < one[-1] < det.bounds[1]:
                found.append((one[:2], one[2:4], float(one[-1])))
    return found


def test_without_rho_the_impacts_are_the_coefficients() -> None:
    beta = np.array([0.7, -1.2])
    det = Determinant(GRID.matrix)
    values, _ = effects_of(Parameters(0.0, beta, np.zeros(2), np.zeros((5, 5))), det)
    np.testing.assert_allclose(values, [beta, [0, 0], beta], atol=1e-14)


def test_total_is_direct_and_indirect() -> None:
    for model in ("sar", "sdm", "slx", "sem", "sdem", "ols"):
        wide = fit(model=model).impacts().frame.pivot("effect", index="name", values="estimate")
        np.testing.assert_allclose(wide["direct"] + wide["indirect"], wide["total"], atol=1e-14)


def test_models_without_a_lag_of_the_outcome() -> None:
    slx = fit(model="slx", effects="unit")
    b = dict(zip(slx.coefficients["name"], slx.coefficients["estimate"], strict=True))
    rows = slx.impacts().frame.filter(pl.col("name") == "a")
    np.testing.assert_allclose(rows["estimate"], [b["a"], b["W·a"], b["a"] + b["W·a"]], rtol=1e-12)
    np.testing.assert_allclose(
        rows["se"][:2], slx.coefficients.filter(pl.col("name").is_in(["a", "W·a"]))["se"], rtol=1e-9
    )
    sem = fit(model="sem").impacts().frame.filter(pl.col("effect") == "indirect")
    assert sem["estimate"].to_list() == [0, 0]
    assert sem["se"].to_list() == [None, None]
    assert sem["p"].to_list() == [None, None]


def test_direct_impacts_of_an_sdm_hold_the_feedback_of_theta() -> None:
    """What leaves tr(GW)θ out, as some programs do, is another number."""
    found = fit()
    b = dict(zip(found.coefficients["name"], found.coefficients["estimate"], strict=True))
    inverse = np.linalg.inv(np.eye(20) - b["rho"] * GRID.dense())
    short = np.trace(inverse) / 20 * b["a"]
    direct = found.impacts().frame.filter((pl.col("name") == "a") & (pl.col("effect") == "direct"))["estimate"][0]
    assert direct == pytest.approx(short + np.trace(inverse @ GRID.dense()) / 20 * b["W·a"], rel=1e-9)
    assert abs(direct - short) > 0.01


def test_simulation_agrees_with_the_delta_method() -> None:
    w = neighbours(9, 9)  # many rows: the normal law of the estimates is narrow, where both must be one
    found = spatial_panel(
        panel(w, 20), "y", ["a", "b"], weights=w, unit="place", time="year", model="sdm", effects="unit"
    )
    delta, drawn = found.impacts().frame, found.impacts(method="simulation", draws=20_000, seed=1).frame
    assert drawn["estimate"].equals(delta["estimate"])
    np.testing.assert_allclose(drawn["se"], delta["se"], rtol=0.03)
    np.testing.assert_allclose(drawn["statistic"], drawn["estimate"] / drawn["se"], rtol=1e-12)
    spread = (drawn["upper"] - drawn["lower"]) / (delta["upper"] - delta["lower"])
    np.testing.assert_allclose(spread, 1, rtol=0.04)


def test_a_seed_gives_the_same_draws() -> None:
    found = fit()
    one, two, three = (found.impacts(method="simulation", draws=100, seed=s) for s in (7, 7, 8))
    assert one.frame.equals(two.frame)
    assert not one.frame.equals(three.frame)
    assert one.draws is not None
    assert one.draws.shape == (100, 3, 2)
    assert one.method.options == {"method": "simulation", "level": 0.95, "draws": 100, "seed": 7}
    assert found.impacts().draws is None


def test_draws_outside_the_interval_are_taken_again_and_told() -> None:
    det = Determinant(GRID.matrix)
    parameters = Parameters(0.95, np.array([1.0]), np.array([0.0]), np.diag([0.01, 0.01, 0.01]))
    found = impacts(parameters, det, ("a",), method="simulation", draws=500)
    (note,) = found.notes
    assert note.code == "spatial_draws_refused"
    assert note.values["count"] > 50
    assert found.draws is not None
    assert len(found.draws) == 500
    assert (found.draws[:, 2] > 0).all()


def test_levels_are_those_asked_for() -> None:
    found = fit(level=0.9)
    usual, wide = found.impacts().frame, found.impacts(level=0.99).frame
    np.testing.assert_allclose((usual["upper"] - usual["lower"]) / usual["se"], 2 * 1.6448536, rtol=1e-6)
    np.testing.assert_allclose((wide["upper"] - wide["lower"]) / wide["se"], 2 * 2.5758293, rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "simulated"}, "Did you mean “simulation”"),
        ({"draws": 1, "method": "simulation"}, "a whole number of 2 or more"),
        ({"level": 1.0}, "between 0 and 1"),
    ],
)
def test_options_are_checked(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        fit().impacts(**options)
