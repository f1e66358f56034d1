"""Skewness and kurtosis as other programs have them, whatever the unit of measure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nqpf.index.treat.shape import shape

COLUMNS = st.lists(st.integers(-50, 50).map(float), min_size=4, max_size=30).filter(lambda x: len(set(x)) > 1)


@given(COLUMNS)
def test_they_are_those_of_scipy_corrected_for_the_sample(column: list[float]) -> None:
    found = shape(np.array(column))
    assert found.skewness == pytest.approx(stats.skew(column, bias=False), rel=1e-9, abs=1e-12)
    assert found.kurtosis == pytest.approx(stats.kurtosis(column, bias=False), rel=1e-9, abs=1e-12)


@given(COLUMNS, st.sampled_from([1e-90, 1e-6, 3.0, 1e90]))
def test_the_unit_of_measure_does_not_matter(column: list[float], unit: float) -> None:
    one, other = shape(np.array(column)), shape(np.array(column) * unit)
    assert other.skewness == pytest.approx(one.skewness, rel=1e-9, abs=1e-9)
    assert other.kurtosis == pytest.approx(one.kurtosis, rel=1e-9, abs=1e-9)
    turned = shape(-np.array(column))
    assert turned.skewness == pytest.approx(-one.skewness, rel=1e-9, abs=1e-12)


def test_missing_values_do_not_count() -> None:
    whole, holed = shape(np.array([1.0, 2, 3, 9])), shape(np.array([1.0, np.nan, 2, 3, np.nan, 9]))
    assert (whole.skewness, whole.kurtosis) == (holed.skewness, holed.kurtosis)


def test_what_cannot_be_told_is_missing_and_does_not_pass() -> None:
    nan = np.nan
    found = shape(np.array([[nan, nan, nan, nan], [1, 2, nan, nan], [1, 2, 9, nan], [5, 5, 5, 5], [1, 2, 3, 9]]))
    assert np.isnan(found.skewness).tolist() == [True, True, False, True, False]
    assert np.isnan(found.kurtosis).tolist() == [True, True, True, True, False]
    assert found.known.tolist() == [False, False, False, False, True]
    assert found.passes(2, 3.5).tolist() == [False, False, True, False, True]
    assert found.passes(0.1, 3.0).tolist() == [False, False, False, False, False]


def test_one_of_the_two_limits_is_enough() -> None:
    found = shape(np.array([1.0, 2, 3, 4, 10]))
    assert found.passes(1.0, 3.5)
    assert found.passes(2.0, 0.0)
    assert not found.passes(1.0, 3.0)
