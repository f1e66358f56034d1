"""The parts of aggregate productivity: they add up, and each answers to what it is named for alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nqpf.productivity.causes import causes

POSITIVE = st.floats(0.05, 20)


def parts(found):
    return found.technology + found.catching_up + found.allocation


@given(arrays(float, (3, 4), elements=POSITIVE), arrays(float, (3, 4), elements=POSITIVE), st.integers(0, 11))
def test_parts_add_up_with_a_hole(level, output, hole) -> None:
    efficiency = np.sqrt(level)
    level.ravel()[hole] = np.nan
    found = causes(level, efficiency, output)
    np.testing.assert_allclose(parts(found), found.total, atol=1e-9)
    assert sorted(set(found.units)) in ([3], [3, 4])


def test_each_part_alone() -> None:
    output = np.array([[1.0, 3.0], [1.0, 3.0]])
    level, efficiency = np.array([[0.4, 0.8], [0.6, 1.2]]), np.array([[0.5, 1.0], [0.5, 1.0]])
    shift = causes(level, efficiency, output)  # the frontier moves by half, nothing else
    assert shift.technology == pytest.approx(np.log(1.5))
    assert [*shift.catching_up, *shift.allocation] == pytest.approx([0, 0])
    closer = causes(np.array([[0.4, 0.8], [0.8, 0.8]]), np.array([[0.5, 1.0], [1.0, 1.0]]), output)
    assert closer.catching_up == pytest.approx(np.log(2) / 4)
    assert [*closer.technology, *closer.allocation] == pytest.approx([0, 0])
    still = np.array([[0.4, 0.8], [0.4, 0.8]])
    moved = causes(still, still, np.array([[2.0, 2.0], [1.0, 3.0]]))
    assert moved.allocation == pytest.approx(np.log(2) / 4)
    assert [*moved.technology, *moved.catching_up] == pytest.approx([0, 0])


def test_who_is_there_in_one_year_only_has_no_part() -> None:
    level = np.array([[0.5, np.nan], [0.6, 0.9], [np.nan, 0.9]])
    output = np.array([[1.0, 1.0], [3.0, 1.0], [1.0, 1.0]])
    found = causes(level, level, output)
    assert found.total == pytest.approx([np.log(1.2), 0.0])
    assert found.units.tolist() == [1, 1]
    assert found.share.tolist() == [0.75, 0.5]
    none = causes(np.array([[0.5, np.nan], [np.nan, 0.5]]), np.ones((2, 2)), np.ones((2, 2)))
    assert np.isnan(none.total).all()
    assert none.units.tolist() == [0]


def test_the_unit_of_output_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    level, output = rng.uniform(0.2, 1, (4, 5)), rng.uniform(1, 9, (4, 5))
    one, two = causes(level, level**0.5, output), causes(level, level**0.5, 1e6 * output)
    np.testing.assert_allclose(one.allocation, two.allocation, rtol=1e-9)
