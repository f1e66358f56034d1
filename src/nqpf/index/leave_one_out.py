"""Leave one indicator out: how far a rank hangs on any single indicator.

The index is scored K more times, each time without one indicator, whose weight its siblings share. The lowest and
highest rank found are a rank's interval; it speaks of the choice of indicators only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.index.build import Index, evaluate_tree
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
        ``float64[K, T, N]`` rank within the year without indicator k; NaN where nothing is left to score.
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

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), doi:10.1787/9789264043466-en, step 7.
    """
    periods, units, count = index.normalised.shape
    local = np.repeat(index.local, units, axis=0)
    rows = index.normalised.reshape(-1, count)
    ranks = np.empty((count, periods, units))
    for k in range(count):
        without = rows.copy()
        without[:, k] = np.nan
        tree, _ = evaluate_tree(index.framework, index.fitted.recipe, without, local, index.fitted.ideal, strict=False)
        ranks[k] = competition_rank(tree[:, -1].reshape(periods, units), axis=1)
    return LeaveOneOut(index, ranks, (), Method("leave_one_out", {}))
