"""The tables of a plan as arrays: every column found by its role, every cell by its key, every hole named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import numbers
from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.frames import require, to_polars
from nqpf.industry.labels import out_of_size, size_error
from nqpf.messages import say

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]

ROLES: Mapping[str, tuple[str, ...]] = {
    "candidates": (
        "p", "value", "density", "size", "cost", "minimum", "cap", "gain", "new_jobs", "activity", "forbidden",
        "low", "high",
    ),
    "regions": ("count", "funds", "cluster", "jobs", "release", "absorb", "scale"),
    "industries": ("value", "headroom", "layer", "critical", "max_share", "gap"),
    "gaps": ("gap", "target", "weight"),
    "negative": (),
}  # fmt: skip
"""Columns that a table may have besides its keys, by the table."""


def check_roles(columns: Mapping[str, str]) -> None:
    """Raise a SpecError if `columns` speaks of a role that no table has."""
    known = list(dict.fromkeys(role for roles in ROLES.values() for role in roles))
    for role in columns:
        if role not in known:
            raise SpecError(
                "plan_role", where=Where(key="columns"), role=role, hint=hint(role, known), options=listing(known, 40)
            )


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A table whose rows are regions, industries or pairs of the two.

    Attributes
    ----------
    name
        Which of the tables of `ROLES`.
    frame
        The table.
    columns
        Its columns by role: the names that were given, else the roles themselves where the table has them.
    keys
        Its columns of keys that the table has.
    industry
        Which of them is that of industries.
    """

    name: str
    frame: pl.DataFrame
    columns: Mapping[str, str]
    keys: tuple[str, ...]
    industry: str

    @classmethod
    def of(
        cls, name: str, data: Any, keys: Sequence[str], columns: Mapping[str, str], industry: str, optional: str = ""
    ) -> Sheet:
        """Return a table with its columns by role; the key `optional` may be absent.

        Raises
        ------
        DataError
            A column of keys is absent, or there is no row.
        """
        frame = to_polars(data)
        require(frame, *(key for key in keys if key != optional))
        if not frame.height:
            raise DataError("empty_table", where=Where(sheet=name))
        found = {}
        for role in ROLES[name]:
            column = columns.get(role, role)
            if column in frame.columns and column not in keys:
                found[role] = column
        return cls(name, frame, found, tuple(key for key in keys if key in frame.columns), industry)

    def has(self, role: str) -> bool:
        """Return whether the table has a column of that role."""
        return role in self.columns

    def where(self, row: int, role: str | None = None) -> Where:
        """Return the place of a row in words."""
        labels = {"unit" if key != self.industry else "industry": str(self.frame[key][row]) for key in self.keys[:2]}
        return Where(
            sheet=self.name, row=row + 1, unit=labels.get("unit"), industry=labels.get("industry"),
            indicator=self.columns[role] if role else None,
        )  # fmt: skip

    def places(self, key: str, labels: pl.Series, unknown: str | None = None) -> Integers:
        """Return the place of each row's key among sorted `labels`; −1 for one that is empty or not among them.

        Raises
        ------
        DataError
            A key is none of the labels, and `unknown` is the code of the error.
        """
        names = labels.cast(pl.String)
        written = self.frame[key].cast(pl.String)
        known = {name: place for place, name in enumerate(names.to_list())}
        found = written.replace_strict(known, default=-1, return_dtype=pl.Int64).fill_null(-1)
        stray = (found == -1) & written.is_not_null()
        if unknown and stray.any():
            row = int(stray.arg_true()[0])
            near = hint(str(written[row]), known)
            raise DataError(unknown, where=Where(sheet=self.name, row=row + 1), name=written[row], hint=near)
        return found.to_numpy().astype(np.intp)

    def once(self, places: Integers) -> None:
        """Raise a DataError if two rows have the same key."""
        kept = places[places >= 0]
        if np.unique(kept).size < kept.size:
            counts = np.bincount(kept)
            row = int(np.flatnonzero((places >= 0) & (counts[np.maximum(places, 0)] > 1))[0])
            count = int(counts[counts > 1].sum())
            raise DataError("plan_twice", where=self.where(row), count=count)

    def number(self, role: str, *, holes: bool = False, most: float = np.inf, signed: bool = False) -> Floats:
        """Return a column as numbers, NaN where it has holes and may.

        Raises
        ------
        DataError
            A cell holds what is no number, or nothing where it must not.
        MethodError
            A number is negative where it must not, or beyond `most`.
        """
        column = self.columns[role]
        values = numbers(self.frame, [column])[1][:, 0]
        missing, wrong = np.isnan(values), (values < 0) & (not signed) | (values > most)
        if missing.any() and not holes:
            row, count = int(missing.argmax()), int(missing.sum())
            raise DataError("plan_missing", where=self.where(row), column=column, count=count)
        if (strange := out_of_size(values)).any():
            row = int(strange.argmax())
            raise size_error(self.where(row), values[row], column)
        if wrong.any():
            row, count = int(wrong.argmax()), int(wrong.sum())
            expected = say("plan.expected.between", most=most) if np.isfinite(most) else say("plan.expected.positive")
            value = float(values[row])
            raise MethodError("plan_out_of_range", where=self.where(row), column=column, value=value, count=count,
                              expected=expected)  # fmt: skip
        return values

    def flag(self, role: str) -> Bools:
        """Return a column of yes and no; empty cells are no.

        Raises
        ------
        DataError
            A cell holds something else than true and false or 1 and 0.
        """
        column = self.frame[self.columns[role]]
        yes = column.cast(pl.Float64, strict=False)
        wrong = column.is_not_null() & ~yes.is_in([0.0, 1.0]).fill_null(False)
        if wrong.any():
            row = int(wrong.arg_true()[0])
            raise DataError("plan_flag", where=self.where(row), column=column.name, value=column[row])
        return yes.fill_null(0.0).to_numpy() > 0

    def words(self, role: str) -> list[str | None]:
        """Return a column as text."""
        return self.frame[self.columns[role]].cast(pl.String).to_list()
