"""The ledger: a row for every cell that was changed, with the cell it was read from, old and new value and the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

SCHEMA = {
    "unit": pl.String,
    "period": pl.Int64,
    "indicator": pl.String,
    "old": pl.Float64,
    "new": pl.Float64,
    "rule": pl.String,
    "detail": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "cell": pl.String,
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """Changes to cells, in the order they were made.

    Attributes
    ----------
    frame
        Columns unit, period, indicator, old, new, rule (id; its words are the message ``rule.ID``),
        detail (the numbers of the rule), file, sheet, cell.
    """

    frame: pl.DataFrame

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]] = (), origin: pl.DataFrame | None = None) -> Ledger:
        """Return a ledger of these rows; columns not given are empty.

        Parameters
        ----------
        rows
            Changes, by the columns of `frame`.
        origin
            Tidy table of the cells that the numbers were read from: fills in file, sheet and cell.
        """
        frame = pl.DataFrame(rows, schema=SCHEMA)
        if origin is None:
            return cls(frame)
        keys, place = ["unit", "period", "indicator"], ["file", "sheet", "cell"]
        cells = origin.select(pl.coalesce("code", "unit").alias("unit"), *keys[1:], *place)
        return cls(frame.drop(place).join(cells, on=keys, how="left", maintain_order="left"))

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(pl.concat([self.frame, other.frame]))

    def __len__(self) -> int:
        return self.frame.height

    def to_frame(self) -> pl.DataFrame:
        """Return the changes as a table."""
        return self.frame
