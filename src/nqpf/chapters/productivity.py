"""Chapter *Total factor productivity*: its rise, its causes, green beside plain, the frontier, and the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.chapters.productivity_findings import productivity_findings
from nqpf.chapters.productivity_frames import (
    CAUSES,
    SOURCES,
    STRUCTURE,
    accounts_frame,
    causes_frame,
    change_frame,
    frontier_frame,
    names_of,
    parts_frame,
    structure_frame,
    trend_frame,
    validity_frame,
)
from nqpf.chapters.productivity_validity import Agreement, agreements
from nqpf.charts.contributions import change_parts
from nqpf.charts.intervals import intervals
from nqpf.charts.pairs import pairs
from nqpf.charts.trend import trend
from nqpf.data.formula import names_in
from nqpf.errors import listing
from nqpf.messages import Text, say
from nqpf.productivity.change.malmquist import Change
from nqpf.productivity.survey import Accounted, Survey

ABOUT_MISSING = ("frontier_missing", "change_unbalanced", "change_again")
"""Remarks on what follows from missing cells."""
REACH = (-1.5, 2.5)
"""Ends of the axis of shares in growth: a share beyond is drawn at the end."""


def productivity_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings; one sentence where the study asks for none."""
    found = context.productivity
    if found is None:
        return Chapter("productivity", say("productivity.title"), (Paragraph(say("productivity.not_asked")),))
    agreed = agreements(context, found)
    sections = {
        "accounts": _accounts(context, found),
        "tfp": _change(context, found),
        "causes": _causes(context, found),
        "green": _green(context, found),
        "frontier": _frontier(context, found),
        "validity": _validity(context, found, agreed),
    }
    blocks: list[Block] = [Paragraph(_how(found)), *(Callout(n.text(), n.severity) for n in found.notes)]
    blocks += [
        Section(f"productivity-{id}", say(f"productivity.section.{id}"), tuple(part)) for id, part in sections.items()
    ]
    findings = productivity_findings(context, found, agreed)
    return Chapter("productivity", say("productivity.title"), tuple(blocks), tuple(findings))


def productivity_methods(context: Context) -> dict[str, Mapping[str, Any]]:
    """Return the methods that were used, with their options, by id."""
    found = context.productivity
    if found is None:
        return {}
    used = [found.change.method, found.frontier.method]
    if found.green is not None:
        used.append(found.green.method)
    if found.accounted is not None:
        one = found.accounted
        used += [one.accounts.method, one.shaken.method, one.misallocated.method]
    if found.structure is not None:
        used.append(found.structure.method)
    found_methods = {m.id: m.options for m in used} | {"productivity.causes": {}, "productivity.agreement": {}}
    if found.accounted is not None and found.accounted.share.estimate is not None:
        found_methods["productivity.capital_elasticity"] = {}
    return found_methods


def productivity_record(context: Context) -> dict[str, Any]:
    """Return the figures of the chapter as they are written for machines."""
    found = context.productivity
    if found is None:
        return {}
    plain = pl.exclude(
        "unit_zh", "unit_en", "group", "group_zh", "group_en", "state_zh", "state_en", "sure_zh", "sure_en"
    )
    record = {
        "change": change_frame(context, found).select(plain).to_dicts(),
        "causes": causes_frame(found).select(plain).to_dicts(),
        "frontier": frontier_frame(context, found).select(plain).to_dicts(),
        "index_against_tfp": [one.record() for one in agreements(context, found)],
    }
    if found.accounted is not None:
        record["growth"] = accounts_frame(context, found.accounted).select(plain).to_dicts()
        record["shaken_off"] = found.accounted.shaken.frame.to_dicts()
        record["misallocation"] = found.accounted.misallocated.total.to_dicts()
    if found.structure is not None:
        record["structure"] = found.structure.frame.to_dicts()
    return record


def _how(found: Survey) -> Text:
    spec = found.spec
    values = {"output": found.names["output"], "inputs": names_of(found, found.inputs)}
    values |= {"rts": say(f"productivity.rts.{spec.rts}"), "reference": say(f"productivity.reference.{spec.reference}")}
    return say("productivity.how", **values)


def _accounts(context: Context, found: Survey) -> Iterator[Block]:
    """Yield growth accounts and the test of the shake-off."""
    if found.accounted is None:
        yield Callout(say("productivity.no_share"))
        return
    one = found.accounted
    yield Paragraph(_share_text(one))
    frame = accounts_frame(context, one)
    years = {"first": found.periods[0], "last": found.periods[-1]}
    yield change_parts(
        parts_frame(
            frame.filter(pl.col("unit") != "all"), {name: say(f"productivity.source.{name}") for name in SOURCES}
        ),
        id="growth-sources",
        title=say("productivity.accounts.figure", **years),
        caption=say("productivity.accounts.caption"),
        value_title=say("productivity.accounts.value"),
        digits=2,
        by_value=context.ranks == "interval",
    )
    columns = (
        Column("unit", say("column.unit")),
        Column("output", say("productivity.column.output"), "number", 2),
        *(Column(name, say(f"productivity.column.{name}"), "number", 2) for name in SOURCES),
    )
    yield Table("growth-accounts", say("productivity.accounts.table", **years), frame, columns)
    yield Paragraph(say("productivity.shaken.how", threshold=100 * found.spec.threshold, draws=found.spec.draws))
    yield intervals(
        _with_verdicts(frame.rename({"share": "value"})),
        id="tfp-share",
        title=say("productivity.shaken.figure", **years),
        caption=say("productivity.shaken.caption", threshold=100 * found.spec.threshold),
        value_title=say("productivity.shaken.value"),
        line=found.spec.threshold,
        reach=REACH,
        by_value=context.ranks == "interval",
        digits=2,
    )
    columns = (
        Column("unit", say("column.unit")),
        Column("share", say("productivity.column.share"), "percent", 0),
        Column("low", say("productivity.column.low"), "percent", 0),
        Column("high", say("productivity.column.high"), "percent", 0),
        Column("state", say("productivity.column.verdict")),
    )
    judged = _with_verdicts(frame)
    yield Table("tfp-shares", say("productivity.shaken.table", **years), judged, columns, _ends_text(one))
    yield from (Callout(note.text(), note.severity) for note in one.shaken.notes if note.severity == "warning")


def _with_verdicts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with the verdicts in words as its states."""
    for lang in ("zh", "en"):
        words = {v: say(f"productivity.verdict.{v}")[lang] for v in ("above", "below", "not_shown", "not_assessed")}
        frame = frame.with_columns(pl.col("verdict").replace_strict(words, default=None).alias(f"state_{lang}"))
    return frame.with_columns(state=pl.col("verdict"))


def _share_text(one: Accounted) -> Text:
    share = one.share
    values = {"share": share.value, "low": share.low, "high": share.high}
    if share.estimate is None:
        return say("productivity.share_given", **values)
    return say("productivity.share_estimated", **values, se=share.estimate.se, units=share.estimate.units)


def _ends_text(one: Accounted) -> Text:
    low, high = (shaken.frame.row(-1, named=True)["share"] for shaken in one.ends)
    if low is None or high is None:
        return say("productivity.whole_last")
    return say("productivity.ends", low=one.share.low, high=one.share.high, at_low=100 * low, at_high=100 * high)


def _change(context: Context, found: Survey) -> Iterator[Block]:
    """Yield productivity change from year to year, chained, and its parts."""
    yield Paragraph(say("productivity.change.how"))
    yield trend(
        trend_frame(context, found),
        id="tfp-chained",
        title=say("productivity.change.figure", first=found.periods[0]),
        caption=say("productivity.change.caption"),
        value_title=say("productivity.change.value", first=found.periods[0]),
    )
    frame = change_frame(context, found)
    columns = [
        Column("unit", say("column.unit")),
        Column("index", say("productivity.column.index"), "bar", 3),
        Column("ec", say("productivity.column.ec"), "number", 3),
        Column("tc", say("productivity.column.tc"), "number", 3),
    ]
    if found.green is not None:
        columns.append(Column("green", say("productivity.column.green"), "number", 3))
    columns.append(Column("level", say("productivity.column.level"), "number", 3))
    years = {"first": found.periods[0], "last": found.periods[-1]}
    sorted_frame = frame.sort("index", descending=True, nulls_last=True, maintain_order=True)
    yield Table(
        "tfp-change",
        say("productivity.change.table", **years),
        sorted_frame if context.ranks == "interval" else frame,
        tuple(columns),
        say("productivity.change.note"),
    )
    yield from _remarks(found.change)


def _remarks(change: Change) -> Iterator[Block]:
    """Yield what is remarked on an index but the missing cells, which the chapter names at its top."""
    kept = (n for n in change.notes if n.severity == "warning" and n.code not in ABOUT_MISSING)
    yield from (Callout(note.text(), note.severity) for note in kept)


def _causes(context: Context, found: Survey) -> Iterator[Block]:
    """Yield the parts of aggregate change: technology, catching up, allocation; and what misallocation costs."""
    yield Paragraph(say("productivity.causes.how"))
    frame = causes_frame(found)
    yield change_parts(
        parts_frame(frame, {name: say(f"productivity.cause.{name}") for name in CAUSES}),
        id="tfp-causes",
        title=say("productivity.causes.figure"),
        caption=say("productivity.causes.caption"),
        value_title=say("productivity.causes.value"),
        digits=2,
        by_value=False,
    )
    columns = (
        Column("unit", say("productivity.column.step")),
        Column("total", say("productivity.column.total"), "number", 2),
        *(Column(name, say(f"productivity.cause.{name}"), "number", 2) for name in CAUSES),
        Column("units", say("productivity.column.units"), "integer"),
    )
    yield Table("tfp-causes-table", say("productivity.causes.table"), frame, columns, say("productivity.causes.note"))
    if found.accounted is not None:
        yield from _misallocation(found.accounted)
    yield from _structure(context, found)


def _structure(context: Context, found: Survey) -> Iterator[Block]:
    """Yield what labour that moves between sectors adds to labour productivity."""
    if found.structure is None:
        yield Callout(say("productivity.upgrading_not_assessed"))
        return
    years = {"first": found.periods[0], "last": found.periods[-1]}
    yield Paragraph(say("productivity.structure.how"))
    frame = structure_frame(context, found.structure)
    columns = (
        Column("unit", say("column.unit")),
        *(Column(name, say(f"productivity.structure.{name}"), "number", 1) for name in ("growth", *STRUCTURE)),
    )
    yield Table("labour-structure", say("productivity.structure.table", **years), frame, columns)


def _misallocation(one: Accounted) -> Iterator[Block]:
    yield Paragraph(say("productivity.misallocation.how"))
    total = one.misallocated.total
    frame = total.with_columns(pl.col("log_gain", "part_capital", "part_labour") * 100)
    columns = (
        Column("time", say("column.period")),
        Column("units", say("productivity.column.units"), "integer"),
        Column("efficiency", say("productivity.column.efficiency"), "percent", 1),
        Column("log_gain", say("productivity.column.log_gain"), "number", 2),
        Column("part_capital", say("productivity.column.part_capital"), "number", 2),
        Column("part_labour", say("productivity.column.part_labour"), "number", 2),
    )
    yield Table("misallocation", say("productivity.misallocation.table"), frame, columns)
    notes = (n for n in one.misallocated.notes if n.severity == "warning")
    yield from (Callout(note.text(), note.severity) for note in notes)


def _green(context: Context, found: Survey) -> Iterator[Block]:
    """Yield productivity that counts bad outputs beside that which does not."""
    if found.green is None:
        yield Callout(say("productivity.no_bad"))
        return
    values = {
        "bad": names_of(found, list(found.spec.bad)),
        "disposability": say(f"productivity.{found.spec.disposability}"),
    }
    yield Paragraph(say("productivity.green.how", **values))
    frame = change_frame(context, found).select("unit", "unit_zh", "unit_en", x="index", y="green")
    yield pairs(
        frame,
        id="green-tfp",
        title=say("productivity.green.figure", first=found.periods[0], last=found.periods[-1]),
        caption=say("productivity.green.caption"),
        x_title=say("productivity.green.plain"),
        y_title=say("productivity.green.green"),
        equal=True,
    )
    yield from _remarks(found.green)


def _frontier(context: Context, found: Survey) -> Iterator[Block]:
    """Yield who leads, keeps pace and follows in the last year."""
    bound, year = 100 * found.spec.frontier, found.periods[-1]
    yield Paragraph(say("productivity.frontier.how", bound=bound, draws=found.spec.draws))
    frame = frontier_frame(context, found)
    yield intervals(
        frame,
        id="frontier-gap",
        title=say("productivity.frontier.figure", year=year),
        caption=say("productivity.frontier.caption", bound=bound),
        value_title=say("productivity.frontier.value"),
        line=found.spec.frontier,
        by_value=context.ranks == "interval",
    )
    columns = (
        Column("unit", say("column.unit")),
        Column("value", say("productivity.frontier.value"), "bar", 3),
        Column("corrected", say("productivity.column.corrected"), "number", 3),
        Column("low", say("chart.low"), "number", 3),
        Column("high", say("chart.high"), "number", 3),
        Column("state", say("productivity.column.state")),
        Column("sure", say("productivity.column.sure")),
    )
    ordered = frame.sort("value", "corrected", descending=True, maintain_order=True)
    shown = ordered if context.ranks == "interval" else frame
    yield Table("frontier-table", say("productivity.frontier.table", year=year), shown, columns)
    kept = (note for note in found.frontier.notes if note.code not in ABOUT_MISSING)
    yield from (Callout(note.text(), note.severity) for note in kept)


def _validity(context: Context, found: Survey, agreed: tuple[Agreement, ...]) -> Iterator[Block]:
    """Yield how far the index and productivity agree."""
    yield Paragraph(say("productivity.validity.how"))
    if context.ranks != "groups":  # the figure tells the score of a unit, which a report in grades does not
        yield pairs(
            validity_frame(context, found),
            id="index-tfp",
            title=say("productivity.validity.figure", year=context.last),
            caption=say("productivity.validity.caption"),
            x_title=say("productivity.validity.index"),
            y_title=say("productivity.validity.tfp"),
        )
    rows = [one.row() for one in agreed]
    columns = (
        Column("of", say("productivity.validity.of")),
        Column("units", say("productivity.column.units"), "integer"),
        Column("rho", say("productivity.validity.rho"), "number", 2),
        Column("low", say("chart.low"), "number", 2),
        Column("high", say("chart.high"), "number", 2),
    )
    note = say("productivity.validity.note", level=95)
    yield Table("index-tfp-table", say("productivity.validity.table"), pl.DataFrame(rows), columns, note)
    shared = list(_shared(context, found))
    if shared:
        yield Callout(say("productivity.validity.shared", indicators=listing(shared, 12)))


def _shared(context: Context, found: Survey) -> Iterator[Text]:
    """Yield the indicators of the index that are made of series which productivity rests on too."""
    used = {name for formula in found.spec.formulas.values() for name in names_in(formula)}
    for indicator in context.framework.indicators:
        if used & set(names_in(indicator.formula)):
            yield indicator.title
