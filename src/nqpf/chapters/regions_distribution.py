"""Regions, distribution: its shape over the years, and how often units change their class, alone and by neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from nqpf.chapters.blocks import Block, Column, Paragraph, Table
from nqpf.chapters.context import Context
from nqpf.chapters.regions_frames import classes_of, finite, mobility_frame, moves_frame, texts
from nqpf.chapters.told import Told
from nqpf.charts.ridge import ridge
from nqpf.messages import Text, say
from nqpf.regions.distribution.kernel_density import KernelDensity
from nqpf.regions.distribution.markov import MarkovChain
from nqpf.regions.distribution.spatial_markov import SpatialMarkovChain
from nqpf.regions.survey import Regions

EVERY = 6
"""Every so many points of a density are drawn: the eye sees no more."""


def distribution_blocks(context: Context, found: Regions, told: Told) -> Iterator[Block]:
    """Yield densities, transitions, and transitions by neighbours."""
    yield from told.absent(found.density, say("regions.one_year"))
    if found.density.result is not None:
        yield from _density(context, found, found.density.result)
        yield from told.notes(*found.density.result.notes)
    yield from told.absent(found.chain, say("regions.one_year"))
    if found.chain.result is not None:
        yield from _chain(found, found.chain.result)
        yield from told.notes(*found.chain.result.notes)
    alone = found.material.weights is None
    yield from told.absent(found.spatial_chain, say("regions.add.weights") if alone else say("regions.one_year"))
    if found.spatial_chain.result is not None:
        yield from _spatial_chain(found, found.spatial_chain.result)
        yield from told.notes(*found.spatial_chain.result.notes)


def _density(context: Context, found: Regions, density: KernelDensity) -> Iterator[Block]:
    yield Paragraph(say("regions.density.how"))
    years = density.frame["period"].unique(maintain_order=True)
    thin = pl.concat([density.frame.filter(period=year).gather_every(EVERY) for year in years])
    yield ridge(
        thin,
        density.summary.select("period", value="mean"),
        id="ridge",
        title=say("regions.density.figure", first=found.first, last=found.last),
        caption=say("regions.density.caption"),
        value_title=context.framework.title,
    )


def _chain(found: Regions, chain: MarkovChain) -> Iterator[Block]:
    names = classes_of(chain.classes)
    yield Paragraph(say("regions.markov.how", classes=len(names), years=found.spec.horizon))
    frame = moves_frame(chain.transitions, names)
    columns = [Column("class", say("regions.column.class")), Column("n", say("regions.column.moves"), "integer")]
    columns += _to(len(names))
    if chain.status in ("irreducible", "periodic"):
        frame = frame.with_columns(chain.classes["ergodic"])
        columns.append(Column("ergodic", say("regions.column.ergodic"), "percent", 1))
    title = say("regions.markov.table", first=found.first, last=found.last)
    note = say(f"regions.markov.note.{'settles' if 'ergodic' in frame.columns else 'unsettled'}")
    yield Table("markov", title, frame, tuple(columns), note)
    columns = [
        Column("index", say("regions.column.mobility")), Column("value", say("regions.column.value"), "number", 3)
    ]  # fmt: skip
    yield Table("mobility", say("regions.mobility.table"), finite(mobility_frame(chain)), tuple(columns))


def _to(classes: int) -> list[Column]:
    return [Column(f"to_{k}", say("regions.column.to", to=k)) for k in range(1, classes + 1)]


def _spatial_chain(found: Regions, chain: SpatialMarkovChain) -> Iterator[Block]:
    names = classes_of(chain.classes.filter(kind="value"))
    lags = classes_of(chain.classes.filter(kind="lag"))
    yield Paragraph(say("regions.spatial_markov.how", draws=found.spec.draws))
    parts = [
        moves_frame(chain.transitions.filter(lag_class=m), names)
        .with_columns(lag_class=pl.lit(m))
        .with_columns(texts("lag", [lag] * len(names)))
        for m, lag in enumerate(lags, start=1)
    ]
    short = [Text.same(k) for k in range(1, len(names) + 1)] * len(lags)
    frame = pl.concat(parts).with_columns(texts("class", short))
    columns = [
        Column("lag", say("regions.column.lag_class")),
        Column("class", say("regions.column.class")),
        Column("n", say("regions.column.moves"), "integer"),
        *_to(len(names)),
    ]
    yield Table("spatial-markov", say("regions.spatial_markov.table"), frame, tuple(columns))
    columns = [
        Column("of", say("regions.column.compared")),
        Column("statistic", say("regions.column.chi2"), "number", 2),
        Column("df", say("regions.column.df"), "integer"),
        Column("p", say("regions.column.p_chi2"), "number", 3),
        Column("p_permutation", say("regions.column.p_permutation"), "number", 3),
    ]
    title, note = say("regions.spatial_markov.tests"), say("regions.spatial_markov.note", draws=found.spec.draws)
    yield Table("spatial-markov-tests", title, _tests(chain.tests), tuple(columns), note)


def _tests(tests: pl.DataFrame) -> pl.DataFrame:
    """Return the tests by Pearson's statistic, all neighbours together first."""
    kept = tests.filter(test="Q")
    said = [
        say("regions.spatial_markov.all") if m is None else say("regions.spatial_markov.one", lag=m)
        for m in kept["lag_class"]
    ]
    return kept.with_columns(texts("of", said))
