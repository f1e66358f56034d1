"""What a function on a plain table gives back when it changes cells: the table, and a list of every cell it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.frames import backend_of
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]
CHANGES = {"row": pl.Int64, "column": pl.String, "old": pl.Float64, "new": pl.Float64, "rule": pl.String}
"""Columns of the list."""


@dataclass(frozen=True, slots=True)
class ChangedTable(TableResult):
    """A table in which cells were changed.

    Attributes
    ----------
    changes
        Every changed cell: row (from 1), column, old, new, rule.
    details
        What was found in each column; empty for imputation.
    """

    changes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHANGES))
    details: pl.DataFrame = field(default_factory=pl.DataFrame)


def changed(
    data: Any,
    frame: pl.DataFrame,
    columns: Sequence[str],
    old: Floats,
    new: Floats,
    rules: NDArray[np.str_],
    method: Method,
    notes: tuple[Note, ...],
) -> ChangedTable:
    """Return the table with new values and the list of what changed, row by row."""
    rows, at = np.nonzero(rules != "")
    cells = {
        "row": rows + 1,
        "column": [columns[k] for k in at.tolist()],
        "old": old[rows, at],
        "new": new[rows, at],
        "rule": rules[rows, at].tolist(),
    }
    changes = pl.DataFrame(cells, schema=CHANGES).with_columns(pl.col("old").fill_nan(None))
    replaced = frame.with_columns(pl.Series(c, new[:, k]).fill_nan(None) for k, c in enumerate(columns))
    return ChangedTable(replaced, method, notes, backend_of(data), changes)
