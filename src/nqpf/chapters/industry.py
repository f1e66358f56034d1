"""What the chapters on industries used, and their figures for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.industry_frames import candidates, years_frame
from nqpf.chapters.regions_frames import finite
from nqpf.industry.survey_chain import Chain
from nqpf.industry.survey_plan import Planned
from nqpf.results import Method, Part, Result

FIGURES = ("p", "low", "high", "density", "pci", "gain", "rca")
"""What is known of a candidate."""
PLAN = ("regions", "industries", "not_advised", "gaps", "crowding", "release", "prices", "objective", "terms")
"""Tables of a plan beside its targets; why every other candidate is no target stands in the files alone."""


def industry_methods(context: IndustryContext) -> dict[str, Mapping[str, Any]]:
    """Return the methods that were used, with their options, by id."""
    return {method.id: method.options for method in _methods(context)}


def _methods(context: IndustryContext) -> Iterator[Method]:
    for _, part in parts(context):
        if isinstance(part.result, Result):
            yield part.result.method


def parts(context: IndustryContext) -> Iterator[tuple[str, Part[Any]]]:
    """Yield everything that was tried, by its name."""
    found = context.found
    planned = found.planned.result
    for owner in (found, found.chain, found.warned, planned):
        for field in () if owner is None else fields(owner):
            part = getattr(owner, field.name)
            if isinstance(part, Part):
                yield field.name, part


def industry_record(context: IndustryContext) -> dict[str, Any]:
    """Return the figures of the chapters as they are written for machines, refusals with their reason."""
    frames = {name: frame for name, frame in _frames(context) if frame.height}
    record: dict[str, Any] = {name: finite(frame).to_dicts() for name, frame in frames.items()}
    refused = {name: part.refused for name, part in parts(context) if part.refused is not None}
    texts = {name: (error.code, context.told.refusal(error)) for name, error in refused.items()}
    record["refused"] = {name: {"code": code, "zh": text.zh, "en": text.en} for name, (code, text) in texts.items()}
    return record


def _frames(context: IndustryContext) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the tables of the chapters by name; of pairs the best candidates of each region only."""
    found = context.found
    yield from _regions(context)
    yield from _structures(context)
    if (card := found.backtest.result) is not None:
        yield from (("backtest", card.frame), ("calibration", card.calibration))
    if found.entry.result is not None:
        yield "entry_model", found.entry.result.coefficients
    if context.pairs.height:
        best = candidates(context).filter(pl.col("place") <= found.spec.entry.k)
        yield "entries", best.select("unit", "place", "industry", *FIGURES)
    if found.chain is not None:
        yield from _chain(found.chain)
    yield "lights", found.warned.all.lights
    if (planned := found.planned.result) is not None:
        yield from _own_frames(planned)
        if (plan := planned.plan.result) is not None:
            yield from ((f"plan_{name}", getattr(plan, name)) for name in PLAN)


def _regions(context: IndustryContext) -> Iterator[tuple[str, pl.DataFrame]]:
    found, last = context.found, context.found.last
    if found.space.result is not None:
        yield from (("years", years_frame(found.space.result)), ("left_out", found.space.result.left_out))
    if (one := found.complexity.result) is not None:
        yield from (("complexity", one.summary), ("regions", one.regions))
        yield "industries", one.industries.filter(year=last)
    if found.opportunity.result is not None:
        yield "opportunity", found.opportunity.result.regions.filter(year=last)


def _structures(context: IndustryContext) -> Iterator[tuple[str, pl.DataFrame]]:
    found = context.found
    if (alike := found.similarity.result) is not None:
        yield from (("similarity", alike.mean), ("similarity_trend", alike.trend))
        yield "similarity_to_whole", alike.units.filter(year=found.last)
    if found.diversity.result is not None:
        yield "diversity", found.diversity.result.frame.filter(year=found.last)
    if (layered := found.portfolios.result) is not None:
        yield from (("layers", layered.whole), ("layers_regions", layered.frame.filter(year=found.last)))
    if found.shift_share.result is not None:
        yield "shift_share", found.shift_share.result.frame
    if found.aspects.result is not None:
        yield "new_old", found.aspects.result.frame


def _chain(chain: Chain) -> Iterator[tuple[str, pl.DataFrame]]:
    if chain.balance.result is not None:
        yield "io_faults", chain.balance.result.faults
    yield from _own_frames(chain)
    if chain.digital.result is not None:
        yield "digital_overall", chain.digital.result.overall
    if chain.embodied.result is not None:
        yield "emission_accounts", chain.embodied.result.accounts
    if chain.chokepoints.result is not None:
        yield "chokepoint_ranks", chain.chokepoints.result.sensitivity


def _own_frames(owner: Chain | Planned) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the own table of every result of a chain or a plan."""
    for field in fields(owner):
        result = getattr(getattr(owner, field.name), "result", None)
        if isinstance(frame := getattr(result, "frame", None), pl.DataFrame):
            yield field.name, frame
