"""Chapter *Paths and peers*: types of units, combinations that suffice, who is like whom, and where each can go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from nqpf.chapters.blocks import Block, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_frames import candidates
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.told import Told
from nqpf.chapters.whole import Whole
from nqpf.messages import Text, say
from nqpf.regions.paths.peers import Peers
from nqpf.regions.paths.sufficiency_result import Sufficiency
from nqpf.regions.paths.typology import Typology
from nqpf.results import Finding
from nqpf.synthesis.survey import PRODUCTIVITY, System

SURE = 0.05
NEXT = 3
"""Industries named for each region."""


def paths_chapter(whole: Whole) -> Chapter:
    """Return the chapter and its findings."""
    context = whole.index
    assert context is not None
    assert context.system is not None
    system, titles = context.system, condition_titles(context)
    told = Told({**titles, **context.panel.labels})
    sections = [
        Section("types", say("paths.types"), tuple(_types(context, system, titles, told))),
        Section("sufficient", say("paths.sufficient"), tuple(_sufficient(system, titles, told))),
        Section("peers", say("paths.peers"), tuple(_everybody(context, system, told))),
    ]
    if whole.industry is not None and whole.industry.found.spec.activity is not None:
        sections.append(Section("next-industries", say("paths.next"), tuple(_next(whole.industry))))
    findings = (*_type_findings(system), *_path_findings(system, titles), *_peer_findings(context, system))
    return Chapter("paths", say("paths.title"), (Paragraph(say("paths.how")), *sections), findings)


def condition_titles(context: Context) -> dict[str, Text]:
    """Return the title of every column that types, paths and targets speak of."""
    assert context.system is not None
    titles = {f"·{one.id}": one.title for one in (*context.framework.nodes, *context.system.scores.indicators)}
    return titles | {f"·{PRODUCTIVITY}": say("paths.productivity")}


def _types(context: Context, system: System, titles: Mapping[str, Text], told: Told) -> Iterator[Block]:
    yield from told.absent(system.typology, say("circles.not_tried"))
    found = system.typology.result
    if found is None:
        return
    code = "found" if found.found else "none"
    yield Paragraph(say(f"paths.types.{code}", number=found.number, p=found.p, silhouette=found.statistic))
    if found.clusters.height:
        members = found.frame.join(context.unit_names, on="unit", how="left", maintain_order="left")
        yield _clusters(found, members)
        yield _profiles(found, titles)
    yield from told.notes(*found.notes)


def _clusters(found: Typology, members: pl.DataFrame) -> Table:
    named = {
        cluster: Text.join(Text(*row) for row in own.select("unit_zh", "unit_en").iter_rows())
        for (cluster,), own in members.group_by("cluster", maintain_order=True)
    }
    frame = found.clusters.with_columns(texts("members", [named[cluster] for cluster in found.clusters["cluster"]]))
    frame = frame.with_columns(pl.col("stable").cast(pl.String).alias("·stable"))
    words = {"true": say("paths.stable"), "false": say("paths.unstable")}
    columns = (
        Column("cluster", say("paths.column.cluster"), "integer"),
        Column("n", say("regions.column.units"), "integer"),
        Column("members", say("paths.column.members")),
        Column("silhouette", say("paths.column.silhouette"), "number", 2),
        Column("jaccard", say("paths.column.jaccard"), "number", 2),
        Column("·stable", say("paths.column.stable")),
    )
    return Table(
        "clusters", say("paths.clusters"), worded(frame, "·stable", words), columns, say("paths.clusters.note")
    )


def _profiles(found: Typology, titles: Mapping[str, Text]) -> Table:
    frame = worded(found.profiles, "column", {name: titles[name] for name in found.profiles["column"].unique()})
    columns = (
        Column("cluster", say("paths.column.cluster"), "integer"),
        Column("column", say("paths.column.condition")),
        Column("median", say("paths.column.median"), "number", 3),
        Column("lower", say("paths.column.lower"), "number", 3),
        Column("upper", say("paths.column.upper"), "number", 3),
        Column("all", say("paths.column.all"), "number", 3),
    )
    return Table("type-profiles", say("paths.profiles"), frame, tuple(c for c in columns if c.key in frame.columns))


def path_words(path: str, titles: Mapping[str, Text]) -> Text:
    """Return a path in words: conditions joined, absent ones marked.

    Examples
    --------
    >>> path_words("a*~b", {"a": Text("甲", "A"), "b": Text("乙", "B")}).en
    'A and not B'
    """
    parts = []
    for term in path.split("*"):
        name = titles.get(term.removeprefix("~"), Text.same(term.removeprefix("~")))
        parts.append(say("paths.absent", name=name) if term.startswith("~") else name)
    return Text.join(parts, "＋", " and ")


def _sufficient(system: System, titles: Mapping[str, Text], told: Told) -> Iterator[Block]:
    yield from told.absent(system.sufficiency, say("paths.no_outcome"))
    found = system.sufficiency.result
    if found is None:
        return
    outcome = titles[f"·{system.outcome}"]
    yield Paragraph(say("paths.sufficient.how", outcome=outcome, consistency=system.spec.paths.consistency))
    if found.frame.height:
        yield _ways(found, titles)
    else:
        yield Paragraph(say("paths.sufficient.none", outcome=outcome, consistency=system.spec.paths.consistency))
    yield _necessity(found, titles)
    yield from told.notes(*found.notes)


def _ways(found: Sufficiency, titles: Mapping[str, Text]) -> Table:
    words = [path_words(path, titles) for path in found.frame["path"]]
    columns = (
        Column("model", say("paths.column.model"), "integer"),
        Column("way", say("paths.column.path")),
        Column("consistency", say("paths.column.consistency"), "number", 3),
        Column("pri", say("paths.column.pri"), "number", 3),
        Column("coverage", say("paths.column.coverage"), "number", 3),
        Column("unique", say("paths.column.unique"), "number", 3),
        Column("cases", say("paths.column.cases"), "integer"),
        Column("stays", say("paths.column.stays"), "percent", 0),
    )
    frame = found.frame.with_columns(texts("way", words))
    return Table("ways", say("paths.ways"), frame, columns, say("paths.ways.note"))


def _necessity(found: Sufficiency, titles: Mapping[str, Text]) -> Table:
    names = [
        say("paths.absent", name=titles[row["condition"]]) if row["state"] == "absent" else titles[row["condition"]]
        for row in found.necessity.iter_rows(named=True)
    ]
    columns = (
        Column("name", say("paths.column.condition")),
        Column("consistency", say("paths.column.consistency"), "number", 3),
        Column("coverage", say("paths.column.coverage"), "number", 3),
        Column("relevance", say("paths.column.relevance"), "number", 3),
    )
    frame = found.necessity.with_columns(texts("name", names))
    return Table("necessity", say("paths.necessity"), frame, columns, say("paths.necessity.note"))


def _peers(context: Context, system: System, told: Told) -> Iterator[Block]:
    yield from told.absent(system.peers, say("paths.no_peers"))
    found = system.peers.result
    if found is None:
        return
    yield Paragraph(say("paths.peers.how", count=system.spec.peers.count if system.spec.peers else 0))
    yield _peer_table(context, found)
    if context.ranks != "groups":  # no unit's score of the whole is told
        yield _targets(context, found)
    yield from told.notes(*found.notes)


def _everybody(context: Context, system: System, told: Told) -> Iterator[Block]:
    """Yield peers by endowment, and targets by group."""
    yield from _peers(context, system, told)
    yield from _group_targets(context)


def _peer_table(context: Context, found: Peers) -> Table:
    names = context.panel.labels
    listed = {
        unit: Text.join(names[peer] for peer in own["peer"])
        for (unit,), own in found.frame.sort("place").group_by("unit", maintain_order=True)
    }
    frame = context.unit_names.join(found.units, on="unit", how="right", maintain_order="right")
    said = [listed.get(unit, say("report.null")) for unit in frame["unit"]]
    support = pl.col("supported").cast(pl.String).alias("·supported")
    frame = frame.with_columns(texts("alike", said)).with_columns(support)
    frame = worded(frame, "·supported", {"true": say("report.yes"), "false": say("paths.alone")})
    columns = (
        Column("unit", say("column.unit")),
        Column("alike", say("paths.column.peers")),
        Column("nearest", say("paths.column.nearest"), "number", 2),
        Column("·supported", say("paths.column.supported")),
    )
    return Table("peer-list", say("paths.peers.table"), frame, columns, say("paths.peers.note", limit=found.limit))


def target_columns() -> tuple[Column, ...]:
    """Return the columns of a table of what peers have reached, after the first."""
    return (
        Column("value", say("paths.column.own"), "number", 3),
        Column("median", say("paths.column.peer_median"), "number", 3),
        Column("best", say("paths.column.best"), "number", 3),
        Column("best_peer", say("paths.column.best_peer")),
        Column("to_median", say("paths.column.to_median"), "number", 3),
        Column("to_best", say("paths.column.to_best"), "number", 3),
    )


def target_frame(context: Context, found: Peers) -> pl.DataFrame:
    """Return what peers have reached, with names; without the whole index where no unit's score of it is told."""
    frame = worded(found.targets, "target", {f"·{node.id}": node.title for node in context.framework.nodes})
    frame = worded(frame, "best_peer", dict(context.panel.labels))
    told = pl.lit(True) if context.ranks != "groups" else pl.col("target") != f"·{context.framework.root.id}"
    return frame.filter(told)


def _targets(context: Context, found: Peers) -> Table:
    root = f"·{context.framework.root.id}"
    frame = context.unit_names.join(target_frame(context, found), on="unit", how="right", maintain_order="right")
    frame = frame.filter(pl.col("target") == root).sort("to_best", descending=True, nulls_last=True)
    columns = (Column("unit", say("column.unit")), *target_columns())
    title = say("paths.targets", what=context.framework.root.title)
    return Table("attainable", title, frame, columns, say("paths.targets.note"))


def _group_targets(context: Context) -> Iterator[Block]:
    """Yield what the better quarter of each group has reached: targets within reach by group."""
    wanted = [context.framework.root.id, *(node.id for node in context.framework.dimensions)]
    now = context.scores.filter(
        (pl.col("period") == context.last) & pl.col("node").is_in(wanted) & pl.col("group").is_not_null()
    ).filter(pl.col("score").is_not_nan())
    if not now.height or context.ranks != "interval":
        return
    ordered = now.sort("score", descending=True, maintain_order=True)
    frame = ordered.group_by("node", "group", "group_zh", "group_en", maintain_order=True).agg(
        pl.len().alias("units"),
        pl.col("score").median().alias("median"),
        pl.col("score").quantile(0.75, "linear").alias("high"),
        pl.col("score").first().alias("best"),
        pl.col("unit_zh").first().alias("best_unit_zh"),
        pl.col("unit_en").first().alias("best_unit_en"),
        pl.col("unit").first().alias("best_unit"),
    )
    place = {node: at for at, node in enumerate(wanted)}
    frame = frame.sort(pl.col("node").replace_strict(place), "group", maintain_order=True)
    frame = worded(frame, "node", {node.id: node.title for node in context.framework.nodes if node.id in wanted})
    columns = (
        Column("node", say("paths.column.what")),
        Column("group", say("paths.column.group")),
        Column("units", say("regions.column.units"), "integer"),
        Column("median", say("paths.column.median"), "number", 3),
        Column("high", say("paths.column.high"), "number", 3),
        Column("best", say("paths.column.group_best"), "number", 3),
        Column("best_unit", say("paths.column.best_unit")),
    )
    title = say("paths.group_targets", year=context.last)
    yield Table("group-targets", title, frame, columns, say("paths.group_targets.note"))


def _next(industry: IndustryContext) -> Iterator[Block]:
    """Yield the industries that are nearest to what each region has."""
    best = candidates(industry).filter(pl.col("place") <= NEXT)
    grouped = [
        (unit, Text.join(Text(*row) for row in own.select("industry_zh", "industry_en").iter_rows()))
        for (unit,), own in best.group_by("unit", maintain_order=True)
    ]
    frame = industry.named(pl.DataFrame({"unit": [unit for unit, _ in grouped]}, schema={"unit": pl.String}))
    frame = frame.with_columns(texts("next", [names for _, names in grouped]))
    columns = (Column("unit", say("column.unit")), Column("next", say("paths.column.next")))
    yield Table("next", say("paths.next.table", count=NEXT), frame, columns, say("paths.next.note"))


def _type_findings(system: System) -> Iterator[Finding]:
    found = system.typology.result
    if found is None:
        return
    numbers = {"p": found.p, "number": found.number}
    code = "types_found" if found.found else "types_none"
    yield Finding(code, numbers, f"p of the clearest partition against {SURE}", "types", ("L02",))


def _path_findings(system: System, titles: Mapping[str, Text]) -> Iterator[Finding]:
    found = system.sufficiency.result
    if found is None:
        return
    outcome = titles[f"·{system.outcome}"]
    numbers = {"outcome": outcome, "paths": found.paths, "p": found.p}
    if found.paths == 0:
        yield Finding("paths_none", numbers, "no combination passes the thresholds", "sufficient", ("L02",))
    else:
        first = found.frame.row(0, named=True)
        numbers |= {"way": path_words(first["path"], titles), "consistency": first["consistency"]}
        code = "paths_several" if found.paths > 1 else "paths_one"
        yield Finding(code, numbers, "combinations that pass the thresholds", "ways", ("L02",))


def _peer_findings(context: Context, system: System) -> Iterator[Finding]:
    found = system.peers.result
    if found is None:
        return
    alone = found.units.filter(~pl.col("supported"))["unit"].to_list()
    root = found.targets.filter((pl.col("target") == f"·{context.framework.root.id}") & pl.col("supported"))
    behind = int((root["to_median"] > 0).sum())
    numbers = {"alone": len(alone), "count": found.units.height, "behind": behind, "compared": root.height}
    yield Finding("peers_found", numbers, "distance of the nearest; gap to the peers' median", "peer-list", ("L01",))
