"""Window analysis: a unit of one year is another unit in the next, and each window of years is one frontier.

Charnes, Clark, Cooper and Golany (1985), doi:10.1007/BF01874734. A year is in several windows; that its scores differ
little between them, and a unit's between years, is what the table is read for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.numerics.programs import OPTIMAL
from nqpf.productivity.frontier.directions import Direction
from nqpf.productivity.frontier.frontiers import Frontier, own_among
from nqpf.productivity.frontier.measure import Orientation
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.remarks import remarks
from nqpf.productivity.frontier.scoring import Choice, column, status_column
from nqpf.productivity.frontier.technology import Disposability, Hull, Rts, Technology
from nqpf.results import Method, TableResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows(TableResult):
    """Scores by window; ``frame`` has the keys, ``window`` (its first year), score, efficiency and status.

    Attributes
    ----------
    units
        Unit, ``mean`` over all windows and years, ``spread_year`` (largest range of one year's scores between windows)
        and ``spread`` (range of all).
    years
        Keys, ``mean`` over the windows that hold the year, and their number.
    """

    units: pl.DataFrame = field(default_factory=pl.DataFrame)
    years: pl.DataFrame = field(default_factory=pl.DataFrame)


def window_dea(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    bad: Sequence[str] = (),
    *,
    unit: str,
    time: str,
    width: int = 3,
    rts: Rts = "vrs",
    orientation: Orientation | None = None,
    measure: str = "radial",
    hull: Hull = "convex",
    disposability: Disposability = "weak",
    direction: Direction | Mapping[str, float] | None = None,
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> Windows:
    """Score every observation in every window of years that holds it.

    Parameters
    ----------
    data, inputs, outputs, bad, unit, time, rts, orientation, measure, hull, disposability, direction, missing, workers
        As for `dea`.
    width
        Years of a window; T years make T − width + 1 windows.

    Returns
    -------
    Windows
        A row for each window and observation in it.

    Raises
    ------
    DataError, SpecError, MethodError
        As for `dea`; a window longer than the data.

    References
    ----------
    Charnes, Clark, Cooper and Golany (1985), doi:10.1007/BF01874734.

    Examples
    --------
    >>> shops = {"shop": ["A", "B"] * 3, "year": [2001, 2001, 2002, 2002, 2003, 2003],
    ...          "staff": [2.0, 2.0, 2.0, 2.0, 2.0, 2.0], "sales": [1.0, 2.0, 2.0, 2.0, 2.0, 4.0]}
    >>> found = window_dea(shops, ["staff"], ["sales"], unit="shop", time="year", width=2, rts="crs")
    >>> found.units.select("shop", "mean", "spread_year").rows()
    [('A', 0.625, 0.5), ('B', 0.875, 0.5)]
    """
    observed = Observed.of(data, inputs, outputs, bad, unit, time, missing)
    technology = Technology(rts, disposability, "window", width, hull)
    if width > len(observed.periods):
        raise SpecError("window_too_wide", where=Where(key="width"), value=width, years=len(observed.periods))
    choice = Choice.of(
        observed, technology, time, measure=measure, orientation=orientation, direction=direction, weights=None
    )  # fmt: skip
    across = []
    for first in range(len(observed.periods) - width + 1):
        years = range(first, first + width)
        at = np.flatnonzero(observed.complete & np.isin(observed.t, years))
        if at.size:
            across.append(Frontier(years, at, at, own_among(at, at)))
    scored = choice.score(observed, technology, across, workers)
    starts = [observed.periods[frontier.years[0]] for frontier in across]
    frame = pl.concat(
        observed.keys[frontier.at].with_columns(
            window=pl.lit(start),
            score=column(part.score),
            efficiency=column(part.efficiency),
            status=status_column(part.status),
        )
        for start, (frontier, part) in zip(starts, scored, strict=True)
    )
    status, efficiency = np.full(len(observed.complete), OPTIMAL, np.int8), np.full(len(observed.complete), np.nan)
    for frontier, part in scored:
        status[frontier.at] = np.maximum(status[frontier.at], part.status)
        efficiency[frontier.at] = part.efficiency
    options = {
        "inputs": list(inputs), "outputs": list(outputs), "bad": list(bad), "width": width, "rts": rts,
        "orientation": choice.orientation, "measure": measure, "hull": hull,
        **({"disposability": disposability} if bad else {}),
        **({"direction": choice.direction} if choice.model.directed else {}), "missing": missing,
    }  # fmt: skip
    return Windows(
        frame=frame,
        method=Method("frontier.window", options),
        notes=remarks(observed, technology, across, status, efficiency, False),
        backend=backend_of(data),
        units=_units(frame, unit, time),
        years=frame.group_by(unit, time, maintain_order=True).agg(
            mean=pl.col("score").mean(), windows=pl.col("score").count()
        ),
    )


def _units(frame: pl.DataFrame, unit: str, time: str) -> pl.DataFrame:
    """Return mean and ranges of each unit's scores."""
    span = pl.col("score").max() - pl.col("score").min()
    by_year = frame.group_by(unit, time, maintain_order=True).agg(range=span)
    spread = by_year.group_by(unit, maintain_order=True).agg(spread_year=pl.col("range").max())
    return (
        frame.group_by(unit, maintain_order=True)
        .agg(mean=pl.col("score").mean(), spread=span)
        .join(spread, on=unit, maintain_order="left")
        .select(unit, "mean", "spread_year", "spread")
    )
