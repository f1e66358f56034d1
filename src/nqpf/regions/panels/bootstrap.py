"""Coefficients with p values and intervals of the wild cluster bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.messages import say
from nqpf.numerics.wild import weights_of, wild
from nqpf.numerics.within import demeaned
from nqpf.regions.panels.regression import Swept, check_number
from nqpf.results import Note

Integers = NDArray[np.intp]
FEW_DRAWS = 300


@dataclass(frozen=True, slots=True)
class Draws:
    """How draws are made: their number, weights (``rademacher`` or ``webb``), seed, and the level of intervals."""

    count: int
    weights: str
    seed: int
    level: float


def bootstrapped(
    coefficients: pl.DataFrame,
    swept: Swept,
    codes: Sequence[Integers],
    cluster: Integers,
    shown: Sequence[int],
    how: Draws,
) -> tuple[pl.DataFrame, list[Note]]:
    """Return `coefficients` with p values and intervals of the bootstrap, and notes.

    Parameters
    ----------
    coefficients, swept
        The regression.
    codes, cluster
        Groupings whose effects are taken out, and ``int[R]`` numbers of clusters from 0.
    shown
        Coefficients that have a standard error.
    how
        The draws.
    """
    check_number("draws", how.count, how.count >= 1, "one_or_more")
    groups = int(cluster.max()) + 1
    weights, every = weights_of(groups, how.count, how.weights, np.random.default_rng(how.seed))
    kept = [k for k in range(len(swept.names)) if k not in swept.fitted.aliased]
    p, low, high = (np.full(len(swept.names), np.nan) for _ in range(3))
    for k in shown:
        found = wild(swept.y, swept.x[:, kept], kept.index(k), cluster, weights, every, lambda v: demeaned(v, codes)[0])
        p[k] = found.p()
        low[k], high[k] = found.interval(how.level)
    drawn = weights.shape[1]
    kind = say(f"panels.weights.{how.weights}")
    notes = [Note("panels_wild", "info", {"draws": drawn, "clusters": groups, "kind": kind})]
    if every:
        notes.append(Note("panels_every_weight", "info", {"draws": drawn}))
    elif how.count < FEW_DRAWS:
        notes.append(Note("panels_few_draws", "warning", {"draws": how.count, "least": FEW_DRAWS}))
    if np.isinf(np.r_[low, high]).any():
        notes.append(Note("panels_open_interval", "warning", {"clusters": groups}))
    columns = {"p": p, "low": low, "high": high}
    return coefficients.with_columns(pl.Series(k, v).fill_nan(None) for k, v in columns.items()), notes
