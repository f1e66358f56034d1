"""Audit published results: find the recipe that gives them to their last digit, or the known fault that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import DataError, hint, listing
from nqpf.index.audit.published import Published, published
from nqpf.index.audit.recipes import Candidate, candidates
from nqpf.index.audit.scores import Scoring, match_scores
from nqpf.index.audit.tables import look_at_tables
from nqpf.index.climb import refuse_missing
from nqpf.index.framework import Framework
from nqpf.index.steps import evaluate_all
from nqpf.messages import Text, say
from nqpf.results import Finding, Method, Note, Result

Floats = NDArray[np.float64]

SLACK = 1e-9
"""Difference that counts as none where figures are printed with more digits than arithmetic keeps."""
REVERSED = -0.5
"""Spearman correlation of wrong and right weights below which the order is said to be reversed."""
MOST = 50
"""Recipes shown in the table, the nearest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Audit(Result):
    """What an audit found.

    Attributes
    ----------
    given
        What was published.
    nearest
        Recipes for the weights, the nearest first, each with its largest difference.
    scorings
        Ways to the scores, the nearest first.
    findings
        What can be said, each with its numbers.
    """

    given: Published
    nearest: tuple[tuple[Candidate, float], ...]
    scorings: tuple[Scoring, ...]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return what was tried, the nearest first.

        Columns: of (weights or scores), recipe_zh, recipe_en, difference (largest), digits (decimals that agree),
        agrees (to the last digit printed), faults.
        """
        tried = [("weight", describe(one), gap, one.faults) for one, gap in self.nearest[:MOST]]
        tried += [("score", one.text(), one.gap, one.faults) for one in self.scorings[:MOST]]
        rows = [
            (f"{of}s", text.zh, text.en, gap, digits_agreed(gap), gap <= self.tolerance(of), " ".join(faults))
            for of, text, gap, faults in tried
        ]
        schema = {"of": pl.String, "recipe_zh": pl.String, "recipe_en": pl.String, "difference": pl.Float64}
        schema |= {"digits": pl.Int64, "agrees": pl.Boolean, "faults": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def tolerance(self, what: str) -> float:
        """Return half a unit of the last decimal printed of a ``weight`` or ``score``."""
        return _tolerance(self.given.weight_digits if what == "weight" else self.given.score_digits)

    def lines(self) -> list[Text]:
        """Return what was found as sentences."""
        return [finding.text() for finding in self.findings]


def audit(results: Any, panel: Panel, framework: Framework) -> Audit:
    """Say which recipe gives published weights or scores, to what digit, or which known fault does.

    Parameters
    ----------
    results
        Published results: a file, a dataframe, a list of these, or `Published`. Weights are of the framework's
        indicators, by id or title; scores are of the panel's units, by code or name.
    panel
        Raw series the results were made from.
    framework
        Their indicators: formulas and directions.

    Returns
    -------
    Audit

    Raises
    ------
    DataError
        No weights and no scores in the results; an indicator or unit that is not in framework or panel.
    MethodError
        An indicator has missing values, so that nothing can be recomputed.

    Notes
    -----
    Tried are the ways of scaling and weighting in use, level by level and all at once, all years together and each
    year alone, and the known wrong recipes of `nqpf.index.audit.wrong`. That a recipe gives the same digits does not
    prove that it was the one used: where several do, all are named.
    """
    given = results if isinstance(results, Published) else published(results)
    indicators = evaluate_all(panel, framework)
    refuse_missing(indicators, np.isnan(indicators.values))
    findings = list(look_at_tables(given, panel))
    nearest: tuple[tuple[Candidate, float], ...] = ()
    if given.weights is not None:
        wanted = weights_of(given.weights, framework)
        tried = candidates(indicators.values, framework, indicators.periods)
        found = [(one, _gap(one, wanted)) for one in tried]
        found = [(one, gap) for one, gap in found if np.isfinite(gap)]
        nearest = tuple(sorted(found, key=lambda pair: (round(pair[1], 12), len(pair[0].faults))))
        findings += _weight_findings(nearest, given, framework)
    scorings: tuple[Scoring, ...] = ()
    if given.scores is not None and given.scores["score"].is_not_null().any():
        known = None if given.weights is None else weights_of(given.weights, framework)
        scorings = match_scores(given, indicators, framework, known, [one for one, _ in nearest])
        findings += _score_findings(scorings, given)
    method = Method("audit", {"tried": len(nearest) + len(scorings)})
    return Audit(given, nearest, scorings, tuple(findings), (), method)


def weights_of(table: pl.DataFrame, framework: Framework) -> dict[int | None, Floats]:
    """Return published weights in the framework's order, ``float64[K]`` a year, or under None."""
    places: dict[str, int] = {}
    for k, one in enumerate(framework.indicators):
        places |= {one.id: k, one.title.zh: k, one.title.en: k}
    strangers = [name for name in table["indicator"].to_list() if name not in places]
    if strangers:
        known = [i.id for i in framework.indicators]
        near = hint(strangers[0], list(places))
        raise DataError("audit_stranger", name=listing(dict.fromkeys(strangers)), options=listing(known, 40), hint=near)
    found = {}
    for (year,), rows in table.group_by("period", maintain_order=True):
        weights = np.full(len(framework.indicators), np.nan)
        for name, weight in rows.select("indicator", "weight").iter_rows():
            weights[places[name]] = weight
        absent = [framework.indicators[int(k)].id for k in np.flatnonzero(np.isnan(weights))]
        if absent:
            raise DataError("audit_weight_absent", names=listing(absent))
        found[None if year is None else int(str(year))] = weights
    return found


def as_shares(weights: Floats) -> Floats:
    """Return published weights as shares of 1: divided by 100 where they are percentages, else as printed."""
    return weights / 100 if abs(weights.sum() - 100) < abs(weights.sum() - 1) else weights


def describe(one: Candidate) -> Text:
    """Return a recipe for weights in words."""
    scope = say("audit.pooled") if one.scope == "pooled" else say("audit.year", year=one.scope)
    scale = say(f"audit.scale.{one.scaled.id}", number=one.scaled.number)
    words = [say(f"choice.{one.method}"), scale, scope, say(f"audit.level.{one.level}")]
    words += [say(f"audit.fault.{fault}") for fault in one.faults]
    return Text.join(words, "，", ", ")


def digits_agreed(gap: float) -> int:
    """Return how many decimals agree when the largest difference is `gap`."""
    return int(min(15, max(0, np.floor(-np.log10(2 * gap))))) if gap > 0 else 15


def _tolerance(digits: int) -> float:
    return max(0.5 * 10.0**-digits * (1 + 1e-6), SLACK)


def _gap(one: Candidate, wanted: dict[int | None, Floats]) -> float:
    """Return the largest difference between a recipe's weights and the published ones of the same year."""
    year = None if one.scope == "pooled" else int(one.scope)
    published_weights = wanted.get(year, wanted.get(None))
    if published_weights is None:
        return float("inf")
    return float(np.abs(one.weights - as_shares(published_weights)).max())


def _weight_findings(
    nearest: Sequence[tuple[Candidate, float]], given: Published, framework: Framework
) -> list[Finding]:
    """Return what can be said of the weights: the recipe that gives them, the faults in it, or that none does."""
    allowed = _tolerance(given.weight_digits)
    same = [(one, gap) for one, gap in nearest if gap <= allowed]
    numbers: dict[str, Any] = {"digits": given.weight_digits, "tried": len(nearest)}
    if not same:
        if not nearest:
            return []
        one, gap = nearest[0]
        numbers |= {"recipe": describe(one), "gap": gap, "agreed": digits_agreed(gap)}
        return [_found("audit_weights_unknown", numbers, "no recipe within half a unit of the last digit")]
    sound = [(one, gap) for one, gap in same if not one.faults]
    one, gap = (sound or same)[0]
    numbers |= {"recipe": describe(one), "gap": gap, "same": len(same)}
    condition = "difference within half a unit of the last digit"
    if sound:
        return [_found("audit_weights_right", numbers, f"{condition}, no fault")]
    found = [_found("audit_weights_wrong", numbers, f"{condition}, with a fault")]
    right = _right_one(one, nearest)
    if right is not None:
        theirs, ours = one.weights, right.weights
        order = float(np.corrcoef(_order(theirs), _order(ours))[0, 1])
        k = int(np.abs(theirs - ours).argmax())
        told = {"spearman": order, "indicator": framework.indicators[k].title}
        told |= {"was": float(theirs[k]), "is": float(ours[k])}
        code = "audit_reversed" if order < REVERSED else "audit_moved"
        found.append(_found(code, told, f"Spearman of wrong and right weights = {order:.3g}"))
    return found


def _right_one(wrong: Candidate, nearest: Sequence[tuple[Candidate, float]]) -> Candidate | None:
    """Return the recipe without fault that the wrong one was meant to be."""
    method = wrong.method
    right = [one for one, _ in nearest if not one.faults and one.method == method and one.scope == wrong.scope]
    same = [one for one in right if one.scaled.id == "minmax" and one.level == "all"]
    return next(iter(same or right), None)


def _order(values: Floats) -> Floats:
    return np.argsort(np.argsort(values)).astype(float)


def _score_findings(scorings: Sequence[Scoring], given: Published) -> list[Finding]:
    if not scorings:
        return []
    best = scorings[0]
    allowed = _tolerance(given.score_digits)
    numbers = {"digits": given.score_digits, "recipe": best.text(), "gap": best.gap, "agreed": digits_agreed(best.gap)}
    numbers |= {"count": best.count}
    if best.gap > allowed:
        return [_found("audit_scores_unknown", numbers, "no way within half a unit of the last digit", "scores")]
    code = "audit_scores_wrong" if best.faults else "audit_scores_right"
    return [_found(code, numbers, "difference within half a unit of the last digit", "scores")]


def _found(code: str, numbers: dict[str, Any], condition: str, place: str = "weights") -> Finding:
    return Finding(code, numbers, condition, place, ("O03",))
