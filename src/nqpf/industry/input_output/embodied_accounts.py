"""Production- and consumption-based accounts of emissions, of a world of regions or of one region (Peters 2008)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import DataError, listing
from nqpf.industry.input_output.inverse import inverse
from nqpf.industry.input_output.selecting import imported_coefficients
from nqpf.industry.input_output.table import IOTable
from nqpf.results import Note

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Emissions by region and extension, each ``float64[R, K]``, NaN where not assessed.

    Attributes
    ----------
    regions
        R regions.
    production, own_use, exports, imports, consumption
        Emitted at home; of it for final demand at home and abroad; emitted abroad for final demand at home; for final
        demand at home wherever emitted.
    flows
        ``float64[R, R, K]`` emissions in one region for final demand in another; None for one region.
    notes
        What could not be assessed.
    """

    regions: tuple[str, ...]
    production: Floats
    own_use: Floats
    exports: Floats
    imports: Floats
    consumption: Floats
    flows: Floats | None
    notes: tuple[Note, ...] = ()


def accounts_of_world(table: IOTable, e: Floats, intensity: Floats) -> Accounts:
    """Return the accounts of a table of several regions.

    Parameters
    ----------
    table
        The table of n rows.
    e, intensity
        ``float64[n, K]`` emissions, and emissions per unit of output.

    Raises
    ------
    DataError
        A final category belongs to no region.
    """
    regions = tuple(dict.fromkeys(table.regions))
    owner = [name.partition("|")[0] for name in table.finals]
    stray = [name for name, region in zip(table.finals, owner, strict=True) if region not in regions]
    if stray:
        raise DataError("final_without_region", names=listing(stray))
    rows = np.array([[region == one for one in regions] for region in table.regions], dtype=float)
    columns = np.array([[region == one for one in regions] for region in owner], dtype=float)
    needed = table.inverse @ (table.final @ columns)  # output of every row for the final demand of every region
    flows = np.einsum("nr,nk,ns->rsk", rows, intensity, needed, optimize=True)
    own = flows[np.arange(len(regions)), np.arange(len(regions))]
    exports, consumption = flows.sum(axis=1) - own, flows.sum(axis=0)
    return Accounts(regions, rows.T @ e, own, exports, consumption - own, consumption, flows)


def accounts_of_home(table: IOTable, e: Floats, intensity: Floats, multiplier: Floats, same: bool) -> Accounts:
    """Return the accounts of a table of one region; what it does not carry is NaN, with a remark.

    Parameters
    ----------
    table
        The table of n rows.
    e, intensity, multiplier
        ``float64[n, K]`` emissions, and emissions per unit of output and of final demand.
    same
        Imports are taken to be made as at home.

    Raises
    ------
    DataError
        `same`, and imports do not stand apart by sector of the table, for inputs and for final use.
    """
    unknown = np.full((1, e.shape[1]), np.nan)
    production = e.sum(axis=0)[None]
    notes = []
    exported = np.array([use == "exports" for use in table.uses], dtype=bool)
    if not exported.any():
        notes.append(Note("exports_not_marked", "warning"))
        region = (table.regions[0],)
        return Accounts(region, production, unknown, unknown, unknown, unknown, None, tuple(notes))
    exports = (multiplier.T @ table.final[:, exported].sum(axis=1))[None]
    imported = np.array([use == "imports" for use in table.uses], dtype=bool)
    own, imports, consumption = unknown, unknown, unknown
    if imported.any():  # the flows hold imports: what is made at home for home cannot be told from what is not
        if same:
            imports = -(multiplier.T @ table.final[:, imported].sum(axis=1))[None]
            consumption = (multiplier.T @ table.final[:, ~exported & ~imported].sum(axis=1))[None]
    else:
        own = (multiplier.T @ table.final[:, ~exported].sum(axis=1))[None]
        if same:
            imports = _made_as_at_home(table, intensity, exported)[None]
            consumption = own + imports
    notes.append(Note("same_technology" if same else "imports_not_assessed", "warning"))
    return Accounts((table.regions[0],), production, own, exports, imports, consumption, None, tuple(notes))


def _made_as_at_home(table: IOTable, intensity: Floats, exported: NDArray[np.bool_]) -> Floats:
    """Return ``float64[K]`` emissions of imports for final demand at home, as if they were made there."""
    a = imported_coefficients(table)
    if a is None or table.final_imports is None:
        raise DataError("imports_not_apart")
    whole = intensity.T @ inverse(table.coefficients + a, table.labels)
    final = np.zeros(len(a))
    at = [table.sectors.index(name) for name in table.import_sectors]
    np.add.at(final, at, table.final_imports[:, ~exported].sum(axis=1))
    return np.asarray(whole @ (a @ (table.inverse @ table.final[:, ~exported].sum(axis=1)) + final))
