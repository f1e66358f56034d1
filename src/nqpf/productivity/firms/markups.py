"""Markups of firms by De Loecker and Warzynski (2012, doi:10.1257/aer.102.6.2437).

A firm that minimises cost spends on a flexible input the share α = θ/μ of its revenue, with θ the elasticity of output
and μ price over marginal cost; so μ = θ/α, where revenue is cleared of the noise that the firm did not foresee.
"""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of
from nqpf.productivity.firms.production_result import ProductionFunction
from nqpf.productivity.firms.production_tables import intervals
from nqpf.productivity.firms.usable import read_rows
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]


def markups(
    data: Any,
    elasticity: ProductionFunction | float,
    cost: str,
    revenue: str,
    *,
    unit: str,
    time: str,
    input: str | None = None,
    correct: bool = True,
    level: float = 0.95,
    unusable: Literal["refuse", "leave_out"] = "refuse",
) -> TableResult:
    """Return the markup of every firm and year.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row for each unit and year.
    elasticity
        A production function, or the output elasticity of the flexible input as a number.
    cost, revenue
        What is spent on the flexible input, and revenue; not in logs, in one unit of money.
    unit, time
        Columns of the firm and the year; with a production function they are looked up there.
    input
        The flexible input of the production function, e.g. materials.
    correct
        Take the noise of the first stage out of revenue: α = cost · exp(noise) / revenue. False: shares as observed,
        as it must be with a number or a method without a first stage.
    level
        Of the intervals; they come from the draws of the production function's bootstrap, at given shares.
    unusable
        Rows with missing cells, or cost or revenue that is not positive: ``refuse``, or ``leave_out`` and say so.

    Returns
    -------
    TableResult
        Unit, time, ``share`` α, ``markup``, ``low``, ``high`` (null without draws), a row for each row of the table.

    Raises
    ------
    DataError
        A column is absent, two rows have one key, or a cell cannot be used.
    SpecError
        `input` without a production function, or the other way round.
    MethodError
        The elasticity is not positive; there is no noise to correct by.

    References
    ----------
    De Loecker and Warzynski (2012), American Economic Review 102(6), doi:10.1257/aer.102.6.2437.

    Examples
    --------
    >>> rows = {"firm": ["a", "b"], "year": [2020, 2020], "wages": [20.0, 50.0], "sales": [100.0, 100.0]}
    >>> markups(rows, 0.6, "wages", "sales", unit="firm", time="year", correct=False).frame["markup"].round(6).to_list()
    [3.0, 1.2]
    """
    function = elasticity if isinstance(elasticity, ProductionFunction) else None
    if (function is None) != (input is None):
        raise SpecError("markup_needs", where=Where(key="input"))
    if not 0 < level < 1:
        raise SpecError("pf_level", where=Where(key="level"), value=level)
    if function is None and not isinstance(elasticity, Real):
        raise SpecError("markup_needs", where=Where(key="elasticity"))
    theta = float(elasticity) if function is None else function.elasticity(str(input))  # type: ignore[arg-type]
    if not theta > 0:
        raise MethodError("markup_elasticity", where=Where(indicator=input), value=theta)
    key = Keyed.of(data, unit, time)
    columns, out = read_rows(key, {cost: "positive", revenue: "positive"}, unusable)
    usable = np.ones(key.frame.height, dtype=bool)
    usable[out["row"].to_numpy()] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(usable, columns[cost] / columns[revenue], np.nan)
    if correct:
        share = share * np.exp(_noise(key, function, usable))
    markup = theta / share
    bounds = _bounds(function, input, theta, level)
    table = {"share": share, "markup": markup} | {name: bound / share for name, bound in bounds.items()}
    frame = pl.concat([key.frame.select(unit, time), pl.DataFrame(table)], how="horizontal")
    options = {"input": input, "elasticity": theta, "correct": correct, "level": level, "unusable": unusable}
    return TableResult(
        frame.with_columns(pl.col(*table).fill_nan(None)),
        Method("firms.markups", options),
        _remarks(share, markup, correct, int((~usable).sum())),
        backend_of(data),
    )


def _noise(key: Keyed, function: ProductionFunction | None, usable: NDArray[np.bool_]) -> Floats:
    """Return ``float64[R]``, the first stage's noise of each row by its key."""
    if function is None or function.frame["noise"].null_count() == function.frame.height:
        raise MethodError("markup_no_noise", method="elasticity" if function is None else function.method.id)
    theirs = Keyed.of(function.frame, *function.keys)
    known = _keys(theirs).with_columns(function.frame["noise"])
    found = _keys(key).join(known, on=["unit", "year"], how="left", maintain_order="left")
    noise = found["noise"].fill_null(np.nan).to_numpy()
    absent = np.flatnonzero(np.isnan(noise) & usable)
    if absent.size:
        raise MethodError("markup_no_row", where=key.where(int(absent[0])))
    return noise


def _keys(of: Keyed) -> pl.DataFrame:
    return pl.DataFrame({"unit": np.array(of.units)[of.n], "year": of.years[of.t]})


def _bounds(function: ProductionFunction | None, input: str | None, theta: float, level: float) -> dict[str, float]:
    """Return low and high of the elasticity, NaN without draws."""
    if function is None or not function.draws.height:
        return {"low": np.nan, "high": np.nan}
    draws = function.draws[str(input)].fill_null(np.nan).to_numpy()[:, None]
    found = intervals(np.array([theta]), None, draws, level)
    return {"low": float(found["low"][0]), "high": float(found["high"][0])}


def _remarks(share: Floats, markup: Floats, correct: bool, left_out: int) -> tuple[Note, ...]:
    rows = int(np.isfinite(markup).sum())
    notes = []
    if left_out:
        notes.append(Note("markup_left_out", "warning", {"count": left_out}))
    if not correct:
        notes.append(Note("markup_uncorrected", "warning"))
    if above := int((share > 1).sum()):
        notes.append(Note("markup_share_above_one", "warning", {"count": above}))
    if below := int((markup < 1).sum()):
        notes.append(Note("markup_below_one", "info", {"count": below, "rows": rows}))
    return tuple(notes)
