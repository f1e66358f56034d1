"""Alternatives in words: how a choice is written in the design, and how it reads in a chapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from nqpf.index.multiverse.paths import Steps, dotted
from nqpf.messages import Text, catalogue, say

SLOTS = (
    *("denominate", "screen", "impute", "treat", "normalise", "weight", "weights", "aggregate", "levels", "nodes"),
    *("availability", "weights_noise", "leave_out", "panel", "scale"),
)
"""Slots that have a name in words."""


def slot_title(name: str) -> Text:
    """Return a slot's name in words; one's own names stay as they are."""
    first, _, rest = name.partition(".")
    if first not in SLOTS:
        return Text.same(name)
    title = say(f"multiverse.slot.{first}")
    return say("multiverse.slot_part", slot=title, part=rest) if rest else title


def of_settings(sets: Mapping[Steps, Any]) -> tuple[str, Text]:
    """Return what an alternative sets, as it is written and in words."""
    if len(sets) == 1:
        (value,) = sets.values()
        return written(value), in_words(value)
    parts = [(dotted(path), value) for path, value in sets.items()]
    label = "; ".join(f"{path}: {written(value)}" for path, value in parts)
    return label, Text.join([in_words(value) for _, value in parts], "；", "; ")


def written(value: Any) -> str:
    """Return a value of a recipe as short as it can be written: the method, and the options that are not the default.

    Examples
    --------
    >>> from nqpf.index.recipe import Normalise
    >>> written(Normalise(range=(1, 100)))
    'minmax range=[1, 100]'
    """
    if isinstance(value, BaseModel):
        method = getattr(value, "method", None)
        options = [f"{name}={written(one)}" for name, one in _options(value).items()]
        return " ".join(([str(method)] if method is not None else []) + options) or "default"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(written(one) for one in value) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)


def in_words(value: Any) -> Text:
    """Return a value of a recipe in the reader's words; options keep the names they have in a study."""
    method = getattr(value, "method", value if isinstance(value, str) else None)
    if method is None or f"choice.{method}" not in catalogue():
        return say("multiverse.nothing") if value is None else Text.same(written(value))
    title = say(f"choice.{method}")
    if not isinstance(value, BaseModel):
        return title
    options = [f"{name}={written(one)}" for name, one in _options(value).items()]
    return say("multiverse.with_options", title=title, options=", ".join(options)) if options else title


def _options(value: BaseModel) -> dict[str, Any]:
    """Return the options that are not the default."""
    fields = type(value).model_fields
    named = {name: getattr(value, name) for name in fields if name != "method"}
    return {name: one for name, one in named.items() if one != fields[name].get_default(call_default_factory=True)}
