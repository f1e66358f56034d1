"""Chapter *Regions*: how unequal they are, how that moves, how it lies in space, and how systems go together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from nqpf.chapters.blocks import Block, Chapter, Paragraph, Section
from nqpf.chapters.context import Context
from nqpf.chapters.regions_convergence import convergence_blocks
from nqpf.chapters.regions_distribution import distribution_blocks
from nqpf.chapters.regions_findings import regions_findings
from nqpf.chapters.regions_frames import SCORED, finite, inequality_frame
from nqpf.chapters.regions_inequality import inequality_blocks
from nqpf.chapters.regions_parts import regions_told
from nqpf.chapters.regions_regression import regression_blocks
from nqpf.chapters.regions_space import space_blocks
from nqpf.chapters.regions_systems import systems_blocks
from nqpf.chapters.told import Told
from nqpf.errors import NqpfError
from nqpf.messages import Text, say
from nqpf.regions.survey import Regions
from nqpf.results import Method, Part

Write = Callable[[Context, Regions, Told], Iterator[Block]]


def regions_chapter(context: Context) -> Chapter:
    """Return the chapter and its findings; one sentence where the study asks for none."""
    found, title = context.regions, say("regions.title")
    if found is None:
        return Chapter("regions", title, (Paragraph(say("regions.not_asked")),))
    sections: Mapping[str, tuple[Text, Write]] = {
        "inequality": (say("regions.section.inequality"), inequality_blocks),
        "distribution": (say("regions.section.distribution"), distribution_blocks),
        "convergence": (say("regions.section.convergence"), convergence_blocks),
        "space": (say("regions.section.space"), space_blocks),
        "systems": (say("regions.section.systems"), systems_blocks),
        "regression": (say("regions.section.regression"), regression_blocks),
    }
    told = regions_told(context)
    parts = [
        Section(f"regions-{id}", name, tuple(write(context, found, told))) for id, (name, write) in sections.items()
    ]
    how = say("regions.how", index=context.framework.title, units=found.material.values["unit"].n_unique())
    return Chapter("regions", title, (Paragraph(how), *parts), tuple(regions_findings(context, found)))


def regions_methods(context: Context) -> dict[str, Mapping[str, Any]]:
    """Return the methods that were used, with their options, by id; options that differ between uses side by side."""
    used: dict[str, dict[str, Any]] = {}
    for method in _methods(context.regions):
        options = used.setdefault(method.id, {})
        for name, value in method.options.items():
            options[name] = (options[name], value) if name in options and options[name] != value else value
    return dict(used)


def _methods(found: Regions | None) -> Iterator[Method]:
    if found is None:
        return
    if found.material.weights is not None:
        yield found.material.weights.method
    for field in fields(found):
        part = getattr(found, field.name)
        if isinstance(part, Part) and part.result is not None:
            yield part.result.method
    if found.regression.result is not None:
        yield Method("regions.three_line")


def regions_record(context: Context) -> dict[str, Any]:
    """Return the figures of the chapter as they are written for machines, refusals with their reason."""
    found = context.regions
    if found is None:
        return {}
    frames = {name: frame for name, frame in _frames(context, found) if frame is not None}
    record: dict[str, Any] = {name: finite(frame).to_dicts() for name, frame in frames.items()}
    told = regions_told(context)
    refused = {f.name: part.refused for f in fields(found) if isinstance(part := getattr(found, f.name), Part)}
    record["refused"] = {name: _words(told, error) for name, error in refused.items() if error is not None}
    return record


def _words(told: Told, error: NqpfError) -> dict[str, str]:
    text = told.refusal(error)
    return {"code": error.code, "zh": text.zh, "en": text.en}


def _frames(context: Context, found: Regions) -> Iterator[tuple[str, pl.DataFrame | None]]:
    """Yield the tables of the chapter by name."""
    hidden = context.ranks == "groups"
    yield "inequality", inequality_frame(found)
    if (parted := found.dagum.result) is not None:
        yield from (("groups", parted.groups), ("pairs", parted.pairs))
    if (density := found.density.result) is not None:
        yield "densities", density.summary
    if (chain := found.chain.result) is not None:
        yield from (("transitions", chain.transitions), ("classes", chain.classes), ("passage", chain.passage))
        yield "mobility", chain.mobility
    if (by_lag := found.spatial_chain.result) is not None:
        yield from (("spatial_transitions", by_lag.transitions), ("spatial_tests", by_lag.tests))
    if (spread := found.sigma.result) is not None:
        yield from (("sigma", spread.frame), ("sigma_trend", spread.trend), ("sigma_ratio", spread.ratio))
    for name, one in (("beta_absolute", found.absolute.result), ("beta_conditional", found.conditional.result)):
        if one is not None:
            yield from ((name, one.frame), (f"{name}_speed", one.speed))
    if (clubs := found.clubs.result) is not None:
        yield from (("clubs", clubs.clubs), ("club_members", clubs.frame.drop("last")))
        yield "club_choices", clubs.choices
    yield "moran", None if found.moran.result is None else found.moran.result.frame
    if (local := found.lisa.result) is not None:
        yield "lisa", local.frame.drop(SCORED) if hidden else local.frame
    yield "centre", None if found.ellipse.result is None else found.ellipse.result.frame
    if (net := found.network.result) is not None:
        yield from (("network", net.frame), ("network_nodes", net.nodes), ("blocks", net.blocks))
    if (coupled := found.coupling.result) is not None:
        near = [c for c in coupled.frame.columns if hidden and c.startswith(("development", "coupling"))]
        yield from (("coordination", coupled.frame.drop(near)), ("coordination_pairs", coupled.pairs))
    if (circles := found.circles.result) is not None:
        yield from (("edges", circles.frame), ("circles", circles.circles))
    if (model := found.regression.result) is not None:
        yield from (("regression", model.coefficients), ("impacts", model.impacts().frame))
        tests = Part.of(model.tests).result
        yield "regression_tests", None if tests is None else tests.frame
