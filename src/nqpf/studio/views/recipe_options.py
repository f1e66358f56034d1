"""What a recipe can be made of, from the models that check it: steps, methods, options, with words for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from pydantic import BaseModel, ValidationError

from nqpf.index import Aggregate, Impute, Normalise, Recipe, Screen, Treat, Weight
from nqpf.index.live import NEARBY
from nqpf.index.multiverse.noise import Noise
from nqpf.index.presets import presets
from nqpf.messages import say
from nqpf.registry import Entry, methods_of
from nqpf.studio.desk import Desk

STEPS: Mapping[str, type[BaseModel]] = {
    "screen": Screen,
    "impute": Impute,
    "treat": Treat,
    "normalise": Normalise,
    "weight": Weight,
    "aggregate": Aggregate,
}
"""The steps of a recipe in the order of the work, by their keys."""
RULES = ("denominate", "availability", "counted")
"""Keys of the recipe itself that are options as well."""
OWN = {"weights": "weight", "levels": "aggregate", "nodes": "aggregate"}
"""Keys of the recipe that hold a step's options for single nodes or levels."""

ROOMS = ("index.treat", "index.normalise", "index.weights", "index.aggregate", "index")
"""Rooms whose registries explain the steps."""

LISTED = {
    **dict.fromkeys(("only", "leave", "each", "limits", "goals"), "indicators"),
    **dict.fromkeys(("values", "targets"), "children"),
    **dict.fromkeys(("nodes", "judgements", "orders"), "inner"),
    **dict.fromkeys(("keep", "drop", "reference"), "units"),
}
"""What the names in an option are names of, where they are not one's own."""

FORMS = {"judgements": "judgements", "orders": "orders"}
"""Options that the page has a form of its own for."""
RARE = ("each",)
"""Options that few need: they are shown last."""

NOT_TOGETHER = {"option_unused", "scope_of_method", "costs_sign"}
"""What a model says of a word that does not go with a method, whatever else is written."""
LIMITS = {"minimum": "low", "maximum": "high", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}

Field = dict[str, Any]
Schema = Mapping[str, Any]


def options(desk: Desk, folder: Path | None) -> Field:
    """Return everything there is to choose.

    Parameters
    ----------
    desk, folder
        Not looked at: this is the same for all sessions.

    Returns
    -------
    dict
        ``steps``: ``id, title, about, default`` (the method where nothing is written), ``off`` (the method that means
        that the step is absent) and ``methods``: ``id, title, about`` (one sentence), ``formula`` (MathML), ``letters,
        reference, options``. ``rules``: options of the recipe itself, with their formulas. ``presets``: ``id, title,
        note, reference, recipe``. ``noise``: options of what weights nearby are, and ``nearby``, its default.

        An option has ``name, title, about`` (what it does and its words mean), ``default``, ``optional`` (may be
        left unset), ``rare`` (few need it), ``names`` (what its names are of: ``indicators``, ``children``, ``inner``
        nodes or ``units``) and ``kind``: ``word`` (with ``words``), ``number`` and ``whole`` (with ``low``, ``high``,
        ``above``, ``below``), ``flag``, ``text``, ``pair`` (of ``item``), ``numbers`` and ``names`` (lists),
        ``by_name`` (numbers or pairs by name, of ``item``), ``judgements`` and ``orders`` (of the children of every
        node), or ``json`` (whatever else).
    """
    return {
        "steps": [_step(id, model) for id, model in STEPS.items()],
        "rules": _rules(),
        "presets": [one.model_dump() for one in presets().values()],
        "own": OWN,
        "noise": _noise(),
        "nearby": NEARBY.model_dump(exclude={"draws"}),
    }


@cache
def entries() -> Mapping[str, Entry]:
    """Return what the registries of the index say of each method, by id."""
    return {entry.id: entry for room in ROOMS for entry in methods_of(room)}


def _step(id: str, model: type[BaseModel]) -> Field:
    words = _words_of(model)
    about = {
        "id": id,
        "title": say(f"studio.recipe.step.{id}.title"),
        "about": say(f"studio.recipe.step.{id}.about"),
    }
    if not words:
        off: Field = {"id": "off", "title": say("studio.recipe.not_set"), "options": []}
        methods = [off | {"about": say(f"studio.recipe.say.{id}.{off['id']}")}, _method(id, id, model, entries()[id])]
        return about | {"off": "off", "default": "off", "methods": methods}
    default = model.model_fields["method"].default
    methods = [_method(id, word, model, entries()[f"{id}.{word}"]) for word in words]
    return about | {"off": "none" if "none" in words else None, "default": default, "methods": methods}


def _method(step: str, word: str, model: type[BaseModel], entry: Entry) -> Field:
    """Return a method as it is explained; options are those that the registry says serve it."""
    made = _made(model, word)
    asked = [_option(model, word, name, made) | {"about": about} for name, about in entry.options.items()]
    return {
        "id": word,
        "title": entry.title,
        "about": say(f"studio.recipe.say.{step}.{word}"),
        **_explained(entry),
        "options": asked,
    }


def _explained(entry: Entry) -> Field:
    return {"formula": _mathml(entry.formula), "letters": entry.letters, "reference": entry.reference}


@cache
def _mathml(latex: str) -> str:
    return str(convert(latex, display="block"))


def _rules() -> list[Field]:
    said = {name: entry for entry in (entries()["recipe"], entries()["availability"]) for name in entry.options}
    return [
        _option(Recipe, None, name, Recipe()) | {"about": said[name].options[name]} | _explained(said[name])
        for name in RULES
    ]


def _noise() -> list[Field]:
    return [_option(Noise, None, name, NEARBY) for name in Noise.model_fields if name != "draws"]


def _option(model: type[BaseModel], word: str | None, name: str, made: BaseModel | None) -> Field:
    schema, defined = _schema(model)[name], _defined(model)
    default = schema.get("default") if made is None else made.model_dump(mode="json")[name]
    asked = _kind(schema, defined)
    if asked["kind"] == "word":
        kept = asked["words"] if word is None else [w for w in asked["words"] if _goes_with(model, word, name, w)]
        asked["words"] = [{"id": one, "title": say(f"studio.recipe.word.{name}.{one}")} for one in kept]
    return {
        "name": name,
        "title": say(f"studio.recipe.option.{name}"),
        "default": default,
        "optional": any(one.get("type") == "null" for one in schema.get("anyOf", ())),
        "names": LISTED.get(name),
        "rare": name in RARE,
        **asked,
        **({"kind": FORMS[name]} if name in FORMS else {}),
    }


def _kind(schema: Schema, defined: Mapping[str, Schema]) -> Field:
    """Return how a value of a JSON schema is asked for."""
    if "anyOf" in schema:
        ways = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return _kind(ways[0], defined) if len(ways) == 1 else {"kind": "json"}
    if "enum" in schema:
        return {"kind": "word", "words": list(schema["enum"])}
    match schema.get("type"):
        case "boolean":
            return {"kind": "flag"}
        case "integer" | "number" as number:
            limits = {LIMITS[key]: value for key, value in schema.items() if key in LIMITS}
            return {"kind": "whole" if number == "integer" else "number", **limits}
        case "string":
            return {"kind": "text"}
        case "array":
            return _list(schema, defined)
        case "object" if "additionalProperties" in schema:
            item = _kind(schema["additionalProperties"], defined)
            return (
                {"kind": "by_name", "item": item} if item["kind"] in ("number", "whole", "pair") else {"kind": "json"}
            )
    return {"kind": "json"}


def _list(schema: Schema, defined: Mapping[str, Schema]) -> Field:
    if "prefixItems" in schema:
        items = [_kind(one, defined) for one in schema["prefixItems"]]
        return {"kind": "pair", "item": items[0]} if len(items) == 2 else {"kind": "json"}
    item = _kind(schema["items"], defined)
    if item["kind"] in ("number", "whole"):
        return {"kind": "numbers", "item": item}
    return {"kind": "names"} if item["kind"] == "text" else {"kind": "json"}


def _schema(model: type[BaseModel]) -> Mapping[str, Schema]:
    """Return the schema of each field; a model that holds itself stands among its own definitions."""
    whole = _whole(model)
    found: Mapping[str, Schema] = (whole if "properties" in whole else _defined(model)[model.__name__])["properties"]
    return found


def _defined(model: type[BaseModel]) -> Mapping[str, Schema]:
    found: Mapping[str, Schema] = _whole(model).get("$defs", {})
    return found


@cache
def _whole(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


def _words_of(model: type[BaseModel]) -> list[str]:
    return list(_schema(model).get("method", {}).get("enum", ()))


def _made(model: type[BaseModel], word: str) -> BaseModel | None:
    """Return a method with all its defaults; None where it cannot be without something written."""
    try:
        return model.model_validate({"method": word} if "method" in model.model_fields else {})
    except ValidationError:
        return None


def _goes_with(model: type[BaseModel], word: str, option: str, value: object) -> bool:
    """Return whether a word of an option goes with a method, whatever else must be written with it."""
    content = {option: value} | ({"method": word} if "method" in model.model_fields else {})
    try:
        model.model_validate(content)
    except ValidationError as error:
        return not {one["type"] for one in error.errors()} & NOT_TOGETHER
    return True
