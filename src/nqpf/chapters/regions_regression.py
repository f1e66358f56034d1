"""Regions, regression: the spatial regression in three lines, its impacts, and the tests of its form."""

from __future__ import annotations

from collections.abc import Iterator

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import worded
from nqpf.chapters.told import Told
from nqpf.messages import Text, say
from nqpf.regions.spatial_regression.result import SpatialModel
from nqpf.regions.survey import Regions
from nqpf.regions.threeline import three_line
from nqpf.results import Part

STATISTICS = ("n", "units", "periods", "r2_within", "log_likelihood", "aic", "bic")
EFFECTS = ("direct", "indirect", "total")


def regression_blocks(context: Context, found: Regions, told: Told) -> Iterator[Block]:
    """Yield the regression, impacts and tests."""
    yield from told.absent(found.regression, say("regions.add.regression"))
    one = found.regression.result
    if one is None or found.spec.regression is None:
        return
    asked = found.spec.regression
    outcome = context.framework.title if asked.outcome is None else Text.same(asked.outcome)
    drivers = Text.join(f"{name} = {formula}" for name, formula in asked.drivers.items())
    words = {"model": asked.model.upper(), "outcome": outcome, "drivers": drivers}
    words |= {"effects": say(f"regions.effects.{asked.effects}"), "first": found.first, "last": found.last}
    yield Paragraph(say("regions.regression.how", **words))
    yield from told.notes(*one.notes)
    yield from _coefficients(asked.model.upper(), one)
    yield from _impacts(one)
    yield from _tests(one, told)


def _coefficients(heading: str, one: SpatialModel) -> Iterator[Block]:
    there = [name for name in STATISTICS if one.summary.get(name) is not None]
    table = three_line({heading: one}, statistics=there)
    columns = (Column("term", say("regions.column.term")), Column(heading, Text.same(heading)))
    frame = table.frame.rename({"zh": "term_zh", "en": "term_en"})
    note = Text.join([n.text() for n in table.notes], "", " ")
    yield Table("regression", say("regions.regression.table"), frame, columns, note)


def _impacts(one: SpatialModel) -> Iterator[Block]:
    yield Paragraph(say("regions.impacts.how"))
    frame = worded(one.impacts().frame, "effect", {effect: say(f"regions.effect.{effect}") for effect in EFFECTS})
    columns = (
        Column("name", say("regions.column.driver")),
        Column("effect", say("regions.column.impact")),
        Column("estimate", say("regions.column.estimate"), "number", None),
        Column("se", say("regions.column.se"), "number", None),
        Column("statistic", say("regions.column.z"), "number", 2),
        Column("p", say("regions.column.p"), "number", 3),
    )
    yield Table("impacts", say("regions.impacts.table"), frame, columns)


def _tests(one: SpatialModel, told: Told) -> Iterator[Block]:
    found = Part.of(one.tests)
    yield from told.absent(found, say("regions.add.regression"))
    if found.result is None:
        return
    frame = found.result.frame.rename({"zh": "asks_zh", "en": "asks_en"})
    columns = (
        Column("asks", say("regions.column.test")),
        Column("statistic", say("regions.column.chi2"), "number", 2),
        Column("df", say("regions.column.df"), "integer"),
        Column("p", say("regions.column.p"), "number", 3),
    )
    yield Table("regression-tests", say("regions.regression.tests"), frame, columns, say("regions.regression.note"))
    yield from told.notes(*found.result.notes)
