"""Formulas over raw series, written as SQL expressions and evaluated by polars: no code runs, no name is guessed.

``rd_expenditure / gdp * 100``, ``ln(patents + 1)``, ``gdp / LAG(gdp) OVER (PARTITION BY unit ORDER BY period) - 1``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from nqpf.data.panel import Cube, Panel
from nqpf.errors import DataError, SpecError, Where, hint, listing

KEYS = ("unit", "period")
"""Columns beside the series that a formula may name, in windows."""


def names_in(formula: str, where: Where | None = None) -> list[str]:
    """Return the series a formula names.

    Raises
    ------
    SpecError
        The formula is not an SQL expression over numbers.

    Examples
    --------
    >>> names_in("rd / gdp * 100")
    ['rd', 'gdp']
    """
    try:
        meta = pl.sql_expr(formula).meta
        names = meta.root_names()
    except pl.exceptions.PolarsError as error:
        problem = str(error).splitlines()[0]
        raise SpecError("formula_syntax", where=where, formula=formula, problem=problem) from None
    if not meta.eq(meta.undo_aliases()):  # SQL takes the second word of "rd gdp" for a new name of the first
        raise SpecError("formula_two_words", where=where, formula=formula, name=meta.output_name())
    return [n for n in dict.fromkeys(names) if n not in KEYS]


def evaluate(panel: Panel, formula: str, *, name: str, where: Where | None = None) -> Cube:
    """Return a formula's value for every year and unit.

    Parameters
    ----------
    panel
        Raw series.
    formula
        SQL expression over their ids.
    name
        Indicator that the formula defines, for messages.
    where
        Where the formula is written.

    Returns
    -------
    ndarray, shape (T, N)
        NaN where a series the formula needs is missing.

    Raises
    ------
    SpecError
        The formula is no expression, or names a series there is not; the message says what there is.
    DataError
        The formula has no value although its series do: division by zero, logarithm of a number not positive.
    """
    names = names_in(formula, where)
    for absent in (n for n in names if n not in panel.indicators):
        near, options = hint(absent, panel.indicators), listing(panel.indicators, 40)
        raise SpecError(
            "unknown_series_in_formula", where=where, series=absent, formula=formula, options=options, hint=near
        )
    periods, units = len(panel.periods), len(panel.units)
    columns = {n: panel.values[:, :, panel.index(n)].reshape(-1) for n in names}
    keys = {"unit": np.tile(panel.units, periods), "period": np.repeat(panel.periods, units)}
    frame = pl.DataFrame(keys | columns).with_columns(pl.col(n).fill_nan(None) for n in names)
    try:
        result = frame.with_columns(pl.sql_expr(formula).cast(pl.Float64).alias("·"))["·"]
    except pl.exceptions.PolarsError as error:
        problem = str(error).splitlines()[0]
        raise SpecError("formula_syntax", where=where, formula=formula, problem=problem) from None
    undefined = (~result.is_finite()).fill_null(False)
    if undefined.any():
        row = frame.row(int(undefined.arg_true()[0]), named=True)
        inputs = ", ".join(f"{n} = {row[n]:g}" for n in names if row[n] is not None)
        place = replace(where or Where(), unit=panel.labels[row["unit"]], indicator=name, period=row["period"])
        raise DataError("formula_undefined", where=place, formula=formula, inputs=inputs, count=int(undefined.sum()))
    return result.fill_null(np.nan).to_numpy().reshape(periods, units)
