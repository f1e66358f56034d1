"""Crowding: how many regions are in an industry, how many enter in a year, and whether they enter in waves.

Firms and governments that see the same promising industry rush into it one after the other: Lin (2007), Economic
Research Journal 1, 126–131; Lin, Wu and Xing (2010), Economic Research Journal 10, 4–19. A wave is no proof of
imitation, nor of harm: regions may answer the same news, and whether capacity is too large its use must tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.frames import backend_of
from nqpf.industry.grid import Empty, Grid
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_above, check_least
from nqpf.industry.relatedness.arrays import advantage, present
from nqpf.industry.warning.entry_waves import Waves, pools, waves, yearly
from nqpf.industry.warning.lights import CautionResult, Line, Signal, Tier, light_of, line, table_of
from nqpf.results import Method, Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Held = Literal["advantage", "amount"]
COLUMNS = (
    "regions", "holders", "share", "open", "entries", "exits", "history_z", "expected", "p", "q"
)  # fmt: skip
FOUND = ("observed", "expected", "p", "q", "dispersion", "dispersion_p")
WAVES = ("entries", "start", "end", *FOUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdingResult(CautionResult):
    """Regions in industries, and their entries.

    Attributes
    ----------
    frame
        A row an industry and year: regions (active), holders, share (of the active), open (regions that could enter
        since the year before), entries, exits, history_z (entries against the industry's own years before), expected
        (entries under the null), p, q (false discovery rate over all industries and years).
    waves
        A row an industry: entries, start, end (years of the strongest run; an entry belongs to the year at the end of
        its interval), observed, expected, p, q, dispersion, dispersion_p; null where not tested.
    """

    waves: pl.DataFrame


def crowding(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    held: Held = "advantage",
    threshold: float = 1.0,
    below: float | None = None,
    empty: Empty = "raise",
    least_entries: int = 5,
    history: int = 5,
    widest: int = 3,
    draws: int = 9999,
    share_line: Line = (0.5, 0.75),
    z_line: Line = (2.5, 4.0),
    q_line: Line = (0.10, 0.05),
    seed: int = 0,
) -> CrowdingResult:
    """Count the regions in each industry and those that enter, and test whether entries come in waves.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row a region, industry and year; a pair without a row has no activity.
    value
        Column of activity: output, jobs, firms.
    unit, industry, time
        Columns of regions, industries and years; without years only holders are counted.
    held
        What it is to be in an industry: revealed ``advantage`` (location quotient) of `threshold` or more, which
        indicates specialisation; or an ``amount`` of `threshold` or more in the unit of `value`, which is entry itself.
    threshold
        See `held`. 1 is the usual threshold of advantage (Balassa 1965).
    below
        A region can enter if it was below this a year before; None: `threshold`. A smaller number, e.g. 0.5, leaves out
        those that hover about the threshold.
    empty
        Regions or industries without activity in a year: ``raise`` or ``drop`` (left out of that year).
    least_entries
        Industries with fewer entries in all are not tested (convention).
    history
        Fewest intervals before that a z value needs (convention).
    widest
        Longest run of intervals that is looked at.
    draws, seed
        Random dates that runs are compared with, and their seed.
    share_line
        Share of the regions that are in the industry (conventions).
    z_line
        Standard deviations above the industry's own mean: after five calm years about 4 and 1 of 100 years are as
        far off (Student's t of a prediction).
    q_line
        q value of the entries of a year, and of the strongest run (conventional levels).

    Returns
    -------
    CrowdingResult
        A row an industry and year; ``.waves``; ``.lights``.

    Raises
    ------
    DataError
        A column is absent, a label or number missing, or a key twice.
    SpecError
        No such option; a number that cannot be; thresholds in the wrong order.
    MethodError
        A negative value; a region or industry without activity.

    References
    ----------
    Lin (2007), Economic Research Journal 1, 126–131, ISSN 0577-9154. Kulldorff (1997), doi:10.1080/03610929708831995.
    Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> jobs = {"r": list("aabb"), "i": ["pv", "tea"] * 2, "jobs": [5, 1, 5, 3]}
    >>> found = crowding(jobs, "jobs", unit="r", industry="i", held="amount", threshold=2)
    >>> found.frame.select("i", "holders", "share").rows()
    [('pv', 2, 1.0), ('tea', 1, 0.5)]
    """
    choose("held", held, get_args(Held))
    lines = {"share": line("share_line", share_line), "z": line("z_line", z_line),
             "q": line("q_line", q_line, rising=False)}  # fmt: skip
    check_above("threshold", threshold)
    if below is not None:
        check_above("below", below)
    for key, number, least in (
        ("least_entries", least_entries, 1), ("history", history, 2), ("widest", widest, 1), ("draws", draws, 1),
        ("seed", seed, 0),
    ):  # fmt: skip
        check_least(key, number, least)
    keys_apart(COLUMNS, industry=industry, time=time)
    keys_apart(WAVES, industry=industry)
    grid = Grid.of(data, value, unit=unit, industry=industry, time=time)
    index, active, remarks = _index(grid, held, empty)
    here = present(index, threshold)
    counts = _counts(here, index, active, threshold if below is None else min(below, threshold))
    tested = (counts["entries"][1:].sum(axis=0) >= least_entries) & ~np.isnan(counts["pool"]).any(axis=0)
    tested &= len(grid.years) > 2
    p, q = yearly(counts["entries"][1:], counts["pool"], tested)
    found = waves(counts["entries"][1:], counts["pool"], tested, widest, draws, seed)
    columns = _columns(counts, p, q, _history(counts["entries"][1:], history))
    lights = table_of(_signals(grid, columns, found, lines, "measured" if held == "amount" else "indicated"))
    whole = [pl.col(c).cast(pl.Int64) for c in ("regions", "holders", "open", "entries", "exits")]
    options = {
        "value": value, "held": held, "threshold": threshold, "below": below, "empty": empty,
        "least_entries": least_entries, "history": history, "widest": widest, "draws": draws, "seed": seed,
    }  # fmt: skip
    return CrowdingResult(
        frame=grid.by_industry(columns).with_columns(whole),
        lights=lights,
        waves=_wave_frame(grid, found, counts["entries"][1:]),
        method=Method("industry.crowding", options | {f"{name}_line": pair for name, pair in lines.items()}),
        notes=(*grid.notes, *remarks, *_notes(grid, tested, held, least_entries)),
        backend=backend_of(data),
    )


def _index(grid: Grid, held: Held, empty: Empty) -> tuple[Floats, Bools, list[Note]]:
    """Return what the threshold is for, ``float64[T, N, K]``, and which regions are there, ``bool[T, N]``."""
    index = np.full(grid.values.shape, np.nan)
    active = np.zeros(grid.values.shape[:2], dtype=bool)
    remarks: list[Note] = []
    for t in range(len(grid.years)):
        units, industries, notes = grid.kept(t, empty)
        remarks += notes
        at = np.ix_(units, industries)
        x = grid.values[t][at]
        index[t][at] = x if held == "amount" else advantage(x)
        active[t, units] = True
    return index, active, remarks


def _counts(here: Bools, index: Floats, active: Bools, below: float) -> dict[str, Floats]:
    """Return counts ``float64[T, K]``, those of entry NaN in the first year, and pools ``float64[T − 1, K]``."""
    both = (active[1:] & active[:-1])[:, :, None]
    with np.errstate(invalid="ignore"):
        low = ~here[:-1] & ~(index[:-1] >= below)
    open_ = low & both
    entered = open_ & here[1:]
    left = here[:-1] & ~here[1:] & both
    holders = here.sum(axis=1).astype(float)
    none = np.full((1, holders.shape[1]), np.nan)

    def since(x: Bools) -> Floats:
        return np.concatenate([none, x.sum(axis=1).astype(float)])

    regions = np.broadcast_to(active.sum(axis=1)[:, None], holders.shape).astype(float)
    return {
        "regions": regions, "holders": holders, "open": since(open_), "entries": since(entered), "exits": since(left),
        "pool": pools(entered, open_),
    }  # fmt: skip


def _history(entries: Floats, least: int) -> Floats:
    """Return how many standard deviations entries ``float64[S, K]`` are above the mean of the intervals before."""
    z = np.full(entries.shape, np.nan)
    for s in range(least, len(entries)):
        before = entries[:s]
        spread = before.std(axis=0, ddof=1)
        np.divide(entries[s] - before.mean(axis=0), spread, out=z[s], where=spread > 0)
    return z


def _columns(counts: dict[str, Floats], p: Floats, q: Floats, z: Floats) -> dict[str, Floats]:
    none = np.full((1, p.shape[1]), np.nan)
    expected = counts["entries"][1:].sum(axis=0) * counts["pool"] / counts["pool"].sum(axis=0)
    later = {"history_z": z, "expected": expected, "p": p, "q": q}
    share = counts["holders"] / np.where(counts["regions"] > 0, counts["regions"], np.nan)
    return {
        "regions": counts["regions"], "holders": counts["holders"], "share": share, "open": counts["open"],
        "entries": counts["entries"], "exits": counts["exits"],
        **{name: np.concatenate([none, x]) for name, x in later.items()},
    }  # fmt: skip


def _signals(
    grid: Grid, columns: dict[str, Floats], found: Waves, lines: dict[str, Line], tier: Tier
) -> Iterator[Signal]:
    for t, year in enumerate(grid.years):
        for k, name in enumerate(grid.industries):
            yield _signal("share", columns["share"][t, k], lines["share"], True, tier, "no_number", name, year)
            if t:
                z, q = columns["history_z"][t, k], columns["q"][t, k]
                yield _signal("entry_z", z, lines["z"], True, tier, "short_history", name, year)
                yield _signal("entry_q", q, lines["q"], False, tier, "few_entries", name, year)
    for k, name in enumerate(grid.industries):
        start, end = _years(grid, found, k)
        span = start if start == end else f"{start}–{end}"
        yield _signal("wave_q", found.q[k], lines["q"], False, tier, "few_entries", name, span)


def _signal(
    measure: str, number: float, thresholds: Line, rising: bool, tier: Tier, reason: str, industry: object, year: object
) -> Signal:
    light = light_of(number, thresholds, rising=rising)
    return Signal("crowding", measure, float(number), thresholds, light, tier, reason, industry=industry, year=year)


def _years(grid: Grid, found: Waves, k: int) -> tuple[Any, Any]:
    if found.start[k] < 0:
        return None, None
    return grid.years[int(found.start[k]) + 1], grid.years[int(found.end[k]) + 1]


def _wave_frame(grid: Grid, found: Waves, entries: Floats) -> pl.DataFrame:
    runs = [_years(grid, found, k) for k in range(len(grid.industries))]
    return pl.DataFrame(
        {
            grid.industry: grid.industries,
            "entries": entries.sum(axis=0).astype(int),
            "start": pl.Series([start for start, _ in runs], dtype=grid.years.dtype),
            "end": pl.Series([end for _, end in runs], dtype=grid.years.dtype),
            **{name: pl.Series("", getattr(found, name), nan_to_null=True) for name in FOUND},
        }
    )


def _notes(grid: Grid, tested: Bools, held: Held, least: int) -> list[Note]:
    notes = [Note("crowding_no_harm", "info")]
    if held == "advantage":
        notes.append(Note("crowding_advantage", "info"))
    if len(grid.years) < 3:
        notes.append(Note("crowding_no_waves", "info", {"years": len(grid.years)}))
        return notes
    if not tested.all():
        notes.append(Note("crowding_untested", "info", {"count": int((~tested).sum()), "least": least}))
    if grid.years.dtype.is_integer() and grid.years.diff().drop_nulls().n_unique() > 1:
        notes.append(Note("crowding_uneven"))
    return notes
