"""Who supplies the inputs: share of imports, concentration of origins, and how many sources there are to turn to.

Concentration is Hirschman's and Herfindahl's sum of squared shares H (Hirschman 1964, American Economic Review 54(5),
761–762); 1/H is the number of equal sources that would be as concentrated (Laakso and Taagepera 1979,
doi:10.1177/001041407901200101).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, Where
from nqpf.industry.input_output.shares import herfindahl, ratio
from nqpf.industry.input_output.table import IOTable
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """Intermediate inputs by product, origin and user.

    Attributes
    ----------
    products
        P products: the sectors of the table, then those that are imported only.
    origins
        O foreign origins; empty where the table does not tell them apart.
    domestic
        ``float64[P, J]`` inputs from home.
    foreign
        ``float64[P, O, J]`` imported inputs; one origin without a name where they are not told apart.
    """

    products: tuple[str, ...]
    origins: tuple[str, ...]
    domestic: Floats
    foreign: Floats


def home_of(table: IOTable, region: str | None) -> IOTable:
    """Return the table of one region, cut out of a table of several where `region` names it.

    Raises
    ------
    DataError
        The table has several regions and none is named.
    """
    if region is not None:
        return table.region(region)
    if len(set(table.regions)) > 1:
        raise DataError("several_regions")
    return table


def sources(home: IOTable) -> Sources | None:
    """Return the inputs of a table of one region by product, origin and user; None where imports do not stand apart.

    Raises
    ------
    MethodError
        An imported input is negative.
    """
    if not home.import_sectors:
        return None
    if (home.imports < 0).any():
        row, user = (int(i[0]) for i in np.nonzero(home.imports < 0))
        place = Where(industry=home.sectors[user], indicator=home.import_sectors[row])
        raise MethodError("imports_negative", where=place, value=float(home.imports[row, user]))
    products = tuple(dict.fromkeys((*home.sectors, *home.import_sectors)))
    written = home.import_origins or ("",) * len(home.import_sectors)
    origins = tuple(dict.fromkeys(written))
    p = [products.index(s) for s in home.import_sectors]
    o = [origins.index(s) for s in written]
    foreign = np.zeros((len(products), len(origins), home.output.size))
    np.add.at(foreign, (p, o), home.imports)
    domestic = np.zeros((len(products), home.output.size))
    np.add.at(domestic, [products.index(s) for s in home.sectors], home.flows)
    return Sources(products, origins if all(origins) else (), domestic, foreign)


def left_without_largest(foreign: Floats, domestic: Floats) -> Floats:
    """Return the share of use that is left when the largest origin stops, of ``float64[K, O]`` and ``float64[K]``."""
    return 1 - ratio(foreign.max(axis=1), foreign.sum(axis=1) + domestic)


def suppliers(table: IOTable, *, region: str | None = None, by: Literal["input", "user"] = "input") -> TableResult:
    """Say of every input, or of every user, how much of it is imported and from how few origins.

    Parameters
    ----------
    table
        A table of one region with imports by sector (and origin), or of several regions.
    region
        Region whose inputs are meant, in a table of several.
    by
        ``input``: a row for each product, over all its users at home. ``user``: a row for each sector that buys, over
        all its inputs.

    Returns
    -------
    TableResult
        ``sector``; ``domestic`` and ``imported`` inputs, ``import_share``; and where origins are known ``origins``,
        how many there are; ``hhi`` of their totals, ``effective`` = 1/hhi; ``hhi_within``, the mean of the
        concentration of every single cell of product and user, weighted by what is imported in it (totals look more
        diverse than what a user buys); ``main_origin`` and its ``main_share``; ``hhi_all`` with home as one more
        source, and ``redundancy``, the share of all use that is left when the main origin stops. Null where nothing is
        imported (redundancy: where nothing is used), or origins are not known.

    Raises
    ------
    DataError
        The table has several regions and none is named, or imports do not stand apart.
    MethodError
        An imported input is negative.

    Notes
    -----
    Values serve theory items F03 (import dependence, concentration of sources) and G10 (redundancy in the chain).

    References
    ----------
    Hirschman (1964), The paternity of an index, American Economic Review 54(5), 761–762. European Commission (2021),
    Strategic dependencies and capacities, SWD(2021) 352,
    https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=SWD%3A2021%3A352%3AFIN

    Examples
    --------
    >>> table = IOTable(("chips",), np.array([[20.0]]), np.array([[80.0]]), np.array([100.0]), ("",), ("final",),
    ...                 np.array([[15.0], [5.0]]), ("chips", "chips"), ("A", "B"))
    >>> suppliers(table).frame.select("imported", "import_share", "hhi", "hhi_all").row(0)
    (20.0, 0.5, 0.625, 0.40625)
    """
    choose("by", by, ("input", "user"))
    home = home_of(table, region)
    found = sources(home)
    if found is None:
        raise DataError("imports_not_apart")
    axis = 0 if by == "user" else 2
    names = home.sectors if by == "user" else found.products
    domestic = found.domestic.sum(axis=0 if by == "user" else 1)
    foreign = found.foreign.sum(axis=axis)
    foreign = foreign.T if by == "user" else foreign
    imported = foreign.sum(axis=1)
    cells: dict[str, object] = {
        "sector": names,
        "domestic": domestic,
        "imported": imported,
        "import_share": ratio(imported, domestic + imported),
    }
    notes: tuple[Note, ...] = ()
    if found.origins:
        cells |= _concentration(found, foreign, domestic, by)
    else:
        notes = (Note("origins_unknown", "warning"),)
    frame = pl.DataFrame(cells).with_columns(pl.col(pl.Float64).fill_nan(None))
    return TableResult(frame, Method("industry.suppliers", {"region": region, "by": by}), notes)


def _concentration(found: Sources, foreign: Floats, domestic: Floats, by: str) -> dict[str, object]:
    """Return the columns that need origins, from ``float64[K, O]`` totals and ``float64[K]`` inputs from home."""
    hhi = herfindahl(foreign)
    single = found.foreign.transpose(0, 2, 1)  # product, user, origin
    value, within = single.sum(axis=-1), np.nan_to_num(herfindahl(single))
    axis = 0 if by == "user" else 1
    main = foreign.argmax(axis=1)
    bought = foreign.sum(axis=1) > 0
    return {
        "origins": (foreign > 0).sum(axis=1),
        "hhi": hhi,
        "effective": 1 / hhi,
        "hhi_within": ratio((value * within).sum(axis=axis), value.sum(axis=axis)),
        "main_origin": [found.origins[m] if some else None for m, some in zip(main, bought, strict=True)],
        "main_share": ratio(foreign.max(axis=1), foreign.sum(axis=1)),
        "hhi_all": herfindahl(np.column_stack([foreign, domestic])),
        "redundancy": left_without_largest(foreign, domestic),
    }
