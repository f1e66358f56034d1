"""Regions, convergence: the spread by year, whether those that began lower grow faster, and clubs."""

from __future__ import annotations

from collections.abc import Iterator

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import beta_frame, clubs_frame
from nqpf.chapters.regions_parts import p_words
from nqpf.chapters.told import Told
from nqpf.charts.course import course
from nqpf.messages import say
from nqpf.regions.convergence.clubs import ClubsResult
from nqpf.regions.convergence.sigma import SigmaResult
from nqpf.regions.survey import CLUB_YEARS, Regions


def convergence_blocks(context: Context, found: Regions, told: Told) -> Iterator[Block]:
    """Yield σ, β and clubs."""
    yield from told.absent(found.sigma, say("regions.one_year"))
    if found.sigma.result is not None:
        yield from _sigma(found, found.sigma.result)
        yield from told.notes(*found.sigma.result.notes)
    yield from _beta(found, told)
    yield from told.absent(found.clubs, say("regions.clubs.short", least=CLUB_YEARS))
    if found.clubs.result is not None:
        yield from _clubs(context, found.clubs.result)
        yield from told.notes(*found.clubs.result.notes)


def _sigma(found: Regions, sigma: SigmaResult) -> Iterator[Block]:
    yield Paragraph(say("regions.sigma.how"))
    yield course(
        sigma.frame.select("period", value="sigma"),
        id="sigma",
        title=say("regions.sigma.figure", first=found.first, last=found.last),
        caption=say("regions.sigma.caption"),
        value_title=say("regions.axis.sigma"),
    )
    trend, ratio = sigma.trend.row(0, named=True), sigma.ratio.row(0, named=True)
    if trend["p"] is not None:
        yield Paragraph(say("regions.sigma.trend", slope=trend["slope"], se=trend["slope_se"], p=p_words(trend["p"])))
    if ratio["paired_p"] is not None:
        values = {"start": ratio["sigma_start"], "end": ratio["sigma_end"], "p": p_words(ratio["paired_p"])}
        yield Paragraph(say("regions.sigma.ends", **values))
    columns = (
        Column("period", say("column.period"), "integer"),
        Column("n", say("regions.column.units"), "integer"),
        Column("mean", say("regions.column.mean"), "number", 3),
        Column("sigma", say("regions.column.sigma"), "number", 3),
    )
    yield Table("sigma-table", say("regions.sigma.table"), sigma.frame, columns)


def _beta(found: Regions, told: Told) -> Iterator[Block]:
    yield from told.absent(found.absolute, say("regions.one_year"))
    yield from told.absent(found.conditional, say("regions.two_years"))
    frame = beta_frame(found)
    if not frame.height:
        return
    yield Paragraph(say("regions.beta.how"))
    columns = (
        Column("of", say("regions.column.beta")),
        Column("estimate", say("regions.column.slope"), "number", 4),
        Column("se", say("regions.column.se"), "number", 4),
        Column("p", say("regions.column.p"), "number", 3),
        Column("speed", say("regions.column.speed"), "percent", 1),
        Column("half_life", say("regions.column.half_life"), "number", 1),
        Column("n", say("regions.column.n"), "integer"),
    )
    yield Table("beta", say("regions.beta.table"), frame, columns, say("regions.beta.note"))
    results = (found.absolute.result, found.conditional.result)
    yield from told.notes(*(note for one in results if one is not None for note in one.notes))


def _clubs(context: Context, clubs: ClubsResult) -> Iterator[Block]:
    yield Paragraph(say("regions.clubs.how"))
    columns = (
        Column("club", say("regions.column.club")),
        Column("n", say("regions.column.units"), "integer"),
        Column("beta", say("regions.column.log_t"), "number", 2),
        Column("t", say("regions.column.t"), "number", 2),
        Column("kind", say("regions.column.kind")),
        Column("units", say("regions.column.members")),
    )
    frame = clubs_frame(context, clubs)
    yield Table("clubs", say("regions.clubs.table"), frame, columns, say("regions.clubs.note"))
