"""Cut-offs, counts and what a chain implies, on cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from nqpf.numerics.transitions import (
    Moves,
    classify,
    closed_sets,
    count,
    first_passage,
    homogeneity,
    irreducible,
    one_against_rest,
    periodic,
    permuted,
    probabilities,
    quantile_cuts,
    stationary,
    upper_tail,
)

OZ = np.array([[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]])
"""Rain, nice and snow in the land of Oz (Kemeny and Snell)."""


def test_cuts_are_linear_quantiles_and_leave_absent_values_out() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(4, 31))
    values[1, 5:9] = np.nan
    values[3] = np.nan
    found = quantile_cuts(values, 5)
    np.testing.assert_allclose(found[:3], np.nanquantile(values[:3], [0.2, 0.4, 0.6, 0.8], axis=1).T, rtol=1e-13)
    assert np.isnan(found[3]).all()


@given(st.integers(2, 9), st.integers(1, 40))
def test_a_cut_that_falls_on_a_value_is_that_value(classes: int, steps: int) -> None:
    """(n − 1)/k whole: the cut-off is a value and belongs to the class below, whatever floating point does."""
    values = np.arange(0.0, steps * classes + 1)
    values *= 0.1
    cuts = quantile_cuts(values, classes)
    assert cuts.tolist() == values[steps:-1:steps].tolist()
    assert classify(values, cuts)[steps::steps].tolist() == list(range(classes))


def test_classes_are_closed_on_the_right() -> None:
    assert classify(np.array([0.9, 1.0, 1.1, 2.0, 9.0, np.nan]), np.array([1.0, 2.0])).tolist() == [0, 0, 1, 1, 2, -1]


def test_counts_leave_out_moves_with_an_absent_end() -> None:
    origin, target = np.array([0, 1, 1, -1, 0]), np.array([1, 1, -1, 0, 1])
    assert count(origin, target, 2).tolist() == [[[0, 2], [0, 1]]]
    regime = np.array([1, 0, 0, 0, -1])
    assert count(origin, target, 2, regime, 2).tolist() == [[[0, 0], [0, 1]], [[0, 1], [0, 0]]]


def test_a_row_without_moves_has_no_probabilities() -> None:
    found = probabilities(np.array([[1.0, 3.0], [0.0, 0.0]]))
    assert found[0].tolist() == [0.25, 0.75]
    assert np.isnan(found[1]).all()


def test_the_weather_of_oz() -> None:
    np.testing.assert_allclose(stationary(OZ), [0.4, 0.2, 0.4], atol=1e-14)
    expected = [[2.5, 4, 10 / 3], [8 / 3, 5, 8 / 3], [10 / 3, 4, 2.5]]
    np.testing.assert_allclose(first_passage(OZ), expected, atol=1e-12)
    assert irreducible(OZ)
    assert not periodic(OZ)


def test_first_passage_solves_its_equations() -> None:
    p = np.random.default_rng(3).dirichlet(np.ones(6), 6)
    m = first_passage(p)
    np.testing.assert_allclose(m, 1 + p @ (m - np.diag(np.diag(m))), rtol=1e-10)


def test_kinds_of_chains() -> None:
    turn = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert irreducible(turn)
    assert periodic(turn)
    trap = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.2, 0.3, 0.5]])
    assert not irreducible(trap)
    assert [s.tolist() for s in closed_sets(trap)] == [[1]]


def test_homogeneity_is_the_test_of_contingency_tables_row_by_row() -> None:
    rng = np.random.default_rng(4)
    counts = rng.integers(1, 30, (3, 4, 4)).astype(float)
    found = homogeneity(counts)
    by_row = [stats.chi2_contingency(counts[:, i], correction=False) for i in range(4)]
    likelihood = [stats.chi2_contingency(counts[:, i], lambda_="log-likelihood", correction=False) for i in range(4)]
    assert found.q == pytest.approx(sum(r[0] for r in by_row), rel=1e-12)
    assert found.lr == pytest.approx(sum(r[0] for r in likelihood), rel=1e-12)
    assert found.df == sum(r[2] for r in by_row)
    assert found.q_parts.sum() == pytest.approx(found.q)
    np.testing.assert_allclose(found.expected.sum(axis=0), counts.sum(axis=0))


def test_degrees_of_freedom_count_what_occurs() -> None:
    counts = np.zeros((3, 3, 3))
    counts[0] = [[5, 2, 0], [1, 4, 0], [0, 0, 0]]
    counts[1] = [[3, 3, 1], [0, 0, 0], [0, 0, 0]]
    assert homogeneity(counts).df == (3 - 1) * (2 - 1)  # row 1 is visited twice, row 2 once, row 3 never
    assert homogeneity(counts[:, ::-1, ::-1]).df == 2
    assert np.isnan(upper_tail(np.array([0.0]), np.array([0]))).all()


def test_two_regimes_against_each_other_are_all_there_is() -> None:
    counts = np.random.default_rng(5).integers(0, 9, (2, 3, 3)).astype(float)
    single = homogeneity(one_against_rest(counts))
    np.testing.assert_allclose(single.q, homogeneity(counts).q)


def test_permutations_do_not_depend_on_how_many_are_held_at_once() -> None:
    rng = np.random.default_rng(6)
    values = rng.normal(size=(6, 12))
    values[2, 3] = np.nan
    matrix = sparse.csr_array(np.roll(np.eye(12), 1, axis=1))
    of = classify(values, quantile_cuts(values.reshape(1, -1), 3))
    moves = Moves(values, of[:-1], of[1:], matrix, 3, 3, None, False)
    for one, other in zip(permuted(moves, 20, 7), permuted(moves, 20, 7, cells=100), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_permuted_panel_is_the_panel_of_permuted_rows() -> None:
    """The draw that changes no place gives the statistics of the panel itself, holes and islands included."""
    rng = np.random.default_rng(8)
    values = rng.normal(size=(5, 6))
    values[1, 2] = np.nan
    dense = np.roll(np.eye(6), 1, axis=1)
    dense[4] = 0
    matrix = sparse.csr_array(dense)
    of = classify(values, quantile_cuts(values.reshape(1, -1), 2))
    for yearly in (False, True):
        q, _ = permuted(Moves(values, of[:-1], of[1:], matrix, 2, 2, None, yearly), 3, 0)
        order = np.random.default_rng(0).permuted(np.tile(np.arange(6), (3, 1)), axis=1)
        for draw, row in zip(order, q, strict=True):
            moved = values[:, draw]
            lag = np.where(np.isfinite(moved) & (dense.sum(axis=1) > 0), (matrix @ moved.T).T, np.nan)
            cuts = quantile_cuts(lag if yearly else lag.reshape(1, -1), 2)
            counts = count(of[:-1, draw], of[1:, draw], 2, classify(lag, cuts)[:-1], 2)
            assert row[0] == pytest.approx(homogeneity(counts).q, rel=1e-12)
