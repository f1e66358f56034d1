"""Theil's measures and generalised entropy, decomposed by groups, and by groups in groups.

These are the measures that add up over groups (Shorrocks 1980, doi:10.2307/1913126): what lies between groups is the
measure of their means, and within groups it is weighted by p^(1−α) s^α.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.regions.inequality.differences import ratio
from nqpf.regions.inequality.powers import entropy, terms
from nqpf.regions.inequality.rows import Floats, Integers, Rows, Year
from nqpf.results import Method, Note, Result


@dataclass(frozen=True, slots=True)
class TheilResult(Result):
    """Generalised entropy and its parts.

    Attributes
    ----------
    frame
        A row a year: the year, n, mean, theil; with groups between and within, with two columns of groups
        between_inner too, and the shares of these in theil, to which they add up.
    groups
        A row for each year and group: level (1 outer, 2 inner), group, subgroup (with two columns), n, mean,
        population_share, value_share, theil (within the group; empty where all of it are zero), and what the group adds
        to the whole: between (of level 2: to between_inner) and within, with their shares. None without groups.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    groups: pl.DataFrame | None
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def theil(
    data: Any,
    value: str,
    *,
    by: str | None = None,
    unit: str | None = None,
    groups: str | Sequence[str] = (),
    weight: str | None = None,
    order: float = 1.0,
) -> TheilResult:
    """Measure inequality by generalised entropy, and decompose it by groups.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit (and year).
    value
        Column of values, none negative; positive ones where `order` is 0 or below.
    by
        Column of years, each of which is measured by itself. Default: all rows together.
    unit
        Column of units: names a row that is refused, and two rows of a unit in a year are refused.
    groups
        One column of groups, or two of which the second divides the groups of the first (provinces in regions). An
        inner name that stands in two outer groups means two groups.
    weight
        Column of weights (population); they need not sum to 1. Default: all rows weigh the same.
    order
        1: Theil's T, in which zero values count 0·log 0 = 0. 0: Theil's L, the mean log deviation. Any other number:
        generalised entropy, the more sensitive to high values the higher; 2 is half the squared coefficient of
        variation.

    Returns
    -------
    TheilResult
        The measure and its parts by year, and by group.

    Raises
    ------
    DataError
        A column is absent, holds no numbers, a row has no group, or two rows stand for one unit.
    MethodError
        A value is missing or negative, or zero where `order` is 0 or below; all values of a year are zero.
    SpecError
        More than two columns of groups; an `order` that is no finite number.

    References
    ----------
    Shorrocks (1980), doi:10.2307/1913126. Bourguignon (1979), doi:10.2307/1914138.

    Examples
    --------
    >>> table = {"y": [1.0, 2.0, 3.0, 4.0], "region": ["west", "west", "east", "east"]}
    >>> found = theil(table, "y", groups="region").frame
    >>> [round(x, 4) for x in found.select("theil", "between", "within").row(0)]
    [0.1064, 0.0823, 0.0242]
    """
    columns = [groups] if isinstance(groups, str) else list(groups)
    if len(columns) > 2:
        raise SpecError(
            "bad_value", where=Where(key="groups"), value=", ".join(columns), expected=say("inequality.one_or_two")
        )
    if isinstance(order, bool) or not isinstance(order, int | float) or not np.isfinite(order):
        raise SpecError("bad_value", where=Where(key="order"), value=order, expected=say("inequality.a_number"))
    zeros = None if order > 0 else say("inequality.entropy_of_order", order=order)
    rows = Rows.of(data, value, by=by, unit=unit, weight=weight, groups=columns, zeros=zeros)
    found = [_Nested.of(year, order) for year in rows.years]
    method = Method("regions.theil", {"value": value, "groups": tuple(columns), "weight": weight, "order": order})
    notes = [*rows.notes(), *(note for level in range(len(columns)) for note in rows.small_groups(level))]
    table = _groups(rows, found) if columns else None
    return TheilResult(_totals(rows, found), table, method, tuple(notes), backend_of(data))


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """The k groups of a level, each ``float64[k]``: what they are, and what they add to the whole."""

    mean: Floats
    population: Floats
    value: Floats
    inside: Floats
    within: Floats
    between: Floats
    parent: Integers
    """The outer group each belongs to."""


@dataclass(frozen=True, slots=True, eq=False)
class _Nested:
    """The measure of a year and its groups, level by level."""

    year: Year
    total: float
    levels: tuple[_Groups, ...]

    @classmethod
    def of(cls, year: Year, order: float) -> _Nested:
        nothing = np.zeros(year.y.size, dtype=np.intp)
        total = float(entropy(year.y, year.w, nothing, 1, order)[0])
        outer, weights, mean = nothing, np.ones(1), np.array([year.mean])
        levels = []
        for level in year.levels:
            k = len(level.labels)
            found = _level(year, order, level.code, k, outer, mean, weights)
            levels.append(found)
            outer, mean = level.code, found.mean
            weights = _factor(found.population, found.value, order)
        return cls(year, total, tuple(levels))

    def parts(self) -> list[float]:
        """Return what lies between the groups at each level, and within those of the last."""
        if not self.levels:
            return []
        return [*(float(level.between.sum()) for level in self.levels), float(self.levels[-1].within.sum())]


def _factor(population: Floats, value: Floats, order: float) -> Floats:
    """Return p^(1−α) s^α, 0 for groups that have no value (which counts in orders above 0 only)."""
    level = value / population
    return np.asarray(population * np.power(level, order, out=np.zeros_like(level), where=level > 0))


def _level(
    year: Year, order: float, code: Integers, k: int, outer: Integers, outer_mean: Floats, outer_weight: Floats
) -> _Groups:
    """Return k groups that divide the outer ones, which have these means and count with these weights."""
    weight, value = np.bincount(code, year.w, minlength=k), np.bincount(code, year.w * year.y, minlength=k)
    mean, population, share = value / weight, weight / weight.sum(), value / value.sum()
    parent = np.zeros(k, dtype=np.intp)
    parent[code] = outer
    inside = entropy(year.y, year.w, code, k, order)
    beyond = outer_mean[parent]
    level = np.divide(mean, beyond, out=np.ones_like(mean), where=beyond > 0)
    of_parent = weight / np.bincount(parent, weight)[parent]
    between = outer_weight[parent] * of_parent * terms(level, order)
    within = _factor(population, share, order) * inside
    return _Groups(mean, population, share, inside, within, between, parent)


def _totals(rows: Rows, found: Sequence[_Nested]) -> pl.DataFrame:
    total = np.array([one.total for one in found])
    columns: dict[str, Any] = {
        "n": [one.year.y.size for one in found],
        "mean": [one.year.mean for one in found],
        "theil": total,
    }
    parts = np.array([one.parts() for one in found])
    names = {0: (), 2: ("between", "within"), 3: ("between", "between_inner", "within")}[parts.shape[1]]
    columns |= {name: parts[:, i] for i, name in enumerate(names)}
    columns |= {f"share_{name}": ratio(parts[:, i], total) for i, name in enumerate(names)}
    return rows.table(columns)


def _groups(rows: Rows, found: Sequence[_Nested]) -> pl.DataFrame:
    columns: dict[str, list[Any]] = {}
    deep = len(found[0].levels) > 1

    def add(name: str, values: Sequence[Any] | Floats) -> None:
        columns.setdefault(name, []).extend(values)

    for one in found:
        for depth, (level, groups) in enumerate(zip(one.year.levels, one.levels, strict=True), start=1):
            add("level", [depth] * len(level.labels))
            add("group", [label[0] for label in level.labels])
            if deep:
                add("subgroup", [label[1] if depth == 2 else None for label in level.labels])
            add("n", level.count.tolist())
            add("mean", groups.mean)
            add("population_share", groups.population)
            add("value_share", groups.value)
            add("theil", np.where(groups.mean > 0, groups.inside, np.nan))
            add("between", groups.between)
            add("within", groups.within)
            for name, part in (("share_between", groups.between), ("share_within", groups.within)):
                add(name, ratio(part, np.full_like(part, one.total)) if one.total else np.full_like(part, np.nan))
    return rows.table(columns, [sum(len(level.labels) for level in one.year.levels) for one in found])
