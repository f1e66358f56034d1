"""Build an index: fit a recipe on a panel, and score this or a later panel with what was fitted.

The chain is evaluate formulas → screen → impute → treat → direct and normalise → weight → aggregate up the tree → rank.
`build` does all of it; `fit` and `Fitted.transform` keep bounds and weights frozen when new years come.
"""

from __future__ import annotations

from dataclasses import replace

from nqpf.data.panel import Panel
from nqpf.index.framework import Framework
from nqpf.index.recipe import Recipe
from nqpf.index.result import Fitted, Index, finish
from nqpf.index.workbench import Workbench


def build(panel: Panel, framework: Framework, recipe: Recipe | None = None) -> Index:
    """Build an index.

    Parameters
    ----------
    panel
        Raw series.
    framework
        Tree of dimensions and indicators.
    recipe
        How to build; default: pooled min-max to 0–1, equal weights at each node, arithmetic mean.

    Raises
    ------
    SpecError
        A formula names a series there is not; weights that do not sum; an unknown node or reference unit.
    MethodError
        The method cannot take these numbers: constant indicator, hole, zero or negative; with unit, indicator, year.

    Examples
    --------
    See ``nqpf demo thermal`` and `nqpf.Study`.
    """
    return build_on(Workbench(panel, framework), recipe or Recipe())


def build_on(bench: Workbench, recipe: Recipe) -> Index:
    """Build an index on a workbench, where other recipes may have been built before; as `build`."""
    remarks, found, scored = bench.check(recipe), bench.climbed(recipe), bench.scored(recipe)
    normalised = scored.leaves.T.reshape(scored.prepared.panel.values.shape)
    index = finish(bench.framework, recipe, scored.prepared, normalised, scored.scale, found)
    return replace(index, notes=(*remarks, *index.notes)) if remarks else index


def fit(panel: Panel, framework: Framework, recipe: Recipe | None = None) -> Fitted:
    """Take bounds, weights and samples from a panel of raw series, to score later panels with `Fitted.transform`."""
    return build(panel, framework, recipe).fitted
