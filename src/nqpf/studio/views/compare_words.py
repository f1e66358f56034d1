"""What differs between two studies, in words: recipe, indicators, data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nqpf.index.framework import Framework, Indicator
from nqpf.index.multiverse.words import SLOTS, in_words, slot_title
from nqpf.index.recipe import Recipe
from nqpf.messages import Text, say
from nqpf.study.spec import DataSpec, Study

SAID = ("direction", "formula", "weight")
"""What of an indicator is held side by side."""


def differences(one: Study, other: Study) -> Iterator[Text]:
    """Yield a line for everything in which two studies differ that decides the index."""
    yield from _recipes(one.spec.recipe, other.spec.recipe)
    yield from _frameworks(one.framework, other.framework)
    yield from _data(one.data, other.data)
    if one.spec.seed != other.spec.seed:
        yield say("studio.compare.differs.seed", first=one.spec.seed, second=other.spec.seed)


def _recipes(one: Recipe, other: Recipe) -> Iterator[Text]:
    for slot in Recipe.model_fields:
        first, second = getattr(one, slot), getattr(other, slot)
        if first == second:
            continue
        title = slot_title(slot) if slot in SLOTS else say("studio.compare.counted")
        yield say("studio.compare.differs.slot", slot=title, first=_worded(first), second=_worded(second))


def _worded(value: Any) -> Text:
    """Return a value of a recipe in words; of a mapping, each entry's."""
    if isinstance(value, bool):
        return say("studio.compare.yes") if value else say("studio.compare.no")
    if isinstance(value, Mapping):
        parts = [say("studio.compare.differs.entry", name=key, value=in_words(one)) for key, one in value.items()]
        return Text.join(parts, "；", "; ") if parts else say("multiverse.nothing")
    return in_words(value)


def _frameworks(one: Framework, other: Framework) -> Iterator[Text]:
    first, second = ({i.id: i for i in framework.indicators} for framework in (one, other))
    gone = [i.title for id, i in first.items() if id not in second]
    new = [i.title for id, i in second.items() if id not in first]
    if gone:
        yield say("studio.compare.differs.only_first", indicators=Text.join(gone))
    if new:
        yield say("studio.compare.differs.only_second", indicators=Text.join(new))
    for id in (id for id in first if id in second):
        a, b = first[id], second[id]
        for key in SAID:
            if getattr(a, key) != getattr(b, key):
                said = {"first": _said(a, key), "second": _said(b, key)}
                yield say(f"studio.compare.differs.{key}", indicator=a.title, **said)
        if one.dimension_of(a).id != other.dimension_of(b).id:
            said = {"first": one.dimension_of(a).title, "second": other.dimension_of(b).title}
            yield say("studio.compare.differs.dimension", indicator=a.title, **said)


def _said(indicator: Indicator, key: str) -> Text:
    value = getattr(indicator, key)
    if value is None:
        return say("multiverse.nothing")
    return say(f"direction.{value}") if key == "direction" else Text.same(value)


def _data(one: DataSpec, other: DataSpec) -> Iterator[Text]:
    keys = [key for key in DataSpec.model_fields if getattr(one, key) != getattr(other, key)]
    if keys:
        yield say("studio.compare.differs.data", keys=Text.join(keys))
