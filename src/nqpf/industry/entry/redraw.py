"""How well a model of entry is known: its log odds when regions are drawn anew with replacement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.industry.entry.fit import Fitted, Recipe, Rows, standardised
from nqpf.industry.entry.trees import Trees
from nqpf.numerics.logistic import logit_drawn
from nqpf.numerics.resample import turns
from nqpf.parallel import spread

Floats = NDArray[np.float64]


def spread_of_odds(
    rows: Rows, x: Floats, recipe: Recipe, fitted: Fitted, draws: int, seed: int, workers: int | None
) -> tuple[Floats, int]:
    """Return the standard deviation ``float64[R]`` of log odds of new rows ``float64[R, F]`` over draws of regions.

    Also how many draws had no model and are left out.
    """
    regions, region = np.unique(rows.region, return_inverse=True)
    drawn = turns(regions.size, draws, np.random.default_rng(seed))
    if fitted.logit is None:
        jobs = [_Job(rows, x, turn[region], recipe.seed) for turn in drawn]
        found = [odds for odds in spread(_again, jobs, workers=workers) if odds is not None]
        deviation = np.std(found, axis=0, ddof=1) if len(found) > 1 else np.full(len(x), np.nan)
        return deviation, draws - len(found)
    seen = standardised(rows.x, fitted.mean, fitted.spread)
    beta = logit_drawn(seen, rows.y.astype(float), region, drawn, fitted.logit.coefficients, recipe.ridge)
    good = ~np.isnan(beta).any(axis=1)
    if good.sum() < 2:
        return np.full(len(x), np.nan), int((~good).sum())
    new = standardised(x, fitted.mean, fitted.spread)
    variance = np.einsum("rf,fg,rg->r", new, np.cov(beta[good].T), new)
    return np.sqrt(np.maximum(variance, 0.0)), int((~good).sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    rows: Rows
    x: Floats
    weight: Floats
    seed: int


def _again(job: _Job) -> Floats | None:
    """Return log odds of trees fitted on regions as often as they were drawn; None for a draw of one outcome."""
    kept = job.weight > 0
    y = job.rows.y[kept]
    if y.all() or not y.any():
        return None
    return Trees.grown(job.rows.x[kept], y, job.weight[kept], job.seed).odds(job.x)
