"""Is a pressure on nature coming away from the economy? Tapio's elasticities and states, and how locked-in they are.

Tapio (2005, doi:10.1016/j.tranpol.2005.01.001): e = (ΔP/P) / (ΔY/Y) over a step of so many years, put into eight states
(`nqpf.productivity.growth.decoupling_states`). Lock-in is read from the Markov chain of the states of steps on end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.productivity.growth.cells import Cells, Floats, Gaps, read, spans
from nqpf.productivity.growth.decoupling_states import STATES, Chain, chain, states
from nqpf.results import Method, Note, TableResult

SLOW = 0.005
"""An elasticity over smaller growth a year is remarked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoupling(TableResult):
    """States of decoupling.

    Attributes
    ----------
    frame
        A row for each unit and step, and for all units together (null: sums) where there are several: unit, first,
        last, economy, pressure (changes as shares), elasticity, state (null: the economy did not change).
    states
        A row for each unit and state that occurs: unit, state, steps, share.
    chain
        A row for each pair of states that follow each other, steps on end only: from, to, count, share.
    lock_in
        A row for each state that is left or kept, and one with null for all: state, moves, stay (share of moves that
        stay), low, high (units drawn anew; null for fewer than five units or ten moves), chance and p (all together:
        share that would stay if the years came in any order, and how often such an order keeps as many).
    """

    states: pl.DataFrame
    chain: pl.DataFrame
    lock_in: pl.DataFrame


def decoupling(
    data: Any,
    economy: str,
    pressure: str,
    *,
    time: str,
    unit: str | None = None,
    span: int = 1,
    base: int | None = None,
    periods: Sequence[tuple[int, int]] | None = None,
    growth: Literal["percent", "log"] = "percent",
    band: float = 0.2,
    level: float = 0.95,
    draws: int = 999,
    seed: int = 0,
    gaps: Gaps = "error",
) -> Decoupling:
    """Return Tapio's elasticities and states of decoupling.

    Parameters
    ----------
    data
        Table with a row for each unit and year.
    economy, pressure
        Columns of output at constant prices, and of what weighs on nature (energy, emissions); above zero.
    time, unit
        Columns of years and of units (None: a single series).
    span
        Years of a step: each year is held against the one so many years before (a rolling window).
    base
        Each year is held against this one instead.
    periods
        First and last years that are compared, instead of both.
    growth
        ``percent`` as in Tapio, or ``log`` differences, which treat rises and falls alike.
    band
        How far from 1 an elasticity still counts as coupling.
    level, draws, seed
        Of the intervals of lock-in, and of the test against years in any order.
    gaps
        ``error``: an absent year within a unit's years stops the run. ``skip``: steps from and to it are left out.

    Returns
    -------
    Decoupling
        See there. The chain takes steps on end: every `span`-th year, or periods that begin where another ends; with
        `base` there is none.

    Raises
    ------
    DataError
        A column or cell is absent, keys stand twice, a year is absent.
    MethodError
        A zero or negative value.
    SpecError
        An option will not do.

    References
    ----------
    Tapio (2005), Transport Policy 12, 137–151, doi:10.1016/j.tranpol.2005.01.001.

    Examples
    --------
    >>> table = {"year": [2000, 2001, 2002], "gdp": [100.0, 110.0, 121.0], "co2": [50.0, 52.0, 51.0]}
    >>> decoupling(table, "gdp", "co2", time="year").frame["state"].to_list()
    ['weak_decoupling', 'strong_decoupling']
    """
    _check(growth, band, level, draws, seed, span)
    cells = read(data, unit, time, [economy, pressure], gaps)
    pairs = _pairs(cells, span, base, periods)
    first, last = (np.array([pair[k] - cells.first for pair in pairs], dtype=np.intp) for k in (0, 1))
    names: list[str | None] = [*cells.table.units]
    levels = [cells.values[economy], cells.values[pressure]]
    if len(names) > 1:
        names.append(None)
        levels = [np.column_stack([v, _total(v, cells)]) for v in levels]
    y, p = (np.log(v[last] / v[first]) if growth == "log" else v[last] / v[first] - 1 for v in levels)
    e, state = states(y, p, band)
    options = {"economy": economy, "pressure": pressure, "span": span, "base": base, "periods": periods}
    options |= {"growth": growth, "band": band, "level": level, "draws": draws, "seed": seed, "gaps": gaps}
    frame = _rows(names, pairs, y, p, e, state)
    units = state[:, : len(cells.table.units)]
    linked = None if base is not None else _chained(units, pairs, level, draws, seed)
    return Decoupling(
        frame,
        Method("growth.decoupling", options),
        (*cells.notes, *_notes(y, last - first)),
        backend_of(data),
        states=_shares(frame),
        chain=_chain_rows(linked),
        lock_in=_lock_in_rows(linked),
    )


Pairs = list[tuple[int, int]]


def _check(growth: str, band: float, level: float, draws: int, seed: int, span: int) -> None:
    choose("growth", growth, ("percent", "log"))
    for key, value in (("band", band), ("level", level)):
        if not 0 < value < 1:
            raise SpecError("growth_between", where=Where(key=key), value=value, low=0.0, high=1.0)
    for key, number, least in (("span", span, 1), ("draws", draws, 99), ("seed", seed, 0)):
        if number < least:
            raise SpecError("growth_least", where=Where(key=key), value=number, least=least)


def _pairs(cells: Cells, span: int, base: int | None, periods: Sequence[tuple[int, int]] | None) -> Pairs:
    """Return first and last years that are compared."""
    if periods is not None:
        return list(spans(cells, periods))
    if base is not None:
        spans(cells, [(base, cells.last)], "base")
        return [(base, year) for year in range(base + 1, cells.last + 1)]
    spans(cells, [(cells.first, cells.first + span)], "span")
    return [(year, year + span) for year in range(cells.first, cells.last + 1 - span)]


def _total(values: Floats, cells: Cells) -> Floats:
    """Return sums over units, NaN in years in which one is absent."""
    return np.where(cells.present.all(axis=1), np.where(cells.present, values, 0.0).sum(axis=1), np.nan)


def _rows(
    names: list[str | None], pairs: Pairs, y: Floats, p: Floats, e: Floats, state: NDArray[np.intp]
) -> pl.DataFrame:
    columns = {
        "unit": pl.Series([name for name in names for _ in pairs], dtype=pl.String),
        "first": [a for a, _ in pairs] * len(names),
        "last": [b for _, b in pairs] * len(names),
        "economy": y.T.ravel(),
        "pressure": p.T.ravel(),
        "elasticity": e.T.ravel(),
        "state": pl.Series([STATES[s] if s >= 0 else None for s in state.T.ravel()], dtype=pl.String),
    }
    frame = pl.DataFrame(columns)
    return frame.filter(pl.col("economy").is_not_nan()).with_columns(pl.col("elasticity").fill_nan(None))


def _shares(frame: pl.DataFrame) -> pl.DataFrame:
    order = pl.col("state").replace_strict({s: i for i, s in enumerate(STATES)}, return_dtype=pl.Int64)
    found = frame.filter(pl.col("state").is_not_null()).group_by("unit", "state", maintain_order=True).len("steps")
    found = found.with_columns(share=pl.col("steps") / pl.col("steps").sum().over("unit"), at=order)
    place = frame.select("unit").unique(maintain_order=True).with_row_index("of")
    joined = found.join(place, on="unit", nulls_equal=True).sort("of", "at")
    return joined.select("unit", "state", pl.col("steps").cast(pl.Int64), "share")


def _chained(state: NDArray[np.intp], pairs: Pairs, level: float, draws: int, seed: int) -> Chain:
    """Return the chain of steps on end, from the last one back."""
    ends_at = {last: k for k, (_, last) in enumerate(pairs)}
    step: int | None = len(pairs) - 1
    kept: list[int] = []
    while step is not None:
        kept.append(step)
        step = ends_at.get(pairs[step][0])
    return chain(state[kept[::-1]], level, draws, seed)


def _chain_rows(found: Chain | None) -> pl.DataFrame:
    schema = {"from": pl.String, "to": pl.String, "count": pl.Int64, "share": pl.Float64}
    if found is None:
        return pl.DataFrame(schema=schema)
    a, b = np.nonzero(found.counts)
    rows = {"from": [STATES[i] for i in a], "to": [STATES[i] for i in b], "count": found.counts[a, b].astype(int)}
    return pl.DataFrame(
        rows | {"share": (found.counts / found.counts.sum(axis=1, keepdims=True).clip(1))[a, b]}, schema
    )


def _lock_in_rows(found: Chain | None) -> pl.DataFrame:
    schema: dict[str, Any] = {"state": pl.String, "moves": pl.Int64}
    schema |= dict.fromkeys(("stay", "low", "high", "chance", "p"), pl.Float64)
    if found is None:
        return pl.DataFrame(schema=schema)
    moves = [*found.counts.sum(axis=1), found.counts.sum()]
    rows = {"state": [*STATES, None], "moves": np.array(moves).astype(int), "stay": found.stay}
    rows |= {"low": found.low, "high": found.high, "chance": [None] * 8 + [found.chance], "p": [None] * 8 + [found.p]}
    numbers = ("stay", "low", "high", "chance", "p")
    frame = pl.DataFrame(rows, schema, strict=False)
    return frame.filter(pl.col("moves") > 0).with_columns(pl.col(c).fill_nan(None) for c in numbers)


def _notes(y: Floats, years: NDArray[np.intp]) -> list[Note]:
    yearly = np.abs(y) / years[:, None]
    slow, still = int((yearly < SLOW).sum()), int((y == 0).sum())
    if not slow:
        return []
    shown = {"count": slow, "total": int(np.isfinite(y).sum()), "least": SLOW, "still": still}
    return [Note("decoupling_slow", values=shown)]
