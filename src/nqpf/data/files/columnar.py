"""Tables that already have typed columns: parquet, arrow, Stata files and any dataframe."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from nqpf.data.files.sheet import Grid, tidied
from nqpf.data.files.source import Source
from nqpf.data.stata import read_dta


def read_parquet(source: Source) -> Iterator[Grid]:
    """Yield the one grid of a parquet file."""
    yield _read(source, pl.read_parquet)


def read_arrow(source: Source) -> Iterator[Grid]:
    """Yield the one grid of an arrow (feather) file."""
    yield _read(source, pl.read_ipc)


def read_stata(source: Source) -> Iterator[Grid]:
    """Yield the one grid of a Stata file: coded cells as their labels, labels of variables as titles."""
    with source.guarded():
        found = read_dta(source.path)
    yield grid_of(found.named(), source.name, found.labels)


def grid_of(frame: pl.DataFrame, name: str, labels: Mapping[str, str] | None = None) -> Grid:
    """Return a dataframe as a grid: the names of the columns in row 1, the cells below.

    Parameters
    ----------
    frame
        The table.
    name
        What to call it in messages.
    labels
        Label of a column by its name.
    """
    titles = {j: labels[c] for j, c in enumerate(frame.columns) if labels and labels.get(c)}
    rows = (frame.columns, *([_plain(c) for c in row] for row in frame.iter_rows()))
    return Grid(name, None, tidied(rows), titles=titles)


def _read(source: Source, reader: Callable[[Any], pl.DataFrame]) -> Grid:
    with source.guarded():
        frame = reader(source.path)
    return grid_of(frame, source.name)


def _plain(cell: Any) -> Any:
    """Return a cell as a grid holds it: not-a-number is empty, a decimal a float."""
    if isinstance(cell, float):
        return None if cell != cell else cell
    return float(cell) if isinstance(cell, decimal.Decimal) else cell
