"""The registry says of every method what the code does, and says it of nothing else."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from latex2mathml.converter import convert
from pydantic import ValidationError

import nqpf.index as room
from nqpf.errors import SpecError
from nqpf.index import Aggregate, Impute, Normalise, Recipe, Screen, Treat, Weight
from nqpf.index.options.base import Chosen
from nqpf.index.options.normalise import GIVEN
from nqpf.index.options.treat import SERVED
from nqpf.index.options.weight import DATA_DRIVEN
from nqpf.messages import speak
from nqpf.registry import ROOMS, Entry, describe, method, methods
from nqpf.theory import item, items

PARTS: dict[str, type[Chosen]] = {
    "screen": Screen,
    "impute": Impute,
    "treat": Treat,
    "normalise": Normalise,
    "weight": Weight,
    "aggregate": Aggregate,
}
"""Parts of the recipe, by the first word of the ids of their methods."""

METHODS: dict[str, tuple[str, ...]] = {
    part: get_args(model.model_fields["method"].annotation)
    for part, model in PARTS.items()
    if "method" in model.model_fields
}
"""Words of `method`, where a part has several."""

FILLING = ("mean", "median", "group_mean", "group_median")
SCOPED = tuple(word for word in METHODS["normalise"] if word not in (*GIVEN, "base_index"))
SERVES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("impute", "scope"): FILLING,
    ("impute", "fallback"): FILLING,
    ("impute", "groups"): FILLING[2:],
    ("treat", "scope"): SERVED,
    ("treat", "base"): SERVED,
    ("treat", "skew"): SERVED,
    ("treat", "kurt"): SERVED,
    ("normalise", "scope"): SCOPED,
    ("normalise", "base"): SCOPED,
    ("weight", "within"): ("equal", "combined", *DATA_DRIVEN),
    ("weight", "base"): DATA_DRIVEN,
}
"""Methods that are served by options which stand beside others too: for single indicators (`each`), or with a scope."""

BESIDE: Mapping[str, Mapping[str, Any]] = {
    "impute.constant": {"value": 1},
    "normalise.base_index": {"year": 2020},
    "weight.combined": {"of": [{"method": "equal"}, {"method": "cv"}]},
    "aggregate.power": {"exponent": 1},
    "aggregate.owa": {"orness": 0.3},
}
"""What a method asks for in any case."""
BESIDE_WORD: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("scope", "base"): {"base": [2020, 2021]},
    ("scope", "rolling"): {"window": 2},
}
"""What a word asks for."""
REFUSED = {"option_unused", "scope_of_method", "costs_sign"}
"""Errors that say that a word does not go with a method, rather than that something else must stand beside it."""

ENTRIES = list(methods().values())
every = pytest.mark.parametrize("entry", ENTRIES, ids=[e.id for e in ENTRIES])


def function_of(entry: Entry) -> Callable[..., Any]:
    module, name = entry.function.split(":")
    found = getattr(importlib.import_module(module), name)
    assert callable(found)
    return found  # type: ignore[no-any-return]


def options_of(part: str, word: str) -> set[str]:
    """Return the options of the recipe that serve a method."""
    model = PARTS[part]
    options = set(model.model_fields) - {"method"}
    return {o for o in options if word in SERVES.get((part, o), METHODS[part]) and word in model.ONLY.get(o, [word])}


def choices(model: type[Chosen], option: str) -> list[str]:
    """Return the words of an option that is a choice, also where it may be left out."""
    annotation = model.model_fields[option].annotation
    found = [one for one in (annotation, *get_args(annotation)) if get_origin(one) is Literal]
    return [str(word) for one in found for word in get_args(one)]


def goes_with(part: str, word: str, option: str, value: str) -> bool:
    content = {
        **BESIDE.get(f"{part}.{word}", {}),
        "method": word,
        option: value,
        **BESIDE_WORD.get((option, value), {}),
    }
    try:
        PARTS[part].model_validate(content)
    except ValidationError as error:
        return not {one["type"] for one in error.errors()} & REFUSED
    return True


def test_every_registry_is_read() -> None:
    home = Path(room.__file__).parents[1]
    there = {".".join(file.parent.relative_to(home).parts) for file in home.rglob("registry.yaml")}
    assert set(ROOMS) == there
    assert len(set(ROOMS)) == len(ROOMS)


@every
def test_the_function_is_there_and_says_what_it_does(entry: Entry) -> None:
    assert inspect.getdoc(function_of(entry))


@pytest.mark.parametrize("part", METHODS)
def test_every_choice_of_method_has_an_entry_and_no_other(part: str) -> None:
    assert [id for id in methods() if id.startswith(f"{part}.")] == [f"{part}.{word}" for word in METHODS[part]]


@pytest.mark.parametrize(("part", "word"), [(part, word) for part, words in METHODS.items() for word in words])
def test_an_entry_explains_the_options_of_its_method_and_no_other(part: str, word: str) -> None:
    assert set(method(f"{part}.{word}").options) == options_of(part, word)


def test_what_serves_a_method_does_go_with_it() -> None:
    """The table above takes nothing away that only this method has, and names what there is."""
    for (part, option), words in SERVES.items():
        assert option in PARTS[part].model_fields
        assert set(words) < set(METHODS[part])
        assert set(words) <= set(PARTS[part].ONLY.get(option, words))


@pytest.mark.parametrize("part", METHODS)
def test_every_option_of_a_part_is_explained_somewhere(part: str) -> None:
    said = {name for word in METHODS[part] for name in method(f"{part}.{word}").options}
    assert said == set(PARTS[part].model_fields) - {"method"}


def test_what_is_no_part_of_a_recipe_is_explained() -> None:
    assert set(method("screen").options) == set(Screen.model_fields)
    others = set(Recipe.model_fields) - set(PARTS)
    assert others == set(method("recipe").options) | set(method("availability").options)


@pytest.mark.parametrize(
    "entry", own := [e for e in ENTRIES if e.id.split(".")[0] not in PARTS], ids=[e.id for e in own]
)
def test_options_are_those_of_the_code(entry: Entry) -> None:
    """What is no part of the recipe explains what may be chosen: parameters of the function, or words of the recipe."""
    assert set(entry.options) <= set(inspect.signature(function_of(entry)).parameters) | set(Recipe.model_fields)


WORDED = [
    (part, word, option)
    for part, words in METHODS.items()
    for word in words
    for option in sorted(options_of(part, word))
    if choices(PARTS[part], option)
]


@pytest.mark.parametrize(("part", "word", "option"), WORDED)
def test_the_words_of_a_choice_are_explained(part: str, word: str, option: str) -> None:
    """An option that is a choice of words names each that goes with the method, in both languages."""
    said = method(f"{part}.{word}").options[option]
    taken = [value for value in choices(PARTS[part], option) if goes_with(part, word, option, value)]
    assert taken
    for value in taken:
        assert re.search(rf"(?<![A-Za-z0-9_]){value}(?![A-Za-z0-9_])", said.zh), value
        assert re.search(rf"(?<![A-Za-z0-9_]){value}(?![A-Za-z0-9_])", said.en), value


def test_ids_are_unique_and_grouped() -> None:
    assert [entry.id for entry in ENTRIES] == list(methods())
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)?", entry.id)


PUBLIC = [name for name in room.__all__ if inspect.isfunction(getattr(room, name))]


def test_the_room_keeps_its_public_functions() -> None:
    assert {"normalise", "entropy_weights", "aggregate", "topsis", "build", "contributions"} <= set(PUBLIC)
    assert sorted(room.__all__, key=lambda n: (n.islower(), n)) == room.__all__


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_is_reached_from_an_entry(name: str) -> None:
    """An entry points at the function itself, or at the kernel that stands in the same file."""
    files = {entry.function.split(":")[0] for entry in ENTRIES}
    assert inspect.unwrap(getattr(room, name)).__module__ in files


def named_in(file: Path) -> set[str]:
    """Return the ids that a file gives to `Method` as they stand."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [call.args[0] for call in calls if getattr(call.func, "id", None) in ("Method", "Used") and call.args]
    return {first.value for first in named if isinstance(first, ast.Constant)}


FILES = sorted(Path(room.__file__).parent.rglob("*.py"))


def test_results_name_methods_that_are_registered() -> None:
    named = {id: file.name for file in FILES for id in named_in(file)}
    assert "contributions" in named
    assert {id: file for id, file in named.items() if id not in methods()} == {}


def test_tables_name_methods_that_are_registered() -> None:
    """Whatever a table is normalised or scored by (all functions are called in test_index_tables)."""
    table = {"year": [2020, 2021, 2022], "x": [1.0, 2.0, 3.0], "y": [2.0, 3.0, 1.0]}
    limits = {"*": (0.0, 9.0)}
    more: dict[str, dict[str, Any]] = {
        **{word: {"limits": limits} for word in GIVEN},
        "base_index": {"by": "year", "year": 2020},
        "distance_to_target": {"goals": {"*": 9.0}},
    }
    for word in METHODS["normalise"]:
        found = room.normalise(table, ["x", "y"], method=word, **more.get(word, {}))  # type: ignore[arg-type]
        assert found.method.id == f"normalise.{word}"
        assert found.method.id in methods()


@every
def test_the_formula_becomes_mathml(entry: Entry) -> None:
    mathml = convert(entry.formula)
    assert mathml.startswith("<math")
    assert "merror" not in mathml
    left = re.sub(r"<[^>]*>", "", mathml)
    assert "\\" not in left, f"not understood: {left}"


@every
def test_both_languages_are_there(entry: Entry) -> None:
    for text in (entry.title, entry.letters, *entry.options.values()):
        assert text.zh.strip()
        assert text.en.strip()
        assert re.search(r"[\u4e00-\u9fff]", text.zh), text.zh
        assert not re.search(r"[\u4e00-\u9fff]", text.en), text.en
    shown = describe(entry)
    for lang in (shown.zh, shown.en):
        assert entry.id in lang
        assert entry.formula in lang
        assert all(name in lang for name in entry.options)


@every
def test_references_can_be_found(entry: Entry) -> None:
    assert entry.reference
    for reference in entry.reference:
        assert re.search(r"doi:10\.\d{4,}/\S+|ISSN \d{4}-\d{3}[\dX]|https?://\S+|McGraw-Hill|Springer", reference)
        assert re.search(r"\((1[89]|20)\d\d\)", reference), reference


@every
def test_theory_items_of_a_method_exist_and_stand_once(entry: Entry) -> None:
    named = (*entry.measures, *entry.touches)
    assert [id for id in named if id not in {i.id for i in items()}] == []
    assert len(set(named)) == len(named)


@every
def test_a_method_measures_what_the_item_asks_for(entry: Entry) -> None:
    """Texts are measured by methods on texts, and nothing else is."""
    on_texts = entry.function.startswith("nqpf.text.")
    asked = {id: item(id).asks for id in entry.measures}
    assert {id: asks for id, asks in asked.items() if (asks == "text") is not on_texts} == {}


@pytest.mark.parametrize("prefix", ["impute.", "treat.", "normalise.", "weight.", "aggregate.", "prices.", "missing"])
def test_tools_that_serve_every_number_measure_nothing_of_the_theory(prefix: str) -> None:
    tools = [entry for entry in ENTRIES if entry.id.startswith(prefix)]
    assert tools
    assert [entry.id for entry in tools if entry.measures or entry.touches] == []


def test_an_unknown_method_names_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"no method “weight.entropi”\. Did you mean “weight\.entropy”") as caught:
        method("weight.entropi")
    with speak("zh"):
        assert "没有方法“weight.entropi”" in str(caught.value)
        assert "normalise.minmax" in str(caught.value)


def test_two_entries_of_one_id_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nqpf.registry.ROOMS", ("index", "index"))
    methods.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"'\w+' stands twice"):
            methods()
    finally:
        monkeypatch.undo()
        methods.cache_clear()
    assert list(methods()) == [e.id for e in ENTRIES]
