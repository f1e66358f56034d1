"""Correlations: by hand, against SciPy, and what must hold whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nqpf.numerics import correlation
from nqpf.numerics.correlation import KINDS, correlate, covariance, tie_codes
from nqpf.numerics.correlation_tests import _spearman_p, p_values

PEERS = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}


def holed(rows: int, columns: int, share: float, seed: int = 3, ties: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns)) + rng.normal(size=(rows, 1))
    x = np.round(2 * x) if ties else x
    x[rng.random(x.shape) < share] = np.nan
    return x


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.2])
def test_each_pair_is_scipys_over_the_rows_it_shares(kind, ties, share) -> None:
    x = holed(40, 5, share, ties=ties)
    found = correlate(x, kind=kind)
    for i, j in np.ndindex(5, 5):
        both = ~np.isnan(x[:, i]) & ~np.isnan(x[:, j])
        assert found.n[i, j] == both.sum()
        if i != j:
            np.testing.assert_allclose(found.r[i, j], PEERS[kind](x[both, i], x[both, j])[0], rtol=0, atol=1e-13)
    assert np.diag(found.r).tolist() == [1.0] * 5


@pytest.mark.parametrize("kind", KINDS)
def test_two_tables_are_a_part_of_one(kind) -> None:
    x = holed(30, 6, 0.1)
    whole, part = correlate(x, kind=kind), correlate(x[:, :2], x[:, 2:], kind)
    np.testing.assert_allclose(part.r, whole.r[:2, 2:], rtol=0, atol=1e-14)
    np.testing.assert_array_equal(part.n, whole.n[:2, 2:])


def test_many_rows_are_counted_by_sorting_to_the_same_tau(monkeypatch) -> None:
    x = holed(120, 4, 0.1, ties=True)
    few = correlate(x, kind="kendall")
    monkeypatch.setattr(correlation, "MANY", 10)
    many = correlate(x, kind="kendall")
    np.testing.assert_allclose(many.r, few.r, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(many.n, few.n)


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_vary_has_no_correlation(kind) -> None:
    x = np.array([[1.0, 0.1 + 0.2], [2.0, 0.3], [3.0, 0.3], [4.0, np.nan]])
    found = correlate(x, kind=kind)
    assert np.isnan(found.r[0, 1])
    assert np.isnan(found.r[1, 1])
    assert found.r[0, 0] == 1.0


def test_a_pair_whose_shared_rows_vary_little_is_exact() -> None:
    # One giant outlier that the pair does not share: sums about the whole column's mean would cancel.
    x = np.array([[1e9, np.nan], [1.0, 3.0], [2.0, 1.0], [4.0, 2.0]])
    expected = np.corrcoef(x[1:, 0], x[1:, 1])[0, 1]
    assert correlate(x).r[0, 1] == pytest.approx(expected, abs=1e-7)
    constant = np.array([[9.0, np.nan], [2.0, 1.0], [2.0, 2.0], [2.0, 4.0]])
    assert np.isnan(correlate(constant).r[0, 1])


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 1e6), st.floats(-1e6, 1e6))
def test_scale_shift_and_order_of_rows_change_nothing(seed, scale, shift) -> None:
    x = holed(25, 3, 0.1, seed=seed)
    for kind in KINDS:
        before = correlate(x, kind=kind).r
        np.testing.assert_allclose(correlate(x[::-1] * scale + shift, kind=kind).r, before, rtol=0, atol=1e-6)
        np.testing.assert_allclose(correlate(-x, kind=kind).r, before, rtol=0, atol=1e-12)
        np.testing.assert_allclose(correlate(x, -x, kind).r, -before, rtol=0, atol=1e-12)


def test_covariance_by_hand() -> None:
    x = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 8.0]])
    np.testing.assert_allclose(covariance(x), [[4.0, 12.0], [12.0, 18.0]])
    assert np.isnan(covariance(x[:1])).all()


def test_codes_number_the_distinct_values_within_noise() -> None:
    x = np.array([[0.3], [0.1 + 0.2], [7.0], [-1.0]])
    assert tie_codes(x)[:, 0].tolist() == [1, 1, 2, 0]


def test_p_is_scipys_for_pearson_and_kendall() -> None:
    x = holed(60, 4, 0.1)
    for kind in ("pearson", "kendall"):
        found = p_values(correlate(x, kind=kind), x, kind=kind)
        for i, j in ((0, 1), (1, 3)):
            both = ~np.isnan(x[:, i]) & ~np.isnan(x[:, j])
            rule = {} if kind == "pearson" else {"method": "asymptotic" if both.sum() >= 50 else "exact"}
            assert found[i, j] == pytest.approx(PEERS[kind](x[both, i], x[both, j], **rule)[1], abs=1e-12)


def test_p_of_spearman_without_ties_counts_every_order() -> None:
    from itertools import permutations

    base = np.arange(6)
    squares = np.array([((np.array(p) - base) ** 2).sum() for p in permutations(range(6))])
    for rho in (1.0, 0.6, -0.2, -1.0):
        s = 35 * (1 - rho)
        tail = (squares >= s - 1e-9).mean() if s > 35 else (squares <= s + 1e-9).mean()
        assert _spearman_p(rho, 6) == pytest.approx(min(1.0, 2 * tail), abs=1e-12)


def test_p_of_spearman_goes_over_smoothly_from_counting_to_the_series_and_to_t() -> None:
    assert _spearman_p(0.6, 9) == pytest.approx(0.0968, abs=2e-3)  # tables of Spearman's rho, n = 9
    x = np.random.default_rng(8).normal(size=(200, 2))
    x[:, 1] += 0.1 * x[:, 0]
    found = correlate(x, kind="spearman")
    by_t = stats.spearmanr(x[:, 0], x[:, 1]).pvalue
    assert p_values(found, x, kind="spearman")[0, 1] == pytest.approx(by_t, abs=2e-3)
    tied = np.round(x)
    assert p_values(correlate(tied, kind="spearman"), tied, kind="spearman")[0, 1] == pytest.approx(
        stats.spearmanr(tied[:, 0], tied[:, 1]).pvalue, rel=1e-6
    )


def test_two_rows_are_no_test() -> None:
    x = np.array([[1.0, 2.0], [2.0, 5.0]])
    found = correlate(x)
    assert found.r[0, 1] == pytest.approx(1.0)
    assert np.isnan(p_values(found, x)[0, 1])
