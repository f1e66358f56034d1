"""What a study says of planning scores and of grades, as it is written in its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nqpf.yamlfile import Label, Strict

Ranks = Literal["interval", "groups", "none"]
"""How a report speaks of ranks: with their intervals, in grades only, or not at all."""

Points = Mapping[float, float]


class GradesSpec(Strict):
    """How units are put into grades: the words of `nqpf.index.planning.grades`, which explains them.

    Attributes
    ----------
    labels
        Name of each grade, the best first; default: by number.
    """

    method: Literal["fixed", "quantile", "sd", "natural", "gaps"]
    cuts: tuple[float, ...] | None = None
    count: int | None = None
    labels: tuple[Label, ...] | None = None


class TargetSpec(Strict):
    """A target for an indicator or a raw series.

    Attributes
    ----------
    value
        What is to be reached: one number for all units, or ``{unit: number}`` for those that have one.
    year
        By when.
    base
        Year from which the way is counted. Default: none, and the value is compared with the target alone.
    direction
        ``benefit`` or ``cost`` (less is better). Default: the indicator's own; ``benefit`` for a raw series.
    rule
        Of a cost without a base: ``ratio`` target / value, or ``difference`` 2 − value / target.
    floor, cap, bands, between
        Least and most that counts, and points by completion, as in `nqpf.index.planning.completion`.
    missing
        A missing value: ``stop``, or ``keep`` the completion missing.
    """

    value: float | Mapping[str, float]
    year: int
    base: int | None = None
    direction: Literal["benefit", "cost"] | None = None
    rule: Literal["ratio", "difference"] = "ratio"
    floor: float | None = None
    cap: float | None = None
    bands: Points | None = None
    between: Literal["step", "linear"] = "step"
    missing: Literal["stop", "keep"] = "stop"

    @model_validator(mode="after")
    def _base_comes_first(self) -> TargetSpec:
        if self.base is not None and self.base >= self.year:
            raise PydanticCustomError("target_base", "the base year lies before the target's")
        return self


class RankStepSpec(Strict):
    """Points for ranks and for places gained: the words of `nqpf.index.planning.rank_step`, which explains them.

    Attributes
    ----------
    of
        Indicators, dimensions or the index, whose scores units are ranked by. Default: the index.
    within_groups
        Rank units within their group of the report.
    """

    of: tuple[str, ...] = ()
    level: Mapping[int, float] | tuple[float, ...] | None = None
    gain: float | Mapping[int, float] | None = None
    loss: float | Mapping[int, float] | None = None
    kept_first: float = 0.0
    limits: tuple[float, float] | None = None
    ties: Literal["min", "average", "max"] = "min"
    within_groups: bool = False
    missing: Literal["stop", "keep"] = "stop"


class TripleSpec(Strict):
    """Strength, efficiency and potential: the words of `nqpf.index.planning.triple`, which explains them.

    Attributes
    ----------
    of
        Totals: raw series or indicators.
    size
        Raw series that a total is divided by, or one for each of `of`.
    directions
        Default: the indicators' own; ``benefit`` for raw series.
    """

    of: tuple[str, ...] = Field(min_length=1)
    size: str | Mapping[str, str]
    weights: tuple[float, float, float] | Mapping[str, float]
    window: int = 1
    growth: Literal["compound", "mean", "log"] = "compound"
    directions: Mapping[str, Literal["benefit", "cost"]] = {}
    scope: Literal["yearly", "pooled"] = "yearly"
    range: tuple[float, float] = (0.0, 100.0)
    on_constant: Literal["stop", "middle"] = "stop"
    missing: Literal["stop", "keep"] = "stop"


class PlanningSpec(Strict):
    """Planning scores of a study.

    Attributes
    ----------
    targets
        Targets by indicator or raw series.
    rank_step
        Points for ranks and places gained (争先进位).
    triple
        Strength, efficiency and potential of totals.
    """

    targets: Annotated[Mapping[str, TargetSpec], Field(min_length=1)] | None = None
    rank_step: RankStepSpec | None = None
    triple: TripleSpec | None = None

    @model_validator(mode="after")
    def _something(self) -> PlanningSpec:
        if self.targets is None and self.rank_step is None and self.triple is None:
            raise PydanticCustomError("planning_empty", "targets, rank_step or triple")
        return self

    @property
    def series(self) -> tuple[str, ...]:
        """Names that may be raw series, in the order they are written: they are read even if no formula uses them."""
        found = list(self.targets or ())
        if self.triple is not None:
            size = self.triple.size
            found += [*self.triple.of, *([size] if isinstance(size, str) else size.values())]
        return tuple(dict.fromkeys(found))
