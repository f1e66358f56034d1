"""One figure from two sources or in two editions: how far apart, where out of line, and what would explain it.

Two series are the same figure where the user says so, where they are one series in two editions, where their titles
differ only in brackets (``CO2排放(CEADs)``, ``CO2排放(EDGAR)``), or where their numbers, in one unit, usually agree
within 3 %.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nqpf.data.checks.found import Found, Severity
from nqpf.data.checks.layers import Bools, Floats, Layer, median
from nqpf.data.places.names import clean

USUAL = 0.03
"""Most in logs that two series may usually differ to be taken for the same figure by their numbers."""
WIDE = 0.3
"""Least spread in logs of the numbers of such series: indices and rates all look alike."""
EXACT = 1e-3
"""Usual difference up to which two sources are held to say the same."""
APART = 0.01
"""Difference that is told of sources that usually say the same; a smaller one where they agree to the last digits."""
FAR = 0.2
"""Least difference in logs from what is usual for a unit that is told of sources that differ anyhow."""
FEW = 0.2
"""Most of the cells that may be out of line to be told one by one."""
SMALL = 0.05
"""Largest difference of two sources that is only worth a note."""
LEAST = 10
"""Fewest cells that two series must share to be taken for one figure by their numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two series of one figure over the years of both.

    Attributes
    ----------
    one, other
        Ids of the series.
    rows
        ``int[T]`` years of the panel that both have.
    x, y
        ``float64[T, N]`` numbers of each, in the unit of the first.
    ratio
        ``float64[T, N]`` log of x over y.
    rounding
        ``float64[T, N]`` what rounding can leave between them.
    usual
        Median size of the ratio.
    """

    one: str
    other: str
    rows: NDArray[np.int64]
    x: Floats
    y: Floats
    ratio: Floats
    rounding: Floats
    usual: float


def pairs_of(layers: Sequence[Layer], stated: Iterable[tuple[str, str]] = ()) -> list[Pair]:
    """Return the pairs of series that are the same figure; `stated` are pairs known to be."""
    said = {frozenset(pair) for pair in stated}
    stems = {layer.id: _stem(layer) for layer in layers}
    made = []
    for one, other in combinations(layers, 2):
        if not _comparable(one, other):
            continue
        named = frozenset((one.id, other.id)) in said or None is not stems[one.id] == stems[other.id]
        if named or one.kind.extent != "ratio":
            pair = _pair(one, other, 1 if named else LEAST)
            if pair is not None and (named or _alike(pair)):
                made.append(pair)
    return made


def _comparable(one: Layer, other: Layer) -> bool:
    if one.kind.dimension is None and one.series.measure != other.series.measure:
        return False
    return one.kind.extent == other.kind.extent and one.kind.dimension == other.kind.dimension


def _stem(layer: Layer) -> str | None:
    """Return a title without its brackets, if it has any."""
    title = layer.series.title.zh
    bare = re.sub(r"[（(\[【].*$", "", title)
    return clean(bare) if bare and bare != title else None


def _pair(one: Layer, other: Layer, least: int) -> Pair | None:
    rows = np.intersect1d(one.rows, other.rows, assume_unique=True)
    if not rows.size:
        return None
    at, beside = np.searchsorted(one.rows, rows), np.searchsorted(other.rows, rows)
    factor = other.kind.factor / one.kind.factor
    ratio = one.log[at] - other.log[beside] - np.log(factor)
    size = np.abs(ratio[np.isfinite(ratio)])
    if size.size < least:
        return None
    rounding = 0.51 * (one.grain[at] + other.grain[beside] * factor)
    return Pair(one.id, other.id, rows, one.x[at], other.x[beside] * factor, ratio, rounding, float(np.median(size)))


def _alike(pair: Pair) -> bool:
    with np.errstate(divide="ignore", invalid="ignore"):
        return pair.usual <= USUAL and float(np.nanstd(np.log(np.where(pair.x > 0, pair.x, np.nan)))) > WIDE


def disagreements(pair: Pair) -> Iterator[Found]:
    """Find how far two sources are apart, and the cells in which they are so out of line."""
    exact = pair.usual <= EXACT
    apart = _apart(pair, exact)
    told = np.zeros_like(apart)
    for found in [*_shifts(pair, apart), *_exchanges(pair, apart)] if exact else ():
        told[[int(np.searchsorted(pair.rows, row)) for row, _ in found.cells], [n for _, n in found.cells]] = True
        yield found
    yield _summary(pair)
    if apart.sum() <= FEW * np.isfinite(pair.ratio).sum():
        for i, n in np.argwhere(apart & ~told):
            yield _cell(pair, int(i), int(n), "error" if exact else "warning")


def _apart(pair: Pair, exact: bool) -> Bools:
    """Return the cells in which two sources are out of line: ``bool[T, N]``."""
    if exact:
        off, limit = np.abs(pair.ratio), min(APART, max(EXACT, 20 * pair.usual))
    else:
        off = np.abs(pair.ratio - median(pair.ratio, axis=0)[None])
        limit = max(FAR, 8 * 1.4826 * float(median(off.reshape(-1), axis=0)))
    with np.errstate(invalid="ignore"):
        found: Bools = (off > limit) & (np.abs(pair.x - pair.y) > pair.rounding)
    return found


def _summary(pair: Pair) -> Found:
    size = np.abs(pair.ratio)
    i, n = np.unravel_index(int(np.nanargmax(size)), size.shape)
    most = float(np.expm1(size[i, n]))
    with np.errstate(invalid="ignore"):
        far = int((size > APART).sum())
    values = {"other": pair.other, "usual": float(np.expm1(pair.usual)), "most": most}
    values |= {"count": int(np.isfinite(size).sum()), "far": far}
    cell = ((int(pair.rows[i]), int(n)),)
    severity: Severity = "info" if most < SMALL else "warning"
    x, y = float(pair.x[i, n]), float(pair.y[i, n])
    return Found("sources", severity, pair.one, cell, "sources", values, x, y, most)


def _cell(pair: Pair, i: int, n: int, severity: Severity) -> Found:
    x, y, size = float(pair.x[i, n]), float(pair.y[i, n]), float(np.expm1(pair.ratio[i, n]))
    values = {"other": pair.other, "value": x, "expected": y, "size": size}
    return Found("sources", severity, pair.one, ((int(pair.rows[i]), n),), "sources_cell", values, x, y, size)


def _shifts(pair: Pair, apart: Bools) -> Iterator[Found]:
    """Find units whose years are one off, told by the other source."""
    for words, lag in (("shift_late", 1), ("shift_early", -1)):
        moved = np.full_like(pair.y, np.nan)
        if lag == 1:
            moved[1:] = pair.y[:-1]
        else:
            moved[:-1] = pair.y[1:]
        fits = apart & _same(pair.x, moved)
        for n in np.flatnonzero((fits.sum(axis=0) >= 2) & (fits.sum(axis=0) >= 0.6 * apart.sum(axis=0))):
            cells = tuple((int(pair.rows[i]), int(n)) for i in np.flatnonzero(apart[:, n]))
            values = {"other": pair.other, "count": int(fits[:, n].sum())}
            yield Found("shift", "error", pair.one, cells, words, values, size=float(lag))


def _exchanges(pair: Pair, apart: Bools) -> Iterator[Found]:
    """Find pairs of units that stand exchanged in a year, told by the other source."""
    for i in np.flatnonzero(apart.sum(axis=1) >= 2).tolist():
        for n, m in combinations(np.flatnonzero(apart[i]).tolist(), 2):
            if _same(pair.x[i, [n, m]], pair.y[i, [m, n]]).all():
                row = int(pair.rows[i])
                values = {"other": pair.other}
                yield Found("swap", "error", pair.one, ((row, n), (row, m)), "swap_sources", values, size=1.0)


def _same(x: Floats, y: Floats) -> Bools:
    with np.errstate(invalid="ignore"):
        found: Bools = np.abs(x - y) <= EXACT * np.abs(y)
    return found
