"""A table as the arrays of a spatial regression: years × units by key, weights in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import require, to_polars
from nqpf.messages import Text, say
from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.determinant import Determinant
from nqpf.results import Note

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

RESERVED = ("rho", "lambda", "intercept")
_ONE = "·"


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What every model of one question shares: T years × N units, K regressors.

    Attributes
    ----------
    y
        ``float64[T, N]``.
    x
        ``float64[K, T, N]``.
    outcome, names
        Their columns.
    units, years
        Labels; years is None in a cross-section.
    keys
        The table's columns of unit and year.
    rows
        Years and units of the table's rows, ``int[2, R]``.
    determinant
        W in the order of the units.
    notes
        Remarks on the data.
    """

    y: Floats
    x: Floats
    outcome: str
    names: tuple[str, ...]
    units: tuple[str, ...]
    years: Integers | None
    keys: pl.DataFrame
    rows: Integers
    determinant: Determinant
    notes: tuple[Note, ...]

    def lag(self, values: Floats) -> Floats:
        """Return W times each year of ``float64[..., T, N]``."""
        flat = values.reshape(-1, values.shape[-1])
        found: Floats = (self.determinant.matrix @ flat.T).T.reshape(values.shape)
        return found


def read_design(data: Any, y: str, x: Sequence[str], weights: Weights, unit: str, time: str | None) -> Design:
    """Return a table by its keys.

    Raises
    ------
    DataError
        A column is absent, a key is there twice, a cell is empty or no number, or a unit has no weights.
    SpecError
        A column is named twice.
    MethodError
        Units lack years, or nobody has a neighbour.
    """
    _check_names(y, x)
    frame = to_polars(data)
    require(frame, unit, *([time] if time else []), y, *x)
    keyed = _keyed(frame, unit, time)
    present = np.zeros((keyed.years.size, len(keyed.units)), bool)
    present[keyed.t, keyed.n] = True
    kept: NDArray[np.bool_] = np.asarray(present.any(axis=1))
    if not present[kept].all():
        gaps = present | ~kept[:, None]
        raise MethodError("spatial_unbalanced", count=int((~gaps).sum()), cells=keyed.cells(~gaps))
    cubes = [keyed.cube(column)[kept] for column in (y, *x)]
    for column, cube in zip((y, *x), cubes, strict=True):
        _check_complete(column, cube, keyed, keyed.years[kept], time)
    determinant, notes = _weights(weights, keyed.units)
    order = np.cumsum(kept) - 1
    return Design(
        y=cubes[0],
        x=np.array(cubes[1:]).reshape(len(x), *cubes[0].shape),
        outcome=y,
        names=tuple(x),
        units=keyed.units,
        years=keyed.years[kept] if time else None,
        keys=frame.select(unit, *([time] if time else [])),
        rows=np.array([order[keyed.t], keyed.n]),
        determinant=determinant,
        notes=notes,
    )


def _check_names(y: str, x: Sequence[str]) -> None:
    if not x:
        raise SpecError("spatial_no_regressor", where=Where(key="x"))
    seen = {y}
    for column in x:
        if column in seen:
            raise SpecError("spatial_column_twice", where=Where(key="x"), column=column)
        if column in RESERVED:
            raise SpecError("spatial_reserved", where=Where(key="x"), column=column, options=listing(RESERVED))
        seen.add(column)


def _keyed(frame: pl.DataFrame, unit: str, time: str | None) -> Keyed:
    """Return the table by unit and year; in a cross-section all rows are of one nameless year."""
    if time is not None:
        return Keyed.of(frame, unit, time)
    twice = frame.filter(pl.col(unit).is_duplicated() & pl.col(unit).is_not_null())
    if twice.height:
        raise DataError("spatial_unit_twice", where=Where(unit=str(twice[unit][0])), count=twice[unit].n_unique())
    return Keyed.of(frame.with_columns(pl.lit(1).alias(_ONE)), unit, _ONE)


def _check_complete(column: str, cube: Floats, keyed: Keyed, years: Integers, time: str | None) -> None:
    gaps = np.isnan(cube)
    if not gaps.any():
        return
    shown = [
        say("prices.cells", unit=keyed.units[n], years=listing(years[gaps[:, n]].tolist(), 12))
        if time
        else Text.same(keyed.units[n])
        for n in np.flatnonzero(gaps.any(axis=0))
    ]
    raise DataError("spatial_missing", where=Where(indicator=column), count=int(gaps.sum()), cells=listing(shown))


def _weights(weights: Weights, units: tuple[str, ...]) -> tuple[Determinant, tuple[Note, ...]]:
    """Return the weights of the units in their order; rows that summed to 1 do so again after others are left out."""
    fitted, notes = weights.aligned(units), []
    absent = [label for label in weights.labels if label not in set(units)]
    if absent:
        sums = weights.matrix.sum(axis=1)
        again = bool((np.abs(sums[sums > 0] - 1) < 1e-10).all())
        if again:
            fitted = fitted.standardised("row")
        values = {
            "count": len(absent),
            "units": listing(absent),
            "again": say(f"spatial.again.{'yes' if again else 'no'}"),
        }
        notes.append(Note("spatial_left_out", "info", values))
    if not fitted.matrix.nnz:
        raise MethodError("spatial_no_neighbours")
    if fitted.islands:
        notes.append(
            Note("spatial_islands", "warning", {"count": len(fitted.islands), "units": listing(fitted.islands)})
        )
    return Determinant(fitted.matrix), tuple(notes)
