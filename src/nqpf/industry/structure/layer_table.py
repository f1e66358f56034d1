"""Industries by layer, with their columns in the years that are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.frames import require, to_polars
from nqpf.industry.labels import out_of_size, size_error, stated
from nqpf.industry.structure.activity import codes_of
from nqpf.industry.structure.aspects import MEASURES, Measure, Sums, by_layer
from nqpf.results import Note

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

FEW = 5
"""Industries below which a group is called small."""
PARTS = ("labour_share_start", "labour_share_end", "within", "between_industries", "between_layers", "total")
"""Columns of the growth of productivity by layer."""
SIGNED = ("profit",)
"""Columns that may be negative."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Places of new and old industries, and the layers they are of."""

    places: tuple[Integers, Integers]
    names: tuple[tuple[str, ...], tuple[str, ...]]

    def notes(self) -> tuple[Note, ...]:
        """Return a remark where a group is small."""
        sizes = [len(places) for places in self.places]
        if min(sizes) < FEW:
            return (Note("layers_few", "warning", {"new": sizes[0], "old": sizes[1], "least": FEW}),)
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class LayerTable:
    """Industries in the order of their names, with their columns at the start, the middle and the end.

    Attributes
    ----------
    names, layer, labels
        Industries, ``int[n]`` layer of each, and labels of layers.
    years
        One, two or three years: start, middle, end.
    columns
        By role, ``float64[3, n]``; the start and the middle are the end where there is one year only.
    """

    names: pl.Series
    layer: Integers
    labels: pl.Series
    years: Integers
    columns: Mapping[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        data: Any,
        industry: str,
        time: str,
        layer: str,
        given: Mapping[str, str],
        start: int | None,
        end: int | None,
    ) -> LayerTable:
        """Return a table of industries and years.

        Parameters
        ----------
        data
            Any dataframe that narwhals knows.
        industry, time, layer
            Columns of keys and layers.
        given
            Columns by role.
        start, end
            First and last year, or None for those of the table.
        """
        frame = to_polars(data)
        require(frame, industry)
        stated(frame, "industry", industry)
        keyed = Keyed.of(frame, industry, time)
        frame = keyed.frame.with_columns(pl.col(industry).cast(pl.String))
        names = pl.Series(industry, keyed.units)
        order = names.arg_sort().to_numpy()
        labels, code = codes_of(frame, industry, layer, names.gather(order))
        there = np.unique(keyed.years[keyed.t])
        first, last = (_year(key, year, usual, there) for key, year, usual in
                       (("start", start, there[0]), ("end", end, there[-1])))  # fmt: skip
        if last < first:
            raise MethodError("structure_one_year", where=Where(), first=first, last=last)
        inside = there[(there >= first) & (there <= last)]
        years = np.unique([first, int(inside[len(inside) // 2]) if len(inside) > 2 else last, last])
        at = [int(np.searchsorted(keyed.years, year)) for year in (years[0], years[len(years) // 2], years[-1])]
        columns = {}
        for role, column in given.items():
            cube = keyed.cube(column)[at][:, order]
            _refuse(cube, role, column, names.gather(order), keyed.years[at])
            columns[role] = cube
        found = cls(names.gather(order).cast(keyed.frame[industry].dtype), code, labels, years, columns)
        found.refuse_idle()
        if "concentration" in columns and "output" in columns:
            columns["concentration"] = columns["concentration"] * columns["output"]
        return found

    def refuse_idle(self) -> None:
        """Refuse output without labour."""
        if not {"output", "labour"} <= set(self.columns):
            return
        idle = (self.columns["labour"] <= 0) & (self.columns["output"] > 0)
        if idle.any():
            t, i = np.argwhere(idle)[0]
            year = self.years[[0, len(self.years) // 2, -1][int(t)]]
            raise MethodError("output_without_labour", where=Where(industry=str(self.names[int(i)]), period=int(year)))

    def groups(self, new: str | Sequence[str], old: str | Sequence[str]) -> Groups:
        """Return the two groups."""
        known = self.labels.cast(pl.String).to_list()
        names = tuple(
            tuple(map(str, one)) if isinstance(one, Iterable) and not isinstance(one, str) else (str(one),)
            for one in (new, old)
        )
        for key, one in zip(("new", "old"), names, strict=True):
            for name in one:
                if name not in known:
                    near = hint(name, known)
                    raise SpecError("bad_choice", where=Where(key=key), value=name, options=listing(known), hint=near)
            if not one:
                raise SpecError("bad_value", where=Where(key=key), value="[]", expected=listing(known))
        both = set(names[0]) & set(names[1])
        if both:
            raise SpecError("layer_in_both", where=Where(key="old"), layers=listing(sorted(both)))
        places = tuple(np.flatnonzero(np.isin(self.layer, [known.index(n) for n in one])) for one in names)
        return Groups((places[0], places[1]), (names[0], names[1]))

    def lacks(self, measure: Measure) -> list[str]:
        """Return what a measure would take that is not there."""
        absent = [role for role in measure.needs if role not in self.columns]
        return absent + (["years"] if len(self.years) < measure.years else [])

    def sums(self, weights: Floats, total: tuple[Floats, Floats] | None = None) -> Sums:
        """Return sums of groups with weights ``float64[B, n]``; total output is that of all industries unless given."""
        at = [{role: weights @ column[t] for role, column in self.columns.items()} for t in range(3)]
        if total is None:
            out = self.columns.get("output", np.full((3, len(self.layer)), np.nan))
            total = (np.full(len(weights), out[0].sum()), np.full(len(weights), out[2].sum()))
        first, middle, last = int(self.years[0]), int(self.years[len(self.years) // 2]), int(self.years[-1])
        return Sums((at[0], at[1], at[2]), total, (last - first, middle - first, last - middle))

    def long(self, weights: Floats, keys: list[pl.Series]) -> pl.DataFrame:
        """Return every measure that can be had of groups, as a long table."""
        sums = self.sums(weights)
        tables = [
            pl.DataFrame(
                [*keys, pl.repeat(m.name, len(weights), eager=True).alias("measure"),
                 pl.Series("value", sums.measure(m.name), nan_to_null=True)]
            )
            for m in MEASURES
            if not self.lacks(m)
        ]  # fmt: skip
        schema = [*keys, pl.Series("measure", [], pl.String), pl.Series("value", [], pl.Float64)]
        return pl.concat(tables) if tables else pl.DataFrame([one.clear() for one in schema])

    def structure(self, layer: str) -> pl.DataFrame:
        """Return the growth of productivity by layer."""
        empty = pl.DataFrame([self.labels.clear().alias(layer), *(pl.Series(n, [], pl.Float64) for n in PARTS)])
        if not {"output", "labour"} <= set(self.columns) or len(self.years) < 2:
            return empty
        output, labour = self.columns["output"][[0, 2]], self.columns["labour"][[0, 2]]
        if not (output[0].sum() > 0 and (labour.sum(axis=1) > 0).all()):
            return empty
        found = by_layer(output, labour, self.layer, len(self.labels))
        work = np.array([[row[self.layer == c].sum() for c in range(len(self.labels))] for row in labour])
        share = work / work.sum(axis=1, keepdims=True)
        parts = (found.within, found.between_industries, found.between_layers)
        columns = (share[0], share[1], *parts, sum(parts))
        cells = [pl.Series(name, column) for name, column in zip(PARTS, columns, strict=True)]
        return pl.DataFrame([self.labels.alias(layer), *cells])


def _year(key: str, year: int | None, usual: int, there: Integers) -> int:
    if year is not None and year not in there.tolist():
        raise SpecError("bad_choice", where=Where(key=key), value=year, options=listing(there.tolist(), 20), hint="")
    return int(usual if year is None else year)


def _refuse(cube: Floats, role: str, column: str, names: pl.Series, years: Integers) -> None:
    """Refuse cells that are missing, or negative where they must not be."""
    for wrong, code in ((np.isnan(cube), "layer_gap"), (cube < 0, "layer_negative")):
        if code == "layer_negative" and role in SIGNED:
            continue
        if wrong.any():
            t, i = np.argwhere(wrong)[0]
            place = Where(industry=names[int(i)], period=int(years[t]), indicator=column)
            raise MethodError(code, where=place, count=int(wrong.any(axis=0).sum()))
    if (strange := out_of_size(cube)).any():
        t, i = np.argwhere(strange)[0]
        raise size_error(Where(industry=names[int(i)], period=int(years[t])), cube[t, i], column)
