"""Chapter *Plan*: which region takes up which industry, why, what was refused, and what going together costs."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.plan_findings import plan_findings
from nqpf.chapters.regions_frames import texts, worded
from nqpf.charts.curve import curve
from nqpf.industry.planning.result import Plan
from nqpf.industry.survey_plan import WITHIN, Planned
from nqpf.messages import Text, say
from nqpf.results import Note

SHOWN = 200
"""Rows that a table shows; the file holds all."""
REFUSED = 3
"""Refused candidates of each region that are listed."""


def plan_chapter(context: IndustryContext) -> Chapter:
    """Return the chapter and its findings."""
    title, part = say("plan.title"), context.found.planned
    if part.result is None:
        return Chapter("plan", title, tuple(context.told.absent(part, say("plan.no_model"))))
    planned = part.result
    if planned.plan.result is None:
        return Chapter("plan", title, tuple(context.told.absent(planned.plan, say("plan.no_model"))))
    found = planned.plan.result
    sections = (
        ("what", (*_status(found), *_totals(context, found), *_terms(context, found))),
        ("targets", tuple(_targets(context, planned, found))),
        ("refused", tuple(_refused(context, found))),
        ("limits", tuple(_limits(context, found))),
        ("coordination", tuple(_coordination(context, planned))),
        ("sure", tuple(_sure(context, planned))),
    )
    blocks = [Section(f"plan-part-{id}", say(f"plan.section.{id}"), inner) for id, inner in sections]
    return Chapter("plan", title, (Paragraph(say("plan.how")), *blocks), tuple(plan_findings(context, planned)))


def _status(found: Plan) -> Iterator[Block]:
    """Yield whether the plan is proven, and what its objective adds up to."""
    numbers = {"value": found.value, "bound": found.bound, "gap": found.gap}
    yield Callout(say(f"plan.status.{found.status}", **numbers), "info" if found.status == "optimal" else "warning")
    parts = {part: say(f"plan.part.{part}") for part in found.objective["part"]}
    frame = worded(found.objective.filter((pl.col("amount") != 0) | (pl.col("part") == "total")), "part", parts)
    columns = (Column("part", say("plan.column.part")), Column("amount", say("plan.column.amount"), "number", 3))
    yield Table("plan-objective", say("plan.objective.table"), frame, columns, say("plan.objective.note"))


def _totals(context: IndustryContext, found: Plan) -> Iterator[Block]:
    """Yield what each layer and each industry gets."""
    industries = found.industries.filter(pl.col("regions") > 0)
    if industries["layer"].null_count() < industries.height:
        layers = industries.group_by("layer", maintain_order=True).agg(
            industries=pl.len(), targets=pl.col("regions").sum(), successes=pl.col("expected_successes").sum()
        )
        columns = (
            Column("layer", say("plan.column.layer")),
            Column("industries", say("plan.column.industries"), "integer"),
            Column("targets", say("plan.column.targets"), "integer"),
            Column("successes", say("plan.column.successes"), "number", 1),
        )
        yield Table("plan-layers", say("plan.layers.table"), context.named(layers.sort("layer")), columns)


def _terms(context: IndustryContext, found: Plan) -> Iterator[Block]:
    yield from context.told.notes(*found.notes)


def _targets(context: IndustryContext, planned: Planned, found: Plan) -> Iterator[Block]:
    """Yield the targets with their reasons, and the regions that are advised none."""
    frame = found.frame
    if planned.robustness.result is not None:
        often = planned.robustness.result.frame.select("unit", "industry", "frequency")
        frame = frame.join(often, on=["unit", "industry"], how="left", maintain_order="left")
    frame = context.named(frame)
    frame = worded(frame, "entry", {word: say(f"plan.entry.{word}") for word in frame["entry"].unique()})
    frame = frame.with_columns(texts("limits", [_codes(codes) for codes in frame["limits"]]))
    columns = [
        Column("unit", say("column.unit")),
        Column("industry", say("industry.column.industry")),
        Column("p", say("plan.column.p"), "percent", 0),
        Column("value", say("plan.column.value"), "number", 2),
        Column("rank", say("plan.column.rank"), "integer"),
        Column("entry", say("plan.column.entry")),
        Column("limits", say("plan.column.limits")),
    ]
    if "frequency" in frame.columns:
        columns.append(Column("frequency", say("plan.column.frequency"), "percent", 0))
    if frame["layer"].null_count() < frame.height:
        columns.append(Column("layer", say("plan.column.layer")))
    yield Table("plan-targets", say("plan.targets.table"), frame, tuple(columns), say("plan.targets.note"))
    idle = found.not_advised
    if idle.height:
        idle = worded(context.named(idle), "reason", {r: say(f"plan.reason.{r}") for r in idle["reason"].unique()})
        columns = [
            Column("unit", say("column.unit")),
            Column("open", say("plan.column.open"), "integer"),
            Column("highest_p", say("plan.column.highest_p"), "percent", 0),
            Column("reason", say("plan.column.reason")),
        ]
        yield Table("plan-not-advised", say("plan.idle.table"), idle, tuple(columns), say("plan.idle.note"))
    else:
        yield Paragraph(say("plan.idle.nobody"))


def _codes(codes: str) -> Text:
    """Return the limits that a target's price is paid to, in words."""
    words = [say(f"plan.constraint.{code}") for code in codes.split()]
    return Text.join(words, "、", ", ") if words else say("plan.none")


def _refused(context: IndustryContext, found: Plan) -> Iterator[Block]:
    """Yield why candidates were refused, counted, and the best refused ones of each region."""
    reasons = {reason: say(f"plan.reason.{reason}") for reason in found.refused["reason"].unique()}
    counts = found.refused.group_by("reason").agg(count=pl.len(), highest=pl.col("expected").max())
    columns = (
        Column("reason", say("plan.column.reason")),
        Column("count", say("plan.column.count"), "integer"),
        Column("highest", say("plan.column.highest"), "number", 3),
    )
    frame = worded(counts.sort("count", descending=True), "reason", reasons)
    yield Table("plan-reasons", say("plan.reasons.table"), frame, columns)
    best = found.refused.sort("unit", "rank").group_by("unit", maintain_order=True).head(REFUSED)
    frame = worded(context.named(best), "reason", reasons)
    listed = (
        Column("unit", say("column.unit")),
        Column("industry", say("industry.column.industry")),
        Column("p", say("plan.column.p"), "percent", 0),
        Column("rank", say("plan.column.rank"), "integer"),
        Column("reason", say("plan.column.reason")),
    )
    yield Table("plan-refused", say("plan.refused.table", count=REFUSED), frame, listed)


def _limits(context: IndustryContext, found: Plan) -> Iterator[Block]:
    """Yield shadow prices, crowding, gaps and releases."""
    prices = found.prices.sort(pl.col("price").abs(), descending=True).head(SHOWN)
    if prices.height:
        frame = context.named(prices)
        frame = worded(frame, "constraint", {c: say(f"plan.constraint.{c}") for c in frame["constraint"].unique()})
        columns = [Column("constraint", say("plan.column.constraint"))]
        labels = (("unit", "column.unit"), ("industry", "industry.column.industry"), ("name", "plan.column.name"))
        columns += [Column(key, say(title)) for key, title in labels if frame[key].null_count() < frame.height]
        columns.append(Column("price", say("plan.column.price"), "number", None))
        yield Table("plan-prices", say("plan.prices.table"), frame, tuple(columns), say("plan.prices.note"))
    crowded = found.crowding.filter(pl.col("headroom").is_not_null() & (pl.col("load") >= pl.col("headroom")))
    if crowded.height:
        columns = [
            Column("industry", say("industry.column.industry")),
            Column("load", say("plan.column.load"), "number", 1),
            Column("headroom", say("plan.column.headroom"), "number", 1),
            Column("excess", say("plan.column.excess"), "number", 1),
            Column("cost", say("plan.column.cost"), "number", 3),
        ]
        frame = context.named(crowded.sort("excess", "load", descending=True))
        yield Table("plan-crowding", say("plan.crowding.table"), frame, tuple(columns))
    if found.gaps.height:
        columns = [
            Column("gap", say("plan.column.gap")),
            Column("target", say("plan.column.gap_target"), "percent", 0),
            Column("covered", say("plan.column.covered"), "percent", 0),
            Column("targets", say("plan.column.targets"), "integer"),
        ]
        yield Table("plan-gaps", say("plan.gaps.table"), found.gaps, tuple(columns), say("plan.gaps.note"))
    if found.release.height:
        columns = [Column("unit", say("column.unit"))]
        columns += [
            Column(name, say(f"plan.column.{name}"), "number", 1)
            for name in ("jobs", "taken_up_1", "taken_up_2", "released_2", "short")
        ]
        yield Table("plan-release", say("plan.release.table"), context.named(found.release), tuple(columns))


def _coordination(context: IndustryContext, planned: Planned) -> Iterator[Block]:
    """Yield what it costs that regions do not herd."""
    yield from context.told.absent(planned.coordination, say("plan.no_headroom"))
    if planned.coordination.result is None:
        return
    frame = planned.coordination.result.frame
    rules = {rule: say(f"plan.rule.{rule}") for rule in frame["rule"].unique()}
    named = [rules[rule] if rule != "priced" else None for rule in frame["rule"]]
    points = frame.select(
        pl.when(pl.col("rule") == "priced").then("price").alias("price"), x="similarity", y="expected"
    ).with_columns(
        pl.Series(f"name_{lang}", [None if name is None else name[lang] for name in named], dtype=pl.String)
        for lang in ("zh", "en")
    )
    # prices that lead to the same plan are one point, so that every name finds room
    points = points.unique(["x", "y", "name_zh"], keep="first", maintain_order=True)
    yield curve(
        points,
        id="plan-coordination-curve",
        title=say("plan.curve"),
        caption=say("plan.curve.caption"),
        x_title=say("plan.axis.similarity"),
        y_title=say("plan.axis.expected"),
    )
    columns = [
        Column("rule", say("plan.column.rule")),
        Column("price", say("plan.column.crowding_price"), "number", 3),
        Column("expected", say("plan.column.expected"), "number", 2),
        Column("given_up", say("plan.column.given_up"), "percent", 1),
        Column("max_regions", say("plan.column.max_regions"), "integer"),
        Column("hhi", say("plan.column.hhi"), "number", 4),
        Column("similarity", say("plan.axis.similarity"), "number", 3),
        Column("excess", say("plan.column.excess"), "number", 0),
    ]
    frame = worded(frame.with_columns(pl.when(pl.col("price").is_finite()).then("price").alias("price")), "rule", rules)
    yield Table("plan-coordination", say("plan.coordination.table"), frame, tuple(columns), say("plan.curve.note"))


def _sure(context: IndustryContext, planned: Planned) -> Iterator[Block]:
    """Yield other plans that are nearly as good, and how often targets come again under other probabilities."""
    notes: list[Note] = []
    yield from context.told.absent(planned.alternatives, say("plan.no_alternatives"))
    if (others := planned.alternatives.result) is not None:
        columns = [
            Column("alternative", say("plan.column.alternative"), "integer"),
            Column("objective", say("plan.column.objective"), "number", 3),
            Column("share", say("plan.column.share"), "percent", 1),
            Column("targets", say("plan.column.targets"), "integer"),
            Column("kept", say("plan.column.kept"), "integer"),
        ]
        title = say("plan.alternatives.table", within=WITHIN)
        yield Table("plan-alternatives", title, others.frame, tuple(columns), say("plan.alternatives.note"))
        notes += others.notes
    if (again := planned.robustness.result) is not None:
        kept = again.frame.filter("chosen")
        bounds = ((0.9, 1.01), (0.5, 0.9), (0.0, 0.5))
        rows = [
            (f"{low:.0%}–{min(high, 1):.0%}", kept.filter(pl.col("frequency").is_between(low, high, "left")).height)
            for low, high in bounds
        ]
        frame = pl.DataFrame(rows, schema=["frequency", "targets"], orient="row")
        columns = [
            Column("frequency", say("plan.column.frequency")),
            Column("targets", say("plan.column.targets"), "integer"),
        ]
        title = say("plan.robustness.table", draws=again.draws.height)
        yield Table("plan-robustness", title, frame, tuple(columns), say("plan.robustness.note"))
        notes += again.notes
    else:
        yield from context.told.absent(planned.robustness, say("plan.no_draws"))
    yield from context.told.notes(*notes)
