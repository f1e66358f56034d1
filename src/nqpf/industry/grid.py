"""A table of regions × industries × years as one array: the material of every method of the room, found by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, numbers
from nqpf.errors import DataError, MethodError, Where, listing
from nqpf.frames import require, to_polars
from nqpf.industry.labels import MISSING, keys_apart, out_of_size, size_error, stated
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]

Empty = Literal["raise", "drop"]
"""Regions and industries without any activity in a year: an error that names them, or left out of that year."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Activity of N regions in K industries in T years; a pair that has no row has no activity.

    Attributes
    ----------
    values
        ``float64[T, N, K]``, none negative or missing.
    units, industries, years
        Labels in rising order, of the type they have in the table; `years` is one null where the table has no years.
    unit, industry, time
        Names of the columns of labels; `time` is None where the table has no years.
    notes
        How many pairs of the grid have no row.
    """

    values: Floats
    units: pl.Series
    industries: pl.Series
    years: pl.Series
    unit: str
    industry: str
    time: str | None
    notes: tuple[Note, ...] = ()

    @classmethod
    def of(cls, data: Any, value: str, *, unit: str, industry: str, time: str | None = None) -> Grid:
        """Return a long table as a grid.

        Parameters
        ----------
        data
            Table with a row for a region, industry and year.
        value
            Column of activity: output, employment, exports, patents.
        unit, industry, time
            Columns of regions, industries and years.

        Raises
        ------
        DataError
            A column is absent, there is no row, a label or number is missing, or two rows have the same key.
        SpecError
            One column stands for two of unit, industry and time.
        MethodError
            A value is negative, or too large or too small to be reckoned with.
        """
        keys_apart((), unit=unit, industry=industry, time=time)
        frame = to_polars(data)
        keys = [unit, industry, *([time] if time else [])]
        require(frame, *keys, value)
        frame, found = numbers(frame, [value])
        for role, key in zip(MISSING, keys, strict=False):
            stated(frame, role, key)
        labels = {key: frame[key].unique().sort() for key in keys}
        years = labels[time] if time else pl.Series("", [None])
        shape = (len(years), len(labels[unit]), len(labels[industry]))
        at = np.zeros(frame.height, dtype=np.intp)
        for key, size in zip([*([time] if time else []), unit, industry], shape[0 if time else 1 :], strict=True):
            at = at * size + _places(frame[key], labels[key])
        _check(frame, keys, at, found[:, 0], value)
        values = np.zeros(shape)
        values.ravel()[at] = found[:, 0]
        absent = values.size - frame.height
        notes = (Note("pairs_absent", "info", {"count": absent, "share": absent / values.size}),) if absent else ()
        return cls(values, labels[unit], labels[industry], years, unit, industry, time, notes)

    @property
    def keys(self) -> dict[str, str | None]:
        """Columns of labels by role."""
        return {"unit": self.unit, "industry": self.industry, "time": self.time}

    def active(self, t: int) -> tuple[Bools, Bools]:
        """Return which regions ``bool[N]`` and industries ``bool[K]`` have any activity in year `t`."""
        there = self.values[t] > 0
        return there.any(axis=1), there.any(axis=0)

    def kept(self, t: int, empty: Empty) -> tuple[Integers, Integers, tuple[Note, ...]]:
        """Return the regions and industries with activity in year `t`, and a remark on those without.

        Raises
        ------
        MethodError
            Some have none, and `empty` is ``raise``.
        SpecError
            `empty` is no such word.
        """
        choose("empty", empty, ("raise", "drop"))
        notes = []
        year = self.years[t]
        codes = ("no_activity_unit", "no_activity_industry")
        for there, labels, code in zip(self.active(t), (self.units, self.industries), codes, strict=True):
            if there.all():
                continue
            values = {"count": int((~there).sum()), "names": listing(labels.filter(~pl.Series(there)).to_list(), 12)}
            if empty == "raise":
                raise MethodError(code, where=Where(period=year), **values)
            notes.append(Note(code, "warning", {**values, "year": "" if year is None else year}))
        units, industries = self.active(t)
        return np.flatnonzero(units), np.flatnonzero(industries), tuple(notes)

    def long(self, columns: Mapping[str, NDArray[Any]]) -> pl.DataFrame:
        """Return arrays ``[T, N, K]`` as a long table: time, unit, industry and a column each, NaN as null."""
        t, n, k = self.values.shape
        keys = [
            self.years.gather(np.repeat(np.arange(t), n * k)).alias(self.time or ""),
            self.units.gather(np.tile(np.repeat(np.arange(n), k), t)).alias(self.unit),
            self.industries.gather(np.tile(np.arange(k), t * n)).alias(self.industry),
        ]
        return _table(keys[0 if self.time else 1 :], columns)

    def by_unit(self, columns: Mapping[str, NDArray[Any]]) -> pl.DataFrame:
        """Return arrays ``[T, N]`` as a long table: time, unit and a column each, NaN as null."""
        return self._by(self.units, self.unit, columns)

    def by_industry(self, columns: Mapping[str, NDArray[Any]]) -> pl.DataFrame:
        """Return arrays ``[T, K]`` as a long table: time, industry and a column each, NaN as null."""
        return self._by(self.industries, self.industry, columns)

    def _by(self, labels: pl.Series, name: str, columns: Mapping[str, NDArray[Any]]) -> pl.DataFrame:
        t, n = len(self.years), len(labels)
        keys = [
            self.years.gather(np.repeat(np.arange(t), n)).alias(self.time or ""),
            labels.gather(np.tile(np.arange(n), t)).alias(name),
        ]
        return _table(keys[0 if self.time else 1 :], columns)


def _places(written: pl.Series, labels: pl.Series) -> Integers:
    """Return the place of every cell of a column among its sorted labels."""
    if written.dtype.is_integer() or written.dtype.is_float():
        return np.searchsorted(labels.to_numpy(), written.to_numpy())
    order = labels.cast(pl.String)
    return written.cast(pl.String).cast(pl.Enum(order)).to_physical().to_numpy().astype(np.intp)


def _check(frame: pl.DataFrame, keys: list[str], at: Integers, values: Floats, value: str) -> None:
    """Refuse keys that come twice, and cells that are missing or negative, in the words of the table."""

    def where(row: int) -> Where:
        labels = [frame[key][row] for key in keys]
        year = labels[2] if len(keys) > 2 else None
        return Where(row=row + 1, unit=str(labels[0]), industry=str(labels[1]), period=year)

    twice = np.bincount(at)[at] > 1 if at.size else np.zeros(0, dtype=bool)
    if twice.any():
        raise DataError("twin_pairs", where=where(int(twice.argmax())), count=int(twice.sum()))
    if np.isnan(values).any():
        raise DataError("activity_missing", where=where(int(np.isnan(values).argmax())), column=value,
                        count=int(np.isnan(values).sum()))  # fmt: skip
    if (values < 0).any():
        row = int((values < 0).argmax())
        raise MethodError("activity_negative", where=where(row), value=float(values[row]), column=value,
                          count=int((values < 0).sum()))  # fmt: skip
    if (wrong := out_of_size(values)).any():
        row = int(wrong.argmax())
        raise size_error(where(row), values[row], value)


def _table(keys: list[pl.Series], columns: Mapping[str, NDArray[Any]]) -> pl.DataFrame:
    cells = [pl.Series(name, np.ascontiguousarray(array).ravel(), nan_to_null=True) for name, array in columns.items()]
    return pl.DataFrame([*keys, *cells])
