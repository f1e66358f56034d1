"""Missing values: stop and say where, keep the hole, or fill it by a named rule, every filled cell in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.data.ledger import Ledger
from nqpf.data.panel import Panel, Status
from nqpf.errors import DataError, listing
from nqpf.messages import say

Rule = Literal["stop", "keep", "linear", "loglinear"]
Edges = Literal["stop", "keep", "nearest"]


def fill(
    panel: Panel, rule: Rule = "stop", *, series: Mapping[str, Rule] | None = None, edges: Edges = "stop"
) -> tuple[Panel, Ledger]:
    """Deal with the missing cells of a panel.

    Parameters
    ----------
    panel
        The panel.
    rule
        ``stop``: raise an error that lists them (the default). ``keep``: leave them missing. ``linear``: straight
        line between the neighbouring years of the same unit. ``loglinear``: constant growth between them.
    series
        Rules for single series, by id; they go before `rule`.
    edges
        What to do before the first and after the last reported year, where nothing can be interpolated:
        ``stop``, ``keep``, or ``nearest`` (repeat the nearest reported value, marked *extrapolated*).

    Returns
    -------
    panel, ledger
        The filled panel (status *interpolated* or *extrapolated*) and a row for every filled cell.

    Raises
    ------
    DataError
        Missing cells under ``stop``; ``loglinear`` between values that are not positive; an unknown series.
    """
    rules = {
        **dict.fromkeys(panel.indicators, rule),
        **{panel.indicators[panel.index(s)]: r for s, r in (series or {}).items()},
    }
    stops = [k for k, s in enumerate(panel.indicators) if rules[s] == "stop"]
    _stop_if_missing(panel, stops, "missing_values")
    values, status = panel.values.copy(), panel.status.copy()
    rows: list[dict[str, Any]] = []
    years = np.array(panel.periods, dtype=float)
    for k, name in enumerate(panel.indicators):
        if rules[name] not in ("linear", "loglinear"):
            continue
        for n in range(len(panel.units)):
            column = values[:, n, k]
            for t, state, how in _fill_column(panel, years, column, n, k, rules[name], edges):
                status[t, n, k] = state
                rows.append(
                    {"unit": panel.units[n], "period": panel.periods[t], "indicator": name, "old": None}
                    | {"new": float(column[t]), "rule": f"missing.{how}"}
                )
    done = replace(panel, values=values, status=status)
    if edges == "stop":
        filled = [k for k, s in enumerate(panel.indicators) if rules[s] in ("linear", "loglinear")]
        _stop_if_missing(done, filled, "missing_at_edge")
    return done, Ledger.of(rows, panel.origin)


def _fill_column(
    panel: Panel, years: NDArray[np.float64], column: NDArray[np.float64], n: int, k: int, rule: Rule, edges: Edges
) -> list[tuple[int, Status, str]]:
    """Fill one unit's series in place; return (period, status, rule) of each filled cell."""
    known = np.flatnonzero(~np.isnan(column))
    if known.size in (0, column.size):
        return []
    inside = [t for t in range(known[0], known[-1]) if np.isnan(column[t])]
    if inside and rule == "loglinear":
        ends = np.searchsorted(known, inside)  # of each hole, the first year known behind it
        joined = known[np.unique([ends - 1, ends])]
        for t in joined[column[joined] <= 0]:
            raise DataError("loglinear_nonpositive", where=panel.where(int(t), n, k), value=float(column[t]))
        column[inside] = np.exp(np.interp(years[inside], years[joined], np.log(column[joined])))
    elif inside:
        column[inside] = np.interp(years[inside], years[known], column[known])
    done: list[tuple[int, Status, str]] = [(t, Status.INTERPOLATED, rule) for t in inside]
    if edges == "nearest":
        for t in (*range(known[0]), *range(known[-1] + 1, column.size)):
            column[t] = column[known[0] if t < known[0] else known[-1]]
            done.append((t, Status.EXTRAPOLATED, "nearest"))
    return done


def _stop_if_missing(panel: Panel, layers: list[int], code: str) -> None:
    cells = [(t, n, k) for k in layers for t, n in np.argwhere(np.isnan(panel.values[:, :, k]))]
    if cells:
        shown = [
            say("word.cell", indicator=panel.series[k].id, unit=panel.labels[panel.units[n]], period=panel.periods[t])
            for t, n, k in cells
        ]
        first = cells[0]
        raise DataError(code, where=panel.where(*first), count=len(cells), cells=listing(shown))
