"""Has a unit left its old productivity path? Actual TFP against what the years before a date lead to.

The counterfactual is a drift or a trend that goes on (`nqpf.productivity.growth.path_models`), or other units weighted
to look like the unit before the date (`nqpf.productivity.growth.path_synthetic`). A path is left where the actual level
lies outside the interval of the prediction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, SpecError, Where, hint
from nqpf.frames import backend_of
from nqpf.productivity.growth.cells import Cells, read
from nqpf.productivity.growth.path_found import LEAST, Found, Pane, Series, own, synthetic
from nqpf.results import Method, Note, TableResult

Path = Literal["drift", "trend", "synthetic"]
LONG = 15
"""A series of fewer years is remarked on."""
MANY = 10
"""With as many units, some leave their interval by chance alone, which is remarked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathBreak(TableResult):
    """Whether units have left their old path.

    Attributes
    ----------
    frame
        A row for each unit, and one with null for all together where there are several: unit, until (last year of the
        old path), at (year judged), before (years the path rests on), gap (actual less expected, in logs), low, high,
        ratio (actual over expected), p, fit (``synthetic``: root mean square of what is left before the date), verdict
        (``above``, ``below``: the whole interval of the gap is above or below zero; ``within``; ``not_assessed``) and
        reason (``short``: too few years before, ``absent``: not there in the year judged, ``few_placebos``, ``whole``:
        all units together have no others beside them; else null).
    paths
        The same in every year after the date: unit, year, actual, expected, low, high (of what is expected; in logs),
        gap, p.
    weights
        ``synthetic``: unit, donor, weight; else without rows.
    """

    paths: pl.DataFrame
    weights: pl.DataFrame


def path_break(
    data: Any,
    value: str,
    *,
    time: str,
    unit: str | None = None,
    until: int,
    at: int | None = None,
    path: Path = "drift",
    scale: Literal["level", "log"] = "level",
    window: int | None = None,
    errors: Literal["ar1", "hac"] = "ar1",
    units: Sequence[str] | None = None,
    level: float = 0.95,
    draws: int = 200,
    seed: int = 0,
) -> PathBreak:
    """Tell whether units have left the path that they were on.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    value
        Column of TFP (or green TFP), such as the index of `growth_accounts`; each unit's own scale will do.
    time, unit
        Columns of years and of units (None: a single series).
    until
        Last year of the old path.
    at
        Year for which the verdict is given; default: the last one.
    path
        What goes on: ``drift`` (mean growth of the years before; a random walk), ``trend`` (a straight line of logs)
        or ``synthetic`` (other units, weighted to look like this one in the years before).
    scale
        ``level``: the column holds levels, of which logs are taken; ``log``: it holds logs.
    window
        Use only so many years up to the date; default: all.
    errors
        Of ``trend``: ``ar1`` (autoregressive of order one) or ``hac`` (least squares, Newey and West).
    units
        The units asked about; default: all. With ``synthetic`` only the others stand beside them.
    level
        Level of the intervals.
    draws, seed
        ``synthetic`` with several `units`: how many sets of others are drawn as placebos of all of them together.

    Returns
    -------
    PathBreak
        See there. All units together are the mean of their growth, each counting the same.

    Raises
    ------
    DataError
        A column, cell, year or unit is absent, keys stand twice.
    MethodError
        No unit has enough years before the date, or values are zero or negative and ``scale="level"``.
    SpecError
        An option will not do.

    References
    ----------
    Goldberger (1962), Journal of the American Statistical Association 57, 369–375. Newey and West (1987),
    doi:10.2307/1913610. Abadie, Diamond and Hainmueller (2010), doi:10.1198/jasa.2009.ap08746. Ferman and Pinto (2021),
    doi:10.3982/QE1596.

    Examples
    --------
    >>> index = [1.0, 1.02, 1.03, 1.05, 1.07, 1.08, 1.10, 1.12, 1.14, 1.2, 1.3]
    >>> found = path_break({"year": list(range(2010, 2021)), "tfp": index}, "tfp", time="year", until=2018)
    >>> found.frame["ratio"].round(3).to_list(), found.frame["verdict"].to_list()
    ([1.104], ['above'])
    """
    _check(path, scale, errors, level, draws, seed, window)
    cells = read(data, unit, time, [value], "error", positive=[value] if scale == "level" else [])
    y = cells.values[value]
    y = np.log(y) if scale == "level" else y
    judged = cells.last if at is None else at
    if not cells.first <= until < judged <= cells.last:
        shown = {"first": until, "last": judged, "earliest": cells.first, "latest": cells.last}
        raise SpecError("growth_period", where=Where(key="until"), **shown)
    asked = _asked(cells, units)
    cut = until - cells.first + 1
    start = max(cut - window, 0) if window else 0
    pane = Pane(cells.table.units, y[start:], cut - start, asked, judged - until - 1)
    found, weights, reasons = (
        synthetic(pane, level, draws, seed) if path == "synthetic" else own(pane, path, errors, level)
    )
    if all(one is None for one in found.values()):
        most = int((~np.isnan(pane.y[: pane.cut])).sum(axis=0).max())
        raise MethodError("path_break_short", where=Where(key="until"), until=until, years=most, least=LEAST)
    frame = pl.DataFrame([_row(u, one, reasons[u], until, judged, pane.at) for u, one in found.items()], schema=ROW)
    options = {"value": value, "until": until, "at": judged, "path": path, "scale": scale, "window": window}
    options |= {"errors": errors, "units": None if units is None else list(units), "level": level}
    options |= {"draws": draws, "seed": seed}
    return PathBreak(
        frame,
        Method("growth.path_break", options),
        (*cells.notes, *_notes(frame, pane, path, level)),
        backend_of(data),
        paths=_paths(found, until),
        weights=weights,
    )


ROW: dict[str, Any] = {
    "unit": pl.String,
    **dict.fromkeys(("until", "at", "before"), pl.Int64),
    **dict.fromkeys(("gap", "low", "high", "ratio", "p", "fit"), pl.Float64),
    "verdict": pl.String,
    "reason": pl.String,
}


def _row(unit: str | None, one: Found | None, reason: str | None, until: int, at: int, k: int) -> dict[str, Any]:
    row: dict[str, Any] = {"unit": unit, "until": until, "at": at, "verdict": "not_assessed", "reason": reason}
    if one is None:
        return row
    gap, low, high = (float(one.actual[k] - x[k]) for x in (one.expected, one.high, one.low))
    numbers = {"before": one.before, "gap": gap, "ratio": float(np.exp(gap)), "p": float(one.p[k]), "fit": one.fit}
    if not np.isfinite(low):  # too few placebos for an interval of this level, which is then without ends
        return row | numbers | {"reason": "few_placebos"}
    verdict = "above" if low > 0 else "below" if high < 0 else "within"
    return row | numbers | {"low": low, "high": high, "verdict": verdict}


def _paths(found: Series, until: int) -> pl.DataFrame:
    frames = []
    for name, one in found.items():
        if one is not None:
            parts = {"actual": one.actual, "expected": one.expected, "low": one.low, "high": one.high}
            parts |= {"gap": one.actual - one.expected, "p": one.p}
            years = np.arange(until + 1, until + 1 + one.actual.size)
            frame = pl.DataFrame({"unit": pl.Series([name] * years.size, dtype=pl.String), "year": years} | parts)
            frames.append(frame.filter(pl.col("actual").is_not_nan()))
    both = pl.concat(frames)
    ends = (pl.when(pl.col(c).is_finite()).then(pl.col(c)) for c in ("low", "high"))
    return both.with_columns(*ends)


def _asked(cells: Cells, units: Sequence[str] | None) -> NDArray[np.intp]:
    names = cells.table.units
    if units is None:
        return np.arange(len(names))
    if isinstance(units, str):
        raise SpecError("columns_text", where=Where(key="units"), column=units)
    for name in units:
        if name not in names:
            raise DataError("unknown_unit", unit=name, hint=hint(name, names))
    return np.array([names.index(name) for name in dict.fromkeys(units)], dtype=np.intp)


def _check(path: str, scale: str, errors: str, level: float, draws: int, seed: int, window: int | None) -> None:
    choose("path", path, ("drift", "trend", "synthetic"))
    choose("scale", scale, ("level", "log"))
    choose("errors", errors, ("ar1", "hac"))
    if not 0 < level < 1:
        raise SpecError("growth_between", where=Where(key="level"), value=level, low=0.0, high=1.0)
    for key, value, least in (("draws", draws, 99), ("seed", seed, 0), ("window", window, LEAST)):
        if value is not None and value < least:
            raise SpecError("growth_least", where=Where(key=key), value=value, least=least)


def _notes(frame: pl.DataFrame, pane: Pane, path: str, level: float) -> list[Note]:
    notes = []
    short = frame.filter(pl.col("reason") == "short").height
    if short:
        notes.append(Note("path_break_short", values={"count": short, "total": frame.height, "least": LEAST}))
    if frame["reason"].is_in(["few_placebos"]).any():
        notes.append(
            Note("path_break_few_placebos", values={"level": level, "need": int(np.ceil(1 / (1 - level) - 1e-9))})
        )
    if len(pane.y) < LONG:
        notes.append(Note("path_break_years", values={"years": len(pane.y), "wanted": LONG}))
    assessed = frame.filter(pl.col("reason").is_null() & pl.col("unit").is_not_null()).height
    if assessed >= MANY:
        notes.append(Note("growth_many_units", "info", {"count": assessed, "chance": assessed * (1 - level)}))
    if path == "synthetic" and pane.asked.size == len(pane.names) and assessed:
        notes.append(Note("path_break_common"))
    return notes
