"""What the results of the folder share: a table by sector, notes and the method."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from nqpf.results import Method, Note, Result


@dataclass(frozen=True, slots=True, eq=False)
class BySector(Result):
    """A result with one row a sector.

    Attributes
    ----------
    frame
        ``region`` (where the table has regions), ``sector`` and the numbers.
    method, notes
        How they came about, and remarks.
    """

    frame: pl.DataFrame
    method: Method
    notes: tuple[Note, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return the numbers, a row a sector."""
        return self.frame
