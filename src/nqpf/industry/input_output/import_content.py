"""What is imported in inputs, step by step back through the chain, and from how many sources it comes.

Vertical specialisation is that of Hummels, Ishii and Yi (2001): imports embodied in exports. Domestic value added is
the other part: both are 1 together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from nqpf.errors import DataError
from nqpf.industry.input_output.results import BySector
from nqpf.industry.input_output.shares import herfindahl, ratio
from nqpf.industry.input_output.table import Floats, IOTable
from nqpf.results import Method, Note


@dataclass(frozen=True, slots=True, eq=False)
class ImportContent(BySector):
    """Imports in inputs, by the sector that uses them; null where there is no output.

    Attributes
    ----------
    frame
        Keys; imports (money), input_share (imports / all intermediate inputs), direct (imports / output), total
        (imports in a unit of final demand), domestic (domestic value added in it, 1 − total), exports and vertical
        (imports in them; null where the table has no exports); hhi (Σ of squared shares of origins, 1 = one source),
        top_origin, top_share (null where origins are not known or nothing is imported).
    products
        The same by imported product: sector, imports, hhi, top_origin, top_share, and the number of origins.
    vertical_share
        Imports in exports as a share of exports; None where the table has no exports.
    """

    products: pl.DataFrame
    vertical_share: float | None


def import_content(table: IOTable) -> ImportContent:
    """Return direct and total import content, domestic value added, and the concentration of sources.

    Parameters
    ----------
    table
        A table with imports apart: a region of a world table, a non-competitive table, or `split_imports`.

    Returns
    -------
    ImportContent
        By using sector and by imported product.

    Raises
    ------
    DataError
        Imports do not stand apart.
    MethodError
        ``leontief_singular``, naming the sectors.

    References
    ----------
    Hummels, Ishii and Yi (2001), The nature and growth of vertical specialization in world trade, Journal of
    International Economics 54(1), 75–96, doi:10.1016/S0022-1996(00)00093-3.

    Examples
    --------
    >>> table = IOTable.of([[20, 60], [30, 10]], [20, 60], sectors=["a", "b"], imports=[[10, 0], [0, 20]],
    ...                    import_origins=["X", "Y"])
    >>> import_content(table).frame.select("sector", "input_share", "direct", pl.col("total").round(4)).rows()
    [('a', 0.16666666666666666, 0.1, 0.2778), ('b', 0.2222222222222222, 0.2, 0.4074)]
    """
    if not len(table.imports):
        raise DataError("imports_not_apart")
    there, x = table.active, table.output
    bought = table.imports.sum(axis=0)
    inputs = table.flows.sum(axis=0) + bought
    per = np.divide(bought, x, out=np.zeros_like(x), where=there)
    total = per @ table.inverse
    rest = np.divide(x - inputs, x, out=np.zeros_like(x), where=there) @ table.inverse
    sold = table.used_as("exports")
    known = "exports" in table.uses
    users, names = _by_origin(table.imports, table.import_origins)
    numbers = {
        "imports": bought,
        "input_share": np.divide(bought, inputs, out=np.full_like(x, np.nan), where=inputs > 0),
        "direct": per,
        "total": total,
        "domestic": rest,
        "exports": sold if known else np.full_like(x, np.nan),
        "vertical": sold * total if known else np.full_like(x, np.nan),
    }
    frame = table.keys.with_columns(
        *(pl.Series(name, np.where(there, v, np.nan), nan_to_null=True) for name, v in numbers.items()),
        *_concentration(users, names),
    )
    share = float((sold * total).sum() / sold.sum()) if sold.sum() > 0 else None
    notes = [] if len(names) > 1 else [Note("origins_unknown", "info")]
    if any(note.code == "io_split" for note in table.notes):
        notes.append(Note("import_content_split", "info"))
    return ImportContent(frame, Method("industry.import_content"), tuple(notes), _products(table), share)


def _by_origin(values: Floats, origins: tuple[str, ...]) -> tuple[Floats, list[str]]:
    """Return sums of rows by origin, ``float64[O, n]``, and the origins."""
    names = list(dict.fromkeys(origins))
    at = [names.index(origin) for origin in origins]
    found = np.zeros((len(names), values.shape[1]))
    np.add.at(found, at, values)
    return found, names


def _concentration(by_origin: Floats, names: list[str]) -> list[pl.Series]:
    """Return concentration and the largest source of each column; null where origins are unknown or nothing comes."""
    whole = by_origin.sum(axis=0)
    known = (whole > 0) & (len(names) > 1 or bool(names and names[0]))
    most = ratio(by_origin.max(axis=0, initial=0.0), whole)
    top = by_origin.argmax(axis=0) if len(names) else np.zeros(len(whole), dtype=int)
    return [
        pl.Series("hhi", np.where(known, herfindahl(by_origin.T), np.nan), nan_to_null=True),
        pl.Series("top_origin", [names[i] if k else None for i, k in zip(top, known, strict=True)], dtype=pl.String),
        pl.Series("top_share", np.where(known, most, np.nan), nan_to_null=True),
    ]


def _products(table: IOTable) -> pl.DataFrame:
    """Return what is imported of each product, and how concentrated its sources are."""
    sectors = list(dict.fromkeys(table.import_sectors))
    origins = list(dict.fromkeys(table.import_origins))
    found = np.zeros((len(origins), len(sectors)))
    i = [origins.index(origin) for origin in table.import_origins]
    j = [sectors.index(sector) for sector in table.import_sectors]
    np.add.at(found, (i, j), table.imports.sum(axis=1))
    return pl.DataFrame(
        [
            pl.Series("sector", sectors, dtype=pl.String),
            pl.Series("imports", found.sum(axis=0)),
            *_concentration(found, origins),
            pl.Series("origins", (found > 0).sum(axis=0)),
        ]
    )
