"""A study as it is written: one YAML file with data, framework, recipe and report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from nqpf.chapters.selection import Detail
from nqpf.data.missing import Beyond, Edges, Rate, Rule, Scale
from nqpf.data.panel import Mixable
from nqpf.errors import NqpfError, SpecError, Where
from nqpf.index import Framework, Recipe
from nqpf.index.multiverse import MultiverseSpec
from nqpf.index.planning.spec import GradesSpec, PlanningSpec, Ranks
from nqpf.industry.spec import IndustrySpec
from nqpf.messages import Text
from nqpf.numerics.impute import Effects
from nqpf.productivity.scenario.spec import ScenarioSpec
from nqpf.productivity.spec import ProductivitySpec
from nqpf.regions.spec import RegionsSpec
from nqpf.synthesis.spec import SystemSpec
from nqpf.text.spec import TextSpec
from nqpf.yamlfile import Document, Label, Strict, load, validate

Conflicts = Literal["stop", "neither", "first", "last"]
Unplaced = Literal["stop", "apart"]
GroupScheme = Literal["bloc4", "zone8", "coast", "south", "belt3", "route", "base4", "yangtze_belt", "yellow_basin"]
Format = Literal["html", "docx", "pdf", "xlsx"]
FORMATS: tuple[Format, ...] = get_args(Format)


class KnownSpec(Strict):
    """What a person says of a sheet because it does not say so itself: the answer to a question of the reading.

    Attributes
    ----------
    sheet
        The sheet; default: all of the file.
    unit, period, indicator, measure, source, vintage, scope
        What holds for all its numbers.
    """

    sheet: str | None = None
    unit: str | None = None
    period: str | None = None
    indicator: str | None = None
    measure: str | None = None
    source: str | None = None
    vintage: str | None = None
    scope: str | None = None

    @field_validator("period", "vintage", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value


class TableSpec(Strict):
    """A file of data. The columns are those of `nqpf.read`; a path is relative to the study's file.

    Attributes
    ----------
    file
        Path of the file.
    sheet
        Sheet of a workbook; default: all.
    unit, period, code, indicator, value, measure
        Columns that are not found by the usual headers.
    places
        ``auto``, ``provinces``, ``cities``, ``countries`` or ``none``.
    recipe
        A reading recipe that says how the file is laid out; a path relative to the study's file.
    known
        What its sheets do not say themselves: ``[{sheet: 人口, period: 2019}]``.
    """

    file: str
    sheet: str | None = None
    unit: str | None = None
    period: str | None = None
    code: str | None = None
    indicator: str | None = None
    value: str | None = None
    measure: str | None = None
    places: Literal["auto", "provinces", "cities", "countries", "none"] = "auto"
    recipe: str | None = None
    known: tuple[KnownSpec, ...] = ()


class SeriesSpec(Strict):
    """What is known of a raw series.

    Attributes
    ----------
    column
        Its name in the file, if it is not the id used in formulas.
    title
        Title, as one text or ``{zh: …, en: …}``.
    unit
        Unit of measure in the file.
    convert
        Unit to convert to; every converted cell is in the ledger. Rows that state units of their own are each converted
        from theirs; without it, one series in several units is refused.
    source, vintage, scope
        Who published it, in which edition, and of whom or what; formulas mix neither vintages nor scopes unless told
        to.
    note
        What a reader must know; default: the footnotes of its table.
    mix
        What its rows may mix by name: ``[vintage]``, ``[scope]`` or both.
    """

    column: str | None = None
    title: Label | None = None
    unit: str | None = None
    convert: str | None = None
    source: str | None = None
    vintage: str | None = None
    scope: str | None = None
    note: Label | None = None
    mix: tuple[Mixable, ...] = ()

    @field_validator("vintage", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value


class RejectSpec(Strict):
    """A cell whose figure is known to be wrong: it is taken as missing, and stands in the ledger with the reason."""

    series: str
    unit: str
    period: int
    reason: Label


class MissingSpec(Strict):
    """What to do about missing values: the words of `nqpf.data.fill`, which explains them; the seed is the study's.

    Attributes
    ----------
    groups
        Of ``group_trend``: a scheme for provinces, or ``{group: [units, …]}``.
    using
        Of ``regression``: ``{series: [series, …]}``.
    """

    rule: Rule = "stop"
    series: Mapping[str, Rule] = {}
    edges: Edges = "stop"
    max_gap: int | None = Field(None, ge=0)
    max_extrapolation: int | None = Field(None, ge=0)
    beyond: Beyond = "stop"
    rate: Rate = "compound"
    rate_years: int = Field(5, ge=1)
    groups: GroupScheme | Mapping[str, tuple[str, ...]] | None = None
    using: Mapping[str, tuple[str, ...]] = {}
    scale: Scale = "auto"
    effects: Effects = "unit_trend"
    ridge: float = Field(0.01, ge=0)
    draws: int = Field(0, ge=0)


class DataSpec(Strict):
    """Files, what is known of their series, and which part is used.

    Attributes
    ----------
    tables
        Files of data.
    series
        What is known of each raw series, by the id that formulas use.
    missing
        What to do about missing values.
    reject
        Cells known to be wrong.
    periods
        First and last year used; default: all.
    exclude
        Units left out, by name or code.
    repairs
        Misread names (内蒙占) whose proposed repair is accepted; one that is not proposed any more is an error.
    apart
        Names that are no units, a refused repair among them: their rows are set apart.
    unplaced
        All other names that no scheme of places knows: ``stop``, or set ``apart``.
    conflicts
        Cells that two tables give differently: ``stop``; missing (``neither``); as in the ``first`` or ``last`` table.
        What two tables give alike counts once.
    """

    tables: tuple[TableSpec, ...]
    series: Mapping[str, SeriesSpec] = {}
    missing: MissingSpec = MissingSpec()
    reject: tuple[RejectSpec, ...] = ()
    periods: tuple[int, int] | None = None
    exclude: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    unplaced: Unplaced = "stop"
    conflicts: Conflicts = "stop"

    @field_validator("tables")
    @classmethod
    def _some(cls, tables: tuple[TableSpec, ...]) -> tuple[TableSpec, ...]:
        if not tables:
            raise PydanticCustomError("too_short", "at least one table")
        return tables


class GroupSpec(Strict):
    """A group of units of the user's own."""

    id: str
    title: Label
    units: tuple[str, ...]


class ReportSpec(Strict):
    """What the report is like.

    Attributes
    ----------
    lang
        Language the report opens in, and of the figures' files.
    groups
        Groups that units are compared with: a scheme for provinces (such as ``bloc4`` or ``route``) or
        groups of one's own. Default: ``bloc4`` for provinces, none otherwise.
    ranks
        With their intervals (``interval``), units in grades only (``groups``), or no ranks and no grades (``none``).
    grades
        Of ``ranks: groups``: where the grades part.
    formats
        Files that are written: ``html`` to explore, ``docx`` to submit, ``pdf`` to print, ``xlsx`` to check.
    chapters
        Chapters wanted, by id; default: all. The summary is always there.
    detail
        ``brief``: findings, figures and short tables; ``standard``; ``full``: every row of every table, on paper too.
    anonymous
        Codes stand in the place of units' names.
    template
        A Word file of one's own, whose styles and page the Word report takes; a path relative to the study's file.
    """

    lang: Literal["zh", "en"] | None = None
    groups: GroupScheme | tuple[GroupSpec, ...] | None = None
    ranks: Ranks = "interval"
    grades: GradesSpec | None = None
    formats: tuple[Format, ...] = Field(("html", "xlsx"), min_length=1)
    chapters: tuple[str, ...] | None = None
    detail: Detail = "standard"
    anonymous: bool = False
    template: str | None = None

    @model_validator(mode="after")
    def _grades_of_groups(self) -> ReportSpec:
        if (self.ranks == "groups") != (self.grades is not None):
            raise PydanticCustomError("report_grades", "ranks: groups goes with grades")
        return self


OF_INDEX = ("recipe", "size", "systems", "multiverse", "planning", "productivity", "regions", "system", "scenario")
"""Keys of a study that speak of its index, and mean nothing without one."""


class StudySpec(Strict):
    """The whole file.

    Attributes
    ----------
    study
        Name of the study, in letters that can stand in a file name.
    title
        Title of the report.
    about
        What the study can and cannot say; printed at the top of the report.
    seed
        Seed of everything random.
    size
        Raw series that say how large a unit is, e.g. ``[population, gdp]``: how much of the index goes with size is
        shown.
    systems
        For ``nqpf compare``: formulas over the raw series for indicators of published systems, by system and
        indicator.
    data, framework, recipe, multiverse, planning, productivity, regions, industry, text, system, scenario, report
        The parts. ``framework`` may be the path of a file of its own; ``multiverse: {}`` builds the index in every
        defensible way; ``planning`` gives targets, points for ranks, and strength, efficiency and potential;
        ``productivity`` measures total factor productivity; ``regions`` compares the units in space and time;
        ``industry`` says where each region can go, what holds the chain, and plans; ``text`` measures a corpus;
        ``system: {}`` puts what was measured together: circles, balances, paths; ``scenario`` projects. A study has an
        index (``data`` and ``framework``), ``industry`` or ``text``, or several of them.
    """

    study: str
    title: Label
    about: Label | None = None
    seed: int = 20240131
    data: DataSpec | None = None
    framework: str | Mapping[str, object] | None = None
    recipe: Recipe = Recipe()
    size: tuple[str, ...] = ()
    multiverse: MultiverseSpec | None = None
    planning: PlanningSpec | None = None
    productivity: ProductivitySpec | None = None
    regions: RegionsSpec | None = None
    industry: IndustrySpec | None = None
    text: TextSpec | None = None
    system: SystemSpec | None = None
    scenario: ScenarioSpec | None = None
    report: ReportSpec = ReportSpec()
    systems: Mapping[str, Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A study, read and checked.

    Attributes
    ----------
    spec
        What is written in the file.
    tree
        The tree of indicators; None where the study has no index.
    document
        The file with its line numbers.
    folder
        Folder that paths are relative to.
    framework_file
        File the framework was read from, if it is one of its own.
    """

    spec: StudySpec
    tree: Framework | None
    document: Document
    folder: Path
    framework_file: Path | None

    @classmethod
    def load(cls, path: str | Path) -> Study:
        """Read a study from its YAML file.

        Raises
        ------
        SpecError
            With file, line, key, and what would be right.
        """
        document = load(path)
        spec = validate(StudySpec, document)
        folder = Path(path).parent
        _check_parts(spec, document)
        if spec.framework is None:
            return cls(spec, None, document, folder, None)
        if isinstance(spec.framework, str):
            file = folder / spec.framework
            return cls(spec, Framework.from_yaml(file), document, folder, file)
        return cls(spec, Framework.from_document(document, ("framework",)), document, folder, None)

    @property
    def framework(self) -> Framework:
        """The tree of indicators.

        Raises
        ------
        SpecError
            The study has no index.
        """
        if self.tree is None:
            raise SpecError("no_index", where=self.where())
        return self.tree

    @property
    def beside(self) -> Framework | None:
        """Indicators beside the index, which serve readings of the system; None where there are none."""
        listed = self.spec.system.beside if self.spec.system is not None else ()
        return Framework.of_list(listed, self.document, ("system", "beside")) if listed else None

    @property
    def data(self) -> DataSpec:
        """The data of the index.

        Raises
        ------
        SpecError
            The study has no index.
        """
        if self.spec.data is None:
            raise SpecError("no_index", where=self.where())
        return self.spec.data

    @property
    def title(self) -> Text:
        """Title of the report."""
        return self.spec.title

    def where(self, *at: str | int) -> Where:
        """Return the place of a key of the study in words."""
        return self.document.where(at)

    def located(self, error: NqpfError) -> NqpfError:
        """Return an error of the index with its place in the study: the indicator's line, or else the recipe's."""
        if error.where.file is not None:
            return error
        written = (i.where for i in self.framework.indicators if i.id == error.where.indicator)
        return error.at(next(written, self.where("recipe")))

    def files(self) -> list[str]:
        """Return the files of data, as they are written."""
        files = [table.file for table in self.spec.data.tables] if self.spec.data else []
        if self.spec.regions is not None:
            weights = self.spec.regions.weights
            files += [file for file in (self.spec.regions.coordinates, weights and weights.file) if file]
        if self.spec.industry is not None:
            files += self.spec.industry.tables.values()
        if self.spec.text is not None:
            files += [os.path.relpath(path, self.folder) for path in self.spec.text.paths(self.folder)]
        return files

    def paths(self) -> list[Path]:
        """Return the files of data."""
        return [self.folder / file for file in self.files()]


def _check_parts(spec: StudySpec, document: Document) -> None:
    """Refuse a study with half an index, or with keys that speak of an index it does not have."""
    there = [name for name in ("data", "framework") if getattr(spec, name) is not None]
    if len(there) == 1 or not (there or spec.industry or spec.text):
        raise SpecError("missing_key", where=document.where(), name="framework" if there == ["data"] else "data")
    for key in (key for key in OF_INDEX if not there and key in spec.model_fields_set):
        raise SpecError("no_index_for", where=document.where((key,)), name=key)
