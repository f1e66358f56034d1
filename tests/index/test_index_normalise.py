"""Every normalisation, direction and scope on a panel of three units and three years, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.index import Recipe, build, fit
from nqpf.index.normalise import direct
from nqpf.messages import speak

X = [[2, 4, 6], [4, 6, 10], [0, 5, 12]]
"""2020, 2021, 2022 of A, B, C. All: 0 to 12, mean 49/9; sorted 0 2 4 4 5 6 6 10 12. 2020–2021: 2 to 10."""

Y20, Y21, Y22 = (np.array(row, dtype=float) for row in X)
ALL = np.array(X, dtype=float)


def scores(grow: Any, fill: Any, how: dict[str, Any], direction: Any = "benefit", x: Any = X) -> np.ndarray:
    index = build(fill({"x": x}), grow({"x": direction}), Recipe.model_validate({"normalise": how}))
    return index.normalised[:, :, 0]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, ALL / 12),
        ({"range": [1, 100]}, 1 + 99 * ALL / 12),
        ({"range": [-5, 5]}, ALL / 1.2 - 5),
        ({"scope": "yearly"}, [[0, 0.5, 1], [0, 1 / 3, 1], [0, 5 / 12, 1]]),
        ({"scope": "base", "base": [2020, 2021]}, [[0, 0.25, 0.5], [0.25, 0.5, 1], [-0.25, 0.375, 1.25]]),
        ({"scope": "base", "base": [2020, 2021], "outside": "clip"}, [[0, 0.25, 0.5], [0.25, 0.5, 1], [0, 0.375, 1]]),
        (
            {"scope": "base", "base": [2021, 2021], "range": [0, 60]},
            [[-20, 0, 20], [0, 20, 60], [-40, 10, 80]],
        ),
    ],
)
def test_minmax(grow: Any, fill: Any, how: dict[str, Any], expected: Any) -> None:
    np.testing.assert_allclose(scores(grow, fill, how), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("benefit", ALL / 12),
        ("cost", 1 - ALL / 12),
        # Distances to 5: 3 1 1 | 1 1 5 | 5 0 7, of which 7 is the worst and 0 scores 1.
        ({"direction": "target", "target": 5}, 1 - np.array([[3, 1, 1], [1, 1, 5], [5, 0, 7]]) / 7),
        # Distances to 4…6: 2 0 0 | 0 0 4 | 4 0 6.
        ({"direction": "interval", "interval": [4, 6]}, 1 - np.array([[2, 0, 0], [0, 0, 4], [4, 0, 6]]) / 6),
        # Nobody reaches 20: the ideal, not the best unit, is the top of the scale.
        ({"direction": "target", "target": 20}, ALL / 20),
    ],
)
def test_directions_under_minmax(grow: Any, fill: Any, direction: Any, expected: Any) -> None:
    np.testing.assert_allclose(scores(grow, fill, {}, direction), expected, rtol=0, atol=1e-12)


def test_ideals_keep_their_place_in_any_range_and_scope(grow: Any, fill: Any) -> None:
    target = {"direction": "target", "target": 5}
    got = scores(grow, fill, {"range": [1, 100], "scope": "yearly"}, target)
    expected = 1 + 99 * (1 - np.array([[1, 1 / 3, 1 / 3], [1 / 5, 1 / 5, 1], [5 / 7, 0, 1]]))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


def test_zscore(grow: Any, fill: Any) -> None:
    mean, sd = 49 / 9, math.sqrt((377 - 49**2 / 9) / 8)  # Σx² = 377, divided by n − 1
    np.testing.assert_allclose(scores(grow, fill, {"method": "zscore"}), (ALL - mean) / sd, atol=1e-12)
    yearly = scores(grow, fill, {"method": "zscore", "scope": "yearly", "mean": 50, "sd": 10})
    np.testing.assert_allclose(yearly[0], [40, 50, 60], atol=1e-12)
    np.testing.assert_allclose(yearly[1], 50 + 10 * (Y21 - 20 / 3) / math.sqrt(28 / 3), atol=1e-12)
    base = scores(grow, fill, {"method": "zscore", "scope": "base", "base": [2020, 2020]})
    np.testing.assert_allclose(base, (ALL - 4) / 2, atol=1e-12)
    np.testing.assert_allclose(scores(grow, fill, {"method": "zscore"}, "cost"), -(ALL - mean) / sd, atol=1e-12)
    target = scores(grow, fill, {"method": "zscore", "scope": "base", "base": [2021, 2021]}, {**TARGET, "target": 6})
    # Distances to 6 in 2021 are 2, 0, 4: mean 2, sd 2.
    np.testing.assert_allclose(target, (2 - np.abs(ALL - 6)) / 2, atol=1e-12)


TARGET = {"direction": "target"}

RANKS = {
    "min": [[2, 3, 6], [3, 6, 8], [1, 5, 9]],
    "average": [[2, 3.5, 6.5], [3.5, 6.5, 8], [1, 5, 9]],
    "max": [[2, 4, 7], [4, 7, 8], [1, 5, 9]],
}


@pytest.mark.parametrize("ties", RANKS)
def test_ranks_with_each_rule_for_ties(grow: Any, fill: Any, ties: str) -> None:
    np.testing.assert_array_equal(scores(grow, fill, {"method": "rank", "ties": ties}), RANKS[ties])
    percentile = scores(grow, fill, {"method": "percentile_rank", "ties": ties})
    np.testing.assert_allclose(percentile, (np.array(RANKS[ties]) - 1) / 8, atol=1e-15)


def test_ranks_by_direction_and_scope(grow: Any, fill: Any) -> None:
    yearly = {"method": "rank", "scope": "yearly"}
    np.testing.assert_array_equal(scores(grow, fill, yearly, "cost"), [[3, 2, 1]] * 3)
    # Distances to 4…6 as above, from the worst: 6, twice 4, 2, five times 0.
    interval = {"direction": "interval", "interval": [4, 6]}
    expected = [[4, 5, 5], [5, 5, 2], [2, 5, 1]]
    np.testing.assert_array_equal(scores(grow, fill, {"method": "rank"}, interval), expected)
    # Base 2020–2021 holds 2 4 4 6 6 10.
    base = {"method": "rank", "scope": "base", "base": [2020, 2021]}
    np.testing.assert_array_equal(scores(grow, fill, base), [[1, 2, 4], [2, 4, 6], [1, 4, 7]])
    np.testing.assert_array_equal(scores(grow, fill, base | {"outside": "clip"})[2], [1, 4, 6])
    share = base | {"method": "percentile_rank"}
    np.testing.assert_allclose(scores(grow, fill, share)[2], [0, 3 / 5, 6 / 5], atol=1e-15)
    np.testing.assert_allclose(scores(grow, fill, share | {"outside": "clip"})[2], [0, 3 / 5, 1], atol=1e-15)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, ALL / 12),
        ({"reference": "B"}, ALL / 5),  # B's mean is (4 + 6 + 5) / 3
        ({"reference": "B", "scope": "yearly"}, [(Y20 - 2) / 2, (Y21 - 4) / 2, Y22 / 5]),
        ({"reference": "B", "scope": "base", "base": [2020, 2021]}, (ALL - 2) / 3),
        ({"reference": "B", "scope": "base", "base": [2020, 2021], "outside": "clip"}, np.clip((ALL - 2) / 3, 0, 1)),
    ],
)
def test_distance_to_reference(grow: Any, fill: Any, how: dict[str, Any], expected: Any) -> None:
    got = scores(grow, fill, {"method": "distance_to_reference"} | how)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


def test_distance_to_reference_where_less_is_better(grow: Any, fill: Any) -> None:
    got = scores(grow, fill, {"method": "distance_to_reference", "reference": "A", "scope": "yearly"}, "cost")
    np.testing.assert_allclose(got[0], [1, 0.5, 0], atol=1e-12)
    with pytest.raises(MethodError, match="no better than the worst") as caught:
        scores(grow, fill, {"method": "distance_to_reference", "reference": "C", "scope": "yearly"}, "cost")
    assert (caught.value.where.indicator, caught.value.where.period) == ("x", 2020)


@pytest.mark.parametrize("method", ["minmax", "rank", "percentile_rank", "borda", "distance_to_reference", "efficacy"])
@pytest.mark.parametrize("outside", ["extend", "clip"])
def test_new_years_on_frozen_bounds(grow: Any, fill: Any, method: str, outside: str) -> None:
    framework = grow({"x": "benefit"})
    whole = {"method": method, "outside": outside}
    frozen = fit(fill({"x": X[:2]}), framework, Recipe.model_validate({"normalise": whole}))
    later = frozen.transform(fill({"x": X[2:]}, first=2022))
    based = whole | {"scope": "base", "base": [2020, 2021]}
    both = build(fill({"x": X}), framework, Recipe.model_validate({"normalise": based}))
    np.testing.assert_array_equal(later.scores[0], both.scores[2])
    assert later.panel.periods == (2022,)
    if method == "minmax":
        expected = [-0.25, 0.375, 1.25] if outside == "extend" else [0, 0.375, 1]
        np.testing.assert_allclose(later.normalised[0, :, 0], expected, atol=1e-12)


def test_yearly_bounds_are_taken_anew(grow: Any, fill: Any) -> None:
    recipe = Recipe.model_validate({"normalise": {"scope": "yearly"}})
    later = fit(fill({"x": X[:2]}), grow({"x": "benefit"}), recipe).transform(fill({"x": X[2:]}, first=2022))
    np.testing.assert_allclose(later.normalised[0, :, 0], [0, 5 / 12, 1], atol=1e-12)
    assert [n.code for n in later.notes if n.code == "yearly_bounds"] == ["yearly_bounds"]


CONSTANT = [[7, 7, 7], [7, 7, 7], [7, 7, 7]]


@pytest.mark.parametrize(
    ("how", "middle"),
    [
        ({}, 0.5),
        ({"range": [1, 100]}, 50.5),
        ({"method": "zscore"}, 0),
        ({"method": "zscore", "mean": 50, "sd": 10}, 50),
        ({"method": "rank"}, 5),
        ({"method": "rank", "scope": "yearly"}, 2),
        ({"method": "percentile_rank"}, 0.5),
        ({"method": "percentile_rank", "scope": "yearly", "ties": "max"}, 0.5),
        ({"method": "distance_to_reference"}, 0.5),
        ({"method": "distance_to_reference", "reference": "B"}, 0.5),
    ],
)
@pytest.mark.parametrize("direction", ["benefit", "cost", {"direction": "target", "target": 9}])
def test_what_does_not_vary_stops_or_gets_the_middle(
    grow: Any, fill: Any, how: dict[str, Any], middle: float, direction: Any
) -> None:
    with pytest.raises(MethodError) as caught:
        scores(grow, fill, how, direction, CONSTANT)
    assert caught.value.code == "constant_indicator"
    assert caught.value.where.indicator == "x"
    got = scores(grow, fill, how | {"on_constant": "middle"}, direction, CONSTANT)
    np.testing.assert_array_equal(got, np.full((3, 3), middle))


def test_a_year_that_does_not_vary_leaves_the_others_alone(grow: Any, fill: Any) -> None:
    x = [[3, 3, 3], [1, 2, 3]]
    for how, expected in (
        ({"method": "rank"}, [[2, 2, 2], [1, 2, 3]]),
        ({"method": "percentile_rank"}, [[0.5] * 3, [0, 0.5, 1]]),
        ({"method": "minmax"}, [[0.5] * 3, [0, 0.5, 1]]),
        ({"method": "zscore"}, [[0] * 3, [-1, 0, 1]]),
    ):
        got = scores(grow, fill, how | {"scope": "yearly", "on_constant": "middle"}, x=x)
        np.testing.assert_allclose(got, expected, atol=1e-12)
    with pytest.raises(MethodError) as caught:
        scores(grow, fill, {"scope": "yearly"}, x=x)
    assert (caught.value.where.indicator, caught.value.where.period) == ("x", 2020)


def test_rounding_does_not_make_a_constant_vary(grow: Any, fill: Any) -> None:
    # The mean of 0.1, 0.1, 0.1 is not 0.1 in binary, and 0.1 + 0.2 is not 0.3.
    for x in ([[0.1, 0.1, 0.1]], [[0.1 + 0.2, 0.3, 0.3]]):
        for method in ("zscore", "minmax", "rank"):
            with pytest.raises(MethodError) as caught:
                scores(grow, fill, {"method": method}, x=x)
            assert caught.value.code == "constant_indicator"


def test_the_constant_value_is_told_as_measured(grow: Any, fill: Any) -> None:
    for direction in ("benefit", "cost"):
        with pytest.raises(MethodError, match=r"same value \(-7\)") as caught:
            scores(grow, fill, {}, direction, [[-7, -7, -7]])
        with speak("zh"):
            assert "所有单元的值都相同（-7）" in str(caught.value)
            assert "on_constant: middle" in str(caught.value)


def test_missing_stays_missing_and_counts_for_nothing(grow: Any, fill: Any) -> None:
    x = [[2, np.nan, 6], [4, 6, 10]]
    for how, expected in (
        ({}, [[0, np.nan, 0.5], [0.25, 0.5, 1]]),
        ({"method": "rank"}, [[1, np.nan, 3], [2, 3, 5]]),
        ({"method": "percentile_rank"}, [[0, np.nan, 0.5], [0.25, 0.5, 1]]),
        ({"method": "distance_to_reference", "reference": "B"}, [[0, np.nan, 1], [0.5, 1, 2]]),
    ):
        recipe = Recipe.model_validate({"normalise": how, "availability": 0})
        index = build(fill({"x": x}), grow({"x": "benefit"}), recipe)
        np.testing.assert_allclose(index.normalised[:, :, 0], expected, atol=1e-12)


def test_a_reference_without_a_value_is_told_apart_from_a_bad_one(grow: Any, fill: Any) -> None:
    recipe = {"availability": 0, "normalise": {"method": "distance_to_reference", "reference": "B", "scope": "yearly"}}
    with pytest.raises(MethodError) as caught:
        build(fill({"x": [[2, np.nan, 6]]}), grow({"x": "benefit"}), Recipe.model_validate(recipe))
    assert caught.value.code == "reference_missing"
    assert (caught.value.where.indicator, caught.value.where.period) == ("x", 2020)


def test_errors_of_scope_and_reference(grow: Any, fill: Any) -> None:
    with pytest.raises(MethodError, match=r"1990–1999.*2020–2022"):
        scores(grow, fill, {"scope": "base", "base": [1990, 1999]})
    with pytest.raises(SpecError, match="Zhejang") as caught:
        scores(grow, fill, {"method": "distance_to_reference", "reference": "Zhejang"})
    assert caught.value.code == "unknown_reference"
    with speak("zh"):
        assert "现有：A、B、C" in str(caught.value)
    recipe = Recipe.model_validate({"availability": 0})
    with pytest.raises(MethodError, match="without a single value: y"):
        build(fill({"x": X, "y": np.full((3, 3), np.nan)}), grow({"x": "benefit", "y": "benefit"}), recipe)


def test_direct_keeps_what_it_is_given() -> None:
    x = np.array([[1.0, 2.0, 3.0], [np.nan, 5.0, 9.0]])
    turned = direct(x, ["benefit", "cost", "interval"], [None, None, (4.0, 8.0)])
    np.testing.assert_array_equal(turned, [[1, -2, -1], [np.nan, -5, -1]])
    np.testing.assert_array_equal(x, [[1, 2, 3], [np.nan, 5, 9]])
