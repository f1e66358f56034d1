"""ln|I − ρW|, traces and sums beside the dense inverse, for every kind of weights and on both roads."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from nqpf.regions.spatial_regression import determinant as home
from nqpf.regions.spatial_regression.determinant import Determinant, symmetric_twin, told_in_full

N = 24


def of_kind(kind: str) -> np.ndarray:
    rng = np.random.default_rng(5)
    near = np.abs(np.subtract.outer(np.arange(N), np.arange(N)))
    w = ((near == 1) | (near == 3)).astype(float)
    if kind == "directed":  # three nearest in random order: not symmetric, some eigenvalues complex
        w = np.zeros((N, N))
        for i in range(N):
            w[i, rng.choice(np.delete(np.arange(N), i), 3, replace=False)] = 1
        w /= w.sum(axis=1, keepdims=True)
    if kind == "row":
        w /= w.sum(axis=1, keepdims=True)
    if kind == "distance":
        w = np.where(near > 0, 1 / np.maximum(near, 1), 0.0)
    if kind == "island":
        w[3], w[:, 3] = 0, 0
    return w


KINDS = pytest.mark.parametrize("kind", ["row", "binary", "directed", "distance", "island"])
ROADS = pytest.mark.parametrize("dense", [True, False])


@KINDS
@ROADS
def test_everything_is_that_of_the_dense_inverse(kind: str, dense: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not dense:
        monkeypatch.setattr(home, "DENSE", 5)
    w = of_kind(kind)
    det = Determinant(sparse.csr_array(w))
    low, high = det.bounds
    for rho in (0.6 * low, 0.0, 0.3 * high, 0.9 * high):
        s = np.eye(N) - rho * w
        g = np.linalg.solve(s, w)
        near, total = det.near(rho - 0.02 * high, rho + 0.02 * high), det.total(rho - 0.02 * high, rho + 0.02 * high)
        at = np.array(rho)
        size = np.abs(g).sum()
        assert near.log_det(at) == pytest.approx(np.linalg.slogdet(s)[1], abs=1e-10)
        assert near.trace(at) == pytest.approx(np.trace(g), abs=1e-8 * size)
        assert near.trace_square(at) == pytest.approx(np.trace(g @ g), abs=1e-6 * size**2)
        assert total.value(at) == pytest.approx(g.sum(), abs=1e-9 * size)
        assert total.slope(at) == pytest.approx((g @ g).sum(), abs=1e-7 * size**2)
        squares, rows, columns = det.squares(rho)
        assert squares == pytest.approx((g**2).sum(), rel=1e-9)
        np.testing.assert_allclose(rows, g.sum(axis=1), atol=1e-9 * size)
        np.testing.assert_allclose(columns, g.sum(axis=0), atol=1e-9 * size)
        v = np.arange(2.0 * N).reshape(2, N)
        np.testing.assert_allclose(det.multiplied(rho, v), v @ g.T, rtol=1e-9, atol=1e-9 * size)


@KINDS
def test_bounds_are_where_the_inverse_ends(kind: str) -> None:
    w = of_kind(kind)
    low, high = Determinant(sparse.csr_array(w)).bounds
    assert low < 0 < high
    inside = [np.linalg.slogdet(np.eye(N) - r * w)[0] for r in np.linspace(low, high, 400)[1:-1]]
    assert set(inside) == {1.0}
    assert abs(np.linalg.det(np.eye(N) - high * w)) < 1e-6 * np.linalg.cond(w + np.eye(N)) ** 2


def test_many_units_have_the_same_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    w = sparse.csr_array(of_kind("row"))
    exact = Determinant(w).bounds
    monkeypatch.setattr(home, "DENSE", 5)
    assert Determinant(w).bounds == pytest.approx(exact, rel=1e-8)


def test_a_row_standardised_neighbourhood_has_a_symmetric_twin() -> None:
    w = sparse.csr_array(of_kind("row"))
    twin = symmetric_twin(w)
    assert twin is not None
    assert np.abs((twin - twin.T).toarray()).max() < 1e-12
    expected = np.sort(np.linalg.eigvals(w.toarray()).real)
    np.testing.assert_allclose(np.linalg.eigvalsh(twin.toarray()), expected, atol=1e-10)
    assert symmetric_twin(sparse.csr_array(of_kind("directed"))) is None
    odd = np.array([[0.0, 1, 2], [3, 0, 1], [1, 1, 0]])  # everybody's neighbour, but ratios do not close
    assert symmetric_twin(sparse.csr_array(odd)) is None


def test_a_curve_is_refined_until_it_is_told_in_full() -> None:
    told = told_in_full(lambda r: 1 / (1.02 - r), -0.9, 0.9)
    points = np.linspace(-0.9, 0.9, 50)
    np.testing.assert_allclose(told(points), 1 / (1.02 - points), rtol=1e-11)
