"""Which recipes cannot be built whatever the data: told before anything runs."""

from __future__ import annotations

from collections.abc import Mapping

from nqpf.errors import NqpfError, SpecError
from nqpf.index.framework import Framework
from nqpf.index.recipe import Recipe
from nqpf.index.tree import aggregator_of, how_of, node_inputs
from nqpf.index.workbench import Workbench

REACHES_ITS_LOW_END = ("minmax", "percentile_rank")
"""Normalisations that give the worst value the lowest score of the scale, so that it surely occurs."""


def refusals(bench: Workbench, recipes: Mapping[int, Recipe]) -> dict[int, NqpfError]:
    """Return why recipes cannot be built, by their number, for those that cannot."""
    found: dict[int, NqpfError] = {}
    seen: dict[int, NqpfError | None] = {}
    for i, recipe in recipes.items():
        if id(recipe) not in seen:
            seen[id(recipe)] = _refusal(bench, recipe)
        reason = seen[id(recipe)]
        if reason is not None:
            found[i] = reason
    return found


def _refusal(bench: Workbench, recipe: Recipe) -> NqpfError | None:
    try:
        bench.check(recipe)
        refuse_zero(bench.framework, recipe)
    except NqpfError as error:
        return error
    return None


def refuse_zero(framework: Framework, recipe: Recipe) -> None:
    """Refuse a mean that takes positive scores only, of indicators on a scale whose low end is not above zero.

    Raises
    ------
    SpecError
        With the node, its aggregation and the scale.
    """
    how = recipe.normalise
    if how.scope not in ("pooled", "yearly") or how.on_constant == "middle":
        return
    for node in framework.inner:
        by = how_of(recipe, node)
        if not aggregator_of(recipe, node).positive(by):
            continue
        for at in node_inputs(framework, by, node.at):
            scaling = how.of(framework.nodes[at].id)
            leaf = at < len(framework.indicators)
            if leaf and scaling.method in REACHES_ITS_LOW_END and scaling.range[0] <= 0:
                words = {"aggregate": by.method, "normalise": scaling.method, "low": scaling.range[0]}
                raise SpecError("scale_reaches_zero", where=node.where, node=node.id, **words)
