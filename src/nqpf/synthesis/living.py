"""The logic diagram lit for every unit and year: levels with rank intervals, arrows with their tests, two gauges.

A box that carries a mark is the mean of the indicators with that mark, weighted as in the index. An arrow is tested as
the theory states it: whether a change of the one box comes before a change of the other (`nqpf.regions.lead_lag`), a
leap as a gain since the first year. Two boxes that rest on the same indicators say nothing of each other: the follower
is then taken without them, and where nothing is left the arrow stays untested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from nqpf import theory
from nqpf.index.framework import Indicator
from nqpf.numerics.ranks import competition_rank
from nqpf.regions.systems.lead_lag import lead_lag
from nqpf.results import Part
from nqpf.synthesis.scores import Scores
from nqpf.theory.diagram import Edge, Node

Floats = NDArray[np.float64]
WHOLE = ""
"""Stands for all units together."""
LEVEL = 0.95
MANY, FEW_FILLED = 3, 0.25
"""Indicators of a box of the best tier; share of filled figures that the second tier bears."""


@dataclass(frozen=True, slots=True, eq=False)
class Living:
    """The diagram's numbers.

    Attributes
    ----------
    states
        A row a box, unit and year (unit empty: the mean of all): node, unit, period, value (0 to 1), change (since the
        first year), rank, low, high (of the rank; null for the mean), tier: ``tested`` (a method's estimate), ``many``
        (three indicators or more, none filled), ``few`` (two, or some figures filled), ``single`` (one, or a quarter of
        the figures or more filled). Boxes that are not measured have no row.
    indicators
        By box the positions of its indicators.
    edges
        A row an arrow: source, target, test (``lead_lag``, ``gain`` or null), effect, low, high, q, state (``shown``,
        ``against``, ``not_shown``, ``untested``) and reason (why it is untested: ``not_measured``, ``same``,
        ``refused``; else null).
    """

    states: pl.DataFrame
    indicators: Mapping[str, tuple[int, ...]]
    edges: pl.DataFrame


def living(scores: Scores, estimated: Mapping[str, Floats]) -> Living:
    """Return the diagram's numbers.

    Parameters
    ----------
    scores
        Indicators on one scale.
    estimated
        By box ``float64[T, N]`` from 0 to 1 that a method gave (the level of total factor productivity, say); goes
        before indicators with its mark.
    """
    boxes = {node.id: _carried(node, scores) for node in theory.diagram().nodes if node.id not in estimated}
    boxes = {node: which for node, which in boxes.items() if which}
    states = [_states(scores, node, which) for node, which in boxes.items()]
    states += [_estimated(scores, node, value) for node, value in estimated.items()]
    return Living(pl.concat(states), boxes, _edges(scores, boxes, estimated))


def _carried(node: Node, scores: Scores) -> tuple[int, ...]:
    """Return the positions of the indicators that a box stands for; of the core, all of the index."""
    if node.kind == "core":
        return tuple(k for k, weight in enumerate(scores.weights) if weight > 0)
    return tuple(k for k, one in enumerate(scores.indicators) if node.tags and _marked(one, node.tags))


def _marked(indicator: Indicator, tags: Mapping[str, str]) -> bool:
    return all(
        value in indicator.theory if tag == "theory" else indicator.tags.get(tag) == value
        for tag, value in tags.items()
    )


def _states(scores: Scores, node: str, which: tuple[int, ...]) -> pl.DataFrame:
    kind = theory.diagram().node(node).kind
    value = scores.whole if kind == "core" else scores.mean(which, scores.weights)
    rank, low, high = scores.ranks(which)
    filled = scores.filled[:, :, list(which)].mean(axis=2)
    if kind == "element":  # where the leap starts from
        value, rank, low, high, filled = (
            np.repeat(one[:1], len(one), axis=0) for one in (value, rank, low, high, filled)
        )
    few = np.where((len(which) == 1) | (filled >= FEW_FILLED), "single", "few")
    tier = np.where((len(which) >= MANY) & (filled == 0), "many", few)
    return _rows(scores, node, value, rank, low, high, tier)


def _estimated(scores: Scores, node: str, value: Floats) -> pl.DataFrame:
    rank = competition_rank(value)
    return _rows(scores, node, value, rank, rank, rank, np.full(value.shape, "tested"))


def _rows(
    scores: Scores, node: str, value: Floats, rank: Floats, low: Floats, high: Floats, tier: NDArray[np.str_]
) -> pl.DataFrame:
    """Return a row for each unit and year with a value, and for the mean of all units."""
    change = value - value[0]
    own = scores.table({"value": value, "change": change, "rank": rank, "low": low, "high": high})
    own = own.with_columns(tier=pl.Series(tier.ravel().astype(str)))
    tiers = ["tested", "many", "few", "single"]
    worst = [max(map(tiers.index, row)) for row in tier.tolist()]
    there = ~np.isnan(value)
    mean = [float(row[ok].mean()) if ok.any() else None for row, ok in zip(value, there, strict=True)]
    both = there & there[0]
    moved = [float(row[ok].mean()) if ok.any() else None for row, ok in zip(change, both, strict=True)]
    whole = pl.DataFrame(
        {
            "unit": [WHOLE] * len(mean),
            "period": list(scores.periods),
            "value": mean,
            "change": moved,
            "rank": [None] * len(mean),
            "low": [None] * len(mean),
            "high": [None] * len(mean),
            "tier": [tiers[w] for w in worst],
        },
        schema=own.schema,
    )
    rows = pl.concat([whole, own]).filter(pl.col("value").is_not_null())
    return rows.select(pl.lit(node).alias("node"), pl.all())


def _edges(scores: Scores, boxes: Mapping[str, tuple[int, ...]], estimated: Mapping[str, Floats]) -> pl.DataFrame:
    rows = [_edge(scores, boxes, estimated, edge) for edge in theory.diagram().edges]
    frame = pl.DataFrame(rows, schema=_EDGE, orient="row")
    p = frame["p"].to_numpy()
    tested = ~np.isnan(p)
    q = np.full(p.size, np.nan)
    if tested.any():
        q[tested] = stats.false_discovery_control(p[tested])
    sure = pl.col("q") < 1 - LEVEL
    state = (
        pl.when(pl.col("q").is_null())
        .then(pl.lit("untested"))
        .when(sure & (pl.col("effect") > 0))
        .then(pl.lit("shown"))
        .when(sure)
        .then(pl.lit("against"))
        .otherwise(pl.lit("not_shown"))
    )
    frame = frame.with_columns(pl.Series("q", q)).with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.with_columns(state=state).drop("p")


_EDGE = {
    "source": pl.String,
    "target": pl.String,
    "test": pl.String,
    "effect": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "reason": pl.String,
}
_Row = tuple[str, str, str | None, float, float, float, float, str | None]


def _edge(scores: Scores, boxes: Mapping[str, tuple[int, ...]], estimated: Mapping[str, Floats], edge: Edge) -> _Row:
    """Return the test of an arrow, or why there is none."""

    def untested(reason: str) -> _Row:
        return (edge.source, edge.target, None, np.nan, np.nan, np.nan, np.nan, reason)

    if not {edge.source, edge.target} <= boxes.keys() | estimated.keys():
        return untested("not_measured")
    source, target = boxes.get(edge.source, ()), boxes.get(edge.target, ())
    if theory.diagram().node(edge.source).kind == "element":
        return (edge.source, edge.target, "gain", *_gain(scores.mean(target, scores.weights)), None)
    before, after = source, tuple(k for k in target if k not in source)
    if target and not after:  # the target is a part of the source: the rest of the source leads
        before, after = tuple(k for k in source if k not in target), target
    if (source and not before) or (target and not after):
        return untested("same")
    ends = [
        estimated[node] if node in estimated else scores.mean(which, scores.weights)
        for node, which in ((edge.source, before), (edge.target, after))
    ]
    table = scores.table({"leader": ends[0], "follower": ends[1]})
    found = Part.of(lambda: lead_lag(table, edges=[("leader", "follower")], unit="unit", time="period"))
    if found.result is None:
        return untested("refused")
    row = found.result.frame.row(0, named=True)
    scale = row["standardised"] / row["corrected"] if row["corrected"] else np.nan
    return (
        edge.source,
        edge.target,
        "lead_lag",
        row["standardised"],
        row["low"] * scale,
        row["high"] * scale,
        row["p"],
        None,
    )


def _gain(value: Floats) -> tuple[float, float, float, float]:
    """Return the mean gain of units since the first year in standard deviations, its interval and p (t over units)."""
    gain = value[-1] - value[0]
    gain = gain[~np.isnan(gain)]
    spread = float(np.nanstd(value[0]))
    if gain.size < 2 or not spread or not gain.std():
        return np.nan, np.nan, np.nan, np.nan
    test = stats.ttest_1samp(gain, 0.0)
    low, high = test.confidence_interval(LEVEL)
    return float(gain.mean()) / spread, float(low) / spread, float(high) / spread, float(test.pvalue)
