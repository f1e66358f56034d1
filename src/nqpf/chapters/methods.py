"""Chapter *Methods*: every method that was used, with its formula and options as run, from the registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from nqpf.chapters.blockages import found_blockages
from nqpf.chapters.blocks import Block, Chapter, Column, Formula, Paragraph, Section, Table
from nqpf.chapters.cautions import found_lights
from nqpf.chapters.context import Context
from nqpf.chapters.industry import industry_methods
from nqpf.chapters.planning import planning_methods
from nqpf.chapters.productivity import productivity_methods
from nqpf.chapters.regions import regions_methods
from nqpf.chapters.system import system_methods
from nqpf.chapters.text import text_methods
from nqpf.chapters.whole import Whole
from nqpf.index import Weight
from nqpf.messages import Text, say
from nqpf.registry import Entry, method


def methods_chapter(used: Mapping[str, Mapping[str, Any]], title: Text, made: Mapping[str, Any]) -> Chapter:
    """Return the annex.

    Parameters
    ----------
    used
        The methods that were used, with their options, by id.
    title
        Of the study.
    made
        Where the assessment comes from: versions, seed and hashes; empty where nobody says.
    """
    sections = [_section(method(id), options) for id, options in used.items()]
    if made:
        sections.insert(0, Section("made", say("methods.made"), tuple(_made(title, made))))
    return Chapter("methods", say("methods.title"), (Paragraph(say("methods.how")), *sections))


def _made(title: Text, made: Mapping[str, Any]) -> Iterator[Block]:
    """Yield how to cite the assessment, and what must be equal for another run to give the same."""
    study, program = made["study"], made["nqpf"]
    yield Paragraph(say("methods.made.how"))
    cited = {"title": title, "version": program["version"], "study": study["id"], "hash": study["sha256"][:12]}
    yield Paragraph(say("methods.made.cite", **cited))
    rows = [
        (say("methods.made.study"), study["sha256"]),
        (say("methods.made.code"), program["code_sha256"]),
        *([(say("methods.made.recipe"), made["recipe"]["sha256"])] if "recipe" in made else []),
        *((Text.same(one["file"].rpartition("/")[2]), one["sha256"]) for one in made["data"]),
        (say("methods.made.seed"), str(made["seed"])),
        (Text.same("Python"), made["python"]),
        *((Text.same(name), version) for name, version in made["packages"].items()),
    ]
    names = [name for name, _ in rows]
    frame = pl.DataFrame(
        {"name_zh": [n.zh for n in names], "name_en": [n.en for n in names], "value": [value for _, value in rows]}
    ).with_columns(name=pl.col("name_en"))
    columns = (Column("name", say("methods.made.name")), Column("value", say("methods.made.value")))
    yield Table("made-of", say("methods.made.table"), frame, columns)


def methods_of(whole: Whole) -> dict[str, Mapping[str, Any]]:
    """Return every method that gave a result, with its options, in the order of the work."""
    used = {} if whole.index is None else used_methods(whole.index)
    used |= {} if whole.industry is None else industry_methods(whole.industry)
    used |= {} if whole.text is None else text_methods(whole.text)
    lit, blocked = found_lights(whole), found_blockages(whole)
    if lit.assessed:
        used[lit.method.id] = lit.method.options
    if len(blocked.assessed) > 1:  # a list of one kind merges nothing
        used[blocked.method.id] = blocked.method.options
    return used


def used_methods(context: Context) -> dict[str, Mapping[str, Any]]:
    """Return the methods that a study's index used, in the order of the work, with their options."""
    recipe = context.index.fitted.recipe
    inner = context.framework.inner
    used: dict[str, Mapping[str, Any]] = {one.id: one.options for one in context.filled.methods}
    if recipe.screen is not None:
        used["screen"] = recipe.screen.model_dump()
    for step, how in (("impute", recipe.impute), ("treat", recipe.treat)):
        if how is not None:
            used[f"{step}.{how.method}"] = how.model_dump()
    used["direct"] = {}
    for indicator in context.framework.indicators:
        scaling = recipe.normalise.of(indicator.id)
        used[f"normalise.{scaling.method}"] = scaling.model_dump()
    for weight in _weightings((recipe.weight, *recipe.weights.values())):
        used[f"weight.{weight.method}"] = weight.model_dump() | {"within": weight.group}
    for node in inner:
        way = recipe.aggregate_of(node.id, node.level)
        used[f"aggregate.{way.method}"] = way.model_dump() | {"across": way.inputs}
    if recipe.availability is not None or any(n.availability is not None for n in inner):
        used["availability"] = {"availability": recipe.availability}
    used["contributions"] = {"against": context.against}
    if context.obstacles is not None:
        used["obstacle"] = {}
    if context.ranks != "none":
        used["leave_one_out"] = {}
    if context.graded is not None:
        used[context.graded.method.id] = context.graded.method.options
    used |= planning_methods(context) | productivity_methods(context) | regions_methods(context)
    for result in (context.yearly_weights, context.coherence, context.multiverse):
        if result is not None:
            used[result.method.id] = result.method.options
    used["synthesis.living"] = {}
    for one in (context.shakes.path.result, context.scenarios):
        if one is not None:
            used[one.method.id] = one.method.options
    return used if context.system is None else used | system_methods(context.system)


def _weightings(all: Sequence[Weight]) -> Iterator[Weight]:
    """Yield weightings, those that others combine included."""
    for one in all:
        yield one
        yield from _weightings(one.of)


def _section(entry: Entry, options: Mapping[str, Any]) -> Section:
    blocks: list[Block] = [Formula(entry.formula, entry.letters)]
    stated = [
        say("methods.option", name=name, value=_shown(options[name]), meaning=meaning)
        for name, meaning in entry.options.items()
        if options.get(name) not in (None, {}, ())
    ]
    if stated:
        blocks.append(Paragraph(say("methods.options", options=Text.join(stated, "；", "; "))))
    blocks.append(Paragraph(say("methods.reference", reference=Text.join(entry.reference, "；", "; "))))
    return Section(f"method-{entry.id.replace('.', '-')}", entry.title, tuple(blocks))


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_shown(v) for v in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
