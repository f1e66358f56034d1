"""Attribute paths of a recipe: what they lead to, what may stand there, and a recipe with something else there.

Types come from the recipe's own models, so that whatever a recipe can say may vary and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, create_model

from nqpf.errors import SpecError, Where, hint, listing
from nqpf.index.framework import Framework
from nqpf.index.recipe import Recipe
from nqpf.yamlfile import Document, Strict, validate

Steps = tuple[str | int, ...]


def dotted(steps: Sequence[str | int]) -> str:
    """Return a path as it is written.

    Examples
    --------
    >>> dotted(("levels", 0, "method"))
    'levels.0.method'
    """
    return ".".join(map(str, steps))


def known_paths() -> list[str]:
    """Return the paths of a recipe down to the options of its steps."""
    found = []
    for name, field in Recipe.model_fields.items():
        found.append(name)
        model = _model(field.annotation)
        found += [f"{name}.{option}" for option in model.model_fields] if model else []
    return found


def read_path(name: str, recipe: Recipe, framework: Framework, where: Where) -> tuple[Steps, Any]:
    """Return the steps of a path and the type of what may stand there.

    Raises
    ------
    SpecError
        The path leads nowhere, through a step the recipe does not have, or to a node there is not.
    """
    steps: list[str | int] = []
    kind: Any = Recipe
    value: Any = recipe
    for step in _split(name, framework, where):
        model = _model(kind)
        if model is None and isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):
            own, kind = get_args(kind)
            key = _key(step, own, name, where)
            value = (value or {}).get(key, _entry(recipe, framework, steps, key))
            steps.append(key)
            continue
        if model is None or step not in model.model_fields:
            before = dotted([*steps, ""]) if steps else ""
            known = [before + option for option in model.model_fields] if model else known_paths()
            raise SpecError("slot_unknown", where=where, slot=name, hint=hint(name, known), options=listing(known, 60))
        if value is None:
            raise SpecError("slot_without_step", where=where, slot=name, step=dotted(steps))
        field = model.model_fields[step]
        kind = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        value = getattr(value, step)
        steps.append(step)
    return tuple(steps), kind


def read_value(value: Any, kind: Any, where: Where) -> Any:
    """Return a value of the type, from what is written in YAML or from an option object.

    Raises
    ------
    SpecError
        The value is not of the type.
    """
    model = _model(kind)
    if isinstance(value, str) and model is not None and "method" in model.model_fields:
        value = {"method": value}
    holder: type[BaseModel] = create_model("_Alternative", __base__=Strict, value=(kind, ...))
    lines: dict[tuple[str | int, ...], int] = {(): 0, ("value",): 0}
    lines |= {("value", key): 0 for key in value} if isinstance(value, Mapping) else {}
    try:
        return validate(holder, Document("", {"value": value}, lines)).value  # type: ignore[attr-defined]
    except SpecError as error:
        inner = (error.where.key or "value").partition(".")[2]
        key = ".".join(part for part in (where.key, inner) if part)
        raise SpecError(error.code, where=Where(key=key), **error.values) from None


def with_settings(recipe: Recipe, framework: Framework, sets: Mapping[Steps, Any]) -> Recipe:
    """Return the recipe with other values at some paths.

    Raises
    ------
    SpecError
        Its parts do not go together.
    """
    content = recipe.model_dump(exclude_unset=True)
    for steps, value in sets.items():
        entry = _entry(recipe, framework, steps[:1], steps[1]) if len(steps) > 2 else None
        if entry is not None and steps[1] not in content.get(str(steps[0]), {}):
            content = _with(content, steps[:2], entry.model_dump(exclude_unset=True))
        content = _with(content, steps, value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else value)
    lines: dict[tuple[str | int, ...], int] = {(): 0} | {(name,): 0 for name in content}
    return validate(Recipe, Document("", content, lines))


def _with(tree: Mapping[Any, Any], steps: Steps, value: Any) -> dict[Any, Any]:
    inner = value if len(steps) == 1 else _with(tree.get(steps[0]) or {}, steps[1:], value)
    return {**tree, steps[0]: inner}


def _entry(recipe: Recipe, framework: Framework, steps: Sequence[str | int], key: str | int) -> BaseModel | None:
    """Return what holds for a node or level that the recipe does not name, so that a part of it can vary."""
    if tuple(steps) == ("nodes",):
        return recipe.aggregate_of(str(key), framework.node(str(key)).level)
    if tuple(steps) == ("weights",):
        return recipe.weight_of(str(key))
    return recipe.levels.get(int(key), recipe.aggregate) if tuple(steps) == ("levels",) else None


def _key(step: str, kind: Any, name: str, where: Where) -> str | int:
    if kind is int:
        if not step.isdecimal():
            raise SpecError("slot_unknown", where=where, slot=name, hint="", options="levels.0, levels.1, …")
        return int(step)
    return step


def _split(name: str, framework: Framework, where: Where) -> list[str]:
    """Return the steps of a path; ids of nodes may hold dots."""
    first, _, rest = name.partition(".")
    if first not in ("nodes", "weights") or not rest:
        return name.split(".")
    inner = [n.id for n in framework.inner]
    node, _, option = rest.rpartition(".")
    steps = [first, node, option] if rest not in inner and node in inner else [first, rest]
    if steps[1] not in inner:
        options = listing(inner, 40)
        raise SpecError("node_not_aggregated", where=where, node=steps[1], options=options, hint=hint(steps[1], inner))
    return steps


def _model(kind: Any) -> type[BaseModel] | None:
    """Return the model that a type is, or is one of with None."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        inside = [one for one in get_args(kind) if one is not NoneType]
        kind = inside[0] if len(inside) == 1 else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
