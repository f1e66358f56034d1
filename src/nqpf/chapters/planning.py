"""Chapter *Planning scores*: targets against time, points for ranks gained, and strength, efficiency and potential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.chapters.planning_targets import measured, target_blocks, target_findings, with_names
from nqpf.charts.figure import Figure
from nqpf.charts.triple import READINGS, triple
from nqpf.errors import listing
from nqpf.index.planning.planned import Planned, Quantity, Stepped, Tripled
from nqpf.messages import Text, say
from nqpf.results import Finding

INTERNAL = ("target", "base", "base_period", "by")
"""Options that name columns of ours, not choices of the study."""


def planning_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    planned = context.planned or Planned()
    blocks: list[Block] = [Paragraph(say("planning.how"))]
    findings: list[Finding] = []
    if planned.targets:
        blocks.append(Section("targets", say("planning.targets.title"), tuple(target_blocks(context, planned))))
        findings += [f for one in planned.targets for f in target_findings(one)]
    if planned.steps:
        parts = [block for one in planned.steps for block in _step_blocks(context, one)]
        blocks.append(
            Section("rank-steps", say("planning.steps.title"), (Paragraph(say("planning.steps.how")), *parts))
        )
        findings += [f for one in planned.steps for f in _step_finding(context, one)]
    if planned.triple is not None:
        blocks.append(Section("triples", say("planning.triple.title"), tuple(_triple_blocks(context, planned.triple))))
        findings += [f for q in planned.triple.quantities for f in _triple_findings(context, planned.triple, q)]
    return Chapter("planning", say("planning.title"), tuple(blocks), tuple(findings))


def planning_methods(context: Context) -> dict[str, Mapping[str, Any]]:
    """Return the methods of planning scores that were used, with their options, by id where these differ."""
    planned = context.planned or Planned()
    used: dict[str, Mapping[str, Any]] = {}
    of_targets = {one.quantity.id: one.result.method for one in planned.targets}
    of_steps = {one.node.id: one.result.method for one in planned.steps}
    for methods in (of_targets, of_steps):
        for method in methods.values():
            options = {name: {id: m.options.get(name) for id, m in methods.items()} for name in method.options}
            used[method.id] = {name: _one(by_id) for name, by_id in options.items() if name not in INTERNAL}
    if planned.triple is not None:
        method = planned.triple.result.method
        used[method.id] = method.options
    return used


def _one(by_id: Mapping[str, Any]) -> Any:
    """Return a value that all share, or those that are stated, each with its id."""
    first = next(iter(by_id.values()))
    same = all(value == first for value in by_id.values())
    return first if same else {id: value for id, value in by_id.items() if value is not None}


def planning_record(planned: Planned) -> dict[str, Any]:
    """Return the planning scores as they are written for machines."""
    found: dict[str, Any] = {}
    if planned.targets:
        found["targets"] = [
            {"of": r.quantity.id, "year": r.target.year, "base": r.target.base, "at": r.at, "elapsed": r.elapsed}
            | {"units": r.frame.to_dicts()}
            for r in planned.targets
        ]
    if planned.steps:
        found["rank_step"] = [{"of": s.node.id, "units": s.result.frame.to_dicts()} for s in planned.steps]
    if planned.triple is not None:
        found["triple"] = planned.triple.result.frame.to_dicts()
    return found


def _step_blocks(context: Context, one: Stepped) -> Iterator[Block]:
    for note in one.result.notes:
        if note.severity == "warning":
            yield Callout(note.text(), note.severity)
    frame = _step_frame(context, one)
    digits = 1 if one.result.method.options["ties"] == "average" else 0
    columns = [Column("unit", say("column.unit")), Column("rank", say("column.rank"), "number", digits)]
    several = context.first != context.last
    if several:
        columns.append(Column("rank_before", say("planning.column.rank_before"), "number", digits))
        columns.append(Column("gained", say("planning.column.gained"), "number", digits))
    for name in ("points_level", "points_step"):
        if name in frame.columns:
            columns.append(Column(name, say(f"planning.column.{name}"), "number", 2))
    columns.append(Column("points", say("planning.column.points"), "bar", 2))
    if several:
        columns.append(Column("points_all", say("planning.column.points_all"), "number", 2))
    title = say("planning.steps.table", node=one.node.title, year=context.last)
    yield Table(f"rank-step-{one.node.id}", title, frame, tuple(columns), say("planning.steps.note"))


def _step_frame(context: Context, one: Stepped) -> pl.DataFrame:
    """Return the last year's ranks and points, and the points of all years, the most points of the year first."""
    frame = one.result.frame
    total = [
        {"unit": unit, "points_all": float(np.nansum(part["points"].cast(pl.Float64).to_numpy()))}
        for (unit,), part in frame.group_by("unit", maintain_order=True)
        if part["points"].count()
    ]
    totals = pl.DataFrame(total, schema={"unit": pl.String, "points_all": pl.Float64})
    last = frame.filter(pl.col("period") == context.last).join(totals, on="unit", how="left", maintain_order="left")
    return with_names(context, last).sort(
        "points", "rank", descending=[True, False], nulls_last=True, maintain_order=True
    )


def _step_finding(context: Context, one: Stepped) -> Iterator[Finding]:
    frame = _step_frame(context, one)
    scored = frame.drop_nulls("points")
    if not scored.height:
        return
    numbers: dict[str, Any] = {"node": one.node.title, "year": context.last, "count": scored.height}
    numbers |= {"top": _at_most(context, scored, "points"), "points": scored["points"].max()}
    place = f"rank-step-{one.node.id}"
    moved = scored.drop_nulls("gained")
    up = moved.filter(pl.col("gained") > 0)
    if not up.height:
        yield Finding("rank_step_points", numbers, "most points", place, ("A13",))
        return
    numbers |= {"up": up.height, "down": moved.filter(pl.col("gained") < 0).height}
    numbers |= {"same": moved.height - numbers["up"] - numbers["down"], "places": up["gained"].max()}
    numbers |= {"risen": _at_most(context, up, "gained")}
    yield Finding("rank_step_moved", numbers, "most points; most places gained > 0", place, ("A13",))


def _at_most(context: Context, frame: pl.DataFrame, column: str) -> Text:
    """Return who has the most of a column, all who tie."""
    most = frame.filter(pl.col(column) == pl.col(column).max())
    return listing(context.label(unit) for unit in most["unit"])


def _triple_blocks(context: Context, found: Tripled) -> Iterator[Block]:
    weights = found.result.method.options["weights"]
    shares = {reading: 100 * weights[reading] for reading in READINGS}
    yield Paragraph(say("planning.triple.how", window=found.spec.window, **shares))
    yield from (Callout(note.text(), note.severity) for note in found.result.notes)
    parts = [
        Section(
            f"triple-section-{q.id}", q.title, (_triple_figure(context, found, q), _triple_table(context, found, q))
        )
        for q in found.quantities
    ]
    if len(parts) == 1:
        yield from parts[0].blocks
    else:
        yield Section("triple", say("planning.triple.choose"), tuple(parts), choose=True)


def _triple_frame(context: Context, found: Tripled, quantity: Quantity) -> pl.DataFrame:
    rows = found.result.frame.filter((pl.col("indicator") == quantity.id) & (pl.col("period") == context.last))
    return with_names(context, rows).sort("rank", nulls_last=True, maintain_order=True)


def _triple_figure(context: Context, found: Tripled, quantity: Quantity) -> Figure:
    frame = _triple_frame(context, found, quantity)
    by_value = context.ranks == "interval"
    order = {unit: n for n, unit in enumerate(context.panel.units)}
    given = frame.sort(pl.col("unit").replace_strict(order, return_dtype=pl.Int64))
    low, high = found.spec.range
    return triple(
        frame if by_value else given,
        id=f"triple-{quantity.id}",
        title=say("planning.triple.figure", indicator=quantity.title, year=context.last),
        caption=say("planning.triple.caption", low=low, high=high, window=found.spec.window),
        by_value=by_value,
    )


def _triple_table(context: Context, found: Tripled, quantity: Quantity) -> Table:
    size = dict(zip((q.id for q in found.quantities), found.sizes, strict=True))[quantity.id]
    columns = [Column("rank", say("column.rank"), "integer"), Column("unit", say("column.unit"))]
    columns += [
        Column("strength", measured(say("planning.column.strength"), quantity.unit), "number", None),
        Column("efficiency", measured(say("planning.column.efficiency"), _per(quantity, size)), "number", None),
        Column("potential", say("planning.column.potential"), "percent", 2),
        *(Column(name, say(f"planning.column.{name}"), "number", 1) for name in (f"{r}_score" for r in READINGS)),
        Column("score", say("planning.column.score"), "bar", 1),
    ]
    title = say("planning.triple.table", indicator=quantity.title, size=size.title, year=context.last)
    return Table(f"triple-table-{quantity.id}", title, _triple_frame(context, found, quantity), tuple(columns))


def _per(quantity: Quantity, size: Quantity) -> Text | None:
    if quantity.unit is None or size.unit is None:
        return None
    return say("planning.column.per", unit=quantity.unit, size=size.unit)


def _triple_findings(context: Context, found: Tripled, quantity: Quantity) -> Iterator[Finding]:
    frame = _triple_frame(context, found, quantity).drop_nulls("score")
    if not frame.height:
        return
    place = f"triple-table-{quantity.id}"
    base = {"indicator": quantity.title, "year": context.last, "count": frame.height, "window": found.spec.window}
    if context.ranks == "interval":
        best = {r: context.label(_first(frame, f"{r}_score")) for r in READINGS}
        top = frame.row(0, named=True)
        numbers = base | best | {"unit": context.label(top["unit"]), "score": top["score"]}
        yield Finding("triple_top", numbers, "largest score; largest utility value of each reading", place, ("A13",))
    above = [frame[f"{r}_score"].to_numpy() > np.median(frame[f"{r}_score"].to_numpy()) for r in READINGS]
    numbers = base | {"strong": int(above[0].sum()), "both": int((above[0] & above[2]).sum())}
    numbers |= {"all": int(np.logical_and.reduce(above).sum())}
    yield Finding("triple_spread", numbers, "above the median of the units", place, ("A13",))


def _first(frame: pl.DataFrame, column: str) -> str:
    return str(frame.sort(column, descending=True, nulls_last=True, maintain_order=True)["unit"][0])
