"""Normalisation of a plain table: the function under the recipe's step, for any dataframe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import checked, groups_of, numbers
from nqpf.errors import DataError, MethodError, SpecError, Where, hint, listing
from nqpf.frames import backend_of, require
from nqpf.index.framework import Direction
from nqpf.index.normalise.direct import Ideal, direct
from nqpf.index.normalise.sample import Ground
from nqpf.index.normalise.scale import fit_on, lay, remarks
from nqpf.index.options.base import Ties, Window
from nqpf.index.options.normalise import GIVEN, Costs, Method, Normalise, Scaling
from nqpf.results import Method as Used
from nqpf.results import TableResult

Stated = str | tuple[Any, ...]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as an indicator."""

    id: str
    direction: str
    ideal: Ideal | None
    goalposts: tuple[float, float] | None = None
    goal: float | None = None


def normalise(
    data: Any,
    columns: Sequence[str],
    *,
    direction: str | Mapping[str, Stated] = "benefit",
    by: str | None = None,
    unit: str | None = None,
    method: Method = "minmax",
    scope: Literal["pooled", "yearly", "base", "frozen"] | None = None,
    base: Window | None = None,
    range: tuple[float, float] | None = None,
    mean: float | None = None,
    sd: float | None = None,
    ties: Ties | None = None,
    reference: str | None = None,
    year: int | None = None,
    limits: Mapping[str, tuple[float, float]] | None = None,
    goals: Mapping[str, float] | None = None,
    stated: Literal["measured", "directed"] | None = None,
    costs: Costs | None = None,
    outside: Literal["extend", "clip"] | None = None,
    on_constant: Literal["stop", "middle"] | None = None,
    each: Mapping[str, Scaling | Mapping[str, Any]] | None = None,
) -> TableResult:
    """Normalise columns of a table.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a unit (and year).
    columns
        Indicators.
    direction
        ``benefit`` or ``cost`` for all, or by column: ``"benefit"``, ``"cost"``, ``("target", a)``,
        ``("interval", a, b)``; columns it does not name are ``benefit``.
    by
        Column of years.
    unit
        Column of units, where a reference unit is named or each unit is measured against itself.
    method, base, range, mean, sd, ties, reference, year, limits, goals, stated, costs, outside, on_constant, each
        As in `Normalise`; what is not given has the default of the method.
    scope
        As in `Normalise`. Default: ``base`` where `base` is given, ``yearly`` where `by` is, else ``pooled``.

    Returns
    -------
    TableResult
        The table with `columns` replaced by their scores, higher better.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year; two rows for one unit and year.
    SpecError
        An option is not one of the choices or does not go with the method.
    MethodError
        An indicator is constant, all missing or negative where the method cannot take it; its direction is no
        direction.

    Examples
    --------
    >>> normalise({"x": [1.0, 3.0, 2.0]}, ["x"], direction="cost").frame["x"].to_list()
    [1.0, 0.0, 0.5]
    >>> series = {"year": [2020, 2021], "x": [4.0, 5.0]}
    >>> normalise(series, ["x"], by="year", method="base_index", year=2020).frame["x"].to_list()
    [100.0, 125.0]
    """
    options = {
        "method": method,
        "scope": scope or _scope(method, by, base, year),
        "base": base,
        "range": range,
        "mean": mean,
        "sd": sd,
        "ties": ties,
        "reference": reference,
        "year": year,
        "limits": limits,
        "goals": goals,
        "stated": stated,
        "costs": costs,
        "outside": outside,
        "on_constant": on_constant,
        "each": each,
    }
    frame, x = numbers(data, columns, by)
    how = checked(Normalise, **{key: value for key, value in options.items() if value is not None})
    words, ideals = _directions(columns, direction)
    found = [Column(c, word, ideal) for c, word, ideal in zip(columns, words, ideals, strict=True)]
    t, n, ground = _places(frame, by, unit, how, found)
    z = np.full((len(ground.periods), int(n.max()) + 1, len(columns)), np.nan)
    z[t, n] = direct(x, words, ideals)
    scores = lay(z, fit_on(z, how, ground), ground.units, ground.where)[t, n]
    replaced = frame.with_columns(pl.Series(c, scores[:, k]).fill_nan(None) for k, c in enumerate(columns))
    used = Used(f"normalise.{how.method}", how.model_dump(mode="json") | {"by": by, "unit": unit, "direction": words})
    return TableResult(replaced, used, remarks(how, found), backend_of(data))


def _scope(method: str, by: str | None, base: Window | None, year: int | None) -> str:
    if base is not None:
        return "base"
    return "yearly" if by and year is None and method not in (*GIVEN, "base_index") else "pooled"


def _places(
    frame: pl.DataFrame, by: str | None, unit: str | None, how: Normalise, found: Sequence[Column]
) -> tuple[Positions, Positions, Ground]:
    """Return the year and unit of each row in a cube of years × units, and the names along its axes."""
    every = (how, *how.each.values())
    timed = how.scope in ("yearly", "base") or any(one.year is not None for one in every)
    named = any(one.reference is not None for one in every)
    if timed and by is None:
        raise SpecError("column_needed", where=Where(key="by"), scope=how.scope, method=how.method)
    if named and unit is None:
        raise SpecError("column_needed", where=Where(key="unit"), scope=how.scope, method=how.method)
    groups = groups_of(frame, by)
    periods = [period for period, _ in groups]
    for period, rows in groups:
        if (how.base is not None or any(one.year is not None for one in every)) and not isinstance(period, int):
            raise DataError("not_a_year", where=Where(row=int(rows[0]) + 1), value=period)
    t, n = np.empty(frame.height, dtype=np.intp), np.empty(frame.height, dtype=np.intp)
    for position, (_, rows) in enumerate(groups):
        t[rows], n[rows] = position, np.arange(len(rows))
    units = None
    own_base = any(one.method == "base_index" for one in every)
    if unit is not None and (named or own_base):
        require(frame, unit)
        codes = frame[unit].cast(pl.String).fill_null("")
        units = codes.unique(maintain_order=True).to_list()
        n = codes.replace_strict(units, np.arange(len(units)), return_dtype=pl.Int64).to_numpy().astype(np.intp)
    elif own_base:
        n = np.zeros(frame.height, dtype=np.intp)  # a table without units is one unit over the years
    row = np.full((len(periods), int(n.max()) + 1), -1)
    row[t, n] = np.arange(frame.height)
    twins = frame.height - int((row >= 0).sum())
    if twins:
        raise DataError("twin_rows", count=twins)
    return t, n, Ground(found, periods, units, row=lambda t, n: int(row[t, n]) + 1)


def _directions(columns: Sequence[str], direction: str | Mapping[str, Stated]) -> tuple[list[str], list[Ideal | None]]:
    """Return the direction of each column and its ideal, where it has one."""
    if isinstance(direction, Mapping):
        for stray in (name for name in direction if name not in columns):
            raise DataError("unknown_column", column=stray, options=listing(columns, 20), hint=hint(stray, columns))
        stated = [direction.get(column, "benefit") for column in columns]
    else:
        stated = [direction for _ in columns]
    found = [(d, ()) if isinstance(d, str) else (str(d[0]), tuple(d[1:])) for d in stated]
    for column, (word, ends) in zip(columns, found, strict=True):
        wanted = {"target": 1, "interval": 2}.get(word, 0)
        fitting = len(ends) == wanted and all(isinstance(e, int | float) for e in ends) and list(ends) == sorted(ends)
        if word not in get_args(Direction) or not fitting:
            raise MethodError("bad_direction", where=Where(indicator=column), value=", ".join(map(str, (word, *ends))))
    return [word for word, _ in found], [(float(ends[0]), float(ends[-1])) if ends else None for _, ends in found]
