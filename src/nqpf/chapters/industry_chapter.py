"""Chapter *Industries*: where regions stand, how structures change, where each can go, what matters in the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Chapter, Paragraph, Section, Table
from nqpf.chapters.industry_chain import chain_blocks, chokepoint_blocks
from nqpf.chapters.industry_complexity import complexity_blocks
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_entry import backtest_blocks, entries_blocks
from nqpf.chapters.industry_findings import industry_findings
from nqpf.chapters.industry_frames import column, left_out_frame, money, years_frame
from nqpf.chapters.industry_structure import structure_blocks
from nqpf.errors import listing
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.relatedness.space import Space
from nqpf.messages import Text, say

Write = Callable[[IndustryContext], Iterator[Block]]
MOST_YEARS = 12
"""Years that a sentence lists at most."""


def industry_chapter(context: IndustryContext) -> Chapter:
    """Return the chapter and its findings; sections on what the study has no table of are left out, and it is said."""
    sections: dict[str, tuple[Text, Write]] = {"scope": (say("industries.section.scope"), _scope)}
    if context.found.spec.activity is not None:
        sections |= {
            "complexity": (say("industries.section.complexity"), complexity_blocks),
            "structure": (say("industries.section.structure"), structure_blocks),
            "backtest": (say("industries.section.backtest"), backtest_blocks),
            "entries": (say("industries.section.entries"), entries_blocks),
        }
    if context.found.chain is not None:
        sections |= {
            "chain": (say("industries.section.chain"), chain_blocks),
            "chokepoints": (say("industries.section.chokepoints"), chokepoint_blocks),
        }
    parts = [Section(f"industry-{id}", title, tuple(write(context))) for id, (title, write) in sections.items()]
    how = Paragraph(say("industries.how"))
    return Chapter("industry", say("industries.title"), (how, *parts), tuple(industry_findings(context)))


def _scope(context: IndustryContext) -> Iterator[Block]:
    """Yield what the chapter stands on, and what the study has no table of."""
    found = context.found
    if found.spec.activity is None:
        yield Paragraph(say("industries.add.activity"))
    else:
        yield Paragraph(_activity(context))
        yield from context.told.absent(found.space, say("industries.add.nothing"))
    if found.space.result is not None:
        yield from _space(context, found.space.result)
    if found.chain is None:
        yield Paragraph(say("industries.add.chain"))
    else:
        yield Paragraph(_table(found.chain.table))


def _activity(context: IndustryContext) -> Text:
    found = context.found
    assert found.material.activity is not None
    years = found.material.activity["year"].unique().sort().to_list()
    values = {"units": len(context.units), "industries": len(context.industries), "years": listing(years, MOST_YEARS)}
    return say("industries.scope.how", activity=context.activity or "", threshold=found.spec.space.threshold, **values)


def _space(context: IndustryContext, space: Space) -> Iterator[Block]:
    columns = (
        column("year", "integer"),
        column("units", "integer"),
        column("industries", "integer"),
        column("active", "integer"),
        column("active_share", "percent", 1),
        column("having", "integer"),
        column("fill", "percent", 1),
    )
    yield Table("industry-years", say("industries.scope.table"), years_frame(space), columns)
    gone = pl.concat([space.left_out, *_apart(context)])
    if gone.height:
        shown = (
            column("year", "integer"),
            column("side", "text"),
            column("name", "text"),
            column("reason", "text"),
            column("figure", "number", None),
            column("minimum", "number", None),
        )
        yield Table("industry-left-out", say("industries.left_out.table"), left_out_frame(context, gone), shown)
    yield from context.told.notes(*space.notes)


def _apart(context: IndustryContext) -> list[pl.DataFrame]:
    """Return who has no complexity because nothing connects it with the rest."""
    found = context.found.complexity.result
    return [] if found is None else [found.left_out.filter(pl.col("reason") == "apart")]


def _table(table: IOTable) -> Text:
    unknown = say("industries.unknown")
    year = unknown if table.year is None else table.year
    return say(
        "industries.scope.chain", sectors=len(table.sectors), year=year, unit=money(table),
        source=table.source or unknown,
    )  # fmt: skip
