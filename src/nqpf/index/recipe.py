"""The recipe: how an index is built, frozen, hashable and apart from the data.

Each option is a word of the field; what the words mean stands in ``registry.yaml`` and is printed with every result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nqpf.index.options.aggregate import Aggregate
from nqpf.index.options.normalise import Normalise
from nqpf.index.options.treat import Impute, Screen, Treat
from nqpf.index.options.weight import Weight
from nqpf.index.presets import presets
from nqpf.yamlfile import Strict


class Recipe(Strict):
    """How an index is built.

    A recipe that is written as ``preset: NAME`` is one of `nqpf.index.presets`, but for what else is written.

    Attributes
    ----------
    denominate
        Divide every indicator that has a `denominator` by it.
    screen
        Leave out units with too little data.
    impute
        Fill indicators from the other units; what years and models can fill is filled in the data before.
    treat
        Pull in outliers, or transform skewed indicators.
    normalise, weight, aggregate
        Bring to one scale, weight, and make one score.
    weights
        Weighting of the children of single nodes, by the node's id; goes before `weight`.
    levels
        Aggregation by level, 0 the index itself; goes before `aggregate`.
    nodes
        Aggregation of single nodes, by id; goes before `levels`.
    availability
        Least share of weight that must be present for a score; weights are then shared out among what is present.
        Default None: everything must be present, and a hole stops the run.
    counted
        What `availability` is a share of: the weight that reaches a node (``weight``), or the number of its inputs that
        have a score, whatever they weigh (``inputs``, as COINr's data threshold).
    """

    denominate: bool = False
    screen: Screen | None = None
    impute: Impute | None = None
    treat: Treat | None = None
    normalise: Normalise = Normalise()
    weight: Weight = Weight()
    weights: Mapping[str, Weight] = {}
    aggregate: Aggregate = Aggregate()
    levels: Mapping[int, Aggregate] = {}
    nodes: Mapping[str, Aggregate] = {}
    availability: Annotated[float, Field(ge=0, le=1)] | None = None
    counted: Literal["weight", "inputs"] = "weight"

    @model_validator(mode="before")
    @classmethod
    def _from_preset(cls, content: Any) -> Any:
        """Fill in what ``preset: NAME`` says; whatever else is written goes before it."""
        if not isinstance(content, Mapping) or "preset" not in content:
            return content
        named = str(content["preset"])
        if named not in presets():
            raise PydanticCustomError("unknown_preset", "no such preset", {"preset": named, "known": list(presets())})
        return {**presets()[named].recipe, **{key: value for key, value in content.items() if key != "preset"}}

    @model_validator(mode="after")
    def _siblings_below_a_node(self) -> Recipe:
        if any(how.within == "all" for how in self.weights.values()):
            raise PydanticCustomError("within_below_node", "weights below a node are among siblings")
        return self

    @property
    def hash(self) -> str:
        """SHA-256 of the recipe written canonically: equal recipes have equal hashes."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.hash)

    def aggregate_of(self, node: str, level: int) -> Aggregate:
        """Return how the score of a node on a level (0: the index) comes about."""
        return self.nodes.get(node) or self.levels.get(level) or self.aggregate

    def weight_of(self, node: str) -> Weight:
        """Return how the children of a node are weighted."""
        return self.weights.get(node, self.weight)

    @property
    def yearly_weights(self) -> bool:
        """Whether any weights are taken anew every year."""
        return self.weight.yearly or any(one.yearly for one in self.weights.values())
