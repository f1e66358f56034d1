"""Do the three causes come before growth: breakthroughs in technology, new combinations of factors, deep upgrading.

Each cause is the mean of the indicators with its tag. Whether its changes come before growth of total factor
productivity, and before the index without the cause's own indicators, is tested with a lead–lag panel regression both
ways (`nqpf.regions.lead_lag`, where the papers are named).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.regions.systems.lead_lag import Correction, Given, lead_lag
from nqpf.results import Method, Note, TableResult
from nqpf.synthesis.scores import Scores
from nqpf.theory.catalogue import VOCABULARY

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes(TableResult):
    """Which cause comes before what.

    Attributes
    ----------
    frame
        A row for each cause and outcome that could be tested: cause (``tech``, ``factor``, ``industry``), outcome
        (``productivity``: growth of TFP a year; ``index``: the rest of the index), indicators (of the cause), effect
        (of one point of the cause on the outcome a year on), low, high, p, q (Benjamini–Hochberg over all edges),
        standardised, back_effect, back_q (of the outcome on the cause), verdict (``leads``, ``both``: it also follows;
        ``follows``; ``against``: more of it comes before less; ``not_shown``).
    scores
        unit, period and each cause that has indicators.
    missing
        Causes without indicators.
    """

    scores: pl.DataFrame
    missing: tuple[str, ...]


def causes(
    scores: Scores,
    productivity: Floats | None = None,
    *,
    lags: int = 1,
    given: Given = "pair",
    correction: Correction = "analytic",
    level: float = 0.95,
) -> Causes:
    """Test whether the three causes come before growth of productivity and before the rest of the index.

    Parameters
    ----------
    scores
        Indicators on one scale.
    productivity
        ``float64[T, N]`` level of total factor productivity, above zero; without it only the index is an outcome.
    lags
        How many years back.
    given
        ``pair``: the other lags are the outcome's own; ``all``: those of every cause and outcome too.
    correction
        ``analytic``: without the bias of fixed effects; ``none``: least squares as it is.
    level
        Of intervals; 1 − level is what an edge is shown at.

    Raises
    ------
    MethodError
        No indicator is tagged with a cause, a level is not above zero, or there are too few rows.
    """
    own = {
        cause: [k for k, one in enumerate(scores.indicators) if one.tags.get("cause") == cause]
        for cause in VOCABULARY["cause"]
    }
    there = {cause: which for cause, which in own.items() if which}
    if not there:
        raise MethodError("causes_none")
    columns = {cause: scores.mean(which, scores.weights) for cause, which in there.items()}
    edges: dict[tuple[str, str], str] = {}
    table = dict(columns)
    if productivity is not None:
        table["productivity"] = _growth(productivity)
        edges |= {(cause, "productivity"): "productivity" for cause in there}
    for cause, which in there.items():
        rest = [k for k, weight in enumerate(scores.weights) if weight > 0 and k not in which]
        if rest:
            name = f"index without {cause}"
            table[name] = scores.mean(rest, scores.weights)
            edges[cause, name] = "index"
    if not edges:
        raise MethodError("causes_all_one")
    both = [*edges, *((b, a) for a, b in edges)]
    tested = lead_lag(
        scores.table(table),
        edges=both,
        unit="unit",
        time="period",
        lags=lags,
        given=given,
        correction=correction,
        level=level,
    )
    rows = {(r["leader"], r["follower"]): r for r in tested.frame.to_dicts()}
    found = [
        {"cause": a, "outcome": outcome, "indicators": len(there[a])} | _row(rows[a, b], rows[b, a], 1 - level)
        for (a, b), outcome in edges.items()
    ]
    missing = tuple(cause for cause, which in own.items() if not which)
    notes = [Note("causes_missing", values={"count": len(missing), "total": len(own)})] if missing else []
    options = {"lags": lags, "given": given, "correction": correction, "level": level}
    return Causes(
        pl.DataFrame(found),
        Method("synthesis.causes", options),
        (*notes, *tested.notes),
        scores=scores.table(columns),
        missing=missing,
    )


def _growth(level: Floats) -> Floats:
    if (level <= 0).any():
        raise MethodError("causes_level")
    grown = np.full(level.shape, np.nan)
    grown[1:] = np.diff(np.log(level), axis=0)
    return grown


def _row(edge: Mapping[str, Any], back: Mapping[str, Any], alpha: float) -> dict[str, Any]:
    def effect(one: Mapping[str, Any]) -> float:
        return float(one["effect"] if one["corrected"] is None else one["corrected"])

    shown, against = edge["q"] < alpha and edge["t"] > 0, edge["q"] < alpha and edge["t"] < 0
    follows = back["q"] < alpha and back["t"] > 0
    verdict = (
        "against" if against else "both" if shown and follows else "leads" if shown else "follows" if follows else None
    )
    kept = {name: edge[name] for name in ("low", "high", "p", "q", "standardised")}
    backward = {"back_effect": effect(back), "back_q": back["q"]}
    return {"effect": effect(edge)} | kept | backward | {"verdict": verdict or "not_shown"}
