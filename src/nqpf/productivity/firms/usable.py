"""Which rows of a table of firms or regions can be used: missing, zero and negative cells are named, never skipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, numbers
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Domain = Literal["any", "not_negative", "positive"]
Unusable = Literal["refuse", "leave_out"]

CODES = {"missing": "firms_missing", "negative": "firms_negative", "not_positive": "firms_not_positive"}
"""Errors by reason."""


def read_rows(key: Keyed, domains: Mapping[str, Domain], unusable: Unusable) -> tuple[dict[str, Floats], pl.DataFrame]:
    """Return columns of a table as ``float64[R]`` each, and the rows that cannot be used.

    Parameters
    ----------
    key
        The table by its keys.
    domains
        What the numbers of each column must be.
    unusable
        ``refuse``: a row that cannot be used is an error; ``leave_out``: it is listed.

    Returns
    -------
    tuple
        The columns by name; the rows to leave out as a table of row (from 0), column, value and reason
        (``missing``, ``negative`` or ``not_positive``), a row once for each column that is wrong.

    Raises
    ------
    SpecError
        No such word as `unusable`.
    DataError
        A column is absent or holds what is no finite number; under ``refuse``, a cell that cannot be used.
    """
    choose("unusable", unusable, ("refuse", "leave_out"))
    _, found = numbers(key.frame, list(domains))
    parts = []
    for k, (column, domain) in enumerate(domains.items()):
        x = found[:, k]
        wrong = {"missing": np.isnan(x)}
        if domain == "not_negative":
            wrong["negative"] = x < 0
        elif domain == "positive":
            wrong["not_positive"] = x <= 0
        for why, marked in wrong.items():
            rows = np.flatnonzero(marked)
            if rows.size and unusable == "refuse":
                where = key.where(int(rows[0]), column)
                raise DataError(CODES[why], where=where, value=float(x[rows[0]]), count=rows.size)
            parts.append(listed(rows, column, x[rows], why))
    return dict(zip(domains, found.T, strict=True)), pl.concat(parts)


def refuse_or_list(key: Keyed, bad: Flags, column: str, values: Floats, unusable: Unusable) -> pl.DataFrame:
    """Return the rows whose computed `values` are not positive, or raise a DataError that names the first."""
    rows = np.flatnonzero(bad)
    if rows.size and unusable == "refuse":
        where = key.where(int(rows[0]), column)
        raise DataError(CODES["not_positive"], where=where, value=float(values[rows[0]]), count=rows.size)
    return listed(rows, column, values[rows], "not_positive")


def listed(rows: NDArray[np.intp], column: str | None, values: Floats, reason: str) -> pl.DataFrame:
    """Return rows to leave out as a table of row (from 0), column, value and reason."""
    shown = pl.DataFrame({"row": rows.astype(np.int64), "value": values})
    columns = {"column": pl.lit(column, pl.String), "value": pl.col("value").fill_nan(None), "reason": pl.lit(reason)}
    return shown.select("row", **columns)
