"""The revision table: what moved in the past, by how much, and because of what."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.errors import MethodError, SpecError
from nqpf.index import Recipe, build
from nqpf.index.revision import revision
from nqpf.messages import speak

TREE: dict[str, Any] = {"D": {"a": "benefit", "b": "cost"}, "c": "benefit"}
RECIPES: list[dict[str, Any]] = [
    {},
    {"weight": {"method": "entropy"}},
    {"normalise": {"scope": "yearly"}, "weight": {"method": "entropy", "scope": "yearly"}},
    {"normalise": {"method": "rank"}},
    {"normalise": {"range": [9, 100]}, "aggregate": {"method": "geometric"}},
    {"aggregate": {"method": "topsis", "ideal": "observed"}},
    {"normalise": {"method": "base_index", "year": 2020}},
    {"normalise": {"each": {"c": {"method": "percentile_rank"}}}},
]


def series(seed: int, years: int = 4, units: int = 5) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(1, 9, (years, units)) for name in "abc"}


@pytest.mark.parametrize("how", RECIPES)
@given(seed=st.integers(0, 10**6), years=st.integers(2, 4))
@settings(max_examples=8)
def test_the_two_parts_add_up_to_the_change(grow: Any, fill: Any, how: Any, seed: int, years: int) -> None:
    recipe, framework = Recipe.model_validate(how), grow(TREE)
    old = {name: x[:years] for name, x in series(seed).items()}
    new = {
        name: x * np.where(np.random.default_rng(seed).random(x.shape) < 0.3, 1.1, 1)
        for name, x in series(seed).items()
    }
    before, after = build(fill(old), framework, recipe), build(fill(new), framework, recipe)
    found = revision(before, after)
    assert (found.periods, found.units) == (tuple(range(2020, 2020 + years)), tuple("ABCDE"))
    np.testing.assert_array_equal(found.before, before.scores[..., -1])
    np.testing.assert_array_equal(found.after, after.scores[:years, :, -1])
    np.testing.assert_allclose(found.by_scale + found.by_data, found.change, atol=1e-12 * np.abs(found.after).max())
    assert revision(before, before).movers().is_empty()


def test_history_that_moves_without_a_new_figure(grow: Any, fill: Any) -> None:
    # x in 2020 is 0 1 2 4: pooled bounds 0 to 4. With 2021 they are 0 to 8, and every old score is halved.
    old, new = {"x": [[0, 1, 2, 4]]}, {"x": [[0, 1, 2, 4], [8, 1, 2, 4]]}
    framework = grow({"x": "benefit"})
    found = revision(build(fill(old), framework), build(fill(new), framework))
    np.testing.assert_allclose(found.by_scale, [[0, -0.125, -0.25, -0.5]])
    np.testing.assert_array_equal(found.by_data, np.zeros((1, 4)))
    assert [n.code for n in found.notes] == ["history_moved"]
    assert str(found.notes[0]).startswith("3 old scores changed although no figure of those years did")
    assert "-0.5, D in 2020" in str(found.notes[0])
    with speak("zh"):
        assert "最大的是 D 2020 年的 -0.5" in str(found.notes[0])
    # A base window of 2020 keeps its scores.
    recipe = Recipe.model_validate({"normalise": {"scope": "base", "base": [2020, 2020]}})
    still = revision(build(fill(old), framework, recipe), build(fill(new), framework, recipe))
    np.testing.assert_array_equal(still.change, np.zeros((1, 4)))
    assert still.notes == ()


def test_a_changed_figure_counts_as_such(grow: Any, fill: Any) -> None:
    framework = grow({"x": "benefit"})
    recipe = Recipe.model_validate({"normalise": {"scope": "frozen", "limits": {"x": [0, 10]}}})
    before = build(fill({"x": [[1, 5, 9], [2, 6, 8]]}), framework, recipe)
    after = build(fill({"x": [[1, 5, 9], [7, 6, 8]]}), framework, recipe)
    found = revision(before, after)
    np.testing.assert_allclose(found.by_data, [[0, 0, 0], [0.5, 0, 0]], atol=1e-15)
    np.testing.assert_array_equal(found.by_scale, np.zeros((2, 3)))
    assert found.notes == ()
    half = pytest.approx(0.5)
    assert found.movers().rows() == [
        ("A", 2021, 0.2, 0.7, half, 0.0, half, 3, 2, 1),
        ("B", 2021, 0.6, 0.6, 0.0, 0.0, 0.0, 2, 3, -1),
    ]
    frame = found.to_frame()
    columns = "unit period before after change by_scale by_data rank_before rank_after places_gained"
    assert frame.columns == columns.split()
    assert frame.height == 6
    assert frame["places_gained"].to_list() == [0, 0, 0, 1, -1, 0]


def test_units_that_come_and_go(grow: Any, fill: Any) -> None:
    framework = grow(TREE)
    old, new = series(1, years=2), series(1, years=2)
    before = build(fill(old), framework)
    after = build(fill({name: x[:, ::-1][:, :4] for name, x in new.items()}, units="EDCB"), framework)
    found = revision(before, after)
    assert found.units == ("E", "D", "C", "B")
    np.testing.assert_array_equal(found.before, before.scores[:, ::-1, -1][:, :4])
    assert found.notes[-1].code == "revision_partial"
    assert "1 only before, 0 only after" in str(found.notes[-1])


def test_a_node_of_the_tree(grow: Any, fill: Any) -> None:
    framework = grow(TREE)
    before = build(fill(series(2, years=2)), framework)
    after = build(fill(series(2, years=3)), framework)
    found = revision(before, after, "D")
    np.testing.assert_array_equal(found.before, before.scores[..., framework.node("D").at])
    assert found.method.options == {"node": "D"}
    leaf = revision(before, after, "a")
    np.testing.assert_array_equal(leaf.after, after.normalised[:2, :, 0])
    with pytest.raises(SpecError, match="has no node “E”"):
        revision(before, after, "E")


def test_a_hole_stays_a_hole(grow: Any, fill: Any) -> None:
    framework, recipe = grow({"x": "benefit"}), Recipe(availability=0.5)
    x = np.array([[0.0, np.nan, 2, 4]])
    found = revision(build(fill({"x": x}), framework, recipe), build(fill({"x": np.r_[x, x * 2]}), framework, recipe))
    np.testing.assert_array_equal(np.isnan(found.by_scale), np.isnan(x))
    assert found.to_frame()["rank_before"].to_list() == [3, None, 2, 1]


def test_old_figures_that_the_new_scale_cannot_take(grow: Any, fill: Any) -> None:
    """The old lowest value is corrected: on the new bounds it would score below the floor of a geometric mean."""
    recipe = Recipe.model_validate({"normalise": {"range": [0.1, 1]}, "aggregate": {"method": "geometric"}})
    framework = grow({"x": "benefit"})
    found = revision(
        build(fill({"x": [[1, 5, 9]]}), framework, recipe), build(fill({"x": [[6, 5, 9]]}), framework, recipe)
    )
    assert np.isnan(found.by_scale).all()
    np.testing.assert_allclose(found.change, [[0.325 - 0.1, 0.1 - 0.55, 0]], atol=1e-12)
    assert [n.code for n in found.notes] == ["revision_undivided"]
    assert "unit A, indicator x, year 2020" in str(found.notes[0])
    with speak("zh"):
        assert "变化不能分为两部分" in str(found.notes[0])


def test_another_recipe_is_told(grow: Any, fill: Any) -> None:
    panel = fill(series(3))
    before = build(panel, grow(TREE))
    for after in (
        build(
            panel,
            grow(TREE),
            Recipe.model_validate({"aggregate": {"method": "geometric"}, "normalise": {"range": [1, 2]}}),
        ),
        build(panel, grow({"D": {"a": "benefit", "b": "benefit"}, "c": "benefit"})),
    ):
        found = revision(before, after)
        assert "revision_recipes" in [n.code for n in found.notes]
        np.testing.assert_allclose(found.by_scale + found.by_data, found.change, atol=1e-12)


def test_what_cannot_be_compared(grow: Any, fill: Any) -> None:
    index = build(fill(series(4)), grow(TREE))
    other = build(fill({"a": [[1, 2]], "z": [[1, 2]]}), grow({"a": "benefit", "z": "benefit"}))
    with pytest.raises(MethodError, match="different indicators: b, c, z") as caught:
        revision(index, other)
    with speak("zh"):
        assert "指标不同：b、c、z" in str(caught.value)
    later = build(fill(series(4), first=2030), grow(TREE))
    with pytest.raises(MethodError, match="have no year in common") as caught:
        revision(index, later)
    with speak("zh"):
        assert "没有共同的年份" in str(caught.value)
    with pytest.raises(MethodError, match="have no unit in common"):
        revision(index, build(fill(series(4), units="VWXYZ"), grow(TREE)))
