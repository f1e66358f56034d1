"""The registry says of every method what the code does, and says it of nothing else."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable
from typing import Any, get_args

import pytest
from latex2mathml.converter import convert
from pydantic import BaseModel

import nqpf.index as room
from nqpf.errors import SpecError
from nqpf.index import Aggregate, Normalise, Recipe, Weight
from nqpf.messages import speak
from nqpf.registry import Entry, describe, method, methods

PARTS: dict[str, type[BaseModel]] = {"normalise": Normalise, "weight": Weight, "aggregate": Aggregate}
"""Parts of the recipe, by the first word of the ids of their methods."""

ENTRIES = list(methods().values())
every = pytest.mark.parametrize("entry", ENTRIES, ids=[e.id for e in ENTRIES])


def function_of(entry: Entry) -> Callable[..., Any]:
    module, name = entry.function.split(":")
    found = getattr(importlib.import_module(module), name)
    assert callable(found)
    return found  # type: ignore[no-any-return]


def options_of(entry: Entry) -> set[str]:
    """Return what may be chosen: fields of the part of the recipe, else of the recipe, and parameters."""
    part = PARTS.get(entry.id.split(".")[0], Recipe)
    return set(part.model_fields) | set(inspect.signature(function_of(entry)).parameters)


@every
def test_the_function_is_there_and_says_what_it_does(entry: Entry) -> None:
    assert inspect.getdoc(function_of(entry))


@every
def test_options_are_those_of_the_code(entry: Entry) -> None:
    assert set(entry.options) <= options_of(entry)


@pytest.mark.parametrize("part", PARTS)
def test_every_choice_of_method_has_an_entry_and_no_other(part: str) -> None:
    choices = get_args(PARTS[part].model_fields["method"].annotation)
    assert [id for id in methods() if id.startswith(f"{part}.")] == [f"{part}.{choice}" for choice in choices]


@pytest.mark.parametrize("part", PARTS)
def test_every_option_of_the_recipe_is_explained(part: str) -> None:
    said = {name for id, entry in methods().items() if id.startswith(f"{part}.") for name in entry.options}
    assert said == set(PARTS[part].model_fields) - {"method"}
    for name in ("scope", "base", "on_constant") if part == "normalise" else ():
        for choice in get_args(Normalise.model_fields["method"].annotation):
            assert name in method(f"normalise.{choice}").options


@pytest.mark.parametrize(
    ("id", "option", "part"),
    [
        (id, option, part)
        for part, model in PARTS.items()
        for option, field in model.model_fields.items()
        for id in methods()
        if id.startswith(f"{part}.") and option != "method" and get_args(field.annotation)
    ],
)
def test_the_words_of_a_choice_are_explained(id: str, option: str, part: str) -> None:
    """An option that is a choice of words names each of them in both languages."""
    said = method(id).options.get(option)
    words = [w for w in get_args(PARTS[part].model_fields[option].annotation) if isinstance(w, str)]
    for word in words if said else ():
        assert word in said.zh
        assert word in said.en


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
    assert getattr(room, name).__module__ in files


def test_results_name_methods_that_are_registered() -> None:
    table = {"x": [1.0, 2.0, 3.0], "y": [2.0, 3.0, 1.0]}
    columns = list(table)
    results = [
        *(room.normalise(table, columns, method=m) for m in get_args(Normalise.model_fields["method"].annotation)),
        room.entropy_weights(table, columns),
        *(room.aggregate(table, columns, method=m) for m in ("arithmetic", "geometric")),
        room.topsis(table, columns),
    ]
    assert {r.method.id for r in results} <= set(methods())


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
        with pytest.raises(ValueError, match="'direct' stands twice"):
            methods()
    finally:
        monkeypatch.undo()
        methods.cache_clear()
    assert list(methods()) == [e.id for e in ENTRIES]
