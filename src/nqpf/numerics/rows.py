"""Blocks of columns and rows put together to one program, a block at a time and never a row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from nqpf.numerics.mixed import Program

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

Part = tuple[ArrayLike, ArrayLike, ArrayLike]
"""Row within the block, column of the program, coefficient."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """A program under construction.

    Attributes
    ----------
    columns
        Gain, lower and upper limit and whether whole, of each block of columns.
    rows
        Row, column and coefficient of each entry, and limits, of each block of rows.
    """

    columns: list[tuple[Floats, Floats, Floats, NDArray[np.bool_]]] = field(default_factory=list)
    rows: list[tuple[Integers, Integers, Floats, Floats, Floats]] = field(default_factory=list)

    def add_columns(
        self, size: int, gain: ArrayLike, upper: ArrayLike, *, lower: ArrayLike = 0.0, whole: bool = False
    ) -> Integers:
        """Add columns and return their places."""
        first = sum(block[0].size for block in self.columns)
        what, low, high = (np.broadcast_to(np.asarray(one, dtype=float), size) for one in (gain, lower, upper))
        self.columns.append((what, low, high, np.full(size, whole)))
        return np.arange(first, first + size)

    def add_rows(
        self, size: int, parts: Sequence[Part], *, least: ArrayLike = -np.inf, most: ArrayLike = np.inf
    ) -> Integers:
        """Add rows whose entries are the `parts` together, and return their places."""
        first = sum(block[3].size for block in self.rows)
        every = [np.broadcast_arrays(*(np.asarray(one) for one in part)) for part in parts]
        row, column, value = (np.concatenate([np.ravel(part[which]) for part in every]) for which in range(3))
        low, high = (np.array(np.broadcast_to(np.asarray(one, dtype=float), size)) for one in (least, most))
        self.rows.append((row.astype(np.intp) + first, column.astype(np.intp), value.astype(float), low, high))
        return np.arange(first, first + size)

    def program(self) -> Program:
        """Return the program."""
        gain, lower, upper, whole = (np.concatenate([b[which] for b in self.columns]) for which in range(4))
        n = gain.size
        m = sum(block[3].size for block in self.rows)
        if not self.rows:
            nothing = np.zeros(0)
            return Program(gain, lower, upper, whole, sparse.csc_array((0, n)), nothing, nothing)
        row, column, value, least, most = (np.concatenate([b[which] for b in self.rows]) for which in range(5))
        matrix = sparse.csc_array((value, (row, column)), shape=(m, n))
        return Program(gain, lower, upper, whole, matrix, least, most)
