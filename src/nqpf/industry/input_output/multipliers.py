"""Multipliers: what one unit of final demand calls forth in all sectors, of output or of anything tied to output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.errors import SpecError, Where, hint, listing
from nqpf.industry.input_output.models import Closed, closed_inverse
from nqpf.industry.input_output.results import BySector
from nqpf.industry.input_output.selecting import in_order
from nqpf.industry.input_output.table import Floats, IOTable
from nqpf.industry.options import names_of
from nqpf.results import Method

OWN = ("output", "input", "value_added", "import")
"""Multipliers that need no more than the table."""


@dataclass(frozen=True, slots=True, eq=False)
class Multipliers(BySector):
    """Multipliers by sector.

    Attributes
    ----------
    frame
        ``of``, keys, direct (per unit of own output), total (per unit of final demand for the sector), indirect
        (total − direct) and ratio (total / direct; null where direct is 0).
    """


def multipliers(
    table: IOTable,
    of: str | Sequence[str] = "output",
    *,
    extensions: Any = None,
    sector: str = "sector",
    region: str = "region",
    closed: Closed | None = None,
) -> Multipliers:
    """Return multipliers s' L of outputs, incomes, imports, jobs or emissions.

    Parameters
    ----------
    table
        The table.
    of
        One or several of: ``output`` (column sums of L), ``input`` (row sums of the Ghosh inverse), ``value_added``
        (what is left of output after inputs of domestic and foreign origin), ``import`` (imported inputs), the name of
        a primary input (``劳动者报酬``), or of a column of `extensions`.
    extensions
        Any dataframe that narwhals knows with a row for each sector and columns of amounts in all: persons employed,
        tonnes.
    sector, region
        Columns of `extensions` that name the sector and, where the table has regions, the region.
    closed
        Households as one more sector, as in `leontief`: type II multipliers.

    Returns
    -------
    Multipliers
        One row for each multiplier and sector.

    Raises
    ------
    SpecError
        No such multiplier.
    DataError
        `extensions` lacks a column, a sector or a number, or has a sector that the table does not have.
    MethodError
        As in `leontief`.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., chapter 6, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> table = IOTable.of([[150, 500], [200, 100]], [350, 1700], sectors=["a", "b"])
    >>> jobs = {"sector": ["b", "a"], "jobs": [100.0, 300.0]}
    >>> multipliers(table, "jobs", extensions=jobs).frame.select("sector", "direct", pl.col("total").round(4)).rows()
    [('a', 0.3, 0.3894), ('b', 0.05, 0.1551)]
    """
    wanted = names_of("of", of)
    if not wanted:
        raise SpecError("nothing_selected", where=Where(key="of"))
    n = len(table.output)
    given = _given(table, [w for w in wanted if w not in (*OWN, *table.addeds)], extensions, sector, region)
    whole = table.inverse if closed is None else closed_inverse(table, closed)[:n, :n]
    parts = []
    for name in wanted:
        if name == "input":
            direct, total = np.ones(n), table.ghosh_inverse.sum(axis=1)
        else:
            direct = np.ones(n) if name == "output" else _per_output(table, _amounts(table, name, given))
            total = direct @ whole
        ratio = np.divide(total, direct, out=np.full(n, np.nan), where=direct != 0)
        parts.append(
            pl.concat(
                [pl.DataFrame({"of": [name] * n}), table.keys, pl.DataFrame(
                    {"direct": direct, "total": total, "indirect": total - direct, "ratio": ratio}, nan_to_null=True
                )],
                how="horizontal",
            )
        )  # fmt: skip
    options = {"of": wanted, "closed": None if closed is None else [names_of("closed", part) for part in closed]}
    notes = tuple(n for n in table.notes if n.code == "io_competitive")
    return Multipliers(pl.concat(parts), Method("industry.leontief", options), notes)


def _per_output(table: IOTable, amounts: Floats) -> Floats:
    return np.divide(amounts, table.output, out=np.zeros_like(table.output), where=table.output > 0)


def _given(table: IOTable, names: list[str], extensions: Any, sector: str, region: str) -> dict[str, Floats]:
    """Return columns of the user's table in the order of the sectors."""
    if not names:
        return {}
    if extensions is None:
        options = [*OWN, *table.addeds]
        raise SpecError("bad_choice", where=Where(key="of"), value=names[0], options=listing(options, 20),
                        hint=hint(names[0], options))  # fmt: skip
    keys = {**({region: table.regions} if any(table.regions) else {}), sector: table.sectors}
    found = in_order(extensions, names, keys, named=table.labels)
    return dict(zip(names, found.T, strict=True))


def _amounts(table: IOTable, name: str, given: dict[str, Floats]) -> Floats:
    """Return the amount of each sector of what is called `name`."""
    if name in given:
        return given[name]
    if name == "import":
        return np.asarray(table.imports.sum(axis=0))
    if name == "value_added" or table.added is None:
        return np.asarray(table.output - table.flows.sum(axis=0) - table.imports.sum(axis=0))
    return np.asarray(table.added[table.addeds.index(name)])
