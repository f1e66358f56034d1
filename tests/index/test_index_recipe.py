"""The recipe: frozen, hashable, the same in YAML, and strict about words it does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from nqpf.errors import SpecError
from nqpf.index import Aggregate, Normalise, Recipe, Weight
from nqpf.messages import speak
from nqpf.yamlfile import load, validate

FULL: dict[str, Any] = {
    "normalise": {"method": "minmax", "range": [1, 100], "scope": "base", "base": [2012, 2015], "outside": "clip"},
    "weight": {"method": "entropy", "scope": "yearly", "within": "siblings", "basis": "scores"},
    "aggregate": {"method": "geometric", "across": "leaves"},
    "nodes": {"D": {"method": "topsis", "ideal": "observed", "weighting": "distances"}, "A": {"method": "arithmetic"}},
    "availability": 0.8,
}


def test_equal_recipes_have_equal_hashes() -> None:
    one = Recipe.model_validate(FULL)
    two = Recipe.model_validate(FULL | {"nodes": dict(reversed(FULL["nodes"].items()))})
    assert one == two
    assert hash(one) == hash(two)
    assert one.hash == two.hash
    assert {one: "found"}[two] == "found"
    assert Recipe() == Recipe.model_validate({})
    assert Recipe().hash == Recipe(normalise=Normalise(range=(0, 1))).hash


CHANGES: list[dict[str, Any]] = [
    {"normalise": {"range": [0, 2]}},
    {"normalise": {"method": "rank", "ties": "max"}},
    {"normalise": {"scope": "yearly"}},
    {"normalise": {"scope": "base", "base": [2012, 2013]}},
    {"normalise": {"method": "distance_to_reference", "reference": "A"}},
    {"weight": {"method": "given"}},
    {"weight": {"method": "entropy"}},
    {"weight": {"method": "entropy", "basis": "scores"}},
    {"aggregate": {"method": "geometric"}},
    {"nodes": {"D": {"method": "geometric"}}},
    {"availability": 0.5},
    {"availability": 0.0},
]


def test_every_option_moves_the_hash() -> None:
    hashes = {Recipe.model_validate(change).hash for change in CHANGES} | {Recipe().hash}
    assert len(hashes) == len(CHANGES) + 1


def test_a_hash_outlives_the_run() -> None:
    """The hash goes into provenance; it must not hang on the process."""
    assert Recipe().hash == Recipe.model_validate_json(Recipe().model_dump_json()).hash
    assert len(Recipe().hash) == 64
    assert int(Recipe().hash, 16) > 0


@pytest.mark.parametrize("content", [{}, FULL, *CHANGES])
def test_yaml_and_back(tmp_path: Path, content: dict[str, Any]) -> None:
    recipe = Recipe.model_validate(content)
    file = tmp_path / "recipe.yaml"
    with file.open("w", encoding="utf-8") as out:
        YAML(typ="safe").dump(recipe.model_dump(mode="json"), out)
    again = validate(Recipe, load(file))
    assert again == recipe
    assert again.hash == recipe.hash


def test_a_recipe_is_frozen() -> None:
    recipe = Recipe.model_validate(FULL)
    with pytest.raises(ValidationError):
        recipe.availability = 0.1  # type: ignore[misc]
    with pytest.raises(ValidationError):
        recipe.normalise.method = "rank"  # type: ignore[misc]


def test_defaults_that_depend_on_the_method() -> None:
    assert [Weight(method=m).group for m in ("equal", "given", "entropy")] == ["siblings", "siblings", "all"]
    assert Weight(method="entropy", within="siblings").group == "siblings"
    assert [Aggregate(method=m).inputs for m in ("arithmetic", "geometric", "topsis")] == ["children"] * 2 + ["leaves"]
    assert Aggregate(method="topsis", across="children").inputs == "children"
    assert Normalise(method="zscore").bounds is None
    assert Normalise(range=(1, 100)).bounds == (1, 100)
    assert Normalise(method="percentile_rank", range=(1, 100)).bounds == (0, 1)
    assert not Weight(scope="yearly").yearly
    assert Weight(method="entropy", scope="yearly").yearly


@pytest.mark.parametrize(
    ("text", "line", "english", "chinese"),
    [
        (
            "normalize: {method: minmax}",
            1,
            "no key “normalize” here. Did you mean “normalise”",
            "没有“normalize”这个键",
        ),
        (
            "normalise:\n  method: minimax",
            2,
            "“minimax” is not one of the choices. Did you mean “minmax”",
            "不在可选之列",
        ),
        ("normalise:\n  mehtod: rank", 2, "“mehtod” here. Did you mean “method”", "您是不是想写“method”"),
        ("weight:\n  method: entropi", 2, "Did you mean “entropy”", "您是不是想写“entropy”"),
        ("aggregate: {method: topsi}", 1, "Did you mean “topsis”", "您是不是想写“topsis”"),
        ("nodes:\n  D:\n    method: geometric\n    acros: leaves", 4, "Did you mean “across”", "您是不是想写“across”"),
        ("weight:\n  scope: base", 1, "scope: base together with base: [first, last]", "首年不晚于末年"),
        ("weight:\n  base: [2012, 2015]", 1, "scope: base together with base", "scope: base 与 base"),
        ("weight: {scope: base, base: [2015, 2012]}", 1, "first not after last", "首年不晚于末年"),
        ("normalise:\n  range: [100, 1]", 1, "[low, high] with low < high", "低小于高"),
        ("normalise:\n  range: [1, 2, 3]", 2, "two numbers", "两个数"),
        ("normalise:\n  range: [0, .inf]", 2, "a finite number", "有限的数字"),
        ("normalise:\n  sd: 0", 2, "a positive number", "正数"),
        ("availability: 1.5", 1, "not above the limit", "0 与 1 之间"),
        ("availability: -0.1", 1, "not below the limit", "0 与 1 之间"),
        ("availability: much", 1, "a number", "数字"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, english: str, chinese: str) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        validate(Recipe, load(file))
    assert caught.value.where.line == line
    assert english in str(caught.value)
    with speak("zh"):
        assert chinese in str(caught.value)
        assert f"第 {line} 行" in str(caught.value)
