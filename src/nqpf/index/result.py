"""What building an index returns: the index, and the recipe with what it took from the data, for years to come."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.index.climb import Climbed, climb
from nqpf.index.framework import Framework
from nqpf.index.normalise import Scale, remarks
from nqpf.index.recipe import Recipe
from nqpf.index.steps import Prepared, evaluate_all, prepare, put_on_scale
from nqpf.index.tree import Samples, by_node
from nqpf.index.weights import overall
from nqpf.messages import Text
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

CONCENTRATED = 0.3
"""A weight above this is remarked on: one indicator carries the index."""


@dataclass(frozen=True, slots=True, eq=False)
class Index(Result):
    """An index over a panel: scores of every node, and everything they were made of.

    Attributes
    ----------
    fitted
        The recipe with its frozen bounds and weights.
    panel
        The K indicators (formulas evaluated, screened, filled, treated) over T years and N units, each in its unit.
    prepared
        The same with what was done to them.
    normalised
        ``float64[T, N, K]`` scores of the indicators.
    scores
        ``float64[T, N, nodes]`` scores of every node of the framework, the index last; higher is better.
    present
        ``float64[T, N, nodes]`` share of weight that was present below each node.
    ranks
        ``float64[T, N, nodes]`` rank within the year, 1 best, ties sharing the smaller number.
    local, whole
        ``float64[T, nodes]`` weight of each node within its siblings, and in the whole index.
    """

    fitted: Fitted
    panel: Panel
    prepared: Prepared
    normalised: Floats
    scores: Floats
    present: Floats
    ranks: Floats
    local: Floats
    whole: Floats
    notes: tuple[Note, ...]
    method: Method

    @property
    def framework(self) -> Framework:
        """The tree."""
        return self.fitted.framework

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, node, level, score, rank and present share, a row each."""
        nodes = self.framework.nodes
        t, n, m = self.scores.shape
        return pl.DataFrame(
            {
                "unit": np.tile(np.repeat(self.panel.units, m), t),
                "period": np.repeat(self.panel.periods, n * m),
                "node": np.tile([x.id for x in nodes], t * n),
                "level": np.tile([x.level for x in nodes], t * n),
                "score": self.scores.reshape(-1),
                "rank": self.ranks.reshape(-1),
                "present": self.present.reshape(-1),
            }
        ).with_columns(pl.col("score").fill_nan(None), pl.col("rank").fill_nan(None).cast(pl.Int64))

    def weights_frame(self) -> pl.DataFrame:
        """Return node, dimension, period (null if all years share one weight), local and overall weight."""
        nodes = self.framework.nodes[:-1]
        yearly = self.fitted.recipe.yearly_weights
        rows = [
            (
                node.id,
                self.framework.dimension_of(node).id,
                node.level,
                period if yearly else None,
                float(self.local[t, node.at]),
                float(self.whole[t, node.at]),
            )
            for t, period in enumerate(self.panel.periods[: None if yearly else 1])
            for node in nodes
        ]
        kinds = {"node": pl.String, "dimension": pl.String, "level": pl.Int64, "period": pl.Int64}
        return pl.DataFrame(rows, schema=kinds | {"local": pl.Float64, "whole": pl.Float64}, orient="row")


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A recipe with the bounds, weights and samples it took from a panel.

    Attributes
    ----------
    recipe, framework
        What was fitted.
    prepared
        The indicators it was fitted on: who was left out, and how outliers are treated.
    scale
        Bounds of normalisation; under ``yearly`` they belong to each year and are taken anew.
    local
        ``float64[1 or T, nodes]`` weights within siblings.
    samples
        What each node's rows are measured against: ideals, frontiers, the other units.
    """

    recipe: Recipe
    framework: Framework
    prepared: Prepared
    scale: Scale
    local: Floats
    samples: Samples

    def transform(self, panel: Panel) -> Index:
        """Score a panel of raw series with the frozen bounds and weights."""
        indicators = evaluate_all(panel, self.framework, denominate=self.recipe.denominate)
        prepared = prepare(indicators, self.framework, self.recipe, self.prepared)
        scores, scale = put_on_scale(prepared, self.framework, self.recipe, self.scale)
        leaves, local, samples = by_node(scores), self.local, self.samples
        found = climb(self.framework, self.recipe, leaves, prepared.panel, local=local, samples=samples)
        return finish(self.framework, self.recipe, prepared, scores, scale, found, self)


def finish(
    framework: Framework,
    recipe: Recipe,
    prepared: Prepared,
    normalised: Floats,
    scale: Scale,
    found: Climbed,
    frozen: Fitted | None = None,
) -> Index:
    """Return the index that was found on the way up the tree.

    Parameters
    ----------
    normalised
        ``float64[T, N, K]`` indicator scores on `scale`.
    frozen
        What it was scored with, where that was fitted on another panel.
    """
    cube = (*normalised.shape[:2], -1)
    scores, present = found.tree.T.reshape(cube), found.present.T.reshape(cube)
    local = np.broadcast_to(found.local, (len(scores), len(framework.nodes)))
    whole = overall(framework, local)
    fitted = Fitted(recipe, framework, prepared, scale, found.local, found.samples)
    if frozen is not None:  # what is taken anew every year belongs to the years at hand
        fitted = replace(frozen, scale=scale, samples=found.samples)
    return Index(
        fitted,
        prepared.panel,
        prepared,
        normalised,
        scores,
        present,
        competition_rank(scores, axis=1),
        local,
        whole,
        (*prepared.notes, *_notes(prepared, framework, recipe, whole, present, ~np.isnan(scores[:, :, -1]))),
        Method("recipe", recipe.model_dump(mode="json")),
    )


def _notes(
    prepared: Prepared,
    framework: Framework,
    recipe: Recipe,
    whole: Floats,
    present: Floats,
    scored: NDArray[np.bool_],
) -> list[Note]:
    notes = [*remarks(recipe.normalise, framework.indicators)]
    if recipe.yearly_weights:
        notes.append(Note("yearly_weights"))
    if recipe.normalise.scope == "yearly":
        notes.append(Note("yearly_bounds"))
    leaf = whole[:, : len(framework.indicators)]
    largest = int(leaf.mean(axis=0).argmax())
    if leaf[:, largest].mean() > CONCENTRATED:
        title: Text = framework.indicators[largest].title
        notes.append(Note("weight_concentrated", values={"indicator": title, "weight": float(leaf[:, largest].mean())}))
    total = scored.size
    gaps = int((scored & (present[:, :, -1] < 1 - 1e-12)).sum())
    if gaps:
        notes.append(Note("scored_with_holes", values={"count": gaps, "total": total}))
    if not scored.all():
        notes.append(Note("unscored", values={"count": int((~scored).sum()), "total": total}))
    if len(prepared.panel.units) < 5:
        notes.append(Note("few_units", values={"count": len(prepared.panel.units)}))
    return notes
