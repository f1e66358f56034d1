"""Three ways in which traditional industry is upgraded: higher-end, smarter, greener, each a score with its trend.

Columns of the user's choice stand for each way (高端化、智能化、绿色化 of 工信部联规〔2023〕258号, e.g. margin and R&D;
robots and numerically controlled machines; energy and emissions per output). They are put between the worst and the
best of all industries and years (OECD and JRC 2008, doi:10.1787/9789264043466-en) and averaged. Trends are Sen's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nqpf.data.keyed import Keyed
from nqpf.errors import DataError, SpecError, Where, listing
from nqpf.frames import backend_of, require, to_polars
from nqpf.industry.options import check_level
from nqpf.numerics.sen import LEAST, Floats, sen_slope
from nqpf.results import Method, Note, TableResult

WAYS = ("higher_end", "smarter", "greener")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradingWays(TableResult):
    """Scores of each industry on three ways.

    Attributes
    ----------
    frame
        A row for each industry and way: industry, way, first, last, years, start, end (score, 0 to 1), trend (points a
        year), low, high, verdict (``rising``, ``falling``, ``not_shown``, ``not_assessed``: fewer than eight years;
        ``not_measured``: no column).
    scores
        industry, period, a column for each way that is measured, and ``together`` (mean of all three; null where one is
        not measured).
    summary
        way, columns (how many), industries, rising, falling, not_shown, not_assessed.
    """

    scores: pl.DataFrame
    summary: pl.DataFrame


def upgrading_ways(
    data: Any,
    *,
    industry: str,
    time: str,
    higher_end: Sequence[str] = (),
    smarter: Sequence[str] = (),
    greener: Sequence[str] = (),
    costs: Sequence[str] = (),
    of: Sequence[str] = (),
    level: float = 0.95,
) -> UpgradingWays:
    """Score industries on being higher-end, smarter and greener.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each industry and year.
    industry, time
        Columns of industries and years.
    higher_end, smarter, greener
        Columns of each way; none: the way is not measured.
    costs
        Those of them of which less is better (energy per output).
    of
        Industries that are asked about (the traditional ones); default: all. The scale is that of all in the table.
    level
        Of the intervals of trends.

    Returns
    -------
    UpgradingWays
        See there. A score is null where one of its columns is missing.

    Raises
    ------
    DataError
        A column is absent or holds what is no number, keys stand twice, an industry asked about is not there, or a
        column has the same value everywhere.
    SpecError
        No way has a column, a column stands twice, or a cost is none of them.

    References
    ----------
    OECD and JRC (2008), Handbook on Constructing Composite Indicators, doi:10.1787/9789264043466-en.

    Examples
    --------
    >>> table = {"i": ["steel"] * 9 + ["food"] * 9, "t": [*range(2010, 2019)] * 2,
    ...          "robots": [*range(9)] + [2] * 9, "energy": [*range(9, 0, -1)] + [5] * 9}
    >>> found = upgrading_ways(table, industry="i", time="t", smarter=["robots"], greener=["energy"], costs=["energy"],
    ...                        of=["steel"])
    >>> found.frame.select("way", "end", "verdict").rows()
    [('higher_end', None, 'not_measured'), ('smarter', 1.0, 'rising'), ('greener', 1.0, 'rising')]
    """
    ways = dict(zip(WAYS, (list(higher_end), list(smarter), list(greener)), strict=True))
    columns = [c for one in ways.values() for c in one]
    _check(columns, costs)
    check_level("level", level)
    frame = to_polars(data)
    require(frame, industry, time, *columns)
    table = Keyed.of(frame, industry, time)
    asked = list(dict.fromkeys(of)) or list(table.units)
    if lacking := [name for name in asked if name not in table.units]:
        raise DataError("upgrading_industry", industries=listing(lacking), known=listing(table.units))
    at = [table.units.index(name) for name in asked]
    scores = {way: _score(table, names, costs)[:, at] for way, names in ways.items() if names}
    rows = [
        {"industry": name, "way": way} | _trend(table.years, scores.get(way), n, level)
        for n, name in enumerate(asked)
        for way in WAYS
    ]
    found = pl.DataFrame(rows, schema=SCHEMA)
    short = found.filter(verdict="not_assessed").height
    notes = [Note("upgrading_short", values={"count": short, "total": len(rows), "least": LEAST})] if short else []
    options: dict[str, Any] = {**ways, "costs": list(costs), "of": list(of), "level": level}
    return UpgradingWays(
        found,
        Method("industry.upgrading_ways", options),
        tuple(notes),
        backend_of(data),
        scores=_scores(table, asked, scores),
        summary=_summary(found, ways),
    )


SCHEMA: dict[str, Any] = {
    "industry": pl.String,
    "way": pl.String,
    **dict.fromkeys(("first", "last", "years"), pl.Int64),
    **dict.fromkeys(("start", "end", "trend", "low", "high"), pl.Float64),
    "verdict": pl.String,
}


def _check(columns: Sequence[str], costs: Sequence[str]) -> None:
    if not columns:
        raise SpecError("upgrading_none", where=Where(key="higher_end"))
    if twice := [c for c in dict.fromkeys(columns) if columns.count(c) > 1]:
        raise SpecError("upgrading_twice", where=Where(key="higher_end"), columns=listing(twice))
    if stray := [c for c in costs if c not in columns]:
        raise SpecError("upgrading_costs", where=Where(key="costs"), columns=listing(stray), known=listing(columns))


def _score(table: Keyed, columns: Sequence[str], costs: Sequence[str]) -> Floats:
    """Return the mean of columns between their worst and best ``float64[T, N]``."""
    parts = []
    for name in columns:
        x = table.cube(name)
        low, high = np.nanmin(x, initial=np.inf), np.nanmax(x, initial=-np.inf)
        if not high > low:
            raise DataError("upgrading_constant", where=Where(indicator=name))
        part = (x - low) / (high - low)
        parts.append(1 - part if name in costs else part)
    return np.asarray(np.mean(parts, axis=0))


def _trend(years: Any, score: Floats | None, n: int, level: float) -> dict[str, Any]:
    if score is None:
        return {"verdict": "not_measured"}
    there = ~np.isnan(score[:, n])
    y, t = score[there, n], years[there]
    row: dict[str, Any] = {"years": y.size, "verdict": "not_assessed"}
    if y.size:
        row |= {"first": int(t[0]), "last": int(t[-1]), "start": float(y[0]), "end": float(y[-1])}
    if y.size < LEAST:
        return row
    found = sen_slope(y, t.astype(float), level)
    verdict = "rising" if found.low > 0 else "falling" if found.high < 0 else "not_shown"
    return row | {"trend": found.slope, "low": found.low, "high": found.high, "verdict": verdict}


def _scores(table: Keyed, asked: Sequence[str], scores: dict[str, Floats]) -> pl.DataFrame:
    keys = {
        "industry": np.repeat(np.array(asked, dtype=object), table.years.size).tolist(),
        "period": np.tile(table.years, len(asked)),
    }
    whole = np.mean(list(scores.values()), axis=0) if len(scores) == len(WAYS) else None
    frame = pl.DataFrame(keys, schema_overrides={"industry": pl.String, "period": pl.Int64})
    columns = {way: one.T.ravel() for way, one in scores.items()}
    columns["together"] = np.full(frame.height, np.nan) if whole is None else whole.T.ravel()
    return frame.with_columns(pl.Series(name, one).fill_nan(None) for name, one in columns.items())


def _summary(found: pl.DataFrame, ways: dict[str, list[str]]) -> pl.DataFrame:
    words = ("rising", "falling", "not_shown", "not_assessed")
    rows = []
    for way, columns in ways.items():
        part = found.filter(pl.col("way") == way, pl.col("verdict") != "not_measured")
        counts = {word: part.filter(verdict=word).height for word in words}
        rows.append({"way": way, "columns": len(columns), "industries": part.height} | counts)
    return pl.DataFrame(rows)
