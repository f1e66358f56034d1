"""Chapter *Balances and distribution*: two sides that must keep in step, and who has a part in what is gained."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf import theory
from nqpf.chapters.beside import beside_blocks, beside_findings
from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.circles import gap_blocks, missing_roles, role_titles, roles_table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import texts, worded
from nqpf.chapters.told import Told
from nqpf.charts.gauge import gauges
from nqpf.charts.quadrant import quadrant
from nqpf.messages import Text, say
from nqpf.regions.systems.balance import Balance
from nqpf.regions.systems.joint_gain import JointGain
from nqpf.results import Finding
from nqpf.synthesis.survey import Distribution, System

QUADRANTS = ("both_high", "one_ahead", "other_ahead", "both_low")
GAINS = ("gain_narrowing", "gain_widening", "loss_narrowing", "loss_widening", "still")


def balances_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings."""
    system = context.system
    assert system is not None
    told = Told({**role_titles(), **context.panel.labels})
    blocks: list[Block] = [Paragraph(say("balances.how")), *_gauges(context, system)]
    findings: list[Finding] = []
    for one in theory.balances():
        parts: list[Block] = [roles_table(system, one), *_balance(context, system, one, told)]
        blocks.append(Section(f"balance-{one.id}", one.title, tuple(parts)))
        findings += _findings(system, one)
    blocks.append(Section("distribution", say("balances.distribution"), tuple(_distribution(context, system, told))))
    blocks += beside_blocks(context, system, told)
    found = (*findings, *_gained(system.distribution), *beside_findings(system))
    return Chapter("balances", say("balances.title"), tuple(blocks), found)


def _gauges(context: Context, system: System) -> Iterator[Block]:
    """Yield all balances of two sides as gauges: how far one is ahead of the other, with an interval."""
    rows = []
    for one in theory.balances():
        part = system.balances.get(one.id)
        if part is None or part.result is None:
            rows.append((one.id, one.title, one.roles, None, None, None))
            continue
        last = part.result.years.row(-1, named=True)
        rows.append((one.id, one.title, one.roles, last["position"], last["low"], last["high"]))
    kept = [row for row in rows if len(row[2]) == 2]
    frame = pl.DataFrame(
        {
            "gauge": [row[0] for row in kept],
            "value": [row[3] for row in kept],
            "low": [row[4] for row in kept],
            "high": [row[5] for row in kept],
        },
        schema={"gauge": pl.String} | dict.fromkeys(("value", "low", "high"), pl.Float64),
    ).with_columns(
        texts("gauge", [row[1] for row in kept])
        + texts("left", [row[2][1].title for row in kept])
        + texts("right", [row[2][0].title for row in kept])
    )
    yield gauges(
        frame,
        id="balance-gauges",
        title=say("balances.gauges", year=context.last),
        caption=say("balances.gauges.caption", count=len(context.panel.units)),
    )


def _balance(context: Context, system: System, one: theory.RoleSet, told: Told) -> Iterator[Block]:
    missing = missing_roles(system, one)
    if missing:
        yield Callout(say("balances.missing", roles=Text.join(missing)))
        return
    part = system.balances.get(one.id)
    if part is None:  # more than two sides: their coupling is in the chapter on regions
        yield Paragraph(say("balances.several", count=len(one.roles)))
        return
    yield from told.absent(part, say("circles.not_tried"))
    if part.result is not None:
        yield _fields(context, one, part.result)
        yield _years(one, part.result)
        yield from _trend(one, part.result)
        yield from told.notes(*part.result.notes)
    gap = system.gaps.get(one.id)
    if gap is not None and gap.result is not None:
        yield from gap_blocks(one.id, gap.result)


def _fields(context: Context, one: theory.RoleSet, found: Balance) -> Block:
    last = found.frame.filter(pl.col("period") == found.frame["period"].max())
    named = context.unit_names.join(last, on="unit", how="right", maintain_order="right")
    first, second = (role.title for role in one.roles)
    lines = found.years.row(-1, named=True)
    return quadrant(
        named.select("unit", "unit_zh", "unit_en", "group_zh", "group_en", x="other", y="one"),
        id=f"fields-{one.id}",
        title=say("balances.fields", set=one.title, year=context.last),
        caption=say("balances.fields.caption"),
        x_title=say("balances.score", side=second),
        y_title=say("balances.score", side=first),
        lines=(float(lines["line_other"]), float(lines["line_one"])),
        corners=(
            say("balances.corner.both_high"),
            say("balances.corner.ahead", side=first),
            say("balances.corner.both_low"),
            say("balances.corner.ahead", side=second),
        ),
    )


def _years(one: theory.RoleSet, found: Balance) -> Table:
    columns = [
        Column("period", say("column.period"), "integer"),
        Column("units", say("regions.column.units"), "integer"),
        Column("position", say("balances.column.position"), "number", 3),
        Column("low", say("regions.column.low"), "number", 3),
        Column("high", say("regions.column.high"), "number", 3),
        Column("distance", say("balances.column.distance"), "number", 3),
        Column("one_ahead", say("balances.column.ahead", side=one.roles[0].title), "percent", 0),
        Column("other_ahead", say("balances.column.ahead", side=one.roles[1].title), "percent", 0),
        Column("coordination", say("regions.column.coordination"), "number", 3),
    ]
    note = say("balances.years.note", one=one.roles[0].title, other=one.roles[1].title)
    return Table(f"balance-years-{one.id}", say("balances.years", set=one.title), found.years, tuple(columns), note)


def _trend(one: theory.RoleSet, found: Balance) -> Iterator[Block]:
    row = found.trend.filter(pl.col("what") == "distance")
    if row.height:
        numbers = row.row(0, named=True)
        kept = {key: numbers[key] for key in ("slope", "low", "high")}
        yield Paragraph(say(f"balances.trend.{numbers['answer']}", set=one.title, **kept))


def _findings(system: System, one: theory.RoleSet) -> Iterator[Finding]:
    item = (one.item or "", "O01") if one.id != "market_government" else (one.item or "",)
    place = f"balance-{one.id}"
    part = system.balances.get(one.id)
    if part is None or part.result is None:
        return
    last = part.result.years.row(-1, named=True)
    numbers = {"set": one.title, "year": last["period"], **{k: last[k] for k in ("position", "low", "high")}}
    ahead = "one" if last["low"] > 0 else "other" if last["high"] < 0 else None
    if ahead is None:
        yield Finding("balance_even", numbers, "the interval of the mean position holds zero", place, item)
    else:
        side = one.roles[0 if ahead == "one" else 1].title
        numbers |= {"side": side, "share": 100 * last[f"{ahead}_ahead"]}
        yield Finding("balance_ahead", numbers, "the interval of the mean position leaves out zero", place, item)


def _distribution(context: Context, system: System, told: Told) -> Iterator[Block]:
    found = system.distribution
    if found is None:
        yield Paragraph(say("balances.no_distribution"))
        return
    yield Paragraph(say("balances.distribution.how"))
    yield from told.absent(found.joint, say("balances.no_inequality"))
    if found.joint.result is not None:
        yield from _joint(context, found.joint.result)
        yield from told.notes(*found.joint.result.notes)
    yield from told.absent(found.social, say("circles.not_tried"))
    if found.social.result is not None:
        columns = (
            Column("aversion", say("balances.column.aversion"), "number", 1),
            Column("growth", say("balances.column.growth"), "percent", 1),
            Column("mean", say("balances.column.mean"), "percent", 1),
            Column("sharing", say("balances.column.sharing"), "percent", 1),
        )
        title = say("balances.social", first=context.first, last=context.last)
        yield Table("social-gain", title, found.social.result.frame, columns, say("balances.social.note"))
        yield from told.notes(*found.social.result.notes)
    yield from told.absent(found.prosperity, say("balances.no_inequality"))
    if found.prosperity.result is not None:
        yield _prosperity(context, found)
        yield from told.notes(*found.prosperity.result.notes)
    yield from told.absent(found.labour, say("balances.no_labour"))
    if found.labour.result is not None:
        total = found.labour.result.total
        shares = ("share_start", "share_end", "change", "within", "between")
        parts = tuple(Column(key, say(f"balances.column.{key}"), "percent", 1) for key in shares)
        title = say("balances.labour", first=context.first, last=context.last)
        yield Table("labour-share", title, total, parts, say("balances.labour.note"))
        yield from told.notes(*found.labour.result.notes)


def _joint(context: Context, found: JointGain) -> Iterator[Block]:
    named = context.unit_names.join(found.frame.drop("group", strict=False), on="unit", how="right")
    yield quadrant(
        named.select("unit", "unit_zh", "unit_en", "group_zh", "group_en", x="widening", y="gain"),
        id="joint-gain",
        title=say("balances.joint", first=context.first, last=context.last),
        caption=say("balances.joint.caption"),
        x_title=say("balances.axis.widening"),
        y_title=say("balances.axis.gain"),
        lines=(0.0, 0.0),
        corners=(
            say("balances.quadrant.gain_widening"),
            say("balances.quadrant.gain_narrowing"),
            say("balances.quadrant.loss_narrowing"),
            say("balances.quadrant.loss_widening"),
        ),
    )
    whole = found.shares.filter(pl.col("group").is_null()) if "group" in found.shares.columns else found.shares
    frame = worded(whole, "quadrant", {name: say(f"balances.quadrant.{name}") for name in GAINS})
    columns = (
        Column("quadrant", say("balances.column.quadrant")),
        Column("units", say("regions.column.units"), "integer"),
        Column("share", say("column.share"), "percent", 0),
        Column("low", say("regions.column.low"), "percent", 0),
        Column("high", say("regions.column.high"), "percent", 0),
    )
    yield Table("joint-shares", say("balances.joint.shares"), frame, columns)


def _prosperity(context: Context, found: Distribution) -> Table:
    assert found.prosperity.result is not None
    frame = found.prosperity.result.frame.drop("index", strict=False)
    last = frame.filter(pl.col("period") == frame["period"].max())
    named = context.unit_names.join(last, on="unit", how="right").sort("common_prosperity", descending=True)
    lower = {name: say(f"balances.lower.{name}") for name in ("prosperity", "sharing", "even")}
    columns = (
        Column("unit", say("column.unit")),
        Column("common_prosperity", say("balances.column.common_prosperity"), "bar", 3),
        Column("prosperity", say("balances.column.prosperity"), "number", 3),
        Column("sharing", say("balances.column.shared"), "number", 3),
        Column("lower", say("balances.column.lower")),
    )
    title = say("balances.prosperity", year=context.last)
    return Table("common-prosperity", title, worded(named, "lower", lower), columns, say("balances.prosperity.note"))


def _gained(found: Distribution | None) -> Iterator[Finding]:
    """Yield what was gained and how it was shared."""
    if found is None:
        return
    if found.joint.result is not None:
        one = found.joint.result
        whole = one.shares.filter(pl.col("group").is_null()) if "group" in one.shares.columns else one.shares
        count = {row["quadrant"]: row["units"] for row in whole.iter_rows(named=True)}
        numbers = {name: count.get(name, 0) for name in GAINS[:2]} | {"all": one.frame.height}
        condition = "units by the signs of their gain and of the change of inequality"
        yield Finding("joint_gain", numbers, condition, "joint-gain", ("M02", "H04"))
    if found.social.result is not None:
        frame = found.social.result.frame
        row = frame.row(int((frame["aversion"] - 1.0).abs().arg_min() or 0), named=True)
        numbers = {key: 100 * row[key] for key in ("growth", "mean", "sharing")} | {"aversion": row["aversion"]}
        code = "sharing_gained" if row["sharing"] > 0 else "sharing_lost"
        yield Finding(code, numbers, "sign of the change of ln(1 - Atkinson)", "social-gain", ("M02", "M04"))
