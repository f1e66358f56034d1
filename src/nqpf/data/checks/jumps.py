"""Numbers out of line with their own series: jumps, slips of unit or decimal point, wrong signs, doubtful zeros.

A change is looked at in logs, less the median change of all units, against what is usual for the unit and the series.
A jump that comes back is one stretch of cells; a factor near a power of ten speaks for a slip of unit or decimal point.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nqpf.data.checks.found import Found, Severity, years_in_words
from nqpf.data.checks.layers import CROWD, Bools, Floats, Layer, median

JUMP = 0.8
"""Least change in natural logs (a factor of 2.2) that can be a jump."""
SPREADS = 6.0
"""A jump is also this many times the usual change;"""
LARGE = 2.0
"""one as large as this (a factor of 7.4),"""
FEWER = 2.5
"""this many times."""
SHORT = 2
"""Most years at an end of a series that are held for the odd ones after a jump."""
BACK = 0.4
"""How much in logs a series may have moved on between a jump and its way back."""
TEN = float(np.log(10))
CALM = 0.25
"""Largest usual change in logs of a series in which a factor of ten and back is an error and not only suspicious."""
YEARLY = 0.08
"""Change in logs of all units together that is taken as usual at the least: a year of strong growth."""
RARE = 0.01
"""Share of a series up to which negative numbers are rare."""
ZERO = 50
"""A zero is doubtful where this many times the last decimal place would be expected."""
NEAR_TEN = (0.06, 0.12)
"""Least and most decimal logs that a factor may be away from a power of ten, as the series is calm or wild."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring years in which one unit, or under ``n = -1`` all of them, are off by a factor.

    `turn` is the first year behind the jump by which the stretch begins or, at the start of a series, ends; `even` says
    whether the factor is much the same in all its years.
    """

    n: int
    first: int
    last: int
    factor: float
    closed: bool
    turn: int
    even: bool

    @property
    def power(self) -> float:
        """Decimal log of the factor."""
        return float(np.log10(self.factor))


def jumps(layer: Layer) -> Iterator[Found]:
    """Find stretches of one unit that are out of line with the years around them."""
    for stretch in stretches(layer):
        cells = tuple(layer.cell(t, stretch.n) for t in range(stretch.first, stretch.last + 1))
        value = float(layer.x[stretch.first, stretch.n])
        ratio = float(np.exp(layer.own[stretch.turn, stretch.n]))
        power = slip(stretch.power, layer.spread[stretch.n]) if stretch.even else 0
        factor = 10.0**power if power else stretch.factor
        numbers = {"factor": factor, "ratio": stretch.factor}
        if power:
            words = "slip" if stretch.closed else "slip_open"
            sure = stretch.closed and layer.spread[stretch.n] <= CALM
            severity: Severity = "error" if sure else "warning"
            yield Found("unit_slip", severity, layer.id, cells, words, numbers, value, value / factor, factor)
        elif stretch.closed or len(cells) <= SHORT:
            words = "jump" if stretch.closed else "jump_edge"
            yield Found("jump", "warning", layer.id, cells, words, numbers, value, value / factor, stretch.factor)
        else:
            cell, values = (layer.cell(stretch.turn, stretch.n),), {"ratio": ratio}
            value = float(layer.x[stretch.turn, stretch.n])
            yield Found("jump", "warning", layer.id, cell, "jump_open", values, value, value / ratio, ratio)


def year_jumps(layer: Layer) -> Iterator[Found]:
    """Find years in which all units jump together: another unit of measure, or another definition."""
    size = np.abs(layer.common)
    usual = float(median(size[1:], axis=0)) if len(size) > 1 else np.nan
    at = np.flatnonzero((size > JUMP) & (size > SPREADS * usual))
    calm = float(median(np.abs(layer.own).reshape(-1), axis=0))
    steady = layer.common - float(median(layer.common[1:], axis=0)) * (np.arange(len(size)) > 0)
    for stretch in _paired(-1, [int(t) for t in at], steady, len(layer.years), BACK):
        power = slip(stretch.power, max(calm, YEARLY)) if stretch.even else 0
        there = range(stretch.first, stretch.last + 1)
        cells = tuple(layer.cell(t, n) for t in there for n in range(layer.x.shape[1]) if not np.isnan(layer.x[t, n]))
        factor = 10.0**power if power else stretch.factor
        count = int(np.isfinite(layer.x[stretch.first]).sum())
        values = {"factor": factor, "ratio": stretch.factor, "count": count}
        if power:
            yield Found("unit_slip", "error", layer.id, cells, "slip_year", values, size=factor)
        else:
            yield Found("jump", "warning", layer.id, cells, "jump_year", values, size=factor)


def slip(power: float, spread: float) -> int:
    """Return the power of ten that a factor (as decimal log) is near, 0 if near none."""
    near = float(np.clip(2.5 * spread / TEN, *NEAR_TEN))
    whole = round(power)
    return whole if abs(power - whole) <= near else 0


def stretches(layer: Layer) -> list[Stretch]:
    """Return the stretches of single units that are off, by unit and year."""
    with np.errstate(invalid="ignore"):
        usual = np.minimum(SPREADS * layer.spread, np.maximum(LARGE, FEWER * layer.spread))
        big = np.abs(layer.own) > np.maximum(JUMP, usual)
    found = []
    for n in np.flatnonzero(big.any(axis=0)):
        at = [int(t) for t in np.flatnonzero(big[:, n])]
        found += _paired(int(n), at, layer.own[:, n], len(layer.years), BACK)
    return found


def _paired(n: int, at: list[int], change: Floats, years: int, slack: float) -> list[Stretch]:
    """Pair each jump with the year the level is back; what does not come back lasts to the nearer end of the series."""
    level = np.cumsum(np.nan_to_num(change))
    found: list[Stretch] = []
    free = 0
    for t in at:
        if t < free:
            continue
        there = float(change[t])
        ahead = range(t + 1, min(years, t + 1 + max(SHORT, years // 3)))
        back = next((u for u in ahead if abs(level[u] - level[t - 1]) <= max(slack, 0.35 * abs(there))), None)
        if back is not None:
            ends = level[[t - 1, back]]
            off = level[t:back] - np.interp(np.arange(t, back), [t - 1, back], ends)
            even = bool(np.ptp(off) <= max(slack, 0.35 * abs(there)))
            found.append(Stretch(n, t, back - 1, float(np.exp(off.mean() if even else off[0])), True, t, even))
            free = back + 1
        elif t < years - t and not found:  # the shorter part is the odd one
            found.append(Stretch(n, 0, t - 1, float(np.exp(-there)), False, t, True))
        else:
            found.append(Stretch(n, t, years - 1, float(np.exp(there)), False, t, True))
    return found


def signs(layer: Layer) -> Iterator[Found]:
    """Find negative numbers where there can be none or where only the sign is odd, and zeros among large numbers."""
    x, known = layer.x, np.isfinite(layer.x)
    negative = known & (x < 0)
    rare = negative.sum() <= max(1, RARE * known.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.abs(np.log(np.abs(x)) - layer.neighbours()) < np.maximum(0.5, SPREADS * layer.spread)
    for n in np.flatnonzero(negative.any(axis=0)) if rare or not layer.kind.signed else ():
        at = np.flatnonzero(negative[:, n])
        cells, value = tuple(layer.cell(int(t), int(n)) for t in at), float(x[at, n].min())
        if rare and at.size == 1 and near[at[0], n]:
            yield Found("negative", "error", layer.id, cells, "sign", {"value": value}, value, -value)
        elif not layer.kind.signed:
            never = rare and layer.kind.extent == "sum" and not _money(layer)
            severity: Severity = "error" if never else "warning"
            yield Found("negative", severity, layer.id, cells, "negative", {"value": value, "count": at.size}, value)
    lone = known & (x == 0) & np.isfinite(layer.neighbours())
    if lone.sum() <= max(3, 0.02 * known.sum()):
        with np.errstate(invalid="ignore", over="ignore"):
            large = np.exp(layer.neighbours()) > ZERO * np.nanmin(np.where(known, layer.grain, np.nan))
        for t, n in np.argwhere(lone & large & _both_sides(layer)):
            cell, usual = (layer.cell(int(t), int(n)),), float(np.exp(layer.neighbours()[t, n]))
            yield Found("zero", "warning", layer.id, cell, "zero", {"usual": usual}, 0.0, usual)


def _both_sides(layer: Layer) -> Bools:
    known = np.isfinite(layer.log)
    both = np.zeros(known.shape, dtype=bool)
    both[1:-1] = known[:-2] & known[2:]
    return both


def _money(layer: Layer) -> bool:
    return any(base.startswith("money") for base, _ in layer.kind.dimension or ())


def outliers(layer: Layer) -> Iterator[Found]:
    """Find units that are far from all others in logs in most of their years: a robust z above 6."""
    if layer.x.shape[1] < 2 * CROWD:
        return
    middle = median(layer.log, axis=1)[:, None]
    mad = 1.4826 * median(np.abs(layer.log - middle), axis=1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (layer.log - middle) / mad
    usual = median(z, axis=0)
    for n in np.flatnonzero(np.abs(usual) > SPREADS):
        known = np.flatnonzero(np.isfinite(z[:, n]))
        cells = tuple(layer.cell(int(t), int(n)) for t in known)
        factor = float(np.exp(median(layer.log[:, n] - middle[:, 0], axis=0)))
        values = {"z": float(usual[n]), "factor": factor, "span": years_in_words(layer.years[known].tolist())}
        yield Found("outlier", "info", layer.id, cells, "outlier", values, size=float(usual[n]))
