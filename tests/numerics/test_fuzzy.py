"""Fuzzy sets as arrays: memberships as R's QCA 3.23 prints them, set relations by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nqpf.numerics.boolean import FREE
from nqpf.numerics.fuzzy import (
    chance_coverage,
    consistency,
    coverage,
    intersection,
    memberships,
    proportional_reduction,
    relevance,
)

X, Y = np.array([0.2, 0.6, 0.9]), np.array([0.4, 0.5, 0.7])
VALUES = np.array([3.0, 7, 9, 12, 20])


def test_memberships_rise_and_fall() -> None:
    rising = [0.0119304578488, 0.1866054968634, 0.5, 0.8133945031366, 0.9954953853034]
    assert memberships(VALUES, 5, 9, 15, 0.95) == pytest.approx(rising, abs=1e-12)
    falling = [0.98806954215117, 0.81339450313663, 0.5, 0.18660549686337, 0.00450461469664]
    assert memberships(VALUES, 15, 9, 5, 0.95) == pytest.approx(falling, abs=1e-12)
    ragin = [0.0109869523079, 0.1824255680822, 0.5, 0.8175744319178, 0.9959298578718]
    assert memberships(VALUES, 5, 9, 15, 0.9525741) == pytest.approx(ragin, abs=1e-12)


def test_relations_by_hand() -> None:
    assert consistency(X, Y) == pytest.approx(1.4 / 1.7)
    assert coverage(X, Y) == pytest.approx(1.4 / 1.6)
    assert proportional_reduction(X, Y) == pytest.approx((1.4 - 1.0) / (1.7 - 1.0))
    assert relevance(X, Y) == pytest.approx(1.3 / 1.6)
    assert np.isnan(consistency(np.zeros(3), Y))


def test_a_term_is_as_true_as_its_weakest_part() -> None:
    sets = np.array([[0.2, 0.7], [0.6, 0.1]])
    terms = np.array([[1, 0], [FREE, 1], [FREE, FREE]], np.int8)
    np.testing.assert_allclose(intersection(terms, sets), [[0.2, 0.6], [0.7, 0.1], [1, 1]])


def test_chance_coverage_is_that_of_the_rows_that_pass() -> None:
    rows = np.array([[0.9, 0.8, 0.1, 0.2], [0.1, 0.2, 0.9, 0.8]])
    y = np.array([0.95, 0.85, 0.15, 0.1])
    orders = np.array([[0, 1, 2, 3], [2, 3, 0, 1], [0, 2, 1, 3]])
    found = chance_coverage(rows, y, orders, 0.8, 0.5)
    assert found.tolist() == pytest.approx([np.minimum(rows[0], y).sum() / y.sum()] * 2 + [0])
