"""Screening of a plain table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from nqpf.columns import checked, groups_of, numbers
from nqpf.errors import DataError, Where
from nqpf.frames import backend_of, require
from nqpf.index.options.treat import Screen
from nqpf.index.treat.screen import judge, shares_of
from nqpf.results import Method, TableResult


@dataclass(frozen=True, slots=True)
class ScreenedTable(TableResult):
    """A table without the rows of units that were left out.

    Attributes
    ----------
    units
        Every unit: unit, available, nonzero, short (below a threshold), kept, reason.
    """

    units: pl.DataFrame = field(default_factory=pl.DataFrame)


def screen(
    data: Any,
    columns: Sequence[str],
    *,
    unit: str,
    threshold: float | None = None,
    nonzero: float | None = None,
    by: str | None = None,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> ScreenedTable:
    """Leave out the units of a table that have too few data.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year).
    columns
        Indicators.
    unit
        Column of units.
    threshold
        Least share of a unit's cells that must hold a value.
    nonzero
        Least share of those values that must not be zero.
    by
        Column of years: the shares must be reached in every year. Default: over all of a unit's rows together.
    keep, drop
        Units kept or left out whatever their data.

    Returns
    -------
    ScreenedTable
        The rows of the units that are kept; ``units`` says of everyone why.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        A threshold that is no share; a unit there is not.
    MethodError
        No unit is left.

    References
    ----------
    OECD/JRC (2008), doi:10.1787/9789264043466-en; Becker et al. (2022), COINr, doi:10.21105/joss.04567.

    Examples
    --------
    >>> table = {"unit": ["A", "B"], "x": [1.0, None], "y": [2.0, 3.0]}
    >>> screen(table, ["x", "y"], unit="unit", threshold=0.9).units["kept"].to_list()
    [True, False]
    """
    frame, x = numbers(data, columns, by)
    require(frame, unit)
    scope = "yearly" if by else "pooled"
    how = checked(
        Screen,
        threshold=threshold,
        nonzero=nonzero,
        scope=scope,
        keep=[str(u) for u in keep],
        drop=[str(u) for u in drop],
    )
    written = frame[unit].cast(pl.String)
    if written.has_nulls():
        raise DataError("row_without_unit", where=Where(row=int(written.is_null().arg_true()[0]) + 1))
    names = written.unique(maintain_order=True).to_list()
    place = {name: i for i, name in enumerate(names)}
    owner = np.array([place[name] for name in written])
    groups = groups_of(frame, by)
    counts = np.zeros((3, len(groups), len(names), 1), dtype=np.int64)
    for t, (_, rows) in enumerate(groups):
        part = x[rows]
        per_row = (
            np.full(len(rows), len(columns)),
            (~np.isnan(part)).sum(axis=1),
            (np.nan_to_num(part) != 0).sum(axis=1),
        )
        for count, number in zip(counts, per_row, strict=True):
            np.add.at(count[t, :, 0], owner[rows], number)
    found = judge(shares_of(counts[0], counts[1], counts[2], how.scope), how, names, ("",), {"": how.threshold})
    told = found.to_frame().select(pl.col("unit").alias(unit), "available", "nonzero", "short", "kept", "reason")
    method = Method("screen", how.model_dump(mode="json") | {"unit": unit, "by": by})
    return ScreenedTable(frame.filter(found.kept[owner]), method, found.notes, backend_of(data), told)
