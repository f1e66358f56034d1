"""The workbench: one panel and one framework on which many recipes are built, doing once what they share.

A recipe is a chain of steps; the work of each is kept under the words of the chain up to it, so a recipe that differs
only in its last step costs that step alone. What is kept is a matter of speed: it never changes a number.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import SpecError, listing
from nqpf.index.climb import Climbed, climb
from nqpf.index.framework import Framework
from nqpf.index.leaving import weights_without
from nqpf.index.normalise import Scale
from nqpf.index.recipe import Recipe
from nqpf.index.steps import Prepared, evaluate_all, prepare, put_on_scale
from nqpf.index.tree import by_node, check_scales
from nqpf.index.weights import check_stated
from nqpf.results import Note

Floats = NDArray[np.float64]
Made = TypeVar("Made")

ENTRY = 4096
"""Bytes that anything kept takes besides its arrays."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Indicator scores ``float64[K, R]``, the panel they belong to, and their scale."""

    prepared: Prepared
    leaves: Floats
    scale: Scale


@dataclass(frozen=True, eq=False)
class Workbench:
    """A panel of raw series and a framework to build on.

    Attributes
    ----------
    panel, framework
        What is built on.
    memory
        Bytes of scores kept at most.
    """

    panel: Panel
    framework: Framework
    memory: int = 256 * 2**20
    _kept: OrderedDict[str, tuple[Any, int]] = field(default_factory=OrderedDict, repr=False)
    _held: list[int] = field(default_factory=lambda: [0], repr=False)

    def scored(self, recipe: Recipe) -> Scored:
        """Return the indicators of a recipe on one scale."""

        def make() -> Scored:
            prepared = self.prepared(recipe)
            scores, scale = put_on_scale(prepared, self.framework, recipe)
            return Scored(prepared, by_node(scores), scale)

        key = f"{_chain(recipe)}|{recipe.normalise.model_dump_json()}|{recipe.availability is None}"
        return self._once(f"scored {key}", make, lambda scored: 2 * scored.leaves.nbytes)

    def prepared(self, recipe: Recipe) -> Prepared:
        """Return the indicators of a recipe: screened, filled and treated."""

        def make() -> Prepared:
            key = f"indicators {recipe.denominate}"
            indicators = self._once(
                key,
                lambda: evaluate_all(self.panel, self.framework, denominate=recipe.denominate),
                lambda panel: panel.values.nbytes,
            )
            return prepare(indicators, self.framework, recipe)

        return self._once(f"prepared {_chain(recipe)}", make, lambda prepared: prepared.panel.values.nbytes)

    def climbed(self, recipe: Recipe, *, local: Floats | None = None) -> Climbed:
        """Return scores of every node; with other weights within siblings where `local` is given."""
        self.check(recipe)
        scored = self.scored(recipe)
        return climb(self.framework, recipe, scored.leaves, scored.prepared.panel, local=local, anew=False)

    def weights(self, recipe: Recipe) -> Floats:
        """Return the weights of every node within its siblings, ``float64[1 or T, nodes]``."""
        key = f"weights {recipe.model_dump_json()}"
        return self._once(key, lambda: self.climbed(recipe).local, lambda local: local.nbytes)

    def root(self, recipe: Recipe, *, local: Floats | None = None, without: int | None = None) -> Floats:
        """Return the scores of the whole index.

        Parameters
        ----------
        recipe
            How to build.
        local
            ``float64[1 or T, nodes]`` weights within siblings to use instead of the recipe's.
        without
            Position of an indicator to leave out; its siblings share its weight. Without the only one there is no
            score: NaN.

        Returns
        -------
        ndarray, shape (T, N)
            N are the units that the recipe keeps.

        Raises
        ------
        SpecError, MethodError
            As `nqpf.index.build`.
        """
        self.check(recipe)
        scored = self.scored(recipe)
        shape = scored.prepared.panel.values.shape[:2]
        if without is None:
            return np.asarray(self.climbed(recipe, local=local).tree[-1].reshape(shape))
        if len(self.framework.indicators) == 1:
            return np.full(shape, np.nan)
        local = weights_without(self.framework, self.weights(recipe) if local is None else local, without)
        smaller, kept = self._once(f"without {without}", lambda: self.framework.without(without), lambda _: 0)
        leaves = np.delete(scored.leaves, without, axis=0)
        panel = scored.prepared.panel
        found = climb(smaller, recipe, leaves, panel, local=local[:, kept], anew=False)
        return np.asarray(found.tree[-1].reshape(shape))

    def check(self, recipe: Recipe) -> tuple[Note, ...]:
        """Refuse a recipe that names what is not there or mixes scales, before anything runs; return remarks."""
        key = f"check {recipe.model_dump_json(exclude={'screen', 'impute', 'treat', 'denominate'})}"
        return self._once(key, lambda: check_recipe(self.framework, recipe), lambda _: 0)

    def _once(self, key: str, make: Callable[[], Made], size: Callable[[Made], int]) -> Made:
        """Return what is kept under `key`, made if it is not there; the longest unused goes when memory is short."""
        kept = self._kept
        if key not in kept:
            made = make()
            kept[key] = (made, size(made) + ENTRY)
            self._held[0] += kept[key][1]
            while self._held[0] > self.memory and len(kept) > 1:
                self._held[0] -= kept.popitem(last=False)[1][1]
        kept.move_to_end(key)
        found: Made = kept[key][0]
        return found


def check_recipe(framework: Framework, recipe: Recipe) -> tuple[Note, ...]:
    """Refuse nodes there are not, indicators named as if aggregated, and scales that do not go together."""
    inner = [n.id for n in framework.inner]
    for name in (*recipe.nodes, *recipe.weights):
        if framework.node(name).id not in inner:
            raise SpecError("node_is_indicator", node=name, options=listing(inner, 40))
    levels = sorted({n.level for n in framework.inner})
    for level in recipe.levels:
        if level not in levels:
            raise SpecError("unknown_level", level=level, options=listing(levels))
    check_scales(framework, recipe)
    for how in (recipe.weight, *recipe.weights.values()):
        for one in (how, *how.of):
            for name in one.targets:
                framework.node(name)
    notes = list(check_stated(framework, recipe.weight, [n for n in framework.inner if n.id not in recipe.weights]))
    for node in framework.inner:
        if node.id in recipe.weights:
            notes += check_stated(framework, recipe.weights[node.id], [node])
    return tuple(notes)


def _chain(recipe: Recipe) -> str:
    """Return the words of a recipe up to treatment."""
    steps = (recipe.screen, recipe.impute, recipe.treat)
    return "|".join([str(recipe.denominate), *(step.model_dump_json() if step else "" for step in steps)])
