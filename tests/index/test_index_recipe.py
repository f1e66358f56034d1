"""The recipe: frozen, hashable, the same in YAML, and strict about words it does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from nqpf.errors import SpecError
from nqpf.index import Aggregate, Impute, Normalise, Recipe, Treat, Weight
from nqpf.index.options.base import Chosen
from nqpf.messages import speak
from nqpf.yamlfile import Document, load, validate

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
    {"availability": 0.5, "counted": "inputs"},
    {"denominate": True},
    {"screen": {}},
    {"screen": {"threshold": 0.8}},
    {"impute": {"method": "mean"}},
    {"impute": {"method": "mean", "scope": "pooled"}},
    {"treat": {"method": "coinr"}},
    {"treat": {"method": "coinr", "winmax": None}},
    {"weights": {"D": {"method": "cv"}}},
    {"weight": {"method": "cv"}},
    {"levels": {0: {"method": "geometric"}}},
    {"levels": {1: {"method": "geometric"}}},
    {"weight": {"method": "combined", "of": [{"method": "equal"}, {"method": "cv"}]}},
    {"weight": {"method": "combined", "of": [{"method": "cv"}, {"method": "equal"}]}},
    {"weight": {"method": "given", "values": {"a": 0.4, "b": 0.6}}},
    {"weight": {"method": "given", "values": {"a": 0.6, "b": 0.4}}},
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


OTHER: dict[type[Chosen], dict[str, Any]] = {
    Impute: {"value": 3},
    Treat: {
        "winmax": 3,
        "when": "always",
        "log": "plain",
        "then": "boxcox",
        "start": "winsorised",
        "exponent": 0.5,
        "shift": "plus_one",
        "only": ["a"],
        "leave": ["a"],
    },
    Normalise: {
        "range": [2, 9],
        "mean": 1,
        "sd": 2,
        "ties": "max",
        "reference": "A",
        "year": 2020,
        "limits": {"a": [1, 2]},
        "goals": {"a": 1},
        "stated": "directed",
        "costs": "complement",
        "outside": "clip",
        "on_constant": "middle",
    },
    Weight: {
        "judgements": {"D": {"a": {"b": 2}}},
        "priority": "geometric",
        "experts": "priorities",
        "consistency": "note",
        "orders": {"D": {"order": ["a", "b"], "ratios": [1.2]}},
        "of": [{"method": "equal"}, {"method": "given"}],
        "combination": "linear",
        "shares": [0.5, 0.5],
        "on_negative": "absolute",
        "rescale": True,
        "values": {"a": 1},
        "scope": "yearly",
        "window": 2,
        "basis": "scores",
        "variant": "blended",
        "shift": 0.1,
        "correlation": "spearman",
        "conflict": "absolute",
        "on_constant": "zero",
        "share": 0.9,
        "rotation": "none",
        "loadings": "all",
        "standardise": "none",
        "negative": "clip",
        "goal": "sum",
        "targets": {"a": 2},
    },
    Aggregate: {
        "scope": "yearly",
        "ideal": "observed",
        "weighting": "distances",
        "exponent": 2,
        "order": [0.5, 0.5],
        "orness": 0.3,
        "quantifier": "most",
        "unmatched": "later",
        "standardise": "none",
        "penalty": "neg",
        "ddof": 1,
        "centre": "middle",
        "alpha": 0.9,
        "beta": 0.5,
        "v": 0.4,
        "rho": 0.4,
        "ranks": "fractional",
        "preference": "level",
        "q": 0.1,
        "p": 0.2,
        "s": 0.2,
        "cuts": [0, 1],
        "grade_values": [1, 2, 3, 4, 5],
        "operator": "min_max",
        "shares": [0.1, 0.9],
    },
}
"""A word for every option that goes with some methods only, other than its default."""
BESIDE: dict[str, dict[str, Any]] = {
    "constant": {"value": 1},
    "base_index": {"year": 2021},
    "combined": {"of": [{"method": "equal"}, {"method": "cv"}]},
    "power": {"exponent": 1},
}
"""What a method asks for in any case."""
WITH_OTHERS = ("limits", "shares", "window", "preference", "q", "p", "s")
"""Options that go with others besides, so that they are refused when they stand alone."""


def refusal(model: type[Chosen], document: Document) -> SpecError | None:
    try:
        validate(model, document)
    except SpecError as error:
        return error
    return None


def test_every_option_that_goes_with_some_methods_is_tried() -> None:
    assert {model: set(options) for model, options in OTHER.items()} == {model: set(model.ONLY) for model in OTHER}


@pytest.mark.parametrize(
    ("model", "option"), [(model, o) for model, options in OTHER.items() for o in options], ids=lambda x: str(x)
)
def test_an_option_of_another_method_is_refused_rather_than_ignored(model: type[Chosen], option: str) -> None:
    for method in get_args(model.model_fields["method"].annotation):
        content = {**BESIDE.get(method, {}), "method": method, option: OTHER[model][option]}
        lines: dict[tuple[str | int, ...], int] = {(): 1, **{(key,): 7 + (key == option) for key in content}}
        error = refusal(model, Document("recipe.yaml", content, lines))
        if method in model.ONLY[option]:
            assert error is None or option in WITH_OTHERS, str(error)
            continue
        assert error is not None, method
        assert (error.code, error.where.line, error.where.key) == ("option_unused", 8, option)
        assert error.values["method"] == method
        assert error.values["methods"] == ", ".join(model.ONLY[option])


@pytest.mark.parametrize("model", OTHER)
def test_a_default_that_is_written_out_is_no_other_option(model: type[Chosen]) -> None:
    for method in get_args(model.model_fields["method"].annotation):
        beside = {"orness": 0.3} if method == "owa" else BESIDE.get(method, {})
        plain = model.model_validate({**beside, "method": method})
        assert model.model_validate(plain.model_dump()) == plain


def test_defaults_that_depend_on_the_method() -> None:
    assert [Weight(method=m).group for m in ("equal", "given", "entropy")] == ["siblings", "siblings", "all"]
    assert Weight(method="entropy", within="siblings").group == "siblings"
    assert [Aggregate(method=m).inputs for m in ("arithmetic", "geometric", "topsis")] == ["children"] * 2 + ["leaves"]
    assert Aggregate(method="topsis", across="children").inputs == "children"
    assert Normalise(method="zscore").bounds is None
    assert Normalise(range=(1, 100)).bounds == (1, 100)
    assert Normalise(method="percentile_rank").bounds == (0, 1)
    assert Normalise(method="percentile_rank", range=(1, 100)).bounds == (1, 100)
    assert Normalise.model_validate({"method": "efficacy"}).bounds == (60, 100)
    assert not Weight(method="entropy").yearly
    assert Weight(method="entropy", scope="yearly").yearly
    assert Weight(method="entropy", scope="rolling", window=2).yearly
    assert not Weight(method="entropy", scope="base", base=(2012, 2015)).yearly
    rolling = {"method": "cv", "scope": "rolling", "window": 3}
    combined = Weight.model_validate({"method": "combined", "of": [{"method": "equal"}, rolling]})
    assert combined.yearly
    assert combined.group == "siblings"
    assert Recipe(weights={"D": combined}).yearly_weights
    assert not Recipe().yearly_weights


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
        (
            "weight:\n  method: entropy\n  scope: base",
            1,
            "scope: base together with base: [first, last]",
            "首年不晚于末年",
        ),
        ("weight:\n  base: [2012, 2015]", 1, "scope: base together with base", "scope: base 与 base"),
        ("weight: {method: cv, scope: base, base: [2015, 2012]}", 1, "first not after last", "首年不晚于末年"),
        ("weight:\n  method: cv\n  scope: rolling", 1, "scope: rolling", "scope: rolling"),
        ("weight:\n  method: cv\n  window: 3", 1, "scope: rolling", "scope: rolling"),
        (
            "weight:\n  method: equal\n  scope: yearly",
            3,
            "option scope does nothing under equal. Leave it out; it goes with: entropy, critic",
            "方法 equal 不用 scope 这一选项",
        ),
        (
            "nodes:\n  D: {method: geometric, ideal: observed}",
            2,
            "option ideal does nothing under geometric",
            "geometric",
        ),
        ("normalise:\n  method: minmax\n  ties: max", 3, "option ties does nothing under minmax", "percentile_rank"),
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
