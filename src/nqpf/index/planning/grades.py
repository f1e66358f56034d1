"""Grades: units in groups instead of ranks, and whether a unit's place in its group is firm.

Cuts are fixed, quantiles, mean ± so many standard deviations, natural breaks (Fisher 1958,
doi:10.1080/01621459.1958.10501479) or the widest gaps. A unit whose interval reaches into another grade is not firm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose, groups_of
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.index.planning.breaks import natural_breaks, widest_gaps
from nqpf.index.planning.rows import MISSING, Missing, Rows
from nqpf.messages import Text, say
from nqpf.numerics.ranks import NOISE
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

CUT = ("fixed", "quantile", "sd")
"""Methods that take `cuts`."""
COUNTED = ("quantile", "natural", "gaps")
"""Methods that take `count`."""
SD_CUTS = (-1.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Grades(Result):
    """Units in grades, 1 the best.

    Attributes
    ----------
    frame
        The table with grade, label (if labels were given), and grade_low, grade_high and firm (if intervals were). For
        ``groups_only``: unit, class, grade, label and firm alone, by grade and then by name.
    cuts
        Table of the class (if there is `by`), grade, lower and upper end of each grade, and how many are in it.
    titles
        Name of each grade in both languages.
    """

    frame: pl.DataFrame
    cuts: pl.DataFrame
    titles: tuple[Text, ...]
    notes: tuple[Note, ...]
    method: Method
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the table as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def grades(
    data: Any,
    value: str,
    *,
    method: Literal["fixed", "quantile", "sd", "natural", "gaps"],
    cuts: Sequence[float] | None = None,
    count: int | None = None,
    by: str | None = None,
    direction: Literal["benefit", "cost"] = "benefit",
    low: str | None = None,
    high: str | None = None,
    labels: Sequence[str] | None = None,
    unit: str | None = None,
    groups_only: bool = False,
    missing: Missing = "stop",
) -> Grades:
    """Put units into grades, 1 the best.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year).
    value
        Column of values.
    method
        ``fixed``: at `cuts`; ``quantile``: in `count` groups as equal as can be, or at the shares in `cuts`; ``sd``:
        at the mean plus `cuts` times the standard deviation (n − 1), by default −1, 0 and 1; ``natural``: `count`
        groups by natural breaks; ``gaps``: `count` groups parted by the widest gaps.
    cuts
        Rising numbers, one fewer than there are grades. A value at a cut belongs to the better grade.
    count
        Number of grades.
    by
        Column of years or classes: cuts are taken from each alone (but for ``fixed``).
    direction
        ``benefit``: the largest values are best; ``cost``: the smallest.
    low, high
        Columns with the ends of each value's interval.
    labels
        Name of each grade, the best first.
    unit
        Column of units.
    groups_only
        Give back units and grades alone, so that nobody can be ranked.
    missing
        A missing value: ``stop``, or ``keep`` the grade missing.

    Returns
    -------
    Grades

    Raises
    ------
    DataError
        A column is absent or holds what is no number.
    SpecError
        No such method; cuts or a count that do not go with it or do not rise; too few or too many labels.
    MethodError
        A value missing; fewer different values than grades; gaps that do not say where to cut; an interval that does
        not hold its value.

    References
    ----------
    Fisher (1958), doi:10.1080/01621459.1958.10501479; Wang and Song (2011), doi:10.32614/RJ-2011-015.

    Examples
    --------
    >>> table = {"city": list("ABCDE"), "score": [90.0, 88.0, 70.0, 69.0, 40.0]}
    >>> grades(table, "score", method="natural", count=3).frame["grade"].to_list()
    [1, 1, 2, 2, 3]
    """
    cuts = SD_CUTS if method == "sd" and cuts is None else cuts
    number = _check(method, cuts, count, direction, labels, missing)
    if groups_only and unit is None:
        raise SpecError("grades_no_unit")
    rows = Rows.of(data, unit, None, by)
    x = rows.numbers(value, missing)
    ends = _interval(rows, x, value, low, high, missing)
    found, tables = np.full((3, x.size), np.nan), []
    sign = 1.0 if direction == "benefit" else -1.0
    for key, members in groups_of(rows.frame, by):
        here = _cuts(x[members], method, cuts, number, Where(period=key if by else None, indicator=value))
        for k, values in enumerate((x, *ends)):
            found[k, members] = _grade(values[members], here, sign)
        tables.append(_table(found[0, members], here, sign, number, by, key))
    columns = _columns(found, labels, bool(ends))
    frame = rows.frame.with_columns(columns)
    if groups_only:
        kept = [unit, *([by] if by else []), *(c.name for c in columns if c.name not in ("grade_low", "grade_high"))]
        frame = frame.select(kept).sort([*([by] if by else []), "grade", unit], nulls_last=True)
    titles = tuple(Text.same(label) for label in labels) if labels else tuple(_titles(number))
    options = {"method": method, "cuts": cuts and list(cuts), "count": count, "by": by, "direction": direction}
    notes = _notes(found, bool(ends), pl.concat(tables))
    done = Method("planning.grades", options | {"groups_only": groups_only})
    return Grades(frame, pl.concat(tables), titles, notes, done, backend_of(data))


def _check(
    method: str,
    cuts: Sequence[float] | None,
    count: int | None,
    direction: str,
    labels: Sequence[str] | None,
    missing: str,
) -> int:
    """Return how many grades there are, the options checked."""
    choose("method", method, ("fixed", "quantile", "sd", "natural", "gaps"))
    choose("direction", direction, ("benefit", "cost"))
    choose("missing", missing, MISSING)
    if (cuts is not None and method not in CUT) or (count is not None and (method not in COUNTED or cuts is not None)):
        raise SpecError("grades_options", method=method)
    if cuts is None and count is None:
        raise SpecError("grades_unstated", method=method)
    if cuts is not None and (not len(cuts) or not (np.diff(cuts) > 0).all() or not np.isfinite(cuts).all()):
        raise SpecError("grades_cuts", where=Where(key="cuts"))
    if method == "quantile" and cuts is not None and not (cuts[0] > 0 and cuts[-1] < 1):
        raise SpecError("grades_shares", where=Where(key="cuts"))
    number = count if count is not None else len(cuts or ()) + 1
    if number < 2:
        raise SpecError("grades_one", where=Where(key="count"), count=number)
    if labels is not None and len(labels) != number:
        raise SpecError("grades_labels", where=Where(key="labels"), given=len(labels), wanted=number)
    return number


def _cuts(x: Floats, method: str, cuts: Sequence[float] | None, number: int, where: Where) -> Floats:
    """Return the rising cuts of one class."""
    if method == "fixed":
        return np.array(cuts, dtype=float)
    x = x[~np.isnan(x)]
    different = np.unique(x).size
    if different < (number if method in ("natural", "gaps") else 2):
        raise MethodError("grades_too_few", where=where, different=different, count=number)
    if method == "quantile":
        return np.quantile(x, cuts if cuts is not None else np.arange(1, number) / number)
    if method == "sd":
        return np.asarray(x.mean() + x.std(ddof=1) * np.array(cuts, dtype=float))
    if method == "natural":
        return natural_breaks(x, number)
    found, cut, left = widest_gaps(x, number)
    if cut - left <= NOISE * np.abs(x).max():
        raise MethodError("grades_gaps_alike", where=where, gap=cut, count=number)
    return found


def _grade(x: Floats, cuts: Floats, sign: float) -> Floats:
    """Return grades from 1 for the best, NaN where `x` is NaN; a value at a cut is in the better grade."""
    edges = np.sort(sign * cuts)
    near = NOISE * np.abs(np.concatenate([edges, sign * x[~np.isnan(x)], [0.0]])).max()
    passed = np.searchsorted(edges - near, sign * x, side="right")
    return np.where(np.isnan(x), np.nan, edges.size + 1.0 - passed)


def _interval(rows: Rows, x: Floats, value: str, low: str | None, high: str | None, missing: str) -> tuple[Floats, ...]:
    """Return the ends of the intervals, each holding its value; nothing where none are given."""
    if (low is None) != (high is None):
        raise SpecError("grades_half_interval")
    if low is None or high is None:
        return ()
    ends = rows.numbers(low, missing), rows.numbers(high, missing)
    rows.refuse((ends[0] > x) | (ends[1] < x), "grades_interval", value, value=x, low=ends[0], high=ends[1])
    return ends


def _columns(found: Floats, labels: Sequence[str] | None, intervals: bool) -> list[pl.Series]:
    def whole(name: str, grade: Floats) -> pl.Series:
        return pl.Series(name, grade).fill_nan(None).cast(pl.Int64)

    columns = [whole("grade", found[0])]
    if labels:
        names = [None if np.isnan(g) else labels[int(g) - 1] for g in found[0]]
        columns.append(pl.Series("label", names, dtype=pl.String))
    if intervals:
        columns += [whole("grade_low", found[1]), whole("grade_high", found[2])]
        known = np.asarray(~np.isnan(found).any(axis=0))
        firm = [bool(low == high) if k else None for low, high, k in zip(found[1], found[2], known, strict=True)]
        columns.append(pl.Series("firm", firm, dtype=pl.Boolean))
    return columns


def _table(grade: Floats, cuts: Floats, sign: float, number: int, by: str | None, key: Any) -> pl.DataFrame:
    """Return the ends of each grade and how many are in it, the best first."""
    edges = [None, *cuts.tolist(), None]
    ends = list(pairwise(edges))[:: -1 if sign > 0 else 1]
    columns = {"grade": list(range(1, number + 1)), "from": [e[0] for e in ends], "to": [e[1] for e in ends]}
    columns["count"] = [int((grade == g).sum()) for g in range(1, number + 1)]
    kinds = {"grade": pl.Int64, "from": pl.Float64, "to": pl.Float64, "count": pl.Int64}
    frame = pl.DataFrame(columns, schema=kinds)
    return frame if by is None else frame.select(pl.lit(key).alias(by), *kinds)


def _titles(number: int) -> list[Text]:
    return [say("grade.title", grade=grade) for grade in range(1, number + 1)]


def _notes(found: Floats, intervals: bool, table: pl.DataFrame) -> tuple[Note, ...]:
    notes = []
    empty = int((table["count"] == 0).sum())
    if empty:
        notes.append(Note("grades_empty", values={"count": empty}))
    if intervals:
        known = ~np.isnan(found).any(axis=0)
        loose = int((known & (found[1] != found[2])).sum())
        notes.append(Note("grades_firm", "info", {"count": int(known.sum()) - loose, "total": int(known.sum())}))
    absent = int(np.isnan(found[0]).sum())
    if absent:
        notes.append(Note("planning_unscored", values={"count": absent, "total": found.shape[1]}))
    return tuple(notes)
