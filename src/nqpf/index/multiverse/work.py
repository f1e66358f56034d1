"""The runs of a multiverse at work: in an order in which neighbours share steps, in groups that any worker can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import NqpfError
from nqpf.index.framework import Framework
from nqpf.index.multiverse.noise import Noise, noisy_weights
from nqpf.index.recipe import Recipe
from nqpf.index.workbench import Workbench
from nqpf.parallel import Progress, spread

Floats = NDArray[np.float64]

CHUNK = 64
"""Runs that are handed to a worker at once: a fixed number, so that nothing hangs on how many workers there are."""


@dataclass(frozen=True, slots=True)
class Run:
    """One combination: a recipe, the label of a panel, a draw of noise, the position of an indicator left out."""

    recipe: Recipe
    panel: str | None = None
    draw: int | None = None
    without: int | None = None


class Bench:
    """A workbench that goes to another process without what it has kept."""

    def __init__(self, panel: Panel, framework: Framework) -> None:
        self.bench = Workbench(panel, framework)

    def __reduce__(self) -> tuple[type[Bench], tuple[Panel, Framework]]:
        return Bench, (self.bench.panel, self.bench.framework)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """Runs on one panel, and what they need; `at` are the positions of the years that are kept."""

    on: Bench
    runs: tuple[Run, ...]
    at: tuple[int, ...]
    noise: Noise | None
    seed: int


def work(
    runs: Mapping[int, Run],
    own: Bench,
    benches: Mapping[str, Bench],
    *,
    at: tuple[int, ...],
    noise: Noise | None,
    seed: int,
    workers: int | None,
    progress: Progress | None,
) -> dict[int, Floats | NqpfError]:
    """Return the scores ``float64[years kept, N]`` of each run, or why it failed.

    Parameters
    ----------
    runs
        Runs by number.
    own, benches
        The workbench of runs without a panel of their own, and those of completed panels by label.
    at
        Positions of the years that are kept.
    noise, seed
        Of weights.
    workers, progress
        As in `nqpf.parallel.spread`.
    """
    words = {id(run.recipe): run.recipe.model_dump_json() for run in runs.values()}
    ordered = sorted(runs, key=lambda i: _order(runs[i], words[id(runs[i].recipe)]))
    jobs = [
        _Job(benches.get(label or "", own), tuple(runs[i] for i in part), at, noise, seed)
        for label, part in _chunks(ordered, runs)
    ]
    done = spread(_do, jobs, workers=workers, progress=progress)
    return dict(zip(ordered, (found for job in done for found in job), strict=True))


def _order(run: Run, words: str) -> tuple[str, str, int, int]:
    """Return what runs are sorted by: the fields of a recipe stand in the order of its steps."""
    first = [-1 if x is None else x for x in (run.draw, run.without)]
    return run.panel or "", words, first[0], first[1]


def _chunks(ordered: Sequence[int], runs: Mapping[int, Run]) -> list[tuple[str | None, list[int]]]:
    """Return runs in groups of `CHUNK` on one panel each."""
    found: list[tuple[str | None, list[int]]] = []
    for i in ordered:
        if not found or found[-1][0] != runs[i].panel or len(found[-1][1]) == CHUNK:
            found.append((runs[i].panel, []))
        found[-1][1].append(i)
    return found


def _do(job: _Job) -> list[Floats | NqpfError]:
    """Return the scores ``float64[years kept, N]`` of each run, or why it failed."""
    return [_one(job, run) for run in job.runs]


def _one(job: _Job, run: Run) -> Floats | NqpfError:
    bench = job.on.bench
    try:
        local = None
        if run.draw is not None and job.noise is not None:
            local = noisy_weights(
                bench.weights(run.recipe), bench.framework.children, job.noise, seed=job.seed, draw=run.draw
            )
        scores = bench.root(run.recipe, local=local, without=run.without)[list(job.at)]
        return on_all_units(scores, bench.prepared(run.recipe).panel.units, bench.panel.units)
    except NqpfError as error:
        return error


def on_all_units(scores: Floats, kept: Sequence[str], units: Sequence[str]) -> Floats:
    """Return scores of all units, NaN for those that were screened out."""
    if len(kept) == len(units):
        return scores
    found = np.full((len(scores), len(units)), np.nan)
    found[:, [units.index(u) for u in kept]] = scores
    return found
