"""What varies where a study says no more than ``multiverse: {}``: other choices that a reviewer could ask for."""

from __future__ import annotations

from itertools import product
from typing import Any

from nqpf.errors import NqpfError
from nqpf.index.framework import Framework
from nqpf.index.multiverse.check import refuse_zero
from nqpf.index.multiverse.paths import with_settings
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.options.normalise import Normalise
from nqpf.index.options.weight import Weight
from nqpf.index.recipe import Recipe
from nqpf.index.tree import aggregator_of, how_of
from nqpf.index.workbench import check_recipe

POSITIVE_RANGE = (1.0, 100.0)
"""Range of min-max scores that a geometric mean can take: the OECD/JRC handbook's."""
MEAN, SD = 100.0, 10.0
"""Of z-scores, far enough from zero for a geometric mean."""


def default_vary(recipe: Recipe, framework: Framework) -> dict[str, Any]:
    """Return the slots of a study that names none: a full factorial over them is a few hundred runs.

    Normalisation: the recipe's own (min-max moved to 1–100), z-scores around 100, ranks. Weights: the recipe's own,
    equal, entropy, CRITIC. Aggregation: the recipe's own, arithmetic, geometric. Indicators: none and each left out.
    Where some normalisations and aggregations do not go together, the two are one joint choice of the pairs that do.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), doi:10.1787/9789264043466-en, step 7.
    """
    normalisations, aggregations = _normalisations(recipe, framework), _aggregations(recipe)
    pairs = [p for p in product(normalisations, aggregations) if _goes_together(recipe, framework, *p)]
    scale: dict[str, Any] = {"normalise": normalisations, "aggregate": aggregations}
    if len(pairs) < len(normalisations) * len(aggregations):
        scale = {"scale": [{"normalise": n, "aggregate": a} for n, a in pairs]}
    found = scale | {"weight": _weightings(recipe), "leave_out": "all"}
    return {name: listed for name, listed in found.items() if isinstance(listed, str) or len(listed) > 1}


def _normalisations(recipe: Recipe, framework: Framework) -> list[Normalise]:
    own = recipe.normalise
    scope: dict[str, Any] = {"on_constant": own.on_constant}
    if own.scope != "frozen":  # what others take from the data, they take from the same years
        scope |= {"scope": own.scope, "base": own.base}
    if own.method == "minmax" and own.range[0] <= 0:
        moved = own.model_copy(update={"range": POSITIVE_RANGE})
        own = moved if _goes_together(recipe, framework, moved, recipe.aggregate) else own
    others = [Normalise(method="zscore", mean=MEAN, sd=SD, **scope), Normalise(method="rank", **scope)]
    return [own, *(one for one in others if one.method != own.method)]


def _aggregations(recipe: Recipe) -> list[Aggregate]:
    others = [Aggregate(method="arithmetic"), Aggregate(method="geometric")]
    return [recipe.aggregate, *(one for one in others if one.method != recipe.aggregate.method)]


def _weightings(recipe: Recipe) -> list[Weight]:
    scope: dict[str, Any] = {}
    if recipe.normalise.scope == "base":
        scope = {"scope": "base", "base": recipe.normalise.base}
    others = [Weight(), Weight(method="entropy", **scope), Weight(method="critic", **scope)]
    return [recipe.weight, *(one for one in others if one.method != recipe.weight.method)]


def _goes_together(recipe: Recipe, framework: Framework, normalise: Normalise, aggregate: Aggregate) -> bool:
    """Return whether a pair can be built, and not only by the luck of the data."""
    try:
        made = with_settings(recipe, framework, {("normalise",): normalise, ("aggregate",): aggregate})
        check_recipe(framework, made)
        refuse_zero(framework, made)
    except NqpfError:
        return False
    positive = any(aggregator_of(made, node).positive(how_of(made, node)) for node in framework.inner)
    return not positive or _stays_positive(normalise)


def _stays_positive(how: Normalise) -> bool:
    if how.method == "zscore":
        return how.mean >= 5 * how.sd
    return how.method == "rank" or (how.bounds is not None and how.bounds[0] > 0)
