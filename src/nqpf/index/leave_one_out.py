"""Leave one indicator out: how far a rank hangs on any single indicator.

The index is scored K more times, each time without one indicator, whose weight its siblings share. The lowest and
highest rank found are a rank's interval; it speaks of the choice of indicators only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import listing
from nqpf.index.leaving import weights_without
from nqpf.index.result import Index
from nqpf.index.tree import by_node, evaluate_tree, undefined
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Method, Note, Result


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut(Result):
    """Ranks without each indicator in turn.

    Attributes
    ----------
    index
        The index with all indicators.
    ranks
        ``float64[K, T, N]`` rank within the year without indicator k; NaN where nothing is left to score, or where the
        method has no score without it (see the notes).
    """

    index: Index
    ranks: NDArray[np.float64]
    notes: tuple[Note, ...]
    method: Method

    def interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the best and the worst rank found, the rank with all indicators included: ``float64[T, N]`` each."""
        every = np.concatenate([self.ranks, self.index.ranks[None, :, :, -1]])
        return np.fmin.reduce(every), np.fmax.reduce(every)

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, rank, rank_low, rank_high, and the indicators that move the rank most."""
        panel = self.index.panel
        low, high = self.interval()
        rank = self.index.ranks[:, :, -1]
        shift = np.abs(np.nan_to_num(self.ranks - rank))
        names = np.array([i.id for i in self.index.framework.indicators])
        frame = pl.DataFrame(
            {
                "unit": np.tile(panel.units, len(panel.periods)),
                "period": np.repeat(panel.periods, len(panel.units)),
                "rank": rank.reshape(-1),
                "rank_low": low.reshape(-1),
                "rank_high": high.reshape(-1),
                "most_moving": names[shift.argmax(axis=0)].reshape(-1),
            }
        )
        ranks = pl.col("rank", "rank_low", "rank_high").fill_nan(None).cast(pl.Int64)
        moved = pl.when(pl.col("rank_low") < pl.col("rank_high")).then("most_moving").alias("most_moving")
        return frame.with_columns(ranks).with_columns(moved)


def leave_one_out(index: Index) -> LeaveOneOut:
    """Score an index again without each of its indicators in turn.

    The siblings of what is left out share its weight; what rows are measured against (ideals, the other units) is taken
    anew. Whoever has no score in the index has none here either, so that ranks speak of the same units.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), doi:10.1787/9789264043466-en, step 7.
    """
    framework, recipe = index.framework, index.fitted.recipe
    periods, units, count = index.normalised.shape
    leaves = by_node(index.normalised)
    scored = ~np.isnan(index.scores).reshape(leaves.shape[1], -1).T
    ranks = np.full((count, periods, units), np.nan)
    kept_in: list[str] = []
    for k in range(count if count > 1 else 0):
        smaller, kept = framework.without(k)
        local = np.repeat(weights_without(framework, index.local, k)[:, kept], units, axis=0)
        rest = np.delete(leaves, k, axis=0)
        tree = evaluate_tree(smaller, recipe, rest, local, None, scored[kept], periods)
        if any(undefined(smaller, recipe, node, tree, local, scored[kept]).any() for node in smaller.inner):
            kept_in.append(framework.indicators[k].id)
            continue
        ranks[k] = competition_rank(tree[-1].reshape(periods, units), axis=1)
    notes = (Note("not_left_out", values={"indicators": listing(kept_in)}),) if kept_in else ()
    return LeaveOneOut(index, ranks, notes, Method("leave_one_out", {}))
