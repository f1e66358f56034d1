"""A table of values as the measures of inequality take it: years apart, nothing missing, nothing negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import groups_of, numbers
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import require
from nqpf.messages import Text
from nqpf.results import Note

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

SHOWN = 12
"""Years or groups that a remark names."""
FEW = 5
"""Members below which the inequality within a group says little."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The groups of a year at one level.

    Attributes
    ----------
    code
        ``int[n]`` group of each row, from 0.
    labels
        What each of the k groups is called, from the outer column to the inner, in the order they come in the table.
    """

    code: Integers
    labels: tuple[tuple[Any, ...], ...]

    @property
    def count(self) -> Integers:
        """Return ``int[k]`` rows of each group."""
        return np.bincount(self.code, minlength=len(self.labels)).astype(np.intp)

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the groups are called in remarks."""
        return tuple("/".join(str(part) for part in label) for label in self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """The n rows of a year that carry weight: ``float64[n]`` values and weights, and their groups level by level."""

    key: Any
    y: Floats
    w: Floats
    levels: tuple[Level, ...]

    @property
    def mean(self) -> float:
        """Return the weighted mean."""
        return float((self.w * self.y).sum() / self.w.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A table, read and checked.

    Attributes
    ----------
    frame
        The table.
    value, by, unit
        Names of its columns of values, of years, and of units; the latter two may be None.
    years
        Its years in the order they come; a single one without a key if there is no column of years.
    weightless
        How many rows have the weight zero; they are not in `years`.
    """

    frame: pl.DataFrame
    value: str
    by: str | None
    unit: str | None
    years: tuple[Year, ...]
    weightless: int

    @classmethod
    def of(
        cls,
        data: Any,
        value: str,
        *,
        by: str | None = None,
        unit: str | None = None,
        weight: str | None = None,
        groups: Sequence[str] = (),
        zeros: Text | None = None,
    ) -> Rows:
        """Return a table by years.

        Parameters
        ----------
        data, value, by, unit, weight
            The table and its columns; units serve to name a row that is refused, and to find two rows of one unit.
        groups
            Columns of groups, the outer before the inner.
        zeros
            What has no value where something is zero (in words), or None if zero is a value like any other.

        Raises
        ------
        DataError
            A column is absent, holds no numbers, or a row has no year, unit or group; two rows stand for one unit.
        MethodError
            A value or weight is missing or negative, a value is zero where `zeros` says so; all of a year are zero.
        """
        frame, found = numbers(data, [value, *([weight] if weight else [])], by)
        require(frame, *groups, *([unit] if unit else []))
        y, w = found[:, 0], found[:, -1] if weight else np.ones(frame.height)
        rows = cls(frame, value, by, unit, (), int((w == 0).sum()))
        rows._refuse_twins()
        rows._refuse("inequality_missing", np.isnan(y), value)
        rows._refuse("inequality_negative", y < 0, value, y)
        if zeros is not None:
            rows._refuse("inequality_zero", y == 0, value, y, what=zeros)
        if weight:
            rows._refuse("inequality_missing", np.isnan(w), weight)
            rows._refuse("inequality_negative_weight", w < 0, weight, w)
        codes = rows._codes(groups)
        years = tuple(rows._year(key, at, y, w, codes) for key, at in groups_of(frame, by))
        return cls(frame, value, by, unit, years, rows.weightless)

    def where(self, row: int, column: str | None = None) -> Where:
        """Return the place of a row in words."""
        unit = str(self.frame[self.unit][row]) if self.unit else None
        period = _written(self.frame[self.by][row]) if self.by else None
        return Where(row=row + 1, unit=unit, period=period, indicator=column)

    def _refuse(self, code: str, wrong: NDArray[np.bool_], column: str, of: Floats | None = None, **more: Any) -> None:
        if wrong.any():
            row = int(wrong.argmax())
            told = {} if of is None else {"value": float(of[row])}
            raise MethodError(code, where=self.where(row, column), count=int(wrong.sum()), **told, **more)

    def _refuse_twins(self) -> None:
        if self.unit is None:
            return
        names = self.frame[self.unit]
        if names.has_nulls():
            raise DataError("no_unit", where=Where(row=int(names.is_null().arg_true()[0]) + 1))
        twins = ~self.frame.select(
            pl.struct(self.unit, *([self.by] if self.by else [])).is_first_distinct()
        ).to_series()
        if twins.any():
            raise DataError("twin_rows", where=self.where(int(twins.arg_true()[0])), count=int(twins.sum()))

    def _codes(self, groups: Sequence[str]) -> list[tuple[Integers, list[tuple[Any, ...]]]]:
        """Return at each level the group of every row of the table, and what the groups are called."""
        found = []
        for column in groups:
            if self.frame[column].has_nulls():
                row = int(self.frame[column].is_null().arg_true()[0])
                raise DataError("firms_no_group", where=self.where(row, column))
        for depth in range(1, len(groups) + 1):
            code, labels = np.empty(self.frame.height, dtype=np.intp), list[tuple[Any, ...]]()
            parts = self.frame.select(groups[:depth]).with_row_index("·")
            for label, part in parts.group_by(groups[:depth], maintain_order=True):
                code[part["·"].to_numpy()] = len(labels)
                labels.append(label)
            found.append((code, labels))
        return found

    def _year(
        self, key: Any, at: Integers, y: Floats, w: Floats, codes: list[tuple[Integers, list[tuple[Any, ...]]]]
    ) -> Year:
        period = None if self.by is None else _written(key)
        at = at[w[at] > 0]
        if not at.size:
            raise MethodError("firms_weightless", where=Where(period=period))
        if not y[at].any():
            raise MethodError("inequality_zero_mean", where=Where(period=period, indicator=self.value))
        levels = []
        for code, labels in codes:
            here, dense = np.unique(code[at], return_inverse=True)
            levels.append(Level(dense.astype(np.intp), tuple(labels[int(i)] for i in here)))
        return Year(key, y[at], w[at], tuple(levels))

    def table(self, columns: Mapping[str, Any], times: Sequence[int] | None = None) -> pl.DataFrame:
        """Return columns beside the years, each year repeated `times`; null where a number is not defined.

        Raises
        ------
        SpecError
            The column of years is called like one of the results.
        """
        series = [_series(name, values) for name, values in columns.items()]
        if self.by is None:
            return pl.DataFrame(series)
        if self.by in columns:
            raise SpecError("inequality_name_taken", where=Where(key="by"), column=self.by)
        keys = [year.key for year, k in zip(self.years, times or [1] * len(self.years), strict=True) for _ in range(k)]
        return pl.DataFrame([pl.Series(self.by, keys, dtype=self.frame.schema[self.by]), *series])

    def notes(self) -> Iterator[Note]:
        """Yield what there is to say about the values whatever the measure."""
        if self.weightless:
            yield Note("inequality_weightless", "info", {"count": self.weightless})
        floor = [year for year in self.years if year.y.min() == 0]
        if floor:
            values = {"column": self.value, "count": len(floor), "years": self.named(floor)}
            yield Note("inequality_zero_floor", "warning", values)
        flat = [year for year in self.years if year.y.min() == year.y.max()]
        if flat:
            yield Note("inequality_flat", "info", {"count": len(flat), "years": self.named(flat)})

    def small_groups(self, level: int = 0) -> Iterator[Note]:
        """Yield a remark on groups with few members."""
        least: dict[str, int] = {}
        for year in self.years:
            at = year.levels[level]
            for name, count in zip(at.names, at.count, strict=True):
                least[name] = min(int(count), least.get(name, FEW))
        small = [Text.same(f"{name} ({count})") for name, count in least.items() if count < FEW]
        if small:
            values = {"count": len(small), "least": FEW, "groups": listing(small, SHOWN)}
            yield Note("inequality_small_groups", "warning", values)

    def named(self, years: Sequence[Year]) -> Text:
        """Return years in words; where the table has none, what it was measured on."""
        return listing([str(self.value if self.by is None else year.key) for year in years], SHOWN)


def _series(name: str, values: Any) -> pl.Series:
    series = pl.Series(name, values)
    return series.fill_nan(None) if series.dtype.is_float() else series


def _written(key: Any) -> int | str:
    return key if isinstance(key, int) else str(key)
