"""Do industries themselves turn to skilled labour, and are there fewer jobs for ordinary labour.

Berman, Bound and Griliches (1994, doi:10.2307/2118467): the share of skilled persons rises because it rises within
industries, which is what skill-biased technology would do, or because industries that employ more of them grow. Both
parts add up exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, Where
from nqpf.frames import backend_of, require, to_polars
from nqpf.productivity.growth.cells import Cells, Floats, spans
from nqpf.results import Method, TableResult


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillBias(TableResult):
    """Sources of a rising share of skilled labour.

    Attributes
    ----------
    frame
        A row for each unit and period: unit, first, last, before, after (share of skilled persons), change = within +
        between, ordinary (change of the number of other persons, as a share of it at the start), verdict: ``replaced``
        (within is above zero and there are fewer ordinary jobs), ``upgraded`` (within above zero, as many or more),
        ``not_biased``.
    industries
        The same by industry: unit, industry, first, last, before, after, within, between, ordinary (persons).
    """

    industries: pl.DataFrame


def skill_bias(
    data: Any,
    skilled: str,
    persons: str,
    *,
    industry: str,
    time: str,
    unit: str | None = None,
    periods: Sequence[tuple[int, int]] | None = None,
) -> SkillBias:
    """Take the change of the share of skilled labour apart into within and between industries.

    Parameters
    ----------
    data
        Table with a row for each unit, industry and year; every industry in the years that are compared.
    skilled, persons
        Columns of skilled persons, not negative, and of all persons, above zero. Skilled are whoever the user counts:
        by schooling or by occupation.
    industry, time, unit
        Columns of industries, of years and of units (None: one economy).
    periods
        First and last years compared; default: the first and the last year.

    Raises
    ------
    DataError
        A column is absent, keys stand twice, or an industry is absent in a year compared.
    MethodError
        Persons are not above zero, or skilled ones are below zero or more than all, or there are no ordinary persons.
    SpecError
        A period will not do.

    References
    ----------
    Berman, Bound and Griliches (1994), Quarterly Journal of Economics 109, 367–397, doi:10.2307/2118467.

    Examples
    --------
    >>> table = {"i": ["a", "b"] * 2, "t": [2000, 2000, 2010, 2010], "all": [100, 100, 80, 120],
    ...          "high": [10, 50, 20, 60]}
    >>> found = skill_bias(table, "high", "all", industry="i", time="t")
    >>> found.frame.select(pl.col("change", "within", "between").round(4), "verdict").rows()
    [(0.1, 0.0675, 0.0325, 'replaced')]
    """
    frame = to_polars(data)
    require(frame, industry, time, *([unit] if unit else []))
    names: list[str | None] = [None]
    if unit is not None:
        if frame[unit].has_nulls():
            raise DataError("no_unit", where=Where(row=int(frame[unit].is_null().arg_true()[0]) + 1))
        names = frame[unit].cast(pl.String).unique(maintain_order=True).to_list()
    rows: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for name in names:
        own = frame if unit is None else frame.filter(pl.col(unit).cast(pl.String) == name)
        table = Keyed.of(own, industry, time)
        values = {column: table.cube(column) for column in (skilled, persons)}
        # only the years compared need be there: censuses are years apart
        cells = Cells(table, values, ~np.isnan(values[skilled]) & ~np.isnan(values[persons]), ())
        for first, last in spans(cells, periods):
            at = [first - cells.first, last - cells.first]
            _refuse(cells, at, skilled, persons)
            whole, by_industry = _decomposed(values[skilled][at], values[persons][at])
            keys = {"unit": name, "first": first, "last": last}
            rows.append(keys | whole)
            parts += [
                keys | {"industry": industry_} | {part: float(one[k]) for part, one in by_industry.items()}
                for k, industry_ in enumerate(cells.table.units)
            ]
    numbers = ("before", "after", "within", "between", "ordinary")
    return SkillBias(
        pl.DataFrame(rows, schema_overrides={"unit": pl.String}),
        Method("growth.skill_bias", {"skilled": skilled, "persons": persons, "periods": periods}),
        (),
        backend_of(data),
        industries=pl.DataFrame(parts, schema_overrides={"unit": pl.String}).select(
            "unit", "industry", "first", "last", *numbers
        ),
    )


def _refuse(cells: Cells, at: list[int], skilled: str, persons: str) -> None:
    """Raise an error at what cannot be compared in two years."""
    compared = np.zeros_like(cells.present)
    compared[at] = True
    if (absent := compared & ~cells.present).any():
        raise DataError("growth_units_absent", cells=cells.table.cells(absent))
    high, every = cells.values[skilled], cells.values[persons]
    for column, wrong, code in (
        (persons, ~(every > 0), "growth_not_positive"),
        (skilled, ~((high >= 0) & (high <= every)), "skill_range"),
    ):
        if (wrong := compared & wrong).any():
            t, n = (int(k[0]) for k in np.nonzero(wrong))
            value, shown = float(cells.values[column][t, n]), {"count": int(wrong.sum()), "most": float(every[t, n])}
            raise MethodError(code, where=cells.place(t, n, column), value=value, **shown)
    for t in at:
        if not (every - high)[t].sum() > 0:
            raise MethodError("skill_all", where=Where(period=int(cells.table.years[t]), indicator=skilled))


def _decomposed(high: Floats, every: Floats) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Return the parts of the whole and of industries, of two years ``float64[2, S]``."""
    share, size = high / every, every / every.sum(axis=1, keepdims=True)
    within = (share[1] - share[0]) * size.mean(axis=0)
    between = (size[1] - size[0]) * share.mean(axis=0)
    before, after = (float(one) for one in high.sum(axis=1) / every.sum(axis=1))
    other = every - high
    lost = float(other[1].sum() / other[0].sum() - 1)
    inside = float(within.sum())
    verdict = "not_biased" if inside <= 0 else "replaced" if lost < 0 else "upgraded"
    whole = {"before": before, "after": after, "change": after - before, "within": inside}
    whole |= {"between": float(between.sum()), "ordinary": lost}
    parts = {
        "before": share[0],
        "after": share[1],
        "within": within,
        "between": between,
        "ordinary": other[1] - other[0],
    }
    return whole | {"verdict": verdict}, parts
