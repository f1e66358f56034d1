"""Several indices on the same data side by side: how alike they rank, who is placed alike by all, and who is not.

Ranks are compared by Spearman's ρ and Kendall's τ-b (Kendall 1945, doi:10.1093/biomet/33.3.239), year by year.
`framework_of` makes a framework of what of a published system can be computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import kendalltau, rankdata

from nqpf.data.panel import Panel
from nqpf.errors import SpecError, Where
from nqpf.index.build import build
from nqpf.index.framework import Framework
from nqpf.index.recipe import Recipe
from nqpf.index.result import Index
from nqpf.messages import Text
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, Note, Result
from nqpf.theory.systems import System, SystemIndicator
from nqpf.yamlfile import Document

Floats = NDArray[np.float64]

FEW = 5
"""With fewer units than this, rank correlations say little."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Result):
    """Several indices over one panel.

    Attributes
    ----------
    names
        S names, in the order given.
    indices
        Each index by name.
    periods, units, labels
        Those of the panel.
    scores, ranks
        ``float64[S, T, N]`` score, and rank within the year (1 best), of the whole index; NaN where not scored.
    within
        Units whose ranks are no further apart than this in all systems are agreed on.
    """

    names: tuple[str, ...]
    indices: Mapping[str, Index]
    periods: tuple[int, ...]
    units: tuple[str, ...]
    labels: Mapping[str, Text] = field(repr=False)
    scores: Floats
    ranks: Floats
    within: int
    notes: tuple[Note, ...]
    method: Method

    def to_frame(self) -> pl.DataFrame:
        """Return system, period, unit, score, rank and third (1 the best third of the year's ranks), a row each."""
        s, t, n = self.scores.shape
        return pl.DataFrame(
            {
                "system": np.repeat(self.names, t * n),
                "period": np.tile(np.repeat(self.periods, n), s),
                "unit": np.tile(self.units, s * t),
                "score": self.scores.reshape(-1),
                "rank": self.ranks.reshape(-1),
                "third": self.thirds().reshape(-1),
            }
        ).with_columns(pl.col("score").fill_nan(None), pl.col("rank", "third").fill_nan(None).cast(pl.Int64))

    def thirds(self) -> Floats:
        """Return the third of its year's ranks that each unit lies in, ``float64[S, T, N]``: 1, 2 or 3."""
        scored = (~np.isnan(self.ranks)).sum(axis=2, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(np.isnan(self.ranks), np.nan, np.clip(np.ceil(self.ranks * 3 / scored), 1, 3))

    def agreement_frame(self) -> pl.DataFrame:
        """Return period, first, second, units (scored by both), spearman and kendall, for every pair of systems."""
        rows = []
        for t, period in enumerate(self.periods):
            for a, b in combinations(range(len(self.names)), 2):
                one, other = self.ranks[a, t], self.ranks[b, t]
                both = ~(np.isnan(one) | np.isnan(other))
                rho, tau = _alike(one[both], other[both])
                rows.append((period, self.names[a], self.names[b], int(both.sum()), rho, tau))
        kinds = {"period": pl.Int64, "first": pl.String, "second": pl.String, "units": pl.Int64}
        return pl.DataFrame(rows, schema=kinds | {"spearman": pl.Float64, "kendall": pl.Float64}, orient="row")

    def units_frame(self) -> pl.DataFrame:
        """Return period, unit, best and worst rank, spread, and whether all systems agree on it.

        ``agreed``: the spread is at most `within`; ``top``, ``bottom``: every system puts the unit into that third.
        All are empty for a unit that some system does not score.
        """
        ranks, thirds = self.ranks.reshape(len(self.names), -1), self.thirds().reshape(len(self.names), -1)
        everywhere = ~np.isnan(ranks).any(axis=0)
        best, worst = np.fmin.reduce(ranks), np.fmax.reduce(ranks)
        columns = {
            "best": best,
            "worst": worst,
            "spread": worst - best,
            "agreed": worst - best <= self.within,
            "top": (thirds == 1).all(axis=0),
            "bottom": (thirds == 3).all(axis=0),
        }
        keys = {"period": np.repeat(self.periods, len(self.units)), "unit": np.tile(self.units, len(self.periods))}
        frame = pl.DataFrame(keys | columns | {"·": everywhere})
        whole = pl.col("best", "worst", "spread").fill_nan(None).cast(pl.Int64)
        blank = [pl.when("·").then(pl.col(name)).alias(name) for name in columns]
        return frame.with_columns(whole).with_columns(blank).drop("·")


def compare(panel: Panel, systems: Mapping[str, tuple[Framework, Recipe | None]], *, within: int = 3) -> Comparison:
    """Build several indices on one panel and compare their ranks.

    Parameters
    ----------
    panel
        Raw series, all that the frameworks' formulas name.
    systems
        Framework and recipe by name; at least two. None stands for the default recipe.
    within
        Units whose ranks are no further apart than this in all systems count as agreed on.

    Raises
    ------
    SpecError
        Fewer than two systems, or a negative `within`; whatever `build` finds wrong with a framework or recipe.
    MethodError
        As `build`, with the system's name.

    References
    ----------
    Kendall (1945). The treatment of ties in ranking problems. Biometrika 33(3), doi:10.1093/biomet/33.3.239.

    Examples
    --------
    >>> from nqpf.yamlfile import Document
    >>> tidy = pl.DataFrame(
    ...     {"unit": list("abcabc"), "period": 2020, "indicator": ["x"] * 3 + ["y"] * 3, "value": [1.0, 2, 3, 3, 1, 2]}
    ... )
    >>> def only(name: str) -> Framework:
    ...     leaf = {"id": name, "direction": "benefit"}
    ...     return Framework.from_document(Document("f", {"id": "I", "title": "I", "tree": [leaf]}, {}))
    >>> side = compare(Panel.from_tidy(tidy), {"one": (only("x"), None), "two": (only("y"), None)})
    >>> side.agreement_frame()["spearman"].to_list()
    [-0.5]
    """
    if len(systems) < 2:
        raise SpecError("compare_too_few", count=len(systems))
    if within < 0:
        raise SpecError("compare_within", where=Where(key="within"), value=within)
    indices = {name: build(panel, framework, recipe) for name, (framework, recipe) in systems.items()}
    scores = np.stack([_whole(index, panel) for index in indices.values()])
    ranks = competition_rank(scores, axis=2)
    notes = [Note("compare_few_units", values={"count": len(panel.units)})] if len(panel.units) < FEW else []
    partly = int((np.isnan(scores).any(axis=0) & ~np.isnan(scores).all(axis=0)).sum())
    if partly:
        notes.append(Note("compare_not_all_score", values={"count": partly, "total": scores[0].size}))
    used = Method("compare", {"systems": list(indices), "within": within})
    names, labels = tuple(indices), dict(panel.labels)
    return Comparison(names, indices, panel.periods, panel.units, labels, scores, ranks, within, tuple(notes), used)


def framework_of(
    system: System, formulas: Mapping[str, str], wheres: Mapping[str, Where] | None = None, *, weighted: bool = False
) -> Framework:
    """Return the framework of a published system, made of those of its indicators that can be computed.

    Parameters
    ----------
    system
        The system.
    formulas
        Formula over raw series by indicator id; indicators without one are left out, and so are dimensions of which
        none is left. Units of measure are those of the formulas, not the source's: bounds do not depend on them.
    wheres
        Where each formula is written, for messages.
    weighted
        Carry the system's own weights, stated or remembered, for a recipe with given weights that are rescaled.

    Raises
    ------
    SpecError
        An indicator that the system does not have; no formula at all.

    Examples
    --------
    >>> from nqpf import theory
    >>> from nqpf.theory.systems import system
    >>> part = framework_of(system("wang_jue_2024"), {"rd": "rd / gdp", "forest": "forest"})
    >>> [node.id for node in part.nodes]
    ['forest', 'rd', 'objects', 'means', 'wang_jue_2024']
    """
    for id in formulas:
        system.indicator(id)
    if not formulas:
        raise SpecError("system_without_formulas", system=system.id)
    kept = [one for one in system.indicators if one.id in formulas]
    leaves = {one.id: _leaf(one, formulas[one.id], weighted) for one in kept}
    tree: list[dict[str, Any]] = []
    for dimension in system.dimensions:
        below = [one for one in kept if one.dimension == dimension.id]
        weight = {"weight": sum(one.weight or 0.0 for one in below)} if weighted else {}
        if below:
            children = [leaves[one.id] for one in below]
            tree.append({"id": dimension.id, "title": dimension.title, "children": children, **weight})
    tree += [leaves[one.id] for one in kept if one.dimension is None]
    content = {"id": system.id, "title": Text.same(system.id), "source": system.cite, "tree": tree}
    made = Framework.from_document(Document(f"{system.id}.yaml", content, {}))
    return _placed(made, wheres or {})


def _leaf(one: SystemIndicator, formula: str, weighted: bool) -> dict[str, Any]:
    leaf: dict[str, Any] = {"id": one.id, "title": one.title, "formula": formula, "direction": one.direction}
    return leaf | ({"weight": one.weight} if weighted else {})


def _placed(framework: Framework, wheres: Mapping[str, Where]) -> Framework:
    """Return the framework with its indicators' places in the user's own file."""
    nodes = tuple(replace(node, where=wheres.get(node.id, Where())) for node in framework.nodes)
    return Framework(framework.id, framework.title, framework.source, nodes)


def _whole(index: Index, panel: Panel) -> Floats:
    """Return the scores of the whole index ``float64[T, N]`` for the years and units of `panel`."""
    scores = np.full((len(panel.periods), len(panel.units)), np.nan)
    t = [panel.periods.index(p) for p in index.panel.periods]
    n = [panel.units.index(u) for u in index.panel.units]
    scores[np.ix_(t, n)] = index.scores[:, :, -1]
    return scores


def _alike(one: Floats, other: Floats) -> tuple[float | None, float | None]:
    """Return Spearman's ρ and Kendall's τ-b of two rankings; None where they are not defined."""
    if one.size < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None, None
    a, b = (rankdata(x) - (x.size + 1) / 2 for x in (one, other))
    rho = (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())
    return float(rho), float(kendalltau(one, other).statistic)
