"""Holes: by default they stop the run and are named; with a rule, by recipe or by node, weights are shared out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError
from nqpf.index import Index, Recipe, build, fit
from nqpf.messages import speak

N = np.nan
SERIES = {"a": [[0, 2, 4]], "b": [[0, 5, 10]], "c": [[8, 0, 4]], "d": [[1, 0, 3]]}
"""Scores: a 0 ½ 1, b 0 ½ 1, c 1 0 ½, d ⅓ 0 1."""


def tree(**rules: float) -> dict[str, Any]:
    own = {name: {"availability": rule} for name, rule in rules.items()}
    return {
        "D": {"a": "benefit", "b": "benefit"} | own.get("D", {}),
        "E": {"c": "benefit", "d": "benefit"} | own.get("E", {}),
    }


def built(grow: Any, fill: Any, rules: dict[str, float], recipe: dict[str, Any], **holes: Any) -> Index:
    return build(fill(SERIES | holes), grow(tree(**rules)), Recipe.model_validate(recipe))


def node(index: Index, name: str) -> list[float]:
    return list(index.scores[0, :, index.framework.node(name).at])


def test_the_default_stops_and_names_the_cells(grow: Any, fill: Any) -> None:
    with pytest.raises(MethodError) as caught:
        built(grow, fill, {}, {}, a=[[0, N, 4]], d=[[1, 0, N]])
    error = caught.value
    assert error.code == "missing_indicator"
    assert (str(error.where.unit), error.where.indicator, error.where.period) == ("B", "a", 2020)
    for part in ("2 indicator values are missing", "a of B in 2020", "d of C in 2020", "availability: 0.8"):
        assert part in str(error)
    with speak("zh"):
        assert "有 2 个指标值缺失：B 2020 年 a、C 2020 年 d" in str(error)


def test_fit_and_transform_stop_as_well(grow: Any, fill: Any) -> None:
    with pytest.raises(MethodError, match="a of B in 2020"):
        fit(fill(SERIES | {"a": [[0, N, 4]]}), grow(tree()), Recipe())
    frozen = fit(fill(SERIES), grow(tree()), Recipe())
    with pytest.raises(MethodError, match="a of B in 2020"):
        frozen.transform(fill(SERIES | {"a": [[0, N, 4]]}))


def test_weights_are_shared_out(grow: Any, fill: Any) -> None:
    index = built(grow, fill, {}, {"availability": 0.5}, a=[[0, N, 4]], c=[[8, 0, N]], d=[[1, 0, N]])
    # B without a: D is b alone. C without c and d: E is empty and D stands for all.
    np.testing.assert_allclose(node(index, "D"), [0, 0.5, 1])
    np.testing.assert_allclose(node(index, "E"), [1, 0, N])
    np.testing.assert_allclose(node(index, "I"), [0.5, 0.25, 1])
    present = {n.id: index.present[0, :, n.at].tolist() for n in index.framework.nodes}
    assert present["a"] == [1, 0, 1]
    assert present["D"] == [1, 0.5, 1]
    assert present["E"] == [1, 1, 0]
    assert present["I"] == [1, 0.75, 0.5]
    note = next(n for n in index.notes if n.code == "scored_with_holes")
    assert (note.values["count"], note.values["total"]) == (2, 3)


def test_too_little_present_gives_no_score(grow: Any, fill: Any) -> None:
    index = built(grow, fill, {}, {"availability": 0.8}, a=[[0, N, 4]])
    np.testing.assert_allclose(node(index, "D"), [0, N, 1])
    np.testing.assert_allclose(node(index, "E"), [2 / 3, 0, 0.75])
    np.testing.assert_allclose(node(index, "I"), [1 / 3, N, 0.875])
    assert index.ranks[0, :, -1].tolist()[0] == 2
    assert np.isnan(index.ranks[0, 1, -1])
    frame = index.to_frame()
    hole = frame.filter(unit="B", node="I").row(0, named=True)
    # D falls short and has no score, so b, which is there, does not reach the index.
    assert (hole["score"], hole["rank"], hole["present"]) == (None, None, 0.5)


def test_the_share_asked_for_may_be_met_exactly(grow: Any, fill: Any) -> None:
    index = built(grow, fill, {"D": 0.6}, {"availability": 0.5}, a=[[0, N, 4]])
    assert node(index, "I")[1] == 0  # D falls short with ½, E alone is left: half of the weight
    index = built(grow, fill, {"D": 0.5}, {"availability": 0.75}, a=[[0, N, 4]])
    np.testing.assert_allclose(node(index, "I"), [1 / 3, 0.25, 0.875])


def test_rounding_does_not_cost_a_score(grow: Any, fill: Any) -> None:
    # Five times a sixth is less than 5/6 in binary.
    series = {name: np.array([[1.0, 2, 3]]) for name in "abcdef"}
    series["f"][0, 0] = np.nan
    recipe = Recipe.model_validate({"availability": 5 / 6})
    index = build(fill(series), grow(dict.fromkeys("abcdef", "benefit")), recipe)
    assert index.present[0, 0, -1] < 5 / 6
    assert index.scores[0, 0, -1] == 0


def test_a_rule_by_node_goes_before_the_recipe(grow: Any, fill: Any) -> None:
    holes = {"a": [[0, N, 4]], "c": [[8, 0, N]]}
    index = built(grow, fill, {"D": 0.9}, {"availability": 0.5}, **holes)
    np.testing.assert_allclose(node(index, "D"), [0, N, 1])
    np.testing.assert_allclose(node(index, "E"), [2 / 3, 0, 1])
    np.testing.assert_allclose(node(index, "I"), [1 / 3, 0, 1])


def test_a_rule_for_one_dimension_lets_no_hole_pass_in_another(grow: Any, fill: Any) -> None:
    index = built(grow, fill, {"D": 0.5}, {}, a=[[0, N, 4]])
    np.testing.assert_allclose(node(index, "I"), [1 / 3, 0.25, 0.875])
    with pytest.raises(MethodError, match="1 indicator values are missing: c of A in 2020"):
        built(grow, fill, {"D": 0.5}, {}, a=[[0, N, 4]], c=[[N, 0, 4]])


def test_a_dimension_that_falls_short_stops_an_index_without_a_rule(grow: Any, fill: Any) -> None:
    with pytest.raises(MethodError, match="a of B in 2020"):
        built(grow, fill, {"D": 0.8}, {}, a=[[0, N, 4]])


def test_topsis_over_leaves_with_holes(grow: Any, fill: Any) -> None:
    recipe = {"availability": 0.5, "aggregate": {"method": "topsis", "weighting": "distances"}}
    index = built(grow, fill, {}, recipe, a=[[0, N, 4]])
    # B: b ½, c 0, d 0 share the weight; d⁻² = ⅓·¼, d⁺² = ⅓(¼ + 1 + 1).
    assert node(index, "I")[1] == pytest.approx(0.5 / (0.5 + 1.5))


def test_geometric_with_holes(grow: Any, fill: Any) -> None:
    recipe = {"availability": 0.5, "normalise": {"range": [1, 9]}, "aggregate": {"method": "geometric"}}
    index = built(grow, fill, {}, recipe, a=[[0, N, 4]])
    assert node(index, "D")[1] == pytest.approx(5)
    assert node(index, "I")[1] == pytest.approx(5**0.5)


def test_entropy_over_holes(grow: Any, fill: Any) -> None:
    recipe = {"availability": 0, "weight": {"method": "entropy"}}
    holes = {"a": [[0, N, 1], [1, 2, N]], "b": [[0, 5, 10], [1, 2, 3]]}
    panel = fill(holes)
    index = build(panel, grow({"a": "benefit", "b": "benefit"}), Recipe.model_validate(recipe))
    a = 1 - 1.5 * np.log(2) / np.log(4)  # shares 0 ¼ ¼ ½ of the four there are
    shares = np.array([5, 10, 1, 2, 3]) / 21
    b = 1 + (shares * np.log(shares)).sum() / np.log(6)
    np.testing.assert_allclose(index.local[0, :2], [a / (a + b), b / (a + b)], atol=1e-12)


def test_one_rule_of_zero_scores_whatever_there_is(grow: Any, fill: Any) -> None:
    holes = {"a": [[0, N, 4]], "b": [[0, N, 10]], "c": [[8, N, 4]], "d": [[1, N, 3]]}
    index = built(grow, fill, {}, {"availability": 0}, **holes)
    assert np.isnan(index.scores[0, 1]).all()
    assert index.present[0, 1].tolist() == [0] * 7
    assert not np.isnan(index.scores[0, [0, 2]]).any()


def test_inputs_may_be_counted_instead_of_weights(grow: Any, fill: Any) -> None:
    tree = {"D": {"a": {"direction": "benefit", "weight": 0.8}, "b": {"direction": "benefit", "weight": 0.2}}}
    panel = fill({"a": [[0, N, 4]], "b": [[4, 2, 0]]})
    for counted, scored in (("weight", False), ("inputs", True)):
        how = {"weight": {"method": "given"}, "availability": 0.5, "counted": counted}
        index = build(panel, grow(tree), Recipe.model_validate(how))
        assert (not np.isnan(node(index, "I")[1])) == scored
        assert index.present[0, 1, -1] == pytest.approx(0.2 if scored else 0.0)
