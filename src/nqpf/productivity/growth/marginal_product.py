"""Has the fall of capital's marginal product been stopped? Marginal products, capital–output ratios, returns to scale.

With a share α of capital, capital's marginal product is α Y/K (Caselli and Feyrer 2007, doi:10.1162/qjec.122.2.535).
Trends before and after a year are Sen's (`nqpf.numerics.sen`); the interval of their difference joins both intervals
(Zou and Donner 2008, doi:10.1002/sim.3095). Constant returns: a Wald test within units and years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.numerics.sen import LEAST, Slope, sen_slope
from nqpf.numerics.within import covariance, demeaned, fit
from nqpf.productivity.growth.cells import Cells, Floats, Gaps, capital_share, read
from nqpf.results import Method, Note, TableResult

FEW_UNITS, FEW_CLUSTERS = 10, 40
"""Fewer units give no test of returns; with fewer clusters its level is not exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginalProduct(TableResult):
    """Capital's marginal product and whether its fall stopped.

    Attributes
    ----------
    frame
        A row for each unit, and with null for all together (sums) where there are several: unit, first, split (last
        year before), last, before, before_low, before_high, after, after_low, after_high (trend of ln MPK a year),
        change, low, high (after less before), capital_output (trend of ln K/Y over all years), verdict: ``overcome``
        (it fell before, the trend rose, and it falls no more), ``slower`` (likewise, but it still falls), ``falling``
        (it falls after the split), ``not_fallen`` (no fall before is shown), ``not_shown``, ``not_assessed`` (either
        part has fewer than eight years).
    series
        unit, period, marginal_product, capital_output, and with labour capital_labour.
    returns
        A row of the test of constant returns: units, rows, capital, labour (elasticities), scale (their sum), error,
        low, high, p, verdict (``increasing``, ``decreasing``, ``not_rejected``); none without labour, or with fewer
        than ten units.
    """

    series: pl.DataFrame
    returns: pl.DataFrame


def marginal_product(
    data: Any,
    output: str,
    capital: str,
    labour: str | None = None,
    *,
    share: float | str,
    time: str,
    unit: str | None = None,
    split: int | None = None,
    level: float = 0.95,
    gaps: Gaps = "error",
) -> MarginalProduct:
    """Return capital's marginal product, its trends before and after a year, and a test of constant returns.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    output, capital
        Columns of output and capital at constant prices, above zero.
    labour
        Column of persons or hours; without it returns to scale are not tested.
    share
        Share of capital in income: a number, or a column.
    time, unit
        Columns of years and of units (None: a single series).
    split
        Last year before the change that is asked about; default: the middle year.
    level
        Of the intervals and of the test.
    gaps
        ``error``: an absent year within a unit's years stops the run. ``skip``: it is left out.

    Returns
    -------
    MarginalProduct
        See there.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a year is absent.
    MethodError
        A number is not above zero, or a share lies outside 0 to 1.
    SpecError
        The split lies outside the years, or an option will not do.

    References
    ----------
    Caselli and Feyrer (2007), doi:10.1162/qjec.122.2.535. Zou and Donner (2008), doi:10.1002/sim.3095.

    Examples
    --------
    >>> years = list(range(2000, 2020))
    >>> k = [100 * 1.08**t for t in range(20)]
    >>> y = [50 * 1.05 ** min(t, 10) * 1.09 ** max(t - 10, 0) for t in range(20)]
    >>> found = marginal_product({"year": years, "y": y, "k": k}, "y", "k", share=0.4, time="year", split=2010)
    >>> found.frame.select(pl.col("before", "after").round(3), "verdict").rows()
    [(-0.028, 0.009, 'overcome')]
    """
    if not 0 < level < 1:
        raise SpecError("growth_between", where=Where(key="level"), value=level, low=0, high=1)
    columns = [output, capital, *([labour] if labour else [])]
    cells = read(data, unit, time, [*columns, *([share] if isinstance(share, str) else [])], gaps, positive=columns)
    at = (cells.first + cells.last) // 2 if split is None else split
    if not cells.first < at < cells.last:
        raise SpecError("growth_between", where=Where(key="split"), value=at, low=cells.first, high=cells.last)
    alpha = capital_share(cells, share, "capital")
    y, k = cells.values[output], cells.values[capital]
    names: list[str | None] = [*cells.table.units]
    product, ratio = alpha * y / k, k / y
    series = _series(cells, product, ratio, None if labour is None else k / cells.values[labour])
    if len(names) > 1:
        names.append(None)
        product = np.column_stack([product, (alpha * y).sum(axis=1) / k.sum(axis=1)])
        ratio = np.column_stack([ratio, k.sum(axis=1) / y.sum(axis=1)])
    years = cells.table.years.astype(float)
    frame = pl.DataFrame(
        [{"unit": u} | _row(years, product[:, n], ratio[:, n], at, level) for n, u in enumerate(names)], schema=SCHEMA
    )
    options = {"output": output, "capital": capital, "labour": labour, "share": share, "split": at}
    returns = None if labour is None else _returns(cells, columns, level)
    return MarginalProduct(
        frame,
        Method("growth.marginal_product", options | {"level": level, "gaps": gaps}),
        (*cells.notes, *_notes(frame, returns)),
        backend_of(data),
        series=series,
        returns=pl.DataFrame([] if returns is None else [returns], schema=RETURNS),
    )


SCHEMA: dict[str, Any] = {
    "unit": pl.String,
    **dict.fromkeys(("first", "split", "last"), pl.Int64),
    **dict.fromkeys(("before", "before_low", "before_high", "after", "after_low", "after_high"), pl.Float64),
    **dict.fromkeys(("change", "low", "high", "capital_output"), pl.Float64),
    "verdict": pl.String,
}
RETURNS: dict[str, Any] = {
    **dict.fromkeys(("units", "rows"), pl.Int64),
    **dict.fromkeys(("capital", "labour", "scale", "error", "low", "high", "p"), pl.Float64),
    "verdict": pl.String,
}


def _row(years: Floats, product: Floats, ratio: Floats, at: int, level: float) -> dict[str, Any]:
    there = ~np.isnan(product)
    row: dict[str, Any] = {"split": at, "verdict": "not_assessed"}
    if not there.any():
        return row
    row |= {"first": int(years[there][0]), "last": int(years[there][-1])}
    if there.sum() >= LEAST:
        row["capital_output"] = sen_slope(np.log(ratio[there]), years[there], level).slope
    parts = [there & (years <= at), there & (years >= at)]  # the year of the split belongs to both
    if min(part.sum() for part in parts) < LEAST:
        return row
    before, after = (sen_slope(np.log(product[part]), years[part], level) for part in parts)
    change = after.slope - before.slope
    low = change - float(np.hypot(after.slope - after.low, before.high - before.slope))
    high = change + float(np.hypot(after.high - after.slope, before.slope - before.low))
    for name, one in (("before", before), ("after", after)):
        row |= {name: one.slope, f"{name}_low": one.low, f"{name}_high": one.high}
    return row | {"change": change, "low": low, "high": high, "verdict": _verdict(before, after, low)}


def _verdict(before: Slope, after: Slope, low: float) -> str:
    if after.high < 0:
        return "slower" if before.high < 0 < low else "falling"
    if before.high >= 0:
        return "not_fallen"
    return "overcome" if low > 0 and after.slope >= 0 else "not_shown"


def _series(cells: Cells, product: Floats, ratio: Floats, per_head: Floats | None) -> pl.DataFrame:
    n, t = np.nonzero(cells.present.T)
    columns: dict[str, Any] = {"unit": [cells.table.units[i] for i in n], "period": cells.table.years[t]}
    columns |= {"marginal_product": product[t, n], "capital_output": ratio[t, n]}
    if per_head is not None:
        columns["capital_labour"] = per_head[t, n]
    return pl.DataFrame(columns, schema_overrides={"unit": pl.String, "period": pl.Int64})


def _returns(cells: Cells, columns: list[str], level: float) -> dict[str, Any] | None:
    """Return elasticities within units and years, clustered by unit, and the test that they sum to 1."""
    from scipy.special import stdtr, stdtrit

    t, n = np.nonzero(cells.present)
    codes = [np.unique(one, return_inverse=True)[1] for one in (n, t)]
    units = int(codes[0].max()) + 1
    if units < FEW_UNITS:
        return None
    logs = np.log(np.column_stack([cells.values[c][t, n] for c in columns]))
    plain, effects = demeaned(logs, codes)
    x = plain[:, 1:]
    fitted = fit(plain[:, 0], x, effects, np.sqrt((logs[:, 1:] ** 2).sum(axis=0)))
    if fitted.aliased or fitted.freedom < 1:
        return None
    v = covariance(fitted, x, codes[0], nested=units - 1)
    scale, error = float(fitted.coefficients.sum()), float(np.sqrt(v.sum()))
    reach = float(stdtrit(units - 1, (1 + level) / 2)) * error
    p = float(2 * stdtr(units - 1, -abs(scale - 1) / error)) if error > 0 else float(scale == 1)
    verdict = "not_rejected" if p >= 1 - level else "increasing" if scale > 1 else "decreasing"
    row = {"units": units, "rows": len(logs), "capital": fitted.coefficients[0], "labour": fitted.coefficients[1]}
    return row | {
        "scale": scale, "error": error, "low": scale - reach, "high": scale + reach, "p": p, "verdict": verdict,
    }  # fmt: skip


def _notes(frame: pl.DataFrame, returns: dict[str, Any] | None) -> list[Note]:
    notes = []
    short = frame.filter(verdict="not_assessed").height
    if short:
        notes.append(Note("marginal_short", values={"count": short, "total": frame.height, "least": LEAST}))
    if returns is not None:
        notes.append(Note("marginal_returns", "info"))
        if returns["units"] < FEW_CLUSTERS:
            notes.append(Note("lead_lag_clusters", "warning", {"clusters": returns["units"]}))
    return notes
