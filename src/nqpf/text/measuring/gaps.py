"""Attention and score of regions on one scale, their difference, and its interval from documents drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from nqpf.data.keyed import Keyed
from nqpf.numerics.resample import turns
from nqpf.text.measuring.batch import metadata
from nqpf.text.measuring.dates import dates_of
from nqpf.text.measuring.measured import Measured

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
Across = Literal["time", "all"]

LEAST_DOCUMENTS = 5
"""Documents with something to count below which a region has no interval (convention)."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """T years × N units, with D documents in which there is something to count, and an index.

    Attributes
    ----------
    years, units
        Ascending.
    cell
        ``int[D]`` cell t N + n of each document, documents ordered by cell and name.
    own_count, own_size
        ``float64[D]`` occurrences and characters of each document.
    count, size, documents
        ``float64[T, N]`` their sums.
    score
        ``float64[T, N]``, NaN where there is none.
    """

    years: list[int]
    units: list[str]
    cell: Integers
    own_count: Floats
    own_size: Floats
    count: Floats
    size: Floats
    documents: Floats
    score: Floats

    @classmethod
    def of(cls, seen: Measured, index: Keyed, id: str, unit: str, time: str, score: str) -> Cells:
        """Return documents and index by year and unit."""
        where = metadata(seen.frame, [unit], id)[unit].cast(pl.String).to_list()
        when = [one.day.year for one in dates_of(seen.frame, time, seen.ids)]
        years = sorted({*when, *index.years[np.unique(index.t)].tolist()})
        units = sorted({*where, *index.units})
        row = {year: t for t, year in enumerate(years)}
        column = {name: n for n, name in enumerate(units)}
        cell = np.array([row[y] * len(units) + column[u] for y, u in zip(when, where, strict=True)], np.int64)
        counts = seen.found.total.count.toarray()[:, 0].astype(float)
        sizes = seen.found.sizes.characters.astype(float)
        # An article that is left out (it repeats another, say) is none: drawn with the rest it would feign certainty.
        order = np.lexsort((np.argsort(np.argsort(np.array(seen.ids))), cell))
        order = order[sizes[order] > 0]
        cell, counts, sizes = cell[order], counts[order], sizes[order]
        shape = (len(years), len(units))
        weights = (counts, sizes, np.ones(cell.size))
        count, size, number = (
            np.asarray(np.bincount(cell, w, minlength=shape[0] * shape[1]), np.float64).reshape(shape) for w in weights
        )
        scores = np.full(shape, np.nan)
        cube = index.cube(score)
        for t, n in zip(index.t.tolist(), index.n.tolist(), strict=True):
            scores[row[int(index.years[t])], column[index.units[n]]] = cube[t, n]
        return cls(years, units, cell, counts, sizes, count, size, number, scores)

    @property
    def attention(self) -> Floats:
        """Occurrences per thousand characters ``float64[T, N]``, NaN where nothing is written."""
        return rate(self.count, self.size)

    def drawn(self, draws: int, seed: int) -> Floats:
        """Return attention ``float64[B, T, N]`` with the documents of each cell drawn anew; as it is where too few."""
        found = np.tile(self.attention, (draws, 1, 1)).reshape(draws, -1)
        streams = np.random.SeedSequence(seed).spawn(found.shape[1])
        bounds = np.searchsorted(self.cell, np.arange(found.shape[1] + 1))
        for c in np.flatnonzero(np.diff(bounds) >= LEAST_DOCUMENTS):
            own = slice(bounds[c], bounds[c + 1])
            times = turns(own.stop - own.start, draws, np.random.default_rng(streams[c]))
            found[:, c] = rate(times @ self.own_count[own], times @ self.own_size[own])
        return found.reshape(draws, len(self.years), len(self.units))


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Differences ``float64[T, N]``, NaN where not assessed.

    Attributes
    ----------
    known
        ``bool[T, N]`` cells with attention and score in a year that is assessed.
    z_attention, z_score, gap, low, high
        Standardised values, their difference and its interval.
    rank, rank_low, rank_high
        Rank by score less rank by attention, and its interval.
    """

    known: Bools
    z_attention: Floats
    z_score: Floats
    gap: Floats
    low: Floats
    high: Floats
    rank: Floats
    rank_low: Floats
    rank_high: Floats


def gaps_of(cells: Cells, drawn: Floats, across: Across, least: int, level: float) -> Gaps:
    """Return the differences.

    Parameters
    ----------
    drawn
        ``float64[B, T, N]``, of `Cells.drawn`.
    least
        Years with fewer units that have both, or in which one of both does not vary, are not assessed.
    """
    attention, score = cells.attention, cells.score
    known = np.isfinite(attention) & np.isfinite(score)
    for t in range(len(known)):
        own = known[t]
        if own.sum() < least or np.ptp(attention[t, own]) == 0 or np.ptp(score[t, own]) == 0:
            known[t] = False
    blocks = [known] if across == "all" else [known & (np.arange(len(known)) == t)[:, None] for t in range(len(known))]
    z_attention, z_score = np.full(known.shape, np.nan), np.full(known.shape, np.nan)
    z_drawn = np.full(drawn.shape, np.nan)
    for block in (b for b in blocks if b.any()):
        z_attention[block], z_score[block] = standard(attention[block]), standard(score[block])
        z_drawn[:, block] = standard(drawn[:, block])
    rank, ranks = np.full(known.shape, np.nan), np.full(drawn.shape, np.nan)
    for t in np.flatnonzero(known.any(axis=1)).tolist():
        own = known[t]
        by_score = rankdata(-score[t, own])
        rank[t, own] = by_score - rankdata(-attention[t, own])
        ranks[:, t, own] = by_score - rankdata(-drawn[:, t, own], axis=1)
    enough = known & (cells.documents >= LEAST_DOCUMENTS)
    low, high = _ends(z_drawn - z_score, enough, level)
    rank_low, rank_high = _ends(ranks, enough, level)
    return Gaps(known, z_attention, z_score, z_attention - z_score, low, high, rank, rank_low, rank_high)


def _ends(drawn: Floats, enough: Bools, level: float) -> tuple[Floats, Floats]:
    """Return percentiles ``float64[T, N]`` of draws ``float64[B, T, N]`` where there are documents enough."""
    low, high = np.full(enough.shape, np.nan), np.full(enough.shape, np.nan)
    if enough.any():
        low[enough], high[enough] = np.nanquantile(drawn[:, enough], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def rate(count: Floats, size: Floats) -> Floats:
    """Return occurrences per thousand characters, NaN where nothing is written."""
    found: Floats = np.divide(1000 * count, size, out=np.full(np.shape(count), np.nan), where=size > 0)
    return found


def standard(values: Floats) -> Floats:
    """Return values along the last axis less their mean, over their standard deviation; NaN where they do not vary."""
    about = values - values.mean(axis=-1, keepdims=True)
    spread = values.std(axis=-1, ddof=1, keepdims=True)
    found: Floats = np.divide(about, spread, out=np.full(values.shape, np.nan), where=spread > 0)
    return found


def centred(values: Floats) -> Floats:
    """Return values less their mean, of length 1."""
    about = values - values.mean()
    found: Floats = about / np.sqrt(about @ about)
    return found
