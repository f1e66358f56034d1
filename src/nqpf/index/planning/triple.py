"""Strength, efficiency and potential: every indicator seen as a total, per head, and in growth.

The three readings of 中国区域创新能力评价报告 (实力、效率、潜力): the level x, x over the size of the unit, and yearly
growth over a window. Each becomes a utility value, (value − worst)/(best − worst) × 100 among the units, and the three
are averaged with weights that the user states: no source was found that could be cited for those of the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose, column_weights
from nqpf.data.keyed import Floats, Keyed
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.frames import backend_of
from nqpf.index.planning.rows import MISSING, Missing
from nqpf.messages import Text, say
from nqpf.numerics.ranks import competition_rank, noise
from nqpf.results import Method, Note, TableResult

READINGS = ("strength", "efficiency", "potential")


def annual_growth(x: Floats, window: int, rule: str = "compound") -> Floats:
    """Return yearly growth over `window` years, ``float64[T, N]``, NaN where a value it needs is missing.

    Parameters
    ----------
    x
        ``float64[T, N]``, positive, a row a year.
    rule
        ``compound``: (x_t / x_{t−w})^{1/w} − 1; ``mean``: mean of the w yearly rates; ``log``: ln(x_t / x_{t−w}) / w.
    """
    found = np.full_like(x, np.nan)
    ratio = x[window:] / x[:-window]
    if rule == "compound":
        found[window:] = ratio ** (1 / window) - 1
    elif rule == "log":
        found[window:] = np.log(ratio) / window
    else:
        yearly = x[1:] / x[:-1] - 1
        found[window:] = np.lib.stride_tricks.sliding_window_view(yearly, window, axis=0).mean(axis=-1)
    return found


def triple(
    data: Any,
    columns: Sequence[str],
    *,
    unit: str,
    time: str,
    size: str | Mapping[str, str],
    weights: Mapping[str, float] | Sequence[float],
    window: int = 1,
    growth: Literal["compound", "mean", "log"] = "compound",
    directions: Mapping[str, Literal["benefit", "cost"]] | None = None,
    scope: Literal["yearly", "pooled"] = "yearly",
    range: tuple[float, float] = (0.0, 100.0),
    on_constant: Literal["stop", "middle"] = "stop",
    missing: Missing = "stop",
) -> TableResult:
    """Score every indicator for strength (total), efficiency (per head) and potential (growth).

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit and year.
    columns
        Indicators: totals.
    unit, time
        Columns of units and years.
    size
        Column that a total is divided by (population, GDP), or one for each indicator.
    weights
        Of strength, efficiency and potential, by name or in this order; they sum to 1.
    window
        Years over which growth is taken. Scores begin `window` years after the first year.
    growth
        ``compound`` yearly rate, ``mean`` of the yearly rates, or ``log`` difference a year.
    directions
        ``cost`` for indicators of which less is better; the others are benefits.
    scope
        Best and worst among the units of each year (``yearly``) or of all scored years (``pooled``).
    range
        Utility value of the worst and of the best.
    on_constant
        A reading in which all units are alike: ``stop``, or the ``middle`` of `range`.
    missing
        A missing value: ``stop``, or ``keep`` missing whatever rests on it.

    Returns
    -------
    TableResult
        A row for each unit, scored year and indicator: unit, time, indicator; strength, efficiency and potential as
        they are; their utility values in strength_score, efficiency_score and potential_score; score and rank (within
        year and indicator).

    Raises
    ------
    DataError
        A column is absent or holds what is no number; two rows of one unit and year; too few years.
    SpecError
        No such option; a direction or a size for an indicator there is not.
    MethodError
        A value missing; a size or a value for growth that is not positive; a reading in which all units are alike;
        weights that do not sum to 1.

    References
    ----------
    科技日报 (2024), on 中国区域创新能力评价报告2024, http://www.lytdpj.cn/keji/20241104/04293898.html.

    Examples
    --------
    >>> table = {"p": ["A", "B", "A", "B"], "year": [2023, 2023, 2024, 2024]}
    >>> table |= {"rd": [50.0, 10.0, 55.0, 12.0], "people": [5.0, 1.0, 5.0, 1.0]}
    >>> found = triple(table, ["rd"], unit="p", time="year", size="people", weights=[0.5, 0.3, 0.2])
    >>> found.frame.select("p", "score").rows()
    [('A', 50.0), ('B', 50.0)]
    """
    _check(columns, window, growth, directions, scope, range, on_constant, missing)
    share = column_weights(READINGS, weights)
    sizes = {c: size if isinstance(size, str) else _size_of(size, c) for c in columns}
    keyed = Keyed.of(data, unit, time)
    years, parts, notes = keyed.years[window:], [], []
    if not years.size:
        raise MethodError("triple_too_short", window=window, years=keyed.years.size)
    for column in columns:
        sign = -1.0 if (directions or {}).get(column) == "cost" else 1.0
        readings = _readings(keyed, column, sizes[column], window, growth, missing)
        scores = [
            _utility(sign * r, scope, range, on_constant, column, word, years.tolist())
            for r, word in zip(readings, READINGS, strict=True)
        ]
        score = np.einsum("k,ktn->tn", share, np.stack(scores))
        parts.append(_table(keyed, years, column, readings, scores, score, unit, time))
        absent = int(np.isnan(score).sum())
        if absent:
            notes.append(Note("triple_unscored", values={"indicator": column, "count": absent, "total": score.size}))
    options = {"size": sizes, "weights": dict(zip(READINGS, share.tolist(), strict=True)), "window": window}
    options |= {"growth": growth, "directions": dict(directions or {}), "scope": scope, "range": list(range)}
    method = Method("planning.triple", options | {"on_constant": on_constant})
    return TableResult(pl.concat(parts), method, tuple(notes), backend_of(data))


def _check(
    columns: Sequence[str],
    window: int,
    growth: str,
    directions: Mapping[str, str] | None,
    scope: str,
    range: tuple[float, float],
    on_constant: str,
    missing: str,
) -> None:
    choose("growth", growth, ("compound", "mean", "log"))
    choose("scope", scope, ("yearly", "pooled"))
    choose("on_constant", on_constant, ("stop", "middle"))
    choose("missing", missing, MISSING)
    if window < 1:
        raise SpecError("triple_window", window=window)
    if range[0] >= range[1]:
        raise SpecError("planning_floor_cap", where=Where(key="range"), floor=range[0], cap=range[1])
    for name, word in (directions or {}).items():
        choose("directions", name, columns)
        choose("directions", word, ("benefit", "cost"))


def _size_of(size: Mapping[str, str], column: str) -> str:
    if column not in size:
        raise SpecError("triple_no_size", indicator=column, options=listing(size), hint=hint(column, size))
    return size[column]


def _readings(
    keyed: Keyed, column: str, size: str, window: int, growth: str, missing: str
) -> tuple[Floats, Floats, Floats]:
    """Return strength, efficiency and potential, ``float64[T − window, N]`` each."""
    x, per = keyed.cube(column), keyed.cube(size)
    late = np.arange(keyed.years.size) >= window
    used = {column: late | late[::-1] | (growth == "mean"), size: late}
    for name, years in used.items():
        values = keyed.cube(name)
        if missing == "stop":
            _refuse(keyed, name, np.isnan(values) & years[:, None], "planning_missing")
        _refuse(keyed, name, (values <= 0) & years[:, None], "triple_not_positive")
    return x[window:], x[window:] / per[window:], annual_growth(x, window, growth)[window:]


def _refuse(keyed: Keyed, column: str, wrong: np.ndarray[Any, np.dtype[np.bool_]], code: str) -> None:
    """Raise a MethodError at the first of the cells marked in ``bool[T, N]``."""
    if wrong.any():
        t, n = (int(i) for i in np.argwhere(wrong)[0])
        where = Where(unit=keyed.units[n], period=int(keyed.years[t]), indicator=column)
        raise MethodError(code, where=where, count=int(wrong.sum()))


def _utility(
    z: Floats,
    scope: str,
    range: tuple[float, float],
    on_constant: str,
    column: str,
    word: str,
    years: Sequence[int],
) -> Floats:
    """Return utility values of directed readings ``float64[T, N]``."""
    pool = z if scope == "yearly" else z.reshape(1, -1)
    low, high = np.fmin.reduce(pool, axis=1)[:, None], np.fmax.reduce(pool, axis=1)[:, None]
    span = high - low
    flat = span[:, 0] <= noise(np.nan_to_num(pool))
    if flat.any() and on_constant == "stop":
        period = years[int(flat.argmax())] if scope == "yearly" else None
        raise MethodError("triple_constant", where=Where(indicator=column, period=period), reading=_title(word))
    share = np.divide(z - low, span, out=np.where(np.isnan(z), np.nan, 0.5), where=(span > 0) & ~flat[:, None])
    return np.asarray(range[0] + (range[1] - range[0]) * share)


def _title(word: str) -> Text:
    return {
        "strength": say("triple.strength"),
        "efficiency": say("triple.efficiency"),
        "potential": say("triple.potential"),
    }[word]


def _table(
    keyed: Keyed,
    years: np.ndarray[Any, np.dtype[np.intp]],
    column: str,
    readings: Sequence[Floats],
    scores: Sequence[Floats],
    score: Floats,
    unit: str,
    time: str,
) -> pl.DataFrame:
    named = dict(zip(READINGS, readings, strict=True))
    named |= {f"{word}_score": s for word, s in zip(READINGS, scores, strict=True)}
    named |= {"score": score, "rank": competition_rank(score)}
    keys = {
        unit: np.tile(keyed.units, years.size),
        time: np.repeat(years, len(keyed.units)),
        "indicator": np.repeat(column, score.size),
    }
    frame = pl.DataFrame(keys | {name: values.reshape(-1) for name, values in named.items()})
    return frame.with_columns(pl.col(*named).fill_nan(None)).with_columns(pl.col("rank").cast(pl.Int64))
