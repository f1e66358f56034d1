"""The ledger: a row for every cell that was changed, with its place, old value, new value and the rule."""

from __future__ import annotations

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
    def of(cls, rows: list[dict[str, Any]] | None = None) -> Ledger:
        """Return a ledger of these rows; columns not given are empty."""
        return cls(pl.DataFrame(rows or [], schema=SCHEMA))

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(pl.concat([self.frame, other.frame]))

    def __len__(self) -> int:
        return self.frame.height

    def to_frame(self) -> pl.DataFrame:
        """Return the changes as a table."""
        return self.frame
