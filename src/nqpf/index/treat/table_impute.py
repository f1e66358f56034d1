"""Imputation of a plain table from its other rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import checked, groups_of, numbers
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import require
from nqpf.index.options.treat import Impute
from nqpf.index.treat.changes import ChangedTable, changed
from nqpf.index.treat.impute import fill
from nqpf.messages import say
from nqpf.results import Method


def impute(
    data: Any,
    columns: Sequence[str],
    *,
    method: Literal["mean", "median", "group_mean", "group_median", "constant"] = "mean",
    by: str | None = None,
    group: str | None = None,
    fallback: Literal["stop", "overall", "leave"] = "stop",
    value: float | None = None,
) -> ChangedTable:
    """Fill the holes of a table from its other rows.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year).
    columns
        Indicators.
    method
        ``mean`` or ``median`` of the column, ``group_mean`` or ``group_median`` of it among the rows of the same
        `group`, or a ``constant``.
    by
        Column of years: from the rows of the same year. Default: from all rows.
    group
        Column of groups.
    fallback
        Where there is nothing to take a mean of: ``stop``, the ``overall`` mean or median, or ``leave`` the hole.
    value
        The constant.

    Returns
    -------
    ChangedTable
        The table without holes in `columns`; ``changes`` lists what was filled, with the rule (``overall`` where the
        group had no value).

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        An option is not one of the choices; a group method without `group`.
    MethodError
        A hole for which there is nothing to take a mean of.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3, doi:10.1787/9789264043466-en.

    Examples
    --------
    >>> table = {"bloc": ["E", "E", "W", "W"], "x": [1.0, None, 5.0, 7.0]}
    >>> impute(table, ["x"], method="group_mean", group="bloc").frame["x"].to_list()
    [1.0, 1.0, 5.0, 7.0]
    """
    frame, x = numbers(data, columns, by)
    how = checked(Impute, method=method, fallback=fallback, value=value)
    membership = np.full(len(x), -1, dtype=np.intp)
    if how.grouped:
        if group is None:
            raise SpecError("impute_without_groups", where=Where(key="group"))
        require(frame, group)
        ranks = frame[group].cast(pl.String).rank("dense")  # null has none
        membership = ranks.cast(pl.Int64).fill_null(0).to_numpy() - 1
    new, rules = x.copy(), np.full(x.shape, "", dtype="<U12")
    for _, rows in groups_of(frame, by):
        for k in np.flatnonzero(np.isnan(x[rows]).any(axis=0)).tolist():
            filled, here, overall = fill(x[rows, k], how, membership[rows])
            new[rows, k] = filled
            rules[rows, k] = np.select([overall, here], ["overall", how.method], "")
    holes = np.argwhere(np.isnan(new))
    if len(holes) and how.fallback == "stop":
        told = [say("impute.cell", column=columns[k], row=r + 1) for r, k in holes.tolist()]
        r, k = holes[0].tolist()
        raise MethodError(
            "impute_nothing", where=Where(row=r + 1, indicator=columns[k]), count=len(holes), cells=listing(told)
        )
    used = Method(f"impute.{how.method}", how.model_dump(mode="json") | {"by": by, "group": group})
    return changed(data, frame, columns, x, new, rules, used, ())
