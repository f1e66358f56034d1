"""Chapter *Cautions*: what the documents warn of, each a light with its number, its lines and its evidence, or why not.

The page is there whatever a study's parts; below it stand the cautions of industries one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from nqpf import theory
from nqpf.chapters.blocks import Block, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.cautions_industry import industry_cautions, lit, tier_name
from nqpf.chapters.productivity_validity import agreements
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.told import Told
from nqpf.chapters.whole import Whole
from nqpf.charts import lights as drawn
from nqpf.messages import Text, say
from nqpf.results import Finding
from nqpf.synthesis.light import CAUTIONS, ITEMS, Light
from nqpf.synthesis.lights import ROOMS, Lights, lights

ASSESSED, ABSENT = "cautions-table", "cautions-missing"
"""Places of the readings that are assessed, and of those that are not."""
OF_ROOM = tuple(name for names in ROOMS.values() for name in names)
"""Readings that the room of industries takes, by the first part of their names."""


def cautions_chapter(whole: Whole) -> Chapter:
    """Return the chapter and its findings."""
    found, told = found_lights(whole), _told(whole)
    blocks: list[Block] = [Paragraph(say("lights.how")), _figure(found), *_tables(whole, found, told), _rules(found)]
    if whole.industry is not None:
        blocks.append(industry_cautions(whole.industry))
    return Chapter("cautions", say("lights.title"), tuple(blocks), tuple(_findings(whole, found)))


def found_lights(whole: Whole) -> Lights:
    """Return every light of a study."""
    index, industry, text = whole.index, whole.industry, whole.text
    measured = None if index is None or index.productivity is None else agreements(index, index.productivity)
    return lights(
        None if industry is None else industry.found,
        None if index is None else index.system,
        None if text is None else text.found.substance,
        measured,
        indexed=index is not None,
    )


def _told(whole: Whole) -> Told:
    """Return what says refusals by the names of things."""
    return Told({**_labels(whole), **({} if whole.industry is None else whole.industry.industries)})


def _labels(whole: Whole) -> Mapping[str, Text]:
    """Return names of units by id, those of texts included."""
    return {**({} if whole.text is None else whole.text.found.regions), **whole.names}


def _named(caution: str) -> Text:
    return say(f"lights.caution.{caution}")


def _figure(found: Lights) -> Block:
    whole = say("lights.all")
    gravest = [(name, found.gravest(name)) for name in CAUTIONS]
    frame = pl.DataFrame(
        {
            "caution": [name for name, _ in gravest],
            "column": ["·"] * len(gravest),
            "light": [None if one is None else one.light for _, one in gravest],
            "tier": ["not_assessed" if one is None else one.tier for _, one in gravest],
            "number": [None if one is None else one.number for _, one in gravest],
        },
        schema_overrides={"light": pl.String, "number": pl.Float64},
    )
    named = worded(worded(frame, "caution", {name: _named(name) for name in CAUTIONS}), "column", {"·": whole})
    return drawn.lights(named, id="cautions-page", title=say("lights.figure"), caption=say("lights.caption"))


def _tables(whole: Whole, found: Lights, told: Told) -> Iterator[Table]:
    """Yield the readings that are assessed, and what the others would take."""
    there = [one for one in found.lights if one.there]
    gone = [one for one in found.lights if not one.there]
    caution = Column("caution", say("cautions.column.caution"))
    if there:
        frame = _framed(found, there, [_what(whole, one) for one in there])
        frame = frame.with_columns(texts("light", [lit(str(one.light)) for one in there]))
        frame = frame.with_columns(texts("tier", [tier_name(one.tier) for one in there]))
        counts = [f"{one.count.warns + one.count.watches} / {one.count.assessed}" for one in there]
        frame = frame.with_columns(pl.Series("count", counts))
        columns = (
            caution,
            Column("light", say("cautions.column.light")),
            Column("what", say("lights.column.what")),
            Column("number", say("cautions.column.number"), "number", None),
            Column("watch", say("cautions.column.watch_line"), "number", None),
            Column("warn", say("cautions.column.warn_line"), "number", None),
            Column("count", say("lights.column.count")),
            Column("tier", say("cautions.column.tier")),
        )
        yield Table(ASSESSED, say("lights.table"), frame, columns, say("lights.note"))
    if gone:
        frame = _framed(found, gone, [_needs(one, told) for one in gone])
        yield Table(ABSENT, say("lights.missing"), frame, (caution, Column("what", say("lights.column.needs"))))


def _framed(found: Lights, some: Sequence[Light], what: Sequence[Text]) -> pl.DataFrame:
    frame = replace(found, lights=tuple(some)).to_frame()
    return worded(frame, "caution", {name: _named(name) for name in CAUTIONS}).with_columns(texts("what", what))


def _rules(found: Lights) -> Section:
    """Return what each caution says in the documents and by which rule it is lit."""
    lines = {f"{name}_{n}": x for name, pair in found.method.options.items() for n, x in enumerate(pair)}
    rules = []
    for name in CAUTIONS:
        phrase = theory.item(ITEMS[name][0]).phrases[0].text
        rule = say(f"lights.rule.{name}", **lines)
        rules.append(Paragraph(say("lights.by", name=_named(name), item=ITEMS[name][0], phrase=phrase, rule=rule)))
    return Section("cautions-rules", say("lights.rules"), tuple(rules))


def _what(whole: Whole, one: Light) -> Text:
    """Return what the number of a reading is, of whom and when."""
    if one.reading.partition(".")[0] in OF_ROOM:
        said = say(f"industry.caution.{one.reading}", number=one.number)
    else:
        values: dict[str, Any] = {"number": one.number, **one.values}
        if "kind" in values:
            values["index"] = say(f"industries.index.{values['kind']}")
        said = say(f"lights.what.{one.reading}", **values)
    industries = {} if whole.industry is None else whole.industry.industries
    about = [_labels(whole).get(one.unit, Text.same(one.unit))] if one.unit is not None else []
    about += [industries.get(one.industry, Text.same(one.industry))] if one.industry is not None else []
    about += [Text.same(one.year)] if one.year is not None else []
    return say("lights.about", about=Text.join(about, "，", ", "), what=said) if about else said


def _needs(one: Light, told: Told) -> Text:
    """Return what a reading would take, or what refused it."""
    if one.refused is not None:
        return say("lights.refused", error=told.refusal(one.refused))
    if one.needs in OF_ROOM:
        return say(f"cautions.add.{one.needs}")
    return say(f"lights.needs.{one.needs}", **one.values)


def _lines(one: Light) -> Text:
    """Return the lines of a reading in words."""
    if one.caution == "without_tfp":
        return say("lights.lines.without_tfp")
    return say("lights.lines.plain", watch=one.watch, warn=one.warn)


def _findings(whole: Whole, found: Lights) -> Iterator[Finding]:
    """Yield of each caution its gravest light; and which could not be assessed."""
    absent = []
    for name in CAUTIONS:
        one = found.gravest(name)
        if one is None or one.light is None:
            absent.append(_named(name))
            continue
        counts = [reading.count for reading in found.of(name)]
        numbers: dict[str, Any] = {"name": _named(name), "light": lit(one.light), "what": _what(whole, one)}
        numbers |= {"lines": _lines(one), "tier": tier_name(one.tier), "count": sum(count.assessed for count in counts)}
        code = "caution_quiet"
        if one.light != "none":
            numbers |= {"warns": sum(c.warns for c in counts), "watches": sum(c.watches for c in counts)}
            code = "caution_lit"
        condition = "the gravest of its numbers at or beyond the lines that stand beside it, or within them"
        yield Finding(code, numbers, condition, ASSESSED, ITEMS[name])
    if absent:
        numbers = {"count": len(absent), "all": len(CAUTIONS), "names": Text.join(absent, "；", "; ")}
        items = tuple(item for name in CAUTIONS if found.gravest(name) is None for item in ITEMS[name])
        condition = "cautions without a number that can be assessed"
        yield Finding("cautions_absent", numbers, condition, ABSENT, items)
