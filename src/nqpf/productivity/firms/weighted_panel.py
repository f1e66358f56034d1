"""Productivity and weights of units over years, as arrays of years × units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, Where
from nqpf.frames import require
from nqpf.productivity.firms.turnover import Flags, Floats, Integers
from nqpf.productivity.firms.usable import Unusable, read_rows


@dataclass(frozen=True, slots=True, eq=False)
class WeightedPanel:
    """T years and N units; a unit that changes group is one unit in each.

    Attributes
    ----------
    years
        T years that the table has.
    units, groups
        N names and N groups; `names` are those of the G groups in order.
    group, names
        ``int[N]`` group of each unit; G names, one empty name without groups.
    share, value
        ``float64[T, N]`` weights over their sum in the year, and productivity; 0 where a unit is absent.
    here
        ``bool[T, N]``.
    grouped
        Whether there is a column of groups.
    left_out
        Rows that could not be used.
    """

    years: list[int]
    units: pl.Series
    group: Integers
    names: pl.Series
    share: Floats
    value: Floats
    here: Flags
    grouped: bool
    left_out: pl.DataFrame


def read_panel(
    frame: pl.DataFrame,
    columns: tuple[str, str],
    keys: tuple[str, str, str | None],
    *,
    values: Literal["as_given", "log"],
    weights: Literal["normalise", "as_given"],
    unusable: Unusable,
) -> WeightedPanel:
    """Return productivity and weights by unit and year.

    Parameters
    ----------
    frame
        The table.
    columns
        Columns of productivity and of weights.
    keys
        Columns of units, of years and of groups (or None).
    values, weights, unusable
        As `nqpf.productivity.firms.decompose.decompose` takes them.
    """
    choose("values", values, ("as_given", "log"))
    choose("weights", weights, ("normalise", "as_given"))
    tfp, weight = columns
    unit, time, group = keys
    key = Keyed.of(frame, unit, time)
    found, left = read_rows(key, {tfp: "positive" if values == "log" else "any", weight: "not_negative"}, unusable)
    kept = np.ones(frame.height, dtype=bool)
    kept[left["row"].to_numpy()] = False
    if not kept.any():
        raise DataError("firms_none_left", count=frame.height)
    names, code = _groups(key, group)
    named = frame[unit].alias("unit")
    n, inverse = np.unique((key.n * names.len() + code)[kept], return_inverse=True)
    present, t = np.unique(key.t[kept], return_inverse=True)
    shape = (present.size, n.size)
    share, value, here = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    share[t, inverse] = found[weight][kept]
    value[t, inverse] = np.log(found[tfp][kept]) if values == "log" else found[tfp][kept]
    here[t, inverse] = True
    years = key.years[present].tolist()
    return WeightedPanel(
        years,
        named.gather(np.unique(key.n, return_index=True)[1][n // names.len()]),
        n % names.len(),
        names,
        _summing_to_one(share, years, weights),
        value,
        here,
        group is not None,
        _listed(key, named, left),
    )


def _groups(key: Keyed, group: str | None) -> tuple[pl.Series, Integers]:
    if group is None:
        return pl.Series("group", [""]), np.zeros(key.frame.height, dtype=np.intp)
    require(key.frame, group)
    written = key.frame[group].cast(pl.String)
    if written.has_nulls():
        raise DataError("firms_no_group", where=key.where(int(written.is_null().arg_true()[0]), group))
    names = written.unique().sort().alias("group")
    code = written.replace_strict(names, np.arange(names.len()), return_dtype=pl.Int64)
    return names, code.to_numpy().astype(np.intp)


def _summing_to_one(weight: Floats, years: list[int], weights: str) -> Floats:
    total = weight.sum(axis=1)
    for year, one in zip(years, total.tolist(), strict=True):
        if one <= 0:
            raise MethodError("firms_weightless", where=Where(period=year))
        if weights == "as_given" and abs(one - 1) > 1e-9:
            raise MethodError("firms_weights_not_one", where=Where(period=year), total=one)
    return np.asarray(weight / total[:, None])


def _listed(key: Keyed, named: pl.Series, left: pl.DataFrame) -> pl.DataFrame:
    """Return the rows left out with their keys."""
    row = left["row"].to_numpy()
    time = pl.Series("time", key.years[key.t[row]])
    return left.select(pl.col("row") + 1, named.gather(row), time, "column", "value", "reason").sort("row")
