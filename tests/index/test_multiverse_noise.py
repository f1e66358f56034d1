"""Noise on weights: shares stay shares, keep their mean, and depend on the draw alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nqpf.index.multiverse.noise import Noise, noisy_weights

GROUPS = [np.array([], dtype=np.intp), np.array([0, 1, 2]), np.array([3]), np.array([4, 5])]
LOCAL = np.array([[0.5, 0.3, 0.2, 1.0, 0.0, 1.0, 1.0]])
KINDS = [Noise(kind="dirichlet"), Noise(kind="uniform", width=0.5), Noise(kind="simplex")]


@pytest.mark.parametrize("noise", KINDS, ids=lambda n: n.kind)
@given(draw=st.integers(0, 10**6))
def test_siblings_sum_to_one_and_none_is_negative(noise: Noise, draw: int) -> None:
    found = noisy_weights(LOCAL, GROUPS, noise, seed=1, draw=draw)
    assert (found >= 0).all()
    for group in GROUPS[1:]:
        assert found[0, group].sum() == pytest.approx(1)
    assert found[0, 3] == 1
    assert (found[0, 4] == 0) == (noise.kind != "simplex")


def test_dirichlet_noise_has_the_mean_and_spread_it_promises() -> None:
    drawn = np.stack(
        [
            noisy_weights(LOCAL, GROUPS, Noise(kind="dirichlet", concentration=20), seed=2, draw=d)[0]
            for d in range(4000)
        ]
    )
    w = LOCAL[0, :3]
    np.testing.assert_allclose(drawn[:, :3].mean(axis=0), w, atol=0.005)
    np.testing.assert_allclose(drawn[:, :3].std(axis=0), np.sqrt(w * (1 - w) / 21), rtol=0.05)


def test_simplex_draws_are_even() -> None:
    drawn = np.stack([noisy_weights(LOCAL, GROUPS, Noise(kind="simplex"), seed=3, draw=d)[0] for d in range(4000)])
    np.testing.assert_allclose(drawn[:, :3].mean(axis=0), 1 / 3, atol=0.015)
    assert (drawn[:, 4] < 0.5).mean() == pytest.approx(0.5, abs=0.03)  # one of two is uniform on 0–1


def test_uniform_noise_by_hand() -> None:
    u = np.random.default_rng([7, 2]).random(7)
    raw = LOCAL[0, :3] * (1 + 0.25 * (2 * u[:3] - 1))
    found = noisy_weights(LOCAL, GROUPS, Noise(kind="uniform"), seed=7, draw=2)
    np.testing.assert_allclose(found[0, :3], raw / raw.sum(), rtol=1e-14)


def test_every_year_has_the_same_noise() -> None:
    twice = np.concatenate([LOCAL, LOCAL])
    for noise in KINDS:
        found = noisy_weights(twice, GROUPS, noise, seed=1, draw=4)
        np.testing.assert_array_equal(found[0], found[1])
        np.testing.assert_array_equal(found[:1], noisy_weights(LOCAL, GROUPS, noise, seed=1, draw=4))


def test_close_weights_get_close_noise() -> None:
    """A draw is the same numbers whatever the weights, so recipes differ by their weights alone."""
    other = LOCAL + np.array([[1e-6, -1e-6, 0, 0, 0, 0, 0]])
    for noise in KINDS:
        one, two = (noisy_weights(w, GROUPS, noise, seed=1, draw=9) for w in (LOCAL, other))
        np.testing.assert_allclose(one, two, atol=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "uniform", "concentration": 10},
        {"kind": "dirichlet", "width": 0.1},
        {"kind": "dirichlet", "concentration": 0.5},
        {"kind": "uniform", "width": 1.5},
        {"kind": "gauss"},
        {"kind": "simplex", "draws": 1},
    ],
)
def test_noise_that_cannot_be(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Noise.model_validate(options)
