"""How far an index's weights would move if every year had its own: shown whether or not the recipe lets them."""

from __future__ import annotations

import numpy as np

from nqpf.errors import MethodError
from nqpf.index.climb import climb
from nqpf.index.options.weight import DATA_DRIVEN, Weight
from nqpf.index.result import Index
from nqpf.index.tree import by_node
from nqpf.index.weights import WeightDrift, drift, drift_of_scores, overall


def yearly_weights(index: Index) -> WeightDrift | None:
    """Return the weights of every indicator in the whole index, year by year.

    Returns
    -------
    WeightDrift or None
        None where there is a single year, where no weight comes from the scores, or where some year's scores alone
        give no weights.
    """
    recipe, framework, panel = index.fitted.recipe, index.framework, index.panel
    how = recipe.weight
    if len(panel.periods) < 2 or not _from_scores(how):
        return None
    names = [i.id for i in framework.indicators]
    try:
        if how.method in DATA_DRIVEN and how.group == "all" and not recipe.weights:
            yearly = recipe.normalise.scope == "yearly"
            labels = [panel.labels[unit] for unit in panel.units]
            return drift_of_scores(
                index.normalised, how, names=names, periods=panel.periods, units=labels, yearly_scores=yearly
            )
        changed = recipe.model_copy(update={"weight": _each_year(how)})
        local = climb(framework, changed, by_node(index.normalised), panel).local
    except MethodError:
        return None
    whole = overall(framework, np.broadcast_to(local, (len(panel.periods), local.shape[1])))
    return drift(whole[:, : len(names)], names=names, periods=panel.periods)


def _from_scores(how: Weight) -> bool:
    return how.method in DATA_DRIVEN or any(_from_scores(one) for one in how.of)


def _each_year(how: Weight) -> Weight:
    """Return a weighting whose data-driven parts are taken every year."""
    if how.method == "combined":
        return how.model_copy(update={"of": tuple(_each_year(one) for one in how.of)})
    if how.method not in DATA_DRIVEN or how.yearly:
        return how
    return how.model_copy(update={"scope": "yearly", "base": None})
