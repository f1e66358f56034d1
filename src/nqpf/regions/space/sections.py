"""A table as cross-sections: the values of each year with the weights of its units, in the order of their names.

That order, and not the order of rows, decides which unit a permutation takes where: results never depend on the latter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import groups_of, numbers
from nqpf.errors import DataError, MethodError, SpecError, Where
from nqpf.frames import require
from nqpf.regions.space.weights import Weights
from nqpf.results import Note

Floats = NDArray[np.float64]

LEAST = 3
"""Units without which no statistic of neighbours is defined."""
FEW = 30
"""Units below which normal approximations are rough."""


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """Years that have the same N units.

    Attributes
    ----------
    years
        T years; None alone where the table has none.
    rows
        ``int[T, N]`` rows of the table, units in the order of their names.
    values
        ``float64[C, T, N]`` of C columns.
    weights
        Of the N units in this order.
    """

    years: tuple[Any, ...]
    rows: NDArray[np.intp]
    values: Floats
    weights: Weights

    @property
    def deviations(self) -> Floats:
        """Values less their mean of the year, in standard deviations of the year ``float64[C, T, N]``."""
        _, power = np.frexp(np.abs(self.values).max(axis=-1, keepdims=True))
        whole = np.ldexp(self.values, -power)  # exact; raw money to the fourth power would leave the range of numbers
        centred = whole - whole.mean(axis=-1, keepdims=True)
        found: Floats = centred / centred.std(axis=-1, keepdims=True)
        return found


def sections(
    data: Any, columns: Sequence[str], unit: str, weights: Weights, by: str | None
) -> tuple[pl.DataFrame, list[Section], tuple[Note, ...]]:
    """Return the table, its cross-sections, and remarks.

    Raises
    ------
    DataError
        A column is absent; a cell is missing or no number; a row has no unit or no year; a unit stands twice in a
        year, or has no weights.
    MethodError
        A year has fewer than three units; a column does not vary in a year; a unit has no neighbour.
    """
    if not isinstance(weights, Weights):
        raise SpecError("weights_expected", kind=type(weights).__name__)
    own = list(dict.fromkeys(columns))
    frame, found = numbers(data, own, by)
    found = found[:, [own.index(column) for column in columns]]
    require(frame, unit)
    names = frame[unit].cast(pl.String)
    if names.has_nulls():
        raise DataError("no_unit", where=Where(row=int(names.is_null().arg_true()[0]) + 1))
    label = np.array(names.to_list(), dtype=object)
    alike: dict[tuple[str, ...], list[tuple[Any, NDArray[np.intp]]]] = {}
    for year, rows in groups_of(frame, by):
        rows = rows[np.argsort(label[rows], kind="stable")]
        units = tuple(label[rows])
        _check(found[rows], units, year, columns, by)
        alike.setdefault(units, []).append((year, rows))
    made = [_section(units, years, found, weights) for units, years in alike.items()]
    notes = dict.fromkeys((n.code, str(n)) for s in made for n in s.weights.notes)
    first = {(n.code, str(n)): n for s in made for n in s.weights.notes}
    return frame, made, tuple(first[key] for key in notes)


def _section(units: tuple[str, ...], years: list[tuple[Any, NDArray[np.intp]]], found: Floats, w: Weights) -> Section:
    rows = np.array([r for _, r in years])
    return Section(
        tuple(y for y, _ in years), rows, np.ascontiguousarray(np.moveaxis(found[rows], -1, 0)), w.fitted(units)
    )


def _check(values: Floats, units: tuple[str, ...], year: Any, columns: Sequence[str], by: str | None) -> None:
    twice = next((one for one, other in pairwise(units) if one == other), None)
    if twice is not None:
        raise DataError("space_unit_twice", where=Where(unit=twice, period=year), by=by or "year")
    missing = np.argwhere(np.isnan(values))
    if missing.size:
        where = Where(unit=units[missing[0, 0]], period=year, indicator=columns[missing[0, 1]])
        raise DataError("space_missing", where=where, count=len(missing))
    if len(units) < LEAST:
        raise MethodError("space_few_units", where=Where(period=year), units=len(units), least=LEAST)
    low, high = values.min(axis=0), values.max(axis=0)
    flat = np.flatnonzero(high - low <= 1e-14 * np.maximum(np.abs(low), np.abs(high)))
    if flat.size:
        raise MethodError(
            "space_constant", where=Where(period=year, indicator=columns[flat[0]]), value=float(low[flat[0]])
        )


def small_note(made: Sequence[Section]) -> tuple[Note, ...]:
    """Return a remark if a year has so few units that normal approximations are rough."""
    least = min(s.rows.shape[1] for s in made)
    return (Note("space_small", "info", {"units": least, "wanted": FEW}),) if least < FEW else ()
