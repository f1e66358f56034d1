"""Ranks of one year while weights are being moved: with how far each rank goes if weights near these were taken.

Draws are those of the multiverse's noise (Saisana, Saltelli & Tarantola 2005).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import NqpfError, SpecError, listing
from nqpf.index.live_draws import DRAWS, affordable, counting, scores_of_draws
from nqpf.index.multiverse.noise import Noise, weights_of_draws
from nqpf.index.result import Index
from nqpf.messages import Text
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEARBY = Noise(kind="uniform", width=0.25)
"""Weights that are near others, unless said otherwise: each up to a quarter more or less."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveRanks(Result):
    """One year of an index, with the ranks under weights near its own.

    Attributes
    ----------
    units, labels
        Codes of the N units that the recipe keeps, and names of all.
    period
        The year.
    scores, ranks
        ``float64[N]`` score of the index and rank, 1 best, ties sharing the smaller; NaN where there is none.
    run_scores, run_ranks
        ``float64[draws, N]`` under each draw of the weights; no rows where none was taken (see the notes).
    local, whole
        ``float64[nodes]`` weights of the year within siblings and in the whole index.
    counted
        ``bool[nodes]``: whether the index hangs on the weight of a node: it has siblings, and the methods above it use
        weights.
    level
        Share of draws inside an interval.
    """

    units: tuple[str, ...]
    labels: Mapping[str, Text]
    period: int
    scores: Floats
    ranks: Floats
    run_scores: Floats
    run_ranks: Floats
    local: Floats
    whole: Floats
    counted: Bools
    level: float
    notes: tuple[Note, ...]
    method: Method

    def interval(self) -> tuple[Floats, Floats]:
        """Return the best and the worst rank of the middle `level` of the draws, the rank itself included."""
        return self._ends(self.run_ranks, self.ranks)

    def score_interval(self) -> tuple[Floats, Floats]:
        """Return the lowest and the highest score of the middle `level` of the draws, the score itself included."""
        return self._ends(self.run_scores, self.scores)

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, score, score_low, score_high, rank, rank_low and rank_high: a row a unit."""
        (score_low, score_high), (low, high) = self.score_interval(), self.interval()
        scores = {"score": self.scores, "score_low": score_low, "score_high": score_high}
        ranks = {"rank": self.ranks, "rank_low": low, "rank_high": high}
        frame = pl.DataFrame({"unit": self.units, "period": [self.period] * len(self.units), **scores, **ranks})
        return frame.with_columns(pl.col(*scores, *ranks).fill_nan(None)).with_columns(pl.col(*ranks).cast(pl.Int64))

    def _ends(self, runs: Floats, own: Floats) -> tuple[Floats, Floats]:
        """Return ends that are values of draws themselves, so that at least `level` of the draws lie within them."""
        if not len(runs):
            return own, own
        ordered = np.sort(runs, axis=0)  # NaN goes to the end
        count = (~np.isnan(runs)).sum(axis=0)
        out = (1 - self.level) / 2 * np.maximum(count - 1, 0)
        low, high = np.floor(out).astype(int), np.ceil(np.maximum(count - 1, 0) - out).astype(int)
        ends = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in (low, high))
        best, worst = (np.where(np.isnan(own), np.nan, end) for end in ends)
        return np.fmin(best, own), np.fmax(worst, own)


def live_ranks(
    index: Index,
    *,
    period: int | None = None,
    noise: Noise = NEARBY,
    draws: int | None = None,
    level: float = 0.9,
    seed: int = 0,
) -> LiveRanks:
    """Return the ranking of one year, and how far ranks go under weights near those of the index.

    The interval speaks of the weights alone: everything else stays as the recipe has it, and weights that are taken
    from the scores are noised as they were found. Each draw has the scores that `build` gives with its weights.

    Parameters
    ----------
    index
        The index; built on a workbench, it costs little more than the last step of its recipe.
    period
        Year; default: the last.
    noise
        How weights are drawn around the recipe's within each group of siblings; default: ± 25 %, uniform.
    draws
        Draws numbered from 0; default: the noise's own, or up to 200, fewer where the methods of aggregation take long
        over so many rows (then a note says so).
    level
        Share of draws inside an interval.
    seed
        Of the draws, 0 or more.

    Returns
    -------
    LiveRanks
        No draws, and a note why, where no weight counts or a method has no score under some of the weights.

    Raises
    ------
    SpecError
        A year there is not; a level outside 0 to 1; a negative seed.

    References
    ----------
    Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168(2),
    doi:10.1111/j.1467-985X.2005.00350.x.

    Examples
    --------
    >>> from nqpf.index import build
    >>> from nqpf.study import Study, demo_path
    >>> from nqpf.study.prepare import prepare
    >>> study = Study.load(demo_path("firms"))
    >>> found = live_ranks(build(prepare(study).panel, study.framework, study.spec.recipe), seed=study.spec.seed)
    >>> len(found.run_ranks), found.to_frame().columns[-3:]
    (200, ['rank', 'rank_low', 'rank_high'])
    """
    if not 0 < level < 1:
        raise SpecError("level_out_of_range", level=level)
    if seed < 0:
        raise SpecError("seed_negative", seed=seed)
    framework, recipe, panel = index.framework, index.fitted.recipe, index.panel
    t = _year(panel, period)
    counted = counting(framework, recipe)
    taken = draws or noise.draws or affordable(framework, recipe, panel)
    runs = np.empty((0, len(panel.units)))
    notes: list[Note] = []
    if not counted.any():
        notes.append(Note("live_unweighted", "info"))
    else:
        if draws is None and noise.draws is None and taken < DRAWS:
            notes.append(Note("live_few_draws", "info", {"draws": taken}))
        noisy = weights_of_draws(index.fitted.local, framework.children, noise, seed=seed, draws=range(taken))
        try:
            runs = scores_of_draws(index, noisy, t)
        except NqpfError as error:
            notes.append(Note("live_draws_refused", values={"why": error.text()}))
    options = {"period": panel.periods[t], "noise": noise.model_dump(exclude={"draws"}), "draws": len(runs)}
    return LiveRanks(
        units=panel.units,
        labels=panel.labels,
        period=panel.periods[t],
        scores=index.scores[t, :, -1],
        ranks=index.ranks[t, :, -1],
        run_scores=runs,
        run_ranks=competition_rank(runs) if len(runs) else runs,
        local=index.local[t],
        whole=index.whole[t],
        counted=counted,
        level=level,
        notes=tuple(notes),
        method=Method("live_ranks", options | {"level": level, "seed": seed}),
    )


def _year(panel: Panel, period: int | None) -> int:
    if period is None:
        return len(panel.periods) - 1
    if period not in panel.periods:
        raise SpecError("unknown_period", period=period, options=listing(panel.periods, 40))
    return panel.periods.index(period)
