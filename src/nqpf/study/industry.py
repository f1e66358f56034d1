"""Read what a study says of its industries, name things, and have it surveyed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from nqpf.chapters import Context, IndustryContext
from nqpf.columns import numbers
from nqpf.data import places
from nqpf.errors import DataError, NqpfError, SpecError, Where, hint, listing
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.spec import ChainSpec, IndustrySpec, PlanTablesSpec
from nqpf.industry.survey import Material, survey_industry
from nqpf.industry.survey_cautions import Evidence
from nqpf.messages import Text
from nqpf.study.plain import label, plain_table
from nqpf.study.spec import Study


def industries_of(study: Study, context: Context | None) -> IndustryContext | None:
    """Return what the study asks about its industries; None where it does not.

    Parameters
    ----------
    study
        The study.
    context
        The material of its index, whose units are the same regions; None where it has none.

    Raises
    ------
    NqpfError
        With the place in the study.
    """
    spec = study.spec.industry
    if spec is None:
        return None
    try:
        reader = _Reader(study, spec)
        material = reader.material()
        found = survey_industry(spec, material, study.spec.seed)
    except NqpfError as error:
        key = error.where.key or ""
        raise error.at(study.where(*(key.split(".") if key.startswith("industry") else ["industry"]))) from None
    known = {} if context is None else {unit: context.label(unit) for unit in context.panel.units}
    return IndustryContext(
        title=study.title,
        about=study.spec.about,
        activity=None if spec.activity is None else spec.activity.title,
        found=found,
        units={unit: known.get(unit, title) for unit, title in reader.units.items()},
        industries=reader.industries,
        layers={layer: spec.layers.get(layer, Text.same(layer)) for layer in dict.fromkeys(material.layers.values())},
        sectors=reader.sectors,
        ranks=study.spec.report.ranks,
    )


@dataclass(eq=False)
class _Reader:
    """Reads the tables of a study, regions and industries by their ids.

    Attributes
    ----------
    study, spec
        The study, and what it says of its industries.
    units, industries, sectors
        Names by id, of what was read so far.
    codes
        Id of a region by each of its names.
    """

    study: Study
    spec: IndustrySpec
    units: dict[str, Text] = field(default_factory=dict)
    industries: dict[str, Text] = field(default_factory=dict)
    sectors: dict[str, Text] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def material(self) -> Material:
        """Return all tables."""
        activity, facts = self._activity(), self._industries()
        layers = {id: layer for id, layer in facts.select("industry", "layer").iter_rows() if layer}
        parents = {id: parent for id, parent in facts.select("industry", "parent").iter_rows() if parent}
        chain, spec = self.spec.chain, self.spec
        beside = PlanTablesSpec() if spec.plan is None else spec.plan.tables
        return Material(
            activity=activity,
            layers=layers,
            parents=parents,
            aspects=self._told("aspects", spec.aspects, "industry", "year", layers=layers),
            table=None if chain is None else self._table(chain),
            evidence=None if chain is None else self._told("chain.evidence", chain.evidence, "sector"),
            emissions=None if chain is None else self._told("chain.emissions", chain.emissions, "sector", "emissions"),
            warning=self._evidence(activity, layers),
            plan_regions=self._told("plan.tables.regions", beside.regions, "unit"),
            plan_industries=self._told("plan.tables.industries", beside.industries, "industry"),
            plan_gaps=self._told("plan.tables.gaps", beside.gaps, "gap"),
        )

    def _activity(self) -> pl.DataFrame | None:
        asked = self.spec.activity
        if asked is None:
            return None
        columns = (asked.unit, asked.industry, asked.time, asked.value)
        frame = plain_table(self.study, asked.file, "industry.activity.file", *columns)
        frame = frame.select(label(asked.unit).alias("unit"), label(asked.industry).alias("industry"),
                             label(asked.time).alias("year"), pl.col(asked.value).alias("value"))  # fmt: skip
        self.units = self._unit_names(frame["unit"].unique(maintain_order=True).to_list())
        self.industries = self._names("industries", self.spec.industries, frame["industry"])
        return self._years(frame.with_columns(self._coded("unit"))).drop_nulls("unit")

    def _years(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a table with whole numbers for years."""
        year = frame["year"].str.strip_suffix("年").cast(pl.Int64, strict=False)
        if year.has_nulls():
            row = int(year.is_null().arg_true()[0])
            raise DataError("not_a_year", where=Where(row=row + 1), value=frame["year"][row])
        return frame.with_columns(year.alias("year"))

    def _unit_names(self, written: list[str]) -> dict[str, Text]:
        """Return names of regions by id; provinces, cities and countries by their codes."""
        assert self.spec.activity is not None
        scheme = self.spec.activity.places
        if scheme == "none":
            self.codes = {name: name for name in written}
            return self._names("units", self.spec.units, pl.Series(written))
        found = places.resolve(written, scheme, Where(key="industry.activity.file"))
        self.codes = {name: place.code for name, place in found.items()}
        return {place.code: place.title for place in found.values()}

    def _coded(self, column: str) -> pl.Expr:
        """Return a column of regions by their ids; totals among places are no regions and become null."""
        return pl.col(column).replace_strict(self.codes, default=None, return_dtype=pl.String)

    def _names(self, key: str, file: str | None, ids: pl.Series) -> dict[str, Text]:
        """Return names by id from the table that says them; what it does not name is called by its id."""
        titles = {id: Text.same(id) for id in ids.unique(maintain_order=True).to_list()}
        if file is not None:
            frame = plain_table(self.study, file, f"industry.{key}", "code", "zh", "en")
            rows = frame.select(label("code"), label("zh"), label("en")).iter_rows()
            titles |= {code: Text(zh or code, en or zh or code) for code, zh, en in rows if code in titles}
        return titles

    def _industries(self) -> pl.DataFrame:
        """Return industry, layer and parent of every industry, null where the study does not say."""
        schema = dict.fromkeys(("industry", "layer", "parent"), pl.String)
        if self.spec.industries is None:
            return pl.DataFrame(schema=schema)
        frame = plain_table(self.study, self.spec.industries, "industry.industries", "code")
        columns = [label(name) if name in frame.columns else pl.lit(None, pl.String).alias(name)
                   for name in ("layer", "parent")]  # fmt: skip
        return frame.select(label("code").alias("industry"), *columns).filter(
            pl.col("industry").is_in(list(self.industries))
        )

    def _told(
        self, key: str, file: str | None, *columns: str, layers: Mapping[str, str] | None = None
    ) -> pl.DataFrame | None:
        """Return a table beside, with regions and industries by their ids; None where the study names none."""
        if file is None:
            return None
        where = Where(key=f"industry.{key}")
        frame = plain_table(self.study, file, f"industry.{key}", *columns)
        frame = frame.with_columns(
            label(c) for c in ("unit", "industry", "sector", "gap", "cluster") if c in frame.columns
        )
        words = {"unit", "industry", "sector", "gap", "cluster", "layer", "series", "period", "critical"}
        if "unit" in frame.columns and self.codes:
            self._check(frame["unit"], self.codes, where)
            frame = frame.with_columns(self._coded("unit"))
        if "industry" in frame.columns and self.industries:
            self._check(frame["industry"], self.industries, where)
        if "year" in frame.columns:
            frame = self._years(frame.with_columns(label("year")))
        figures = [c for c in frame.columns if c not in words and c != "year"]
        if figures:
            frame, values = numbers(frame, figures)
            frame = frame.with_columns(pl.Series(c, values[:, i]).fill_nan(None) for i, c in enumerate(figures))
        if layers is not None:
            frame = frame.with_columns(layer=pl.col("industry").replace_strict(layers, default=None))
        return frame

    def _check(self, written: pl.Series, known: Iterable[str], where: Where) -> None:
        """Refuse names in a table beside that the table of activity does not have."""
        there = list(known)
        for name in written.unique(maintain_order=True).to_list():
            if name not in there:
                raise DataError(
                    "industry_unknown", where=where, name=name, options=listing(there, 20), hint=hint(str(name), there)
                )

    def _evidence(self, activity: pl.DataFrame | None, layers: Mapping[str, str]) -> Evidence:
        asked = self.spec.cautions
        return Evidence(
            activity=activity,
            capacity=self._told("cautions.capacity", asked.capacity, "industry", "year"),
            series=self._told("cautions.series", asked.series, "period", "value"),
            plans=self._told("cautions.plans", asked.plans, "unit", "industry"),
            investment=self._told("cautions.investment", asked.investment, "unit", "industry", "year", "investment"),
            traditional=self._told(
                "cautions.traditional", asked.traditional, "unit", "industry", "year", layers=layers
            ),
        )

    def _table(self, asked: ChainSpec) -> IOTable:
        """Return the input–output table of the region looked at."""
        path = self.study.folder / asked.file
        if not path.is_file():
            raise SpecError("data_file_not_found", where=Where(key="industry.chain.file"), file=asked.file)
        if asked.layout == "nbs":
            split: Literal["keep", "proportional"] = "proportional" if asked.split_imports else "keep"
            table = IOTable.from_nbs(path, sheet=asked.sheet, imports=split, tolerance=asked.tolerance)
        elif asked.layout == "square":
            table = IOTable.from_square(path, sheet=asked.sheet, tolerance=asked.tolerance)
        else:
            table = self._long_table(asked)
        if asked.region is not None:
            table = table.region(asked.region)
        self.sectors = self._names("chain.names", asked.names, pl.Series(table.sectors))
        return table

    def _long_table(self, asked: ChainSpec) -> IOTable:
        frame = plain_table(self.study, asked.file, "industry.chain.file", "supplier", "user", "value")
        regions = {c: c for c in ("supplier_region", "user_region") if c in frame.columns}
        frame, values = numbers(frame, ["value"])
        return IOTable.from_long(
            frame.with_columns(pl.Series("value", values[:, 0])),
            "value", supplier="supplier", user="user", final=asked.final, added=asked.added, output=asked.output,
            imports=asked.imports, uses=asked.uses or None, tolerance=asked.tolerance, **regions,
        )  # fmt: skip
