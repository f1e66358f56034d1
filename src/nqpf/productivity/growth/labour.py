"""Where growth of labour productivity comes from: within sectors, or from labour that moves between them.

Shift-share, McMillan and Rodrik, Nordhaus (Baumol and Denison effects), Tang and Wang; the formulas are in
`shift_share`. Every sector of a unit must be there in every year: a sum over fewer sectors is no comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import backend_of, require, to_polars
from nqpf.messages import say
from nqpf.productivity.growth.cells import Cells, Floats, Gaps, read, spans
from nqpf.productivity.growth.shift_share import (
    Ends,
    Sources,
    nordhaus,
    relative_size,
    shift_share,
    structural_change,
)
from nqpf.results import Method, TableResult

Sourcing = Literal["shift_share", "mcmillan_rodrik", "nordhaus", "gead"]
METHODS: tuple[Sourcing, ...] = ("shift_share", "mcmillan_rodrik", "nordhaus", "gead")
KEY = "·unit and sector"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabourProductivity(TableResult):
    """Sources of labour-productivity growth.

    Attributes
    ----------
    frame
        A row for each unit and pair of years: unit, first, last, growth (P_1/P_0 − 1; its log for ``nordhaus``), and
        the effects, which add up to it: within, between, cross; within, structural; pure, baumol, denison; or pure,
        size, interaction.
    sectors
        The same by sector: the effects, and total, the sector's part in growth.
    """

    sectors: pl.DataFrame


def labour_productivity(
    data: Any,
    value: str,
    labour: str,
    *,
    sector: str,
    unit: str | None = None,
    time: str,
    method: Sourcing = "shift_share",
    nominal: str | None = None,
    base: int | None = None,
    periods: Sequence[tuple[int, int]] | None = None,
    gaps: Gaps = "error",
) -> LabourProductivity:
    """Take the growth of labour productivity apart by sectors.

    Parameters
    ----------
    data
        Table with a row for each unit, sector and year.
    value, labour
        Columns of real output (value added at constant prices) and of persons or hours.
    sector, unit, time
        Columns of sectors, of units (None: one economy) and of years.
    method
        ``shift_share``: within, between, cross. ``mcmillan_rodrik``: within, structural change. ``nordhaus``: pure
        productivity, Baumol and Denison effects. ``gead``: pure productivity, relative size (labour share and relative
        price), interaction, as in Tang and Wang.
    nominal
        Column of output at prices of the year; needed for ``nordhaus`` and ``gead``, whose real output need not add
        up over sectors.
    base
        Year whose nominal shares the pure effect of ``nordhaus`` keeps; default: each unit's first.
    periods
        First and last years compared; default: every year with the one before.
    gaps
        ``error``, or ``skip``: a year in which a unit is altogether absent is compared with nothing.

    Returns
    -------
    LabourProductivity
        See there.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a year is absent, or a sector is in some year of a unit.
    MethodError
        Labour or a price is not above zero; output is not, where it must be; a unit lacks the base year.
    SpecError
        An unknown word or period; nominal output is not given.

    References
    ----------
    McMillan and Rodrik (2011), doi:10.3386/w17143; Nordhaus (2002), Brookings Papers on Economic Activity 2, 211–265;
    Tang and Wang (2004), doi:10.1111/j.0008-4085.2004.00009.x.

    Examples
    --------
    >>> table = {"year": [1, 1, 2, 2], "sector": ["farm", "plant"] * 2, "y": [10.0, 40.0, 10.0, 60.0],
    ...          "l": [10.0, 10.0, 5.0, 15.0]}
    >>> [round(x, 9) for x in labour_productivity(table, "y", "l", sector="sector", time="year").frame.row(0)[3:]]
    [0.4, 0.2, 0.3, -0.1]
    """
    choose("method", method, METHODS)
    priced = method in ("nordhaus", "gead")
    if priced and nominal is None:
        raise SpecError("growth_needs", where=Where(key="method"), value=method, needed="nominal")
    columns = [value, labour, *([nominal] if nominal and priced else [])]
    cells, units, sectors, place = _read(data, unit, sector, time, columns, gaps, columns if priced else [labour])
    cubes = {c: cells.values[c][:, place] for c in columns}
    present = np.all(cells.present[:, place], axis=-1)
    _refuse_total(cells, cubes[value], present, units, value)
    pairs = _pairs(cells, periods, present, units)
    t = pairs - cells.first
    ends = Ends(cubes[value][t], cubes[labour][t], cubes[str(nominal)][t] if priced else None)
    found = _sources(method, ends, lambda: _base_shares(cubes[str(nominal)], cells, present, units, base))
    options: dict[str, Any] = {"value": value, "labour": labour, "nominal": nominal, "base": base}
    options |= {"periods": periods, "gaps": gaps}
    frame, by_sector = _frames(found, pairs, units, sectors)
    return LabourProductivity(
        frame, Method(f"growth.{method}", options), cells.notes, backend_of(data), sectors=by_sector
    )


def _sources(method: str, ends: Ends, base: Any) -> Sources:
    if method == "nordhaus":
        return nordhaus(ends, base())
    chosen = {"shift_share": shift_share, "mcmillan_rodrik": structural_change, "gead": relative_size}
    return chosen[method](ends)


def _read(
    data: Any, unit: str | None, sector: str, time: str, columns: list[str], gaps: Gaps, positive: list[str]
) -> tuple[Cells, list[str], list[str], NDArray[np.intp]]:
    """Return what was read by unit and sector, the names of both, and the place of each pair, ``int[N, S]``."""
    frame = to_polars(data)
    require(frame, sector, *([unit] if unit else []))
    keys = [c for c in (unit, sector) if c]
    names = [frame[c].cast(pl.String) for c in keys]
    frame = frame.with_columns(pl.concat_str(names, separator=" · ").alias(KEY))
    cells = read(frame, KEY, time, columns, gaps, positive=positive)
    units = names[0].unique(maintain_order=True).to_list() if unit else [""]
    sectors = names[-1].unique(maintain_order=True).to_list()
    at = {name: i for i, name in enumerate(cells.table.units)}
    joined = [[f"{u} · {s}" if unit else s for s in sectors] for u in units]
    absent = [name for row in joined for name in row if name not in at]
    if absent:
        raise DataError("growth_sector_never", sectors=listing(absent))
    place = np.array([[at[name] for name in row] for row in joined])
    there = cells.present[:, place]
    partial = there.any(axis=-1, keepdims=True) & ~there
    if partial.any():
        marked = np.zeros_like(cells.present)
        marked[:, place.ravel()] = partial.reshape(len(marked), -1)
        raise DataError("growth_sector_absent", cells=cells.table.cells(marked))
    return cells, units, sectors, place


def _refuse_total(cells: Cells, value: Floats, present: NDArray[np.bool_], units: list[str], column: str) -> None:
    """Raise a MethodError where all sectors together have no output."""
    wrong = present & ~(value.sum(axis=-1) > 0)
    if wrong.any():
        t, n = np.argwhere(wrong)[0]
        where = Where(unit=units[n] or None, period=int(cells.table.years[t]), indicator=column)
        total = float(value[t, n].sum())
        raise MethodError("growth_not_positive", where=where, value=total, count=int(wrong.sum()))


def _pairs(
    cells: Cells, periods: Sequence[tuple[int, int]] | None, present: NDArray[np.bool_], units: list[str]
) -> NDArray[np.intp]:
    """Return first and last years, ``int[2, P]``."""
    if periods is None:
        years = cells.table.years
        return np.stack([years[:-1], years[1:]])
    pairs = np.array(spans(cells, periods), dtype=np.intp).T
    lacking = ~present[pairs - cells.first].all(axis=(0, 1))
    if lacking.any():
        absent = listing([units[n] or say("word.all_units") for n in np.flatnonzero(lacking)])
        raise DataError("growth_period_ends", units=absent)
    return pairs


def _base_shares(
    nominal: Floats, cells: Cells, present: NDArray[np.bool_], units: list[str], base: int | None
) -> Floats:
    """Return each unit's shares in nominal output in the base year, ``float64[N, S]``."""
    at = present.argmax(axis=0)
    if base is not None:
        t = base - cells.first
        there = present[t] if 0 <= t < len(present) else np.zeros(len(units), dtype=bool)
        if not there.all():
            absent = [u or str(base) for u, one in zip(units, there, strict=True) if not one]
            raise MethodError("growth_base_absent", where=Where(key="base"), base=base, units=listing(absent))
        at = np.full(len(units), t)
    found = nominal[at, np.arange(len(units))]
    shares: Floats = found / found.sum(axis=-1, keepdims=True)
    return shares


def _frames(
    found: Sources, pairs: NDArray[np.intp], units: list[str], sectors: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the effects by unit and pair of years, and by sector too; unit by unit, years in order."""
    n, p = np.nonzero(~np.isnan(found.growth.T))
    keys = {"unit": [units[i] for i in n], "first": pairs[0, p], "last": pairs[1, p]}
    sums = {name: effect.sum(axis=-1)[p, n] for name, effect in found.effects.items()}
    frame = pl.DataFrame(keys | {"growth": found.growth[p, n]} | sums)
    many = len(sectors)
    long = {name: np.repeat(column, many) for name, column in keys.items()}
    parts = {name: effect[p, n].ravel() for name, effect in found.effects.items()}
    total = {"total": np.sum(list(parts.values()), axis=0)}
    return frame, pl.DataFrame(long | {"sector": sectors * len(n)} | parts | total)
