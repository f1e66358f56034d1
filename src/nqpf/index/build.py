"""Build an index: fit a recipe on a panel, and score this or a later panel with what was fitted.

The chain is evaluate formulas → direct and normalise → weight → aggregate up the tree → rank. `build` does all of it;
`fit` and `transform` keep bounds and weights frozen when new years come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.dimensions import check_formula
from nqpf.data.formula import evaluate, names_in
from nqpf.data.panel import Panel, Series, Status
from nqpf.errors import SpecError, hint, listing
from nqpf.index import weights as weighting
from nqpf.index.climb import climb, refuse_missing
from nqpf.index.framework import Framework, Indicator
from nqpf.index.normalise import Scale, apply_scale, direct, fit_scale
from nqpf.index.recipe import Recipe
from nqpf.index.tree import check_scales
from nqpf.messages import Text
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Index(Result):
    """An index over a panel: scores of every node, and everything they were made of.

    Attributes
    ----------
    fitted
        The recipe with its frozen bounds and weights.
    panel
        The K indicators (formulas evaluated) over T years and N units, each in its unit.
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
        yearly = self.fitted.recipe.weight.yearly
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
    """A recipe with the bounds and weights it took from a panel.

    Attributes
    ----------
    recipe, framework
        What was fitted.
    scale
        Bounds of normalisation; under ``yearly`` they belong to each year and are taken anew.
    local
        ``float64[1 or T, nodes]`` weights within siblings.
    ideal
        ``float64[2, nodes]`` worst and best scores observed, for TOPSIS.
    """

    recipe: Recipe
    framework: Framework
    scale: Scale
    local: Floats
    ideal: Floats

    def transform(self, panel: Panel) -> Index:
        """Score a panel of raw series with the frozen bounds and weights."""
        indicators = evaluate_all(panel, self.framework)
        return score(self, indicators, *_scores(self.framework, self.recipe, indicators, self.scale))


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
    recipe = recipe or Recipe()
    indicators = evaluate_all(panel, framework)
    fitted, scores, scale = _fit(indicators, framework, recipe)
    return score(fitted, indicators, scores, scale)


def fit(panel: Panel, framework: Framework, recipe: Recipe | None = None) -> Fitted:
    """Take bounds and weights from a panel of raw series, to score later panels with `Fitted.transform`."""
    return _fit(evaluate_all(panel, framework), framework, recipe or Recipe())[0]


def evaluate_all(panel: Panel, framework: Framework) -> Panel:
    """Return the panel of indicators: every formula of the framework evaluated over the raw series."""
    layers, series = [], []
    measures = {s.id: s.measure for s in panel.series}
    status = np.full((len(panel.periods), len(panel.units), len(framework.indicators)), Status.REPORTED, dtype=np.int8)
    for k, indicator in enumerate(framework.indicators):
        check_formula(indicator.formula, measures, indicator.unit, indicator=indicator.id, where=indicator.where)
        values = evaluate(panel, indicator.formula, name=indicator.id, where=indicator.where)
        raw = [panel.index(n) for n in names_in(indicator.formula)]
        _refuse_mixtures([panel.series[j] for j in raw], indicator)
        if raw:  # an indicator is as sure as the least sure of the cells it is made of
            status[:, :, k] = panel.status[:, :, raw].max(axis=2)
        status[np.isnan(values), k] = Status.MISSING
        layers.append(values)
        sources = "；".join(dict.fromkeys(s for j in raw if (s := panel.series[j].source))) or None
        series.append(Series(indicator.id, indicator.title, str(indicator.unit.zh), sources))
    return replace(panel, series=tuple(series), values=np.stack(layers, axis=2), status=status)


def _refuse_mixtures(series: Sequence[Series], indicator: Indicator) -> None:
    """Refuse a formula over series of several vintages or scopes, unless the indicator allows it by name."""
    for column, code, allowed in (
        ("vintage", "mixed_vintages_in_formula", indicator.mixed_vintages),
        ("scope", "mixed_scopes_in_formula", indicator.mixed_scopes),
    ):
        stated = {s.id: value for s in series if (value := getattr(s, column))}
        if len(set(stated.values())) > 1 and not allowed:
            found = listing(f"{id}: {value}" for id, value in stated.items())
            raise SpecError(code, where=indicator.where, indicator=indicator.id, found=found)


def score(fitted: Fitted, indicators: Panel, scores: Floats, scale: Scale) -> Index:
    """Aggregate indicator scores up the tree and rank: the second half of `build`.

    Parameters
    ----------
    fitted
        Weights, ideal, recipe and framework.
    indicators
        The indicators the scores belong to.
    scores
        ``float64[T, N, K]``.
    scale
        The scale they are on.
    """
    framework, recipe = fitted.framework, fitted.recipe
    # Yearly weights belong to the years at hand, not to those of the fit.
    local = None if recipe.weight.yearly else fitted.local
    found = climb(framework, recipe, scores, indicators, local=local, ideal=fitted.ideal)
    local = np.broadcast_to(found.local, (len(scores), len(framework.nodes)))
    ranks = competition_rank(found.scores, axis=1)
    whole = weighting.overall(framework, local)
    notes = tuple(_notes(indicators, framework, recipe, whole, found.present, ~np.isnan(found.scores[:, :, -1])))
    return Index(
        replace(fitted, scale=scale),
        indicators,
        scores,
        found.scores,
        found.present,
        ranks,
        local,
        whole,
        notes,
        Method("recipe", recipe.model_dump(mode="json")),
    )


def _fit(indicators: Panel, framework: Framework, recipe: Recipe) -> tuple[Fitted, Floats, Scale]:
    _check_recipe(framework, recipe)
    scores, scale = _scores(framework, recipe, indicators, None)
    found = climb(framework, recipe, scores, indicators)
    return Fitted(recipe, framework, scale, found.local, found.ideal), scores, scale


def _scores(framework: Framework, recipe: Recipe, indicators: Panel, scale: Scale | None) -> tuple[Floats, Scale]:
    """Return indicator scores ``float64[T, N, K]``, on `scale` if it is frozen, else on one fitted here."""
    how = recipe.normalise
    if recipe.availability is None and all(n.availability is None for n in framework.nodes):
        refuse_missing(indicators, np.isnan(indicators.values))
    found = framework.indicators
    directions = [i.direction for i in found]
    z = direct(indicators.values, directions, [i.ideal for i in found])
    if scale is None or how.scope == "yearly":
        scale = fit_scale(
            z,
            how,
            names=[i.id for i in found],
            directions=directions,
            periods=indicators.periods,
            reference=_reference(recipe, indicators),
        )
    return apply_scale(z, scale), scale


def _check_recipe(framework: Framework, recipe: Recipe) -> None:
    """Refuse nodes there are not, indicators named as if they were aggregated, and scales that do not go together."""
    inner = [n.id for n in framework.nodes[len(framework.indicators) :]]
    for name in recipe.nodes:
        if framework.node(name).id not in inner:
            raise SpecError("node_is_indicator", node=name, options=listing(inner, 40))
    check_scales(framework, recipe)


def _reference(recipe: Recipe, indicators: Panel) -> int | None:
    """Return the position of the reference unit, given by code or by name."""
    wanted = recipe.normalise.reference
    if wanted is None:
        return None
    for n, unit in enumerate(indicators.units):
        if wanted in (unit, indicators.labels[unit].zh, indicators.labels[unit].en):
            return n
    names = [indicators.labels[u] for u in indicators.units]
    near = hint(wanted, [*indicators.units, *(t.zh for t in names), *(t.en for t in names)])
    raise SpecError("unknown_reference", unit=wanted, options=listing(names, 40), hint=near)


def _notes(
    indicators: Panel,
    framework: Framework,
    recipe: Recipe,
    whole: Floats,
    present: Floats,
    scored: NDArray[np.bool_],
) -> list[Note]:
    notes = []
    if recipe.weight.yearly:
        notes.append(Note("yearly_weights"))
    if recipe.normalise.scope == "yearly":
        notes.append(Note("yearly_bounds"))
    leaf = whole[:, : len(framework.indicators)]
    largest = int(leaf.mean(axis=0).argmax())
    if leaf[:, largest].mean() > weighting.CONCENTRATED:
        title: Text = framework.indicators[largest].title
        notes.append(Note("weight_concentrated", values={"indicator": title, "weight": float(leaf[:, largest].mean())}))
    total = scored.size
    gaps = int((scored & (present[:, :, -1] < 1 - 1e-12)).sum())
    if gaps:
        notes.append(Note("scored_with_holes", values={"count": gaps, "total": total}))
    if not scored.all():
        notes.append(Note("unscored", values={"count": int((~scored).sum()), "total": total}))
    if len(indicators.units) < 5:
        notes.append(Note("few_units", values={"count": len(indicators.units)}))
    return notes
