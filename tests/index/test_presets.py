"""Recipes with a name: each is a recipe, runs on a small panel, and may be changed in part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nqpf.errors import SpecError
from nqpf.index import Recipe, build, entropy_weights, normalise, preset, presets, topsis
from nqpf.index.presets import Preset
from nqpf.messages import speak
from nqpf.yamlfile import load, validate

TREE: dict[str, Any] = {
    "D": {
        "weight": 3,
        "a": {"direction": "benefit", "weight": 1, "denominator": "p"},
        "b": {"direction": "cost", "weight": 2},
    },
    "E": {"weight": 1, "c": {"direction": "benefit", "weight": 1}, "d": {"direction": "benefit", "weight": 1}},
}
"""Weights that are scaled among siblings, as COINr has them, and an indicator with a denominator."""

every = pytest.mark.parametrize("name", presets())


@pytest.fixture(scope="module")
def series() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    found = {name: rng.gamma(3.0, 2.0, (2, 12)) for name in "abcd"}
    found["c"][0, 0] = 400.0  # an outlier that treatment pulls in
    return found | {"p": rng.uniform(1, 5, (2, 12))}


@pytest.fixture(scope="module")
def index(series: Any, grow: Any, fill: Any) -> Any:
    panel, tree = fill(series), grow(TREE)
    return lambda content: build(panel, tree, Recipe.model_validate(content))


def read(folder: Path, text: str) -> Recipe:
    file = folder / "recipe.yaml"
    file.write_text(text, encoding="utf-8")
    return validate(Recipe, load(file))


@every
def test_a_preset_is_a_recipe_with_a_name(name: str) -> None:
    found = preset(name)
    assert isinstance(found, Preset)
    assert found.id == name
    recipe = Recipe.model_validate(found.recipe)
    assert recipe == Recipe.model_validate({"preset": name})
    assert set(found.recipe) <= set(Recipe.model_fields)
    assert "preset" not in found.recipe
    assert recipe != Recipe()
    for text in (found.title, found.note):
        assert text.zh.strip()
        assert text.en.strip()
        assert text.zh != text.en
    assert "doi:10." in found.reference or "https://" in found.reference


def test_names_and_recipes_are_all_different() -> None:
    assert len({Recipe.model_validate({"preset": name}).hash for name in presets()}) == len(presets())
    assert {"handbook", "coinr_asem", "spssau_entropy", "spssau_topsis"} <= set(presets())


@every
def test_it_runs(index: Any, name: str) -> None:
    found = index({"preset": name})
    assert np.isfinite(found.scores).all()
    assert found.method.options == Recipe.model_validate({"preset": name}).model_dump(mode="json")
    assert set(found.ranks[0, :, -1]) == set(range(1, 13))


@every
def test_it_stands_in_yaml(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, f"preset: {name}\n") == Recipe.model_validate(preset(name).recipe)


@every
def test_what_is_written_beside_it_goes_before_it(tmp_path: Path, name: str) -> None:
    """Step by step: a step that is written is written whole."""
    plain = Recipe.model_validate({"preset": name})
    found = read(
        tmp_path, f"preset: {name}\nnormalise:\n  method: rank\navailability: 0.9\nnodes:\n  E: {{method: median}}\n"
    )
    assert found.normalise.method == "rank"
    assert found.availability == 0.9
    assert found.nodes["E"].method == "median"
    rest = {"weight", "weights", "aggregate", "treat", "screen", "impute", "denominate", "levels"}
    for part in rest:
        assert getattr(found, part) == getattr(plain, part), part
    assert found.hash != plain.hash
    assert Recipe.model_validate({"preset": name, "treat": None}).treat is None


def test_the_name_leaves_no_trace() -> None:
    """A recipe says what it does, not what it was called: its hash and its words are those of the long form."""
    named, long = Recipe.model_validate({"preset": "handbook"}), Recipe.model_validate(dict(preset("handbook").recipe))
    assert named.hash == long.hash
    assert "preset" not in named.model_dump()
    assert Recipe.model_validate(named.model_dump(mode="json")) == named


def test_an_unknown_name_is_told_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"no recipe named “handbok”.*Did you mean “handbook”") as caught:
        preset("handbok")
    for name in presets():
        assert name in str(caught.value)
    with speak("zh"):
        assert "没有名为“handbok”的做法" in str(caught.value)
    with pytest.raises(SpecError) as told:
        read(tmp_path, "availability: 0.5\npreset: handbok\n")
    assert (told.value.code, told.value.where.line, told.value.where.key) == ("unknown_preset", 2, "preset")
    for lang in ("en", "zh"):
        with speak(lang):
            assert all(name in str(told.value) for name in presets())
            assert "handbok" in str(told.value)


def test_a_word_that_a_preset_does_not_take_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        read(tmp_path, "preset: spssau_topsis\naggregate:\n  method: arithmetic\n  ideal: observed\n")
    assert (caught.value.code, caught.value.where.line) == ("option_unused", 4)


def test_the_handbook_by_hand(index: Any) -> None:
    found = index({"preset": "handbook", "treat": None})
    np.testing.assert_array_equal(found.scores, index({}).scores)
    treated = index({"preset": "handbook"})
    assert treated.prepared.changed.any()
    assert not found.prepared.changed.any()


def test_the_asem_recipe_divides_scales_and_treats(index: Any, series: Any) -> None:
    found = index({"preset": "coinr_asem", "treat": None})
    share = np.asarray(series["a"] / series["p"])
    expected = 100 * (share - share.min()) / (share.max() - share.min())
    np.testing.assert_allclose(found.normalised[:, :, 0], expected, rtol=1e-12)
    local = dict(zip([node.id for node in found.framework.nodes], found.local[0], strict=True))
    assert [local[n] for n in "abcd"] == pytest.approx([1 / 3, 2 / 3, 1 / 2, 1 / 2])
    assert [local[n] for n in "DE"] == pytest.approx([3 / 4, 1 / 4])
    assert index({"preset": "coinr_asem"}).prepared.changed[0, 0, 2]


def test_the_entropy_presets_are_those_functions(index: Any, series: Any) -> None:
    """Min-max, shifted entropy and a sum or TOPSIS of the flat functions, one after the other."""
    table = {name: series[name].reshape(-1) for name in "abcd"}
    scaled = normalise(table, list("abcd"), direction={"b": "cost"}).frame
    weights = entropy_weights(scaled, list("abcd"), shift=0.01).frame["weight"]
    found = index({"preset": "spssau_entropy"})
    np.testing.assert_allclose(found.whole[0, :4], weights, rtol=1e-12)
    np.testing.assert_allclose(
        found.scores[:, :, -1].reshape(-1),
        scaled.select("a", "b", "c", "d").to_numpy() @ weights.to_numpy(),
        rtol=1e-12,
    )
    close = topsis(scaled, list("abcd"), weights=weights.to_list()).frame["score"]
    np.testing.assert_allclose(index({"preset": "spssau_topsis"}).scores[:, :, -1].reshape(-1), close, rtol=1e-12)
