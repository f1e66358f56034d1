"""What a study says of its scenarios: levers, parameters with what they rest on, and how the baseline goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from nqpf.yamlfile import Strict

Amount = float | Mapping[str, float]
"""A number for every unit, or one for each of some units; the others stay as they are."""
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=-1, lt=1)]


class Given(Strict):
    """A parameter that is given, not estimated.

    Attributes
    ----------
    central, low, high
        Value, and the ends that can be defended (a triangle is drawn from); without them it is taken for certain.
    evidence
        What it rests on: a source, a reason. Without it the parameter is refused.
    """

    central: float
    low: float | None = None
    high: float | None = None
    evidence: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Given:
        if not self.evidence.strip():
            raise PydanticCustomError("scenario_evidence", "evidence is absent")
        low, high = self.ends
        if (self.low is None) != (self.high is None) or not low <= self.central <= high:
            raise PydanticCustomError("scenario_ends", "low, central, high must rise")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Return low and high, the central value where they are not given."""
        return (
            self.central if self.low is None else self.low,
            self.central if self.high is None else self.high,
        )


def _parameter(value: Any) -> Any:
    if isinstance(value, Given | Mapping) or value == "estimated":
        return value
    raise PydanticCustomError("scenario_parameter", "estimated, or a value with its evidence")


Parameter = Annotated[Given | Literal["estimated"], BeforeValidator(_parameter)]
"""``estimated`` from the panel, or given with evidence."""
Stated = Annotated[Given, BeforeValidator(_parameter)]
"""Given with evidence: nothing in the panel tells it."""


class _Lever(Strict):
    """A lever whose path ends at a level (`to`) or so much above the baseline's (`by`), rising in equal steps."""

    to: Amount | None = None
    by: Amount | None = None

    @model_validator(mode="after")
    def _one_way(self) -> _Lever:
        ways = [self.to, self.by, getattr(self, "faster", None)]
        least = 0 if getattr(self, "mix", None) is not None else 1
        if not least <= sum(way is not None for way in ways) <= 1:
            raise PydanticCustomError("scenario_one_way", "one of to and by")
        return self


class RdLever(_Lever):
    """Research and development: its intensity (spending over output), or the growth of its stock.

    Attributes
    ----------
    to, by
        Intensity in the target year, or so much more than the baseline's.
    faster
        The stock grows by so much more a year (in logs) than at the baseline's intensity.
    elasticity
        Of TFP with respect to the stock.
    """

    faster: Amount | None = None
    elasticity: Parameter = "estimated"


class EducationLever(_Lever):
    """Mean years of schooling in the target year, or so many more than the baseline's.

    Attributes
    ----------
    per_year
        What a year of schooling adds to ln h.
    """

    per_year: Stated


class InvestmentLever(_Lever):
    """Share of investment in output in the target year, or so much more, and its mix over assets.

    Attributes
    ----------
    mix
        Shares of assets in investment in the target year, by name of the asset; they sum to 1.
    evidence
        What the path rests on.
    """

    mix: Mapping[str, Share] | None = None
    evidence: str = ""

    @model_validator(mode="after")
    def _sound(self) -> InvestmentLever:
        if not self.evidence.strip():
            raise PydanticCustomError("scenario_evidence", "evidence is absent")
        if self.mix is not None and abs(sum(self.mix.values()) - 1) > 1e-6:
            raise PydanticCustomError("scenario_mix", "shares must sum to 1")
        return self


class AllocationLever(Strict):
    """Better allocation of capital and labour between units.

    Attributes
    ----------
    closed
        Share of the gap closed by the target year.
    gap
        Efficient over actual TFP, in logs: ``estimated`` by `misallocation` between the units, or given.
    """

    closed: Share
    gap: Parameter = "estimated"


class EnergyLever(Strict):
    """Energy used per unit of output.

    Attributes
    ----------
    fall, carbon_fall
        Fall of energy over output, and of emissions over energy, a year, as shares; they take the place of the trend.
    elasticity
        Of TFP with respect to energy intensity; without it saving energy costs no output and adds none.
    evidence
        What the path rests on.
    """

    fall: Rate | None = None
    carbon_fall: Rate | None = None
    elasticity: Stated | None = None
    evidence: str = ""

    @model_validator(mode="after")
    def _sound(self) -> EnergyLever:
        if not self.evidence.strip():
            raise PydanticCustomError("scenario_evidence", "evidence is absent")
        if self.fall is None and self.carbon_fall is None:
            raise PydanticCustomError("scenario_fall", "one of fall and carbon_fall")
        return self


class Levers(Strict):
    """Levers that are pulled, each by itself and all together."""

    rd: RdLever | None = None
    education: EducationLever | None = None
    investment: InvestmentLever | None = None
    allocation: AllocationLever | None = None
    energy: EnergyLever | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the levers that are pulled."""
        return tuple(name for name in type(self).model_fields if getattr(self, name) is not None)


class AssetSpec(Strict):
    """A kind of capital: its stock at the end of the year (a formula over the raw series) and its depreciation."""

    stock: str
    depreciation: Stated


class ScenarioSpec(Strict):
    """Projections of a study's units to a target year. Quantities are formulas over the raw series.

    Attributes
    ----------
    output, labour
        Output at constant prices, and labour.
    capital, depreciation
        Stock of capital at the end of the year at the same prices, and its rate of depreciation; or
    assets
        several stocks by name, each with its own.
    share
        Share of capital in output: ``estimated`` (elasticity of a Cobb–Douglas function) or given.
    rd, schooling, energy, emissions
        R&D spending at the same prices, mean years of schooling, energy, emissions: for the levers of these names.
    target
        Last year that is projected.
    since
        First year of the past that is used; default: all years.
    levers
        What is done differently.
    trend
        TFP grows as on average in each ``unit``, or as in the mean of all (``pooled``).
    history
        Years of growth that trends are taken from, the last ones; default: all.
    recent
        Last years over which the baseline's shares of investment and of R&D are taken.
    labour_growth
        Growth of labour a year (in logs), for every unit or by unit, instead of its trend.
    rd_depreciation, lag
        Rate of depreciation of the R&D stock, and years after which it counts.
    block
        (Mean) years of a block of the bootstrap; default: the cube root of their number.
    backcast
        Last years held back to see how the method would have done; default: a third of all, ten at most.
    draws
        Draws of parameters and of years.
    """

    output: str
    labour: str
    capital: str | None = None
    depreciation: Stated | None = None
    assets: Mapping[str, AssetSpec] | None = Field(None, min_length=2)
    share: Parameter
    rd: str | None = None
    schooling: str | None = None
    energy: str | None = None
    emissions: str | None = None
    target: int
    since: int | None = None
    levers: Levers = Levers()
    trend: Literal["unit", "pooled"] = "unit"
    history: int | None = Field(None, ge=5)
    recent: int = Field(5, ge=1)
    labour_growth: Amount | None = None
    rd_depreciation: Annotated[float, Field(gt=0, lt=1)] = 0.15
    lag: int = Field(1, ge=1)
    block: int | None = Field(None, ge=1)
    backcast: int | None = Field(None, ge=1)
    draws: int = Field(2000, ge=199)

    @model_validator(mode="after")
    def _consistent(self) -> ScenarioSpec:
        if (self.capital is None) == (self.assets is None) or (self.capital is None) != (self.depreciation is None):
            raise PydanticCustomError("scenario_capital", "capital with depreciation, or assets")
        mix = self.levers.investment.mix if self.levers.investment else None
        if mix is not None and set(mix) != set(self.assets or {}):
            raise PydanticCustomError("scenario_mix", "shares of every asset")
        wanted = {"rd": self.rd, "education": self.schooling, "energy": self.energy}
        for lever in self.levers.names:
            if lever in wanted and wanted[lever] is None:
                raise PydanticCustomError("scenario_column", "its column", {"lever": lever})
        if self.emissions is not None and self.energy is None:
            raise PydanticCustomError("scenario_emissions", "energy with emissions")
        if self.levers.energy and self.levers.energy.carbon_fall is not None and self.emissions is None:
            raise PydanticCustomError("scenario_column", "its column", {"lever": "carbon_fall"})
        return self

    @property
    def formulas(self) -> dict[tuple[str, ...], str]:
        """Formulas of the quantities by the place where they are written."""
        keys = ("output", "labour", "capital", "rd", "schooling", "energy", "emissions")
        found: dict[tuple[str, ...], str] = {(key,): getattr(self, key) for key in keys if getattr(self, key)}
        return found | {("assets", name, "stock"): asset.stock for name, asset in (self.assets or {}).items()}
