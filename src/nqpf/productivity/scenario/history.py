"""The past that scenarios start from: a panel of levels without holes, as arrays of years × units."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.capital import capital_stock
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError
from nqpf.productivity.growth.cells import Cells, Floats, read
from nqpf.productivity.scenario.spec import ScenarioSpec
from nqpf.results import Note

LEAST = 8
"""Fewest years."""
TOTAL = "total"
"""Name of all units together."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Levels of N units in T years, ``float64[T, N]``.

    Attributes
    ----------
    units
        Names.
    first
        The first year.
    output, labour
        As named.
    stocks
        ``float64[T, N, G]`` capital of G assets at the ends of years.
    rd, rd_stock
        R&D spending and stock; None where not given, as below.
    schooling, energy, emissions
        As named.
    notes
        Remarks on how the data were read.
    """

    units: tuple[str, ...]
    first: int
    output: Floats
    labour: Floats
    stocks: Floats
    rd: Floats | None
    rd_stock: Floats | None
    schooling: Floats | None
    energy: Floats | None
    emissions: Floats | None
    notes: tuple[Note, ...] = ()

    @property
    def last(self) -> int:
        """Return the last year."""
        return self.first + len(self.output) - 1

    @property
    def capital(self) -> Floats:
        """Return stocks of all assets together at the ends of years, ``float64[T, N]``."""
        found: Floats = self.stocks.sum(axis=-1)
        return found

    def needed(self, name: str) -> Floats:
        """Return a series that the specification has made sure of."""
        found: Floats | None = getattr(self, name)
        if found is None:
            raise ValueError(f"{name} was not read")
        return found

    def until(self, year: int) -> History:
        """Return the history up to a year."""
        rows = year - self.first + 1
        return replace(self, **{name: x[:rows] for name, x in self._series().items()})

    def some(self, units: slice) -> History:
        """Return the history of some units."""
        cut: dict[str, Any] = {name: x[:, units] for name, x in self._series().items()}
        return replace(self, units=self.units[units], **cut)

    def _series(self) -> dict[str, Any]:
        """Return the series that are given, by name."""
        every = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: x for name, x in every.items() if isinstance(x, np.ndarray)}

    @classmethod
    def of(cls, data: Any, unit: str | None, time: str, spec: ScenarioSpec) -> History:
        """Return the history in a table.

        Raises
        ------
        DataError
            A column or cell is absent, a unit is absent in some year, or one is called as all together are.
        MethodError
            Numbers are zero or negative, or years are few.
        """
        levels = {name: getattr(spec, name) for name in ("output", "labour", "rd", "schooling", "energy", "emissions")}
        stocks = [spec.capital] if spec.capital else [asset.stock for asset in (spec.assets or {}).values()]
        columns = [*(c for c in levels.values() if c), *(c for c in stocks if c)]
        cells = read(data, unit, time, columns, "skip")  # what is absent is told below, all of it at once
        _refuse(cells)
        rd = levels["rd"]
        return cls(
            units=cells.table.units,
            first=cells.first,
            stocks=np.stack([cells.values[c] for c in stocks if c], axis=-1),
            rd_stock=_rd_stock(cells, rd, spec.rd_depreciation) if rd else None,
            **{name: cells.values[c] if c else None for name, c in levels.items()},  # type: ignore[arg-type]
        )


def _refuse(cells: Cells) -> None:
    if not cells.present.all():
        raise DataError("scenario_absent", cells=cells.table.cells(~cells.present))
    if TOTAL in cells.table.units:
        raise DataError("scenario_total", name=TOTAL)
    years = cells.table.years.size
    if years < LEAST:
        raise MethodError("scenario_short", years=years, least=LEAST)


def _rd_stock(cells: Cells, spending: str, rate: float) -> Floats:
    """Return the stock of R&D by perpetual inventory from the steady state of the first year (Griliches 1979)."""
    table = cells.table
    keys = {"unit": [table.units[i] for i in table.n], "year": table.years[table.t]}
    frame = pl.DataFrame(keys | {"rd": cells.values[spending][table.t, table.n]})
    made = capital_stock(frame, investment="rd", unit="unit", time="year", method="griliches", depreciation=rate)
    return Keyed.of(made.frame, "unit", "year").cube("capital")
