"""YAML that knows its line numbers: load a file, check it against a pydantic model, say exactly where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

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
                    raise PydanticCustomError("unknown_key", "unknown key", {"key": key, "known": sorted(known)})
        return content


def _label(value: Any) -> Any:
    if isinstance(value, str):
        return Text.same(value)
    if isinstance(value, Mapping) and set(value) == {"zh", "en"}:
        return Text(str(value["zh"]), str(value["en"]))
    if isinstance(value, Text):
        return value
    raise PydanticCustomError("label", "a text or {zh, en}")


Label = Annotated[Text, BeforeValidator(_label)]
"""A title as one text or as ``{zh: …, en: …}``."""


def load(path: str | Path) -> Document:
    """Read a YAML file.

    Raises
    ------
    SpecError
        The file is not there, cannot be opened, is not UTF-8, or is not YAML; with its line.
    """
    file = Path(path)
    yaml = YAML(typ="rt", pure=True)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SpecError("file_not_found", where=Where(file=str(path))) from None
    except UnicodeDecodeError:
        raise SpecError("not_utf8", where=Where(file=str(path))) from None
    except OSError as error:
        raise SpecError("unreadable", where=Where(file=str(path)), problem=error.strerror or str(error)) from None
    try:
        content = yaml.load(text)
    except YAMLError as error:
        raise _not_yaml(error, str(path), text) from None
    if not isinstance(content, Mapping):
        raise SpecError("yaml_not_mapping", where=Where(file=str(path), line=1))
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


def _not_yaml(error: YAMLError, file: str, text: str) -> SpecError:
    line, problem = None, str(error).splitlines()[0]
    if isinstance(error, MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = error.problem or problem
    elif isinstance(error, ReaderError):
        line = text[: error.position].count("\n") + 1
    where = Where(file=file, line=line)
    twin = re.match(r'found duplicate key "(.*?)"', problem) if isinstance(error, DuplicateKeyError) else None
    if twin:
        return SpecError("twin_keys", where=where, name=twin[1])
    return SpecError("yaml_syntax", where=where, problem=" ".join(problem.split()))


def _located(error: ValidationError, document: Document, at: Path_) -> SpecError:
    first, loc = _first(error, document, at)
    context, value = first.get("ctx", {}), first["input"]
    kind, where = first["type"], document.where(loc)
    if kind == "unknown_key":
        name = str(context["key"])
        options, near = listing(context["known"], 30), hint(name, context["known"])
        where = document.where((*loc, context["key"]))
        return SpecError("unknown_key", where=where, name=name, hint=near, options=options)
    if kind == "unknown_preset":
        name, known = str(context["preset"]), context["known"]
        where = document.where((*loc, "preset"))
        return SpecError("unknown_preset", where=where, preset=name, options=listing(known, 30), hint=hint(name, known))
    if kind == "option_unused":
        option, words = str(context["option"]), {"method": context["method"], "methods": context["methods"]}
        return SpecError("option_unused", where=document.where((*loc, option)), option=option, **words)
    if kind == "missing" and isinstance(first["loc"][-1], int):  # a pair of which one is given
        kind = "too_short"
    if kind == "missing":
        return SpecError("missing_key", where=where, name=str(first["loc"][-1]))
    if value is None:
        return SpecError("empty_key", where=where, name=str(loc[-1]) if loc else "")
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", context["expected"])
        return SpecError(
            "bad_choice", where=where, value=str(value)[:80], options=listing(known, 30), hint=hint(str(value), known)
        )
    expected = say(f"expected.{kind}", **context) if f"expected.{kind}" in catalogue() else Text.same(first["msg"])
    return SpecError("bad_value", where=where, value=str(value)[:80], expected=expected)


def _first(error: ValidationError, document: Document, at: Path_) -> tuple[ErrorDetails, Path_]:
    """Return the first thing that is wrong and its path; of what a union says, the branch that got farthest."""
    found = [(one, _path(one, document, at)) for one in error.errors()]
    first = found[0][1]
    return max((f for f in found if f[1][: len(first)] == first), key=lambda f: len(f[1]))


def _path(error: ErrorDetails, document: Document, at: Path_) -> Path_:
    """Return where an error stands in the file, without the steps that only pydantic knows (tags of unions)."""
    path = at
    for step in error["loc"]:
        if (*path, step) in document.lines:
            path = (*path, step)
    return path


def _plain(node: Any, at: Path_, lines: dict[Path_, int]) -> Any:
    """Return plain dicts and lists, noting each key's line."""
    marks: Any = getattr(node, "lc", None)
    if isinstance(node, Mapping):
        for key in node:
            lines[(*at, key)] = _line(marks, key, lines[at])
        return {key: _plain(value, (*at, key), lines) for key, value in node.items()}
    if isinstance(node, list):
        for i in range(len(node)):
            lines[(*at, i)] = marks.item(i)[0] + 1
        return [_plain(value, (*at, i), lines) for i, value in enumerate(node)]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):  # ruamel's round-trip scalars are subclasses that carry formatting
        if isinstance(node, kind):
            return kind(node)
    return node


def _line(marks: Any, key: Any, above: int) -> int:
    """Return the line of a key; of one that is merged in (``<<: *base``) the line of what it is merged into."""
    own = (marks.data or {}).get(key)
    return int(own[0]) + 1 if own else above
