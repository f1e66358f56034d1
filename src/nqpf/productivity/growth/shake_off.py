"""Has growth shaken off the old mode: is more of it due to TFP than a threshold, is that share rising, did TFP break.

Growth accounts, the share of TFP with a block-bootstrap interval over a window and over rolling windows, the change of
the share between two parts of the window, and tests for breaks in TFP growth. Years are drawn, and all units of a year
stay together, so that shocks which units share are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import backend_of
from nqpf.productivity.growth.accounts import accounts_of
from nqpf.productivity.growth.blocks import BOOTSTRAPS, Bootstrap, usual_length
from nqpf.productivity.growth.break_choice import BreakOptions
from nqpf.productivity.growth.breaks import Breaks, breaks_of
from nqpf.productivity.growth.cells import SHORT, Cells, Floats, Gaps, spans
from nqpf.productivity.growth.shake_off_tables import SHORTEST, Resampling, change_rows, rolling_rows, share_rows
from nqpf.productivity.growth.tornqvist import Index, change_weights
from nqpf.results import Method, Note, TableResult

Weights = Literal["equal", "output"]
MANY = 10
"""With as many units, some intervals miss by chance alone, which is remarked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShakeOff(TableResult):
    """Whether growth has shaken off the old mode.

    Attributes
    ----------
    frame
        A row for each unit, and one with null for all units together where there are several: unit, first, last
        (growth is from first to last), years, output, tfp (mean growth in logs), share (of TFP in growth), low, high,
        verdict (``above``, ``below``: the whole interval is; ``not_shown``; ``not_assessed``) and reason (``short``,
        ``near_zero``: output growth may be zero, ``falling``; else null).
    change
        The same units: split (last year of the first part), before, after (shares), change, low, high, verdict
        (``rising``, ``falling``, ``not_shown``, ``not_assessed``).
    rolling
        As frame, for each window of `rolling` years of growth.
    breaks
        Breaks in TFP growth; None with ``max_breaks=0``.
    """

    change: pl.DataFrame
    rolling: pl.DataFrame
    breaks: Breaks | None


def shake_off(
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
    window: tuple[int, int] | None = None,
    threshold: float = 0.5,
    split: int | None = None,
    rolling: int | None = 10,
    weights: Weights = "equal",
    level: float = 0.95,
    bootstrap: Bootstrap = "stationary",
    block: int | None = None,
    small_sample: Literal["blocks", "none"] = "blocks",
    draws: int = 999,
    seed: int = 0,
    max_breaks: int = 2,
    gaps: Gaps = "error",
) -> ShakeOff:
    """Return the share of growth that is due to TFP, with an interval and verdicts.

    Parameters
    ----------
    data, output, capital, labour, unit, time, share, share_of, hours, quality, index, gaps
        As in `growth_accounts`.
    window
        First and last year; default: all.
    threshold
        Share that the interval is held against.
    split
        Last year of the first part of the window, with whose share that of the second part is compared; default: the
        middle.
    rolling
        Years of growth of a rolling window; None: none.
    weights
        All units together: ``equal``, or by ``output`` (mean share of both years; output in one unit of measure).
    level
        Level of the intervals.
    bootstrap
        ``stationary``, ``moving`` or ``circular`` blocks of years.
    block
        (Mean) years of a block; default: the cube root of the number of years.
    small_sample
        ``blocks``: intervals are widened for the small number of blocks; ``none``: they are not, and are too narrow
        for fewer than about fifty years.
    draws, seed
        Draws of the bootstrap, and the seed.
    max_breaks
        Most breaks in TFP growth looked for; 0: breaks are not looked for.

    Returns
    -------
    ShakeOff
        See there.

    Raises
    ------
    DataError, MethodError
        As in `growth_accounts`.
    SpecError
        An option will not do.

    References
    ----------
    Politis and Romano (1994), doi:10.1080/01621459.1994.10476870; Künsch (1989), doi:10.1214/aos/1176347265; Fieller
    (1954), doi:10.1111/j.2517-6161.1954.tb00159.x; Hesterberg (2015), doi:10.1080/00031305.2015.1089789.

    Examples
    --------
    >>> table = {"year": list(range(2000, 2021)), "y": [1.06**t for t in range(21)], "k": [1.06**t for t in range(21)],
    ...          "l": [1.0] * 21}
    >>> done = shake_off(table, "y", "k", "l", time="year", share=0.4, rolling=None, max_breaks=0)
    >>> done.frame["share"].round(6).to_list(), done.frame["verdict"].to_list()
    ([0.6], ['above'])
    """
    how = Resampling(threshold, level, bootstrap, block, small_sample, draws)
    _check(how, weights, rolling, seed, max_breaks)
    names = {"output": output, "capital": capital, "labour": labour, "hours": hours, "quality": quality}
    cells, _, found = accounts_of(data, names, unit, time, share, share_of, index, gaps)
    ((first, last),) = spans(cells, None if window is None else [window], "window")
    rows = slice(first - cells.first + 1, last - cells.first + 1)
    pair = (found.output, found.tfp)
    units: list[str | None] = [*cells.table.units]
    if len(units) > 1:
        units.append(None)
        pair = _pooled(cells, cells.values[output], *pair, weights)
    y, a = (x[rows] for x in pair)
    whole, one, two, roll = np.random.SeedSequence(seed).spawn(4)
    years = cells.table.years[rows]
    at = max(years.size // 2, 1) if split is None else _split(split, first, last)
    frame = share_rows(how.found(y, a, whole), units, y, years, how)
    options: dict[str, Any] = {**names, "share": share, "share_of": share_of, "index": index, "window": (first, last)}
    options |= {"threshold": threshold, "split": int(years[at - 1]), "rolling": rolling, "weights": weights}
    options |= {"level": level, "bootstrap": bootstrap, "block": block or usual_length(years.size)}
    options |= {"small_sample": small_sample, "draws": draws, "seed": seed, "max_breaks": max_breaks, "gaps": gaps}
    tested = None
    if max_breaks:
        series = ((u, years[~np.isnan(x)], x[~np.isnan(x)]) for u, x in zip(units, a.T, strict=True))
        chosen = BreakOptions(max_breaks=max_breaks, level=level, seed=seed)
        tested = breaks_of(series, chosen, {"value": "tfp", "gaps": gaps}, backend=backend_of(data))
    return ShakeOff(
        frame,
        Method("growth.shake_off", options),
        (*cells.notes, *_notes(frame, level)),
        backend_of(data),
        change=change_rows(y, a, at, units, years, how, (one, two)),
        rolling=rolling_rows(y, a, rolling, units, years, how, roll),
        breaks=tested,
    )


def _check(how: Resampling, weights: str, rolling: int | None, seed: int, max_breaks: int) -> None:
    choose("weights", weights, ("equal", "output"))
    choose("bootstrap", how.bootstrap, BOOTSTRAPS)
    choose("small_sample", how.small_sample, ("blocks", "none"))
    if not 0 < how.level < 1:
        raise SpecError("growth_between", where=Where(key="level"), value=how.level, low=0.0, high=1.0)
    enough = int(np.ceil(2 / (1 - how.level) - 1 - 1e-9))
    least = {"draws": (how.draws, max(enough, 99)), "block": (how.block, 1), "rolling": (rolling, SHORTEST)}
    for key, (value, lowest) in (least | {"seed": (seed, 0), "max_breaks": (max_breaks, 0)}).items():
        if value is not None and value < lowest:
            raise SpecError("growth_least", where=Where(key=key), value=value, least=lowest)


def _split(split: int, first: int, last: int) -> int:
    if not first < split < last:
        shown = {"first": first, "last": split, "earliest": first, "latest": last}
        raise SpecError("growth_period", where=Where(key="split"), **shown)
    return split - first


def _pooled(cells: Cells, level: Floats, output: Floats, tfp: Floats, weights: str) -> tuple[Floats, Floats]:
    """Return growth of output and TFP with a last column for all units together."""
    there = ~np.isnan(output)
    if weights == "output":
        total = np.where(cells.present, level, 0.0).sum(axis=1, keepdims=True)
        w = np.where(there, change_weights(level / np.where(total > 0, total, np.nan)), 0.0)
    else:
        w = there.astype(float)
    sums = w.sum(axis=1)
    both = []
    for x in (output, tfp):
        mean = np.divide(
            (w * np.where(there, x, 0.0)).sum(axis=1), sums, out=np.full(sums.shape, np.nan), where=sums > 0
        )
        both.append(np.column_stack([x, mean]))
    return both[0], both[1]


def _notes(frame: pl.DataFrame, level: float) -> list[Note]:
    notes = []
    few = frame.filter(pl.col("years") < SHORT).height
    if few:
        notes.append(Note("growth_few_years", values={"count": few, "total": frame.height, "least": SHORT}))
    zero = frame.filter(pl.col("reason").is_in(["near_zero", "falling"])).height
    if zero:
        notes.append(Note("growth_share_undefined", values={"count": zero, "total": frame.height}))
    assessed = frame.filter(pl.col("reason").is_null()).height
    if assessed >= MANY:
        notes.append(Note("growth_many_units", "info", {"count": assessed, "chance": assessed * (1 - level)}))
    return notes
