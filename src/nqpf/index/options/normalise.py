"""Options of normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from nqpf.index.options.base import Chosen, Scoped, Ties

Method = Literal[
    "minmax",
    "zscore",
    "scaled",
    "rank",
    "percentile_rank",
    "borda",
    "distance_to_max",
    "distance_to_reference",
    "distance_to_target",
    "fraction_of_max",
    "goalposts",
    "vector",
    "sum",
    "linear_ratio",
    "efficacy",
    "base_index",
]
Costs = Literal["inverse", "complement", "sign"]
Ends = tuple[float, float]

EVERY = "*"
"""Key of `limits` and `goals` that stands for every indicator not named."""

POSITIONS = ("rank", "percentile_rank", "borda")
RATIOS = ("fraction_of_max", "vector", "sum", "linear_ratio")
GIVEN = ("scaled", "goalposts")
"""Methods that take nothing from the data."""
DISTANCES = ("distance_to_max", "distance_to_reference", "distance_to_target")
FREEZABLE = ("minmax", "zscore", *DISTANCES, "fraction_of_max", "linear_ratio", "efficacy")
"""Methods that two numbers fix, which may be given instead of taken from the data."""

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "goalposts": {"outside": "clip"},
    "vector": {"costs": "complement"},
    "sum": {"costs": "inverse"},
    "linear_ratio": {"costs": "inverse"},
    "efficacy": {"range": (60.0, 100.0)},
}
"""Defaults of a method that differ from those of the fields."""


class Scaling(Chosen):
    """How an indicator is brought to scale.

    Attributes
    ----------
    method
        ``minmax``, ``zscore``, ``scaled`` (between given limits), ``rank``, ``percentile_rank``, ``borda``,
        ``distance_to_max``, ``distance_to_reference``, ``distance_to_target``, ``fraction_of_max``, ``goalposts``,
        ``vector``, ``sum``, ``linear_ratio``, ``efficacy`` (功效系数法) or ``base_index`` (base year = 100).
    range
        Scores of the two ends of the scale; default 0 and 1, for ``efficacy`` 60 and 100.
    mean, sd
        Mean and standard deviation of the scores of ``zscore``.
    ties
        Rank of equal values.
    reference
        Unit that scores the top in ``distance_to_reference`` (default: the best one), or whose value in the base year
        is 100 in ``base_index`` (default: each unit its own).
    year
        Base year of ``base_index``; year of the reference's value in ``distance_to_reference``.
    limits
        Two numbers for an indicator, by id, ``*`` for every other: lowest and highest value for ``scaled`` and
        ``goalposts`` (default there: the framework's goalposts) and under ``scope: frozen``; mean and standard
        deviation for a frozen ``zscore``.
    goals
        Value to be reached for ``distance_to_target``, by indicator; goes before the framework's.
    stated
        `limits` and `goals` are in the indicator's own unit (``measured``) or of directed values (``directed``, where a
        cost has its sign turned).
    costs
        How ratios turn what is better the less there is of it: ``inverse`` (1/x), ``complement`` (1 − share), ``sign``
        (−x over the largest −x, as COINr's ``n_fracmax``: with positive values, more of a cost scores more).
    outside
        Values beyond the ends of the scale: ``extend`` it or ``clip`` to its end.
    on_constant
        An indicator that does not vary: ``stop``, or score ``middle`` of the scale.
    """

    ONLY: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "range": ("minmax", "scaled", "percentile_rank", *DISTANCES, "goalposts", "efficacy"),
        "mean": ("zscore",),
        "sd": ("zscore",),
        "ties": POSITIONS,
        "reference": ("distance_to_reference", "base_index"),
        "year": ("distance_to_reference", "base_index"),
        "limits": (*GIVEN, *FREEZABLE),
        "goals": ("distance_to_target",),
        "stated": (*GIVEN, *FREEZABLE),
        "costs": RATIOS,
        "outside": (
            "minmax",
            "scaled",
            *POSITIONS,
            *DISTANCES,
            "fraction_of_max",
            "goalposts",
            "linear_ratio",
            "efficacy",
        ),
        "on_constant": ("minmax", "zscore", *POSITIONS, "distance_to_max", "distance_to_reference", "efficacy"),
    }

    method: Method = "minmax"
    range: tuple[FiniteFloat, FiniteFloat] = (0.0, 1.0)
    mean: FiniteFloat = 0.0
    sd: Annotated[float, Field(gt=0)] = 1.0
    ties: Ties = "min"
    reference: str | None = None
    year: int | None = None
    limits: Mapping[str, tuple[FiniteFloat, FiniteFloat]] = {}
    goals: Mapping[str, FiniteFloat] = {}
    stated: Literal["measured", "directed"] = "measured"
    costs: Costs | None = None
    outside: Literal["extend", "clip"] = "extend"
    on_constant: Literal["stop", "middle"] = "stop"

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_the_method(cls, content: Any) -> Any:
        method = content.get("method") if isinstance(content, Mapping) else None
        return {**DEFAULTS[method], **content} if isinstance(method, str) and method in DEFAULTS else content

    @model_validator(mode="after")
    def _numbers_fit(self) -> Scaling:
        if self.range[0] >= self.range[1]:
            raise PydanticCustomError("range_order", "range: [low, high] with low < high")
        spread = self.method == "zscore"
        if any((pair[1] <= 0 if spread else pair[0] >= pair[1]) for pair in self.limits.values()):
            raise PydanticCustomError("limits_order", "limits: [low, high] with low < high")
        if self.method == "base_index" and self.year is None:
            raise PydanticCustomError("base_year", "base_index goes with year")
        if self.costs == "sign" and self.method != "fraction_of_max":
            raise PydanticCustomError("costs_sign", "costs: sign goes with fraction_of_max")
        return self

    @property
    def ends(self) -> Ends | None:
        """Lowest and highest score the method can give, where it has such."""
        if self.method in ("minmax", "percentile_rank", "distance_to_max", "efficacy"):
            return self.range
        if self.method in (*GIVEN, "distance_to_reference", "distance_to_target"):
            return self.range if self.outside == "clip" else None
        return (0.0, 1.0) if self.method in ("vector", "sum", "linear_ratio") else None


class Normalise(Scaling, Scoped):
    """How indicators are brought to one scale: a `Scaling` for all, and other ones for some.

    Attributes
    ----------
    scope, base
        What the scale takes from the data it takes from all years (``pooled``), each year alone (``yearly``) or the
        years of `base` (``base``); or nothing, since `limits` say it (``frozen``).
    each
        Another scaling for single indicators, by id. It stands for itself: what it does not say is at its default.
        Scope and limits are the recipe's.
    """

    scope: Literal["pooled", "yearly", "base", "frozen"] = "pooled"  # type: ignore[assignment]
    each: Mapping[str, Scaling] = {}

    @model_validator(mode="after")
    def _scope_has_a_meaning(self) -> Normalise:
        alone = self.method in (*GIVEN, "base_index")
        if alone and self.scope in ("yearly", "base"):
            raise PydanticCustomError("scope_of_method", "this method takes nothing from the years of a scope")
        if self.scope == "yearly" and self.year is not None:
            raise PydanticCustomError("scope_of_method", "year does not go with scope: yearly")
        for one in (self, *self.each.values()):
            if self.scope == "frozen" and one.method not in (*FREEZABLE, *GIVEN, "base_index"):
                raise PydanticCustomError("scope_of_method", "this method cannot be frozen by limits")
            if self.scope == "frozen" and one.method in FREEZABLE and (one.reference or one.on_constant != "stop"):
                raise PydanticCustomError("frozen_options", "nothing is taken from the data under scope: frozen")
            if self.scope != "frozen" and one.method not in GIVEN and one.limits:
                raise PydanticCustomError("limits_unused", "limits go with scope: frozen")
        return self

    @property
    def bounds(self) -> Ends | None:
        """Lowest and highest score any indicator can get; None where there is none or they are not the same for all."""
        found = {self.ends, *(one.ends for one in self.each.values())}
        return found.pop() if len(found) == 1 else None

    def of(self, indicator: str) -> Scaling:
        """Return the scaling of an indicator."""
        return self.each.get(indicator, self)

    def bounds_of(self, indicator: str) -> Ends | None:
        """Return the lowest and highest score an indicator can get, where there are such."""
        return self.of(indicator).ends
