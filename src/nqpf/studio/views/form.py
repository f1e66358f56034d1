"""Forms made from the models that check a study: what each key of a part asks, in both languages.

A key stands in the form if it has a text under ``studio.form.field``; the others are written as YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, get_args

from pydantic import BaseModel

from nqpf.messages import Text, catalogue, say
from nqpf.study.spec import StudySpec
from nqpf.yamlfile import load

PARTS = ("multiverse", "size", "planning", "productivity", "regions", "system", "scenario", "industry", "text")
"""Keys of a study that ask for an analysis, the simplest first."""
GIVEN = "Given"
"""A parameter with its evidence: its fields read alike wherever it stands."""
Schema = Mapping[str, Any]
Field = dict[str, Any]


def form(part: str) -> Field:
    """Return what is asked for a part of a study.

    Returns
    -------
    dict
        A field: ``path`` (its place in the study, without the names of entries) and ``kind``: ``word`` (with
        ``words``), ``number`` and ``whole`` (with ``min, max, above, below``), ``flag``, ``text``, ``label``,
        ``formula``, ``series``, ``node``, ``unit``, ``file``, ``chapter``, ``list`` and ``map`` (with ``item``; of a
        map ``names``, what its names are), ``pair`` (with ``items``), ``group`` (with ``fields``, and ``others``: keys
        without a field), ``choice`` (with ``ways``). Fields of a group also have ``key, title, help, required``,
        ``optional`` (may be left unset), ``common`` (asked at once though it is not required) and, where there is one,
        ``default``.
    """
    model = model_of(part)
    schema = StudySpec.model_json_schema()["properties"][part] if model is None else model.model_json_schema()
    return {"path": part} | _Walk(schema.get("$defs", {})).kind(part, part, schema)


@cache
def model_of(part: str) -> type[BaseModel] | None:
    """Return the model of a part of a study; None where it is a plain list."""
    annotation = StudySpec.model_fields[part].annotation
    models = [m for m in (annotation, *get_args(annotation)) if isinstance(m, type)]
    return next((m for m in models if issubclass(m, BaseModel)), None)


@cache
def known() -> Mapping[str, Any]:
    """Return what the data file beside this one says of kinds, keys and equal quantities."""
    with resources.as_file(resources.files("nqpf.studio.views") / "form.yaml") as file:
        content: Mapping[str, Any] = load(file).content
    return content


class _Walk:
    """The way through a JSON schema. `path` is where a value stands, `stem` where its text does."""

    def __init__(self, models: Mapping[str, Schema]) -> None:
        self._models = models

    def kind(self, path: str, stem: str, schema: Schema) -> Field:
        """Return how a value is asked for."""
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            inner = self._models[name]
            if name == Text.__name__:
                return {"kind": "label"}
            return self.kind(path, stem if name != GIVEN else "given", inner)
        if "anyOf" in schema:
            ways = [self.kind(path, stem, one) for one in schema["anyOf"] if one.get("type") != "null"]
            return ways[0] if len(ways) == 1 else {"kind": "choice", "ways": [_named(way) for way in ways]}
        if "enum" in schema or "const" in schema:
            words = schema.get("enum", [schema.get("const")])
            return {"kind": "word", "words": [_word(path, word) for word in words]}
        match schema.get("type"):
            case "integer":
                return {"kind": "whole", **_limits(schema)}
            case "number":
                return {"kind": "number", **_limits(schema)}
            case "boolean":
                return {"kind": "flag"}
            case "array" if "prefixItems" in schema:
                return {"kind": "pair", "items": [self.kind(path, stem, one) for one in schema["prefixItems"]]}
            case "array":
                return {"kind": "list", "item": self.kind(path, stem, schema["items"])}
            case "object" if "properties" in schema:
                return self._group(path, stem, schema)
            case "object":
                item = self.kind(path, stem, schema.get("additionalProperties") or {})
                return {"kind": "map", "names": _below("keys", path), "item": item}
        return {"kind": _below("kinds", path) or "text"}

    def _group(self, path: str, stem: str, schema: Schema) -> Field:
        required = schema.get("required", [])
        fields, others = [], []
        for key, inner in schema["properties"].items():
            text = f"{stem}.{key}"
            if f"studio.form.field.{text}" not in catalogue():
                others.append(key)
                continue
            place = f"{path}.{key}"
            field = {"key": key, "path": place, **_texts(text), "required": key in required}
            field["common"] = place in known()["common"]
            field["optional"] = any(one.get("type") == "null" for one in inner.get("anyOf", ()))
            asked = self.kind(place, text, inner)
            if inner.get("default") not in (None, [], {}) and asked["kind"] != "group":
                field["default"] = inner["default"]
            fields.append(field | asked)
        fields.sort(key=lambda field: not field["required"])
        return {"kind": "group", "fields": fields, "others": others}


def _texts(stem: str) -> dict[str, Text]:
    return {"title": say(f"studio.form.field.{stem}"), "help": say(f"studio.form.field.{stem}.help")}


def _named(way: Field) -> Field:
    return way | {"form": say(f"studio.form.way.{way['kind']}")}


def _word(path: str, word: str) -> Field:
    """Return a word with its meaning."""
    return {"value": word, "title": say(f"studio.form.word.{path.rsplit('.', 1)[-1]}.{word}")}


def _limits(schema: Schema) -> dict[str, float]:
    names = {"minimum": "min", "maximum": "max", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
    return {names[key]: value for key, value in schema.items() if key in names}


def _below(table: str, path: str) -> str | None:
    """Return what a table of the data file says of a path, or else of the nearest above it."""
    said = {place: kind for kind, paths in known()[table].items() for place in paths}
    return next((said[place] for place in _above(path) if place in said), None)


def _above(path: str) -> Iterator[str]:
    steps = path.split(".")
    for n in range(len(steps), 0, -1):
        yield ".".join(steps[:n])
