"""Series of regions in industries, found by key and layer, and whether each falls by more than noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, Where
from nqpf.frames import require, to_polars
from nqpf.industry.labels import out_of_size, size_error, stated
from nqpf.numerics.trend import falling_changes, falling_trend, theil_sen

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """P pairs of region and industry over T years; a year without a row is missing, not nothing.

    Attributes
    ----------
    unit, industry
        Names of the columns.
    pairs
        P pairs of labels, sorted.
    layers
        Layer of each pair's industry.
    years
        ``int[T]`` every year from the first to the last.
    values
        ``float64[T, P]`` by quantity, NaN where missing.
    columns
        Column of each quantity.
    """

    unit: str
    industry: str
    pairs: tuple[tuple[Any, Any], ...]
    layers: tuple[str, ...]
    years: Integers
    values: Mapping[str, Floats]
    columns: Mapping[str, str]

    @classmethod
    def of(cls, data: Any, unit: str, industry: str, time: str, layer: str, columns: Mapping[str, str]) -> Branches:
        """Return a table by its keys.

        Raises
        ------
        DataError
            A column is absent, a label or layer missing, a key twice, or a cell no number.
        MethodError
            An industry in two layers.
        """
        frame = to_polars(data)
        require(frame, unit, industry, time, layer)
        stated(frame, "unit", unit)
        stated(frame, "industry", industry)
        if frame[layer].has_nulls():
            place = Where(row=int(frame[layer].is_null().arg_true()[0]) + 1)
            raise DataError("abandonment_no_layer", where=place, column=layer)
        of_industry = frame.select(industry, pl.col(layer).cast(pl.String)).unique()
        twice = of_industry.filter(pl.col(industry).is_duplicated()).sort(industry, layer)
        if twice.height:
            raise MethodError(
                "abandonment_two_layers", where=Where(industry=str(twice[industry][0])), one=twice[layer][0],
                two=twice[layer][1],
            )  # fmt: skip
        keyed = Keyed.of(frame.with_columns(pl.format("{} · {}", unit, industry).alias("·")), "·", time)
        first = np.unique(keyed.n, return_index=True)[1]
        sorted_pairs = frame.select(unit, industry)[first].with_row_index("·").sort(unit, industry)
        layers = dict(of_industry.iter_rows())
        pairs = tuple(sorted_pairs.select(unit, industry).iter_rows())
        order = sorted_pairs["·"].to_numpy()
        values = {name: keyed.cube(column)[:, order] for name, column in columns.items()}
        found = cls(unit, industry, pairs, tuple(layers[i] for _, i in pairs), keyed.years, values, columns)
        found.refuse_sizes()
        return found

    def refuse_sizes(self) -> None:
        """Refuse numbers too large or too small to be reckoned with."""
        for measure, values in self.values.items():
            if (strange := out_of_size(values)).any():
                t, p = (int(i) for i in np.argwhere(strange)[0])
                place = replace(self.where(t, p, measure), indicator=None)
                raise size_error(place, values[t, p], self.columns[measure])

    def window(self, years: int) -> Branches:
        """Return the last `years` years."""
        return replace(self, years=self.years[-years:], values={k: v[-years:] for k, v in self.values.items()})

    def where(self, t: int, p: int, measure: str) -> Where:
        """Return a cell in words."""
        region, industry = self.pairs[p]
        return Where(
            unit=str(region), industry=str(industry), period=int(self.years[t]), indicator=self.columns[measure]
        )

    def ends(self, measure: str) -> Floats:
        """Return the first and the last year of a quantity ``float64[2, P]``, which must not be negative."""
        values = self.values[measure][[0, -1]]
        if (values < 0).any():
            t, p = np.argwhere(values < 0)[0]
            place = self.where(-int(t), int(p), measure)
            raise MethodError("abandonment_negative", where=place, value=float(values[t, p]))
        return values


@dataclass(frozen=True, slots=True)
class Fall:
    """How a quantity of an industry in a region moves.

    Attributes
    ----------
    years, first, last
        Of the years without a missing one that end with the last.
    slope, relative
        Median slope a year, and as a share of size; NaN where not tested.
    falls, p_changes, p_trend
        Years of fall, and one-sided p of the sign test and of Mann and Kendall's.
    status
        ``tested``, ``too_short`` or ``missing`` (the last year, or years between, have no number).
    """

    region: Any
    industry: Any
    measure: str
    years: int
    first: int
    last: int
    slope: float
    relative: float
    falls: int | None
    p_changes: float
    p_trend: float
    status: Literal["tested", "too_short", "missing"]


def falls_of(branches: Branches, chosen: Bools, shortest: int, scale: str) -> list[Fall]:
    """Return the falls of the pairs that are `chosen`, ``bool[P]``, each quantity.

    Raises
    ------
    MethodError
        With `scale` ``log`` a number that is not positive.
    """
    return [
        _fall(branches, measure, int(p), shortest, scale)
        for p in np.flatnonzero(chosen)
        for measure in branches.values
        if measure != "output"
    ]


def _fall(branches: Branches, measure: str, p: int, shortest: int, scale: str) -> Fall:
    y = branches.values[measure][:, p]
    gaps = np.flatnonzero(np.isnan(y))
    start = int(gaps[-1]) + 1 if gaps.size else 0
    region, industry = branches.pairs[p]
    last = int(branches.years[-1])
    first = int(branches.years[start]) if start < y.size else last
    label = (region, industry, measure, y.size - start, first, last)
    own = y[start:, None]
    if own.size < shortest:
        return Fall(*label, np.nan, np.nan, None, np.nan, np.nan, "missing" if gaps.size else "too_short")
    if scale == "log" and (own <= 0).any():
        t = start + int((own[:, 0] <= 0).argmax())
        raise MethodError("abandonment_log", where=branches.where(t, p, measure), value=float(y[t]))
    times = branches.years[start:].astype(float)
    slope = float(theil_sen(np.log(own) if scale == "log" else own, times)[0])
    size = 1.0 if scale == "log" else float(np.abs(own).mean())
    relative = slope / size if size > 0 else 0.0
    count, p_changes = falling_changes(own)
    p_trend = falling_trend(own)[1]
    return Fall(*label, slope, relative, int(count[0]), float(p_changes[0]), float(p_trend[0]), "tested")
