"""Chapter *Circles*: whether the virtuous circles turn, edge by edge, beside the coupling of what they join."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from nqpf import theory
from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.told import Told
from nqpf.charts.intervals import intervals
from nqpf.charts.trend import trend
from nqpf.messages import Text, say
from nqpf.regions.systems.circle import Circle
from nqpf.regions.systems.gap_life import GapLife
from nqpf.results import Finding
from nqpf.synthesis.survey import System

LIVES = {
    "shown": "gap_shown",
    "not_shown": "gap_not_shown",
    "infinite": "gap_infinite",
    "at_once": "gap_at_once",
}
"""What is found of a gap's half-life, by its status."""
SURE = 0.05
"""An edge is shown where q is below."""
TURNS = ("shown", "not_shown", "broken")


def circles_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings; of a circle that a role is missing for it is said what it would take."""
    system = context.system
    assert system is not None
    told = Told({**role_titles(), **context.panel.labels})
    sections = []
    findings: list[Finding] = []
    for one in theory.circles():
        blocks: list[Block] = [roles_table(system, one), *_circle(context, system, one, told)]
        sections.append(Section(f"circle-{one.id}", one.title, tuple(blocks)))
        findings += _findings(system, one, told)
    return Chapter("circles", say("circles.title"), (Paragraph(say("circles.how")), *sections), tuple(findings))


def role_titles() -> dict[str, Text]:
    """Return the title of every role by its column's name."""
    return {f"{one.id}:{role.id}": role.title for one in theory.role_sets() for role in one.roles}


def roles_table(system: System, one: theory.RoleSet) -> Table:
    """Return which indicators fill each role of a set; of an empty role what it would take."""
    filled = system.filled[one.id]
    words = []
    for role in one.roles:
        found = filled[role.id]
        names = Text.join(indicator.title for indicator in found)
        words.append(names if found else say("circles.empty", data=theory.item(role.item).data))
    frame = pl.DataFrame({"role": [r.id for r in one.roles], "count": [len(filled[r.id]) for r in one.roles]})
    frame = worded(frame, "role", {role.id: role.title for role in one.roles}).with_columns(texts("filled", words))
    columns = (
        Column("role", say("circles.column.role")),
        Column("count", say("circles.column.count"), "integer"),
        Column("filled", say("circles.column.filled")),
    )
    return Table(f"roles-{one.id}", say("circles.roles", set=one.title), frame, columns)


def missing_roles(system: System, one: theory.RoleSet) -> list[Text]:
    """Return the titles of the roles of a set that no indicator fills."""
    return [role.title for role in one.roles if not system.filled[one.id][role.id]]


def _circle(context: Context, system: System, one: theory.RoleSet, told: Told) -> Iterator[Block]:
    missing = missing_roles(system, one)
    if missing:
        yield Callout(say("circles.missing", roles=Text.join(missing)))
        return
    part = system.circles[one.id]
    yield from told.absent(part, say("circles.not_tried"))
    if part.result is not None:
        yield from _edges(one, part.result)
        yield _turning(one, part.result, told)
        yield from _profile(one, part.result)
        yield from _coupling(context, one, part.result)
        yield from told.notes(*part.result.notes)
    if one.id in system.gaps:
        gap = system.gaps[one.id]
        yield from told.absent(gap, say("circles.not_tried"))
        if gap.result is not None:
            yield from gap_blocks(one.id, gap.result)
            yield from told.notes(*gap.result.notes)


def _named_edges(frame: pl.DataFrame) -> pl.DataFrame:
    """Return edges with their names beside them."""
    titles = role_titles()
    ends = frame.select("leader", "follower").iter_rows()
    return frame.with_columns(texts("edge", [Text.join([titles[a], titles[b]], " → ", " → ") for a, b in ends]))


def _edges(one: theory.RoleSet, found: Circle) -> Iterator[Block]:
    """Yield the tests of all edges, as a figure and a table."""
    states = {state: say(f"circles.state.{state}") for state in ("shown", "against", "not_shown")}
    sure, up = pl.col("q") < SURE, pl.col("corrected") > 0
    state = pl.when(sure & up).then(pl.lit("shown")).when(sure).then(pl.lit("against")).otherwise(pl.lit("not_shown"))
    frame = worded(_named_edges(found.frame).with_columns(state=state), "state", states)
    frame = worded(frame, "direction", {way: say(f"circles.direction.{way}") for way in ("forward", "backward")})
    drawn = frame.select(
        "state",
        "state_zh",
        "state_en",
        unit=pl.col("leader") + ">" + pl.col("follower"),
        unit_zh="edge_zh",
        unit_en="edge_en",
        value="standardised",
        low="standardised_low",
        high="standardised_high",
    )
    yield intervals(
        drawn,
        id=f"edges-{one.id}",
        title=say("circles.edges.figure", circle=one.title),
        caption=say("circles.edges.caption"),
        value_title=say("circles.axis.effect"),
        line=0.0,
        by_value=False,
    )
    columns = (
        Column("edge", say("regions.column.edge")),
        Column("direction", say("circles.column.direction")),
        Column("standardised", say("circles.column.standardised"), "number", 3),
        Column("standardised_low", say("regions.column.low"), "number", 3),
        Column("standardised_high", say("regions.column.high"), "number", 3),
        Column("p", say("regions.column.p"), "number", 3),
        Column("q", say("regions.column.q"), "number", 3),
        Column("state", say("column.state")),
        Column("peak", say("circles.column.peak"), "integer"),
        Column("cumulated", say("circles.column.cumulated"), "number", 3),
    )
    title = say("circles.edges.table", circle=one.title)
    yield Table(f"edge-tests-{one.id}", title, frame, columns, say("circles.edges.note"))


def _turning(one: theory.RoleSet, found: Circle, told: Told) -> Table:
    frame = worded(found.turning, "turns", {turns: say(f"regions.turns.{turns}") for turns in TURNS})
    frame = worded(frame, "direction", {way: say(f"circles.direction.{way}") for way in ("forward", "backward")})
    frame = frame.with_columns(texts("weakest", [_called(told, edge) for edge in frame["weakest"]]))
    columns = (
        Column("direction", say("circles.column.direction")),
        Column("edges", say("regions.column.edges"), "integer"),
        Column("shown", say("regions.column.shown"), "integer"),
        Column("turns", say("regions.column.turns")),
        Column("weakest", say("regions.column.weakest")),
        Column("gain", say("circles.column.gain"), "number", 4),
        Column("gain_low", say("regions.column.low"), "number", 4),
        Column("gain_high", say("regions.column.high"), "number", 4),
    )
    title = say("circles.turning", circle=one.title)
    return Table(f"turning-{one.id}", title, frame, columns, say("circles.turning.note"))


def _called(told: Told, edge: str) -> Text:
    named = told.called(edge)
    return named if isinstance(named, Text) else Text.same(str(named))


def _profile(one: theory.RoleSet, found: Circle) -> Iterator[Block]:
    """Yield how effects come with the years."""
    ahead = found.profile.filter(pl.col("direction") == "forward")
    if not ahead.height:
        return
    frame = _named_edges(ahead)
    columns = (
        Column("edge", say("regions.column.edge")),
        Column("lag", say("circles.column.lag"), "integer"),
        Column("effect", say("regions.column.effect"), "number", 3),
        Column("low", say("regions.column.low"), "number", 3),
        Column("high", say("regions.column.high"), "number", 3),
    )
    yield Table(f"lags-{one.id}", say("circles.lags", circle=one.title), frame, columns, say("circles.lags.note"))


def _coupling(context: Context, one: theory.RoleSet, found: Circle) -> Iterator[Block]:
    """Yield how far the nodes stand high together: the descriptive twin, which says nothing of turning."""
    if found.coupling.result is None:
        return
    every = found.coupling.result.frame
    # Of two systems both formulas are given, of more there is one.
    column = "coordination" if "coordination" in every.columns else "coordination_wang2021"
    frame = every.select("unit", "period", value=column)
    named = context.unit_names.join(frame, on="unit", how="right", maintain_order="right")
    yield trend(
        named.select("unit", "unit_zh", "unit_en", "period", "value"),
        id=f"coupling-{one.id}",
        title=say("circles.coupling", circle=one.title),
        caption=say("circles.coupling.caption"),
        value_title=say("regions.axis.coordination"),
    )


def gap_blocks(name: str, found: GapLife) -> Iterator[Block]:
    """Yield how long the gap between two sides lasts and who closes it."""
    row = found.frame.row(0, named=True)
    yield Paragraph(say(f"circles.life.{row['status']}", **_years(row)))
    words = {answer: say(f"circles.answer.{answer}") for answer in ("closes", "widens", "not_shown")}
    frame = worded(worded(found.speeds, "answer", words), "column", role_titles())
    columns = (
        Column("column", say("circles.column.side")),
        Column("speed", say("circles.column.speed"), "number", 3),
        Column("low", say("regions.column.low"), "number", 3),
        Column("high", say("regions.column.high"), "number", 3),
        Column("answer", say("circles.column.answer")),
    )
    yield Table(f"gap-{name}", say("circles.gap"), frame, columns, say("circles.gap.note"))


def _years(row: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a half-life as a sentence has them: only where it is shown does it have ends."""
    numbers = {"rho": row["rho"]}
    if row["status"] == "shown":
        numbers |= {"half_life": row["half_life"], "low": row["half_life_low"], "high": row["half_life_high"]}
    return numbers


def _findings(system: System, one: theory.RoleSet, told: Told) -> Iterator[Finding]:
    place, item = f"circle-{one.id}", (one.item or "",)
    missing = missing_roles(system, one)
    if missing:
        numbers = {"circle": one.title, "count": len(missing), "roles": Text.join(missing), "all": len(one.roles)}
        yield Finding("ring_missing", numbers, "a role has no indicator", place, item)
        return
    found = system.circles[one.id].result
    if found is None:
        return
    row = found.turning.filter(pl.col("direction") == "forward").row(0, named=True)
    numbers = {
        "circle": one.title,
        "shown": row["shown"],
        "edges": row["edges"],
        "weakest": _called(told, row["weakest"]),
    }
    code = {"shown": "ring_turns", "not_shown": "ring_not_shown", "broken": "ring_broken"}[row["turns"]]
    yield Finding(code, numbers, f"edges with q < {SURE} and a positive effect", place, item)
    gap = system.gaps.get(one.id)
    if gap is not None and gap.result is not None:
        life = gap.result.frame.row(0, named=True)
        numbers = _years(life) | {"set": one.title}
        yield Finding(LIVES[life["status"]], numbers, "half-life of the gap, bias taken out", place, item)
