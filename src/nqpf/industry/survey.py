"""The industries of a study, every way its data allow: what the chapters are written from.

Each part is what a method gives, or the error that says why it cannot be had from these data: nothing is left out
without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import polars as pl

from nqpf.industry.entry.backtest import MODELS, BacktestCard, backtest
from nqpf.industry.entry.entry_model import EntryModel, entry_model
from nqpf.industry.entry.window import Pool
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.relatedness.complexity import Complexity
from nqpf.industry.relatedness.opportunity import Opportunity
from nqpf.industry.relatedness.space import Space, space
from nqpf.industry.spec import IndustrySpec
from nqpf.industry.structure.diversity import diversity
from nqpf.industry.structure.new_against_old import NewAgainstOldResult, new_against_old
from nqpf.industry.structure.portfolios import PortfoliosResult, portfolios
from nqpf.industry.structure.shift_share import ShiftShareResult, shift_share
from nqpf.industry.structure.similarity import SimilarityResult, similarity
from nqpf.industry.survey_cautions import Evidence, Warned, warn
from nqpf.industry.survey_chain import Chain, read_chain
from nqpf.industry.survey_plan import Planned, plan_study
from nqpf.results import Part, TableResult

T = TypeVar("T")
KEYS: dict[str, Any] = {"unit": "unit", "industry": "industry", "time": "year"}
ASPECTS = ("output", "labour", "profit", "revenue", "concentration", "firms", "rd", "skilled")


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What is surveyed; None or empty where the study has none.

    Attributes
    ----------
    activity
        unit, industry, year, value.
    layers, parents
        Layer and wider industry of each industry.
    aspects
        industry, year, layer and figures of new against old.
    table
        Input–output table of the region looked at.
    evidence, emissions
        What is known of its sectors.
    warning
        Tables that cautions are read from.
    plan_regions, plan_industries, plan_gaps
        What is known of the plan's regions, industries and gaps.
    """

    activity: pl.DataFrame | None = None
    layers: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    aspects: pl.DataFrame | None = None
    table: IOTable | None = None
    evidence: pl.DataFrame | None = None
    emissions: pl.DataFrame | None = None
    warning: Evidence | None = None
    plan_regions: pl.DataFrame | None = None
    plan_industries: pl.DataFrame | None = None
    plan_gaps: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Industry:
    """N regions and K industries in T years, and a chain.

    Attributes
    ----------
    spec, material
        What was asked for, of what.
    first, last
        Years; None without activity.
    space, complexity, opportunity
        Who has what; complexity, by the last year's industries where years are compared; what is near.
    similarity, diversity, portfolios, shift_share, aspects
        Structures: how alike, how diverse, by layer, what growth came from, new against old.
    backtest, entry
        How well entry could be told, and the model of it.
    pairs
        Every region and industry of the last year: rca, present, density, pci, gain, and p, low, high where the model
        gives them.
    chain
        What the input–output table says; None without one.
    warned
        Cautions.
    planned
        The plan; None where none is asked for, or where there are no probabilities.
    """

    spec: IndustrySpec
    material: Material
    first: int | None
    last: int | None
    space: Part[Space]
    complexity: Part[Complexity]
    opportunity: Part[Opportunity]
    similarity: Part[SimilarityResult]
    diversity: Part[TableResult]
    portfolios: Part[PortfoliosResult]
    shift_share: Part[ShiftShareResult]
    aspects: Part[NewAgainstOldResult]
    backtest: Part[BacktestCard]
    entry: Part[EntryModel]
    pairs: pl.DataFrame
    chain: Chain | None
    warned: Warned
    planned: Part[Planned]


def survey_industry(spec: IndustrySpec, material: Material, seed: int) -> Industry:
    """Return what a study asks about its industries.

    Parameters
    ----------
    spec, material
        What is asked, of what.
    seed
        Of folds, draws and permutations.
    """
    table = material.activity
    years = [] if table is None else table["year"].unique().sort().to_list()
    having: dict[str, Any] = spec.space.model_dump()
    found: Part[Space] = Part.asked(table is not None, lambda: space(table, "value", **KEYS, **having))
    several = len(years) > 1
    there = found.result
    opportunity = Part.asked(there is not None, lambda: _there(there).opportunity(parts="largest"))
    entry, card = _entry(spec, table, several, having, seed)
    pairs = _pairs(opportunity.result, entry.result, years[-1] if years else None)
    kinds: dict[str, Any] = {**KEYS, "empty": spec.space.empty}
    return Industry(
        spec=spec,
        material=material,
        first=years[0] if years else None,
        last=years[-1] if years else None,
        space=found,
        complexity=Part.asked(
            there is not None, lambda: _there(there).complexity(anchor=years[-1] if several else None, parts="largest")
        ),
        opportunity=opportunity,
        similarity=Part.asked(
            table is not None, lambda: similarity(table, "value", **kinds, kind=spec.similarity)
        ),
        diversity=Part.asked(table is not None, lambda: _diversity(material, kinds)),
        portfolios=Part.asked(several and bool(material.layers), lambda: _portfolios(material, kinds)),
        shift_share=Part.asked(several, lambda: shift_share(table, "value", **kinds)),
        aspects=Part.asked(material.aspects is not None, lambda: _aspects(spec, material, seed)),
        backtest=card,
        entry=entry,
        pairs=pairs,
        chain=None if material.table is None else _chain(spec, material),
        warned=warn(spec, material.warning or Evidence(activity=table), _nearness(pairs), seed),
        planned=_planned(spec, material, pairs, seed),
    )  # fmt: skip


def _there(value: T | None) -> T:
    """Return a value that is known to be there."""
    assert value is not None
    return value


def _entry(
    spec: IndustrySpec, table: pl.DataFrame | None, several: bool, having: dict[str, Any], seed: int
) -> tuple[Part[EntryModel], Part[BacktestCard]]:
    """Return the model of entry and its backtest, where two years are there."""
    asked = spec.entry
    between: dict[str, Any] = {**KEYS, "start": asked.start, "end": asked.end, "threshold": spec.space.threshold}
    model = Part.asked(
        several, lambda: entry_model(table, "value", **between, model=asked.model, empty=spec.space.empty, seed=seed)
    )
    models = MODELS if asked.model in MODELS else (*MODELS, asked.model)
    return model, _card(several, lambda pools: backtest(
        table, "value", **between, k=asked.k, models=models, pools=pools, empty=spec.space.empty, seed=seed
    ))  # fmt: skip


def _card(several: bool, test: Callable[[tuple[Pool, ...]], BacktestCard]) -> Part[BacktestCard]:
    """Return the backtest of all entries and of deep ones; of all only, where nobody entered from deep."""
    both = Part.asked(several, lambda: test(("all", "deep")))
    if both.refused is not None and both.refused.code == "entry_no_positives":
        return Part.of(lambda: test(("all",)))
    return both


def _diversity(material: Material, kinds: dict[str, Any]) -> TableResult:
    table = _there(material.activity)
    if not material.parents:
        return diversity(table, "value", **kinds)
    wider = table.with_columns(parent=pl.col("industry").replace_strict(material.parents, default=None))
    return diversity(wider, "value", **kinds, parent="parent")


def _portfolios(material: Material, kinds: dict[str, Any]) -> PortfoliosResult:
    table = _there(material.activity)
    layered = table.with_columns(layer=pl.col("industry").replace_strict(material.layers, default=None))
    return portfolios(layered, "value", **kinds, layer="layer")


def _aspects(spec: IndustrySpec, material: Material, seed: int) -> NewAgainstOldResult:
    table = _there(material.aspects)
    columns: dict[str, Any] = {name: name for name in ASPECTS if name in table.columns}
    there = set(material.layers.values())
    new, old = ([layer for layer in asked if layer in there] or asked for asked in (spec.new, spec.old))
    return new_against_old(
        table, industry="industry", time="year", layer="layer", new=new, old=old, seed=seed, **columns
    )


def _chain(spec: IndustrySpec, material: Material) -> Chain:
    assert material.table is not None
    assert spec.chain is not None
    return read_chain(material.table, spec.chain.digital, material.evidence, material.emissions)


def _pairs(opportunity: Opportunity | None, entry: EntryModel | None, last: int | None) -> pl.DataFrame:
    """Return every region and industry of the last year with what is known of the two."""
    schema = {"unit": pl.String, "industry": pl.String, "rca": pl.Float64, "present": pl.Boolean}
    schema |= dict.fromkeys(("density", "pci", "gain", "p", "low", "high"), pl.Float64)
    if opportunity is None:
        return pl.DataFrame(schema=schema)
    pairs = opportunity.pairs.filter(pl.col("year") == last).drop("year")
    if entry is None:
        return pairs.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("p", "low", "high"))
    told = entry.predict(at=last).frame.select("unit", "industry", "p", "low", "high")
    return pairs.join(told, on=["unit", "industry"], how="left", maintain_order="left")


def _nearness(pairs: pl.DataFrame) -> pl.DataFrame | None:
    """Return how near each region is to each industry."""
    return pairs.select("unit", "industry", capability="density") if pairs.height else None


def _planned(spec: IndustrySpec, material: Material, pairs: pl.DataFrame, seed: int) -> Part[Planned]:
    if spec.plan is None:
        return Part()
    asked = spec.plan
    layers = pl.DataFrame(
        list(material.layers.items()), schema={"industry": pl.String, "layer": pl.String}, orient="row"
    )
    return Part.of(
        lambda: plan_study(
            asked, pairs, layers, material.plan_regions, material.plan_industries, material.plan_gaps, seed
        )
    )
