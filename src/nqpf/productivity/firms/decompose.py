"""Aggregate productivity and its change by what they are made of: improvement, reallocation, entry and exit.

The formulas are in `nqpf.productivity.firms.turnover`. With groups (industries, regions) the change is first that
within groups, ½(S₁ + S₂)ΔΦ_g, which the method shares out among the units of the group, and that between groups,
ΔS·(½(Φ_g1 + Φ_g2) − Φ̄); groups that come or go count against the mean Φ̄ of the aggregate (Griliches and Regev 1995,
doi:10.1016/0304-4076(94)01601-U, with groups for firms).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.data.keyed import gaps
from nqpf.errors import SpecError, Where, listing
from nqpf.frames import as_backend, backend_of, to_polars
from nqpf.messages import Text, say
from nqpf.productivity.firms.decompose_tables import change_tables, level_tables
from nqpf.productivity.firms.turnover import METHODS
from nqpf.productivity.firms.usable import Unusable
from nqpf.productivity.firms.weighted_panel import WeightedPanel, read_panel
from nqpf.results import Method, Note, Result

Way = Literal[
    "melitz_polanec",
    "foster_haltiwanger_krizan",
    "griliches_regev",
    "baily_hulten_campbell",
    "within_between",
    "olley_pakes",
]

SHOWN = 8
"""Units that a remark names."""


@dataclass(frozen=True, slots=True)
class Decomposition(Result):
    """Aggregate productivity or its change, and the parts that add up to it.

    Attributes
    ----------
    frame
        A row for each pair of years (start, end): aggregate_start, aggregate_end, change, the parts, and how many units
        continue, enter and leave. Under ``olley_pakes`` a row a year: aggregate, mean, covariance, units.
    units
        The parts by unit, with its share and productivity; status is continuing, entering or leaving, returns whether
        a unit that enters was there before (in the same group) or one that leaves is there later.
    groups
        The parts by group; None without groups. Parts that belong to a whole group stand here only.
    left_out
        Rows that could not be used: row (from 1), unit, time, column, value, reason.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    units: pl.DataFrame
    groups: pl.DataFrame | None
    left_out: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def decompose(
    data: Any,
    tfp: str,
    weight: str,
    *,
    unit: str,
    time: str,
    group: str | None = None,
    method: Way = "melitz_polanec",
    start: int | None = None,
    end: int | None = None,
    span: int = 1,
    values: Literal["as_given", "log"] = "as_given",
    weights: Literal["normalise", "as_given"] = "normalise",
    unusable: Unusable = "refuse",
) -> Decomposition:
    """Decompose aggregate productivity Σ s φ, or its change between years.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year.
    tfp, weight
        Columns of productivity (level or log) and of weights (output, labour, …), which may be zero.
    unit, time, group
        Columns of units, of years, and of industries or regions for a first split within and between them.
    method
        ``melitz_polanec``: mean and covariance of survivors, entry and exit against them.
        ``foster_haltiwanger_krizan``: within, between, cross, entry and exit against the first year.
        ``griliches_regev``: the same with means of both years, so without cross. ``baily_hulten_campbell``: entry and
        exit as they are. ``within_between``: for units that are all there in both years. ``olley_pakes``: the level of
        each year, as unweighted mean and covariance of share with productivity.
    start, end
        Years to compare; one alone goes with the first or last year of the table. Default: every two years that are
        `span` apart.
    span
        Years between the two that are compared.
    values
        ``as_given``: the column as it is; ``log``: its logarithm is taken.
    weights
        ``normalise``: divided by their sum in each year; ``as_given``: they must sum to 1 each year.
    unusable
        Rows with a missing cell, a negative weight, or (for ``log``) a productivity that is not positive: ``refuse``,
        or ``leave_out`` and list them; a unit without its row counts as absent in that year.

    Returns
    -------
    Decomposition
        Parts add up to the change (or level) without a remainder.

    Raises
    ------
    DataError
        A column is absent, two rows have the same key, no group; under ``refuse`` a cell that cannot be used.
    SpecError
        A word that is no choice, a year there is not, years that do not follow, an option the method does not use.
    MethodError
        Weights that do not sum to 1 or are all zero; no survivors; units that enter or leave under ``within_between``.

    References
    ----------
    Olley and Pakes (1996), doi:10.2307/2171831. Melitz and Polanec (2015), doi:10.1111/1756-2171.12114. Foster,
    Haltiwanger and Krizan (2001), doi:10.3386/w6803. Griliches and Regev (1995), doi:10.1016/0304-4076(94)01601-U.
    Baily, Hulten and Campbell (1992), doi:10.2307/2534764.

    Examples
    --------
    >>> firms = {"firm": ["a", "b", "a", "c"], "year": [1, 1, 2, 2], "tfp": [1.0, 2.0, 2.0, 5.0], "w": [1, 1, 3, 1]}
    >>> found = decompose(firms, "tfp", "w", unit="firm", time="year")
    >>> found.frame.select("change", "mean", "covariance", "entry", "exit").row(0)
    (1.25, 1.0, 0.0, 0.75, -0.5)
    """
    choose("method", method, (*METHODS, "olley_pakes"))
    panel = read_panel(
        to_polars(data), (tfp, weight), (unit, time, group), values=values, weights=weights, unusable=unusable
    )
    if method == "olley_pakes":
        _refuse_years(start, end, span)
        skipped: list[tuple[int, int]] = []
        tables = [level_tables(panel, i) for i in range(len(panel.years))]
    else:
        pairs, skipped = _pairs(panel.years, start, end, span)
        tables = [change_tables(panel, method, i, j) for i, j in pairs]
    frame, units, groups = (pl.concat(parts) for parts in zip(*tables, strict=True))
    options = {
        "start": start,
        "end": end,
        "span": span,
        "values": values,
        "weights": weights,
        "group": group,
        "unusable": unusable,
    }
    return Decomposition(
        frame,
        units if group else units.drop("group"),
        groups if group else None,
        panel.left_out,
        Method(f"decompose.{method}", options),
        _notes(panel, skipped),
        backend_of(data),
    )


def _refuse_years(start: int | None, end: int | None, span: int) -> None:
    given = {"start": start is not None, "end": end is not None, "span": span != 1}
    for option in (name for name, said in given.items() if said):
        raise SpecError(
            "option_unused", where=Where(key=option), option=option, method="olley_pakes", methods=listing(METHODS)
        )


def _pairs(
    years: list[int], start: int | None, end: int | None, span: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return which years are compared, by position, and which pairs cannot be because a year is absent."""
    if span < 1:
        raise SpecError("bad_value", where=Where(key="span"), value=span, expected=say("firms.whole"))
    at = {year: i for i, year in enumerate(years)}
    if start is not None or end is not None:
        if span != 1:
            raise SpecError("firms_span_and_years", where=Where(key="span"))
        one, two = years[0] if start is None else start, years[-1] if end is None else end
        for name, year in (("start", one), ("end", two)):
            if year not in at:
                raise SpecError("unknown_period", where=Where(key=name), period=year, options=listing(years, 40))
        if one >= two:
            raise SpecError("firms_years_order", start=one, end=two)
        return [(at[one], at[two])], []
    wanted = [(year, year + span) for year in range(years[0], years[-1] - span + 1)]
    found = [(at[one], at[two]) for one, two in wanted if one in at and two in at]
    if not found:
        raise SpecError("firms_no_pair", span=span, options=listing(years, 40))
    return found, [pair for pair in wanted if pair[0] not in at or pair[1] not in at]


def _notes(panel: WeightedPanel, skipped: list[tuple[int, int]]) -> tuple[Note, ...]:
    notes = []
    if panel.left_out.height:
        rows = panel.left_out["row"].n_unique()
        notes.append(Note("firms_left_out", values={"count": rows, "kept": int(panel.here.sum())}))
    if skipped:
        pairs = listing(f"{one}–{two}" for one, two in skipped)
        notes.append(Note("firms_pairs_skipped", values={"count": len(skipped), "pairs": pairs}))
    first = panel.units.is_first_distinct()  # a unit that changes group stands next to itself
    there = np.logical_or.reduceat(panel.here, np.flatnonzero(first.to_numpy()), axis=1)
    back = panel.units.filter(first).filter(pl.Series(gaps(there).any(axis=0)))
    if back.len():
        notes.append(Note("firms_return", values={"count": back.len(), "units": _some(back)}))
    moved = panel.units.filter(panel.units.is_duplicated() & first)
    if moved.len():
        notes.append(Note("firms_change_group", values={"count": moved.len(), "units": _some(moved)}))
    return tuple(notes)


def _some(units: pl.Series) -> Text:
    """Return units as `listing` does, without making words of the many that it does not show."""
    shown, more = listing(units.head(SHOWN)), units.len() - SHOWN
    return say("word.and_more", shown=shown, more=more) if more > 0 else shown
