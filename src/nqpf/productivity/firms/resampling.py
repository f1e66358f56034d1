"""The cluster bootstrap of production functions: whole units drawn anew, all their years together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError
from nqpf.parallel import Progress, spread
from nqpf.productivity.firms.estimate import estimate
from nqpf.productivity.firms.fit import Fit, How
from nqpf.productivity.firms.sample import Sample

Floats = NDArray[np.float64]

BLOCK = 10
"""Draws that are handed to a worker at once."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    sample: Sample
    how: How
    start: Floats
    width: int


def resample(
    sample: Sample,
    how: How,
    fit: Fit,
    seeds: list[np.random.SeedSequence],
    workers: int | None,
    progress: Progress | None,
) -> Floats:
    """Return ``float64[B, K + C]``, elasticities and coefficients of controls in each draw; NaN where there are none.

    A unit drawn twice counts twice, which is a regression with weights: the years before a row stay its own.

    Parameters
    ----------
    sample, how, fit
        What was estimated, and the estimate, from which the second stage of each draw starts.
    seeds
        One a draw, so that draws do not depend on who works at them.
    workers, progress
        As in `nqpf.parallel.spread`.
    """
    told = 0 if fit.descents is None else fit.descents.end.shape[1]
    start = fit.elasticities[fit.elasticities.size - told :]
    task = _Task(sample, how, start, fit.elasticities.size + fit.controls.size)
    blocks = [seeds[at : at + BLOCK] for at in range(0, len(seeds), BLOCK)]
    return np.concatenate(spread(partial(_draws, task), blocks, workers=workers, progress=progress))


def _draws(task: _Task, seeds: list[np.random.SeedSequence]) -> Floats:
    return np.stack([_draw(task, seed) for seed in seeds])


def _draw(task: _Task, seed: np.random.SeedSequence) -> Floats:
    units = int(task.sample.unit.max()) + 1
    times = np.bincount(np.random.default_rng(seed).integers(units, size=units), minlength=units)
    weight = times[task.sample.unit].astype(np.float64)
    try:
        found = estimate(task.sample, task.how, weight, task.start[None])
    except MethodError:  # no criterion of zero, or nobody drawn leaves: a draw without an estimate, which is counted
        return np.full(task.width, np.nan)
    return np.concatenate([found.elasticities, found.controls])
