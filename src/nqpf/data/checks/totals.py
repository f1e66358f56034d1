"""Provinces against the national row: whether they add up to it, and if not, which cell would put it right.

Only what can be added up is compared: a unit of measure that is no ratio, and a sum that comes near the national row
in most years. Where the sum is usually the total itself, a difference beyond rounding is an error; where it usually
falls short by some share (patents of no province), a year whose share is out of line is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.data.checks.found import Found, Severity
from nqpf.data.checks.layers import Bools, Floats, Layer, median
from nqpf.data.checks.slips import Slip, mended, strain
from nqpf.errors import listing
from nqpf.messages import Text, say

NEAR = 0.25
"""Most in logs that the sum may usually be off the national row for a series that adds up."""
EXACT = 5e-4
"""Most that the sum may usually be off where it is taken for the total itself."""
ROUNDED = 1e-4
"""Difference up to which numbers rounded at an earlier stage are the likely reason."""
POWERS = 4
"""Largest power of ten that a unit may be off by throughout."""
MOSTLY = 0.8
"""Share of the years off that must come right when years or units are put right."""
LEAST = 3
"""Fewest years in which that must show."""
MENDED: Mapping[Slip, str] = MappingProxyType(
    {"power": "national_power", "sign": "national_sign", "digits": "national_digits"}
)
"""The sentence that tells each kind of slip."""
GRAVE = 1e-3
"""Difference from which a broken total is an error rather than a warning."""


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """The sum of units beside the national row.

    Attributes
    ----------
    usable
        ``bool[T]`` years with a national row and all units.
    gap
        ``float64[T]`` national row less the sum that it should be.
    tolerance
        ``float64[T]`` how far off it may be.
    rounding
        ``float64[T]`` what rounding alone can leave.
    share
        Usual ratio of sum to national row.
    exact
        Whether that is one.
    wrong
        ``bool[T]`` years out of line.
    """

    usable: Bools
    gap: Floats
    tolerance: Floats
    rounding: Floats
    share: float
    exact: bool
    wrong: Bools


def balance(layer: Layer) -> Balance | None:
    """Return how the units of a series compare with its national row; None where they cannot be compared."""
    if layer.kind.extent == "ratio" or not np.isfinite(layer.total).any():
        return None
    known = np.isfinite(layer.x)
    members = known.mean(axis=0) >= 0.5
    usable = np.isfinite(layer.total) & known[:, members].all(axis=1) & (layer.total > 0)
    total = np.where(usable, layer.total, np.nan)
    sums = np.nansum(layer.x, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(np.where(usable & (sums > 0), sums, np.nan) / total)
    usual = float(median(ratio, axis=0))
    if np.isnan(usual) or abs(usual) > NEAR:
        return None
    rounding = _rounding(layer)
    if abs(usual) <= EXACT:
        noise = float(median(np.abs(ratio), axis=0))
        tolerance = np.maximum(rounding, 6 * noise * np.abs(total)) + 1e-9 * np.abs(total)
        gap = total - sums
        with np.errstate(invalid="ignore"):
            return Balance(usable, gap, tolerance, rounding, 1.0, True, usable & (np.abs(gap) > tolerance))
    off = _off_path(ratio, layer.years)
    limit = max(0.01, 8 * float(median(np.abs(off), axis=0)))
    with np.errstate(invalid="ignore"):
        wrong = usable & (np.abs(off) > limit)
        expected = total * np.exp(ratio - off)
    return Balance(usable, expected - sums, limit * np.abs(total), rounding, float(np.exp(usual)), False, wrong)


def _off_path(ratio: Floats, years: NDArray[np.int64]) -> Floats:
    """Return how far each year is from the line through its two nearest neighbours; NaN where these are far away."""
    off = np.full_like(ratio, np.nan)
    known = np.flatnonzero(np.isfinite(ratio))
    for i, t in enumerate(known):
        pair = known[[i - 1, i + 1]] if 0 < i < known.size - 1 else known[1:3] if i == 0 else known[-3:-1]
        if pair.size == 2 and np.ptp(years[[*pair, t]]) <= 3:
            slope = (ratio[pair[1]] - ratio[pair[0]]) / (years[pair[1]] - years[pair[0]])
            off[t] = ratio[t] - ratio[pair[0]] - slope * (years[t] - years[pair[0]])
    return off


def national(layer: Layer, found: Balance | None) -> Iterator[Found]:
    """Find years whose units do not add up to the national row, and the cell that would put it right."""
    throughout = [*_whole_unit(layer)]
    if found is None:
        yield from throughout or _other_unit(layer)
        return
    throughout += _shifted(layer, found)
    yield from throughout
    told = {t for f in throughout for t, _ in f.cells}
    for t in np.flatnonzero(found.wrong):
        if int(layer.rows[t]) not in told:
            yield from _year(layer, found, int(t))


def _year(layer: Layer, found: Balance, t: int) -> Iterator[Found]:
    total, gap, added = float(layer.total[t]), float(found.gap[t]), float(np.nansum(layer.x[t]))
    size = gap / total
    severity: Severity = "error" if found.exact and abs(size) >= GRAVE else "warning"
    if found.exact and abs(size) < ROUNDED:
        severity = "info"
    options = slips_that_close(layer, t, gap, float(found.tolerance[t])) if found.exact else []
    values: dict[str, Any] = {"sum": added, "total": total, "gap": gap, "size": size, "share": found.share}
    if len(options) != 1:
        cells = tuple(layer.cell(t, n) for n in dict.fromkeys((-1, *(n for n, _, _ in options))))
        words, because = "national" if found.exact else "national_share", _candidates(layer, t, options)
        yield Found("national", severity, layer.id, cells, words, values, total, added, size, because)
        return
    n, how, better = options[0]
    value = float(layer.x[t, n]) if n >= 0 else total
    values |= {"value": value, "better": better}
    yield Found("national", severity, layer.id, (layer.cell(t, n),), MENDED[how], values, value, better, size)


def slips_that_close(layer: Layer, t: int, gap: float, tolerance: float) -> list[tuple[int, Slip, float]]:
    """Return the slips in single cells of a year that would close a gap, one if one is by far the likeliest.

    Returns
    -------
    list
        Position of the unit (−1 for the national row), kind of slip and the number without it.
    """
    options: list[tuple[float, int, Slip, float]] = []
    for n in np.flatnonzero(np.isfinite(layer.x[t])):
        found = mended(float(layer.x[t, n]), gap, tolerance, float(layer.grain[t, n]))
        if found:
            options.append((strain(layer, t, int(n), found[1]), int(n), *found))
    whole = mended(float(layer.total[t]), -gap, tolerance, float(layer.grain[t].min()))
    if whole:
        options.append((0.5, -1, *whole))
    options = sorted(o for o in options if o[2] == "digits" or o[0] < 1)
    if len(options) > 1 and options[0][2] != "digits" and options[0][0] <= 0.5 * options[1][0]:
        options = options[:1]
    return [o[1:] for o in options]


def _candidates(layer: Layer, t: int, options: list[tuple[int, Slip, float]]) -> Text | None:
    """Name the slips that would each close a gap, where there are several."""
    if not options:
        return None
    stands = [layer.x[t, n] if n >= 0 else layer.total[t] for n, _, _ in options]
    shown = [Text.same(f"{x:.10g} → {better:.10g}") for x, (_, _, better) in zip(stands, options, strict=True)]
    return say("check.because.either", changes=listing(shown, 5))


def _shifted(layer: Layer, found: Balance) -> Iterator[Found]:
    """Find units, or all of them, whose years are one off: with the neighbouring year's number the sum comes right."""
    gap = np.where(found.usable, layer.total - np.nansum(layer.x, axis=1), np.nan)
    tolerance = found.rounding + 1e-6 * np.abs(layer.total)
    with np.errstate(invalid="ignore"):
        off = np.abs(gap) > 2 * tolerance
    for lag in (1, -1):
        moved = np.full_like(layer.x, np.nan)
        if lag == 1:
            moved[:-1] = layer.x[1:]
        else:
            moved[1:] = layer.x[:-1]
        with np.errstate(invalid="ignore"):
            one = np.abs(gap[:, None] + layer.x - moved) <= tolerance[:, None]
            whole = np.abs(gap + np.nansum(layer.x - moved, axis=1)) <= tolerance
        testable = off & np.isfinite(moved).any(axis=1)
        if testable.sum() >= 2 and (whole & testable).sum() >= MOSTLY * testable.sum():
            cells = tuple(layer.cell(t, -1) for t in _span(off))
            yield Found("shift", "error", layer.id, cells, "shift_all", {"lag": lag}, size=float(lag))
            return
        testable = off[:, None] & np.isfinite(moved)
        fits = (one & testable).sum(axis=0)
        for n in np.flatnonzero((fits >= 2) & (fits >= MOSTLY * testable.sum(axis=0))):
            cells = tuple(layer.cell(t, int(n)) for t in _span(off))
            values = {"lag": lag, "count": int(fits[n])}
            yield Found("shift", "error", layer.id, cells, "shift", values, size=float(lag))


def _span(flags: Bools) -> range:
    """Return the rows from the first true flag to the last: in years of little change a shift does not show."""
    at = np.flatnonzero(flags)
    return range(int(at[0]), int(at[-1]) + 1)


def _whole_unit(layer: Layer) -> Iterator[Found]:
    """Find units in another unit of measure throughout: with their numbers times a power of ten the sum comes right."""
    x, total = layer.x, layer.total
    known = np.isfinite(total) & (np.isfinite(x).mean(axis=1) >= 0.9)
    if layer.kind.extent == "ratio" or known.sum() < LEAST:
        return
    sums, total = np.nansum(x[known], axis=1), total[known, None, None]
    powers = np.array([p for p in range(-POWERS, POWERS + 1) if p], dtype=np.float64)
    mended = sums[:, None, None] + np.nan_to_num(x[known])[:, :, None] * (10.0**powers - 1)
    limit = np.maximum(_rounding(layer)[known, None, None], EXACT * np.abs(total))
    off = np.abs(sums[:, None, None] - total) > 2 * limit
    fits = ((np.abs(mended - total) <= limit) & off).mean(axis=0)
    n, p = np.unravel_index(int(fits.argmax()), fits.shape)
    if fits[n, p] >= MOSTLY:
        factor = float(10.0 ** -powers[p])
        there = np.flatnonzero(np.isfinite(x[:, n]))
        cells, value = tuple(layer.cell(int(t), int(n)) for t in there), float(x[there[0], n])
        given = {"factor": factor}
        yield Found("unit_slip", "error", layer.id, cells, "slip_unit", given, value, value / factor, factor)


def _other_unit(layer: Layer) -> Iterator[Found]:
    """Find a national row that is in another unit of measure than the units: off by one power of ten in all years."""
    sums = np.nansum(layer.x, axis=1)
    known = np.isfinite(layer.total) & (layer.total > 0) & (sums > 0)
    if layer.kind.extent == "ratio" or known.sum() < LEAST:
        return
    power = np.log10(sums[known] / layer.total[known])
    whole = round(float(np.median(power)))
    average = abs(float(np.median(power)) - np.log10(layer.x.shape[1])) < 0.1  # the mean of ten units is no slip
    if whole and not average and np.all(np.abs(power - whole) < 0.05):
        cells = tuple(layer.cell(int(t), -1) for t in np.flatnonzero(known))
        t, factor = int(np.flatnonzero(known)[0]), float(10.0**-whole)
        total, values = float(layer.total[t]), {"factor": factor}
        yield Found("national", "error", layer.id, cells, "national_unit", values, total, total / factor, factor)


def _rounding(layer: Layer) -> Floats:
    """Return what rounding alone can leave between a sum and its total: ``float64[T]``."""
    coarse: Floats = 0.5 * (layer.x.shape[1] + 1) * layer.grain.max(axis=1, initial=0, where=np.isfinite(layer.x))
    return coarse


def borne_out(layer: Layer, found: Balance | None, t: int, n: int, expected: float) -> bool | None:
    """Return whether the national row speaks for a number as it stands (True) or as expected (False).

    None where it cannot tell: no row, or the difference is too small beside the other units.
    """
    if found is None or not found.usable[t]:
        return None
    change = expected - float(layer.x[t, n])
    stands, put_right = abs(found.gap[t]), abs(found.gap[t] - change)
    noise = float(found.tolerance[t]) if found.exact else max(float(found.tolerance[t]), GRAVE * abs(layer.total[t]))
    if abs(change) <= 2 * noise:
        return None
    if stands < 0.35 * put_right:
        return True
    return False if put_right < 0.35 * stands else None
