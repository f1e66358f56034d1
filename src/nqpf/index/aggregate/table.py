"""What the functions on plain tables share: rows scored year by year, and refusals that name a row and a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import column_weights, groups_of, numbers
from nqpf.errors import MethodError, Where, hint, listing
from nqpf.frames import backend_of
from nqpf.index.aggregate.aggregator import Ends
from nqpf.numerics.ranks import competition_rank, noise
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]
Scored = Mapping[str, NDArray[Any]]
"""Columns that a method adds to a table, by name; ``score`` is among them, higher better."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of a table that are scored together.

    Attributes
    ----------
    s
        ``float64[R, K]`` scores.
    w
        ``float64[1, K]`` weights, summing to 1.
    columns
        Names of the K columns.
    at
        ``int[R]`` positions in the whole table.
    year
        Their year; None if all rows are scored together.
    """

    s: Floats
    w: Floats
    columns: Sequence[str]
    at: NDArray[np.intp]
    year: Any

    def refuse(self, bad: NDArray[np.bool_], code: str, **values: Any) -> None:
        """Raise a MethodError that names the first cell of ``bool[R, K]`` that is bad, if there is one."""
        if bad.any():
            row, k = (int(i) for i in np.argwhere(bad)[0])
            cell: dict[str, Any] = {"row": int(self.at[row]) + 1, "column": self.columns[k]}
            raise MethodError(code, **cell, value=float(self.s[row, k]), count=int(bad.sum()), **values)

    def refuse_beyond(self, ends: Ends) -> None:
        """Name the first score that does not lie between the ends of the scale, if there is one."""
        low, high = ends
        self.refuse((self.s < low) | (self.s > high), "beyond_range", low=low, high=high)

    def refuse_constant(self) -> None:
        """Name the first column with weight that does not vary, if there is one."""
        flat = np.flatnonzero((np.ptp(self.s, axis=0) <= noise(self.s.T)) & (self.w[0] > 0))
        if flat.size:
            raise MethodError("constant_in_table", where=Where(indicator=self.columns[int(flat[0])], period=self.year))

    def refuse_undefined(self, score: Floats, code: str, **values: Any) -> None:
        """Name the first row ``float64[R]`` without a score, if there is one."""
        if np.isnan(score).any():
            row = int(self.at[int(np.isnan(score).argmax())]) + 1
            raise MethodError(code, where=Where(row=row, period=self.year), **values)


def score_table(
    data: Any,
    columns: Sequence[str],
    weights: Mapping[str, float] | Sequence[float] | None,
    by: str | None,
    method: str,
    options: Mapping[str, Any],
    work: Callable[[Rows], Scored],
    *,
    holes: bool = False,
) -> TableResult:
    """Return a table with what `work` finds for the rows of each year, and their rank.

    Parameters
    ----------
    data, columns, weights, by
        As in the functions on tables.
    method, options
        Word of the method, and options to be stated with the result beside weights and `by`.
    work
        Finds the columns.
    holes
        Whether `work` takes NaN where a value is missing; otherwise a missing value is refused.
    """
    frame, s = numbers(data, columns, by)
    w = column_weights(columns, weights)
    every = np.arange(len(s))
    if not holes:
        Rows(s, w[None], columns, every, None).refuse(np.isnan(s), "missing_in_table")
    found: dict[str, NDArray[Any]] = {}
    for year, at in groups_of(frame, by) if by else [(None, every)]:
        part = dict(work(Rows(s[at] if by else s, w[None], columns, at, year)))
        part["rank"] = competition_rank(part["score"]).astype(np.int64)
        for name, values in part.items():
            found.setdefault(name, np.empty(len(s), dtype=values.dtype))[at] = values
    stated = {**options, **({"by": by} if by else {}), "weights": w.tolist()}
    return TableResult(frame.with_columns(**found), Method(f"aggregate.{method}", stated), backend=backend_of(data))


def in_order(columns: Sequence[str], values: Mapping[str, float]) -> Floats:
    """Return values given by column in the order of the K columns, ``float64[K]``."""
    for column in (c for c in columns if c not in values):
        near = hint(column, values)
        raise MethodError("reference_absent", where=Where(indicator=column), options=listing(values), hint=near)
    return np.array([values[c] for c in columns], dtype=float)


def by_column(columns: Sequence[str], ending: str, values: Floats) -> Scored:
    """Return ``float64[R, K]`` as columns named after the K columns."""
    return {f"{name}_{ending}": values[:, k] for k, name in enumerate(columns)}
