"""The same numbers twice: rows told again, a year that is another year's sheet, a unit that is another unit's column.

Also what is absent: units that a year lacks though the series has them otherwise. Numbers of few digits agree by
chance; a number counts with three significant digits or more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nqpf.data.checks.found import Found, Severity, years_in_words
from nqpf.data.checks.layers import CROWD, Bools, Floats, Layer
from nqpf.data.checks.totals import Balance

SAME = 0.9
"""Share of numbers that must agree for a year or a unit to be a copy."""
STAYS = 0.25
"""A series in which more years than this are alike stays put by nature, as the results of a survey do."""
CHANCE = 0.01
"""Most pairs of units that chance may be expected to make alike in some years of a series."""
LEAST = 3
"""Fewest years in which two units must agree."""
DIGITS = 100
"""A number has three significant digits where it is this many times its last decimal place."""


def telling(layer: Layer) -> Bools:
    """Return which numbers have digits enough that two of them would not agree by chance: ``bool[T, N]``."""
    with np.errstate(invalid="ignore"):
        return np.isfinite(layer.x) & (np.abs(layer.x) >= DIGITS * layer.grain)


def copied_years(layer: Layer) -> Iterator[Found]:
    """Find years whose numbers are those of another year, for nearly all units."""
    good = telling(layer)
    if good.shape[1] < CROWD or good.shape[0] < 2:
        return
    equal = (layer.x[:, None] == layer.x[None]) & good[:, None] & good[None]
    both = (good[:, None] & good[None]).sum(axis=2)
    same = np.triu((equal.sum(axis=2) >= SAME * both) & (both >= CROWD), 1)
    pairs = np.argwhere(same)
    if len(pairs) > max(2, STAYS * (len(layer.years) - 1)):
        return
    for before, t in pairs:
        cells = tuple(layer.cell(int(t), int(n)) for n in np.flatnonzero(equal[before, t]))
        values = {"other": int(layer.years[before]), "count": len(cells), "all": int(both[before, t])}
        yield Found("copied_year", "error", layer.id, cells, "copied_year", values, size=float(len(cells)))


def copied_units(layer: Layer) -> Iterator[Found]:
    """Find pairs of units with the same numbers in three years or more."""
    good = telling(layer)
    pairs = _equal_pairs(np.where(good, layer.x, np.nan))
    count, alike = good.sum(axis=1), np.zeros(len(good))
    for rows in pairs.values():
        alike[rows] += 1
    all_pairs = np.maximum(count * (count - 1) / 2, 1)
    for (n, m), rows in pairs.items():
        if len(rows) < LEAST or len(np.unique(layer.x[rows, n])) < LEAST:
            continue
        # in a year in which many units were given one figure, two that agree say little
        others = alike - np.isin(np.arange(len(good)), rows)
        usual = float(((others + 1) / all_pairs)[good[:, n] & good[:, m]].sum())
        if _at_least(len(rows), usual) * float(all_pairs.max()) > CHANCE:
            continue
        whole = len(rows) >= SAME * (good[:, n] & good[:, m]).sum()
        cells = tuple(layer.cell(t, u) for u in (n, m) for t in rows)
        words = {"count": len(rows), "span": years_in_words(layer.years[rows].tolist())}
        severity: Severity = "error" if whole else "warning"
        yield Found("copied_unit", severity, layer.id, cells, "copied_unit", words, size=float(len(rows)))


def _at_least(count: int, usual: float) -> float:
    """Return the chance of so many cases or more where `usual` are expected (Poisson)."""
    terms = [math.exp(-usual)]
    for k in range(1, count + 60):
        terms.append(terms[-1] * usual / k)
    return sum(terms[count:])


def _equal_pairs(x: Floats) -> dict[tuple[int, int], list[int]]:
    """Return pairs of units that share a number in a year, with these years; by sorting, not by trying all pairs."""
    order = np.argsort(x, axis=1, kind="stable")
    ordered = np.take_along_axis(x, order, axis=1)
    found: dict[tuple[int, int], list[int]] = {}
    for reach in range(1, min(4, x.shape[1])):  # a number that five units share is no copy of one
        t, j = np.nonzero(ordered[:, reach:] == ordered[:, :-reach])
        pair = np.sort(np.stack([order[t, j], order[t, j + reach]]), axis=0)
        for year, n, m in zip(t.tolist(), *pair.tolist(), strict=True):
            found.setdefault((n, m), []).append(year)
    return {pair: sorted(years) for pair, years in found.items()}


def gaps(layer: Layer, balance: Balance | None) -> Iterator[Found]:
    """Find units that some years lack or only a few years have, and the number that the national row leaves for one."""
    known = np.isfinite(layer.x)
    if known.shape[0] < 3:
        return
    share = known.mean(axis=0)
    full = known.mean(axis=1) >= 0.5
    holes = ~known & (share >= 0.5)[None] & full[:, None]
    by_units: dict[tuple[int, ...], list[int]] = {}
    for t in np.flatnonzero(holes.any(axis=1)):
        by_units.setdefault(tuple(int(n) for n in np.flatnonzero(holes[t])), []).append(int(t))
    for units, years in by_units.items():
        cells = tuple(layer.cell(t, n) for t in years for n in units)
        rest = float(layer.total[years[0]] - np.nansum(layer.x[years[0]])) if len(years) == len(units) == 1 else np.nan
        if balance is not None and balance.exact and np.isfinite(rest):
            yield Found("absent", "info", layer.id, cells, "absent_rest", {"rest": rest}, None, rest)
        else:
            yield Found("absent", "info", layer.id, cells, "absent", {"count": len(cells)}, size=float(len(cells)))
    rare = (share > 0) & (share <= 0.2)
    if known.shape[0] >= CROWD:
        for n in np.flatnonzero(rare):
            cells = tuple(layer.cell(int(t), int(n)) for t in np.flatnonzero(known[:, n]))
            yield Found("absent", "info", layer.id, cells, "extra", {"count": len(cells)}, size=float(len(cells)))
