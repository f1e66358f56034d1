"""Growth as those see it who mind inequality: growth of the mean, and what sharing adds to it or takes away.

Atkinson's equally distributed equivalent is the mean times 1 − A, so that its growth is the sum of two logarithms
(Atkinson 1970, doi:10.1016/0022-0531(70)90039-6), and with groups of three: 1 − A = (1 − within)(1 − between)
(Blackorby, Donaldson and Auersperg 1981, Canadian Journal of Economics 14(4), 665–685).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import polars as pl

from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.frames import as_backend, backend_of, require, to_polars
from nqpf.messages import say
from nqpf.regions.inequality.atkinson import atkinson
from nqpf.regions.systems.joint_gain import ends_of
from nqpf.results import Method, Note, Result, TableResult

LEVELS = ("aversion", "n", "mean", "equivalent", "atkinson", "within", "between")


@dataclass(frozen=True, slots=True, eq=False)
class SocialGain(Result):
    """Growth of the equally distributed equivalent, by aversion to inequality.

    Attributes
    ----------
    frame
        A row for each aversion, first year against last: ``aversion``, ``start``, ``end``, ``growth`` (of the
        equivalent, difference of logarithms) = ``mean`` + ``sharing``; with groups ``sharing`` = ``within`` +
        ``between``; ``annual`` growth, ``annual_mean``.
    steps
        The same from each year to the next.
    levels
        Aversion, year, ``n``, ``mean``, ``equivalent``, ``atkinson``, with groups ``within``, ``between``.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    steps: pl.DataFrame
    levels: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def social_gain(
    data: Any,
    income: str,
    *,
    unit: str | Sequence[str],
    time: str,
    weight: str | None = None,
    group: str | None = None,
    aversion: Sequence[float] = (0.5, 1.0, 2.0),
    start: int | None = None,
    end: int | None = None,
) -> SocialGain:
    """Split the growth of the equally distributed equivalent into growth of the mean and sharing.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year: provinces, or town and country of each.
    income
        Column of incomes a head, positive where an aversion is 1 or above.
    unit
        Column of units, or several that name one together (province and residence).
    time
        Column of years.
    weight
        Column of population. Default: all rows weigh the same.
    group
        Column of groups, for sharing within and between them (the province, where rows are its town and country).
    aversion
        Aversions to inequality ε ≥ 0: at 0 only the mean counts, the higher the more the poor do.
    start, end
        First and last year; default: those of the table.

    Raises
    ------
    DataError
        A column is absent, holds no numbers, a row has no group, or two rows stand for one unit and year.
    MethodError
        An income is missing or negative, or zero where an aversion is 1 or above.
    SpecError
        No such year, no aversion, or one that is negative.

    References
    ----------
    Atkinson (1970). On the measurement of inequality. doi:10.1016/0022-0531(70)90039-6

    Examples
    --------
    >>> table = {"place": ["town", "land"] * 2, "year": [2012, 2012, 2022, 2022], "income": [4.0, 1.0, 4.5, 2.0]}
    >>> found = social_gain(table, "income", unit="place", time="year", aversion=[1])
    >>> [round(x, 4) for x in found.frame.select("growth", "mean", "sharing").row(0)]
    [0.4055, 0.2624, 0.1431]
    """
    names = [unit] if isinstance(unit, str) else list(unit)
    levels_of = list(aversion)
    if not names:
        raise SpecError("bad_value", where=Where(key="unit"), value="", expected=say("systems.different_columns"))
    if not levels_of or len(set(levels_of)) < len(levels_of):
        raise SpecError("bad_value", where=Where(key="aversion"), value=levels_of, expected=say("social_gain.aversion"))
    if time in LEVELS:
        raise SpecError("bad_value", where=Where(key="time"), value=time, expected=say("systems.other_name"))
    frame = to_polars(data)
    require(frame, income, *names, time)
    whole = pl.when(pl.all_horizontal(pl.col(names).is_not_null())).then(
        pl.concat_str([pl.col(c).cast(pl.String) for c in names], separator="/")
    )
    keyed = Keyed.of(frame.with_columns(whole.alias(" unit")), " unit", time)
    rows = keyed.frame.with_columns(pl.Series(" year", keyed.years[keyed.t])).sort(" year", " unit")
    years = tuple(rows[" year"].unique(maintain_order=True).to_list())
    first, last = ends_of(years, start, end)
    rows = rows.filter(pl.col(" year").is_between(first, last))
    tables = [_measured(rows, income, group, weight, e) for e in levels_of]
    levels = pl.concat(
        table.frame.select(pl.lit(float(e)).alias("aversion"), pl.all())
        for e, table in zip(levels_of, tables, strict=True)
    )
    levels = levels.rename({" year": "year"}).drop("cross", strict=False)
    logs = levels.with_columns(
        growth=pl.col("equivalent").log(), mean=pl.col("mean").log(), sharing=(1 - pl.col("atkinson")).log(),
        **({c: (1 - pl.col(c)).log() for c in ("within", "between")} if group else {}),
    )  # fmt: skip
    options = {
        "income": income, "weight": weight, "group": group, "aversion": levels_of, "start": first, "end": last,
    }  # fmt: skip
    steps = _differences(logs, None, bool(group))
    total = _differences(logs.filter(pl.col("year").is_in([first, last])), last - first, bool(group))
    return SocialGain(
        total, steps, levels.rename({"year": time}), Method("regions.social_gain", options),
        (*_notes(rows, years), *tables[0].notes), backend_of(data),
    )  # fmt: skip


def _measured(rows: pl.DataFrame, income: str, group: str | None, weight: str | None, aversion: float) -> TableResult:
    """Return Atkinson's measure by year; errors name unit and year, as rows are in another order than the table's."""
    try:
        return atkinson(rows, income, by=" year", unit=" unit", group=group, weight=weight, aversion=aversion)
    except (DataError, MethodError) as error:
        raise type(error)(error.code, where=replace(error.where, row=None), **error.values) from None


def _differences(logs: pl.DataFrame, span: int | None, grouped: bool) -> pl.DataFrame:
    """Return what changed from each row to the next of the same aversion."""
    parts = ["growth", "mean", "sharing", *(["within", "between"] if grouped else [])]
    found = logs.with_columns(
        start=pl.col("year").shift(1).over("aversion"), end=pl.col("year"),
        **{c: pl.col(c) - pl.col(c).shift(1).over("aversion") for c in parts},
    ).drop_nulls("start")  # fmt: skip
    table = found.select("aversion", "start", "end", *parts)
    if span is None:
        return table
    return table.with_columns(annual=pl.col("growth") / span, annual_mean=pl.col("mean") / span)


def _notes(rows: pl.DataFrame, years: tuple[int, ...]) -> list[Note]:
    notes = [Note("social_gain_whole", "info")]
    count = rows.group_by(" unit").len()
    seen = rows[" year"].n_unique()
    partial = count.filter(pl.col("len") < seen)
    if partial.height:
        names = listing(sorted(partial[" unit"].to_list()))
        notes.append(Note("social_gain_members", "warning", {"count": partial.height, "units": names}))
    return notes
