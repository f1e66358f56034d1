"""Pure functions on one year: identities between ECI and PCI, orders that are known, signs, fitness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.industry.relatedness.arrays import (
    advantage,
    density_of,
    expected,
    fitness_of,
    present,
    proximity_of,
    related,
    spectrum,
)


def table(seed: int, n: int = 12, k: int = 18) -> np.ndarray:
    rng = np.random.default_rng(seed)
    m = rng.random((n, k)) < 0.05 + 0.8 * rng.random((n, 1)) * rng.random((1, k))
    m[np.argmax(m.sum(axis=1))] = True
    m[:, np.argmax(m.sum(axis=0))] = True
    return m


def test_advantage_by_hand() -> None:
    x = np.array([[30.0, 10.0], [10.0, 30.0]])
    np.testing.assert_allclose(advantage(x), [[1.5, 0.5], [0.5, 1.5]])
    np.testing.assert_allclose(expected(x), 20.0)
    assert np.isnan(advantage(np.array([[0.0, 0.0], [1.0, 2.0]]))[0]).all()


@given(st.integers(0, 10_000))
def test_what_advantage_keeps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.exp(rng.normal(0, 2, (6, 5))) * (rng.random((6, 5)) < 0.7) + 1e-6
    rca = advantage(x)
    # Weighted by the others' shares, every region and every industry has 1 on average.
    np.testing.assert_allclose(rca @ (x.sum(axis=0) / x.sum()), 1.0)
    np.testing.assert_allclose((x.sum(axis=1) / x.sum()) @ rca, 1.0)
    np.testing.assert_allclose(advantage(1e9 * x), rca, rtol=1e-12)
    np.testing.assert_allclose(rca * expected(x), x, rtol=1e-12)
    assert present(rca).any(axis=0).all()
    assert present(rca).any(axis=1).all()


def test_what_rounding_puts_below_the_threshold_is_at_it() -> None:
    assert present(np.array([[1 - 1e-15, 1 - 1e-9, 1.0, np.nan]])).tolist() == [[True, False, True, False]]


@given(st.integers(0, 10_000))
def test_eci_is_the_mean_pci_of_the_basket_and_back_by_the_eigenvalue(seed: int) -> None:
    m = table(seed)
    s = spectrum(m)
    d, u = m.sum(axis=1), m.sum(axis=0)
    np.testing.assert_allclose(m @ s.pci / d, s.eci, atol=1e-9)
    np.testing.assert_allclose((s.eci - s.origin) @ m / u, s.lambda2 * (s.pci - s.origin), atol=1e-7)
    assert s.eci.mean() == pytest.approx(0, abs=1e-9)
    assert s.eci.std() == pytest.approx(1)
    assert (s.pci - s.origin) @ u == pytest.approx(0, abs=1e-6)
    assert s.basis == "diversity"
    assert s.diversity >= 0
    assert s.diversity == pytest.approx(np.corrcoef(s.eci, d)[0, 1], abs=1e-12)
    assert s.ubiquity == pytest.approx(np.corrcoef(s.pci, u)[0, 1], abs=1e-12)
    assert 0 < s.share <= 1


@given(st.integers(0, 1000))
def test_the_order_of_regions_and_industries_does_not_matter(seed: int) -> None:
    m = table(seed)
    s = spectrum(m)
    if s.lambda2 - s.lambda3 < 1e-3:
        return
    rng = np.random.default_rng(seed)
    r, c = rng.permutation(m.shape[0]), rng.permutation(m.shape[1])
    moved = spectrum(m[np.ix_(r, c)])
    np.testing.assert_allclose(moved.eci, s.eci[r], atol=1e-8)
    np.testing.assert_allclose(moved.pci, s.pci[c], atol=1e-8)
    assert moved.lambda2 == pytest.approx(s.lambda2)


def test_a_staircase_has_the_order_of_its_steps() -> None:
    m = np.tri(8, 8, dtype=bool)  # region i has industries 0 … i
    s, f = spectrum(m), fitness_of(m)
    assert (np.diff(s.eci) > 0).all()
    assert (np.diff(s.pci) > 0).all()
    assert (np.diff(f.fitness) > 0).all()
    assert (np.diff(f.quality) > 0).all()


def test_where_diversity_does_not_vary_ubiquity_sets_the_sign() -> None:
    m = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0]], dtype=bool)
    s = spectrum(m)
    assert s.basis == "ubiquity"
    assert np.isnan(s.diversity)
    assert s.ubiquity < 0


def test_on_a_ring_the_long_tail_is_above() -> None:
    ring = (np.eye(7) + np.roll(np.eye(7), 1, axis=1)).astype(bool)
    s = spectrum(ring)
    assert s.basis == "skewness"
    assert (s.eci**3).sum() >= 0
    assert np.isnan(s.diversity)
    assert np.isnan(s.ubiquity)


@given(st.integers(0, 1000), st.sampled_from(["minimum", "cosine"]), st.sampled_from(["one", "zero"]))
def test_density_is_a_share(seed: int, kind: str, diagonal: str) -> None:
    m = table(seed)
    phi = proximity_of(m, kind, diagonal)  # type: ignore[arg-type]
    np.testing.assert_array_equal(phi, phi.T)
    assert phi.min() >= 0
    assert phi.max() <= 1 + 1e-15
    dense = density_of(m, phi)
    np.testing.assert_allclose(dense, density_of(m, related(m, kind, diagonal)), atol=1e-14)  # type: ignore[arg-type]
    assert np.nanmin(dense) >= 0
    assert np.nanmax(dense) <= 1 + 1e-12
    np.testing.assert_allclose(dense[m.all(axis=1)], 1.0)


def test_density_of_nearest_neighbours_by_hand() -> None:
    m = np.array([[1, 1, 0], [0, 1, 1]], dtype=bool)
    phi = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, 0.4], [0.2, 0.4, 1.0]])
    found = density_of(m, phi, neighbours=1)
    np.testing.assert_allclose(found, [[1, 1, 0.4 / 1.4], [0.5 / 1.5, 1 / 1.5, 1]])
    np.testing.assert_allclose(density_of(m, phi, neighbours=2), density_of(m, phi))


def test_fitness_by_two_rounds_by_hand() -> None:
    m = np.array([[1, 1], [1, 0]], dtype=bool)
    # Round 1: F 2, 1 → 4/3, 2/3; Q 1/2, 1 → 2/3, 4/3. Round 2: F 2, 2/3 → 3/2, 1/2; Q 1/(3/4 + 3/2), 4/3 → 1/2, 3/2.
    found = fitness_of(m, 2)
    np.testing.assert_allclose(found.fitness, [1.5, 0.5])
    np.testing.assert_allclose(found.quality, [0.5, 1.5])
    assert found.change == pytest.approx(0.25)


def test_fitness_that_has_fallen_to_nothing_stays_a_number() -> None:
    # Nine regions have one common industry, one has another of its own: the nine fall for ever.
    m = np.zeros((10, 30), dtype=bool)
    m[:9, 0], m[9, :] = True, True
    found = fitness_of(m, 3000)
    assert np.isfinite(found.fitness).all()
    assert np.isfinite(found.quality).all()
    assert found.fitness.argmax() == 9
    assert found.fitness[:9].max() < 1e-3
