"""Does technology displace labour or reinstate it: the wage bill taken apart by the tasks that labour does.

Acemoglu and Restrepo (2019, doi:10.1257/jep.33.2.3): the wage bill grows by productivity (value added), composition
(towards industries where labour's share is high), substitution (labour against capital as their prices move) and the
task content of production. Falls of an industry's task content over five years are displacement, rises reinstatement.
With logarithmic-mean weights (Montgomery–Vartia) the parts add up exactly; their weights of the first year do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, SpecError, Where
from nqpf.frames import backend_of, require, to_polars
from nqpf.productivity.growth.cells import Cells, Floats, read, refuse_absent
from nqpf.results import Method, Note, TableResult

Weights = Literal["exact", "base"]
WEIGHTS: tuple[Weights, ...] = ("exact", "base")
SAME = 1e-9
"""Relative difference by which a figure of the whole economy may differ between rows of industries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Displacement(TableResult):
    """Sources of growth of the wage bill.

    Attributes
    ----------
    frame
        A row for each unit and year after the first: unit, period, wage_bill (change of its log since the first year)
        = productivity + composition + substitution + task_content + residual (0 with exact weights); and task_content
        = displacement + reinstatement + passing (what the years around take back).
    industries
        The same by industry: unit, industry, period, labour_share, task_content, displacement, reinstatement
        (contributions to the whole since the first year).
    verdicts
        unit, first, last, displacement, reinstatement (a year), task_content (a year), verdict: ``displaced`` or
        ``reinstated`` (the larger in size), ``balanced`` where both are the same.
    """

    industries: pl.DataFrame
    verdicts: pl.DataFrame


def displacement(
    data: Any,
    value_added: str,
    labour_income: str,
    *,
    industry: str,
    time: str,
    unit: str | None = None,
    wage: str | None = None,
    rental: str | None = None,
    per: str | None = None,
    sigma: float = 0.8,
    augmenting: float = 0.0,
    window: int = 5,
    weights: Weights = "exact",
) -> Displacement:
    """Take growth of the wage bill apart into productivity, composition, substitution, displacement and reinstatement.

    Parameters
    ----------
    data
        Table with a row for each unit, industry and year; every industry in every year.
    value_added, labour_income
        Columns of value added and of compensation of labour at prices of the year, above zero.
    industry, time, unit
        Columns of industries, of years and of units (None: one economy).
    wage, rental
        Columns of the price of labour and of the rental price of capital, above zero; without them `sigma` must be 1,
        for which there is no substitution.
    per
        Column that both money columns are divided by (price index times population, say), the same for all industries
        of a unit and year.
    sigma
        Elasticity of substitution between labour and capital; 0.8 in the paper.
    augmenting
        Growth a year of labour's productivity relative to capital's (1.46 % for the United States 1987–2017 there).
    window
        Odd number of years over which changes of task content are averaged before they count as displacement or
        reinstatement; at the ends there are fewer.
    weights
        ``exact``: logarithmic means. ``base``: labour income of the first year, as in the paper; leaves a residual.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, an industry or year is absent, `per` differs within a year.
    MethodError
        A number is not above zero.
    SpecError
        An option will not do, or prices are absent and `sigma` is not 1.

    References
    ----------
    Acemoglu and Restrepo (2019), Journal of Economic Perspectives 33(2), 3–30, doi:10.1257/jep.33.2.3.

    Examples
    --------
    >>> table = {"i": ["a", "b"] * 3, "t": [2000, 2000, 2001, 2001, 2002, 2002], "va": [10.0, 10] * 3,
    ...          "lab": [6.0, 4.0, 5.5, 4.0, 5.0, 4.0]}
    >>> found = displacement(table, "va", "lab", industry="i", time="t", sigma=1)
    >>> found.frame.select(pl.col("wage_bill", "task_content", "reinstatement").round(4)).rows()[-1]
    (-0.1054, -0.1054, 0.0)
    """
    _check(sigma, window, weights, wage, rental)
    frame = to_polars(data)
    require(frame, industry, time, *([unit] if unit else []))
    columns = [value_added, labour_income, *(c for c in (wage, rental, per) if c)]
    names: list[str | None] = [None]
    if unit is not None:
        if frame[unit].has_nulls():
            raise DataError("no_unit", where=Where(row=int(frame[unit].is_null().arg_true()[0]) + 1))
        names = frame[unit].cast(pl.String).unique(maintain_order=True).to_list()
    found, parts, verdicts, notes = [], [], [], []
    for name in names:
        rows = frame if unit is None else frame.filter(pl.col(unit).cast(pl.String) == name)
        cells = read(rows, industry, time, columns, "error")
        refuse_absent(cells)
        shares = _shares(cells, value_added, labour_income, per)
        tasks = _tasks(cells, shares, wage, rental, sigma, augmenting)
        whole, by_industry = _parts(shares, tasks, window, weights)
        found.append(_frame(name, cells.table, whole))
        parts.append(_industries(name, cells.table, shares["labour"], by_industry))
        verdicts.append(_verdict(name, cells.table, whole))
        if cells.table.years.size < window + 1:
            notes.append(Note("displacement_short", values={"years": cells.table.years.size, "window": window}))
    options: dict[str, Any] = {"value_added": value_added, "labour_income": labour_income, "wage": wage, "per": per}
    options |= {"rental": rental, "sigma": sigma, "augmenting": augmenting, "window": window, "weights": weights}
    return Displacement(
        pl.concat(found),
        Method("growth.displacement", options),
        tuple(notes[:1]),
        backend_of(data),
        industries=pl.concat(parts),
        verdicts=pl.DataFrame(verdicts, schema=VERDICTS),
    )


VERDICTS: dict[str, Any] = {
    "unit": pl.String,
    **dict.fromkeys(("first", "last"), pl.Int64),
    **dict.fromkeys(("displacement", "reinstatement", "task_content"), pl.Float64),
    "verdict": pl.String,
}


def _check(sigma: float, window: int, weights: str, wage: str | None, rental: str | None) -> None:
    choose("weights", weights, WEIGHTS)
    if sigma < 0:
        raise SpecError("growth_least", where=Where(key="sigma"), value=sigma, least=0)
    if window < 1 or window % 2 == 0:
        raise SpecError("displacement_window", where=Where(key="window"), value=window)
    if sigma != 1 and (wage is None or rental is None):
        raise SpecError("growth_needs", where=Where(key="sigma"), value=f"sigma={sigma:g}", needed="wage, rental")


def _shares(cells: Cells, value_added: str, labour_income: str, per: str | None) -> Mapping[str, Floats]:
    """Return value added, its shares by industry and labour's share in each, ``float64[T, S]``."""
    value, income = cells.values[value_added], cells.values[labour_income]
    whole = value.sum(axis=1)
    if per is not None:
        divisor = cells.values[per]
        differs = np.abs(divisor - divisor[:, :1]) > SAME * divisor[:, :1]
        if differs.any():
            t, n = (int(k[0]) for k in np.nonzero(differs))
            raise DataError("displacement_per", where=cells.place(t, n, per))
        whole = whole / divisor[:, 0]
    return {"industry": value / value.sum(axis=1, keepdims=True), "labour": income / value, "whole": whole}


def _tasks(
    cells: Cells, shares: Mapping[str, Floats], wage: str | None, rental: str | None, sigma: float, augmenting: float
) -> tuple[Floats, Floats]:
    """Return yearly changes of log labour shares by substitution and by task content, ``float64[T − 1, S]``."""
    change = np.diff(np.log(shares["labour"]), axis=0)
    substitution = np.zeros_like(change)
    if wage is not None and rental is not None:
        relative = np.diff(np.log(cells.values[wage] / cells.values[rental]), axis=0) - augmenting
        substitution = (1 - sigma) * (1 - shares["labour"][0]) * relative
    return substitution, change - substitution


def _parts(
    shares: Mapping[str, Floats], tasks: tuple[Floats, Floats], window: int, weights: str
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return parts since the first year of the whole ``float64[T − 1]`` and of industries ``float64[T − 1, S]``."""
    first, labour = shares["industry"][0], shares["labour"]
    held = first * labour  # the labour share had industries kept their sizes
    total = held.sum(axis=1)
    if weights == "exact":
        weight = _log_mean(held[1:], held[:-1]) / _log_mean(total[1:], total[:-1])[:, None]
    else:
        weight = np.broadcast_to(held[0] / total[0], held[1:].shape)
    substitution, content = (weight * one for one in tasks)
    smooth = _moving(tasks[1], window)
    split = {
        "task_content": content,
        "displacement": weight * np.minimum(smooth, 0),
        "reinstatement": weight * np.maximum(smooth, 0),
    }
    by_industry = {name: one.cumsum(axis=0) for name, one in split.items()}
    actual = (shares["industry"] * labour).sum(axis=1)
    whole = {
        "wage_bill": np.log(shares["whole"][1:] * actual[1:] / (shares["whole"][0] * actual[0])),
        "productivity": np.log(shares["whole"][1:] / shares["whole"][0]),
        "composition": np.log(actual[1:] / total[1:]),
        "substitution": substitution.sum(axis=1).cumsum(),
    }
    whole |= {name: one.sum(axis=1) for name, one in by_industry.items()}
    whole["passing"] = whole["task_content"] - whole["displacement"] - whole["reinstatement"]
    explained = sum(whole[name] for name in ("productivity", "composition", "substitution", "task_content"))
    whole["residual"] = whole["wage_bill"] - explained
    return whole, by_industry


def _log_mean(a: Floats, b: Floats) -> Floats:
    """Return (a − b) / ln(a / b), a where both are the same."""
    ratio = np.log(a / b)
    near = np.abs(ratio) < 1e-8
    return np.asarray(np.where(near, (a + b) / 2, (a - b) / np.where(near, 1.0, ratio)))


def _moving(change: Floats, window: int) -> Floats:
    """Return means over the window around each year, of the years that there are."""
    half = window // 2
    sums = np.vstack([np.zeros((1, change.shape[1])), change.cumsum(axis=0)])
    at = np.arange(len(change))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(change))
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None])


def _frame(name: str | None, table: Keyed, whole: Mapping[str, Floats]) -> pl.DataFrame:
    order = ("wage_bill", "productivity", "composition", "substitution", "task_content")
    shown = (*order, "displacement", "reinstatement", "passing", "residual")
    years = table.years[1:]
    keys = {"unit": [name] * years.size, "period": years}
    return pl.DataFrame(
        keys | {part: whole[part] for part in shown}, schema_overrides={"unit": pl.String, "period": pl.Int64}
    )


def _industries(name: str | None, table: Keyed, labour: Floats, parts: Mapping[str, Floats]) -> pl.DataFrame:
    years, many = table.years[1:], len(table.units)
    keys = {
        "unit": [name] * (years.size * many),
        "industry": np.repeat(np.array(table.units, dtype=object), years.size).tolist(),
        "period": np.tile(years, many),
        "labour_share": labour[1:].T.ravel(),
    }
    kinds = {"unit": pl.String, "industry": pl.String, "period": pl.Int64}
    return pl.DataFrame(keys | {part: one.T.ravel() for part, one in parts.items()}, schema_overrides=kinds)


def _verdict(name: str | None, table: Keyed, whole: Mapping[str, Floats]) -> dict[str, Any]:
    years = float(table.years[-1] - table.years[0])
    lost, won, content = (float(whole[p][-1]) / years for p in ("displacement", "reinstatement", "task_content"))
    net = lost + won
    verdict = "displaced" if net < -1e-12 else "reinstated" if net > 1e-12 else "balanced"
    ends = {"first": int(table.years[0]), "last": int(table.years[-1])}
    return {"unit": name, **ends, "displacement": lost, "reinstatement": won, "task_content": content} | {
        "verdict": verdict
    }
