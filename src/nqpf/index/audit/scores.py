"""Ways from weights to published scores: scaling × mean or distance × factor, each compared at every unit and year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import DataError, hint, listing
from nqpf.index.aggregate import AGGREGATORS
from nqpf.index.audit.published import Published
from nqpf.index.audit.recipes import Candidate, Scaled, candidates, scalings
from nqpf.index.framework import Framework
from nqpf.index.options.aggregate import Aggregate
from nqpf.messages import Text, say

Floats = NDArray[np.float64]

WAYS: Mapping[str, Aggregate] = {
    "linear": Aggregate(method="arithmetic"),
    "geometric": Aggregate(method="geometric"),
    "topsis_scores": Aggregate(method="topsis", ideal="observed", weighting="scores"),
    "topsis_distances": Aggregate(method="topsis", ideal="observed", weighting="distances"),
}
"""Ways of aggregation that published indices use."""
FACTORS = (1.0, 100.0)
"""What scores are multiplied by in print."""
TRIED = 5
"""Recipes for weights, the nearest first, whose scores are tried beside the published weights."""


@dataclass(frozen=True, slots=True, eq=False)
class Scoring:
    """A way to the published scores.

    Attributes
    ----------
    scaled
        How indicators were scaled.
    way
        Aggregation: a key of `WAYS`.
    weights
        Whose weights: ``published``, ``equal``, or a recipe's method.
    factor
        What scores are multiplied by.
    gap
        Largest difference.
    count
        Scores compared.
    faults
        Known faults in it.
    """

    scaled: Scaled
    way: str
    weights: str
    factor: float
    gap: float
    count: int
    faults: tuple[str, ...]

    def text(self) -> Text:
        """Return the way in words."""
        words = [say(f"audit.way.{self.way}"), say(f"audit.scale.{self.scaled.id}", number=self.scaled.number)]
        if self.weights in ("published", "equal"):
            words.append(say(f"audit.weights_from.{self.weights}"))
        else:
            words.append(say("audit.weights_from.recipe", recipe=say(f"choice.{self.weights}")))
        if self.factor != 1:
            words.append(say("audit.times", factor=self.factor))
        words += [say(f"audit.fault.{fault}") for fault in self.faults]
        return Text.join(words, "，", ", ")


def match_scores(
    given: Published,
    indicators: Panel,
    framework: Framework,
    weights: Mapping[int | None, Floats] | None,
    recipes: Sequence[Candidate],
) -> tuple[Scoring, ...]:
    """Return the ways that were tried, the nearest first.

    Parameters
    ----------
    given
        Published scores.
    indicators
        The panel of indicators.
    weights
        Published weights by year (None: of all years), if there are any.
    recipes
        Recipes for weights, the nearest first.
    """
    rows, wanted = _places(given, indicators)
    tried: dict[str, tuple[Floats, tuple[str, ...]]] = {}
    for year_weights in list((weights or {}).values())[:1]:
        if (year_weights >= 0).all():
            tried["published"] = (year_weights / year_weights.sum(), ())
    count = len(framework.indicators)
    tried["equal"] = (np.full(count, 1 / count), ())
    for one in [recipe for recipe in recipes if (recipe.weights >= 0).all()][:TRIED]:
        tried.setdefault(one.method, (one.weights, one.faults))
    if weights is None:
        for one in _own_recipes(indicators, framework):
            tried.setdefault(one.method, (one.weights, one.faults))
    found = []
    for scaled in scalings(indicators.values, framework):
        for way, scores in _score(scaled, tried):
            name, source = way.split("|")
            for factor in FACTORS:
                gap = float(np.abs(scores[rows] * factor - wanted).max())
                if np.isfinite(gap):
                    faults = tuple(dict.fromkeys((*scaled.faults, *tried[source][1])))
                    found.append(Scoring(scaled, name, source, factor, gap, len(wanted), faults))
    return tuple(sorted(found, key=lambda s: (round(s.gap, 12), len(s.faults))))


def _own_recipes(indicators: Panel, framework: Framework) -> Iterator[Candidate]:
    """Yield sound data-driven weights, where none are published to start from."""
    for one in candidates(indicators.values, framework, indicators.periods):
        if one.scaled.id == "minmax" and one.scope == "pooled" and one.level == "all" and not one.faults:
            yield one


def _score(scaled: Scaled, tried: Mapping[str, tuple[Floats, tuple[str, ...]]]) -> Iterator[tuple[str, Floats]]:
    rows = scaled.values.reshape(-1, scaled.values.shape[2])
    if np.isnan(rows).any():
        return
    for source, (weights, _) in tried.items():
        for way, how in WAYS.items():
            method = AGGREGATORS[how.method]
            if method.positive(how) and (rows <= 0).any():
                continue
            w = weights[None]
            sample = method.sample(rows, w, how, None) if method.sample else None
            yield f"{way}|{source}", method.score(rows, w, how, sample).reshape(scaled.values.shape[:2])


def _places(given: Published, indicators: Panel) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], Floats]:
    """Return positions (year, unit) of the published scores in the panel, and the scores."""
    assert given.scores is not None
    table = given.scores.drop_nulls("score")
    units: dict[str, int] = {}
    for n, unit in enumerate(indicators.units):
        label = indicators.labels[unit]
        units |= {unit: n, label.zh: n, label.en: n}
    names = table["unit"].to_list()
    known = [(name, units.get(name)) for name in names]
    strangers = [name for name, place in known if place is None]
    if len(strangers) == len(known):
        near = hint(strangers[0], list(units))
        raise DataError("audit_unit_unknown", name=listing(strangers), options=listing(list(units), 40), hint=near)
    kept = [i for i, (_, place) in enumerate(known) if place is not None]
    years = table["period"].to_list()
    if any(year is None for year in years) and len(indicators.periods) > 1:
        raise DataError("audit_no_year", years=listing(indicators.periods, 40))
    at = {period: t for t, period in enumerate(indicators.periods)}
    missing = sorted({int(y) for y in years if y is not None and int(y) not in at})
    if missing:
        raise DataError("audit_year_unknown", years=listing(missing), options=listing(indicators.periods, 40))
    rows = np.array([0 if years[i] is None else at[int(years[i])] for i in kept], dtype=np.intp)
    columns = np.array([units[names[i]] for i in kept], dtype=np.intp)
    return (rows, columns), table["score"].to_numpy()[kept]
