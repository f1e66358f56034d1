"""Growth accelerations: when growth turned fast, faster than before, and led beyond the earlier peak.

Hausmann, Pritchett and Rodrik (2005, doi:10.1007/s10887-005-4712-0): with g the least-squares trend of ln y over n
years, year t begins an acceleration if g(t, t+n) ≥ 3.5 %, g(t, t+n) − g(t−n, t) ≥ 2 points and y(t+n) is at least the
highest y up to t. Of neighbouring years that qualify, the one counts whose broken trend fits best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.productivity.growth.cells import Cells, Floats, Gaps, read
from nqpf.results import Method, Note, TableResult

BENT = 3
"""Coefficients of a trend with one bend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerations(TableResult):
    """Growth accelerations.

    Attributes
    ----------
    frame
        A row for each acceleration: unit, year (its first), before, after (trend growth a year), change, fit (F of the
        bend), later (trend growth after the acceleration) and sustained (whether it is fast enough; null where the
        years have not come yet).
    candidates
        A row for each unit and year that could be judged: before, after, change, peak (whether the earlier peak is
        reached), eligible, fit.
    units
        A row for each unit: first and last year judged (null: none), accelerations (null: not assessed).
    """

    candidates: pl.DataFrame
    units: pl.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """What is known of each year, ``[T, N]``; NaN (or False) where the years around are not all there.

    Attributes
    ----------
    before, after, later
        Trend growth over the n years to t, from t on, and over the years after those.
    peak
        Whether y(t+n) is at least the highest y up to t.
    fit
        F statistic of the bend at t against one trend over t − n to t + n.
    """

    before: Floats
    after: Floats
    later: Floats
    peak: NDArray[np.bool_]
    fit: Floats


def trend_growth(y: Floats, span: int) -> Floats:
    """Return the least-squares slope of ln y over years t to t + span, ``float64[T, N]``, NaN where years lack.

    Examples
    --------
    >>> trend_growth(np.exp([[0.0], [0.1], [0.2]]), 2)[0].round(12).tolist()
    [0.1]
    """
    found = np.full(y.shape, np.nan)
    if len(y) > span:
        x = np.arange(span + 1) - span / 2
        found[: len(y) - span] = sliding_window_view(np.log(y), span + 1, axis=0) @ (x / (x @ x))
    return found


def turns(y: Floats, horizon: int, after: int) -> Turns:
    """Return what the rules look at, for every year and unit.

    Parameters
    ----------
    y
        ``float64[T, N]`` positive levels, NaN where absent.
    horizon
        n, years on either side.
    after
        Years beyond t + n over which it is seen whether growth lasts.
    """
    forward = trend_growth(y, horizon)
    before = _moved(forward, horizon)
    later = _moved(trend_growth(y, after), -horizon)
    highest = np.fmax.accumulate(y, axis=0)
    peak = _moved(y, -horizon) >= highest
    return Turns(before, forward, later, peak, _bend(y, horizon))


def _moved(x: Floats, years: int) -> Floats:
    """Return what x was `years` before (after, where negative)."""
    found = np.full(x.shape, np.nan)
    if years >= 0:
        found[years:] = x[: max(len(x) - years, 0)]
    else:
        found[:years] = x[-years:]
    return found


def _bend(y: Floats, horizon: int) -> Floats:
    found = np.full(y.shape, np.nan)
    width = 2 * horizon + 1
    if len(y) < width:
        return found
    x = np.arange(width) - horizon
    line = np.column_stack([np.ones(width), x])
    bent = np.column_stack([line, np.maximum(x, 0)])
    windows = np.nan_to_num(sliding_window_view(np.log(y), width, axis=0), nan=0.0)
    windows = windows - windows.mean(axis=-1, keepdims=True)
    straight, broken = (((windows @ (np.eye(width) - z @ np.linalg.pinv(z))) ** 2).sum(axis=-1) for z in (line, bent))
    variance = broken / (width - BENT)
    exact = np.where(straight > 0, np.inf, 0.0)
    f = np.divide(np.maximum(straight - broken, 0.0), variance, out=exact, where=variance > 0)
    whole = ~np.isnan(sliding_window_view(y, width, axis=0)).any(axis=-1)
    found[horizon : len(y) - horizon] = np.where(whole, f, np.nan)
    return found


def starts(eligible: NDArray[np.bool_], fit: Floats, apart: int) -> list[int]:
    """Return the first years of accelerations of one unit.

    Parameters
    ----------
    eligible, fit
        ``[T]`` which years qualify, and how well a bend there fits.
    apart
        Two accelerations are more than so many years apart; the one that fits better stays.
    """
    years = np.flatnonzero(eligible)
    runs = np.split(years, np.flatnonzero(np.diff(years) > 1) + 1) if years.size else []
    best = [int(run[fit[run].argmax()]) for run in runs]
    kept: list[int] = []
    for t in sorted(best, key=lambda t: (-fit[t], t)):
        if all(abs(t - other) > apart for other in kept):
            kept.append(t)
    return sorted(kept)


def accelerations(
    data: Any,
    value: str,
    *,
    time: str,
    unit: str | None = None,
    horizon: int = 7,
    growth: float = 0.035,
    change: float = 0.02,
    apart: int = 5,
    after: int = 10,
    lasting: float = 0.02,
    gaps: Gaps = "error",
) -> Accelerations:
    """Find growth accelerations.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    value
        Column of a level, such as real output per head; positive.
    time, unit
        Columns of years and of units (None: a single series).
    horizon
        n, years over which growth is taken on either side.
    growth, change
        Least growth a year after the turn, and least gain on the growth before, as shares.
    apart
        Two accelerations of a unit are more than so many years apart.
    after, lasting
        An acceleration is sustained if growth over so many years from t + n on is at least `lasting`.
    gaps
        ``error``: an absent year within a unit's years stops the run. ``skip``: years whose neighbours are absent are
        not judged.

    Returns
    -------
    Accelerations
        See there. A unit without 2n + 1 years on end is not assessed.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a year is absent.
    MethodError
        A zero or negative value.
    SpecError
        A span of no years.

    References
    ----------
    Hausmann, Pritchett and Rodrik (2005), Journal of Economic Growth 10, 303–329, doi:10.1007/s10887-005-4712-0.

    Examples
    --------
    >>> import math
    >>> years = list(range(1980, 2001))
    >>> level = [math.exp(0.01 * min(t - 1990, 0) + 0.05 * max(t - 1990, 0)) for t in years]
    >>> found = accelerations({"year": years, "y": level}, "y", time="year").frame
    >>> found["year"].to_list(), found["change"].round(6).to_list()
    ([1990], [0.04])
    """
    for name, least, given in (("horizon", 2, horizon), ("after", 1, after), ("apart", 0, apart)):
        if given < least:
            raise SpecError("growth_least", where=Where(key=name), value=given, least=least)
    cells = read(data, unit, time, [value], gaps)
    found = turns(cells.values[value], horizon, after)
    gained = found.after - found.before
    # a trend that is 3.5 % but for rounding is 3.5 %
    slack = 1e-12
    eligible = (found.after >= growth - slack) & (gained >= change - slack) & found.peak
    options = {"value": value, "horizon": horizon, "growth": growth, "change": change, "apart": apart}
    options |= {"after": after, "lasting": lasting, "gaps": gaps}
    judged = ~np.isnan(gained)
    rows: list[dict[str, Any]] = []
    for n, name in enumerate(cells.table.units):
        for t in starts(eligible[:, n], found.fit[:, n], apart):
            rows.append({"unit": name, "year": int(cells.table.years[t])} | _row(found, t, n, lasting - slack))
    short = int((~judged.any(axis=0)).sum())
    notes = list(cells.notes)
    if short:
        shown = {"count": short, "total": judged.shape[1], "least": 2 * horizon + 1}
        notes.append(Note("growth_accelerations_short", values=shown))
    return Accelerations(
        pl.DataFrame(rows, schema=SCHEMA),
        Method("growth.accelerations", options),
        tuple(notes),
        backend_of(data),
        candidates=_candidates(cells, found, judged, eligible),
        units=_units(cells, judged, [row["unit"] for row in rows]),
    )


SCHEMA: dict[str, Any] = {
    "unit": pl.String,
    "year": pl.Int64,
    **dict.fromkeys(("before", "after", "change", "fit", "later"), pl.Float64),
    "sustained": pl.Boolean,
}


def _row(found: Turns, t: int, n: int, lasting: float) -> dict[str, Any]:
    before, after, later = (float(x[t, n]) for x in (found.before, found.after, found.later))
    known = not np.isnan(later)
    row = {"before": before, "after": after, "change": after - before, "fit": float(found.fit[t, n])}
    return row | {"later": later if known else None, "sustained": later >= lasting if known else None}


def _candidates(cells: Cells, found: Turns, judged: NDArray[np.bool_], eligible: NDArray[np.bool_]) -> pl.DataFrame:
    n, t = np.nonzero(judged.T)
    keys = {"unit": [cells.table.units[i] for i in n], "year": cells.table.years[t]}
    growth = {"before": found.before[t, n], "after": found.after[t, n], "change": (found.after - found.before)[t, n]}
    rules = {"peak": found.peak[t, n], "eligible": eligible[t, n], "fit": found.fit[t, n]}
    return pl.DataFrame(keys | growth | rules, schema_overrides={"unit": pl.String})


def _units(cells: Cells, judged: NDArray[np.bool_], found: list[str]) -> pl.DataFrame:
    some = judged.any(axis=0)
    years = cells.table.years
    last = len(years) - 1 - judged[::-1].argmax(axis=0)
    columns = {
        "unit": cells.table.units,
        "first": np.where(some, years[judged.argmax(axis=0)], 0),
        "last": np.where(some, years[last], 0),
        "accelerations": [found.count(u) for u in cells.table.units],
    }
    frame = pl.DataFrame(columns)
    return frame.with_columns(pl.when(pl.Series(some)).then(pl.col(c)) for c in ("first", "last", "accelerations"))
