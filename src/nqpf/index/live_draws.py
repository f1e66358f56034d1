"""An index under many sets of weights at once: which weights count, how many sets can be waited for, and their scores.

All draws climb the tree in one pass; what rows are measured against is taken anew in a draw only where it hangs on the
weights, and years other than the one asked for are scored only where that needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.index.climb import climb
from nqpf.index.framework import Framework, Node
from nqpf.index.recipe import Recipe
from nqpf.index.result import Index
from nqpf.index.tree import aggregator_of, by_node, how_of, node_inputs, relative_weights

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNWEIGHTED = ("bod",)
"""Methods of aggregation that weights do not enter."""
WEIGHED_SAMPLES = ("copeland", "wroclaw", "vikor")
"""Methods whose rows are measured against something that hangs on the weights."""

DRAWS, FEWEST = 200, 20
"""How many draws are taken where none are asked for: as many as can be waited for between these."""
PATIENCE = 3e6
"""What is waited for, in cells of scores that go into a weighted mean."""
SLOW: Mapping[str, float] = {"copeland": 0.15, "median": 3, "owa": 3, "rsr": 4, "promethee": 4, "fuzzy": 5, "bod": 2500}
"""How much longer other methods take over a cell (Copeland: over a cell beside another)."""
START, START_COLUMN = 4000, 3000
"""What it takes to begin with rows that are measured against something of their own, in such cells; with each column
of those methods that go column by column."""
BY_COLUMN = ("copeland", "rsr", "promethee")


def counting(framework: Framework, recipe: Recipe) -> Bools:
    """Return which nodes' weights within their siblings the index hangs on, ``bool[nodes]``.

    Weights of the children of a node count if the score of that node, or of one above it that is made straight of the
    indicators, has a part in the index and uses weights; an only child's does not.
    """
    found = np.zeros(len(framework.nodes), dtype=bool)
    for node, inputs in _made_of(framework, recipe).items():
        if how_of(recipe, framework.nodes[node]).method not in UNWEIGHTED:
            for step in inputs.tolist():
                while step != node:
                    found[step] = True
                    step = framework.nodes[step].parent
    found[[kids[0] for kids in framework.children if kids.size == 1]] = False
    return found


def affordable(framework: Framework, recipe: Recipe, panel: Panel) -> int:
    """Return how many draws can be waited for: the same for the same sizes and methods, on any machine."""
    years, units = len(panel.periods), len(panel.units)
    alone, cost = _one_year(framework, recipe), 0.0
    rows = units if alone else units * years
    for at, inputs in _made_of(framework, recipe).items():
        node = framework.nodes[at]
        how = how_of(recipe, node)
        groups = 0 if _stays(framework, recipe, node) else 1 if alone or how.scope == "pooled" else years
        cost += groups * (START + START_COLUMN * inputs.size * (how.method in BY_COLUMN))
        rivals = rows // max(groups, 1) if how.method == "copeland" else 1
        cost += rows * rivals * inputs.size * SLOW.get(how.method, 1)
    return int(np.clip(PATIENCE / cost, FEWEST, DRAWS))


def _made_of(framework: Framework, recipe: Recipe) -> dict[int, NDArray[np.intp]]:
    """Return the nodes whose scores have a part in the index, with what each is made of, from the deepest level up."""
    found: dict[int, NDArray[np.intp]] = {}
    asked = [framework.root.at]
    while asked:
        node = framework.nodes[asked.pop()]
        found[node.at] = node_inputs(framework, how_of(recipe, node), node.at)
        asked += [i for i in found[node.at].tolist() if framework.children[i].size]
    return dict(sorted(found.items()))


def _one_year(framework: Framework, recipe: Recipe) -> bool:
    """Return whether draws can be ranked in one year without scoring the other years under them."""
    nodes = [framework.nodes[at] for at in _made_of(framework, recipe)]
    return all(_stays(framework, recipe, node) or how_of(recipe, node).scope == "yearly" for node in nodes)


def _stays(framework: Framework, recipe: Recipe, node: Node) -> bool:
    """Return whether what a node's rows are measured against is the same in all years and whatever the weights."""
    how = how_of(recipe, node)
    if aggregator_of(recipe, node).sample is None:
        return True
    of_leaves = all(not framework.children[i].size for i in node_inputs(framework, how, node.at))
    return how.scope == "pooled" and of_leaves and how.method not in WEIGHED_SAMPLES


def scores_of_draws(index: Index, noisy: Floats, t: int) -> Floats:
    """Return the scores of the index in year `t` under each of the weights ``float64[D, 1 or T, nodes]``."""
    framework, recipe, panel = index.framework, index.fitted.recipe, index.panel
    leaves, draws = by_node(index.normalised), len(noisy)
    years, units = len(panel.periods), len(panel.units)
    if _one_year(framework, recipe):
        panel = replace(panel, periods=(panel.periods[t],), values=panel.values[[t]], status=panel.status[[t]])
        leaves = leaves[:, t * units : (t + 1) * units]
        noisy = noisy[:, [t if noisy.shape[1] > 1 else 0]]
        years, t = 1, 0
    samples = index.fitted.samples
    stays = {node.id: samples[node.at] for node in framework.inner if _stays(framework, recipe, node)}
    tree, local = _bare(framework, recipe, noisy.reshape(-1, noisy.shape[2]))
    kept = {node.at: stays[node.id] for node in tree.inner if node.id in stays}
    every = np.tile(leaves, draws)
    above = climb(tree, recipe, every, panel, local=local, samples=kept, anew=False, draws=draws)
    return np.asarray(above.tree[-1].reshape(draws, years, units)[:, t])


def _bare(framework: Framework, recipe: Recipe, local: Floats) -> tuple[Framework, Floats]:
    """Return the tree with only the nodes that the index is made of, and weights ``float64[G, nodes]`` in it.

    Where a node is made straight of the indicators below it, they are its children.
    """
    made_of = _made_of(framework, recipe)
    if all(inputs is framework.children[at] for at, inputs in made_of.items()):
        return framework, local
    kept = [*range(len(framework.indicators)), *made_of]
    place = {old: new for new, old in enumerate(kept)}
    parents = {int(i): at for at, inputs in made_of.items() for i in inputs}
    weights = np.ones((len(local), len(kept)))
    for at, inputs in made_of.items():
        weights[:, [place[int(i)] for i in inputs]] = relative_weights(framework, local, at, inputs)
    nodes = tuple(
        replace(framework.nodes[old], at=place[old], parent=place.get(parents.get(old, -1), -1)) for old in kept
    )
    return replace(framework, nodes=nodes), weights
