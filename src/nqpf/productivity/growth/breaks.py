"""Breaks in the mean of a series of growth rates, their number, dates and intervals.

Bai and Perron (1998, doi:10.2307/2998540; 2003, doi:10.1002/jae.659): the partition with the least squares for each
number of breaks; sup-F, UDmax, WDmax and sequential tests; BIC (Yao 1988) and LWZ (Liu, Wu and Zidek 1997). Intervals
of dates follow Bai (1997, doi:10.1162/003465397557132). Critical values are simulated for the length of the series.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import polars as pl

from nqpf.frames import backend_of
from nqpf.productivity.growth.break_choice import BreakOptions, Found, Select, Variance, date_quantile, find_breaks
from nqpf.productivity.growth.break_tests import Null, error_variance
from nqpf.productivity.growth.cells import SHORT, Floats, Gaps, read
from nqpf.productivity.growth.segments import EXACT, Integers
from nqpf.results import Method, Note, TableResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaks(TableResult):
    """Breaks in means.

    Attributes
    ----------
    frame
        A row for each unit: unit, first, last, years, breaks (number chosen), udmax and p_value (of no break), verdict
        (``break``, ``no_break``, ``not_assessed``) and reason (``short``, ``constant``, else null).
    dates
        A row for each break: unit, break, until (last year of the old mean), since (first of the new), low and high
        (interval of until), change (new less old mean).
    segments
        A row for each segment: unit, segment, first, last, years, mean, error (standard error of the mean).
    tests
        A row for each test: unit, test (``supF``, ``UDmax``, ``WDmax``, ``next``: one more given one less), breaks,
        statistic, critical, p_value.
    criteria
        A row for each number of breaks: unit, breaks, until (years), ssr, bic, lwz.
    """

    dates: pl.DataFrame
    segments: pl.DataFrame
    tests: pl.DataFrame
    criteria: pl.DataFrame


def breaks(
    data: Any,
    value: str,
    *,
    time: str,
    unit: str | None = None,
    max_breaks: int = 5,
    trim: float = 0.15,
    select: Select = "sequential",
    variance: Variance = "iid",
    size: float = 0.05,
    level: float = 0.95,
    draws: int = 1999,
    seed: int = 0,
    gaps: Gaps = "error",
) -> Breaks:
    """Find breaks in the mean of a column, unit by unit.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    value
        Column whose mean may shift, such as a growth rate; a level that trends is no such column.
    time, unit
        Columns of years and of units (None: a single series).
    max_breaks
        Most breaks looked for; fewer where a series has no room for them.
    trim
        Least share of a series that lies between two breaks; at least two years.
    select
        What decides the number: ``sequential`` tests of one more break; ``udmax``: none unless UDmax says so, then the
        last sequential test that says so; ``bic``; ``lwz``.
    variance
        Errors about the means: ``iid``, or ``hac``: correlated over time.
    size, level
        Size of the tests; level of the intervals of dates.
    draws, seed
        Series drawn for each null distribution, and the seed.
    gaps
        ``error``: an absent year within a unit's years stops the run. ``skip``: the years that are there count as if
        they stood next to each other.

    Returns
    -------
    Breaks
        See there. Series of fewer than ten years, and constant ones, are not assessed.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a year is absent.
    SpecError
        An option will not do.

    References
    ----------
    Bai and Perron (1998), doi:10.2307/2998540; (2003), doi:10.1002/jae.659; (2003), doi:10.1111/1368-423X.00102.

    Examples
    --------
    >>> years = list(range(1990, 2010))
    >>> growth = [0.1, 0.11] * 5 + [0.05, 0.06] * 5
    >>> breaks({"year": years, "g": growth}, "g", time="year", max_breaks=1).dates["until"].to_list()
    [1999]
    """
    how = BreakOptions(max_breaks, trim, select, variance, size, level, draws, seed)
    how.check()
    cells = read(data, unit, time, [value], gaps, positive=())
    series = []
    for n, name in enumerate(cells.table.units):
        there = cells.present[:, n]
        series.append((name, cells.table.years[there], cells.values[value][there, n]))
    options: dict[str, Any] = {"value": value, "gaps": gaps}
    return breaks_of(series, how, options, cells.notes, backend_of(data))


def breaks_of(
    series: Iterable[tuple[str | None, Integers, Floats]],
    how: BreakOptions,
    options: dict[str, Any],
    notes: Sequence[Note] = (),
    backend: Any = None,
) -> Breaks:
    """Return the breaks of series given as name, years and values; remarks and options are handed on."""
    null = Null(how.draws, how.seed, how.variance)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("frame", "dates", "segments", "tests", "criteria")}
    limited = short = 0
    for unit, years, y in series:
        reason = "short" if y.size < SHORT else "constant" if np.ptp(y) <= EXACT * np.abs(y).max() else None
        key = {"unit": unit}
        spell = {"first": int(years[0]), "last": int(years[-1])} if years.size else {"first": None, "last": None}
        if reason is not None:
            short += reason == "short"
            empty = dict.fromkeys(("breaks", "udmax", "p_value"))
            rows["frame"].append(
                key | spell | {"years": y.size} | empty | {"verdict": "not_assessed", "reason": reason}
            )
            continue
        found = find_breaks(y, how, null)
        limited += len(found.dates) < how.max_breaks
        ud = next(test for test in found.tests if test.name == "UDmax")
        summary = {"breaks": found.chosen, "udmax": ud.statistic, "p_value": ud.p_value}
        verdict = {"verdict": "break" if found.chosen else "no_break", "reason": None}
        rows["frame"].append(key | spell | {"years": y.size} | summary | verdict)
        for name, more in _details(found, y, years, how).items():
            rows[name] += [key | row for row in more]
    more_notes = [Note("growth_breaks_short", values={"count": short, "least": SHORT})] if short else []
    if limited:
        shown = {"count": limited, "most": how.max_breaks, "trim": how.trim}
        more_notes.append(Note("growth_breaks_limited", "info", shown))
    frames = {name: pl.DataFrame(found, schema=SCHEMAS[name]) for name, found in rows.items()}
    given = {name: getattr(how, name) for name in how.__slots__}
    return Breaks(
        method=Method("growth.breaks", options | given), notes=(*notes, *more_notes), backend=backend, **frames
    )


def _details(found: Found, y: Floats, years: Integers, how: BreakOptions) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of dates, segments, tests and criteria."""
    at = found.dates[found.chosen - 1] if found.chosen else np.empty(0, dtype=np.intp)
    ends = [0, *at.tolist(), y.size]
    variance = float(error_variance(y[None, :], found.ssr[found.chosen, None], at[None, :], how.variance)[0])
    spans = list(pairwise(ends))
    means = [float(y[a:b].mean()) for a, b in spans]
    dates, segments = [], []
    for i, (a, b) in enumerate(spans):
        row = {"segment": i + 1, "first": int(years[a]), "last": int(years[b - 1]), "years": b - a}
        segments.append(row | {"mean": means[i], "error": sqrt(variance / (b - a))})
    for i, k in enumerate(at.tolist()):
        change = means[i + 1] - means[i]
        reach = int(date_quantile(how.level) * variance / change**2) + 1
        low, high = max(k - reach, 1), min(k + reach, y.size - 1)
        row = {"break": i + 1, "until": int(years[k - 1]), "since": int(years[k])}
        dates.append(row | {"low": int(years[low - 1]), "high": int(years[high - 1]), "change": change})
    tests = [
        {"test": t.name, "breaks": t.breaks, "statistic": t.statistic, "critical": t.critical, "p_value": t.p_value}
        for t in found.tests
    ]
    every = [[], *(years[d - 1].tolist() for d in found.dates)]
    rows = zip(every, found.ssr.tolist(), found.bic.tolist(), found.lwz.tolist(), strict=True)
    listed = [{"breaks": m, "until": d, "ssr": s, "bic": b, "lwz": w} for m, (d, s, b, w) in enumerate(rows)]
    return {"dates": dates, "segments": segments, "tests": tests, "criteria": listed}


def _schema(text: str) -> dict[str, Any]:
    kinds: dict[str, Any] = {"s": pl.String, "i": pl.Int64, "f": pl.Float64, "l": pl.List(pl.Int64)}
    return {name: kinds[kind] for name, kind in (item.split(":") for item in text.split())}


SCHEMAS = {
    "frame": _schema("unit:s first:i last:i years:i breaks:i udmax:f p_value:f verdict:s reason:s"),
    "dates": _schema("unit:s break:i until:i since:i low:i high:i change:f"),
    "segments": _schema("unit:s segment:i first:i last:i years:i mean:f error:f"),
    "tests": _schema("unit:s test:s breaks:i statistic:f critical:f p_value:f"),
    "criteria": _schema("unit:s breaks:i until:l ssr:f bic:f lwz:f"),
}
"""Columns of the tables, so that empty ones have them too."""
