"""Emissions (or energy, water, jobs) embodied in final demand and trade, by input–output analysis.

The extension of Leontief's model to emissions follows Miller and Blair (2009, chapter 10); production- and
consumption-based accounts and trade follow Peters (2008, doi:10.1016/j.ecolecon.2007.10.014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.industry.input_output.embodied_accounts import Accounts, accounts_of_home, accounts_of_world
from nqpf.industry.input_output.selecting import in_order
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.options import names_of
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Embodied(Result):
    """Emissions by sector, and what they are emitted for.

    Attributes
    ----------
    frame
        A row for each extension and row of the table: extension, region (where the table has several), sector,
        ``emissions``, ``intensity`` per unit of output (direct), ``multiplier`` per unit of final demand (direct and
        upstream), ``upstream`` = multiplier − intensity, and ``in_final``, emissions embodied in the sector's
        deliveries to final demand.
    accounts
        By extension and region: ``production`` (emitted at home), ``own_use`` (of it, for final demand at home),
        ``exports`` (of it, for final demand abroad), ``imports`` (emitted abroad for final demand at home),
        ``consumption`` = own_use + imports, ``balance`` = exports − imports. Null: not assessed, see notes.
    final
        By extension and final category: emissions embodied in it.
    flows
        By extension, emissions in region ``origin`` for final demand in region ``destination``; None in a table of one
        region.
    method, notes
        How the numbers came about, and remarks.
    """

    frame: pl.DataFrame
    accounts: pl.DataFrame
    final: pl.DataFrame
    flows: pl.DataFrame | None
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return intensities and multipliers by sector."""
        return self.frame


def embodied(
    table: IOTable,
    emissions: Any,
    value: str | Sequence[str],
    *,
    sector: str = "sector",
    region: str | None = None,
    imports: Literal["none", "same_technology"] = "none",
    negative: Literal["raise", "keep"] = "raise",
) -> Embodied:
    """Trace emissions from where they arise to the final demand they are made for.

    Parameters
    ----------
    table
        The table, of one region or of several.
    emissions
        A row for every sector (and region) of the table, by any dataframe that narwhals knows.
    value
        Column of emissions, or several (extensions), each in its own unit.
    sector, region
        Columns of `emissions` that name the sector and, in a table of several regions, the region (``region`` if not
        given).
    imports
        For a table of one region. ``none``: what is emitted abroad is not assessed. ``same_technology``: imports are
        taken to be made as at home, inputs and all (domestic technology assumption); it needs imports apart, by
        sector, for inputs and for final use. In a table whose flows hold imports too (a final category of imports,
        negative), that assumption is in the table already, and the word accepts it.
    negative
        ``raise``: a negative emission is an error. ``keep``: it is counted (removal from the air).

    Returns
    -------
    Embodied
        Intensities, multipliers and accounts.

    Raises
    ------
    SpecError
        An option is none of its words.
    DataError
        A column is absent, a sector has no row or number, comes twice or is unknown; a final category of a table of
        several regions belongs to none of them; `same_technology` without what it needs.
    MethodError
        A negative emission; emissions of a sector without output.

    Notes
    -----
    Over all regions consumption equals production, as far as the table's rows add up; the gap is a note otherwise.
    Direct emissions of households have no sector: add them to both accounts of their region.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, chapter 10, doi:10.1017/CBO9780511626982. Peters (2008), From
    production-based to consumption-based national emission inventories, doi:10.1016/j.ecolecon.2007.10.014.

    Examples
    --------
    >>> flows = np.array([[10.0, 40.0], [30.0, 20.0]])
    >>> table = IOTable(("farm", "works"), flows, np.array([[50.0], [150.0]]), np.array([100.0, 200.0]),
    ...                 ("", ""), ("final",), np.zeros((0, 2)))
    >>> found = embodied(table, {"sector": ["works", "farm"], "co2": [100.0, 20.0]}, "co2")
    >>> found.frame.select("sector", "intensity", pl.col("multiplier", "in_final").round(4)).rows()
    [('farm', 0.2, 0.44, 22.0), ('works', 0.5, 0.6533, 98.0)]
    """
    choose("imports", imports, ("none", "same_technology"))
    choose("negative", negative, ("raise", "keep"))
    columns = names_of("value", value)
    if not columns:
        raise SpecError("nothing_selected", where=Where(key="value"))
    e = _emissions(table, emissions, columns, sector, region, negative)
    intensity = np.divide(e, table.output[:, None], out=np.zeros_like(e), where=table.active[:, None])
    multiplier = (intensity.T @ table.inverse).T
    if len(set(table.regions)) > 1:
        found = accounts_of_world(table, e, intensity)
    else:
        found = accounts_of_home(table, e, intensity, multiplier, imports == "same_technology")
    in_final = multiplier.T @ table.final
    options = {"value": columns, "imports": imports, "negative": negative}
    return Embodied(
        _by_sector(table, columns, e, intensity, multiplier),
        _long(columns, found),
        _by_category(table, columns, in_final),
        _flows(columns, found),
        Method("industry.embodied", options),
        (*_closing(columns, e, in_final), *found.notes),
    )


def _emissions(
    table: IOTable, emissions: Any, columns: list[str], sector: str, region: str | None, negative: str
) -> Floats:
    """Return emissions ``float64[n, K]`` in the table's order."""
    keys = {region or "region": table.regions} if len(set(table.regions)) > 1 else {}
    e = in_order(emissions, columns, {**keys, sector: table.sectors}, named=table.labels)
    if negative == "raise" and (e < 0).any():
        row, column = (int(i[0]) for i in np.nonzero(e < 0))
        place = Where(industry=table.labels[row], indicator=columns[column])
        raise MethodError("emissions_negative", where=place, value=float(e[row, column]), count=int((e < 0).sum()))
    idle = ~table.active[:, None] & (e != 0)
    if idle.any():
        row, column = (int(i[0]) for i in np.nonzero(idle))
        place = Where(industry=table.labels[row], indicator=columns[column])
        raise MethodError("emissions_without_output", where=place, value=float(e[row, column]))
    return e


def _by_sector(table: IOTable, columns: list[str], e: Floats, intensity: Floats, multiplier: Floats) -> pl.DataFrame:
    parts = []
    for k, name in enumerate(columns):
        cells = {
            "emissions": e[:, k],
            "intensity": intensity[:, k],
            "multiplier": multiplier[:, k],
            "upstream": multiplier[:, k] - intensity[:, k],
            "in_final": multiplier[:, k] * table.final.sum(axis=1),
        }
        parts.append(pl.DataFrame({"extension": [name] * len(e)}).hstack(table.keys).hstack(pl.DataFrame(cells)))
    return pl.concat(parts)


def _long(columns: list[str], found: Accounts) -> pl.DataFrame:
    parts = [
        pl.DataFrame(
            {
                "extension": [name] * len(found.regions),
                "region": found.regions,
                "production": found.production[:, k],
                "own_use": found.own_use[:, k],
                "exports": found.exports[:, k],
                "imports": found.imports[:, k],
                "consumption": found.consumption[:, k],
                "balance": found.exports[:, k] - found.imports[:, k],
            }
        )
        for k, name in enumerate(columns)
    ]
    return pl.concat(parts).with_columns(pl.col(pl.Float64).fill_nan(None))


def _by_category(table: IOTable, columns: list[str], in_final: Floats) -> pl.DataFrame:
    parts = [
        pl.DataFrame({"extension": [name] * len(table.finals), "final": table.finals, "embodied": in_final[k]})
        for k, name in enumerate(columns)
    ]
    return pl.concat(parts)


def _flows(columns: list[str], found: Accounts) -> pl.DataFrame | None:
    if found.flows is None:
        return None
    r = len(found.regions)
    parts = [
        pl.DataFrame(
            {
                "extension": [name] * r**2,
                "origin": np.repeat(found.regions, r),
                "destination": np.tile(found.regions, r),
                "embodied": found.flows[:, :, k].ravel(),
            }
        )
        for k, name in enumerate(columns)
    ]
    return pl.concat(parts)


def _closing(columns: list[str], e: Floats, in_final: Floats) -> list[Note]:
    """Return a remark for every extension whose embodied emissions do not add up to what is emitted."""
    emitted, told = e.sum(axis=0), in_final.sum(axis=1)
    notes = []
    for name, all_, found in zip(columns, emitted, told, strict=True):
        if abs(all_ - found) > 1e-6 * max(abs(all_), abs(found)):
            values = {"name": name, "emitted": float(all_), "embodied": float(found)}
            notes.append(Note("embodied_gap", "warning", values))
    return notes
