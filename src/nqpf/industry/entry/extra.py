"""Features that the user brings along: of regions, of industries or of pairs, for all years or for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.errors import DataError, SpecError, Where, listing
from nqpf.frames import to_polars
from nqpf.industry.entry.measures import MEASURES
from nqpf.industry.grid import Grid
from nqpf.industry.labels import stated
from nqpf.results import Note

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Extra:
    """A feature of a table of the user's.

    Attributes
    ----------
    name
        Its column.
    values
        ``float64[T or 1, N or 1, K or 1]`` over the grid, 1 where it does not vary; NaN where the table has no row.
    """

    name: str
    values: Floats

    def of(self, t: int, units: NDArray[np.intp], industries: NDArray[np.intp]) -> Floats:
        """Return the feature in one year ``float64[n, k]``."""
        years, n, k = self.values.shape
        part = self.values[t if years > 1 else 0]
        part = part[units if n > 1 else slice(None)][:, industries if k > 1 else slice(None)]
        return np.broadcast_to(part, (units.size, industries.size))


def extras_of(tables: Any, grid: Grid) -> tuple[tuple[Extra, ...], tuple[Note, ...]]:
    """Return the features of one or more tables, and how many rows are about what the grid does not have.

    Raises
    ------
    DataError
        A table names neither region nor industry, or has no feature; a key comes twice; a cell is no number.
    SpecError
        A feature has the name of a built-in one or of another table's.
    """
    if tables is None:
        return (), ()
    found: list[Extra] = []
    notes: list[Note] = []
    for table in tables if isinstance(tables, list | tuple) else [tables]:
        more, stray = _extras(to_polars(table), grid)
        for extra in more:
            if extra.name in (*MEASURES, *(e.name for e in found)):
                raise SpecError("entry_extra_name", where=Where(key="extra"), name=extra.name)
        found += more
        if stray:
            names = listing(e.name for e in more)
            notes.append(Note("entry_extra_unused", "info", {"count": stray, "features": names}))
    return tuple(found), tuple(notes)


def _extras(frame: pl.DataFrame, grid: Grid) -> tuple[list[Extra], int]:
    axes: Sequence[tuple[str | None, pl.Series]] = (
        (grid.time, grid.years), (grid.unit, grid.units), (grid.industry, grid.industries),
    )  # fmt: skip
    keys = [name for name, _ in axes if name in frame.columns]
    features = [c for c in frame.columns if c not in keys]
    if not {grid.unit, grid.industry} & set(keys) or not features:
        raise DataError("entry_extra_keys", unit=grid.unit, industry=grid.industry, options=listing(frame.columns, 20))
    for name, role in zip((grid.time, grid.unit, grid.industry), ("time", "unit", "industry"), strict=True):
        if name in keys:
            stated(frame, role, name)
    frame, cells = numbers(frame, features)
    shape = tuple(len(labels) if name in keys else 1 for name, labels in axes)
    at, known = np.zeros(frame.height, dtype=np.intp), np.ones(frame.height, dtype=bool)
    for (name, labels), size in zip(axes, shape, strict=True):
        if name in keys:
            place = _places(frame[name], labels)
            known &= place >= 0
            at = at * size + np.maximum(place, 0)
    twice = np.bincount(at[known], minlength=1)[at] > 1
    if (twice & known).any():
        row = int((twice & known).argmax())
        raise DataError("twin_pairs", where=_where(frame, row, grid), count=int((twice & known).sum()))
    found = []
    for j, name in enumerate(features):
        values = np.full(shape, np.nan)
        values.ravel()[at[known]] = cells[known, j]
        found.append(Extra(name, values))
    return found, int((~known).sum())


def _places(written: pl.Series, labels: pl.Series) -> NDArray[np.intp]:
    """Return the place of each cell among labels, −1 for what is not there."""
    index = pl.DataFrame({"label": labels.cast(pl.String), "place": np.arange(len(labels))})
    cells = pl.DataFrame({"label": written.cast(pl.String)})
    joined = cells.join(index, on="label", how="left", maintain_order="left")["place"]
    return joined.fill_null(-1).to_numpy().astype(np.intp)


def _where(frame: pl.DataFrame, row: int, grid: Grid) -> Where:
    def label(name: str | None) -> Any:
        return frame[name][row] if name in frame.columns else None

    unit, industry = label(grid.unit), label(grid.industry)
    return Where(
        row=row + 1, unit=None if unit is None else str(unit), industry=None if industry is None else str(industry),
        period=label(grid.time),
    )  # fmt: skip
