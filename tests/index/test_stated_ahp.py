"""AHP: published examples, identities, groups, and judgements that are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nqpf.errors import MethodError, SpecError
from nqpf.index.weights.ahp import ahp_weights, contradictions, priorities
from nqpf.messages import speak

DRINKS = [
    [1, 9, 5, 2, 1, 1, "1/2"],
    ["1/9", 1, "1/3", "1/9", "1/9", "1/9", "1/9"],
    ["1/5", 3, 1, "1/3", "1/4", "1/3", "1/9"],
    ["1/2", 9, 3, 1, "1/2", 1, "1/3"],
    [1, 9, 4, 2, 1, 2, "1/2"],
    [1, 9, 3, 1, "1/2", 1, "1/3"],
    [2, 9, 9, 3, 2, 3, 1],
]
"""Which drink is consumed more in the USA: Saaty (2008), doi:10.1504/IJSSCI.2008.017590."""

NATIONS = [
    [1, 4, 9, 6, 6, 5, 5],
    ["1/4", 1, 7, 5, 5, 3, 4],
    ["1/9", "1/7", 1, "1/5", "1/5", "1/7", "1/5"],
    ["1/6", "1/5", 5, 1, 1, "1/3", "1/3"],
    ["1/6", "1/5", 5, 1, 1, "1/3", "1/3"],
    ["1/5", "1/3", 7, 3, 3, 1, 2],
    ["1/5", "1/4", 5, 3, 3, "1/2", 1],
]
"""Wealth of seven nations: Saaty (1977), doi:10.1016/0022-2496(77)90033-5."""

SCHOOLS = [
    [1, 4, 3, 1, 3, 4],
    ["1/4", 1, 7, 3, "1/5", 1],
    ["1/3", "1/7", 1, "1/5", "1/5", "1/6"],
    [1, "1/3", 5, 1, 1, "1/3"],
    ["1/3", 5, 5, 1, 1, 3],
    ["1/4", 1, 6, 3, "1/3", 1],
]
"""What to look for in a school: Saaty (1977), an example whose judgements contradict each other."""


def of_weights(w: Any) -> Any:
    w = np.asarray(w)
    return w[:, None] / w[None, :]


@pytest.mark.parametrize(
    ("matrix", "weights", "places", "cr"),
    [
        (DRINKS, [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], 3, 0.022),
        (NATIONS, [0.427, 0.230, 0.021, 0.052, 0.052, 0.123, 0.094], 3, 0.077),
    ],
)
def test_published_examples(matrix: Any, weights: list[float], places: int, cr: float) -> None:
    found = ahp_weights(matrix)
    assert found.weights.round(places).tolist() == weights
    assert round(found.cr, 3) == cr
    assert found.ci == pytest.approx((found.lambda_max - 7) / 6)
    assert found.notes == ()


def test_judgements_that_contradict_each_other_stop() -> None:
    with pytest.raises(MethodError, match=r"consistency ratio is 0\.2\d\d, above 0\.1\. Worst is “1” against “3”"):
        ahp_weights(SCHOOLS)
    with speak("zh"), pytest.raises(MethodError) as caught:
        ahp_weights(SCHOOLS)
    with speak("zh"):
        assert "CR = 0.229，大于 0.1" in str(caught.value)


def test_or_are_noted_when_asked() -> None:
    found = ahp_weights(SCHOOLS, consistency="note")
    assert found.weights.round(2).tolist() == [0.32, 0.14, 0.03, 0.13, 0.24, 0.14]
    assert [note.code for note in found.notes] == ["ahp_inconsistent"]
    assert "above 0.1" in found.notes[0].text().en
    first = found.judgements.row(0, named=True)
    assert (first["row"], first["column"]) == ("1", "3")
    assert first["factor"] == pytest.approx(first["implied"] / 3)


@given(arrays(float, st.integers(1, 9), elements=st.floats(0.05, 1)))
def test_consistent_judgements_give_back_their_weights(w: Any) -> None:
    w = w / w.sum()
    for priority in ("eigenvector", "geometric"):
        found = priorities(of_weights(w), priority)
        np.testing.assert_allclose(found.weights, w, atol=1e-10)
        assert found.lambda_max == pytest.approx(len(w))
        assert found.cr == pytest.approx(0, abs=1e-9)


def test_both_priorities_of_three_are_the_same() -> None:
    """For three things the geometric mean of the rows is the principal eigenvector."""
    a = [[1, 3, 7], ["1/3", 1, 4], ["1/7", "1/4", 1]]
    one, two = ahp_weights(a), ahp_weights(a, method="geometric")
    np.testing.assert_allclose(one.weights, two.weights, atol=1e-12)
    assert one.lambda_max == pytest.approx(two.lambda_max)
    row_means = np.array([21.0, 4 / 3, 1 / 28]) ** (1 / 3)
    np.testing.assert_allclose(two.weights, row_means / row_means.sum())
    # λ of a reciprocal matrix of order 3 is 1 + x + 1/x with x³ = a12 a23 / a13.
    x = (3 * 4 / 7) ** (1 / 3)
    assert one.lambda_max == pytest.approx(1 + x + 1 / x)
    assert one.cr == pytest.approx((one.lambda_max - 3) / 2 / 0.58)


def test_the_order_of_rows_is_without_effect() -> None:
    a = np.array([[1, 9, 5, 2], [1 / 9, 1, 1 / 3, 1 / 9], [1 / 5, 3, 1, 1 / 3], [1 / 2, 9, 3, 1]])
    order = [2, 0, 3, 1]
    for priority in ("eigenvector", "geometric"):
        np.testing.assert_allclose(
            priorities(a[np.ix_(order, order)], priority).weights, priorities(a, priority).weights[order], atol=1e-12
        )


def test_judgements_by_name_need_each_pair_once() -> None:
    rows = ahp_weights([[1, 3, "1/2"], ["1/3", 1, "1/5"], [2, 5, 1]], ["a", "b", "c"])
    names = ahp_weights({"a": {"b": 3, "c": "1/2"}, "c": {"b": 5}})
    assert names.names == ("a", "b", "c")
    np.testing.assert_allclose(names.weights, rows.weights, atol=1e-12)
    both = ahp_weights({"a": {"b": 3, "c": "１／２"}, "c": {"b": 5, "a": 2}, "b": {"b": 1}})
    np.testing.assert_allclose(both.weights, rows.weights, atol=1e-12)
    assert names.to_frame().columns == ["indicator", "weight"]


def test_frames_and_arrays_are_matrices() -> None:
    a = [[1.0, 3.0], [1 / 3, 1.0]]
    expected = [0.75, 0.25]
    for matrix in (np.array(a), pl.DataFrame(a, orient="row")):
        assert ahp_weights(matrix).weights.tolist() == pytest.approx(expected)


def test_one_thing_has_all_the_weight() -> None:
    found = ahp_weights([[1]])
    assert (found.weights.tolist(), found.cr, found.judgements.height) == ([1.0], 0.0, 0)


ONE, TWO = [[1, 2, 8], ["1/2", 1, 4], ["1/8", "1/4", 1]], [[1, "1/2", 2], [2, 1, 4], ["1/2", "1/4", 1]]


def test_groups_average_judgements_or_priorities() -> None:
    """Both experts are consistent, so that both ways give the geometric mean of their weights."""
    mean = np.array([8 * 2, 4 * 4, 1 * 1]) ** 0.5
    for experts in ("judgements", "priorities"):
        found = ahp_weights([ONE, TWO], experts=experts)
        np.testing.assert_allclose(found.weights, mean / mean.sum(), atol=1e-12)
        assert found.experts["expert"].to_list() == [1, 2]
        assert found.experts["cr"].to_list() == pytest.approx([0, 0], abs=1e-9)


def test_a_group_of_like_minds_is_one_expert() -> None:
    alone = ahp_weights(NATIONS)
    for experts in ("judgements", "priorities"):
        several = ahp_weights([NATIONS, NATIONS, NATIONS], experts=experts)
        np.testing.assert_allclose(several.weights, alone.weights, atol=1e-12)
        assert several.cr == pytest.approx(alone.cr)


def test_the_inconsistent_expert_is_named() -> None:
    with pytest.raises(MethodError, match=r"The judgements of expert 2 contradict each other"):
        ahp_weights([[[1, 1, 1], [1, 1, 1], [1, 1, 1]], [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]])


def test_experts_may_write_differently() -> None:
    found = ahp_weights([{"a": {"b": 4}}, [[1, 1], [1, 1]]], ["a", "b"])
    np.testing.assert_allclose(found.weights, [2 / 3, 1 / 3])


def test_contradictions_start_with_the_worst() -> None:
    w = np.array([0.5, 0.3, 0.2])
    a = of_weights(w)
    a[0, 2] *= 3
    a[1, 2] *= 0.8
    assert contradictions(a, w) == [(0, 2), (1, 2), (0, 1)]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 2, 3], ["1/2", 1, 2]], r"expert 1 has 2 rows and 3 columns, but there are 2 things to compare: 1, 2"),
        ([[1, 2], ["1/2"]], r"2 rows and 1, 2 columns"),
        ([[1, 2], [0.4, 1]], r"not reciprocal: “1” against “2” is 2, but “2” against “1” is 0\.4"),
        ([[1, 3], [0.33, 1]], r"not reciprocal.*write reciprocals as fractions"),
        ([[2, 2], ["1/2", 1]], r"not reciprocal: “1” against “1” is 2"),
        ([[1, -2], ["-1/2", 1]], r"judges “1” against “2” as -2; judgements are positive"),
        ([[1, 0], [3, 1]], r"judges “1” against “2” as 0"),
        ({"a": {"b": 2}, "c": {"b": 0, "a": 3}}, r"judges “c” against “b” as 0"),
        ({"a": {"b": 2}, "c": {"a": 3}}, r"has not compared “b” with “c”"),
        ({"a": {"b": 2}, "b": {"a": 2}}, r"not reciprocal: “a” against “b” is 2, but “b” against “a” is 2"),
    ],
)
def test_what_is_no_matrix_of_judgements_is_refused(matrix: Any, message: str) -> None:
    with pytest.raises(MethodError, match=message):
        ahp_weights(matrix)


def test_a_name_that_is_not_compared_is_refused() -> None:
    with pytest.raises(MethodError, match=r"judges “talents”, which is not .* Did you mean “talent”"):
        ahp_weights({"talents": {"tools": 2}}, ["talent", "tools"])


def test_three_places_of_a_reciprocal_are_enough() -> None:
    assert ahp_weights([[1, 3], [0.333, 1]]).weights.tolist() == pytest.approx([0.75, 0.25], abs=1e-3)


def test_no_more_than_fifteen() -> None:
    assert ahp_weights(np.ones((15, 15))).weights.tolist() == pytest.approx([1 / 15] * 15)
    with pytest.raises(MethodError, match=r"16 things to compare in pairs.*up to 15"):
        ahp_weights(np.ones((16, 16)))


@pytest.mark.parametrize("cell", ["x", "1/0", "", "1/2/3"])
def test_a_judgement_that_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(SpecError, match=r"a number or a fraction, e\.g\. 3 or 1/3"):
        ahp_weights([[1, cell], [2, 1]])


def test_an_option_that_there_is_not() -> None:
    with pytest.raises(SpecError, match=r"“eigen” is not one of the choices. Did you mean “eigenvector”"):
        ahp_weights([[1]], method="eigen")  # type: ignore[arg-type]
