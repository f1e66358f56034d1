"""Contributions add up, for any tree and any mix of means and TOPSIS, with holes and with weights that change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from nqpf.errors import MethodError, SpecError
from nqpf.index import Index, Recipe, build, contributions, fit
from nqpf.index.aggregate import geometric, geometric_multipliers
from nqpf.index.aggregate.topsis import closeness, closeness_multipliers
from nqpf.index.contributions import Contributions
from nqpf.messages import speak

few = settings(
    max_examples=min(60, 2 * settings().max_examples), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

NOT_FOR_THESE_NUMBERS = {
    "constant_indicator",
    "all_missing",
    "entropy_empty",
    "entropy_all_constant",
    "aggregate_nonpositive",
    "topsis_flat",
}
"""What a method may rightly refuse of random numbers."""

TOPSIS = st.fixed_dictionaries(
    {"method": st.just("topsis"), "weighting": st.sampled_from(["scores", "distances"])},
    optional={"across": st.sampled_from(["leaves", "children"]), "ideal": st.sampled_from(["absolute", "observed"])},
)
MEAN = st.fixed_dictionaries(
    {"method": st.sampled_from(["arithmetic", "geometric"])},
    optional={"across": st.sampled_from(["leaves", "children"])},
)
ARITHMETIC = st.just({"method": "arithmetic"})


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, Any], list[str], list[str]]:
    """Draw a tree of depth 1 to 3, its leaves and its inner nodes."""
    leaves: list[str] = []
    inner: list[str] = ["I"]

    def below(level: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(draw(st.integers(1 if level > 1 else 2, 3))):
            if level < 3 and draw(st.booleans()):
                name = f"D{len(inner)}"
                inner.append(name)
                found[name] = below(level + 1)
            else:
                leaves.append(f"x{len(leaves)}")
                found[leaves[-1]] = "benefit"
        return found

    return below(1), leaves, inner


@st.composite
def cases(draw: st.DrawFn, *, holes: bool, weights: tuple[dict[str, Any], ...]) -> tuple[Any, dict[str, Any], Any]:
    """Draw a tree, a recipe for it, and series of two to three years and four to five units."""
    tree, leaves, inner = draw(trees())
    if draw(st.booleans()):  # means of any kind on positive scores
        recipe: dict[str, Any] = {"normalise": {"range": [1, 100]}, "nodes": {n: draw(MEAN) for n in inner}}
    else:  # TOPSIS anywhere, arithmetic elsewhere, and perhaps a geometric mean on top
        kinds = st.one_of(TOPSIS, ARITHMETIC)
        recipe = {"nodes": {n: draw(kinds) for n in inner}}
        if draw(st.booleans()):
            recipe["nodes"]["I"] = {"method": "geometric"}
    recipe["weight"] = draw(st.sampled_from(weights))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (draw(st.integers(2, 3)), draw(st.integers(4, 5)))
    series = {}
    for name in leaves:
        x = random.integers(0, 6, shape) + (random.random(shape) if draw(st.booleans()) else 0.0)
        if holes:
            x = np.where(random.random(shape) < 0.15, np.nan, x)
        series[name] = x
    if holes:
        recipe["availability"] = draw(st.sampled_from([0.0, 0.4, 0.7]))
    return tree, recipe, series


def built(grow: Any, fill: Any, case: Any) -> Index:
    tree, recipe, series = case
    try:
        return build(fill(series), grow(tree), Recipe.model_validate(recipe))
    except MethodError as error:
        if error.code not in NOT_FOR_THESE_NUMBERS:
            raise
        reject()


def taken_apart(index: Index, against: Any) -> Contributions:
    """Return contributions, unless a geometric mean would start from zero (above TOPSIS it does at the floor)."""
    try:
        return contributions(index, against)
    except MethodError as error:
        if error.code != "zero_in_decomposition":
            raise
        reject()


def span(index: Index) -> float:
    return float(np.nanmax(np.abs(index.scores[..., -1]), initial=1.0))


EQUAL = ({"method": "equal"}, {"method": "equal", "within": "all"})
ENTROPY = ({"method": "entropy"}, {"method": "entropy", "within": "siblings"})
YEARLY = tuple(how | {"scope": "yearly"} for how in ENTROPY)


@given(case=cases(holes=False, weights=EQUAL + ENTROPY + YEARLY))
@few
def test_parts_add_up_to_the_distance_from_the_mean(grow: Any, fill: Any, case: Any) -> None:
    index = built(grow, fill, case)
    found = contributions(index, "mean")
    np.testing.assert_allclose(found.parts.sum(axis=2), found.total, rtol=0, atol=1e-9 * span(index))
    assert np.abs(found.weights).max() <= 1e-9 * span(index)
    # The reference is the same for all who share weights, so totals differ as scores do.
    np.testing.assert_allclose(
        found.total - found.total[:, :1],
        index.scores[:, :, -1] - index.scores[:, :1, -1],
        rtol=0,
        atol=1e-9 * span(index),
    )


@given(case=cases(holes=True, weights=EQUAL + ENTROPY + YEARLY))
@few
def test_parts_add_up_with_holes(grow: Any, fill: Any, case: Any) -> None:
    index = built(grow, fill, case)
    found = contributions(index, "mean")
    scored = ~np.isnan(index.scores[:, :, -1])
    np.testing.assert_array_equal(~np.isnan(found.total), scored)
    np.testing.assert_array_equal(~np.isnan(found.parts), np.broadcast_to(scored[..., None], found.parts.shape))
    np.testing.assert_allclose(found.parts.sum(axis=2), found.total, rtol=0, atol=1e-9 * span(index))
    holes = np.isnan(index.normalised) & scored[..., None]
    assert (found.parts[holes] == 0).all()


@given(case=cases(holes=False, weights=EQUAL + ENTROPY + YEARLY))
@few
def test_parts_add_up_from_the_floor(grow: Any, fill: Any, case: Any) -> None:
    index = built(grow, fill, case)
    found = taken_apart(index, "floor")
    np.testing.assert_allclose(found.parts.sum(axis=2), found.total, rtol=0, atol=1e-9 * span(index))
    absolute = all(how.get("ideal") != "observed" for how in case[1]["nodes"].values())
    if absolute:
        low = 0.0 if case[1]["nodes"]["I"]["method"] == "topsis" else index.fitted.recipe.normalise.range[0]
        np.testing.assert_allclose(found.total, index.scores[:, :, -1] - low, rtol=0, atol=1e-9 * span(index))


@given(case=cases(holes=False, weights=EQUAL + ENTROPY))
@few
def test_parts_add_up_between_years(grow: Any, fill: Any, case: Any) -> None:
    index = built(grow, fill, case)
    found = contributions(index, 2020)
    change = index.scores[:, :, -1] - index.scores[0, :, -1]
    np.testing.assert_array_equal(found.total, change)
    np.testing.assert_allclose(found.parts.sum(axis=2), change, rtol=0, atol=1e-9 * span(index))
    assert (found.parts[0] == 0).all()


@given(case=cases(holes=True, weights=EQUAL + ENTROPY + YEARLY))
@few
def test_between_years_changed_weights_take_the_rest(grow: Any, fill: Any, case: Any) -> None:
    index = built(grow, fill, case)
    found = taken_apart(index, 2020)
    change = index.scores[:, :, -1] - index.scores[0, :, -1]
    np.testing.assert_allclose(found.parts.sum(axis=2) + found.weights, change, rtol=0, atol=1e-9 * span(index))
    assert (np.nan_to_num(found.parts[0]) == 0).all()
    whole = ~np.isnan(index.normalised[0]).any(axis=1)
    if not index.fitted.recipe.weight.yearly:  # nothing moved for units that have everything in both years
        for t in range(1, len(change)):
            units = whole & ~np.isnan(index.normalised[t]).any(axis=1)
            assert np.abs(found.weights[t, units]).max(initial=0.0) <= 1e-9 * span(index)


@given(case=cases(holes=False, weights=EQUAL + ENTROPY), unit=st.integers(0, 3))
@few
def test_who_does_not_change_has_no_parts(grow: Any, fill: Any, case: Any, unit: int) -> None:
    tree, recipe, series = case
    for x in series.values():
        x[:, unit] = x[0, unit]
    index = built(grow, fill, (tree, recipe, series))
    found = contributions(index, 2020)
    assert (found.parts[:, unit] == 0).all()
    assert np.abs(found.weights[:, unit]).max() <= 1e-12 * span(index)


@given(case=cases(holes=False, weights=EQUAL + ENTROPY + YEARLY))
@few
def test_arithmetic_parts_are_weight_times_score(grow: Any, fill: Any, case: Any) -> None:
    tree, recipe, series = case
    recipe = {"weight": recipe["weight"], "normalise": {"range": [1, 100]}}
    index = built(grow, fill, (tree, recipe, series))
    found = contributions(index)
    expected = index.whole[:, None, : len(series)] * (index.normalised - 1)
    np.testing.assert_allclose(found.parts, expected, rtol=0, atol=1e-9)


SCORES = st.lists(st.floats(0, 1), min_size=3, max_size=3)
POSITIVE = st.lists(st.floats(0.01, 100), min_size=3, max_size=3)
SHARES = st.lists(st.floats(0.05, 1), min_size=3, max_size=3)


@given(before=SCORES, after=SCORES, shares=SHARES, weighting=st.sampled_from(["scores", "distances"]))
@settings(max_examples=3 * settings().max_examples, deadline=None)
def test_topsis_multipliers(before: Any, after: Any, shares: Any, weighting: str) -> None:
    s0, s1, w = np.array([before]), np.array([after]), np.array([shares]) / np.sum(shares)
    ends = np.zeros(3), np.ones(3)
    omega = closeness_multipliers(s0, s1, w, *ends, weighting)
    change = closeness(s1, w, *ends, weighting).closeness - closeness(s0, w, *ends, weighting).closeness
    np.testing.assert_allclose((omega * (s1 - s0)).sum(axis=1), change, rtol=0, atol=1e-9)
    assert (omega >= 0).all()  # a better score never takes away


@given(before=POSITIVE, after=POSITIVE, shares=SHARES)
@settings(max_examples=2 * settings().max_examples, deadline=None)
def test_geometric_multipliers(before: Any, after: Any, shares: Any) -> None:
    s0, s1, w = np.array([before]), np.array([after]), np.array([shares]) / np.sum(shares)
    omega = geometric_multipliers(s0, s1, w)
    change = geometric(s1, w) - geometric(s0, w)
    np.testing.assert_allclose((omega * (s1 - s0)).sum(axis=1), change, rtol=0, atol=1e-9)
    assert (omega > 0).all()


@pytest.mark.parametrize("reverse", [False, True])
def test_topsis_from_the_worst_profile_to_the_best(reverse: bool) -> None:
    s0, s1, w = np.zeros((1, 2)), np.ones((1, 2)), np.array([[0.75, 0.25]])
    if reverse:
        s0, s1 = s1, s0
    for weighting, shares in (("scores", [0.9, 0.1]), ("distances", [0.75, 0.25])):
        omega = closeness_multipliers(s0, s1, w, np.zeros(2), np.ones(2), weighting)
        np.testing.assert_allclose(omega, [shares], atol=1e-15)


def test_the_best_of_all_owes_it_to_its_indicators(grow: Any, fill: Any) -> None:
    series = {"a": [[9, 1, 2]], "b": [[9, 3, 1]], "c": [[9, 0, 1]]}
    index = build(
        fill(series), grow(dict.fromkeys(series, "benefit")), Recipe.model_validate({"aggregate": {"method": "topsis"}})
    )
    found = contributions(index)
    np.testing.assert_allclose(found.parts[0, 0], [1 / 3] * 3, atol=1e-12)
    assert found.total[0, 0] == 1
    assert "weights" not in found.to_frame()["indicator"].to_list()


def test_at_the_mean_there_is_nothing_to_tell(grow: Any, fill: Any) -> None:
    tree = {"D": {"a": "benefit", "b": "benefit"}, "c": "benefit"}
    series = {"a": [[0, 2, 4]], "b": [[0, 1, 2]], "c": [[8, 4, 0]]}
    for how in ("arithmetic", "geometric", "topsis"):
        low = [0, 1] if how == "topsis" else [1, 9]
        recipe = Recipe.model_validate({"normalise": {"range": low}, "aggregate": {"method": how}})
        found = contributions(build(fill(series), grow(tree), recipe), "mean")
        np.testing.assert_allclose(found.parts[0, 1], 0, atol=1e-15)
        assert abs(found.total[0, 1]) < 1e-15


def test_geometric_parts_by_hand(grow: Any, fill: Any) -> None:
    recipe = Recipe.model_validate({"normalise": {"range": [1, 16]}, "aggregate": {"method": "geometric"}})
    index = build(fill({"a": [[0, 3, 15]], "b": [[0, 15, 15]]}), grow({"a": "benefit", "b": "benefit"}), recipe)
    found = contributions(index)
    # B scores 4 and 16, the mean is 8; ln 4 and ln 16 share ln 64 as 1 to 2, and 7 with them.
    np.testing.assert_allclose(found.parts[0, 1], [7 / 3, 14 / 3], atol=1e-12)


def test_changed_weights_stand_apart(grow: Any, fill: Any) -> None:
    recipe = Recipe.model_validate({"availability": 0.5})
    series = {"a": [[0, 2, 4], [4, 3, 0]], "b": [[4, 0, 2], [np.nan, 4, 0]]}
    found = contributions(build(fill(series), grow({"a": "benefit", "b": "benefit"}), recipe), 2020)
    # A: from (0, 1) and ½ to (1, –) and 1; on a alone, which carries all of it in common, the change is 1.
    assert found.total[1, 0] == 0.5
    np.testing.assert_allclose(found.parts[1, 0], [1, 0])
    assert found.weights[1, 0] == -0.5
    frame = found.to_frame().filter(unit="A", period=2021)
    assert frame.select("dimension", "indicator", "contribution").rows() == [
        ("a", "a", 1.0),
        ("b", "b", 0.0),
        ("weights", "weights", -0.5),
    ]


def test_parts_under_yearly_weights_take_the_mean_of_both(grow: Any, fill: Any) -> None:
    recipe = Recipe.model_validate({"weight": {"method": "entropy", "scope": "yearly"}})
    series = {"a": [[0, 2, 4], [4, 3, 1]], "b": [[4, 0, 1], [2, 2, 0]]}
    index = build(fill(series), grow({"a": "benefit", "b": "benefit"}), recipe)
    assert abs(index.local[0, 0] - index.local[1, 0]) > 0.1
    found = contributions(index, 2020)
    weights = (index.local[0, :2] + index.local[1, :2]) / 2
    np.testing.assert_allclose(found.parts[1], weights * (index.normalised[1] - index.normalised[0]), atol=1e-12)
    moved = (index.local[1, :2] - index.local[0, :2]) * (index.normalised[0] + index.normalised[1]) / 2
    np.testing.assert_allclose(found.weights[1], moved.sum(axis=1), atol=1e-12)


def test_what_is_scored_in_one_year_only_is_left_to_the_weights(grow: Any, fill: Any) -> None:
    tree = {"D": {"a": "benefit", "b": "benefit", "availability": 1}, "c": "benefit"}
    series = {"a": [[np.nan, 2, 4], [4, 3, 0]], "b": [[1, 0, 2], [2, 4, 0]], "c": [[0, 1, 2], [1, 1, 1]]}
    index = build(fill(series), grow(tree), Recipe.model_validate({"availability": 0}))
    # A: D falls short in 2020, so c is all of the index then, and all that the two years have in common.
    assert index.scores[:, 0, -1].tolist() == [0, 0.625]
    found = contributions(index, 2020)
    assert found.parts[1, 0].tolist() == [0, 0, 0.5]
    assert found.weights[1, 0] == 0.125


def test_who_has_no_score_has_no_parts(grow: Any, fill: Any) -> None:
    tree = {"D": {"a": "benefit", "b": "benefit", "availability": 0.7}, "E": {"c": "benefit", "d": "benefit"}}
    rng = np.random.default_rng(2)
    series = {name: rng.random((2, 4)) for name in "abcd"}
    series["a"][0, 0] = np.nan
    for rule, unscored in ((0.9, True), (0.5, False)):
        index = build(fill(series), grow(tree), Recipe.model_validate({"availability": rule}))
        for against in ("floor", "mean", 2020):
            found = contributions(index, against)  # type: ignore[arg-type]
            assert np.isnan(found.total[0, 0]) == unscored
            assert np.isnan(found.parts[0, 0]).all() == unscored
        # Dimension D falls short and plays no part, so b has none either.
        if not unscored:
            parts = contributions(index).parts[0, 0]
            assert parts[:2].tolist() == [0, 0]
            assert parts.sum() == pytest.approx(index.scores[0, 0, -1], abs=1e-12)


def test_years_that_share_nothing_scored_have_no_parts(grow: Any, fill: Any) -> None:
    # Of A only x is scored in the first year and only D in the second: y is there in both, but D falls short at first.
    tree = {"x": "benefit", "D": {"y": "benefit", "z": "benefit", "v": "benefit"}}
    hole = np.nan
    series = {"x": [[3.0, 0, 5], [hole, 1, 2]], "y": [[1.0, 2, 4], [1, 4, 0]]}
    series |= {"z": [[hole, 5, 2], [4, 2, 3]], "v": [[hole, 1, 3], [5, 2, 2]]}
    index = build(fill(series), grow(tree), Recipe.model_validate({"availability": 0.4}))
    found = contributions(index, 2020)
    change = index.scores[1, 0, -1] - index.scores[0, 0, -1]
    assert not np.isnan(change)
    assert (found.parts[1, 0] == 0).all()
    assert found.weights[1, 0] == pytest.approx(change)


def test_references_there_are_not(grow: Any, fill: Any) -> None:
    panel, tree = fill({"a": [[0, 2, 4]], "b": [[0, 1, 2]]}), grow({"a": "benefit", "b": "benefit"})
    index = build(panel, tree)
    for year in (1999, np.int64(1999)):
        with pytest.raises(SpecError, match="no data for 1999") as caught:
            contributions(index, year)  # type: ignore[arg-type]
        with speak("zh"):
            assert "现有年份：2020" in str(caught.value)
    with pytest.raises(SpecError, match=r"“means”.*Did you mean “mean”"):
        contributions(index, "means")  # type: ignore[arg-type]
    np.testing.assert_array_equal(contributions(index, np.int64(2020)).parts, 0)  # type: ignore[arg-type]
    ranked = build(panel, tree, Recipe.model_validate({"normalise": {"method": "zscore"}}))
    with pytest.raises(MethodError, match="no lowest value") as caught_method:
        contributions(ranked)
    with speak("zh"):
        assert "zscore" in str(caught_method.value)


def test_a_geometric_mean_cannot_be_taken_apart_from_zero(grow: Any, fill: Any) -> None:
    tree = grow({"D": {"a": "benefit", "b": "benefit"}, "c": "benefit"})
    recipe = Recipe.model_validate({"nodes": {"I": {"method": "geometric"}}})
    frozen = fit(
        fill({"a": [[0, 9, 5]], "b": [[9, 0, 5]], "c": [[0, 5, 9]]}), tree, recipe.model_copy(update={"nodes": {}})
    )
    later = fill({"a": [[2, 7, 5]], "b": [[7, 2, 5]], "c": [[1, 5, 8]]})
    index = replace(frozen, recipe=recipe).transform(later)
    with pytest.raises(MethodError) as caught:
        contributions(index)
    assert caught.value.code == "zero_in_decomposition"
    cannot = "“I”, aggregated by geometric, cannot be taken apart from zero"
    for part in ("unit A", "year 2020", "“c” scores 0 on one side", cannot):
        assert part in str(caught.value)
    with speak("zh"):
        assert "不能从零分解" in str(caught.value)
    found = contributions(index, "mean")
    np.testing.assert_allclose(found.parts.sum(axis=2), found.total, atol=1e-12)


@pytest.mark.parametrize("aggregate", [{"method": "mpi"}, {"method": "bod", "shares": [0.1, 0.6]}])
def test_a_floor_without_a_score_is_refused_rather_than_left_empty(grow: Any, fill: Any, aggregate: Any) -> None:
    tree = {"D": {"a": "benefit", "b": "benefit"}, "E": {"c": "benefit", "d": "benefit"}}
    rng = np.random.default_rng(6)
    series = {name: 1 - 0.01 * rng.random((2, 6)) for name in "abcd"}
    # All are near one, so that the floor of zero is hundreds of standard deviations away, and has no shares.
    index = build(
        fill(series), grow(tree), Recipe.model_validate({"aggregate": aggregate, "normalise": {"method": "vector"}})
    )
    with pytest.raises(MethodError) as caught:
        contributions(index)
    assert "floor" in str(caught.value)
    found = contributions(index, "mean")
    np.testing.assert_allclose(found.parts.sum(axis=2), found.total, atol=1e-12)


def test_what_two_years_have_in_common_may_have_no_weight_in_one(grow: Any, fill: Any) -> None:
    """B has only c in both years, and c weighs nothing in the second: all the rest is changed weights."""
    holes = {"a": [[4, 2, 1], [1, np.nan, 5]], "b": [[5, np.nan, 1], [1, 3, 2]], "c": [[0, 3, 4], [1, 1, 1]]}
    recipe = {"weight": {"method": "entropy", "scope": "yearly"}, "availability": 0.0}
    index = build(fill(holes), grow(dict.fromkeys("abc", "benefit")), Recipe.model_validate(recipe))
    assert index.local[1, 2] == 0 < index.local[0, 2]
    found = contributions(index, 2020)
    change = index.scores[1, 1, -1] - index.scores[0, 1, -1]
    assert found.parts[1, 1, :2].tolist() == [0, 0]
    assert found.parts[1, 1].sum() + found.weights[1, 1] == pytest.approx(change, abs=1e-12)
