"""Chapter *Abilities*: eight abilities, the five parts of the development concept, three abilities towards nature.

Marks on indicators decide which of them stand behind an axis; an axis without an indicator is not measured and is no
part of any mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from nqpf import theory
from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.circles import missing_roles, roles_table
from nqpf.chapters.context import Context
from nqpf.charts.figure import Figure
from nqpf.charts.radar import radar
from nqpf.messages import Text, say
from nqpf.results import Finding
from nqpf.synthesis.survey import System

FEWEST = 3
"""A radar needs three axes."""


def abilities_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    system = context.system
    assert system is not None
    sections: list[Section] = []
    findings: list[Finding] = []
    for one in theory.readings():
        sections.append(Section(f"reading-{one.id}", one.title, tuple(_reading(context, system, one))))
        findings += _findings(context, system, one)
    return Chapter("abilities", say("abilities.title"), (Paragraph(say("abilities.how")), *sections), tuple(findings))


def _reading(context: Context, system: System, one: theory.RoleSet) -> Iterator[Block]:
    yield roles_table(system, one)
    missing = missing_roles(system, one)
    if missing:
        yield Callout(say("abilities.missing", roles=Text.join(missing), count=len(missing), all=len(one.roles)))
    here = measured(system, one)
    if len(here) >= FEWEST:
        yield from _radars(context, one, here)
    if here:
        yield _table(context, one, here)


def measured(system: System, one: theory.RoleSet) -> dict[str, theory.Role]:
    """Return the roles of a set that indicators fill, by the name of their column."""
    return {f"{one.id}:{role.id}": role for role in one.roles if system.filled[one.id][role.id]}


def levels(context: Context, here: Mapping[str, theory.Role], year: int) -> pl.DataFrame:
    """Return unit, its names and group, and a column for each role in a year."""
    assert context.system is not None
    table = context.system.roles.filter(pl.col("period") == year).select("unit", *here)
    return context.unit_names.join(table, on="unit", how="right", maintain_order="right")


def _radars(context: Context, one: theory.RoleSet, here: Mapping[str, theory.Role]) -> Iterator[Block]:
    """Yield a radar for each group of units, or one for all, against the median of all units."""
    frame = levels(context, here, context.last)
    groups = {id: title for id, title in context.group_titles.items() if id in set(frame["group"])}
    if not groups:
        yield reading_radar(f"radar-{one.id}", one.title, say("word.all_units"), frame, frame, here, context.last)
        return
    sections = []
    for id, title in groups.items():
        own = frame.filter(pl.col("group") == id)
        figure = reading_radar(f"radar-{one.id}-{id}", one.title, title, own, frame, here, context.last)
        sections.append(Section(f"{one.id}-{id}", title, (figure,)))
    yield Section(f"groups-{one.id}", say("abilities.groups"), tuple(sections), choose=True)


def reading_radar(
    id: str,
    what: Text,
    name: Text,
    own: pl.DataFrame,
    every: pl.DataFrame,
    here: Mapping[str, theory.Role],
    year: int,
) -> Figure:
    """Return a radar of the mean of some units against the median of all."""
    frame = pl.DataFrame(
        {
            "axis": list(here),
            "axis_zh": [role.title.zh for role in here.values()],
            "axis_en": [role.title.en for role in here.values()],
            "value": [own[column].mean() for column in here],
            "median": [every[column].median() for column in here],
        }
    )
    return radar(
        frame,
        id=id,
        title=say("abilities.radar", what=what, name=name, year=year),
        caption=say("abilities.radar.caption", count=own.height),
        unit=name,
        beside=say("abilities.median"),
    )


def _table(context: Context, one: theory.RoleSet, here: Mapping[str, theory.Role]) -> Table:
    frame = levels(context, here, context.last)
    columns = [Column("unit", say("column.unit"))]
    columns += [Column(name, role.title, "bar", 2) for name, role in here.items()]
    return Table(f"levels-{one.id}", say("abilities.table", what=one.title, year=context.last), frame, tuple(columns))


def _findings(context: Context, system: System, one: theory.RoleSet) -> Iterator[Finding]:
    here = measured(system, one)
    place, items = f"reading-{one.id}", (one.item,) if one.item else tuple(role.item for role in one.roles)
    numbers = {"set": one.title, "measured": len(here), "all": len(one.roles)}
    if len(here) < 2 or context.first == context.last:
        yield Finding("reading_measured", numbers, "roles that an indicator fills", place, items)
        return
    now, then = (levels(context, here, year) for year in (context.last, context.first))
    gains = {name: (now[name].mean() or 0.0) - (then[name].mean() or 0.0) for name in here}  # type: ignore[operator]
    most, least = max(gains, key=gains.__getitem__), min(gains, key=gains.__getitem__)
    numbers |= {"most": here[most].title, "gain": gains[most], "least": here[least].title, "loss": gains[least]}
    numbers |= {"first": context.first, "last": context.last}
    yield Finding("reading_moved", numbers, "change of the mean over units", place, items)
