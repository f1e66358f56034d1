"""What a study says of its regions, as it is written in its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nqpf.yamlfile import Strict


class WeightsSpec(Strict):
    """Who neighbours whom.

    Attributes
    ----------
    kind
        ``contiguity`` common borders (provinces of China), ``nearest`` the `k` nearest, ``distance`` its inverse.
    k, power
        As in `nqpf.regions.weights`.
    file
        Square table with the units' names in its first row and column, instead of `kind`.
    islands
        Units without a neighbour: ``raise``, ``guangdong``, ``nearest``, ``drop`` or ``keep``.
    """

    kind: Literal["contiguity", "nearest", "distance"] = "contiguity"
    k: int | None = Field(None, ge=1)
    power: float | None = Field(None, gt=0)
    file: str | None = None
    islands: Literal["raise", "guangdong", "nearest", "drop", "keep"] = "raise"


class RegressionSpec(Strict):
    """A spatial regression of the index (or of a formula) on drivers.

    Attributes
    ----------
    drivers
        Formulas over the raw series by a name of their own.
    outcome
        Formula over the raw series; default: the index.
    model
        ``sar``, ``sem`` or ``sdm``.
    effects
        ``unit``, ``time``, ``two_way`` or ``none``.
    correction
        ``lee_yu`` or ``none``.
    """

    drivers: Mapping[str, str] = Field(min_length=1)
    outcome: str | None = None
    model: Literal["sar", "sem", "sdm"] = "sdm"
    effects: Literal["none", "unit", "time", "two_way"] = "two_way"
    correction: Literal["none", "lee_yu"] = "none"


class RegionsSpec(Strict):
    """How a study's regions are compared: inequality, dynamics, space, systems.

    Attributes
    ----------
    weights
        Who neighbours whom; without it nothing spatial is measured.
    coordinates
        Table with columns unit, lon, lat (degrees), for units that are no provinces of China.
    classes
        Classes of the Markov chain.
    horizon
        Years of one step of the chain.
    systems
        Nodes of the index whose coupling is measured; default: those directly below the index.
    circles
        Nodes in the order in which a circle turns, by the circle's name: each edge is tested.
    regression
        A spatial regression.
    permutations, draws
        Of tests of spatial association; of the spatial Markov chain.
    """

    weights: WeightsSpec | None = None
    coordinates: str | None = None
    classes: int = Field(4, ge=2, le=10)
    horizon: int = Field(1, ge=1)
    systems: tuple[str, ...] | None = Field(None, min_length=2)
    circles: Mapping[str, tuple[str, ...]] = {}
    regression: RegressionSpec | None = None
    permutations: int = Field(9999, ge=99)
    draws: int = Field(999, ge=100)

    @model_validator(mode="after")
    def _consistent(self) -> RegionsSpec:
        if self.regression is not None and self.weights is None:
            raise PydanticCustomError("regions_regression", "a spatial regression needs weights")
        asked = self.weights
        if asked is not None and asked.file is not None and asked.islands in ("guangdong", "nearest"):
            raise PydanticCustomError("regions_islands", "a file of weights does not say where units lie")
        if any(len(circle) < 2 or len(set(circle)) < len(circle) for circle in self.circles.values()):
            raise PydanticCustomError("regions_circle", "a circle has two nodes or more")
        return self

    @property
    def formulas(self) -> dict[tuple[str, ...], str]:
        """All formulas by the place where they are written."""
        one = self.regression
        if one is None:
            return {}
        found = {("regression", "drivers", name): formula for name, formula in one.drivers.items()}
        return found | ({("regression", "outcome"): one.outcome} if one.outcome else {})
