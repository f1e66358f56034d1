"""The index on every draw of the imputed cells: how far a rank hangs on figures that nobody reported.

The whole chain is run again on each completed panel, bounds and weights included, and each indicator left out of each
in turn; the lowest and highest rank found over all of them are a rank's interval.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.index.build import build
from nqpf.index.leave_one_out import leave_one_out
from nqpf.index.result import Index
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OverDraws(Result):
    """Ranks on each draw of the imputed cells.

    Attributes
    ----------
    index
        The index on the panel whose imputed cells have their middle values.
    ranks
        ``float64[D, T, N]`` rank of the whole index within the year on draw d.
    low, high
        ``float64[T, N]``: best and worst rank over the draws and the indicators left out of each in turn, those of
        `index` itself included.
    """

    index: Index
    ranks: Floats
    low: Floats
    high: Floats
    notes: tuple[Note, ...]
    method: Method

    def interval(self) -> tuple[Floats, Floats]:
        """Return the best and the worst rank over the draws alone, that of `index` included: ``float64[T, N]`` each."""
        every = np.concatenate([self.ranks, self.index.ranks[None, :, :, -1]])
        return np.fmin.reduce(every), np.fmax.reduce(every)

    def to_frame(self) -> pl.DataFrame:
        """Return unit, period, rank, rank_low and rank_high over the draws, and with indicators left out besides."""
        panel, (low, high) = self.index.panel, self.interval()
        ranks = {"rank": self.index.ranks[:, :, -1], "rank_low": low, "rank_high": high}
        ranks |= {"rank_low_all": self.low, "rank_high_all": self.high}
        keys = {
            "unit": np.tile(panel.units, len(panel.periods)),
            "period": np.repeat(panel.periods, len(panel.units)),
        }
        frame = pl.DataFrame(keys | {name: r.reshape(-1) for name, r in ranks.items()})
        return frame.with_columns(pl.col(*ranks).fill_nan(None).cast(pl.Int64))


def over_draws(index: Index, panels: Iterable[Panel]) -> OverDraws:
    """Build an index again on every completed panel.

    Parameters
    ----------
    index
        The index on the panel with middle values: its framework and recipe are used.
    panels
        Completed panels of raw series, one a draw, e.g. `nqpf.data.missing.Draws`. They are taken one at a time.

    Raises
    ------
    SpecError, MethodError, DataError
        As `build`: a draw may hold a number that the recipe cannot take.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, doi:10.1002/9780470316696. OECD/JRC, Handbook on
    Constructing Composite Indicators (2008), doi:10.1787/9789264043466-en, steps 3 and 7.
    """
    low, high = leave_one_out(index).interval()
    ranks = []
    for panel in panels:
        drawn = build(panel, index.framework, index.fitted.recipe)
        ranks.append(drawn.ranks[:, :, -1])
        best, worst = leave_one_out(drawn).interval()
        low, high = np.fmin(low, best), np.fmax(high, worst)
    return OverDraws(index, np.stack(ranks), low, high, (), Method("missing.draws", {"draws": len(ranks)}))
