"""Chapter *Robustness*: the index under every combination of defensible choices, and which of them matter."""

from __future__ import annotations

import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, Column, Paragraph, Section, Table
from nqpf.chapters.context import Context
from nqpf.chapters.multiverse_findings import multiverse_findings
from nqpf.chapters.multiverse_frames import design_frame, failures_frame, ranks_frame, shares_frames, slots_frame
from nqpf.charts.figure import Figure
from nqpf.charts.rank_bands import rank_bands
from nqpf.charts.variance_shares import variance_shares
from nqpf.errors import listing
from nqpf.index.multiverse import Multiverse
from nqpf.messages import Text, say

MOST_BANDS = 60
"""Units that a figure shows at most: with more, as many from either end."""


def multiverse_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings; one sentence where the study asks for no multiverse."""
    found = context.multiverse
    title = say("multiverse.title")
    if found is None:
        return Chapter("robustness", title, (Paragraph(say("multiverse.not_asked")),))
    ranks, (effects, slots) = ranks_frame(context, found), shares_frames(found)
    blocks: list[Block] = [Callout(note.text(), note.severity) for note in found.notes]
    blocks += [
        Section("choices", say("multiverse.choices"), (Paragraph(_how(found)), _slots_table(found))),
        Section(
            "rank-range",
            say("multiverse.range"),
            (_bands(found, ranks), *_zones(context, ranks), _ranks_table(found, ranks)),
        ),
        Section("what-matters", say("multiverse.matters"), _share_blocks(found, effects, slots)),
        Section("runs", say("multiverse.runs"), tuple(_run_blocks(found))),
    ]
    return Chapter("robustness", title, tuple(blocks), multiverse_findings(context, found, ranks, slots))


def _how(found: Multiverse) -> Text:
    numbers = {
        "runs": len(found),
        "distinct": len(found.run_scores),
        "slots": len(found.slots),
        "year": found.periods[-1],
    }
    design = say(f"multiverse.design.{found.design.kind}")
    return say("multiverse.how", design=design, seed=found.method.options["seed"], **numbers)


def _slots_table(found: Multiverse) -> Table:
    columns = (
        Column("slot", say("multiverse.column.slot")),
        Column("position", say("multiverse.column.position"), "integer"),
        Column("alternative", say("multiverse.column.alternative")),
    )
    note = None if found.noise is None else say(f"multiverse.noise.{found.noise.kind}", **_noise(found))
    return Table("multiverse-slots", say("multiverse.slots_title"), slots_frame(found), columns, note)


def _noise(found: Multiverse) -> dict[str, float]:
    if found.noise is None:
        return {}
    return {"concentration": found.noise.concentration, "width": 100 * found.noise.width}


def _words(found: Multiverse) -> dict[str, object]:
    return {"level": 100 * found.level, "places": found.places, "year": found.periods[-1]}


def _bands(found: Multiverse, ranks: pl.DataFrame) -> Figure:
    shown = ranks
    caption = say("multiverse.bands.caption", **_words(found))
    if ranks.height > MOST_BANDS:
        half = MOST_BANDS // 2
        shown = pl.concat([ranks.head(half), ranks.tail(half)])
        caption = Text.join([caption, say("multiverse.bands.cut", half=half, count=ranks.height)], "", " ")
    title = say("multiverse.bands.title", **_words(found))
    return rank_bands(shown, id="rank-bands", title=title, caption=caption)


def _zones(context: Context, ranks: pl.DataFrame) -> list[Paragraph]:
    """Return who stands firmly in the head and in the tail, and how many in neither."""
    found = []
    for zone in ("head", "tail"):
        units = [context.label(u) for u in ranks.filter(zone=zone)["unit"].to_list()]
        if units:
            found.append(Paragraph(say(f"multiverse.zone_list.{zone}", names=listing(units, 40), count=len(units))))
        else:
            found.append(Paragraph(say(f"multiverse.zone_none.{zone}")))
    grey = ranks.filter(zone="grey").height
    return [*found, Paragraph(say("multiverse.zone_grey", count=grey, total=ranks.height))]


def _ranks_table(found: Multiverse, ranks: pl.DataFrame) -> Table:
    columns = (
        Column("rank", say("multiverse.column.baseline"), "integer"),
        Column("unit", say("column.unit")),
        Column("median", say("multiverse.column.median"), "number", 1),
        Column("low", say("multiverse.column.low", level=100 * found.level), "number", 1),
        Column("high", say("multiverse.column.high", level=100 * found.level), "number", 1),
        Column("best", say("multiverse.column.best"), "integer"),
        Column("worst", say("multiverse.column.worst"), "integer"),
        Column("within", say("multiverse.column.within", places=found.places), "percent", 0),
        Column("zone", say("multiverse.column.zone")),
    )
    note = say("multiverse.ranks_note", **_words(found))
    return Table("rank-intervals", say("multiverse.ranks_title", **_words(found)), ranks, columns, note)


def _share_blocks(found: Multiverse, effects: pl.DataFrame, slots: pl.DataFrame) -> tuple[Block, ...]:
    if slots["first"].null_count() == slots.height:
        return (Paragraph(say("multiverse.nothing_moves")),)
    way = "exact" if effects["low"].null_count() == effects.height else found.design.kind
    caption = say(f"multiverse.shares.{way}", level=100 * found.level)
    figure = variance_shares(slots, id="variance-shares", title=say("multiverse.shares.title"), caption=caption)
    columns = [
        Column("slot", say("multiverse.column.slot")),
        Column("effect", say("multiverse.column.effect")),
        Column("share", say("multiverse.column.share"), "percent", 1),
    ]
    if way != "exact":
        columns += [Column("low", say("chart.effect_low"), "percent", 1)]
        columns += [Column("high", say("chart.effect_high"), "percent", 1)]
    table = Table("variance-table", say("multiverse.shares.table"), effects, tuple(columns), caption)
    return (Paragraph(say("multiverse.shares.how")), figure, table)


def _run_blocks(found: Multiverse) -> list[Block]:
    slots = [Column(slot.name, slot.title) for slot in found.slots]
    state = Column("status", say("multiverse.column.status"))
    run = Column("run", say("multiverse.column.run"), "integer")
    blocks: list[Block] = []
    if found.failures:
        numbers = {"failed": len(found.failures) - len(found.refused), "refused": len(found.refused)}
        blocks.append(Paragraph(say("multiverse.some_failed", total=len(found.run_scores), **numbers)))
        columns = (run, state, *slots, Column("reason", say("multiverse.column.reason")))
        blocks.append(Table("multiverse-failed", say("multiverse.failed_title"), failures_frame(found), columns))
    else:
        blocks.append(Paragraph(say("multiverse.none_failed", runs=len(found))))
    blocks.append(Table("multiverse-design", say("multiverse.design_title"), design_frame(found), (run, state, *slots)))
    return blocks
