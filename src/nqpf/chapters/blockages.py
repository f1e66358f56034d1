"""Chapter *Blockages*: one list for each unit, from obstacles, weak roles and sides, choke points and weak edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from nqpf import theory
from nqpf.chapters.blocks import Block, Chapter, Column, FindingList, Paragraph, Section, Table
from nqpf.chapters.cautions_industry import tier_name
from nqpf.chapters.circles import role_titles
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.told import Told
from nqpf.chapters.whole import Whole
from nqpf.messages import Text, say
from nqpf.results import Finding
from nqpf.synthesis.blockages import KINDS, Blockages, blockages

PLACES = {
    "obstacle": "profile-table-{unit}",
    "role": "roles-{set}",
    "side": "balance-years-{set}",
    "chain": "chokepoints-table",
    "edge": "edge-tests-{set}",
}
"""Where the numbers of a kind stand in the report."""
COMMON = "blockages-common"


def has_blockages(whole: Whole) -> bool:
    """Return whether there is a list to be made: one of a single kind merges nothing, its own chapter has it."""
    return len(found_blockages(whole).assessed) > 1


def found_blockages(whole: Whole) -> Blockages:
    """Return what blocks each unit."""
    index, industry = whole.index, whole.industry
    if index is not None:
        units = index.panel.units
        peers = {unit: [units[n] for n in index.peers(unit)] for unit in units}
    else:
        known = [] if industry is None else list(industry.units)
        peers = {unit: known for unit in known}
    chain = None if industry is None else industry.found.chain
    pairs = None if industry is None else industry.pairs
    return blockages(
        peers,
        None if index is None else index.obstacles,
        None if index is None else index.system,
        None if chain is None else chain.chokepoints,
        None if pairs is None or not pairs.height else pairs.filter(pl.col("present")).select("unit", "industry"),
        indexed=index is not None,
    )


def blockages_chapter(whole: Whole) -> Chapter:
    """Return the chapter and its findings."""
    names = _Names(whole, found_blockages(whole))
    found = names.found
    blocks: list[Block] = [Paragraph(say("blockages.how")), _kinds(names)]
    common = found.common()
    if common.height:
        blocks.append(_common(names, common))
    if found.shared.height:
        blocks.append(FindingList(tuple(_sentences(names, found.shared))))
        blocks.append(_listed(names, found.shared, "blockages-shared", say("blockages.shared")))
    if common.height:
        sections = tuple(_unit(names, unit) for unit in found.units)
        blocks.append(Section("blockages-units", say("blockages.choose"), sections, choose=True))
    return Chapter("blockages", say("blockages.title"), tuple(blocks), tuple(_findings(names, common)))


@dataclass(frozen=True, eq=False)
class _Names:
    """What is found, and how its parts are called."""

    whole: Whole
    found: Blockages

    @cached_property
    def _indicators(self) -> Mapping[str, Text]:
        index = self.whole.index
        return {} if index is None else {one.id: one.title for one in index.framework.indicators}

    @cached_property
    def told(self) -> Told:
        """Says names in the place of ids."""
        return Told({**role_titles(), **self.whole.names})

    def unit(self, unit: str) -> Text:
        """Return the name of a unit."""
        return self.whole.names.get(unit, Text.same(unit))

    def what(self, row: Mapping[str, Any]) -> Text:
        """Return what a row is about."""
        kind, what = row["kind"], row["what"]
        if kind == "obstacle":
            return self._indicators.get(what, Text.same(what))
        if kind == "chain":
            industry = self.whole.industry
            return Text.same(what) if industry is None else industry.sectors.get(what, Text.same(what))
        of = theory.role_set(row["set"])
        if kind == "edge":
            called = self.told.called(Text.same(what))
            return say("blockages.within", what=called, set=of.title)
        side = next(role for role in of.roles if role.id == what)
        if kind == "role":
            return say("blockages.within", what=side.title, set=of.title)
        other = next(role for role in of.roles if role.id != what)
        return say("blockages.behind", side=side.title, other=other.title)

    def number(self, row: Mapping[str, Any]) -> Text:
        """Return the number of a row with its unit."""
        kind, number = row["kind"], row["number"]
        if kind == "edge":
            return say("blockages.number.edge", number=number, low=row["low"], high=row["high"])
        return say(f"blockages.number.{kind}", number=100 * number if kind == "obstacle" else abs(number))

    def compared(self, row: Mapping[str, Any]) -> Text:
        """Return what the number of a row is held against."""
        kind, usual = row["kind"], row["compare"]
        if kind == "edge":
            return say(f"blockages.state.{row['state']}", q=row["level"])
        if kind == "role":
            return say("blockages.compare.role", level=row["level"], compare=usual)
        if kind == "side":
            return say(f"blockages.compare.{'behind' if usual < 0 else 'ahead'}", compare=abs(usual))
        return say(f"blockages.compare.{kind}", compare=100 * usual if kind == "obstacle" else usual)


def _kinds(names: _Names) -> Table:
    """Return what is read of each kind and how many rows there are, or what it would take."""
    found = names.found
    counts = dict(found.frame.group_by("kind").len().iter_rows())
    frame = pl.DataFrame(
        {"kind": KINDS, "rows": [counts.get(kind, 0) if kind in found.assessed else None for kind in KINDS]},
        schema={"kind": pl.String, "rows": pl.Int64},
    )
    frame = worded(frame, "kind", {kind: say(f"blockages.kind.{kind}") for kind in KINDS})
    frame = frame.with_columns(
        texts("read", [say(f"blockages.read.{kind}") for kind in KINDS])
        + texts("where", [say(f"blockages.where.{kind}") for kind in KINDS])
        + texts("state", [_state(found, kind) for kind in KINDS])
    )
    columns = (
        Column("kind", say("blockages.column.kind")),
        Column("read", say("blockages.column.read")),
        Column("rows", say("blockages.column.rows"), "integer"),
        Column("state", say("column.state")),
        Column("where", say("blockages.column.where")),
    )
    return Table("blockages-kinds", say("blockages.kinds"), frame, columns)


def _state(found: Blockages, kind: str) -> Text:
    if kind in found.absent:
        return say(f"blockages.needs.{found.absent[kind]}")
    some = found.frame.filter(pl.col("kind") == kind).height
    return say("blockages.assessed") if some else say("blockages.nothing")


def _common(names: _Names, common: pl.DataFrame) -> Table:
    rows = common.to_dicts()
    frame = worded(common, "kind", {kind: say(f"blockages.kind.{kind}") for kind in KINDS})
    frame = frame.with_columns(
        texts("what", [names.what(row) for row in rows]) + texts("median", [names.number(row) for row in rows]),
        share=pl.col("units") / len(names.found.units),
        items=pl.col("items").list.join("、"),
    )
    columns = (
        Column("kind", say("blockages.column.kind")),
        Column("what", say("blockages.column.what")),
        Column("units", say("blockages.column.units"), "integer"),
        Column("share", say("column.share"), "percent", 0),
        Column("median", say("blockages.column.median")),
        Column("items", say("column.item")),
    )
    return Table(COMMON, say("blockages.common", count=len(names.found.units)), frame, columns, say("blockages.note"))


def _listed(names: _Names, frame: pl.DataFrame, id: str, title: Text) -> Table:
    """Return rows of the list as a table."""
    rows = frame.to_dicts()
    frame = frame.with_columns(
        texts("kind", [_kind(row) for row in rows])
        + texts("what", [names.what(row) for row in rows])
        + texts("reading", [names.number(row) for row in rows])
        + texts("compared", [names.compared(row) for row in rows])
        + texts("tier", [tier_name(row["tier"]) for row in rows]),
        items=pl.col("items").list.join("、"),
    )
    columns = (
        Column("kind", say("blockages.column.kind")),
        Column("what", say("blockages.column.what")),
        Column("reading", say("blockages.column.reading")),
        Column("compared", say("blockages.column.compared")),
        Column("tier", say("cautions.column.tier")),
        Column("items", say("column.item")),
    )
    return Table(id, title, frame, columns)


def _kind(row: Mapping[str, Any]) -> Text:
    """Return the kind of a row, and that it is shared where it is."""
    kind = say(f"blockages.kind.{row['kind']}")
    return kind if row["unit"] is not None else say("blockages.of_all", kind=kind)


def _unit(names: _Names, unit: str) -> Section:
    """Return the list of a unit: the worst of each kind with a link to its numbers, and every row."""
    own, name = names.found.of(unit), names.unit(unit)
    if not own.height:
        return Section(f"blockages-{unit}", name, (Paragraph(say("blockages.none", unit=name)),))
    worst = own.unique("kind", keep="first", maintain_order=True)
    every = pl.concat([own, names.found.shared])
    table = _listed(names, every, f"blockages-table-{unit}", say("blockages.table", unit=name))
    return Section(f"blockages-{unit}", name, (FindingList(tuple(_sentences(names, worst))), table))


def _sentences(names: _Names, rows: pl.DataFrame) -> Iterator[Finding]:
    """Yield rows of the list as sentences that lead to their numbers."""
    for row in rows.iter_rows(named=True):
        numbers = {"kind": _kind(row), "what": names.what(row), "number": row["number"]}
        numbers |= {"reading": names.number(row), "compared": names.compared(row)}
        place = PLACES[row["kind"]].format(unit=row["unit"], set=row["set"])
        condition = "the worst of its kind, by the number of that kind"
        yield Finding("blockage_worst", numbers, condition, place, tuple(row["items"]))


def _findings(names: _Names, common: pl.DataFrame) -> Iterator[Finding]:
    """Yield what most units have in common, which circles do not turn, and what is not assessed.

    The commonest obstacle is a finding of the profiles.
    """
    found = names.found
    for row in common.unique("kind", keep="first", maintain_order=True).iter_rows(named=True):
        if row["kind"] == "obstacle":
            continue
        numbers: dict[str, Any] = {"kind": say(f"blockages.kind.{row['kind']}"), "what": names.what(row)}
        numbers |= {"units": row["units"], "count": len(found.units)}
        condition = "what most units have among their worst of the kind"
        yield Finding("blockage_common", numbers, condition, COMMON, ("J04", *row["items"]))
    if "edge" in found.assessed:
        edges = found.shared.filter(pl.col("kind") == "edge")
        tested = len(found.circles)
        if edges.height:
            said = Text.join([names.what(row) for row in edges.iter_rows(named=True)], "；", "; ")
            numbers = {"count": edges.height, "tested": tested, "edges": said}
            condition = "circles whose weakest edge is not shown, or runs the other way"
            yield Finding("blockage_edges", numbers, condition, "blockages-shared", ("J04",))
        else:
            condition = "every circle that is tested has all edges shown"
            yield Finding("blockage_no_edge", {"tested": tested}, condition, "blockages-kinds", ("J04",))
    if found.absent:
        kinds = Text.join([say(f"blockages.kind.{kind}") for kind in KINDS if kind in found.absent])
        numbers = {"count": len(found.absent), "all": len(KINDS), "kinds": kinds}
        yield Finding("blockages_absent", numbers, "kinds without data", "blockages-kinds", ("J04",))
