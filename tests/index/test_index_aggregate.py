"""Aggregation up the tree: means and TOPSIS, alone and mixed, two and three levels deep, worked out by hand."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.index import Index, Recipe, build, contributions, fit
from nqpf.index.aggregate import geometric, logarithmic_mean
from nqpf.index.aggregate.topsis import closeness
from nqpf.messages import speak

SERIES = {"a": [[0, 2, 4]], "b": [[0, 5, 10]], "c": [[8, 0, 4]], "d": [[1, 0, 3]], "e": [[6, 3, 0]]}
"""Scores on 0–1: a 0 ½ 1, b 0 ½ 1, c 1 0 ½, d ⅓ 0 1, e 1 ½ 0."""

S = {"a": [0, 0.5, 1], "b": [0, 0.5, 1], "c": [1, 0, 0.5], "d": [1 / 3, 0, 1], "e": [1, 0.5, 0]}
S = {name: np.array(values) for name, values in S.items()}

TWO = {"D": {"a": "benefit", "c": "benefit"}, "E": {"d": "benefit", "e": "benefit", "b": "benefit"}}
THREE = {"D": {"F": {"a": "benefit", "c": "benefit"}, "d": "benefit"}, "E": {"e": "benefit"}, "b": "benefit"}


def built(grow: Any, fill: Any, tree: Any, recipe: dict[str, Any], series: Any = SERIES) -> Index:
    used = {name: series[name] for name in sorted(series)}
    return build(fill(used), grow(tree), Recipe.model_validate(recipe))


def node(index: Index, name: str) -> np.ndarray:
    return index.scores[0, :, index.framework.node(name).at]


def near(got: Any, expected: Any) -> None:
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


def test_arithmetic_two_and_three_levels(grow: Any, fill: Any) -> None:
    two = built(grow, fill, TWO, {})
    near(node(two, "D"), (S["a"] + S["c"]) / 2)
    near(node(two, "E"), (S["d"] + S["e"] + S["b"]) / 3)
    near(node(two, "I"), (S["a"] + S["c"]) / 4 + (S["d"] + S["e"] + S["b"]) / 6)
    three = built(grow, fill, THREE, {})
    near(node(three, "F"), (S["a"] + S["c"]) / 2)
    near(node(three, "D"), (S["a"] + S["c"]) / 4 + S["d"] / 2)
    near(node(three, "I"), ((S["a"] + S["c"]) / 4 + S["d"] / 2 + S["e"] + S["b"]) / 3)
    assert [n.id for n in three.framework.nodes] == ["a", "c", "d", "e", "b", "F", "D", "E", "I"]
    assert [n.id for n in three.framework.dimensions] == ["b", "D", "E"]


def test_geometric_two_and_three_levels(grow: Any, fill: Any) -> None:
    how = {"normalise": {"range": [1, 9]}, "aggregate": {"method": "geometric"}}
    s = {name: 1 + 8 * values for name, values in S.items()}
    two = built(grow, fill, TWO, how)
    near(node(two, "E"), (s["d"] * s["e"] * s["b"]) ** (1 / 3))
    near(node(two, "I"), (s["a"] * s["c"]) ** (1 / 4) * (s["d"] * s["e"] * s["b"]) ** (1 / 6))
    three = built(grow, fill, THREE, how)
    inner = (s["a"] * s["c"]) ** (1 / 4) * s["d"] ** (1 / 2)
    near(node(three, "I"), (inner * s["e"] * s["b"]) ** (1 / 3))
    leaves = built(grow, fill, THREE, how | {"aggregate": {"method": "geometric", "across": "leaves"}})
    near(node(leaves, "I"), node(three, "I"))  # a geometric mean of geometric means is one of the leaves


def by_hand(columns: list[Any], weights: list[float], power: int, low: Any = 0.0, high: Any = 1.0) -> np.ndarray:
    """Return closeness with u = w to this power."""
    x, u = np.stack(columns, axis=1), np.array(weights) ** power
    best = np.sqrt((u * (np.asarray(high) - x) ** 2).sum(axis=1))
    worst = np.sqrt((u * (x - np.asarray(low)) ** 2).sum(axis=1))
    return np.asarray(worst / (best + worst))


@pytest.mark.parametrize(("weighting", "power"), [("scores", 2), ("distances", 1)])
def test_topsis_across_leaves_and_children(grow: Any, fill: Any, weighting: str, power: int) -> None:
    how = {"method": "topsis", "weighting": weighting}
    leaves = built(grow, fill, TWO, {"aggregate": how})
    everything = [S[x] for x in "acdeb"]
    near(node(leaves, "I"), by_hand(everything, [1 / 4, 1 / 4, 1 / 6, 1 / 6, 1 / 6], power))
    near(node(leaves, "D"), by_hand(everything[:2], [1 / 2, 1 / 2], power))
    children = built(grow, fill, TWO, {"aggregate": how | {"across": "children"}})
    d = by_hand(everything[:2], [1 / 2, 1 / 2], power)
    e = by_hand(everything[2:], [1 / 3, 1 / 3, 1 / 3], power)
    near(node(children, "I"), by_hand([d, e], [1 / 2, 1 / 2], power))


def test_topsis_of_three_units_in_figures(grow: Any, fill: Any) -> None:
    # D: B is ½ from both ends of a, and at the worst of c: d⁻ = ½·½, d⁺ = √(½² + 1)·½.
    index = built(grow, fill, {"a": "benefit", "c": "benefit"}, {"aggregate": {"method": "topsis"}})
    near(node(index, "I"), [1 / 2, 0.5 / (0.5 + sqrt(1.25)), sqrt(1.25) / (sqrt(1.25) + 0.5)])


def test_topsis_ends_of_any_range(grow: Any, fill: Any) -> None:
    """Closeness does not hang on the range, at no level of the tree."""
    for tree in (TWO, THREE):
        for how in ({"across": "leaves"}, {"across": "children"}, {"across": "children", "ideal": "observed"}):
            recipe = {"aggregate": {"method": "topsis"} | how}
            plain = built(grow, fill, tree, recipe)
            if tree is TWO:  # in THREE an indicator stands beside a dimension: see test_mixed_scales
                wide = built(grow, fill, tree, recipe | {"normalise": {"range": [1, 100]}})
                near(wide.scores[..., 5:], plain.scores[..., 5:])
            assert ((plain.scores >= 0) & (plain.scores <= 1)).all()


def test_observed_ideal(grow: Any, fill: Any) -> None:
    frozen = {"scope": "base", "base": [2020, 2020]}
    series = {"a": [[0, 2, 4], [1, 6, 2]], "c": [[8, 0, 4], [8, 2, 10]]}
    a, c = (np.ravel(x) / np.max(x[0]) for x in series.values())  # scores, beyond 1 in 2021
    tree = {"a": "benefit", "c": "benefit"}
    for ideal, high in (("absolute", [1, 1]), ("observed", [1.5, 1.25])):
        recipe = {"normalise": frozen, "aggregate": {"method": "topsis", "ideal": ideal}}
        got = built(grow, fill, tree, recipe, series).scores[:, :, -1].ravel()
        near(got, by_hand([np.minimum(a, high[0]), np.minimum(c, high[1])], [0.5, 0.5], 2, high=high))


def test_topsis_does_not_praise_who_falls_below_the_worst(grow: Any, fill: Any) -> None:
    tree = grow({"a": "benefit", "c": "benefit"})
    frozen = fit(
        fill({"a": [[0, 2, 4]], "c": [[8, 0, 4]]}), tree, Recipe.model_validate({"aggregate": {"method": "topsis"}})
    )
    later = frozen.transform(fill({"a": [[-9, 0, 1, 4, 5]], "c": [[0, 0, 0, 8, 9]]}))
    np.testing.assert_allclose(later.scores[0, :2, -1], 0)
    np.testing.assert_allclose(later.scores[0, 3:, -1], 1)
    assert later.ranks[0, :, -1].tolist() == [4, 4, 3, 1, 1]
    found = contributions(later)
    near(found.parts.sum(axis=2), found.total)
    near(found.parts[0, 0], [0, 0])


def test_observed_ideal_among_children_is_that_of_the_children(grow: Any, fill: Any) -> None:
    how = {"method": "topsis", "across": "children", "ideal": "observed"}
    index = built(grow, fill, TWO, {"aggregate": {"method": "arithmetic"}, "nodes": {"I": how}})
    d, e = (S["a"] + S["c"]) / 2, (S["d"] + S["e"] + S["b"]) / 3
    expected = by_hand([d, e], [0.5, 0.5], 2, low=[d.min(), e.min()], high=[d.max(), e.max()])
    near(node(index, "I"), expected)
    ((low, high),) = index.fitted.samples[index.framework.node("I").at]
    assert (low.tolist(), high.tolist()) == ([d.min(), e.min()], [d.max(), e.max()])
    absolute = built(grow, fill, TWO, {"nodes": {"I": how | {"ideal": "absolute"}}})
    near(node(absolute, "I"), by_hand([d, e], [0.5, 0.5], 2))
    assert abs(node(absolute, "I") - expected).max() > 0.05


def test_observed_ideal_stays_when_years_are_added(grow: Any, fill: Any) -> None:
    how = {"method": "topsis", "across": "children", "ideal": "observed"}
    recipe = Recipe.model_validate({"nodes": {"I": how}})
    panel = fill({name: SERIES[name] for name in "abcde"})
    frozen = fit(panel, grow(TWO), recipe)
    again = frozen.transform(panel)
    np.testing.assert_array_equal(again.scores, build(panel, grow(TWO), recipe).scores)
    more = frozen.transform(fill({name: np.repeat(SERIES[name], 2, axis=0) for name in "abcde"}))
    np.testing.assert_array_equal(more.scores[1], again.scores[0])


def test_methods_by_node(grow: Any, fill: Any) -> None:
    # Arithmetic within dimensions, geometric across them, as in the Human Development Index.
    nodes = {"I": {"method": "geometric"}}
    index = built(grow, fill, TWO, {"nodes": nodes})
    d, e = (S["a"] + S["c"]) / 2, (S["d"] + S["e"] + S["b"]) / 3
    near(node(index, "I"), np.sqrt(d * e))
    nodes = {"D": {"method": "topsis"}, "E": {"method": "arithmetic"}, "I": {"method": "geometric"}}
    index = built(grow, fill, TWO, {"nodes": nodes})
    near(node(index, "I"), np.sqrt(by_hand([S["a"], S["c"]], [0.5, 0.5], 2) * e))
    nodes = {"D": {"method": "topsis", "across": "leaves"}, "I": {"method": "topsis", "weighting": "distances"}}
    index = built(grow, fill, THREE, {"nodes": nodes})
    near(node(index, "D"), by_hand([S["a"], S["c"], S["d"]], [1 / 4, 1 / 4, 1 / 2], 2))
    leaves = [S[x] for x in "acdeb"]
    near(node(index, "I"), by_hand(leaves, [1 / 12, 1 / 12, 1 / 6, 1 / 3, 1 / 3], 1))


def test_a_geometric_mean_refuses_what_is_not_positive(grow: Any, fill: Any) -> None:
    with pytest.raises(MethodError) as caught:
        built(grow, fill, TWO, {"nodes": {"D": {"method": "geometric"}}})
    assert caught.value.code == "aggregate_nonpositive"
    english = str(caught.value)
    for part in ("unit A", "indicator a", "year 2020", "score of 0", "“D”", "2 cases", "range: [1, 100]"):
        assert part in english
    with speak("zh"):
        assert "节点“D”不能用 geometric 合成；共 2 处" in str(caught.value)


def test_a_geometric_mean_of_dimensions_looks_at_the_dimensions(grow: Any, fill: Any) -> None:
    # A is worst on a and b: all of dimension D is at the floor, whatever the range, and closeness is 0.
    tree = {"D": {"a": "benefit", "b": "benefit"}, "E": {"c": "benefit", "e": "benefit"}}
    recipe = {
        "normalise": {"range": [1, 100]},
        "aggregate": {"method": "topsis"},
        "nodes": {"I": {"method": "geometric"}},
    }
    with pytest.raises(MethodError) as caught:
        built(grow, fill, tree, recipe)
    assert (caught.value.code, caught.value.where.indicator) == ("aggregate_nonpositive", "D")
    assert caught.value.where.unit is not None
    assert str(caught.value.where.unit) == "A"


def test_negative_scores_under_a_geometric_mean(grow: Any, fill: Any) -> None:
    for weight in ({}, {"method": "entropy", "within": "siblings"}):
        recipe = {"normalise": {"method": "zscore"}, "weight": weight, "aggregate": {"method": "geometric"}}
        with pytest.raises(MethodError) as caught:
            built(grow, fill, TWO, recipe)
        assert caught.value.code == "aggregate_nonpositive"


def test_mixed_scales_are_refused(grow: Any, fill: Any) -> None:
    recipe = {"normalise": {"range": [1, 100]}, "nodes": {"D": {"method": "topsis"}}}
    with pytest.raises(SpecError) as caught:
        built(grow, fill, TWO, recipe)
    assert caught.value.code == "mixed_scales"
    for part in ("“I”", "“D” 0 to 1", "“E” 1 to 100", "range: [0, 1]"):
        assert part in str(caught.value)
    with speak("zh"):
        assert "“I”的下级得分量程不一：“D” 0 至 1；“E” 1 至 100" in str(caught.value)
    standard = {"normalise": {"method": "zscore"}, "nodes": {"D": {"method": "topsis", "ideal": "observed"}}}
    with pytest.raises(SpecError, match="“E” without ends"):
        built(grow, fill, TWO, standard)
    assert built(grow, fill, TWO, recipe | {"normalise": {"range": [0, 1]}}).scores.shape == (1, 3, 8)


def test_topsis_needs_ends(grow: Any, fill: Any) -> None:
    for method in ("zscore", "rank", "distance_to_reference"):
        recipe = {"normalise": {"method": method}, "aggregate": {"method": "topsis"}}
        with pytest.raises(SpecError, match=f"Scores of {method} have no ends") as caught:
            built(grow, fill, TWO, recipe)
        with speak("zh"):
            assert "ideal: observed" in str(caught.value)
        how = {"normalise": {"method": method}, "aggregate": {"method": "topsis", "ideal": "observed"}}
        observed = built(grow, fill, TWO, how)
        assert np.isfinite(observed.scores).all()


def test_topsis_of_what_does_not_vary(grow: Any, fill: Any) -> None:
    recipe = {"normalise": {"on_constant": "middle"}, "aggregate": {"method": "topsis", "ideal": "observed"}}
    series = {"a": [[1, 1, 1]], "b": [[2, 2, 2]]}
    with pytest.raises(MethodError) as caught:
        built(grow, fill, {"a": "benefit", "b": "benefit"}, recipe, series)
    assert (caught.value.code, caught.value.where.indicator) == ("topsis_flat", "I")


def test_nodes_of_the_recipe_are_checked(grow: Any, fill: Any) -> None:
    with pytest.raises(SpecError, match=r"has no node “DD”\. Did you mean “D”") as caught:
        built(grow, fill, TWO, {"nodes": {"DD": {"method": "geometric"}}})
    with speak("zh"):
        assert "框架中没有节点“DD”" in str(caught.value)
    with pytest.raises(SpecError, match="“a” is an indicator; nothing is aggregated there") as caught:
        built(grow, fill, TWO, {"nodes": {"a": {"method": "geometric"}}})
    assert "D, E, I" in str(caught.value)
    with speak("zh"):
        assert "“a”是指标" in str(caught.value)


def test_closeness_of_profiles_in_figures() -> None:
    s = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    w, low, high = np.array([[0.5, 0.5]]), np.zeros(2), np.ones(2)
    found = closeness(s, w, low, high)
    near(found.closeness, [0, 1, 0.5])
    near(found.best, [sqrt(0.5), 0, 0.5])
    near(found.worst, [0, sqrt(0.5), 0.5])
    assert np.isnan(closeness(s[:1], w, low, low).closeness).all()


def test_logarithmic_mean_joins_its_series() -> None:
    a = np.full(7, 3.0)
    b = 3 * np.exp([0.0, 1e-12, 9.99e-4, 1.001e-3, 0.1, 1.0, 5.0])
    got = logarithmic_mean(a, b)
    near(got[0], 3.0)
    wide = np.longdouble(b[2:])
    exact = (wide - 3) / (np.log(wide) - np.log(np.longdouble(3)))
    np.testing.assert_allclose(got[2:], exact.astype(float), rtol=1e-12)
    assert (np.diff(got) > 0).all()
    near(geometric(np.array([[2.0, 8.0]]), np.array([[0.5, 0.5]])), [4.0])
