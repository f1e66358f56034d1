"""Which regions and industries are too small to tell anything, who goes and why: the explicit filter before ranking.

Small places with one or two industries top every ranking of complexity. First regions below a size go; then, round
after round, regions with too few industries and industries in too few regions, until nobody else falls below: what
stays is a core in the sense of Seidman (1983), doi:10.1016/0378-8733(83)90028-X, with a minimum for each side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.industry.grid import Grid

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]

LEFT_OUT = ("side", "name", "reason", "figure", "minimum", "round")
"""Columns of the table of who was left out, beside time."""

Side = Literal["unit", "industry"]
Reason = Literal["no_activity", "total", "share", "diversity", "ubiquity", "apart"]
"""No activity (left); a region's activity or its share of all below the minimum; too few industries with an advantage;
an advantage in too few regions; not connected with the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Gone:
    """Regions or industries that leave for one reason, by their place in the grid, with the figure that decided."""

    side: Side
    reason: Reason
    at: Integers
    figure: Floats
    minimum: float
    round: int = 0


def by_size(x: Floats, least: float, share: float) -> tuple[Bools, list[Gone]]:
    """Return which regions of ``float64[N, K]`` are large enough, and those that are not."""
    total = x.sum(axis=1)
    part = total / total.sum()
    low, thin = total < least, part < share
    gone = [Gone("unit", "total", np.flatnonzero(low), total[low], least)] if low.any() else []
    if (thin & ~low).any():
        gone.append(Gone("unit", "share", np.flatnonzero(thin & ~low), part[thin & ~low], share))
    return ~(low | thin), gone


def core(m: Bools, diversity: int, ubiquity: int) -> tuple[Bools, Bools, list[Gone]]:
    """Return the rows and columns of ``bool[N, K]`` that stay, and those that go in each round.

    In a round both sides are counted among what is still there, and all that are below their minimum go at once.
    """
    rows, columns = np.ones(m.shape[0], dtype=bool), np.ones(m.shape[1], dtype=bool)
    gone: list[Gone] = []
    for count in range(1, sum(m.shape) + 2):
        has, spread = m[:, columns].sum(axis=1), m[rows].sum(axis=0)
        poor, rare = rows & (has < diversity), columns & (spread < ubiquity)
        if not (poor.any() or rare.any()):
            break
        for side, reason, who, figure, least in (
            ("unit", "diversity", poor, has, diversity),
            ("industry", "ubiquity", rare, spread, ubiquity),
        ):
            if who.any():
                gone.append(Gone(side, reason, np.flatnonzero(who), figure[who].astype(float), least, count))  # type: ignore[arg-type]
        rows &= ~poor
        columns &= ~rare
    return rows, columns, gone


def left_out_frame(grid: Grid, gone: list[tuple[int, Gone]]) -> pl.DataFrame:
    """Return who was left out of which year: time, side, name, reason, figure, minimum, round."""
    parts = []
    for t, one in gone:
        labels = grid.units if one.side == "unit" else grid.industries
        n = one.at.size
        parts.append(
            pl.DataFrame(
                {
                    grid.time or "time": grid.years.gather([t] * n),
                    "side": [one.side] * n,
                    "name": labels.gather(one.at).cast(pl.String),
                    "reason": [one.reason] * n,
                    "figure": one.figure,
                    "minimum": [float(one.minimum)] * n,
                    "round": [one.round] * n,
                }
            )
        )
    shape: dict[str, Any] = {
        grid.time or "time": grid.years.dtype, "side": pl.String, "name": pl.String, "reason": pl.String,
        "figure": pl.Float64, "minimum": pl.Float64, "round": pl.Int64,
    }  # fmt: skip
    frame = pl.concat(parts).with_columns(pl.col(pl.Float64).fill_nan(None)) if parts else pl.DataFrame(schema=shape)
    return frame if grid.time else frame.drop("time")
