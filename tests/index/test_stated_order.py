"""Order relation (G1): by hand, identities, several experts, and orders that are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import MethodError, SpecError
from nqpf.index.weights.order_relation import g1_weights, order_weights


def test_by_hand() -> None:
    """w3 = 1/(1 + 1.2 + 1.5·1.2) = 1/4, w2 = 1.2 w3, w1 = 1.5 w2."""
    found = g1_weights(["innovation", "green", "digital"], [1.5, 1.2])
    assert found.frame["indicator"].to_list() == ["innovation", "green", "digital"]
    assert found.frame["weight"].to_list() == pytest.approx([0.45, 0.30, 0.25])
    assert found.notes == ()


@given(st.lists(st.floats(1, 1.8), max_size=12))
def test_ratios_come_back_and_weights_sum_to_one(ratios: list[float]) -> None:
    w = order_weights(np.array(ratios))
    assert w.sum() == pytest.approx(1)
    np.testing.assert_allclose(w[:-1] / w[1:], ratios)
    products = sum(np.prod(ratios[k:]) for k in range(len(ratios)))
    assert w[-1] == pytest.approx(1 / (1 + products))


def test_experts_are_averaged_by_name() -> None:
    ratios: Any = [["3/2"], [1.5]]
    found = g1_weights([["a", "b"], ["b", "a"]], ratios)
    assert found.frame["weight"].to_list() == pytest.approx([0.5, 0.5])
    two = g1_weights([["a", "b"], ["b", "a"]], [[1.5], [1.0]])
    assert dict(two.frame.iter_rows()) == pytest.approx({"a": (0.6 + 0.5) / 2, "b": (0.4 + 0.5) / 2})


def test_three_equal_neighbours_are_remarked_on() -> None:
    found = g1_weights(["a", "b", "c", "d"], [1.2, 1, 1])
    assert [(n.code, n.severity) for n in found.notes] == [("order_alike", "info")]
    assert "(b, c, d)" in found.notes[0].text().en
    assert g1_weights(["a", "b", "c"], [1, 1.2]).notes == ()


@pytest.mark.parametrize("ratios", [[0.9], [1.9], [-1], [float("nan")]])
def test_ratios_outside_the_table_are_refused(ratios: list[float]) -> None:
    with pytest.raises(SpecError, match=r"ratios from 1 \(as important\) to 1\.8|finite number"):
        g1_weights(["a", "b"], ratios)


@pytest.mark.parametrize("ratios", [[], [1.2, 1.2]])
def test_a_ratio_for_each_pair_of_neighbours(ratios: list[float]) -> None:
    with pytest.raises(SpecError, match=r"one ratio fewer than there are names in order"):
        g1_weights(["a", "b"], ratios)


@pytest.mark.parametrize(
    ("order", "ratios", "message"),
    [
        (["a", "b", "a"], [1, 1.2], r"“a” stands more than once in the order of expert 1"),
        ([["a", "b"], ["a", "c"]], [[1], [1]], r"Expert 2 puts “c” in order.*To be ordered are: a, b"),
        ([["a", "b"], ["a"]], [[1], []], r"The order of expert 2 lacks: b"),
        ([["a", "b"], ["b", "a"]], [[1]], r"There are 2 orders but 1 sets of ratios"),
    ],
)
def test_orders_that_do_not_fit_are_refused(order: Any, ratios: Any, message: str) -> None:
    with pytest.raises(MethodError, match=message):
        g1_weights(order, ratios)
