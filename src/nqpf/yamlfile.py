"""YAML that knows its line numbers: load a file, check it against a pydantic model, say exactly where it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import Text, catalogue, say

Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file's content and the line (from 1) of every key and list item in it."""

    file: str
    content: Any
    lines: Mapping[Path_, int]

    def where(self, at: Path_ = ()) -> Where:
        """Return the place of the value at path `at`, or of the nearest thing above it."""
        known = next((at[:n] for n in range(len(at), -1, -1) if at[:n] in self.lines), ())
        key = ".".join(str(step) for step in at)
        return Where(file=self.file, line=self.lines.get(known), key=key or None)


class Strict(BaseModel):
    """Base of everything that stands in a YAML file: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, content: Any) -> Any:
        if isinstance(content, Mapping):
            known = {field.alias or name for name, field in cls.model_fields.items()}
            for key in content:
                if key not in known:
                    raise PydanticCustomError("unknown_key", "unknown key", {"key": str(key), "known": sorted(known)})
        return content


def _label(value: Any) -> Any:
    if isinstance(value, str):
        return Text.same(value)
    if isinstance(value, Mapping):
        if set(value) == {"zh", "en"}:
            return Text(str(value["zh"]), str(value["en"]))
        raise PydanticCustomError("label", "a text or {zh, en}")
    return value


Label = Annotated[Text, BeforeValidator(_label)]
"""A title as one text or as ``{zh: …, en: …}``."""


def load(path: str | Path) -> Document:
    """Read a YAML file.

    Raises
    ------
    SpecError
        The file is not there, is not UTF-8, or is not YAML; with its line.
    """
    file = Path(path)
    yaml = YAML(typ="rt", pure=True)
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SpecError("file_not_found", where=Where(file=str(path))) from None
    except UnicodeDecodeError:
        raise SpecError("not_utf8", where=Where(file=str(path))) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = " ".join(str(error.problem or error).split())
        raise SpecError("yaml_syntax", where=Where(file=str(path), line=line), problem=problem) from None
    if not isinstance(content, Mapping):
        raise SpecError("yaml_not_mapping", where=Where(file=str(path)))
    lines: dict[Path_, int] = {(): 1}
    return Document(str(path), _plain(content, (), lines), lines)


def validate(model: type[M], document: Document, at: Path_ = ()) -> M:
    """Return the part of `document` at path `at` as a `model`.

    Raises
    ------
    SpecError
        The first thing that is wrong, with file, line, key and what would be right.
    """
    content = document.content
    for step in at:
        content = content[step]
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise _located(error, document, at) from None


def _located(error: ValidationError, document: Document, at: Path_) -> SpecError:
    first = error.errors()[0]
    # Tags of unions stand in a location but not in the file: keep only the steps that lead somewhere.
    loc: Path_ = at
    for step in first["loc"]:
        if (*loc, step) in document.lines or step == first["loc"][-1]:
            loc = (*loc, step)
    context = first.get("ctx", {})
    kind = first["type"]
    if kind == "unknown_key":
        loc = (*loc, context["key"])
        options = hint(context["key"], context["known"])
        known = listing(context["known"], 30)
        return SpecError("unknown_key", where=document.where(loc), name=context["key"], hint=options, options=known)
    if kind == "missing":
        return SpecError("missing_key", where=document.where(loc[:-1]), name=str(first["loc"][-1]))
    if kind == "literal_error":
        options = Text.same(context["expected"].replace(" or ", ", "))
        choice = str(first["input"])
        near = hint(choice, [o.strip("'") for o in options.zh.split(", ")])
        return SpecError("bad_choice", where=document.where(loc), value=choice, options=options, hint=near)
    expected = say(f"expected.{kind}") if f"expected.{kind}" in catalogue() else Text.same(first["msg"])
    shown = str(first["input"])
    return SpecError("bad_value", where=document.where(loc), value=shown[:80], expected=expected)


def _plain(node: Any, at: Path_, lines: dict[Path_, int]) -> Any:
    """Return plain dicts and lists, noting each key's line."""
    if isinstance(node, Mapping):
        for key in node:
            lines[(*at, key)] = node.lc.key(key)[0] + 1 if hasattr(node, "lc") else lines.get(at, 1)
        return {key: _plain(value, (*at, key), lines) for key, value in node.items()}
    if isinstance(node, list):
        for i in range(len(node)):
            lines[(*at, i)] = node.lc.item(i)[0] + 1 if hasattr(node, "lc") else lines.get(at, 1)
        return [_plain(value, (*at, i), lines) for i, value in enumerate(node)]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):  # ruamel's round-trip scalars are subclasses that carry formatting
        if isinstance(node, kind):
            return kind(node)
    return node
