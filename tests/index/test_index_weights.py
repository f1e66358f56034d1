"""Weights: equal, given and entropy, with every scope, group and basis, worked out by hand."""

from __future__ import annotations

from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.index import Framework, Index, Recipe, build, fit
from nqpf.index.weights import entropy, overall, spread
from nqpf.messages import speak


def divergence(*values: float) -> float:
    """Return 1 − entropy of a column, straight from the definition."""
    shares = [v / sum(values) for v in values]
    return 1 + sum(p * log(p) for p in shares if p > 0) / log(len(values))


def local(index: Index) -> dict[str, float]:
    return {n.id: float(index.local[0, n.at]) for n in index.framework.nodes}


def whole(index: Index) -> dict[str, float]:
    return {n.id: float(index.whole[0, n.at]) for n in index.framework.nodes}


# a on 0…1: 0 .5 .5 1 (shares 0 ¼ ¼ ½, entropy .75); c: 0 0 0 1 (entropy 0).
A = [[1, 3], [3, 5]]
C = [[2, 2], [2, 9]]


def test_entropy_of_textbook_columns() -> None:
    x = np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [2.0, 1.0, 1.0]])
    found = entropy(x)
    np.testing.assert_allclose(found.entropy, [0.75, 1, 0], atol=1e-15)
    np.testing.assert_allclose(found.weights, [0.2, 0, 0.8], atol=1e-15)
    stacked = entropy(np.stack([x, x[::-1]]))
    np.testing.assert_allclose(stacked.weights, [[0.2, 0, 0.8]] * 2, atol=1e-15)


def test_entropy_counts_the_rows_that_are_there() -> None:
    x = np.array([[0.0, 3.0], [1.0, np.nan], [1.0, 1.0], [2.0, np.nan]])
    np.testing.assert_allclose(entropy(x).entropy, [0.75, 1 - divergence(3, 1)], atol=1e-15)


def test_equal_weights(grow: Any, fill: Any) -> None:
    framework = grow({"D": {"a": "benefit", "b": "benefit", "c": "benefit"}, "E": {"d": "benefit"}})
    rng = np.random.default_rng(1)
    panel = fill({k: rng.random((2, 4)) for k in "abcd"})
    siblings = whole(build(panel, framework))
    assert siblings == pytest.approx({"a": 1 / 6, "b": 1 / 6, "c": 1 / 6, "d": 1 / 2, "D": 1 / 2, "E": 1 / 2, "I": 1})
    recipe = Recipe.model_validate({"weight": {"within": "all"}})
    everyone = whole(build(panel, framework, recipe))
    assert everyone == pytest.approx({"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25, "D": 0.75, "E": 0.25, "I": 1})


def weighted(grow: Any, **weights: float | None) -> Framework:
    """Return D(a, b) and E(c) with these weights."""

    def leaf(name: str) -> dict[str, Any]:
        given = weights.get(name)
        return {"direction": "benefit"} | ({} if given is None else {"weight": given})

    tree: dict[str, Any] = {"D": {"a": leaf("a"), "b": leaf("b")}, "E": {"c": leaf("c")}}
    for name, node in tree.items():
        if (given := weights.get(name)) is not None:
            node["weight"] = given
    made: Framework = grow(tree)
    return made


GIVEN = Recipe.model_validate({"weight": {"method": "given"}})
SERIES = {"a": [[1, 2, 3]], "b": [[3, 1, 2]], "c": [[5, 1, 9]]}


@pytest.mark.parametrize(
    "weights",
    [
        {"D": 0.6, "E": 0.4, "a": 0.25, "b": 0.75, "c": 1},
        {"D": 60, "E": 40, "a": 25, "b": 75, "c": 100},
        {"D": 60, "E": 40, "a": 0.25, "b": 0.75, "c": 100},
    ],
)
def test_given_weights_sum_to_1_or_100(grow: Any, fill: Any, weights: dict[str, float]) -> None:
    index = build(fill(SERIES), weighted(grow, **weights), GIVEN)
    assert local(index) == pytest.approx({"a": 0.25, "b": 0.75, "c": 1, "D": 0.6, "E": 0.4, "I": 1})
    assert whole(index) == pytest.approx({"a": 0.15, "b": 0.45, "c": 0.4, "D": 0.6, "E": 0.4, "I": 1})
    # a: 0 .5 1; b: 1 0 .5; c: .5 0 1.
    np.testing.assert_allclose(index.scores[0, :, -1], [0.65, 0.075, 0.775], atol=1e-12)


def test_given_weights_may_be_rescaled(grow: Any, fill: Any) -> None:
    recipe = Recipe.model_validate({"weight": {"method": "given", "rescale": True}})
    index = build(fill(SERIES), weighted(grow, D=3, E=2, a=1, b=3, c=7), recipe)
    assert local(index) == pytest.approx({"a": 0.25, "b": 0.75, "c": 1, "D": 0.6, "E": 0.4, "I": 1})


YAML = """
id: I
title: Index
tree:
  - id: D
    weight: 0.6
    children:
      - {id: a, direction: benefit, weight: 0.25}
      - {id: b, direction: benefit, weight: 0.7}
  - id: E
    weight: 0.4
    children:
      - {id: c, direction: benefit, weight: 1}
"""


def from_yaml(folder: Path, text: str) -> Framework:
    file = folder / "framework.yaml"
    file.write_text(text, encoding="utf-8")
    return Framework.from_yaml(file)


def test_a_wrong_sum_names_parent_line_and_total(fill: Any, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        build(fill(SERIES), from_yaml(tmp_path, YAML), GIVEN)
    assert caught.value.code == "weights_sum"
    english = str(caught.value)
    for part in ("framework.yaml", "line 5", "under “D”", "sum to 0.95", "rescale: true"):
        assert part in english
    with speak("zh"):
        for part in ("第 5 行", "“D”下各项权重之和为 0.95", "rescale: true"):
            assert part in str(caught.value)


def test_missing_and_negative_weights(fill: Any, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"line 9.*“b” under “D” has no weight"):
        build(fill(SERIES), from_yaml(tmp_path, YAML.replace(", weight: 0.7", "")), GIVEN)
    with pytest.raises(SpecError, match=r"line 9.*weight of “b” is negative \(-0.7\)") as caught:
        build(fill(SERIES), from_yaml(tmp_path, YAML.replace("0.7}", "-0.7}")), GIVEN)
    with speak("zh"):
        assert "“b”的权重为负" in str(caught.value)
    nothing = YAML.replace("0.25", "0").replace("0.7}", "0}")
    rescaled = Recipe.model_validate({"weight": {"method": "given", "rescale": True}})
    with pytest.raises(SpecError, match=r"under “D” sum to 0"):
        build(fill(SERIES), from_yaml(tmp_path, nothing), rescaled)


def test_pooled_entropy_counts_unit_years(grow: Any, fill: Any) -> None:
    framework = grow({"a": "benefit", "c": "benefit"})
    index = build(fill({"a": A, "c": C}), framework, Recipe.model_validate({"weight": {"method": "entropy"}}))
    assert local(index) == pytest.approx({"a": 0.2, "c": 0.8, "I": 1})  # ln m with m = 2 units × 2 years
    assert index.local.shape == (2, 3)
    np.testing.assert_array_equal(index.local[0], index.local[1])
    assert index.weights_frame()["period"].null_count() == 2


P = [[2, 4, 6], [4, 6, 10], [0, 5, 12]]
Q = [[1, 5, 3], [2, 2, 9], [4, 8, 0]]


def test_yearly_entropy(grow: Any, fill: Any) -> None:
    recipe = Recipe.model_validate({"weight": {"method": "entropy", "scope": "yearly"}})
    index = build(fill({"p": P, "q": Q}), grow({"p": "benefit", "q": "benefit"}), recipe)
    for t in range(3):
        p, q = divergence(*P[t]), divergence(*Q[t])  # both pooled minima are 0, so shares are those of the data
        np.testing.assert_allclose(index.local[t, :2], [p / (p + q), q / (p + q)], atol=1e-12)
    assert "yearly_weights" in [n.code for n in index.notes]
    frame = index.weights_frame()
    assert frame["period"].to_list() == [2020, 2020, 2021, 2021, 2022, 2022]


def test_entropy_of_a_base_window(grow: Any, fill: Any) -> None:
    window = {"scope": "base", "base": [2020, 2021]}
    recipe = Recipe.model_validate({"weight": {"method": "entropy"} | window})
    index = build(fill({"p": P, "q": Q}), grow({"p": "benefit", "q": "benefit"}), recipe)
    # Brought to 0–1 within the window: p − 2 over 8, q − 1 over 8.
    p = divergence(0, 2, 4, 2, 4, 8)
    q = divergence(0, 4, 2, 1, 1, 8)
    assert local(index) == pytest.approx({"p": p / (p + q), "q": q / (p + q), "I": 1})


def test_weights_of_a_base_window_do_not_move_when_years_are_added(grow: Any, fill: Any) -> None:
    framework = grow({"D": {"p": "benefit", "q": "cost"}, "r": "benefit"})
    window = {"scope": "base", "base": [2020, 2021]}
    rng = np.random.default_rng(5)
    r = rng.random((3, 3))
    for within in ("all", "siblings"):
        recipe = Recipe.model_validate(
            {"normalise": window, "weight": {"method": "entropy", "within": within} | window}
        )
        early = fit(fill({"p": P[:2], "q": Q[:2], "r": r[:2]}), framework, recipe)
        later = fit(fill({"p": P, "q": Q, "r": r}), framework, recipe)
        np.testing.assert_allclose(later.local, early.local, rtol=0, atol=1e-14)


def test_entropy_among_siblings_and_among_all(grow: Any, fill: Any) -> None:
    framework = grow({"D": {"p": "benefit", "q": "benefit"}, "E": {"r": "benefit"}})
    r = [[1, 0, 2], [0, 3, 1], [5, 1, 1]]
    panel = fill({"p": P, "q": Q, "r": r})
    p, q, e = (divergence(*np.ravel(x)) for x in (P, Q, r))
    everyone = build(panel, framework, Recipe.model_validate({"weight": {"method": "entropy"}}))
    total = p + q + e
    assert whole(everyone) == pytest.approx(
        {"p": p / total, "q": q / total, "r": e / total, "D": (p + q) / total, "E": e / total, "I": 1}
    )
    assert local(everyone) == pytest.approx(
        {"p": p / (p + q), "q": q / (p + q), "r": 1, "D": (p + q) / total, "E": e / total, "I": 1}
    )
    recipe = Recipe.model_validate({"weight": {"method": "entropy", "within": "siblings"}})
    siblings = build(panel, framework, recipe)
    wp = p / (p + q)
    d = wp * np.ravel(P) / 12 + (1 - wp) * np.ravel(Q) / 9
    d = divergence(*((d - d.min()) / (d.max() - d.min())))
    expected = {"p": wp, "q": 1 - wp, "r": 1, "D": d / (d + e), "E": e / (d + e), "I": 1}
    assert local(siblings) == pytest.approx(expected)


def test_basis(grow: Any, fill: Any) -> None:
    framework = grow({"p": "benefit", "q": "cost"})
    panel = fill({"p": P, "q": Q})

    def weights(span: list[float], basis: str) -> list[float]:
        recipe = {"normalise": {"range": span}, "weight": {"method": "entropy", "basis": basis}}
        return build(panel, framework, Recipe.model_validate(recipe)).local[0, :2].tolist()

    plain = weights([0, 1], "unit")
    for span in ([1, 100], [0.5, 0.6], [-3, 5]):
        assert weights(span, "unit") == pytest.approx(plain, abs=1e-12)
    assert weights([0, 100], "scores") == pytest.approx(plain, abs=1e-12)
    p = divergence(*(1 + 99 * np.ravel(P) / 12))
    q = divergence(*(100 - 99 * np.ravel(Q) / 9))
    assert weights([1, 100], "scores") == pytest.approx([p / (p + q), q / (p + q)])
    assert abs(weights([1, 100], "scores")[0] - plain[0]) > 0.001
    with pytest.raises(MethodError, match="negative values"):
        weights([-3, 5], "scores")


def test_what_does_not_vary_weighs_nothing_under_entropy(grow: Any, fill: Any) -> None:
    framework = grow({"p": "benefit", "f": "benefit"})
    panel = fill({"p": P, "f": np.full((3, 3), 4.0)})
    recipe = {"normalise": {"on_constant": "middle"}, "weight": {"method": "entropy"}}
    assert local(build(panel, framework, Recipe.model_validate(recipe))) == pytest.approx({"p": 1, "f": 0, "I": 1})


def test_entropy_that_is_not_defined(grow: Any, fill: Any) -> None:
    flat = np.full((1, 3), 4.0)
    recipe = {"normalise": {"on_constant": "middle"}, "weight": {"method": "entropy"}}
    framework = grow({"p": "benefit", "f": "benefit"})
    with pytest.raises(MethodError, match="No indicator varies") as caught:
        build(fill({"p": flat, "f": flat + 1}), framework, Recipe.model_validate(recipe))
    with speak("zh"):
        assert "所有指标都没有差异" in str(caught.value)
    yearly = {"weight": {"method": "entropy", "scope": "yearly"}}
    with pytest.raises(MethodError) as caught:
        build(fill({"p": P, "f": [[0, 0, 0], [1, 2, 3], [1, 2, 4]]}), framework, Recipe.model_validate(yearly))
    assert (caught.value.code, caught.value.where.indicator, caught.value.where.period) == ("entropy_empty", "f", 2020)
    window = {"weight": {"method": "entropy", "scope": "base", "base": [2030, 2031]}}
    with pytest.raises(MethodError, match="2030–2031"):
        build(fill({"p": P, "f": Q}), framework, Recipe.model_validate(window))


def test_spread_and_overall_undo_each_other(grow: Any) -> None:
    framework = grow({"D": {"S": {"a": "benefit", "b": "benefit"}, "c": "benefit"}, "d": "benefit", "E": {"e": "cost"}})
    leaf = np.array([[0.1, 0.2, 0.3, 0.15, 0.25], [0, 0, 0.5, 0.5, 0]])
    within = spread(framework, leaf)
    for kids in framework.children:
        if kids.size:
            np.testing.assert_allclose(within[:, kids].sum(axis=1), 1, atol=1e-15)
    np.testing.assert_allclose(overall(framework, within)[:, :5], leaf, atol=1e-15)


def test_a_heavy_indicator_is_remarked_on(grow: Any, fill: Any) -> None:
    index = build(fill(SERIES), weighted(grow, D=0.2, E=0.8, a=0.5, b=0.5, c=1), GIVEN)
    note = next(n for n in index.notes if n.code == "weight_concentrated")
    assert "“c” alone carries 80%" in str(note)
