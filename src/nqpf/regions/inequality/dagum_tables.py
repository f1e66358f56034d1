"""What Dagum's decomposition finds in a year, and the tables that say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from nqpf.regions.inequality.differences import Parts, Sample, excess, pair_sum, parts, ratio
from nqpf.regions.inequality.intervals import Asked, Interval, intervals, measures
from nqpf.regions.inequality.rows import Floats, Level, Rows, Year

MEASURES = (
    "gini",
    "within",
    "between",
    "transvariation",
    "share_within",
    "share_between",
    "share_transvariation",
)
"""Numbers of a whole year, as `measures` has them."""
PAIR = ("gini", "affluence", "d", "p", "between", "transvariation")
"""Numbers of a pair of groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Decomposed:
    """What was found in a year of k groups.

    Attributes
    ----------
    year
        Its rows.
    weight, value
        ``float64[k]`` sums of weights and of weighted values.
    parts
        The Gini coefficient, its parts, and that of each group.
    excess
        ``float64[k, k]`` what lies between every two groups; None without pairs.
    interval
        Of the measures of the year and of its groups; None if none is asked for.
    """

    year: Year
    weight: Floats
    value: Floats
    parts: Parts
    excess: Floats | None
    interval: Interval | None

    @classmethod
    def of(cls, year: Year, asked: Asked, pairs: bool) -> Decomposed:
        """Return the parts of a year, with pairs and intervals where they are asked for."""
        sample = Sample.of(year.y, year.w, year.levels[0].code)
        weight = np.add.reduceat(sample.w, sample.start)
        value = np.add.reduceat(sample.w * sample.y, sample.start)
        above = excess(sample) if pairs else None
        found = parts(sample, sample.w) if above is None else _from_pairs(above, weight, value)
        interval = None
        if asked.kind is not None:
            streams = np.argsort(np.argsort(year.levels[0].names))  # by name, whatever order the rows come in
            interval = intervals(sample, np.append(measures(found), found.groups), asked, streams)
        return cls(year, weight, value, found, above, interval)

    @property
    def level(self) -> Level:
        """Return the groups."""
        return self.year.levels[0]

    @property
    def mean(self) -> Floats:
        """Return the means of the groups."""
        return self.value / self.weight

    @property
    def share(self) -> tuple[Floats, Floats]:
        """Return shares of the groups in weight and in value."""
        return self.weight / self.weight.sum(), self.value / self.value.sum()


def _from_pairs(above: Floats, weight: Floats, value: Floats) -> Parts:
    """Return the parts from what lies between every two groups, none of them as a remainder."""
    scale = weight.sum() * value.sum()
    inside = np.diagonal(above)
    order = np.argsort(value / weight, kind="stable")
    between = pair_sum((value / weight)[order], weight[order]) / scale
    overlap = 2 * np.triu(np.minimum(above, above.T), 1).sum() / scale
    within = inside.sum() / scale
    return Parts(within + between + overlap, within, between, overlap, ratio(inside, weight * value))


def totals(rows: Rows, found: Sequence[Decomposed]) -> pl.DataFrame:
    """Return a row a year."""
    values = np.array([measures(one.parts) for one in found])
    columns: dict[str, Any] = {"n": [one.year.y.size for one in found], "mean": [one.year.mean for one in found]}
    columns |= {name: values[:, i] for i, name in enumerate(MEASURES)}
    spread = [one.interval for one in found if one.interval is not None]
    if spread:
        for i, name in enumerate(MEASURES):
            columns |= _interval(name, [(s.error[i], s.low[i], s.high[i]) for s in spread])
    return rows.table(columns)


def _interval(name: str, values: Sequence[tuple[float, float, float]]) -> dict[str, Floats]:
    """Return columns of a standard error and the two ends."""
    return dict(zip((f"{name}_se", f"{name}_low", f"{name}_high"), np.array(values).T, strict=True))


def by_group(rows: Rows, found: Sequence[Decomposed]) -> pl.DataFrame:
    """Return a row for each year and group."""
    shares = [one.share for one in found]
    inside = [np.nan_to_num(one.parts.groups) * p * s for one, (p, s) in zip(found, shares, strict=True)]
    columns: dict[str, Any] = {
        "group": [label for one in found for (label,) in one.level.labels],
        "n": np.concatenate([one.level.count for one in found]),
        "mean": np.concatenate([one.mean for one in found]),
        "population_share": np.concatenate([p for p, _ in shares]),
        "value_share": np.concatenate([s for _, s in shares]),
        "gini": np.concatenate([one.parts.groups for one in found]),
        "within": np.concatenate(inside),
    }
    m = len(MEASURES)
    spread = [one.interval for one in found if one.interval is not None]
    if spread:
        own = [three for s in spread for three in zip(s.error[m:], s.low[m:], s.high[m:], strict=True)]
        columns |= _interval("gini", own)
    return rows.table(columns, [len(one.level.labels) for one in found])


def by_pair(rows: Rows, found: Sequence[Decomposed]) -> pl.DataFrame:
    """Return a row for each year and pair of groups; none of a year without pairs."""
    columns: dict[str, list[Any]] = {name: [] for name in ("group_j", "group_h", *PAIR)}
    for one in found:
        if one.excess is None:
            continue
        labels = [label for (label,) in one.level.labels]
        for j, h in combinations(range(len(labels)), 2):
            columns["group_j"].append(labels[j])
            columns["group_h"].append(labels[h])
        for name, values in zip(PAIR, _compared(one, one.excess), strict=True):
            columns[name].extend(values.tolist())
    counts = [0 if one.excess is None else _count(one) for one in found]
    typed = {name: pl.Series(values, dtype=pl.Float64) if name in PAIR else values for name, values in columns.items()}
    return rows.table(typed, counts)


def _count(one: Decomposed) -> int:
    k = len(one.level.labels)
    return k * (k - 1) // 2


def _compared(one: Decomposed, above: Floats) -> tuple[Floats, ...]:
    """Return the columns of `PAIR` for every two groups of a year."""
    j, h = np.triu_indices(one.weight.size, 1)
    mean, weights = one.mean, one.weight[j] * one.weight[h]
    scale = one.weight.sum() * one.value.sum()
    richer = mean[j] >= mean[h]
    more = np.where(richer, above[j, h], above[h, j])  # of the group with the higher mean above the other
    less = np.where(richer, above[h, j], above[j, h])
    net = np.minimum(weights * np.abs(mean[j] - mean[h]), more + less)
    affluence = np.divide(net, more + less, out=np.zeros_like(net), where=more + less > 0)
    gini = ratio(more + less, weights * (mean[j] + mean[h]))
    return gini, affluence, more / weights, less / weights, net / scale, 2 * less / scale
