"""The recipe: how an index is built, frozen, hashable and apart from the data.

Each option is a word of the field; what the words mean stands in ``registry.yaml`` and is printed with every result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from nqpf.yamlfile import Strict

Scope = Literal["pooled", "yearly", "base"]
Ties = Literal["min", "average", "max"]
Window = tuple[int, int]


class _Scoped(Strict):
    scope: Scope = "pooled"
    base: Window | None = None

    @model_validator(mode="after")
    def _base_window(self) -> _Scoped:
        if (self.scope == "base") != (self.base is not None) or (self.base and self.base[0] > self.base[1]):
            raise PydanticCustomError("base_window", "scope: base goes with base: [first, last]")
        return self


class Normalise(_Scoped):
    """How indicators are brought to one scale.

    Attributes
    ----------
    method
        ``minmax``, ``zscore``, ``rank``, ``percentile_rank`` or ``distance_to_reference``.
    range
        Lowest and highest score of ``minmax``.
    mean, sd
        Mean and standard deviation of the scores of ``zscore``.
    ties
        Rank of equal values.
    reference
        Unit that scores 1 in ``distance_to_reference``; default: the best one.
    scope, base
        Bounds from all years (``pooled``), each year alone (``yearly``), or the years of `base` (``base``).
    outside
        Values beyond frozen bounds: ``extend`` the scale or ``clip`` to its end.
    on_constant
        An indicator that does not vary: ``stop``, or score ``middle`` of the scale.
    """

    method: Literal["minmax", "zscore", "rank", "percentile_rank", "distance_to_reference"] = "minmax"
    range: tuple[FiniteFloat, FiniteFloat] = (0.0, 1.0)
    mean: FiniteFloat = 0.0
    sd: Annotated[float, Field(gt=0)] = 1.0
    ties: Ties = "min"
    reference: str | None = None
    outside: Literal["extend", "clip"] = "extend"
    on_constant: Literal["stop", "middle"] = "stop"

    @model_validator(mode="after")
    def _increasing(self) -> Normalise:
        if self.range[0] >= self.range[1]:
            raise PydanticCustomError("range_order", "range: [low, high] with low < high")
        return self

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Lowest and highest score the method can give, where it has such."""
        return {"minmax": self.range, "percentile_rank": (0.0, 1.0)}.get(self.method)


class Weight(_Scoped):
    """Where weights come from.

    Attributes
    ----------
    method
        ``equal``, ``given`` (written in the framework) or ``entropy``.
    within
        ``siblings``: weights among the children of each node. ``all``: weights among all indicators at once; a
        dimension weighs what its indicators weigh together. Default: ``all`` for entropy, ``siblings`` otherwise.
    basis
        What entropy is measured on: ``unit`` (scores brought to 0–1 first, so that weights do not depend on the range
        of the scores) or ``scores`` as they are.
    rescale
        Let given weights be any positive numbers and divide them by their sum.
    """

    method: Literal["equal", "given", "entropy"] = "equal"
    within: Literal["all", "siblings"] | None = None
    basis: Literal["unit", "scores"] = "unit"
    rescale: bool = False

    @property
    def group(self) -> Literal["all", "siblings"]:
        """`within`, with its default."""
        return self.within or ("all" if self.method == "entropy" else "siblings")

    @property
    def yearly(self) -> bool:
        """Whether every year has weights of its own."""
        return self.method == "entropy" and self.scope == "yearly"


class Aggregate(Strict):
    """How scores become one.

    Attributes
    ----------
    method
        ``arithmetic``, ``geometric`` or ``topsis``.
    across
        ``children``: level by level. ``leaves``: straight from the indicators below. Default: ``leaves`` for
        ``topsis``, as the literature has it, ``children`` otherwise.
    ideal
        TOPSIS' ideal: the ends of the scale (``absolute``) or the best and worst scores ``observed``.
    weighting
        TOPSIS' weights: on the ``scores`` before the distance (Hwang and Yoon) or on the squared ``distances``.
    """

    method: Literal["arithmetic", "geometric", "topsis"] = "arithmetic"
    across: Literal["children", "leaves"] | None = None
    ideal: Literal["absolute", "observed"] = "absolute"
    weighting: Literal["scores", "distances"] = "scores"

    @property
    def inputs(self) -> Literal["children", "leaves"]:
        """`across`, with its default."""
        return self.across or ("leaves" if self.method == "topsis" else "children")


class Recipe(Strict):
    """How an index is built.

    Attributes
    ----------
    normalise, weight, aggregate
        The three steps.
    nodes
        Aggregation of single nodes, by id; goes before `aggregate`.
    availability
        Least share of weight that must be present for a score; weights are then shared out among what is present.
        Default None: everything must be present, and a hole stops the run.
    """

    normalise: Normalise = Normalise()
    weight: Weight = Weight()
    aggregate: Aggregate = Aggregate()
    nodes: Mapping[str, Aggregate] = {}
    availability: Annotated[float, Field(ge=0, le=1)] | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of the recipe written canonically: equal recipes have equal hashes."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.hash)

    def aggregate_of(self, node: str) -> Aggregate:
        """Return how a node's score comes about."""
        return self.nodes.get(node, self.aggregate)
