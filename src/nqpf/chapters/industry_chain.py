"""Industries, the chain: linkages, extraction, places, digital inputs, embodied emissions, choke points, meters."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Column, Paragraph, Table
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_frames import (
    accounts_frame,
    by_sector,
    column,
    money,
    points_frame,
    words,
    yes_no,
)
from nqpf.chapters.regions_frames import texts, worded
from nqpf.charts.parts import parts
from nqpf.charts.quadrant import quadrant
from nqpf.industry.chain_risk.chokepoints import Chokepoints
from nqpf.industry.chain_risk.components import COMPONENTS
from nqpf.industry.chain_risk.meters import Meters
from nqpf.industry.input_output.balance import Balance
from nqpf.industry.input_output.carbon import Embodied
from nqpf.industry.input_output.digital import Integration
from nqpf.industry.input_output.extraction import Extraction
from nqpf.industry.input_output.linkages import Linkages
from nqpf.industry.survey_chain import Chain
from nqpf.messages import Text, say

KINDS = ("key", "forward", "weak", "backward")
"""Kinds of linkage in the corners of the picture: upper right, upper left, lower left, lower right."""
MOST = 40
"""Sectors that a picture of components shows at most."""


def chain_blocks(context: IndustryContext) -> Iterator[Block]:
    """Yield what the table says of links between sectors."""
    chain, told = _chain(context), context.told
    nothing = say("industries.add.nothing")
    yield from told.notes(*chain.table.notes)
    yield from told.absent(chain.balance, nothing)
    if chain.balance.result is not None:
        yield from _balance(context, chain.balance.result)
    yield from told.absent(chain.linkages, nothing)
    if chain.linkages.result is not None:
        yield from _linkages(context, chain, chain.linkages.result)
    yield from told.absent(chain.extraction, nothing)
    if chain.extraction.result is not None:
        yield from _extraction(context, chain.extraction.result)
    yield from told.absent(chain.upstreamness, nothing)
    yield from told.absent(chain.imports, say("industries.add.imports"))
    yield from _position(context, chain)
    yield from told.absent(chain.digital, say("industries.add.digital"))
    if chain.digital.result is not None:
        yield from _digital(context, chain.digital.result)
    yield from told.absent(chain.embodied, say("industries.add.emissions"))
    if chain.embodied.result is not None:
        yield from _embodied(context, chain.embodied.result)


def _chain(context: IndustryContext) -> Chain:
    assert context.found.chain is not None
    return context.found.chain


def _balance(context: IndustryContext, one: Balance) -> Iterator[Block]:
    gaps = [one.frame[c].abs().max() for c in ("row_gap_share", "column_gap_share")]
    most = max((gap for gap in gaps if isinstance(gap, float)), default=0.0)
    if one.balanced:
        yield Paragraph(say("industries.balance.closed", sectors=one.frame.height, most=most))
    else:
        count = one.faults.filter(pl.col("code").is_in(["row_gap", "column_gap"])).height
        yield Callout(say("industries.balance.open", count=count, most=most), "warning")
    yield from context.told.notes(*one.notes)
    if not one.faults.height:
        return
    codes = ("row_gap", "column_gap", "no_output", "no_output_but_flows", "negative_flow", "negative_final",
             "negative_added", "isolated", "transposed")  # fmt: skip
    named = worded(one.faults, "code", words("fault", codes))
    whole = say("industries.whole_table")
    sectors = [whole if s is None else context.sectors.get(s, Text.same(s)) for s in named["sector"]]
    columns = (column("code", "text"), column("sector", "text"), column("value", "number", None))
    yield Table("io-faults", say("industries.faults.table"), named.with_columns(texts("sector", sectors)), columns)


def _linkages(context: IndustryContext, chain: Chain, one: Linkages) -> Iterator[Block]:
    yield Paragraph(say("industries.linkages.how"))
    kinds = {kind: say(f"industries.linkage.{kind}") for kind in KINDS}
    frame = worded(by_sector(context, one.frame.with_columns(output=pl.Series(chain.table.output))), "kind", kinds)
    upper_right, upper_left, lower_left, lower_right = (kinds[kind] for kind in KINDS)
    yield quadrant(
        frame.select(
            unit=pl.concat_str([c for c in ("region", "sector") if c in frame.columns], separator="|"),
            unit_zh="sector_zh", unit_en="sector_en", x="backward_norm", y="forward_norm", size="output",
        ),
        id="linkages",
        title=say("industries.linkages.figure"),
        caption=say("industries.linkages.caption"),
        x_title=say("industries.column.backward_norm"),
        y_title=say("industries.column.forward_norm"),
        size_title=say("industries.column.output"),
        lines=(1.0, 1.0),
        corners=(upper_right, upper_left, lower_left, lower_right),
        digits=2,
    )  # fmt: skip
    columns = (
        column("sector", "text"),
        column("output", "number", None),
        column("backward_direct"),
        column("forward_direct"),
        column("backward_norm"),
        column("forward_norm"),
        column("kind", "text"),
    )
    yield Table("linkages-table", say("industries.linkages.table"), frame, columns)
    yield from context.told.notes(*one.notes)


def _extraction(context: IndustryContext, one: Extraction) -> Iterator[Block]:
    yield Paragraph(say("industries.extraction.how"))
    frame = by_sector(context, one.frame.sort("loss_outside", descending=True, nulls_last=True, maintain_order=True))
    columns = (
        column("sector", "text"),
        column("output", "number", None),
        column("loss_outside", "number", None),
        column("outside_share", "percent", 2),
        column("outside_per_unit"),
        column("rank", "integer", name="rank_loss"),
        column("rank_per_unit", "integer"),
    )
    yield Table("extraction", say("industries.extraction.table", unit=money(one.table)), frame, columns)
    yield from context.told.notes(*one.notes)


def _position(context: IndustryContext, chain: Chain) -> Iterator[Block]:
    """Yield where sectors stand in the chain and what of them is imported, in one table."""
    place, bought = chain.upstreamness.result, chain.imports.result
    found = [one.frame for one in (place, bought) if one is not None]
    if not found:
        return
    yield Paragraph(say("industries.position.how"))
    keys = [c for c in ("region", "sector") if c in found[0].columns]
    frame = found[0] if len(found) == 1 else found[0].join(found[1], on=keys, how="left", maintain_order="left")
    wanted = {
        "upstreamness": column("upstreamness", digits=2),
        "downstreamness": column("downstreamness", digits=2),
        "final_share": column("final_share", "percent", 1),
        "input_share": column("input_share", "percent", 1),
        "total": column("total", "percent", 1),
        "hhi": column("hhi"),
        "top_origin": column("top_origin", "text"),
        "top_share": column("top_share", "percent", 1),
    }
    columns = [column("sector", "text"), *(c for key, c in wanted.items() if key in frame.columns)]
    note = None if bought is None else say("industries.position.note")
    yield Table("chain-position", say("industries.position.table"), by_sector(context, frame), tuple(columns), note)
    yield from context.told.notes(*(note for one in (place, bought) if one is not None for note in one.notes))


def _digital(context: IndustryContext, one: Integration) -> Iterator[Block]:
    rows = {row["users"]: row for row in one.overall.to_dicts()}
    every, others, output = rows["all"], rows["others"], one.industry["output_share"][0]
    figures = {"direct": every["direct"], "complete": every["complete"], "output": output}
    figures |= {"others_direct": others["direct"], "others_complete": others["complete"]}
    if all(value is not None for value in figures.values()):
        yield Paragraph(say("industries.digital.overall", **figures))
    frame = one.frame.sort("complete", descending=True, nulls_last=True, maintain_order=True)
    columns = (
        column("sector", "text"),
        column("digital", "text"),
        column("direct", digits=4),
        column("direct_share", "percent", 1),
        column("complete", digits=4),
        column("complete_share", "percent", 1),
    )
    title = say("industries.digital.table")
    yield Table("digital-inputs", title, yes_no(by_sector(context, frame), "digital"), columns)
    yield from context.told.notes(*one.notes)


def _embodied(context: IndustryContext, one: Embodied) -> Iterator[Block]:
    columns = (
        column("sector", "text"),
        column("emissions", "number", None),
        column("intensity", "number", None),
        column("multiplier", "number", None),
        column("upstream", "number", None),
        column("in_final", "number", None),
    )
    frame = by_sector(context, one.frame.sort("multiplier", descending=True, nulls_last=True, maintain_order=True))
    yield Table("embodied", say("industries.embodied.table"), frame, columns, say("industries.embodied.note"))
    accounts = accounts_frame(one.accounts)
    shown = (column("account", "text"), column("value", "number", None))
    yield Table("emission-accounts", say("industries.accounts.table"), accounts, shown)
    yield from context.told.notes(*one.notes)


def chokepoint_blocks(context: IndustryContext) -> Iterator[Block]:
    """Yield choke points with what is not assessed, and the three meters."""
    chain, told = _chain(context), context.told
    yield from told.absent(chain.chokepoints, say("industries.add.nothing"))
    if chain.chokepoints.result is not None:
        yield from _points(context, chain.chokepoints.result)
    yield from told.absent(chain.meters, say("industries.add.nothing"))
    if chain.meters.result is not None:
        yield from _meters(context, chain.meters.result)


def component(name: str) -> Text:
    """Return a component of choke points by its name."""
    return say(f"chokepoints.component.{name}")


def _points(context: IndustryContext, one: Chokepoints) -> Iterator[Block]:
    yield Paragraph(say("industries.chokepoints.how"))
    yield from context.told.notes(*one.notes)
    frame = points_frame(context, one.frame)
    few = frame.head(MOST)
    long = few.unpivot(on=list(COMPONENTS), index=["sector", "sector_zh", "sector_en"], variable_name="part")
    named = worded(long, "part", {name: component(name) for name in COMPONENTS})
    some = say("industries.chokepoints.some", count=frame.height, shown=few.height)
    every = say("industries.chokepoints.all", count=frame.height)
    yield parts(
        named.rename({"sector": "unit", "sector_zh": "unit_zh", "sector_en": "unit_en"}),
        id="chokepoints",
        title=say("industries.chokepoints.figure"),
        caption=say("industries.chokepoints.caption", shown=some if few.height < frame.height else every),
    )
    missing = [_names(names) for names in frame["missing"]]
    ends = one.sensitivity.select("sector", "rank_best", "rank_worst")
    whole = frame.join(ends, on="sector", how="left", maintain_order="left").with_columns(texts("missing", missing))
    columns = (
        column("sector", "text"),
        *(Column(name, component(name), "number", 3) for name in COMPONENTS),
        column("score"),
        column("rank", "integer"),
        column("rank_best", "integer"),
        column("rank_worst", "integer"),
        column("missing", "text"),
    )
    yield Table("chokepoints-table", say("industries.chokepoints.table"), whole, columns)
    if one.sensitivity.height:
        yield _sensitivity(context, one)


def _names(components: str | None) -> Text:
    return Text.join([component(name) for name in (components or "").split(", ") if name])


def _sensitivity(context: IndustryContext, one: Chokepoints) -> Table:
    without = [
        Column(f"rank_without_{name}", say("industries.column.without", part=component(name)), "integer")
        for name in COMPONENTS
    ]
    columns = (column("sector", "text"), column("rank", "integer"), *without, column("rank_mean", "integer"),
               column("rank_smallest", "integer"))  # fmt: skip
    title, note = say("industries.sensitivity.table"), say("industries.sensitivity.note")
    return Table("chokepoints-ranks", title, by_sector(context, one.sensitivity), columns, note)


def meter_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Return readings with meters, bases and status in words."""
    frame = worded(frame, "meter", {name: say(f"chokepoints.meter.{name}") for name in frame["meter"].unique()})
    frame = worded(frame, "basis", {name: say(f"chokepoints.basis.{name}") for name in frame["basis"].unique()})
    return worded(frame, "status", words("status", ("assessed", "in_part", "not_assessed")))


def _meters(context: IndustryContext, one: Meters) -> Iterator[Block]:
    yield Paragraph(say("industries.meters.how"))
    columns = (
        column("meter", "text"),
        column("basis", "text"),
        column("value"),
        column("sectors", "integer"),
        column("of", "integer"),
        column("status", "text"),
    )
    yield Table("meters", say("industries.meters.table"), meter_names(one.frame), columns)
    yield from context.told.notes(*one.notes)
