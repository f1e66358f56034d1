"""How an industry's activity is spread over its plants: a column of Herfindahl indices, or a table of plants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.errors import DataError, MethodError, SpecError, Where
from nqpf.frames import require
from nqpf.industry.grid import Grid
from nqpf.messages import say

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Plants:
    """Plants of each industry and year, ``float64[T, K]``, NaN where nothing is known of them.

    Attributes
    ----------
    count
        How many there are; NaN too where only their Herfindahl index is known.
    squares, fourths
        Sums of the squares and fourth powers of their shares in the industry; `fourths` NaN like `count`.
    others
        How many industries and years the table of plants has that the table of activity has not.
    """

    count: Floats
    squares: Floats
    fourths: Floats
    others: int = 0

    @classmethod
    def of(cls, grid: Grid, data: Any, hhi: str | None, plants: Any, size: str | None) -> Plants:
        """Return what is known of plants.

        Raises
        ------
        SpecError
            Both a column and a table are given, or a table without a column of sizes.
        DataError
            A column is absent or holds no numbers, a size is missing, or an industry has two Herfindahl indices.
        MethodError
            A Herfindahl index is not above 0 and at most 1, or a size is not above 0.
        """
        if hhi is not None and plants is not None:
            raise SpecError("plants_twice", where=Where(key="plants"))
        if (plants is None) != (size is None):
            raise SpecError("bad_value", where=Where(key="size"), value=size, expected=say("structure.plants.size"))
        if hhi is not None:
            return cls._stated(grid, data, hhi)
        if plants is None:
            nothing = np.full((len(grid.years), len(grid.industries)), np.nan)
            return cls(nothing, nothing, nothing)
        assert size is not None
        return cls._counted(grid, plants, size)

    @classmethod
    def _stated(cls, grid: Grid, data: Any, hhi: str) -> Plants:
        frame, found = numbers(data, [hhi])
        keys = _keys(grid)
        wrong = ~np.isnan(found[:, 0]) & ~((found[:, 0] > 0) & (found[:, 0] <= 1))
        if wrong.any():
            row = int(wrong.argmax())
            raise MethodError("plant_hhi_range", where=_where(grid, frame, row), value=float(found[row, 0]), column=hhi)
        said = frame.select(*keys, pl.Series("·", found[:, 0], nan_to_null=True)).drop_nulls("·").unique()
        twice = said.select(keys).is_duplicated()
        if twice.any():
            first = said.filter(twice).sort(keys)
            raise DataError("plant_hhi_twice", where=_where(grid, first, 0, with_row=False), column=hhi)
        squares = _cells(grid, said, "·")[0]
        unknown = np.full_like(squares, np.nan)
        return cls(unknown, squares, unknown)

    @classmethod
    def _counted(cls, grid: Grid, plants: Any, size: str) -> Plants:
        frame, found = numbers(plants, [size])
        keys = _keys(grid)
        require(frame, *keys)
        wrong = ~(found[:, 0] > 0)
        if wrong.any():
            row = int(wrong.argmax())
            raise MethodError(
                "plant_size", where=_where(grid, frame, row), value=float(found[row, 0]), count=int(wrong.sum())
            )
        share = pl.col("·") / pl.col("·").sum().over(keys)
        sums = (
            frame.select(*keys, pl.Series("·", found[:, 0]))
            .with_columns(share)
            .group_by(keys)
            .agg(pl.len().alias("count"), (pl.col("·") ** 2).sum().alias("squares"), (pl.col("·") ** 4).sum())
        )
        count, others = _cells(grid, sums, "count")
        return cls(count, _cells(grid, sums, "squares")[0], _cells(grid, sums, "·")[0], others)


def _keys(grid: Grid) -> list[str]:
    return [grid.industry, *([grid.time] if grid.time else [])]


def _cells(grid: Grid, table: pl.DataFrame, column: str) -> tuple[Floats, int]:
    """Return a column as ``float64[T, K]`` by key, and how many rows have a key that the grid has not."""
    of = {key: i for i, key in enumerate(grid.industries.to_list())}
    when = {key: i for i, key in enumerate(grid.years.to_list())}
    values = np.full((len(when), len(of)), np.nan)
    others = 0
    years = table[grid.time].to_list() if grid.time else [None] * table.height
    for name, year, number in zip(table[grid.industry].to_list(), years, table[column].to_list(), strict=True):
        if name in of and year in when:
            values[when[year], of[name]] = number
        else:
            others += 1
    return values, others


def _where(grid: Grid, frame: pl.DataFrame, row: int, with_row: bool = True) -> Where:
    year = frame[grid.time][row] if grid.time else None
    return Where(row=row + 1 if with_row else None, industry=str(frame[grid.industry][row]), period=year)
