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

from nqpf.data.formula import evaluate, names_in
from nqpf.data.panel import Panel, Series, Status
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.index import weights as weighting
from nqpf.index.aggregate import arithmetic, geometric, geometric_multipliers, share_out
from nqpf.index.framework import Framework
from nqpf.index.normalise import Scale, apply_scale, direct, fit_scale
from nqpf.index.recipe import Aggregate, Recipe
from nqpf.index.topsis import closeness, closeness_multipliers
from nqpf.messages import Text, say
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
        ``float64[2, K]`` worst and best indicator scores observed, for TOPSIS.
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
    status = np.full((len(panel.periods), len(panel.units), len(framework.indicators)), Status.REPORTED, dtype=np.int8)
    for k, indicator in enumerate(framework.indicators):
        values = evaluate(panel, indicator.formula, name=indicator.id, where=indicator.where)
        raw = [panel.index(n) for n in names_in(indicator.formula)]
        vintages = {v for j in raw if (v := panel.series[j].vintage)}
        if len(vintages) > 1 and not indicator.mixed_vintages:
            found = listing(f"{panel.series[j].id}: {panel.series[j].vintage}" for j in raw if panel.series[j].vintage)
            raise SpecError("mixed_vintages_in_formula", where=indicator.where, indicator=indicator.id, found=found)
        if raw:  # an indicator is as sure as the least sure of the cells it is made of
            status[:, :, k] = panel.status[:, :, raw].max(axis=2)
        status[np.isnan(values), k] = Status.MISSING
        layers.append(values)
        sources = "；".join(dict.fromkeys(s for j in raw if (s := panel.series[j].source))) or None
        series.append(Series(indicator.id, indicator.title, str(indicator.unit.zh), sources))
    return replace(panel, series=tuple(series), values=np.stack(layers, axis=2), status=status)


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
    periods, units, _ = scores.shape
    local = fitted.local
    if recipe.weight.yearly:  # they belong to the years at hand, not to those of the fit
        local = _local_weights(framework, recipe, scores, indicators, fitted.ideal)
    local = np.broadcast_to(local, (periods, len(framework.nodes)))
    rows = scores.reshape(periods * units, -1)
    _refuse_nonpositive(framework, recipe, indicators, scores)
    tree, present = evaluate_tree(framework, recipe, rows, np.repeat(local, units, axis=0), fitted.ideal)
    shape = (periods, units, len(framework.nodes))
    values = tree.reshape(shape)
    ranks = competition_rank(values, axis=1)
    whole = weighting.overall(framework, np.ascontiguousarray(local))
    done = replace(fitted, scale=scale)
    notes = (*_notes(indicators, framework, recipe, whole, present.reshape(shape)),)
    method = Method("recipe", recipe.model_dump(mode="json"))
    return Index(done, indicators, scores, values, present.reshape(shape), ranks, local, whole, notes, method)


def evaluate_tree(
    framework: Framework, recipe: Recipe, leaves: Floats, local: Floats, ideal: Floats, *, strict: bool = True
) -> tuple[Floats, Floats]:
    """Return the scores of every node and the share of weight present below it.

    Parameters
    ----------
    leaves
        ``float64[R, K]`` indicator scores, NaN where missing.
    local
        ``float64[R, nodes]`` weights within siblings.
    ideal
        ``float64[2, K]`` for TOPSIS with observed ideal.
    strict
        Hold scores to the availability that recipe and framework ask for; else score whatever is present.

    Returns
    -------
    scores, present
        ``float64[R, nodes]`` each.
    """
    rows, count = leaves.shape
    scores = np.full((rows, len(framework.nodes)), np.nan)
    present = np.zeros_like(scores)
    scores[:, :count], present[:, :count] = leaves, ~np.isnan(leaves)
    for node in framework.nodes[count:]:
        how = recipe.aggregate_of(node.id)
        inputs = node_inputs(framework, how, node.at)
        w, here = share_out(scores[:, inputs], relative_weights(framework, local, node.at, inputs))
        scores[:, node.at] = combine(how, scores[:, inputs], w, *node_ideal(recipe, how, ideal, inputs))
        below = framework.leaves[node.at]
        present[:, node.at] = (present[:, below] * relative_weights(framework, local, node.at, below)).sum(axis=1)
        least = node.availability if node.availability is not None else recipe.availability
        short = present[:, node.at] < (least if strict and least is not None else 0.0) - 1e-12
        scores[(here == 0) | short, node.at] = np.nan
    return scores, present


def combine(how: Aggregate, s: Floats, w: Floats, low: Floats, high: Floats) -> Floats:
    """Return one score a row from scores ``float64[R, K]`` and weights over what is present."""
    if how.method == "arithmetic":
        return arithmetic(s, w)
    if how.method == "geometric":
        return geometric(s, w)
    return closeness(s, w, low, high, how.weighting).closeness


def multipliers(how: Aggregate, s0: Floats, s1: Floats, w: Floats, low: Floats, high: Floats) -> Floats:
    """Return ω with Σ ω (s1 − s0) = combine(s1) − combine(s0), row by row."""
    if how.method == "arithmetic":
        return np.broadcast_to(w, s0.shape)
    if how.method == "geometric":
        return geometric_multipliers(s0, s1, w)
    return closeness_multipliers(s0, s1, w, low, high, how.weighting)


def node_inputs(framework: Framework, how: Aggregate, at: int) -> NDArray[np.intp]:
    """Return the positions of the nodes a node's score is made of."""
    return framework.leaves[at] if how.inputs == "leaves" else framework.children[at]


def node_ideal(recipe: Recipe, how: Aggregate, ideal: Floats, inputs: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the worst and best profile for TOPSIS over these inputs (unused by the means)."""
    if how.ideal == "observed" and how.inputs == "leaves":
        return ideal[0, inputs], ideal[1, inputs]
    low, high = recipe.normalise.bounds or (0.0, 1.0)
    return np.full(inputs.size, low), np.full(inputs.size, high)


def relative_weights(framework: Framework, local: Floats, at: int, inputs: NDArray[np.intp]) -> Floats:
    """Return the weights of `inputs` (nodes below `at`) within node `at`, ``float64[R, len(inputs)]``."""
    weights = np.ones((len(local), inputs.size))
    for column, node in enumerate(inputs):
        step = int(node)
        while step != at:
            weights[:, column] *= local[:, step]
            step = framework.nodes[step].parent
    return weights


def _fit(indicators: Panel, framework: Framework, recipe: Recipe) -> tuple[Fitted, Floats, Scale]:
    _check_recipe(framework, recipe)
    scores, scale = _scores(framework, recipe, indicators, None)
    flat = scores.reshape(-1, scores.shape[2])
    ideal = np.stack([np.nanmin(flat, axis=0), np.nanmax(flat, axis=0)])
    local = _local_weights(framework, recipe, scores, indicators, ideal)
    return Fitted(recipe, framework, scale, local, ideal), scores, scale


def _scores(framework: Framework, recipe: Recipe, indicators: Panel, scale: Scale | None) -> tuple[Floats, Scale]:
    """Return indicator scores ``float64[T, N, K]``, on `scale` if it is frozen, else on one fitted here."""
    how = recipe.normalise
    if recipe.availability is None and all(n.availability is None for n in framework.nodes):
        _refuse_missing(indicators)
    found = framework.indicators
    z = direct(indicators.values, [i.direction for i in found], [i.ideal for i in found])
    if scale is None or how.scope == "yearly":
        reference = _reference(recipe, indicators)
        has_ideal = np.array([i.ideal is not None for i in found])
        names = [i.id for i in found]
        scale = fit_scale(z, how, names=names, periods=indicators.periods, ideal=has_ideal, reference=reference)
    return apply_scale(z, scale), scale


def _local_weights(framework: Framework, recipe: Recipe, scores: Floats, indicators: Panel, ideal: Floats) -> Floats:
    """Return weights within siblings, ``float64[1 or T, nodes]``."""
    how = recipe.weight
    if how.method == "given":
        return weighting.given_weights(framework, how)[None]
    if how.group == "all":
        count = len(framework.indicators)
        leaf = np.full((1, count), 1 / count)
        if how.method == "entropy":
            leaf = _entropy(recipe, scores, [i.id for i in framework.indicators], indicators.periods)
        return weighting.spread(framework, leaf)
    years = len(indicators.periods) if how.yearly else 1
    local = np.ones((years, len(framework.nodes)))
    for kids in framework.children:
        local[:, kids] = 1 / max(kids.size, 1)
    if how.method == "entropy":
        _entropy_upwards(framework, recipe, scores, indicators, ideal, local)
    return local


def _entropy_upwards(
    framework: Framework, recipe: Recipe, scores: Floats, indicators: Panel, ideal: Floats, local: Floats
) -> None:
    """Fill in entropy weights among the children of each node, from the deepest level up."""
    periods, units, count = scores.shape
    for node in framework.nodes[count:]:
        kids = framework.children[node.at]
        rows = np.broadcast_to(local, (periods, local.shape[1])) if len(local) == 1 else local
        tree, _ = evaluate_tree(framework, recipe, scores.reshape(-1, count), np.repeat(rows, units, axis=0), ideal)
        children = tree[:, kids].reshape(periods, units, kids.size)
        names = [framework.nodes[c].id for c in kids]
        local[:, kids] = _entropy(recipe, children, names, indicators.periods) if kids.size > 1 else 1.0


def _entropy(recipe: Recipe, scores: Floats, names: Sequence[str], periods: Sequence[int]) -> Floats:
    """Return entropy weights of K columns of scores ``float64[T, N, K]``: ``float64[1 or T, K]``."""
    how = recipe.weight
    if how.basis == "unit":
        pool = scores if recipe.normalise.scope == "yearly" else scores.reshape(1, -1, scores.shape[2])
        low, high = np.nanmin(pool, axis=1, keepdims=True), np.nanmax(pool, axis=1, keepdims=True)
        span = high - low
        scores = np.divide(scores - low, span, out=np.where(np.isnan(scores), np.nan, 0.5), where=span > 0)
    window = scores
    if how.base is not None:
        inside = [how.base[0] <= p <= how.base[1] for p in periods]
        if not any(inside):
            raise MethodError(
                "base_window_empty", base=f"{how.base[0]}–{how.base[1]}", years=f"{periods[0]}–{periods[-1]}"
            )
        window = scores[inside]
    groups = window if how.scope == "yearly" else window.reshape(1, -1, scores.shape[2])
    weighting.check_entropy(groups, names, list(periods) if how.scope == "yearly" else [None])
    return weighting.entropy(groups).weights


def _check_recipe(framework: Framework, recipe: Recipe) -> None:
    """Refuse nodes there are not, and TOPSIS against ends that the scores have not."""
    for name in recipe.nodes:
        framework.node(name)
    for node in framework.nodes[len(framework.indicators) :]:
        how = recipe.aggregate_of(node.id)
        if how.method == "topsis" and how.ideal == "absolute" and recipe.normalise.bounds is None:
            raise SpecError("topsis_without_bounds", method=recipe.normalise.method)


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


def _refuse_missing(indicators: Panel) -> None:
    holes = np.argwhere(np.isnan(indicators.values))
    if len(holes):
        t, n, k = holes[0]
        cells = [
            say(
                "word.cell",
                indicator=indicators.series[k].id,
                unit=indicators.labels[indicators.units[n]],
                period=indicators.periods[t],
            )
            for t, n, k in holes
        ]
        place = Where(
            unit=indicators.labels[indicators.units[n]], indicator=indicators.series[k].id, period=indicators.periods[t]
        )
        raise MethodError("missing_indicator", where=place, count=len(holes), cells=listing(cells))


def _refuse_nonpositive(framework: Framework, recipe: Recipe, indicators: Panel, scores: Floats) -> None:
    """Name the first indicator score that a geometric mean cannot take."""
    count = len(framework.indicators)
    for node in framework.nodes[count:]:
        if recipe.aggregate_of(node.id).method != "geometric":
            continue
        below = framework.leaves[node.at]
        bad = np.argwhere(scores[:, :, below] <= 0)
        if len(bad):
            t, n, k = bad[0]
            name = indicators.series[below[k]].id
            where = Where(unit=indicators.labels[indicators.units[n]], indicator=name, period=indicators.periods[t])
            raise MethodError(
                "geometric_nonpositive", where=where, node=node.id, value=float(scores[t, n, below[k]]), count=len(bad)
            )


def _notes(indicators: Panel, framework: Framework, recipe: Recipe, whole: Floats, present: Floats) -> list[Note]:
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
    gaps = int((present[:, :, -1] < 1 - 1e-12).sum())
    if gaps:
        notes.append(Note("scored_with_holes", values={"count": gaps, "total": present[:, :, -1].size}))
    if len(indicators.units) < 5:
        notes.append(Note("few_units", values={"count": len(indicators.units)}))
    return notes
