"""A balance between two sides: who is ahead, by how much, whether both are high, and whether they draw together.

The position is one − other on a common scale. Quadrants by a line on each side, coordination by `coupling`; the mean
position of a year with an interval from draws of units, the correlation within units and years, and the trend of
distance and position over the years (effects of units, errors clustered by unit: Liang and Zeger 1986,
doi:10.1093/biomet/73.1.13).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.resample import turns
from nqpf.regions.panels.regression import FEW_CLUSTERS, check_level, check_number
from nqpf.regions.panels.sample import Missing, Sample
from nqpf.regions.systems.balance_tables import QUADRANTS, together_table, trend_table, units_table, years_table
from nqpf.regions.systems.coupling import coupling_degree
from nqpf.regions.systems.sides import Scale, keyed_table, on_scale
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Line = Literal["median", "pooled_median"]
SAID = {"given": "balance_scale_given", "zscore": "balance_scale_zscore", "range": "balance_scale_range"}
"""What is to be said of each scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Balance(Result):
    """Two sides of each unit and year.

    Attributes
    ----------
    frame
        Unit, year, ``one``, ``other`` on the scale, ``position`` (one − other), ``change`` (since the year before, null
        where there is none), ``ahead`` (``one``, ``other``, ``even``), ``quadrant`` (``both_high``, ``one_ahead``,
        ``other_ahead``, ``both_low``), ``coordination`` by the corrected formula for two systems (null beyond 0 to 1).
    years
        Year, ``units``, ``position`` (mean) with ``low``, ``high``, ``distance`` (mean of its size), ``one_ahead``,
        ``other_ahead``, ``even`` (shares of units by position), ``line_one``, ``line_other``, and the shares of the
        quadrants: ``quadrant_both_high`` and so on; ``coordination`` (mean).
    units
        Unit, ``years``, ``first``, ``last`` (positions), ``change``, ``mean``, ``correlation`` of the two sides over
        its years (null below three or where one stands still), ``quadrant`` in its last year.
    trend
        ``what``: ``distance`` (size of the position) and ``position``; ``slope`` a year, ``se``, ``t``, ``p``, ``low``,
        ``high``, ``answer``: ``converging``, ``diverging``, ``to_one``, ``to_other``, ``not_shown``. Without rows where
        there are fewer than three years or units.
    together
        One row: ``correlation`` of the two sides without effects of units and years, ``low``, ``high``, ``rows``,
        ``units``; null where one side has nothing left.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    years: pl.DataFrame
    units: pl.DataFrame
    trend: pl.DataFrame
    together: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def balance(
    data: Any,
    one: str,
    other: str,
    *,
    unit: str,
    time: str,
    scale: Scale = "given",
    line: Line | float = "median",
    missing: Missing = "raise",
    level: float = 0.95,
    draws: int = 499,
    seed: int = 0,
) -> Balance:
    """Measure the balance of two sides.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year.
    one, other
        Columns of the two sides.
    unit, time
        Columns of units and years.
    scale
        ``given`` both are comparable as they are; ``zscore``, ``range``: over all rows, each side by itself.
    line
        From where on a side is high: ``median`` of the year, ``pooled_median`` of all years, each side by itself; or a
        number on the scale for both.
    missing
        Rows with an empty cell: ``raise`` an error, or ``drop`` them with a note.
    level
        Of intervals; a trend is shown at 1 − level.
    draws, seed
        Draws of units with all their years, and their seed.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, a cell is empty, or two rows have the same unit and year.
    SpecError
        No such option, or both sides are one column.
    MethodError
        A side is the same everywhere (`scale`).

    References
    ----------
    王淑佳, 孔伟, 任亮, 治丹丹, 戴彬婷 (2021). 国内耦合协调度模型的误区及修正. 自然资源学报 36(3), 793–810.
    Liang and Zeger (1986), doi:10.1093/biomet/73.1.13.

    Examples
    --------
    >>> table = {"city": ["a", "b", "c", "d"], "year": [2020] * 4,
    ...          "market": [0.9, 0.7, 0.3, 0.1], "state": [0.8, 0.2, 0.6, 0.1]}
    >>> found = balance(table, "market", "state", unit="city", time="year", line=0.5)
    >>> found.frame["quadrant"].to_list()
    ['both_high', 'one_ahead', 'other_ahead', 'both_low']
    """
    choose("scale", scale, get_args(Scale))
    choose("missing", missing, get_args(Missing))
    if isinstance(line, str):
        choose("line", line, get_args(Line))
    elif isinstance(line, bool) or not isinstance(line, int | float) or not np.isfinite(line):
        raise SpecError("bad_value", where=Where(key="line"), value=line, expected=say("balance.line"))
    check_level(level)
    check_number("draws", draws, isinstance(draws, int) and draws >= 2, "two_or_more")
    if one == other:
        raise SpecError("bad_value", where=Where(key="other"), value=other, expected=say("systems.different_columns"))
    sample = Sample.of(data, [one, other], unit=unit, time=time, missing=missing)
    sides = np.stack(on_scale(list(sample.values.T), (one, other), scale), axis=1)
    lines = _lines(sides, sample, line)
    quadrant = _quadrants(sides >= lines[sample.time])
    position = sides[:, 0] - sides[:, 1]
    between = bool(((sides >= 0) & (sides <= 1)).all())
    near = _coordination(sides) if between else np.full(len(sides), np.nan)
    weights = turns(len(sample.units), draws, np.random.default_rng(seed))
    trend = trend_table(position, sample, level)
    options = {
        "one": one, "other": other, "scale": scale, "line": line, "missing": missing, "level": level, "draws": draws,
        "seed": seed,
    }  # fmt: skip
    return Balance(
        _rows(sample, sides, position, quadrant, near, unit, time),
        years_table(sample, position, quadrant, near, lines, weights, level, time),
        units_table(sample, sides, position, quadrant, unit),
        trend,
        together_table(sample, sides, weights, level),
        Method("regions.balance", options),
        (*sample.notes, *_notes(sample, scale, between, trend)),
        backend_of(data),
    )


def _lines(sides: Floats, sample: Sample, line: Line | float) -> Floats:
    """Return what each side is held against ``float64[T, 2]``."""
    years = len(sample.years)
    if line == "median":
        return np.array([np.median(sides[sample.time == t], axis=0) for t in range(years)])
    flat = np.median(sides, axis=0) if line == "pooled_median" else np.full(2, float(line))
    return np.tile(flat, (years, 1))


def _quadrants(high: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the position in `QUADRANTS` of sides that are high or not ``bool[R, 2]``."""
    return np.asarray(3 - 2 * high[:, 0].astype(np.intp) - high[:, 1])


def _coordination(sides: Floats) -> Floats:
    """Return coordination of both sides counting the same; NaN where both are zero."""
    return np.asarray(np.sqrt(coupling_degree(sides, "wang2021") * sides.mean(axis=1)))


def _rows(
    sample: Sample, sides: Floats, position: Floats, quadrant: NDArray[np.intp], near: Floats, unit: str, time: str
) -> pl.DataFrame:
    years = np.array(sample.years)[sample.time]
    follows = (np.diff(sample.unit) == 0) & (np.diff(years) == 1)
    change = np.r_[np.nan, np.where(follows, np.diff(position), np.nan)]
    ahead = np.where(position > 0, "one", np.where(position < 0, "other", "even"))
    return keyed_table(
        {"unit": (unit, [sample.units[n] for n in sample.unit]), "time": (time, years)},
        {
            "one": sides[:, 0],
            "other": sides[:, 1],
            "position": position,
            "change": pl.Series(change).fill_nan(None),
            "ahead": ahead.tolist(),
            "quadrant": [QUADRANTS[k] for k in quadrant],
            "coordination": pl.Series(near).fill_nan(None),
        },
    )


def _notes(sample: Sample, scale: str, between: bool, trend: pl.DataFrame) -> list[Note]:
    notes = [Note(SAID[scale], "info")]
    if not between:
        notes.append(Note("balance_no_coordination", "info"))
    if not trend.height:
        notes.append(Note("balance_no_trend", "info", {"years": len(sample.years), "units": len(sample.units)}))
    if len(sample.units) < FEW_CLUSTERS:
        values = {"units": len(sample.units), "least": FEW_CLUSTERS}
        notes.append(Note("panels_few_units", "warning", values))
    return notes
