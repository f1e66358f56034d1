"""Four promised pay-offs: cheaper labour per output, steady returns to investment, profit, less pressure on resources.

Unit labour cost is labour cost over real output (OECD 2001, doi:10.1787/9789264194519-en). What investment yields is
ΔY/I, the inverse of the incremental capital–output ratio (Domar 1946, doi:10.2307/1905364): it stays finite where
output falls, so its trend is taken; the ratio is shown over a window as a ratio of sums. Trends: `nqpf.numerics.sen`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view

from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.numerics.sen import LEAST, sen_slope
from nqpf.productivity.growth.cells import Cells, Floats, Gaps, read
from nqpf.results import Method, Note, TableResult

Payoff = Literal["labour", "investment", "profit", "resources"]
BETTER: dict[Payoff, str] = {"labour": "lower", "investment": "higher", "profit": "higher", "resources": "lower"}
"""Which way each pay-off is better, in reading order."""
LOGS = ("labour", "resources")
"""Pay-offs that are above zero by nature: their trend is a rate of growth."""
MANY = 10
"""With as many series, some intervals miss by chance alone, which is remarked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payoffs(TableResult):
    """Whether four promised pay-offs are there.

    Attributes
    ----------
    frame
        A row for each pay-off and unit, and with null for all units together (sums over sums) where there are several:
        payoff (``labour``, ``investment``, ``profit``, ``resources``), unit, first, last, years, start, end (first and
        last value), better_if (``lower``, ``higher``), trend (a year: in logs for labour and resources, else in points
        of the ratio), low, high, verdict (``better``, ``worse``: the whole interval is;
        ``not_shown``; ``not_assessed``: too few years).
    summary
        A row for each pay-off: payoff, better_if, units, better, worse, not_shown, not_assessed (numbers of units),
        verdict (of all together; ``not_measured`` without its columns).
    series
        payoff, unit, period, value; for investment also icor, Σ I / ΔY over the window up to the year, null where
        output did not grow over it.
    """

    summary: pl.DataFrame
    series: pl.DataFrame


def payoffs(
    data: Any,
    *,
    time: str,
    unit: str | None = None,
    output: str | None = None,
    labour_cost: str | None = None,
    investment: str | None = None,
    profit: str | None = None,
    profit_base: str | None = None,
    resources: str | None = None,
    window: int = 5,
    level: float = 0.95,
    gaps: Gaps = "error",
) -> Payoffs:
    """Return four pay-offs with their trends.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    time, unit
        Columns of years and of units (None: a single series).
    output
        Column of output at constant prices, above zero; that of every pay-off but profit.
    labour_cost
        Column of compensation of employees at prices of the year; over real output it is unit labour cost.
    investment
        Column of investment at constant prices, above zero.
    profit, profit_base
        Columns of profit, and of what it is a rate of: equity, assets or sales (above zero).
    resources
        Column of energy, water, land or emissions, above zero.
    window
        Years over which the incremental capital–output ratio is taken.
    level
        Of the intervals.
    gaps
        ``error``: an absent year within a unit's years stops the run. ``skip``: it is left out.

    Returns
    -------
    Payoffs
        See there. A pay-off without its columns is not measured; a trend takes at least eight years. All units together
        are sums over the years in which every unit is there.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a year is absent.
    MethodError
        A number that must be above zero is not.
    SpecError
        No pay-off has its columns, or an option will not do.

    References
    ----------
    Sen (1968), doi:10.1080/01621459.1968.10480934. Domar (1946), doi:10.2307/1905364.

    Examples
    --------
    >>> years = list(range(2010, 2022))
    >>> table = {"year": years, "y": [100 * 1.05**k for k in range(12)], "e": [50 * 1.02**k for k in range(12)]}
    >>> found = payoffs(table, time="year", output="y", resources="e")
    >>> found.summary.select("payoff", "verdict").rows()[-2:]
    [('profit', 'not_measured'), ('resources', 'better')]
    """
    if window < 1:
        raise SpecError("growth_least", where=Where(key="window"), value=window, least=1)
    if not 0 < level < 1:
        raise SpecError("growth_between", where=Where(key="level"), value=level, low=0, high=1)
    given = {"output": output, "labour_cost": labour_cost, "investment": investment}
    given |= {"profit": profit, "profit_base": profit_base, "resources": resources}
    asked: dict[Payoff, tuple[str | None, str | None]] = {
        "labour": (labour_cost, output),
        "investment": (output, investment),
        "profit": (profit, profit_base),
        "resources": (resources, output),
    }
    if profit is not None and profit_base is None:
        raise SpecError("growth_needs", where=Where(key="profit"), value="profit", needed="profit_base")
    found = {key: (a, b) for key, (a, b) in asked.items() if a is not None and b is not None}
    if not found:
        raise SpecError("payoffs_none", where=Where(key="output"))
    frames, series = [], []
    notes: list[Note] = []
    for key, (above, below) in found.items():
        positive = (below,) if key == "profit" else (above, below)
        cells = read(data, unit, time, (above, below), gaps, positive=positive)
        names, top, under = _with_total(cells, above, below)
        value, icor = _yield(top, under, window) if key == "investment" else (top / under, None)
        frames.append(_trends(key, names, cells.table.years, value, level))
        series.append(_series(key, names, cells.table.years, value, icor))
        notes += cells.notes
    frame = pl.concat(frames)
    options = given | {"window": window, "level": level, "gaps": gaps}
    return Payoffs(
        frame,
        Method("growth.payoffs", options),
        tuple(_once(notes, frame, level)),
        backend_of(data),
        summary=_summary(frame, unit is not None and len(names) > 1),
        series=pl.concat(series),
    )


def _with_total(cells: Cells, above: str, below: str) -> tuple[list[str | None], Floats, Floats]:
    """Return units and two columns ``float64[T, N]``, with all units together last where there are several."""
    names: list[str | None] = [*cells.table.units]
    columns = [cells.values[above], cells.values[below]]
    if len(names) > 1:
        names.append(None)
        columns = [np.column_stack([v, v.sum(axis=1)]) for v in columns]  # NaN where a unit is absent
    return names, columns[0], columns[1]


def _yield(output: Floats, investment: Floats, window: int) -> tuple[Floats, Floats]:
    """Return ΔY/I of each year, and Σ I / ΔY over windows of years, both ``float64[T, N]``, NaN where unknown."""
    gain = np.full(output.shape, np.nan)
    gain[1:] = np.diff(output, axis=0)
    icor = np.full(output.shape, np.nan)
    if len(output) > window:
        spent = sliding_window_view(investment[1:], window, axis=0).sum(axis=-1)
        grown = sliding_window_view(gain[1:], window, axis=0).sum(axis=-1)
        icor[window:] = np.divide(spent, grown, out=np.full(spent.shape, np.nan), where=grown > 0)
    return gain / investment, icor


SCHEMA: dict[str, Any] = {
    "payoff": pl.String,
    "unit": pl.String,
    **dict.fromkeys(("first", "last", "years"), pl.Int64),
    **dict.fromkeys(("start", "end"), pl.Float64),
    "better_if": pl.String,
    **dict.fromkeys(("trend", "low", "high"), pl.Float64),
    "verdict": pl.String,
}


def _trends(key: Payoff, names: Sequence[str | None], years: Any, value: Floats, level: float) -> pl.DataFrame:
    rows = []
    for n, name in enumerate(names):
        there = ~np.isnan(value[:, n])
        y, t = value[there, n], years[there]
        row: dict[str, Any] = {"payoff": key, "unit": name, "years": y.size, "better_if": BETTER[key]}
        if y.size:
            row |= {"first": int(t[0]), "last": int(t[-1]), "start": float(y[0]), "end": float(y[-1])}
        if y.size < LEAST:
            rows.append(row | {"verdict": "not_assessed"})
            continue
        found = sen_slope(np.log(y) if key in LOGS else y, t.astype(float), level)
        sign = 1 if BETTER[key] == "higher" else -1
        low, high = sorted((sign * found.low, sign * found.high))
        verdict = "better" if low > 0 else "worse" if high < 0 else "not_shown"
        rows.append(row | {"trend": found.slope, "low": found.low, "high": found.high, "verdict": verdict})
    return pl.DataFrame(rows, schema=SCHEMA)


def _series(key: Payoff, names: Sequence[str | None], years: Any, value: Floats, icor: Floats | None) -> pl.DataFrame:
    n, t = np.nonzero(~np.isnan(value.T))
    columns = {"payoff": [key] * n.size, "unit": [names[int(i)] for i in n], "period": years[t], "value": value[t, n]}
    smooth = np.full(n.size, np.nan) if icor is None else icor[t, n]
    kinds = {"payoff": pl.String, "unit": pl.String, "period": pl.Int64, "value": pl.Float64}
    return pl.DataFrame(columns, schema_overrides=kinds).with_columns(pl.Series("icor", smooth).fill_nan(None))


def _summary(frame: pl.DataFrame, several: bool) -> pl.DataFrame:
    words = ("better", "worse", "not_shown", "not_assessed")
    rows = []
    for key, better_if in BETTER.items():
        part = frame.filter(payoff=key)
        units = part.filter(pl.col("unit").is_not_null()) if several else part
        counts = {word: units.filter(verdict=word).height for word in words}
        whole = part["verdict"][-1] if part.height else "not_measured"
        rows.append({"payoff": key, "better_if": better_if, "units": units.height, **counts, "verdict": whole})
    return pl.DataFrame(rows)


def _once(notes: Sequence[Note], frame: pl.DataFrame, level: float) -> list[Note]:
    kept = [note for k, note in enumerate(notes) if all(note != other for other in notes[:k])]
    short = frame.filter(verdict="not_assessed").height
    if short:
        kept.append(Note("trend_short", values={"count": short, "total": frame.height, "least": LEAST}))
    assessed = frame.height - short
    if assessed >= MANY:
        kept.append(Note("growth_many_units", "info", {"count": assessed, "chance": assessed * (1 - level)}))
    return kept
