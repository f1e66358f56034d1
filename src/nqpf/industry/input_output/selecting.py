"""Which rows of an input–output table are meant, by label, region or sector; and users' tables put in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.errors import DataError, SpecError, Where, hint, listing
from nqpf.frames import require, to_polars
from nqpf.industry.input_output.table import IOTable
from nqpf.industry.options import names_of

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Names = str | Sequence[str]
"""A label (``sector`` or ``region|sector``), a region (all its sectors) or a sector (in every region); or several."""


def places(table: IOTable, names: Names, key: str) -> Integers:
    """Return the rows that `names` mean, rising, each once.

    Parameters
    ----------
    table
        The table.
    names
        Labels, regions or sectors; a name that is several of these is the first. ``all``: every row.
    key
        Option the names were given for, for errors.

    Raises
    ------
    SpecError
        No name is given.
    DataError
        A name is no label, region or sector of the table.
    """
    if isinstance(names, str) and names == "all":
        return np.arange(table.output.size)
    wanted = names_of(key, names)
    if not wanted:
        raise SpecError("nothing_selected", where=Where(key=key))
    homes = (table.labels, table.regions, table.sectors)
    found: set[int] = set()
    for name in wanted:
        known = next((home for home in homes if name in home), None)
        if known is None or not name:
            options = list(dict.fromkeys(one for home in reversed(homes) for one in home if one))
            near = hint(str(name), options)
            raise DataError("unknown_sector", where=Where(key=key), name=name, options=listing(options, 12), hint=near)
        found.update(i for i, one in enumerate(known) if one == name)
    return np.array(sorted(found), dtype=np.intp)


def partition(table: IOTable, by: str) -> dict[str, Integers]:
    """Return the rows of each region or of each sector (`by`), in the order they come.

    Raises
    ------
    DataError
        `by` is ``region`` and the table has one region only.
    """
    names = table.regions if by == "region" else table.sectors
    if by == "region":
        refuse_one_region(table)
    return {name: np.array([i for i, one in enumerate(names) if one == name]) for name in dict.fromkeys(names)}


def refuse_one_region(table: IOTable) -> None:
    """Raise a DataError if the table does not tell regions apart."""
    if len(set(table.regions)) < 2:
        raise DataError("one_region")


def in_order(
    data: Any, columns: Sequence[str], keys: Mapping[str, Sequence[str]], named: Sequence[str] | None = None
) -> Floats:
    """Return columns of a user's table in the order of an input–output table, found by key.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows.
    columns
        Columns of numbers.
    keys
        Labels that are wanted, row by row, by the column of `data` that has them.
    named
        Whom a row without a number is about, for errors; not given: such rows are NaN.

    Returns
    -------
    Floats
        ``float64[n, K]``; NaN where `data` has no row or no number, unless that is refused.

    Raises
    ------
    DataError
        A column is absent, a key is missing, unknown or comes twice, a cell holds no number, or, with `named`, a row
        or number is missing.
    """
    frame = to_polars(data)
    require(frame, *keys, *columns)
    frame, values = numbers(frame, columns)
    for column in keys:
        if frame[column].has_nulls():
            raise DataError("no_industry", where=Where(row=int(frame[column].is_null().arg_true()[0]) + 1))
    wanted = {key: i for i, key in enumerate(zip(*keys.values(), strict=True))}
    at = np.empty(frame.height, dtype=np.intp)
    for row, key in enumerate(zip(*(frame[c].cast(str).to_list() for c in keys), strict=True)):
        if key not in wanted:
            known = list(dict.fromkeys("|".join(one) for one in wanted))
            name = "|".join(key)
            raise DataError("unknown_sector", where=Where(row=row + 1), name=name, options=listing(known, 12),
                            hint=hint(name, known))  # fmt: skip
        at[row] = wanted[key]
    twice = np.bincount(at, minlength=len(wanted))[at] > 1
    if twice.any():
        raise DataError("twin_pairs", where=Where(row=int(twice.argmax()) + 1), count=int(twice.sum()))
    ordered = np.full((len(wanted), len(columns)), np.nan)
    ordered[at] = values
    if named is not None and np.isnan(ordered).any():
        first, column_at = (int(one[0]) for one in np.nonzero(np.isnan(ordered)))
        raise DataError("sector_without_number", where=Where(indicator=columns[column_at]), name=named[first],
                        count=int(np.isnan(ordered).any(axis=1).sum()))  # fmt: skip
    return ordered


def imported_coefficients(table: IOTable) -> Floats | None:
    """Return imported inputs per unit of output ``float64[n, n]``; None where they are not known by sector."""
    if not table.import_sectors or len(set(table.regions)) > 1 or set(table.import_sectors) - set(table.sectors):
        return None
    inputs = np.zeros_like(table.flows)
    np.add.at(inputs, [table.sectors.index(name) for name in table.import_sectors], table.imports)
    return np.divide(inputs, table.output, out=np.zeros_like(inputs), where=table.active)
