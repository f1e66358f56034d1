"""Pairs of neighbouring characters that texts have in common, with weights by how few of the texts hold them.

The weights are inverse document frequencies (Spärck Jones 1972, Journal of Documentation 28(1): 11–21). Texts are
stretches of one array of code points, parted by characters that stand in no pair.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled

Codes = NDArray[np.uint32]
Mask = NDArray[np.bool_]
Index = NDArray[np.int64]
Floats = NDArray[np.float64]

_SHIFT = 21
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@compiled
def _slot(pair: np.int64, size: int) -> np.int64:
    """Return where a pair is looked for in a table of `size` places, a power of two."""
    return np.int64((np.uint64(pair) * _SPREAD) >> np.uint64(40)) & np.int64(size - 1)


@compiled
def _table(most: int) -> Index:
    """Return an empty table for up to `most` pairs."""
    size = 16
    while size < most + most // 4:
        size *= 2
    return np.full(size, -1, np.int64)


@compiled
def _find(table: Index, pairs: Index, pair: np.int64) -> np.int64:
    """Return the place in `table` of a pair, or of the empty slot where it belongs."""
    at = _slot(pair, len(table))
    while table[at] >= 0 and pairs[table[at]] != pair:
        at = (at + np.int64(1)) & np.int64(len(table) - 1)
    return at


@compiled
def compare(
    titles: Codes, begins: Index, solid: Mask, codes: Codes, starts: Index, low: Index, high: Index, nowhere: float
) -> tuple[Index, Mask, Floats, Floats, Floats]:
    """Return what P texts have in common with T titles.

    Parameters
    ----------
    titles, begins
        ``uint32[M]`` code points of the titles, after each one that stands in no pair; ``int64[T + 1]`` where each
        begins, and the end.
    solid
        ``bool[M]`` which of these characters stand in pairs.
    codes, starts
        The same of the texts: ``uint32[N]`` and ``int64[P + 1]``.
    low, high
        ``int64[T]`` the texts a title is compared with.
    nowhere
        Share of its weight that a pair has which none of them holds.

    Returns
    -------
    tuple
        ``int64[T + 1]`` where the pairs of each title begin, and the end; ``bool[K, P]`` which texts hold which pairs;
        ``float64[K]`` weight of each pair, in sum 1 or 0 over a title; ``float64[T, P]`` weight of the pairs that a
        text holds; ``float64[T, P]`` weight of the heaviest run of pairs, each of which the text holds.
    """
    first, pairs, runs = _pairs_of(titles, begins, solid)
    held = _held_by(pairs, codes, starts)
    weight, cover, shared = _fits(held, first, runs, low, high, nowhere)
    return first, held, weight, cover, shared


@compiled
def _pairs_of(codes: Codes, starts: Index, solid: Mask) -> tuple[Index, Index, Mask]:
    """Return where the pairs of each title begin, and the end; the pairs; whether each goes on from the one before."""
    first = np.zeros(len(starts), np.int64)
    pairs, runs, known = np.empty(len(codes), np.int64), np.zeros(len(codes), np.bool_), 0
    for t in range(len(starts) - 1):
        before = False
        for i in range(starts[t], starts[t + 1] - 1):
            both = solid[i] and solid[i + 1]
            if both:
                pairs[known], runs[known] = (np.int64(codes[i]) << _SHIFT) | np.int64(codes[i + 1]), before
                known += 1
            before = both
        first[t + 1] = known
    return first, pairs[:known].copy(), runs[:known].copy()


@compiled
def _held_by(pairs: Index, codes: Codes, starts: Index) -> Mask:
    """Return which texts hold which pairs."""
    table = _table(len(pairs))
    same = np.empty(len(pairs), np.int64)
    for k in range(len(pairs)):
        at = _find(table, pairs, pairs[k])
        if table[at] < 0:
            table[at] = k
        same[k] = table[at]
    held = np.zeros((len(pairs), len(starts) - 1), np.bool_)
    for p in range(len(starts) - 1):
        for i in range(starts[p], starts[p + 1] - 1):
            at = _find(table, pairs, (np.int64(codes[i]) << _SHIFT) | np.int64(codes[i + 1]))
            if table[at] >= 0:
                held[table[at], p] = True
    for k in range(len(pairs)):
        if same[k] != k:
            held[k] = held[same[k]]
    return held


@compiled
def _fits(
    held: Mask, first: Index, runs: Mask, low: Index, high: Index, nowhere: float
) -> tuple[Floats, Floats, Floats]:
    """Return the weights of pairs and how well the texts fit, see `compare`."""
    titles, texts = len(first) - 1, held.shape[1]
    weight = np.zeros(len(held))
    cover, shared = np.zeros((titles, texts)), np.zeros((titles, texts))
    run = np.zeros(texts)
    for t in range(titles):
        total = 0.0
        for k in range(first[t], first[t + 1]):
            times = 0
            for p in range(low[t], high[t]):
                times += held[k, p]
            weight[k] = max(math.log((high[t] - low[t] + 1) / (times + 0.5)), 0.0) * (1.0 if times else nowhere)
            total += weight[k]
        for k in range(first[t], first[t + 1]):
            weight[k] = weight[k] / total if total else weight[k]
            for p in range(low[t], high[t]):
                before = run[p] if runs[k] else 0.0
                run[p] = before + weight[k] if held[k, p] else 0.0
                cover[t, p] += weight[k] if held[k, p] else 0.0
                shared[t, p] = max(shared[t, p], run[p])
    return weight, cover, shared


@compiled
def pervading(held: Mask, weight: Floats, first: Index, start: Index, end: Index, chosen: Mask) -> Floats:
    """Return how much of each title each of B stretches of texts speaks of throughout: ``float64[T, B]``.

    Each pair is shared out among the chosen stretches by the share of their texts that hold it; the result is the
    weighted mean over pairs.

    Parameters
    ----------
    held, weight, first
        See `compare`.
    start, end
        ``int64[B]`` first text of each stretch and after its last.
    chosen
        ``bool[T, B]`` the stretches among which a title is shared out.
    """
    found = np.zeros(chosen.shape)
    share = np.zeros(len(start))
    for t in range(len(first) - 1):
        for k in range(first[t], first[t + 1]):
            total = 0.0
            for b in range(len(start)):
                times = 0
                for p in range(start[b], end[b]):
                    times += held[k, p]
                share[b] = times / max(end[b] - start[b], 1) if chosen[t, b] else 0.0
                total += share[b]
            for b in range(len(start)):
                if total > 0.0:
                    found[t, b] += weight[k] * (share[b] / total)
    return found


@compiled
def profiles(codes: Codes, starts: Index, least: int) -> tuple[Index, Index, Floats]:
    """Return what each text speaks of, as sparse rows of unit length over the pairs that two or more texts hold.

    A pair counts by the root of how often it stands in the text, times its weight.

    Parameters
    ----------
    codes, starts
        ``uint32[N]`` code points of P texts, after each one that stands in no pair; ``int64[P + 1]`` where each begins,
        and the end.
    least
        Characters up to this code point are in no pair.

    Returns
    -------
    tuple
        ``int64[P + 1]`` where the entries of each text begin, and the end; ``int64[E]`` number of the pair and
        ``float64[E]`` value of each entry.
    """
    texts = len(starts) - 1
    table, entries, known = _table(len(codes)), 0, 0
    pairs, latest, times = (
        np.empty(len(codes), np.int64),
        np.empty(len(codes), np.int64),
        np.zeros(len(codes), np.int64),
    )
    first, pair, value = np.zeros(texts + 1, np.int64), np.empty(len(codes), np.int64), np.empty(len(codes))
    for p in range(texts):
        first[p] = entries
        for i in range(starts[p], starts[p + 1] - 1):
            if codes[i] > least and codes[i + 1] > least:
                two = (np.int64(codes[i]) << _SHIFT) | np.int64(codes[i + 1])
                at = _find(table, pairs, two)
                if table[at] < 0:
                    table[at], pairs[known], latest[known] = known, two, -1
                    known += 1
                k = table[at]
                if latest[k] < first[p]:
                    pair[entries], value[entries], latest[k] = k, 0.0, entries
                    times[k] += 1
                    entries += 1
                value[latest[k]] += 1.0
    first[texts] = entries
    return _unit_rows(first, pair, value, times)


@compiled
def _unit_rows(first: Index, pair: Index, value: Floats, times: Index) -> tuple[Index, Index, Floats]:
    """Return counts as rows of unit length, without the pairs that one text alone holds."""
    kept, low, texts = 0, 0, len(first) - 1
    weight = np.log((texts + 1) / (np.arange(texts + 1) + 0.5))
    for p in range(texts):
        length, begins = 0.0, kept
        for e in range(low, first[p + 1]):
            k = pair[e]
            if times[k] > 1:
                pair[kept] = k
                value[kept] = math.sqrt(value[e]) * weight[times[k]]
                length += value[kept] ** 2
                kept += 1
        value[begins:kept] /= math.sqrt(length) if length > 0.0 else 1.0
        low, first[p] = first[p + 1], begins
    first[texts] = kept
    return first, pair[:kept].copy(), value[:kept].copy()


class Worth(NamedTuple):
    """How much it counts that a title fits a stretch of texts: its first one, by pairs and by runs; its best; all."""

    cover: float
    shared: float
    best: float
    all: float


@compiled
def worth(
    cover: Floats, shared: Floats, spread: Floats, start: Index, end: Index, lead: Index, chosen: Mask, by: Worth
) -> Floats:
    """Return how well each title fits each of B stretches of texts: ``float64[T, B]``; −1 for those without texts.

    Parameters
    ----------
    cover, shared
        See `compare`.
    spread, start, end, chosen
        See `pervading`; stretches that are not chosen count as those without texts.
    lead
        ``int64[B]`` the text that counts as the first of each stretch.
    by
        What counts how much.
    """
    found = np.full(spread.shape, -1.0)
    for t in range(len(spread)):
        for b in range(len(start)):
            if start[b] < end[b] and chosen[t, b]:
                first = by.cover * cover[t, lead[b]] + by.shared * shared[t, lead[b]]
                found[t, b] = first + by.best * shared[t, start[b] : end[b]].max() + by.all * spread[t, b]
    return found


@compiled
def enough(fit: Floats, least: float, faint: float) -> Mask:
    """Return which titles fit which stretches: at `least`; or, with `faint`, twice as well as any other stretch.

    Parameters
    ----------
    fit
        ``float64[T, B]`` how well each title fits each stretch.
    least, faint
        What is enough, and what is where nothing else comes near.
    """
    found = np.zeros(fit.shape, np.bool_)
    for t in range(len(fit)):
        best, second = -np.inf, -np.inf
        for one in fit[t]:
            best, second = max(best, one), max(second, min(best, one))
        for b in range(fit.shape[1]):
            alone = fit[t, b] >= best and fit[t, b] >= faint and second < 0.5 * fit[t, b]
            found[t, b] = fit[t, b] >= least or alone
    return found
