"""Numbers too even to have been counted: equal steps, equal growth, no change, hardly changing growth, new decimals.

Somebody has interpolated or extrapolated such numbers. Rounded numbers repeat their steps by chance, and the more so
the coarser they are: a run counts where chance would bring forth fewer than one in fifty in the whole series.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from nqpf.data.checks.found import Found
from nqpf.data.checks.layers import CROWD, TINY, Bools, Floats, Layer, median

RUN = 3
"""Fewest equal steps that make a run."""
CHANCE = 0.02
"""Most runs that chance may be expected to bring forth in one series."""
STEP = 20
"""A step must be this many times the last decimal place."""
CALM = 0.15
"""Growth is far calmer than usual where it moves less than this share of what it usually moves."""
RARE = 0.1
"""Most of the years before that may have had as many decimals as those after."""
CALM_RUN = 5
"""Fewest such changes of growth in a row."""


def runs(layer: Layer) -> Iterator[Found]:
    """Find equal steps, equal growth and frozen numbers."""
    if len(layer.years) <= RUN:
        return
    even = _even_steps(layer)
    yield from even
    told = {cell for f in even for cell in f.cells}
    yield from (f for f in _even_growth(layer) if not told.issuperset(f.cells))
    yield from _frozen(layer)


def _even_steps(layer: Layer) -> list[Found]:
    x = layer.x
    bend = _spaced(layer, x[2:] - 2 * x[1:-1] + x[:-2])
    step = np.diff(x, axis=0)
    grain = _grain3(layer)
    with np.errstate(invalid="ignore"):
        even = np.abs(bend) <= 1.01 * grain + 8 * TINY * np.abs(x[1:-1])
        even &= (np.abs(step[1:]) > STEP * grain) & (np.abs(step[:-1]) > STEP * grain)
    found = []
    for n, first, last in _stretches(even, RUN - 1):
        if _by_chance(bend, even, grain, n, first, last):
            continue
        count = last - first + 2
        values = {"count": count, "step": float(x[last + 2, n] - x[first, n]) / count}
        found.append(_run("even_steps", layer, n, first, last + 2, values))
    return found


def _even_growth(layer: Layer) -> Iterator[Found]:
    x = layer.x
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        miss = _spaced(layer, x[2:] - x[1:-1] ** 2 / np.where(x[:-2] > 0, x[:-2], np.nan))
        grain = _grain3(layer)
        even = np.abs(miss) <= 2.01 * grain + 8 * TINY * np.abs(x[1:-1])
        even &= np.abs(np.diff(x, axis=0)[1:]) > STEP * grain
        even &= np.abs(x[2:] - 2 * x[1:-1] + x[:-2]) > 4 * grain  # else the steps are equal as well
    for n, first, last in _stretches(even, RUN - 1):
        if not _by_chance(miss, even, 2 * grain, n, first, last):
            count = last - first + 2
            values = {"count": count, "rate": float((x[last + 2, n] / x[first, n]) ** (1 / count) - 1)}
            yield _run("even_growth", layer, n, first, last + 2, values)


def _frozen(layer: Layer) -> Iterator[Found]:
    x = layer.x
    step = np.diff(x, axis=0)
    still = (step == 0) & (x[1:] != 0)
    grain = np.minimum(layer.grain[1:], layer.grain[:-1])
    if layer.kind.extent == "ratio" and still.mean() > 0.2:  # a rate set for years on end (a tariff, a survey's result)
        return
    for n, first, last in _stretches(still, RUN):
        if not _by_chance(step, still, grain, n, first, last):
            values = {"count": last - first + 1, "value": float(x[first, n])}
            yield _run("frozen", layer, n, first, last + 1, values)


def _run(check: str, layer: Layer, n: int, first: int, last: int, values: Mapping[str, float]) -> Found:
    """Return a run of one unit from its first to its last year; its size is how often the step repeats."""
    cells = tuple(layer.cell(t, n) for t in range(first, last + 1))
    value = float(layer.x[last, n])
    return Found(check, "warning", layer.id, cells, check, values, value, None, float(values["count"]))


def calm_growth(layer: Layer) -> Iterator[Found]:
    """Find growth that hardly moves for years where it moved before: extrapolated at an assumed rate."""
    bend = _spaced(layer, np.diff(layer.change[1:], axis=0))
    usual = median(np.abs(bend), axis=0)
    pooled = float(median(np.abs(bend).reshape(-1), axis=0))
    if not bend.size or np.isnan(pooled) or pooled < 1e-4:
        return
    with np.errstate(invalid="ignore"):
        calm = np.abs(bend) <= CALM * np.fmax(usual, pooled)
    by_end: dict[int, list[tuple[int, int]]] = {}
    for n, first, last in _stretches(calm, CALM_RUN - 1):
        by_end.setdefault(last, []).append((n, last - first + 2))
    for last, there in by_end.items():
        longest = max(size for _, size in there)
        if longest > CALM_RUN or len(there) >= max(3, bend.shape[1] // 5):
            cells = tuple(layer.cell(t, n) for n, size in there for t in range(last + 3 - size, last + 3))
            values = {"count": longest, "number": len(there)}
            yield Found("calm_growth", "info", layer.id, cells, "calm_growth", values, size=float(longest))


def new_decimals(layer: Layer) -> Iterator[Found]:
    """Find years from which on numbers have more decimals than ever before: worked out rather than reported."""
    with np.errstate(invalid="ignore"):
        places = np.where(np.isfinite(layer.x) & (layer.x != 0), layer.places.astype(float), np.nan)
    usual = median(places, axis=1)
    if (np.isfinite(places).sum(axis=1) < CROWD).any():
        return
    for t in range(CROWD, len(usual)):
        before, after = usual[:t], usual[t:]
        fewest = after.min()
        if fewest >= 3 and np.mean(before >= fewest) <= RARE:
            most = float(np.median(before))
            share = float(np.nanmean(places[t:] > most))
            cells = tuple(layer.cell(i, int(n)) for i in range(t, len(usual)) for n in np.flatnonzero(places[i] > most))
            values = {"before": int(most), "after": int(fewest), "share": share, "start": int(layer.years[t])}
            yield Found("new_decimals", "info", layer.id, cells, "new_decimals", values, size=float(after.min()))
            return


def _spaced(layer: Layer, bend: Floats) -> Floats:
    """Blank what reaches over years that are not evenly spaced."""
    gap = np.diff(layer.years)
    return np.where((gap[1:] == gap[:-1])[:, None], bend, np.nan)


def _grain3(layer: Layer) -> Floats:
    return np.minimum(np.minimum(layer.grain[2:], layer.grain[1:-1]), layer.grain[:-2])


def _by_chance(bend: Floats, even: Bools, grain: Floats, n: int, first: int, last: int) -> bool:
    """Return whether rounding alone would bring forth such a run more often than `CHANCE` in this series.

    The size of a bend is taken as exponential, with the median of the unit's uneven years (or, where the unit has
    fewer than three, of the whole series).
    """
    size = np.abs(np.where(even, np.nan, bend))
    own = size[:, n][np.isfinite(size[:, n])]
    usual = float(np.median(own)) if own.size >= 3 else float(median(size.reshape(-1), axis=0))
    if np.isnan(usual) or usual == 0:
        return bool(np.isfinite(size).any())
    width = 1.5 * float(grain[first : last + 1, n].max())
    once = 1 - np.exp(-np.log(2) * width / usual)
    return bool(once ** (last - first + 1) * np.isfinite(bend).sum() > CHANCE)


def _stretches(flags: NDArray[np.bool_], least: int) -> list[tuple[int, int, int]]:
    """Return unit, first and last row of every stretch of at least `least` true flags in a column."""
    if not flags.size:
        return []
    edge = np.zeros((1, flags.shape[1]), dtype=np.int8)
    turn = np.diff(np.vstack([edge, flags.astype(np.int8), edge]), axis=0).T
    starts, ends = np.argwhere(turn == 1), np.argwhere(turn == -1)
    long = ends[:, 1] - starts[:, 1] >= least
    return [(int(n), int(a), int(b) - 1) for (n, a), b in zip(starts[long], ends[long, 1], strict=True)]
