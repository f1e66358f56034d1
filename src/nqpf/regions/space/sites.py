"""Units and where they lie: the provinces of China as shipped, the coordinates of a table, or polygons of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from nqpf.columns import numbers
from nqpf.data import places
from nqpf.errors import DataError, SpecError, Where
from nqpf.frames import require, to_polars
from nqpf.regions.space.polygons import read_polygons

Floats = NDArray[np.float64]
Source = str | Path | Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """N units.

    Attributes
    ----------
    labels
        Their names as written.
    codes
        Province codes, None where they are no provinces of China.
    points
        ``float64[N, 2]`` longitude and latitude in degrees, or x and y; None where not known.
    touching
        Pattern of common borders, None where not known.
    """

    labels: tuple[str, ...]
    codes: tuple[str, ...] | None = None
    points: Floats | None = None
    touching: sparse.csr_array | None = None

    def without(self, gone: Sequence[str]) -> Sites:
        """Return the units that are not in `gone`."""
        out = set(gone)
        left = np.array([i for i, name in enumerate(self.labels) if name not in out], dtype=np.intp)
        return replace(
            self,
            labels=tuple(self.labels[i] for i in left),
            codes=None if self.codes is None else tuple(self.codes[i] for i in left),
            points=None if self.points is None else self.points[left],
            touching=None if self.touching is None else self.touching[left][:, left],
        )

    def located(self) -> Floats:
        """Return `points`; an error where they are not known."""
        if self.points is None:
            raise SpecError("weights_no_coordinates")
        return self.points


def sites_of(
    data: Any,
    unit: str | None,
    coordinates: Sequence[str] | None,
    polygons: Source | None,
    how: str = "queen",
    placed: bool = True,
) -> Sites:
    """Return the units of a table or file, or the 31 provinces where neither is given.

    Where nothing says where units lie they must be provinces, unless it does not matter (`placed` is False).

    Raises
    ------
    DataError
        A column or a polygon is absent, a unit lies at two places, or two names are one province.
    PlaceError
        Units without coordinates or polygons are no provinces of China.
    SpecError
        There is a table without `unit`, or coordinates without a table.
    """
    if data is not None and unit is None:
        raise SpecError("weights_unit_needed")
    labels = None if data is None else _labels(data, str(unit))
    if coordinates is not None and data is None:
        raise SpecError("weights_data_needed", option="coordinates")
    points = None if coordinates is None else _points(data, str(unit), coordinates, labels or ())
    if polygons is not None:
        if unit is None:
            raise SpecError("weights_unit_needed")
        names, touching, middles = read_polygons(polygons, unit, how, labels)
        return Sites(names, None, middles if points is None else points, touching)
    if points is not None or (labels is not None and not placed):
        return Sites(labels or (), None, points)
    return provinces_of(labels)


def provinces_of(labels: Sequence[str] | None) -> Sites:
    """Return provinces of China under the names they are given, by default the 31 of the mainland in Chinese."""
    table = places.provinces()
    if labels is None:
        kept = table.filter(pl.col("code").is_in(places.complete_set("provinces")))
        labels = kept["short_zh"].to_list()
    found = places.resolve(labels, "provinces")
    known = [name for name in labels if name in found]
    for name in (n for n in labels if n not in found):
        raise DataError("weights_total", where=Where(unit=name))
    codes = [found[name].code for name in known]
    for i, code in enumerate(codes):
        if code in codes[:i]:
            raise DataError("weights_same_unit", where=Where(unit=known[i]), other=known[codes.index(code)])
    rows = {row["code"]: (row["lon"], row["lat"]) for row in table.iter_rows(named=True)}
    place = {code: i for i, code in enumerate(codes)}
    pairs = [(place[a], place[b]) for a, b in places.borders().iter_rows() if a in place and b in place]
    return Sites(tuple(known), tuple(codes), np.array([rows[c] for c in codes]), pattern(pairs, len(codes)))


def pattern(pairs: Sequence[tuple[int, int]], n: int) -> sparse.csr_array:
    """Return pairs of N units as ``bool[N, N]``, each in both directions."""
    both = np.array([*pairs, *((j, i) for i, j in pairs)], dtype=np.intp).reshape(-1, 2)
    found = sparse.csr_array((np.ones(len(both), dtype=bool), (both[:, 0], both[:, 1])), shape=(n, n))
    found.sum_duplicates()
    return found


def _labels(data: Any, unit: str) -> tuple[str, ...]:
    frame = to_polars(data)
    require(frame, unit)
    if not frame.height:
        raise DataError("empty_table")
    names = frame[unit].cast(pl.String)
    if names.has_nulls():
        raise DataError("no_unit", where=Where(row=int(names.is_null().arg_true()[0]) + 1))
    return tuple(names.unique(maintain_order=True))


def by_unit(data: Any, unit: str, columns: Sequence[str]) -> tuple[list[str], Floats, NDArray[np.intp]]:
    """Return the units of a table as they come, its columns ``float64[R, K]`` without a gap, and the unit of each row.

    Raises
    ------
    DataError
        A column is absent, or a cell holds no number.
    """
    frame, found = numbers(data, columns)
    labels = list(_labels(frame, unit))
    at = frame[unit].cast(pl.String).replace_strict({u: i for i, u in enumerate(labels)}, return_dtype=pl.Int64)
    missing = np.argwhere(np.isnan(found))
    if missing.size:
        row, k = (int(x) for x in missing[0])
        where = Where(row=row + 1, unit=labels[int(at[row])], indicator=columns[k])
        raise DataError("space_missing", where=where, count=len(missing))
    return labels, found, at.to_numpy().astype(np.intp)


def _points(data: Any, unit: str, coordinates: Sequence[str], labels: Sequence[str]) -> Floats:
    if len(coordinates) != 2:
        raise SpecError("weights_two_coordinates", count=len(coordinates))
    _, found, at = by_unit(data, unit, coordinates)
    first = np.full((len(labels), 2), np.nan)
    first[at[::-1]] = found[::-1]
    moved = np.flatnonzero((found != first[at]).any(axis=1))
    if moved.size:
        raise DataError("weights_moved", where=Where(row=int(moved[0]) + 1, unit=labels[at[moved[0]]]))
    return first
