"""Indicators of an index and beside it on one scale from 0 to 1, and what a set of them says of each unit and year.

The theory speaks of roles (education, finance, demand …) and of boxes of the logic diagram; each is the mean of the
indicators that carry its mark. Indicators beside the index serve these readings alone: they move no score of the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data import Panel
from nqpf.data.missing import is_filled
from nqpf.index import Index, Recipe, build
from nqpf.index.framework import Framework, Indicator
from nqpf.index.options.normalise import Normalise
from nqpf.index.tree import node_ends
from nqpf.numerics.ranks import competition_rank, position

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BESIDE = Recipe(normalise=Normalise(method="minmax", scope="pooled"), availability=0)
"""How indicators beside the index are scored: between the worst and the best of all units and years."""


@dataclass(frozen=True, eq=False)
class Scores:
    """K indicators of N units in T years on one scale.

    Attributes
    ----------
    units, periods
        Labels of the arrays.
    indicators
        The K indicators, those of the index first.
    scores
        ``float64[T, N, K]`` from 0 (worst) to 1 (best), NaN where missing.
    weights
        ``float64[K]`` weight in the whole index, mean over years; 0 beside it.
    filled
        ``bool[T, N, K]`` whether the score rests on a figure that was filled.
    whole
        ``float64[T, N]`` the index itself on the same scale.
    """

    units: tuple[str, ...]
    periods: tuple[int, ...]
    indicators: tuple[Indicator, ...]
    scores: Floats
    weights: Floats
    filled: Bools
    whole: Floats

    def mean(self, which: Sequence[int], weights: Floats | None = None) -> Floats:
        """Return ``float64[T, N]``: the mean of some indicators, NaN where one of them is missing.

        Parameters
        ----------
        which
            Positions of the indicators, at least one.
        weights
            ``float64[K]`` of all indicators; default: each counts the same.
        """
        own = np.ones(len(which)) if weights is None or not weights[list(which)].sum() else weights[list(which)]
        return np.asarray(self.scores[:, :, list(which)] @ (own / own.sum()))

    def ranks(self, which: Sequence[int]) -> tuple[Floats, Floats, Floats]:
        """Return ``float64[T, N]`` ranks by the mean of some indicators, and the ends of their interval.

        The interval spans the ranks with each indicator left out in turn; of one indicator there is nothing to leave
        out, and the ends are the rank.
        """
        rank = competition_rank(self.mean(which))
        if len(which) == 1:
            return rank, rank, rank
        others = [competition_rank(self.mean([k for k in which if k != left])) for left in which]
        every = np.stack([rank, *others])
        # A unit that lacks an indicator has no rank, also where leaving that one out would give it one.
        return (
            rank,
            np.where(np.isnan(rank), np.nan, np.fmin.reduce(every)),
            np.where(np.isnan(rank), np.nan, np.fmax.reduce(every)),
        )

    def table(self, columns: dict[str, Floats]) -> pl.DataFrame:
        """Return unit, period and the given ``float64[T, N]`` columns as a table, NaN as null."""
        keys = {
            "unit": np.tile(np.array(self.units, dtype=object), len(self.periods)),
            "period": np.repeat(self.periods, len(self.units)),
        }
        frame = pl.DataFrame(keys, schema={"unit": pl.String, "period": pl.Int64})
        return frame.with_columns(pl.Series(name, one.ravel()).fill_nan(None) for name, one in columns.items())


def scores_of(index: Index, panel: Panel, beside: Framework | None) -> Scores:
    """Return the indicators of an index and beside it on one scale.

    Parameters
    ----------
    index
        The index.
    panel
        Raw series of the same units and years.
    beside
        Indicators beside the index; None where there are none.

    Raises
    ------
    NqpfError
        An indicator beside the index cannot be computed.
    """
    found, filled = [_between(index)], [is_filled(index.panel.status)]
    indicators, weights = index.framework.indicators, index.whole.mean(axis=0)[: len(index.framework.indicators)]
    if beside is not None:
        other = build(panel, beside, BESIDE)
        found.append(other.normalised)
        filled.append(is_filled(other.panel.status))
        indicators += beside.indicators
        weights = np.concatenate([weights, np.zeros(len(beside.indicators))])
    return Scores(
        units=index.panel.units,
        periods=index.panel.periods,
        indicators=indicators,
        scores=np.concatenate(found, axis=2),
        weights=weights,
        filled=np.concatenate(filled, axis=2),
        whole=_whole(index),
    )


def _between(index: Index) -> Floats:
    """Return the indicators' scores on 0 to 1: rescaled where the scale has ends, else as percentiles."""
    scores, ends = index.normalised, index.fitted.recipe.normalise.bounds
    if ends is not None:
        # Later values can leave a scale frozen on other years; the ends then move out to hold them.
        low, high = min(ends[0], np.nanmin(scores)), max(ends[1], np.nanmax(scores))
        return np.asarray((scores - low) / (high - low))
    ranked = np.empty_like(scores)
    for k in range(scores.shape[2]):
        sample = scores[:, :, k][~np.isnan(scores[:, :, k])]
        ranked[:, :, k] = (position(scores[:, :, k], sample, "average") - 1) / max(sample.size - 1, 1)
    return ranked


def _whole(index: Index) -> Floats:
    """Return the index from 0 to 1: between the ends of its scale, else between the lowest and the highest score."""
    scores = index.scores[:, :, -1]
    ends = node_ends(index.framework, index.fitted.recipe, index.framework.root.at) or (np.inf, -np.inf)
    low, high = min(ends[0], float(np.nanmin(scores))), max(ends[1], float(np.nanmax(scores)))
    return np.asarray((scores - low) / (high - low)) if high > low else np.where(np.isnan(scores), np.nan, 0.5)
