"""The four components of a choke point, each from 0 to 1 by a stated rule; what has no data has no number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from nqpf.errors import MethodError, Where
from nqpf.industry.input_output.extraction import Mode, extraction
from nqpf.industry.input_output.selecting import in_order
from nqpf.industry.input_output.shares import herfindahl
from nqpf.industry.input_output.suppliers import Sources, left_without_largest
from nqpf.industry.input_output.table import IOTable

Floats = NDArray[np.float64]

COMPONENTS = ("criticality", "import_concentration", "capability_gap", "non_substitutability")


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Columns of a user's table in the order of the sectors, NaN where it says nothing.

    Attributes
    ----------
    columns
        ``float64[n]`` by what the column is for; absent where no column was named.
    """

    columns: dict[str, Floats]

    def get(self, what: str) -> Floats | None:
        """Return a column, or None where none was named for it."""
        return self.columns.get(what)


def evidence_of(home: IOTable, data: Any, sector: str, named: dict[str, str | None]) -> Evidence:
    """Return the columns that were named, found by sector.

    Parameters
    ----------
    home
        Table of one region.
    data
        The user's table; None: no evidence.
    sector
        Its column of sectors.
    named
        Column by what it is for; None where there is none.

    Raises
    ------
    MethodError
        A column is named and there is no table.
    DataError
        As for `in_order`.
    """
    wanted = {what: column for what, column in named.items() if column is not None}
    if data is None and wanted:
        raise MethodError("no_evidence", where=Where(key=next(iter(wanted))), column=next(iter(wanted.values())))
    if data is None or not wanted:
        return Evidence({})
    values = in_order(data, list(dict.fromkeys(wanted.values())), {sector: home.sectors})
    at = {column: k for k, column in enumerate(dict.fromkeys(wanted.values()))}
    return Evidence({what: values[:, at[column]] for what, column in wanted.items()})


def criticality(home: IOTable, mode: Mode, measure: str) -> Floats:
    """Return the loss outside a sector with its extraction, per unit of its output or in all output; NaN if idle."""
    found = extraction(home, mode=mode).frame
    values = found["outside_per_unit" if measure == "per_unit" else "outside_share"].to_numpy().astype(float)
    return np.where(home.active, values, np.nan)


def scaled(values: Floats, rule: str) -> Floats:
    """Return numbers from 0 on as numbers from 0 to 1: over the largest, between least and largest, or by rank."""
    found = np.full(values.shape, np.nan)
    there = ~np.isnan(values)
    v = values[there]
    if not v.size:
        return found
    if rule == "rank":
        found[there] = rankdata(v, method="average") / v.size
    else:
        low = v.min() if rule == "minmax" else 0.0
        found[there] = np.clip((v - low) / (v.max() - low), 0.0, 1.0) if v.max() > low else 0.0
    return found


def import_shares(home: IOTable, found: Sources | None) -> Floats:
    """Return imports in the intermediate use of every sector's product at home, ``float64[n]``; NaN where unknown."""
    if found is None:
        return np.full(home.output.size, np.nan)
    at = [found.products.index(name) for name in home.sectors]
    domestic, imported = found.domestic.sum(axis=1)[at], found.foreign.sum(axis=(1, 2))[at]
    whole = domestic + imported
    return np.asarray(np.divide(imported, whole, out=np.full(whole.shape, np.nan), where=whole > 0))


def concentrations(home: IOTable, found: Sources | None) -> tuple[Floats, Floats]:
    """Return the concentration of every product's foreign origins, and the share of use left without the largest."""
    if found is None or not found.origins:
        nothing = np.full(home.output.size, np.nan)
        return nothing, nothing
    at = [found.products.index(name) for name in home.sectors]
    foreign, domestic = found.foreign.sum(axis=2)[at], found.domestic.sum(axis=1)[at]
    return herfindahl(foreign), left_without_largest(foreign, domestic)


def concentration_of_imports(share: Floats, hhi: Floats) -> Floats:
    """Return import share × concentration of origins; 0 where nothing is imported, which has no concentration."""
    return np.where(share == 0, 0.0, share * hhi)


def gap(capability: Floats, sectors: Sequence[str]) -> Floats:
    """Return 1 − min(1, capability), for advantage (RCA) and for shares of what is wanted that home can make.

    Raises
    ------
    MethodError
        A capability is negative.
    """
    if (capability < 0).any():
        row = int((capability < 0).argmax())
        raise MethodError("capability_negative", where=Where(industry=sectors[row]), value=float(capability[row]))
    return np.asarray(1 - np.minimum(1.0, capability))


def refuse_beyond_one(values: Floats, sectors: Sequence[str], key: str) -> Floats:
    """Return a column as it is; a MethodError if a number is not between 0 and 1."""
    wrong = (values < 0) | (values > 1)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise MethodError("not_between_0_and_1", where=Where(industry=sectors[row], key=key), value=float(values[row]))
    return values
