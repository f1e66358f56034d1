"""Whose weights one or two units decide: entropy and its kin reward an indicator for a single outlier.

Published weights of 0.3 and more often rest on one municipality. The check leaves out of each indicator the one and
the two units that are furthest out, and finds its weight again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.index.options.weight import Weight
from nqpf.index.weights.among import KERNELS, find_among, in_base, measured

Floats = NDArray[np.float64]

LEFT = 0.5
"""A weight is decided by one or two units if without them less than this share of it is left."""
FEWEST = 5
"""Units below which leaving two out says nothing."""
OWN = {"entropy": "divergence", "cv": "cv", "sd": "sd", "gini": "gini"}
"""Methods whose weight follows from a number of the indicator alone, and the name of that number."""


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """Weights of K indicators without the units that are furthest out.

    Attributes
    ----------
    weights
        ``float64[K]`` with all units.
    units
        ``int[2, K]`` positions of the unit furthest from the median, and of the next.
    without
        ``float64[2, K]`` weight where the indicator lacks the first of them, and both; 0 where nothing is left to
        weigh; NaN where there are too few units.
    """

    weights: Floats
    units: NDArray[np.intp]
    without: Floats

    @property
    def flags(self) -> NDArray[np.bool_]:
        """``bool[K]``: one or two units decide more than half of the weight."""
        return np.asarray((self.without < LEFT * self.weights).any(axis=0))


def driven_weights(
    scores: Floats, how: Weight, *, names: Sequence[str], periods: Sequence[int], yearly_scores: bool = False
) -> Driven:
    """Return weights without the one or two units of each indicator that are furthest out.

    For every indicator alone, the unit whose mean over the years is furthest from the median of units, and then the
    second as well, are taken as missing in it, and its weight is found again; yearly and rolling weights are judged by
    those of all years pooled.

    Raises
    ------
    MethodError
        The method refuses the scores with all units in them.
    """
    how = how.model_copy(update={"scope": "pooled", "window": None}) if how.yearly else how
    scores, years = in_base(scores, how, periods)
    found = find_among(scores, how.model_copy(update={"scope": "pooled", "base": None}), names, years, yearly_scores)[0]
    units = _furthest(scores)
    without = np.full((2, len(names)), np.nan)
    if scores.shape[1] >= FEWEST:
        own = found.details[OWN[how.method]] if how.method in OWN and how.variant == "shannon" else None
        for count in (1, 2):
            for k in range(len(names)):
                lacking = scores.copy() if own is None else scores[:, :, k : k + 1].copy()
                lacking[:, units[:count, k], 0 if own is not None else k] = np.nan
                without[count - 1, k] = _weight_of(lacking, how, names, k, yearly_scores, own)
    return Driven(found.weights, units, without)


def _furthest(scores: Floats) -> NDArray[np.intp]:
    """Return the two units ``int[2, K]`` whose means over the years are furthest from the median of units."""
    present = ~np.isnan(scores)
    count = present.sum(axis=0)
    mean = np.where(present, scores, 0.0).sum(axis=0) / np.maximum(count, 1)
    mean[count == 0] = np.nan
    away = np.nan_to_num(np.abs(mean - np.nanmedian(mean, axis=0)), nan=-1.0)
    order = np.argsort(-away, axis=0, kind="stable")
    return np.asarray(order[[0, min(1, len(order) - 1)]])


def _weight_of(
    lacking: Floats, how: Weight, names: Sequence[str], k: int, yearly_scores: bool, own: Floats | None
) -> float:
    """Return the weight of indicator k in scores that lack some of its cells: 0 where nothing is left to weigh."""
    rows = measured(lacking, how, yearly_scores).reshape(-1, lacking.shape[2])
    try:
        if own is None:
            return float(KERNELS[how.method](rows, how, names).weights[k])
        left = float(KERNELS[how.method](rows, how, [names[k]]).details[OWN[how.method]][0])
    except MethodError:
        return 0.0
    total = own.sum() - own[k] + left
    return left / total if total > 0 else 0.0
