"""What a study says of its plan, as it is written in its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nqpf.yamlfile import Strict

Share = Annotated[float, Field(ge=0, le=1)]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class GateSpec(Strict):
    """Which pairs are near enough to what a region does already.

    Attributes
    ----------
    rule
        ``quantile``: density at or above that quantile of the region's own candidates; ``absolute``: at or above `at`;
        ``none``: all pass.
    at
        The quantile, or the density.
    chain
        Pairs that mend a chain gap: ``gated`` like all others, ``free`` of the gate.
    """

    rule: Literal["quantile", "absolute", "none"] = "quantile"
    at: float = 0.5
    chain: Literal["gated", "free"] = "gated"

    @model_validator(mode="after")
    def _a_quantile(self) -> GateSpec:
        if self.rule == "quantile" and not 0 <= self.at <= 1:
            raise PydanticCustomError("plan_quantile", "a quantile lies between 0 and 1")
        return self


class LeapSpec(Strict):
    """How many targets may lie below the gate: a number, or a share of all targets.

    Attributes
    ----------
    count, share
        One of the two.
    per
        Counted over the whole ``plan``, or in each ``region``.
    """

    count: Count | None = None
    share: Share | None = None
    per: Literal["plan", "region"] = "plan"

    @model_validator(mode="after")
    def _one_of_two(self) -> LeapSpec:
        if (self.count is None) == (self.share is None):
            raise PydanticCustomError("plan_leap", "count or share")
        return self


class FloorSpec(Strict):
    """Targets that every region is to have at least.

    Attributes
    ----------
    count
        How many, of those that pass the gate.
    layers
        Layers that count; default: all.
    otherwise
        Where a region has too few candidates for it: ``not_advised`` lowers the floor to what there is, none being a
        legal answer; ``priced`` lets the plan go without at `price` a target; ``strict`` does neither.
    price
        Of ``priced``, in units of value.
    """

    count: Annotated[int, Field(ge=1)] = 1
    layers: tuple[str, ...] | None = Field(None, min_length=1)
    otherwise: Literal["not_advised", "priced", "strict"] = "not_advised"
    price: Price | None = None

    @model_validator(mode="after")
    def _priced(self) -> FloorSpec:
        if (self.otherwise == "priced") != (self.price is not None):
            raise PydanticCustomError("plan_floor_price", "a price goes with otherwise: priced, and only with it")
        return self


class Step(Strict):
    """A stretch of load beyond the headroom.

    Attributes
    ----------
    upto
        Its width as a share of the headroom; None without end.
    times
        Its price as a multiple of the price of crowding.
    """

    upto: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    times: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0


class CrowdingSpec(Strict):
    """What it costs to go beyond the headroom of an industry.

    Attributes
    ----------
    price
        Of a unit of size beyond the headroom; None: the headroom is a hard limit.
    unit
        ``value``: the price is in units of value; ``mean``: in multiples of the mean expected value per unit of size
        of the candidates that may be chosen.
    steps
        Stretches of excess, each dearer than the one before; where the last has an end, nothing may go beyond.
    """

    price: Price | None = None
    unit: Literal["value", "mean"] = "value"
    steps: tuple[Step, ...] = Field((Step(),), min_length=1)

    @model_validator(mode="after")
    def _convex(self) -> CrowdingSpec:
        times = [step.times for step in self.steps]
        if times != sorted(times):
            raise PydanticCustomError("plan_steps_convex", "each step is as dear as the one before, or dearer")
        if any(step.upto is None for step in self.steps[:-1]):
            raise PydanticCustomError("plan_steps_end", "only the last step is without end")
        return self


class GapsSpec(Strict):
    """How far chain gaps are to be mended.

    Attributes
    ----------
    target
        Probability that at least one of a gap's targets succeeds, where the table has no column of it.
    price
        Of a gap left wholly open, in units of value, times the gap's weight; None: every gap has to be mended.
    """

    target: Annotated[float, Field(gt=0, lt=1)] = 0.5
    price: Price | None = None


class ResilienceSpec(Strict):
    """In how many clusters a critical industry has to be.

    Attributes
    ----------
    clusters
        The number.
    existing
        Whether regions that have the industry already count.
    price
        Of each cluster short of it, in units of value; None: none may be short.
    """

    clusters: Annotated[int, Field(ge=1)] = 2
    existing: bool = True
    price: Price | None = None


class FundsSpec(Strict):
    """What funds cost.

    Attributes
    ----------
    price
        Of a unit of funds, in units of value.
    """

    price: Price = 0.0


class TransitionSpec(Strict):
    """Traditional jobs are released after others are there to take them up.

    Attributes
    ----------
    first
        Share of a region's targets that can begin in the first sub-period.
    exit_rate
        Share of a region's traditional jobs that may be released in the second.
    gain
        Of a job released, in units of value.
    price
        Of a job short of what a region is to release; None: none may be short.
    """

    first: Share = 1.0
    exit_rate: Share = 1.0
    gain: Price = 0.0
    price: Price | None = None


class FairnessSpec(Strict):
    """The region that gains least.

    Attributes
    ----------
    rule
        ``lexicographic``: among plans whose objective is at most `within` below the best, the one whose least gain is
        greatest; ``weighted``: `weight` times the least gain is part of the objective.
    within
        A share.
    weight
        Of ``weighted``.
    """

    rule: Literal["lexicographic", "weighted"] = "lexicographic"
    within: Share = 0.01
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _weighted(self) -> FairnessSpec:
        if (self.rule == "weighted") != (self.weight is not None):
            raise PydanticCustomError("plan_weight", "a weight goes with rule: weighted, and only with it")
        return self


class PlanSpec(Strict):
    """How regions and industries are planned together (`nqpf.industry.plan`).

    Attributes
    ----------
    per_region
        Most targets of a region, where the table of regions does not say.
    floor
        Least targets of a region.
    min_p
        Least probability of a target.
    gate, leap
        Which pairs are near enough, and how many others may be chosen; default: none.
    crowding
        What it costs to go beyond an industry's headroom, where the table of industries knows it.
    cluster_cap
        Most regions of a cluster that take up the same industry.
    max_share
        Most regions that take up the same industry, as a share of all; where the table of industries does not say.
    layer_most
        Most targets of a region by layer.
    gaps, resilience, funds, transition
        Terms that are assessed where tables have what they need.
    fairness
        How the region that gains least counts; default: not.
    spread
        Value of each industry that is taken up at all.
    tolerance
        Proven distance to the optimum, as a share, that is enough.
    seconds
        Time after which the best plan so far is given, with its distance.
    seed
        Of the solver.
    """

    per_region: Count | None = None
    floor: FloorSpec | None = None
    min_p: Share = 0.0
    gate: GateSpec = GateSpec()
    leap: LeapSpec | None = None
    crowding: CrowdingSpec = CrowdingSpec()
    cluster_cap: Count | None = None
    max_share: Share | None = None
    layer_most: Mapping[str, Count] = {}
    gaps: GapsSpec = GapsSpec()
    resilience: ResilienceSpec = ResilienceSpec()
    funds: FundsSpec = FundsSpec()
    transition: TransitionSpec = TransitionSpec()
    fairness: FairnessSpec | None = None
    spread: Price = 0.0
    tolerance: Annotated[float, Field(ge=0, lt=1)] = 1e-4
    seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 60.0
    seed: Count = 0
