"""What a study says of its industries, as it is written in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nqpf.industry.planning.spec import PlanSpec
from nqpf.yamlfile import Label, Strict


class ActivitySpec(Strict):
    """A plain table with a row for each region, industry and year.

    Attributes
    ----------
    file
        Path of the table, relative to the study's file; ``nqpf tidy`` makes one of tables as they come.
    unit, industry, time, value
        Its columns.
    title
        What is counted: employment, output, exports.
    places
        What the regions are: ``provinces``, ``cities``, ``countries``, or ``none`` for names of one's own.
    """

    file: str
    unit: str = "unit"
    industry: str = "industry"
    time: str = "year"
    value: str = "value"
    title: Label
    places: Literal["none", "provinces", "cities", "countries"] = "none"


class SpaceSpec(Strict):
    """When a region is said to have an industry: the words of `nqpf.industry.space`."""

    threshold: float = Field(1.0, gt=0)
    shrink: Literal["none", "eb"] = "none"
    nature: Literal["count", "amount"] | None = None
    min_total: float = Field(0.0, ge=0)
    min_share: float = Field(0.0, ge=0, lt=1)
    min_diversity: int = Field(1, ge=1)
    min_ubiquity: int = Field(1, ge=1)
    empty: Literal["raise", "drop"] = "raise"


class EntrySpec(Strict):
    """The entry model and its backtest.

    Attributes
    ----------
    start, end
        Years between which entries are looked at; default: the first and the last.
    k
        Industries of each region that the backtest takes as its list.
    model
        ``logit`` or ``boosting`` (scikit-learn).
    """

    start: int | None = None
    end: int | None = None
    k: int = Field(10, ge=1)
    model: Literal["logit", "boosting"] = "logit"


class ChainSpec(Strict):
    """An input–output table and what is known beside it.

    Attributes
    ----------
    file, sheet
        The table.
    layout
        ``long``: a row a delivery, columns supplier, user, value, with imports or several regions supplier_region, and
        with several regions user_region; ``square``: a world table as WIOD and ICIO lay it out; ``nbs``: as the
        National Bureau of Statistics does.
    region
        The region looked at, in a table of several.
    final, added, output, imports, uses
        Of ``long``: names of the final uses, of value added, of output, of the supplier_regions that are origins of
        imports, and what each final use is.
    split_imports
        Split imports off a competitive table in proportion: an assumption.
    tolerance
        What a row may miss of its output, as a share.
    names
        Table of sectors: code, zh, en.
    digital
        Sectors that make digital goods and services.
    evidence
        Table of sectors: sector and any of capability, non_substitutability, import_share, hhi, rca, own, reference.
    emissions
        Table of sectors: sector, emissions.
    """

    file: str
    sheet: str | None = None
    layout: Literal["long", "square", "nbs"] = "long"
    region: str | None = None
    final: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    output: str | None = None
    imports: tuple[str, ...] = ()
    uses: Mapping[str, str] = {}
    split_imports: bool = False
    tolerance: float = Field(1e-4, ge=0)
    names: str | None = None
    digital: tuple[str, ...] = ()
    evidence: str | None = None
    emissions: str | None = None

    @model_validator(mode="after")
    def _of_long(self) -> ChainSpec:
        if self.layout == "long" and not self.final:
            raise PydanticCustomError("industry_final", "a long table says which users are final")
        return self


class CautionsSpec(Strict):
    """Tables that cautions are read from; what has no table stands as not assessed.

    Attributes
    ----------
    capacity
        industry, year and any of demand, capacity, committed, utilisation, price, margin.
    series
        Long series that may run hot: period, value and, with several, series.
    plans
        Who names what in a plan: unit, industry and, where known, weight.
    investment
        unit, industry, year, investment and, where known, demand.
    traditional
        unit, industry, year and any of tfp, investment, employment, output; the layer comes from the table of
        industries.
    old
        The layer's word for traditional industries.
    """

    capacity: str | None = None
    series: str | None = None
    plans: str | None = None
    investment: str | None = None
    traditional: str | None = None
    old: str = "traditional"


class PlanTablesSpec(Strict):
    """Tables of what is known of regions, industries and chain gaps of a plan: see `nqpf.industry.plan`."""

    regions: str | None = None
    industries: str | None = None
    gaps: str | None = None


class StudyPlanSpec(PlanSpec):
    """A plan, and where its tables are.

    Attributes
    ----------
    value
        What a success is worth: ``complexity`` the share of industries that are no more complex; ``gain`` the same of
        the opportunity gain for the region; ``equal`` 1.
    headroom
        Regions that each industry has room for, as a share of all: an assumption, where the table of industries does
        not say.
    tables
        What is known besides.
    draws
        Plans on resampled probabilities.
    alternatives
        Other plans that are nearly as good.
    """

    value: Literal["complexity", "gain", "equal"] = "complexity"
    headroom: float | None = Field(None, gt=0, le=1)
    tables: PlanTablesSpec = PlanTablesSpec()
    draws: int = Field(20, ge=0)
    alternatives: int = Field(3, ge=0)


class IndustrySpec(Strict):
    """Where each region can go, what holds the chain, and a plan for all regions at once.

    Attributes
    ----------
    activity
        Regions × industries × years.
    units, industries
        Tables of names: code, zh, en; of industries also layer, parent and its parent_zh, parent_en, where known.
    layers
        Titles of layers by their word.
    new, old
        Layers that are new and old industry.
    space
        When a region has an industry.
    similarity
        Measure of likeness of structures.
    entry
        The entry model; it needs two years.
    aspects
        Table of industries × years for new against old: industry, year and any of output, labour, profit, revenue,
        concentration, firms, rd, skilled.
    chain
        An input–output table.
    cautions
        Tables for cautions.
    plan
        The plan; it needs the entry model.
    """

    activity: ActivitySpec | None = None
    units: str | None = None
    industries: str | None = None
    layers: Mapping[str, Label] = {}
    new: tuple[str, ...] = ("emerging", "future")
    old: tuple[str, ...] = ("traditional",)
    space: SpaceSpec = SpaceSpec()
    similarity: Literal["krugman", "unido", "finger_kreinin", "cosine"] = "krugman"
    entry: EntrySpec = EntrySpec()
    aspects: str | None = None
    chain: ChainSpec | None = None
    cautions: CautionsSpec = CautionsSpec()
    plan: StudyPlanSpec | None = None

    @model_validator(mode="after")
    def _something(self) -> IndustrySpec:
        if self.activity is None and self.chain is None:
            raise PydanticCustomError("industry_nothing", "activity, chain, or both")
        if self.plan is not None and self.activity is None:
            raise PydanticCustomError("industry_plan", "a plan needs activity")
        return self

    @property
    def tables(self) -> Mapping[str, str]:
        """The files of data by the key that names them, as they are written."""
        return dict(self._tables())

    def _tables(self) -> Iterator[tuple[str, str]]:
        for place, part in (("activity", self.activity), ("chain", self.chain)):
            if part is not None:
                yield f"{place}.file", part.file
        beside = {
            "": (self, ("units", "industries", "aspects")),
            "chain.": (self.chain, ("names", "evidence", "emissions")),
            "cautions.": (self.cautions, ("capacity", "series", "plans", "investment", "traditional")),
            "plan.tables.": (self.plan and self.plan.tables, ("regions", "industries", "gaps")),
        }
        for place, (spec, keys) in beside.items():
            for key in keys:
                if spec is not None and getattr(spec, key) is not None:
                    yield f"{place}{key}", getattr(spec, key)
