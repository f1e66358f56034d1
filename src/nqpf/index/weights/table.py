"""What the functions that weigh the columns of a table share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import groups_of, numbers
from nqpf.errors import MethodError, Where
from nqpf.frames import backend_of
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, Kernel, on_unit, placed, to_unit
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]


def weight_table(
    data: Any,
    columns: Sequence[str],
    by: str | None,
    kernel: Kernel,
    how: Weight,
    options: dict[str, Any],
    prepared: Floats | None = None,
) -> TableResult:
    """Return the weights of columns, all rows together or each year in column `by` alone.

    Parameters
    ----------
    data, columns, by
        As in the functions for users.
    kernel, how
        Method and its options; with ``basis: unit`` each group of rows is brought to 0–1 first.
    options
        What the result says of how it came about.
    prepared
        ``float64[R, K]`` to weigh in place of what stands in the columns.

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, the details of the method, weight.
    """
    frame, read = numbers(data, columns, by)
    values = read if prepared is None else prepared
    parts, left_out = [], 0
    for year, members in groups_of(frame, by):
        rows = values if by is None else values[members]
        found = _found(kernel, to_unit(rows) if on_unit(how) else rows, how, columns, members, year)
        left_out += found.left_out
        shown = {"indicator": list(columns)} | dict(found.details) | {"weight": found.weights}
        parts.append(pl.DataFrame(({by: [year] * len(columns)} if by else {}) | shown, nan_to_null=True))
    notes = [Note("yearly_weights", "warning")] if by else []
    if left_out:
        notes.append(Note("weights_rows_left_out", "warning", {"count": left_out, "total": frame.height}))
    method = Method(f"weight.{how.method}", {"by": by} | options)
    return TableResult(pl.concat(parts), method, tuple(notes), backend_of(data))


def _found(
    kernel: Kernel, x: Floats, how: Weight, columns: Sequence[str], members: NDArray[np.intp], year: Any
) -> Found:
    """Return what a kernel finds; its errors name the row of the table and the year."""
    try:
        return kernel(x, how, columns)
    except MethodError as error:
        group = Where(period=year)
        raise placed(error, lambda row: Where(row=int(members[row]) + 1, period=year), group) from None
