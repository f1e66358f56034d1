"""The panel: a frozen cube of numbers, periods × units × series, where every cell knows its status and origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import DataError, Where, hint, listing
from nqpf.frames import require
from nqpf.messages import Text

Cube = NDArray[np.float64]
Mixable = Literal["vintage", "scope"]
MIXED = {"measure": "mixed_measures", "vintage": "mixed_vintages", "scope": "mixed_scopes"}
"""Columns in which the rows of one series must agree, and the error where they do not."""

TIDY = {
    "unit": pl.String,
    "code": pl.String,
    "period": pl.Int64,
    "indicator": pl.String,
    "value": pl.Float64,
    "measure": pl.String,
    "source": pl.String,
    "vintage": pl.String,
    "scope": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "cell": pl.String,
    "note": pl.String,
}
"""Columns of a tidy table: one row a cell, with the cell it was read from."""


class Status(IntEnum):
    """How a cell's number came about."""

    REPORTED = 0
    CONVERTED = 1
    IMPUTED = 2
    INTERPOLATED = 3
    EXTRAPOLATED = 4
    TREATED = 5
    MISSING = 6


@dataclass(frozen=True, slots=True)
class Series:
    """What one layer of the cube is.

    Attributes
    ----------
    id, title
        Id used in formulas, and name.
    measure
        Unit of measure.
    source, vintage, scope
        Who published it, in which edition, and of whom or what (城镇单位, not private ones).
    note
        What a reader must know; where it is not given, the footnotes of the table.
    mix
        What it may mix by name: ``vintage``, ``scope``. Anything else that differs within a series is refused.
    """

    id: str
    title: Text
    measure: str | None = None
    source: str | None = None
    vintage: str | None = None
    scope: str | None = None
    note: Text | None = None
    mix: tuple[Mixable, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A frozen cube with labels.

    Attributes
    ----------
    periods
        T years, ascending.
    units
        N unit codes.
    series
        K series.
    values
        ``float64[T, N, K]``, NaN where missing; each layer in the unit of its series.
    status
        ``int8[T, N, K]`` of `Status`.
    labels
        Name of each unit in both languages.
    origin
        Tidy table of the cells the numbers were read from (columns `TIDY`).
    """

    periods: tuple[int, ...]
    units: tuple[str, ...]
    series: tuple[Series, ...]
    values: Cube
    status: NDArray[np.int8]
    labels: Mapping[str, Text]
    origin: pl.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        shape = (len(self.periods), len(self.units), len(self.series))
        if self.values.shape != shape or self.status.shape != shape:
            raise ValueError(f"cube {self.values.shape}, status {self.status.shape}, labels {shape}")
        self.values.setflags(write=False)
        self.status.setflags(write=False)

    @property
    def indicators(self) -> tuple[str, ...]:
        """Ids of the series."""
        return tuple(s.id for s in self.series)

    @classmethod
    def from_tidy(
        cls, tidy: pl.DataFrame, labels: Mapping[str, Text] | None = None, series: Iterable[Series] = ()
    ) -> Panel:
        """Build a panel from a tidy table.

        Parameters
        ----------
        tidy
            Columns ``unit``, ``period``, ``indicator``, ``value`` and, where known, the others of `TIDY`.
            Rows with a ``code`` are keyed by it, others by ``unit``.
        labels
            Names of the units; default: as written in the table.
        series
            What is known of the series; what is not given is taken from the table's own columns, its footnotes
            (column ``note``) included.

        Raises
        ------
        DataError
            A column is absent; one series in two units of measure, or in two vintages or scopes that its `Series` does
            not allow it to mix; two rows for one unit, year and indicator.

        Examples
        --------
        >>> import polars as pl
        >>> tidy = pl.DataFrame({"unit": ["a", "b"], "period": 2020, "indicator": "x", "value": [1.0, 2.0]})
        >>> Panel.from_tidy(tidy).values.shape
        (1, 2, 1)
        """
        require(tidy, "unit", "period", "indicator", "value")
        tidy = complete(tidy).with_columns(key=pl.coalesce("code", "unit"))
        known = {s.id: s for s in series}
        names = tidy["indicator"].unique(maintain_order=True).to_list()
        rows = tidy.partition_by("indicator", maintain_order=True)
        described = tuple(_describe(part, name, known.get(name)) for name, part in zip(names, rows, strict=True))
        _refuse_duplicates(tidy)
        periods = sorted(tidy["period"].unique().to_list())
        units = tidy["key"].unique(maintain_order=True).to_list()
        values = np.full((len(periods), len(units), len(names)), np.nan)
        place = tuple(
            tidy[column].replace_strict({v: i for i, v in enumerate(order)}, return_dtype=pl.Int64).to_numpy()
            for column, order in (("period", periods), ("key", units), ("indicator", names))
        )
        values[place] = tidy["value"].fill_null(np.nan).to_numpy()
        status = np.where(np.isnan(values), Status.MISSING, Status.REPORTED).astype(np.int8)
        written = dict(tidy.select("key", "unit").unique("key", keep="first").iter_rows())
        names_of = {u: (labels or {}).get(u) or Text.same(written[u]) for u in units}
        return cls(tuple(periods), tuple(units), described, values, status, names_of, tidy.drop("key"))

    def to_frame(self) -> pl.DataFrame:
        """Return the cells as a long table: unit, period, indicator, value, measure, status."""
        t, n, k = self.values.shape
        return pl.DataFrame(
            {
                "unit": np.tile(np.repeat(self.units, k), t),
                "period": np.repeat(self.periods, n * k),
                "indicator": np.tile(self.indicators, t * n),
                "value": self.values.reshape(-1),
                "measure": np.tile(np.array([s.measure for s in self.series], dtype=object), t * n).tolist(),
                "status": [Status(s).name.lower() for s in self.status.reshape(-1).tolist()],
            },
            schema_overrides={"measure": pl.String},
        ).with_columns(pl.col("value").fill_nan(None))

    def index(self, indicator: str) -> int:
        """Return the position of a series; a DataError names what there is if it is absent."""
        try:
            return self.indicators.index(indicator)
        except ValueError:
            raise DataError(
                "unknown_series",
                indicator=indicator,
                options=listing(self.indicators, 40),
                hint=hint(indicator, self.indicators),
            ) from None

    def select(
        self,
        *,
        periods: Sequence[int] | None = None,
        units: Sequence[str] | None = None,
        indicators: Sequence[str] | None = None,
    ) -> Panel:
        """Return the part with these periods, units and series, in the order given.

        Raises
        ------
        DataError
            A year, unit or series the panel does not have.
        """
        t = [self._at(p) for p in periods] if periods is not None else list(range(len(self.periods)))
        n = [self._of(u) for u in units] if units is not None else list(range(len(self.units)))
        k = [self.index(i) for i in indicators] if indicators is not None else list(range(len(self.series)))
        cut = np.ix_(np.array(t, dtype=int), np.array(n, dtype=int), np.array(k, dtype=int))
        return replace(
            self,
            periods=tuple(self.periods[i] for i in t),
            units=tuple(self.units[i] for i in n),
            series=tuple(self.series[i] for i in k),
            values=self.values[cut],
            status=self.status[cut],
        )

    def _at(self, period: int) -> int:
        if period not in self.periods:
            raise DataError("unknown_period", period=period, options=listing(self.periods, 40))
        return self.periods.index(period)

    def _of(self, unit: str) -> int:
        if unit not in self.units:
            raise DataError("unknown_unit", unit=unit, hint=hint(unit, self.units))
        return self.units.index(unit)

    def where(self, t: int, n: int, k: int) -> Where:
        """Return the place of a cell in words: unit, indicator, year and, if it was read from a file, the cell."""
        found = self.origin.filter(
            (pl.coalesce("code", "unit") == self.units[n])
            & (pl.col("period") == self.periods[t])
            & (pl.col("indicator") == self.series[k].id)
        )
        read: dict[str, Any] = found.select("file", "sheet", "cell").row(0, named=True) if found.height else {}
        return Where(**read, unit=self.labels[self.units[n]], indicator=self.series[k].id, period=self.periods[t])


def complete(tidy: pl.DataFrame) -> pl.DataFrame:
    """Return a tidy table with every column of `TIDY`, in order, the absent ones empty."""
    return tidy.select(
        (pl.col(name) if name in tidy.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in TIDY.items()
    )


def _refuse_duplicates(tidy: pl.DataFrame) -> None:
    keys = ["key", "period", "indicator"]
    twice = tidy.filter(pl.struct(keys).is_duplicated())
    if twice.height:
        first = twice.row(0, named=True)
        rows = twice.filter(pl.all_horizontal(pl.col(c) == first[c] for c in keys))
        same = [c for c in ("file", "sheet") if rows[c].n_unique() == 1]
        where = Where(
            **{c: first[c] for c in same}, unit=first["unit"], period=first["period"], indicator=first["indicator"]
        )
        differing = [c for c in ("file", "sheet", "cell") if c not in same]
        address = pl.concat_str(differing, separator=" ", ignore_nulls=True)
        cells = [f"{c} = {v}" if c else str(v) for c, v in rows.select(address, "value").iter_rows()]
        count = twice.select(pl.struct(keys).n_unique()).item()
        raise DataError("duplicate_cell", where=where, cells=listing(cells), count=count)


def _describe(rows: pl.DataFrame, name: str, known: Series | None) -> Series:
    """Return what is known of a series, with what its rows say where nothing is stated."""
    base = known or Series(name, Text.same(name))
    found: dict[str, str | None] = {}
    for column in (*MIXED, "source"):
        written = rows[column].drop_nulls().unique(maintain_order=True).to_list()
        if len(written) > 1 and column in MIXED and column not in base.mix:
            other = rows.filter(pl.col(column) == written[1]).row(0, named=True)  # the first that is not like the first
            where = Where(**{key: other[key] for key in ("file", "sheet", "cell", "unit", "period")}, indicator=name)
            raise DataError(MIXED[column], where=where, found=listing(written))
        found[column] = getattr(base, column) or ("；".join(written) or None)
    notes = rows["note"].drop_nulls().unique(maintain_order=True).to_list()
    note = base.note or (Text.same("；".join(notes)) if notes else None)
    return replace(
        base,
        measure=found["measure"],
        source=found["source"],
        vintage=found["vintage"],
        scope=found["scope"],
        note=note,
    )
