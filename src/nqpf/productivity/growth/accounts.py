"""Growth accounts: how much of growth comes from capital, labour and total factor productivity, by unit and year.

Δln Y = v Δln K + (1 − v)(Δln L + Δln h + Δln q) + Δln A with constant returns to scale, v the share of capital: Solow
(1957, doi:10.2307/1926047) with a fixed share, Jorgenson and Griliches (1967, doi:10.2307/2296675) with Törnqvist
weights. Per worker: Δln(Y/L) = v Δln(K/L) + (1 − v)(Δln h + Δln q) + Δln A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.frames import backend_of
from nqpf.productivity.growth.cells import SHORT, Cells, Floats, Gaps, capital_share, read, spans
from nqpf.productivity.growth.tornqvist import INDICES, Accounts, Index, chained, multilateral, solow_accounts
from nqpf.results import Method, Note, TableResult

Levels = Literal["none", "panel", "year", "chain"]
LEVELS: tuple[Levels, ...] = ("none", "panel", "year", "chain")


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthAccounts(TableResult):
    """Growth accounts.

    Attributes
    ----------
    frame
        A row for each row of the table given: its keys; weight (of capital); output (Δln); capital, labour, hours,
        quality (contributions; the last two only if given) and tfp, which add up to output; output_rate and tfp_rate
        (Y_t/Y_{t−1} − 1); labour_productivity and deepening (contribution of capital per worker or hour);
        tfp_index (1 in the base year); level (relative to other units, if asked for). Null in a unit's first year
        and after an absent one.
    periods
        Means over the years of each period: unit, first, last, years (of growth that are there), and the columns of
        changes and contributions.
    """

    periods: pl.DataFrame


def growth_accounts(
    data: Any,
    output: str,
    capital: str,
    labour: str,
    *,
    unit: str | None = None,
    time: str,
    share: float | str,
    share_of: Literal["capital", "labour"] = "capital",
    hours: str | None = None,
    quality: str | None = None,
    index: Index = "tornqvist",
    per: Literal["worker", "hour"] = "worker",
    base: int | None = None,
    levels: Levels = "none",
    relative_to: str | None = None,
    periods: Sequence[tuple[int, int]] | None = None,
    gaps: Gaps = "error",
) -> GrowthAccounts:
    """Return growth accounts.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    output, capital, labour
        Columns of real output, of the stock (or services) of capital at constant prices, and of persons engaged.
    unit, time
        Columns of units (None: a single series) and of years.
    share
        Share of capital in output: a number, or the column that holds it by unit and year.
    share_of
        ``capital``, or ``labour`` if `share` is labour's (compensation of employees over output).
    hours, quality
        Columns of hours per person, and of an index of labour quality (for instance human capital per person).
    index
        ``tornqvist``: the mean share of both years; ``solow``: one fixed share, the mean of the unit's years.
    per
        ``worker`` or ``hour``: what labour productivity and capital deepening are counted by.
    base
        Year in which tfp_index is 1; default: each unit's first year.
    levels
        ``none``; ``panel``, ``year`` or ``chain``: TFP relative to the geometric mean of units, in all years, in
        each year, or linked from year to year (Caves, Christensen and Diewert). Output, capital and labour are then
        in the same units of measure everywhere.
    relative_to
        Unit whose level is 1 (in each year); default: the geometric mean of units.
    periods
        First and last year of each period over which means are taken; default: all years.
    gaps
        ``error``: a missing cell or absent year within a unit's years stops the run. ``skip``: growth from and to such
        a year stays empty, and the index stops there.

    Returns
    -------
    GrowthAccounts
        See there.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a year is absent within a unit's years.
    MethodError
        A zero or negative number; a share outside 0 to 1; a unit lacks the base year.
    SpecError
        An unknown word, unit or period.

    References
    ----------
    Solow (1957), doi:10.2307/1926047; Jorgenson and Griliches (1967), doi:10.2307/2296675; Caves, Christensen and
    Diewert (1982), doi:10.2307/2232257.

    Examples
    --------
    >>> table = {"year": [2020, 2021], "y": [100.0, 110.0], "k": [200.0, 220.0], "l": [10.0, 10.0]}
    >>> done = growth_accounts(table, "y", "k", "l", time="year", share=0.5)
    >>> done.frame.select("output", "capital", "tfp").row(1, named=True)["tfp"].__round__(4)
    0.0477
    """
    choose("per", per, ("worker", "hour"))
    choose("levels", levels, LEVELS)
    if per == "hour" and hours is None:
        raise SpecError("growth_needs", where=Where(key="per"), value=per, needed="hours")
    names = {"output": output, "capital": capital, "labour": labour, "hours": hours, "quality": quality}
    cells, weight, found = accounts_of(data, names, unit, time, share, share_of, index, gaps)
    columns = _columns(found, per)
    columns["tfp_index"] = np.where(cells.present, chained(found.tfp, _base(cells, base)), np.nan)
    if levels != "none":
        columns["level"] = _levels(cells, names, weight, levels, relative_to)
    frame = cells.keys(unit, time).with_columns(cells.table.column(v, name) for name, v in columns.items())
    wanted = spans(cells, periods)
    options: dict[str, Any] = {**names, "share": share, "share_of": share_of, "index": index, "per": per, "base": base}
    options |= {"levels": levels, "relative_to": relative_to, "periods": wanted, "gaps": gaps}
    notes = (*cells.notes, *_short(found))
    means = _periods(cells, {"output": found.output, **found.parts(), **found.productivity(per)}, wanted)
    return GrowthAccounts(frame, Method("growth.accounts", options), notes, backend_of(data), periods=means)


def accounts_of(
    data: Any,
    names: dict[str, str | None],
    unit: str | None,
    time: str,
    share: float | str,
    whose: str,
    index: str,
    gaps: Gaps,
) -> tuple[Cells, Floats, Accounts]:
    """Return what was read, the share of capital and the accounts; `names` are the columns by what they hold."""
    choose("share_of", whose, ("capital", "labour"))
    choose("index", index, INDICES)
    volumes = [column for column in names.values() if column]
    cells = read(data, unit, time, [*volumes, *([share] if isinstance(share, str) else [])], gaps, positive=volumes)
    weight = capital_share(cells, share, whose)
    given = {name: cells.values[column] for name, column in names.items() if column}
    return cells, weight, solow_accounts(share=weight, index=index, **given)


def _columns(found: Accounts, per: str) -> dict[str, Floats]:
    rates = {"output_rate": np.expm1(found.output), "tfp_rate": np.expm1(found.tfp)}
    return {"weight": found.weight, "output": found.output} | found.parts() | rates | found.productivity(per)


def _base(cells: Cells, base: int | None) -> NDArray[np.intp]:
    """Return the place of each unit's base year."""
    if base is None:
        return np.asarray(np.argmax(cells.present, axis=0))
    t = base - cells.first
    there = cells.present[t] if 0 <= t < len(cells.present) else np.zeros(len(cells.table.units), dtype=bool)
    if not there.all():
        absent = [u or str(base) for u, one in zip(cells.table.units, there, strict=True) if not one]
        raise MethodError("growth_base_absent", where=Where(key="base"), base=base, units=listing(absent))
    return np.full(there.size, t)


def _levels(cells: Cells, names: dict[str, str | None], weight: Floats, over: str, relative_to: str | None) -> Floats:
    """Return the levels of TFP relative to other units."""
    values = {name: cells.values[column] for name, column in names.items() if column}
    work = values["labour"] * values.get("hours", 1.0) * values.get("quality", 1.0)
    inputs = np.stack([values["capital"], work], axis=-1)
    found = multilateral(values["output"], inputs, np.stack([weight, 1 - weight], axis=-1), over=over)
    if relative_to is None:
        return found
    if relative_to not in cells.table.units:
        units = cells.table.units
        raise SpecError(
            "bad_choice",
            where=Where(key="relative_to"),
            value=relative_to,
            options=listing(units),
            hint=hint(relative_to, units),
        )
    return found / found[:, [cells.table.units.index(relative_to)]]


def _periods(cells: Cells, columns: dict[str, Floats], wanted: Sequence[tuple[int, int]]) -> pl.DataFrame:
    """Return the mean of each column over the years of growth in each period."""
    parts = []
    for first, last in wanted:
        rows = slice(first - cells.first + 1, last - cells.first + 1)
        there = ~np.isnan(columns["output"][rows])
        years = there.sum(axis=0)
        means = {
            name: np.divide(
                np.where(there, v[rows], 0.0).sum(axis=0), years, out=np.full(years.shape, np.nan), where=years > 0
            )
            for name, v in columns.items()
        }
        keys = {"unit": cells.table.units, "first": [first] * years.size, "last": [last] * years.size, "years": years}
        parts.append(pl.DataFrame(keys | means))
    return pl.concat(parts).with_columns(pl.col(list(columns)).fill_nan(None))


def _short(found: Accounts) -> list[Note]:
    """Return a remark where a unit has few years of growth."""
    years = (~np.isnan(found.output)).sum(axis=0)
    few = int((years < SHORT).sum())
    return [Note("growth_few_years", values={"count": few, "total": years.size, "least": SHORT})] if few else []
