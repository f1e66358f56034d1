"""The cells behind an indicator: value, unit and status, the cell of the file, what stands there, and its changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data import Ledger
from nqpf.data.files import Grid, grids
from nqpf.data.files.sheet import column_of
from nqpf.data.formula import evaluate, names_in
from nqpf.data.panel import Panel, Status
from nqpf.errors import NqpfError, Where
from nqpf.index.framework import Indicator
from nqpf.messages import say
from nqpf.study.trace_scale import windowed

Sheets = Callable[[Path], Sequence[Grid]]
"""Gives the sheets of a file."""

SCHEMA = {
    "indicator": pl.String,
    "series": pl.String,
    "title_zh": pl.String,
    "title_en": pl.String,
    "unit": pl.String,
    "period": pl.Int64,
    "value": pl.Float64,
    "measure": pl.String,
    "status": pl.String,
    "read": pl.Float64,
    "written": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "cell": pl.String,
    "source": pl.String,
    "vintage": pl.String,
    "scope": pl.String,
    "note_zh": pl.String,
    "note_en": pl.String,
}

CHANGES = {
    "series": pl.String,
    "period": pl.Int64,
    "old": pl.Float64,
    "new": pl.Float64,
    "rule": pl.String,
    "rule_zh": pl.String,
    "rule_en": pl.String,
    "detail": pl.String,
}

ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def sheets_of(path: Path) -> Sequence[Grid]:
    """Return the sheets of a file; none where it is no longer there or cannot be read."""
    try:
        return tuple(grids(path)) if path.is_file() else ()
    except NqpfError:
        return ()


def cell_rows(
    panel: Panel, folder: Path, indicator: str | None, cells: Iterable[tuple[int, int, str]], sheets: Sheets
) -> list[dict[str, Any]]:
    """Return cells of the panel by the columns of `SCHEMA`.

    Parameters
    ----------
    panel
        Raw series.
    folder
        Folder that the names of files are relative to.
    indicator
        Indicator that they are behind.
    cells
        Positions of year and unit, and the series.
    sheets
        Gives the sheets of a file.
    """
    return [_cell(panel, folder, indicator, *cell, sheets) for cell in cells]


def _cell(
    panel: Panel, folder: Path, indicator: str | None, t: int, n: int, series: str, sheets: Sheets
) -> dict[str, Any]:
    k = panel.index(series)
    known, value = panel.series[k], float(panel.values[t, n, k])
    found = panel.origin.filter(
        (pl.coalesce("code", "unit") == panel.units[n])
        & (pl.col("period") == panel.periods[t])
        & (pl.col("indicator") == series)
    )
    origin: Mapping[str, Any] = found.row(0, named=True) if found.height else {}
    return {
        "indicator": indicator,
        "series": series,
        "title_zh": known.title.zh,
        "title_en": known.title.en,
        "unit": panel.units[n],
        "period": panel.periods[t],
        "value": None if np.isnan(value) else value,
        "measure": known.measure,
        "status": Status(panel.status[t, n, k]).name.lower(),
        "read": origin.get("value"),
        "written": _written(folder, origin, sheets),
        "file": origin.get("file"),
        "sheet": origin.get("sheet"),
        "cell": origin.get("cell"),
        "source": origin.get("source") or known.source,
        "vintage": origin.get("vintage") or known.vintage,
        "scope": origin.get("scope") or known.scope,
        "note_zh": known.note.zh if known.note else None,
        "note_en": known.note.en if known.note else None,
    }


def _written(folder: Path, origin: Mapping[str, Any], sheets: Sheets) -> str | None:
    """Return what stands in the cell that a number was read from; None where the file does not show it."""
    address = ADDRESS.fullmatch(origin.get("cell") or "")
    if address is None or not origin.get("file"):
        return None
    row, column = int(address[2]) - 1, column_of(address[1])
    for grid in sheets(folder / origin["file"]):
        if grid.sheet == origin["sheet"] and row < len(grid.rows) and column < len(grid.rows[row]):
            cell = grid.rows[row][column]
            return None if cell is None else f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    return None


def changes_of(ledger: Ledger, cells: pl.DataFrame) -> pl.DataFrame:
    """Return the changes of cells, in the order they were made, by the columns of `CHANGES`."""
    keys = cells.select("unit", "period", indicator="series").unique(maintain_order=True)
    found = ledger.frame.join(keys, on=["unit", "period", "indicator"], how="semi", maintain_order="left")
    words = {rule: say(f"rule.{rule}") for rule in found["rule"].unique(maintain_order=True).to_list()}
    zh, en = ({rule: text[lang] for rule, text in words.items()} for lang in ("zh", "en"))
    return found.select(
        "period",
        "old",
        "new",
        "rule",
        "detail",
        series="indicator",
        rule_zh=pl.col("rule").replace_strict(zh, return_dtype=pl.String),
        rule_en=pl.col("rule").replace_strict(en, return_dtype=pl.String),
    ).select(list(CHANGES))


def behind(panel: Panel, indicator: Indicator, formula: str, t: int, n: int) -> tuple[list[tuple[int, int, str]], bool]:
    """Return the cells of its own unit that an indicator's value rests on, and whether it rests on other units as well.

    Parameters
    ----------
    panel
        Raw series.
    indicator, formula
        The indicator and the formula it is evaluated by.
    t, n
        Positions of year and unit.

    Notes
    -----
    A formula without windows looks at its own unit and year. What a window looks at is found by changing the cells:
    it rests on those of which the change changes the value.
    """
    names = names_in(formula)
    here = [(t, n, name) for name in names]
    if not windowed(formula):
        return here, False
    moved = _Moved(panel, indicator, formula, t, n)
    own = [(s, n, name) for s in range(len(panel.periods)) for name in names if s == t or moved.by(name, s, n)]
    others = any(moved.by(name, s, None) for s in range(len(panel.periods)) for name in names)
    return own, others


class _Moved:
    """Tells whether a formula's value in one cell moves with others."""

    def __init__(self, panel: Panel, indicator: Indicator, formula: str, t: int, n: int) -> None:
        self.panel, self.name, self.formula, self.at = panel, indicator.id, formula, (t, n)
        self.value = self._value(panel.values)

    def by(self, series: str, t: int, n: int | None) -> bool:
        """Return whether it moves with a unit's cell of a year, or with those of all other units."""
        k = self.panel.index(series)
        units = [n] if n is not None else [u for u in range(len(self.panel.units)) if u != self.at[1]]
        return any(not np.array_equal(self.value, found, equal_nan=True) for found in self._changed(t, units, k))

    def _changed(self, t: int, units: list[int], k: int) -> Iterator[float]:
        cell = self.panel.values[t, units, k]
        for other in (np.full(len(units), np.nan), 2 * cell + 1):
            values = self.panel.values.copy()
            values[t, units, k] = other
            yield self._value(values)

    def _value(self, values: NDArray[np.float64]) -> float:
        try:
            found = evaluate(replace(self.panel, values=values), self.formula, name=self.name, where=Where())
        except NqpfError:
            return float("inf")  # the formula has no value any more: it rests on the cell
        return float(found[self.at])
