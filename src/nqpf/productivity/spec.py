"""What a study says of productivity, as it is written in its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nqpf.yamlfile import Strict

Fraction = Annotated[float, Field(gt=0, lt=1)]


class SectorSpec(Strict):
    """Output at constant prices and labour of a sector, as formulas over the raw series."""

    output: str
    labour: str


class ProductivitySpec(Strict):
    """Total factor productivity of a study's units. Quantities are formulas over the raw series.

    Attributes
    ----------
    output, capital, labour
        Output at constant prices (or in physical units), capital stock and labour.
    inputs
        Further inputs by a name of their own, e.g. ``{energy: energy}``; for frontiers only.
    bad
        Bad outputs by a name of their own, e.g. ``{co2: co2}``: with them, green productivity is measured beside plain.
    sectors
        Sectors of each unit by name, at least two: what moving labour between them adds to labour productivity.
    share
        Capital's share in cost, for growth accounts: a number, or ``regression``: estimated from the data as the
        elasticity of a Cobb–Douglas function with constant returns and a fixed effect for each unit. Without it no
        growth accounts are drawn up.
    share_range
        Lowest and highest share that can be defended; the results at both ends are shown. Default: 0.1 either way, or
        the 95 % interval of the regression.
    rts
        Returns to scale of the frontier.
    reference
        Frontier that change is measured against: ``global`` of all years, ``sequential`` all up to the year, or
        ``contemporaneous``.
    disposability
        Of bad outputs: ``weak`` or ``strong``.
    frontier
        Efficiency from which a unit keeps pace with the frontier (并跑); one on it leads (领跑), the others follow.
    threshold
        Share of growth due to productivity that the old mode of growth must be shaken off by.
    draws
        Bootstrap draws of intervals.
    """

    output: str
    capital: str
    labour: str
    inputs: Mapping[str, str] = {}
    bad: Mapping[str, str] = {}
    sectors: Mapping[str, SectorSpec] | None = Field(None, min_length=2)
    share: Fraction | Literal["regression"] | None = None
    share_range: tuple[Fraction, Fraction] | None = None
    rts: Literal["crs", "vrs"] = "crs"
    reference: Literal["global", "sequential", "contemporaneous"] = "global"
    disposability: Literal["weak", "strong"] = "weak"
    frontier: Fraction = 0.9
    threshold: Fraction = 0.5
    draws: int = Field(999, ge=100)

    @model_validator(mode="after")
    def _consistent(self) -> ProductivitySpec:
        if self.share_range is not None and (self.share is None or self.share_range[0] > self.share_range[1]):
            raise PydanticCustomError("productivity_share", "share_range goes with share, lowest first")
        twice = {"output", "capital", "labour"} & {*self.inputs, *self.bad} | {*self.inputs} & {*self.bad}
        if twice:
            raise PydanticCustomError("productivity_names", "every quantity has a name of its own")
        return self

    @property
    def formulas(self) -> dict[tuple[str, ...], str]:
        """All formulas by the place where they are written."""
        found = dict(self.quantities)
        for name, sector in (self.sectors or {}).items():
            found |= {("sectors", name, "output"): sector.output, ("sectors", name, "labour"): sector.labour}
        return found

    @property
    def quantities(self) -> dict[tuple[str, ...], str]:
        """Formulas of inputs and outputs by the place where they are written."""
        found: dict[tuple[str, ...], str] = {(key,): str(getattr(self, key)) for key in ("output", "capital", "labour")}
        for group in ("inputs", "bad"):
            found |= {(group, name): formula for name, formula in getattr(self, group).items()}
        return found
