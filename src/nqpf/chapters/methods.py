"""Chapter *Methods*: every method that was used, with its formula and options as run, from the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nqpf.chapters.blocks import Block, Chapter, Formula, Paragraph, Section
from nqpf.chapters.context import Context
from nqpf.messages import Text, say
from nqpf.registry import Entry, method


def methods_chapter(context: Context) -> Chapter:
    """Return the annex."""
    sections = tuple(_section(method(id), options) for id, options in _used(context).items())
    return Chapter("methods", say("methods.title"), (Paragraph(say("methods.how")), *sections))


def _used(context: Context) -> dict[str, Mapping[str, Any]]:
    """Return the methods this study used, in the order of the work, with their options."""
    recipe = context.index.fitted.recipe
    inner = context.framework.nodes[len(context.framework.indicators) :]
    used: dict[str, Mapping[str, Any]] = {one.id: one.options for one in context.filled.methods}
    used["direct"] = {}
    used[f"normalise.{recipe.normalise.method}"] = recipe.normalise.model_dump()
    used[f"weight.{recipe.weight.method}"] = recipe.weight.model_dump() | {"within": recipe.weight.group}
    for node in inner:
        how = recipe.aggregate_of(node.id)
        used[f"aggregate.{how.method}"] = how.model_dump() | {"across": how.inputs}
    if recipe.availability is not None or any(n.availability is not None for n in inner):
        used["availability"] = {"availability": recipe.availability}
    used["contributions"] = {"against": context.against}
    if context.obstacles is not None:
        used["obstacle"] = {}
    used["leave_one_out"] = {}
    return used


def _section(entry: Entry, options: Mapping[str, Any]) -> Section:
    blocks: list[Block] = [Formula(entry.formula, entry.letters)]
    stated = [
        say("methods.option", name=name, value=_shown(options[name]), meaning=meaning)
        for name, meaning in entry.options.items()
        if options.get(name) is not None
    ]
    if stated:
        blocks.append(Paragraph(say("methods.options", options=Text.join(stated, "；", "; "))))
    blocks.append(Paragraph(say("methods.reference", reference=Text.join(entry.reference, "；", "; "))))
    return Section(f"method-{entry.id.replace('.', '-')}", entry.title, tuple(blocks))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(f"{v:g}" for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
