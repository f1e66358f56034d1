"""The compiled kernel: a revised simplex for many small programs over the same columns.

Two phases with artificial columns and an explicit inverse of the basis; ties in the ratio test are broken
lexicographically, so that degenerate programs do not cycle (Dantzig, Orden and Wolfe 1955, Pacific Journal of
Mathematics 5(2), 183-195, doi:10.2140/pjm.1955.5.183). Each program works on a few columns of the many; all are priced
when those are used up, and the worst of each stripe join them. The kernel claims; `certificate.py` proves.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled
from nqpf.numerics.programs import DOUBTFUL, INFEASIBLE, OPTIMAL, UNBOUNDED, Floats, Integers

STRIPES = 16
"""Into so many parts the columns are cut when all are priced; the worst of each part joins the working columns."""

REMEMBERED = 48
"""So many columns of optimal bases are handed from one program to those after it."""

COST, STEP, INSIDE = 1e-11, 1e-9, 1e-11
"""Least reduced cost worth a step, least pivot, and how far from zero is still zero, all on scaled numbers."""

NOTHING = 1e-13
"""Values and prices as small as this at the end are taken to be 0; the proof shows whether that is right."""

FAR = 1e6
"""A basis that gives values as large as this, where the right-hand side is about 1, is no good start."""

RENEW = 40
"""After so many pivots the inverse is computed anew."""

_BEST, _NO_BOUND, _LOST = 0, 1, 2  # how work on the columns at hand ended


class Batch(NamedTuple):
    """Programs as the kernel takes them: `Programs` with A scaled and in both orders, everything contiguous.

    Attributes
    ----------
    across, down
        ``float64[m, n]`` and ``float64[n, m]`` A, rows and columns scaled.
    extra, rhs, cost
        As in `Programs`, unscaled.
    row
        ``float64[m]`` factors by which the rows of A were multiplied.
    first
        ``int64[U, k]`` columns to begin with, −1 for none.
    barred
        ``int64[U]`` column that may not be used, −1 for none.
    """

    across: Floats
    down: Floats
    extra: Floats
    rhs: Floats
    cost: Floats
    row: Floats
    first: Integers
    barred: Integers


class Found(NamedTuple):
    """What the kernel claims, in scaled columns and original rows.

    Attributes
    ----------
    status
        ``int8[U]`` as in `Solved`.
    basis
        ``int64[U, m]`` sorted; n + k is extra k, −1 an artificial column that stayed (last).
    weight
        ``float64[U, m]`` values of the basis, of the λ per scaled column.
    dual
        ``float64[U, m]`` π; where infeasible, prices with π A ≥ 0, π E ≥ 0 and π b < 0.
    ray
        ``float64[U, m + 1]`` where unbounded, what the basis and column `enters` change along the ray.
    enters
        ``int64[U]`` that column.
    """

    status: NDArray[np.int8]
    basis: Integers
    weight: Floats
    dual: Floats
    ray: Floats
    enters: Integers


class _Program(NamedTuple):
    """One program, scaled; extra and artificial columns stand in rows."""

    across: Floats
    down: Floats
    extra: Floats
    rhs: Floats
    cost: Floats
    artificial: Floats


class _Work(NamedTuple):
    """Where the kernel keeps what it works on, allocated once for a batch."""

    basis: Integers
    inverse: Floats
    values: Floats
    start: Floats  # the columns of the first basis, in rows: what lexicographic comparison refers to
    price: Floats
    column: Floats
    step: Floats
    square: Floats
    reduced: Floats
    listed: Integers
    held: NDArray[np.bool_]


@compiled
def _cost(lp: _Program, code: int, phase: int) -> float:
    n, p = lp.down.shape[0], lp.extra.shape[0]
    if phase == 1:
        return -1.0 if code >= n + p else 0.0
    return lp.cost[code - n] if n <= code < n + p else 0.0


@compiled
def _largest(values: Floats) -> float:
    largest = 0.0
    for value in values:
        largest = max(largest, abs(value))
    return largest


@compiled
def _fetch(lp: _Program, code: int, out: Floats) -> None:
    n, p, m = lp.down.shape[0], lp.extra.shape[0], out.shape[0]
    if code < n:
        for i in range(m):
            out[i] = lp.down[code, i]
    elif code < n + p:
        for i in range(m):
            out[i] = lp.extra[code - n, i]
    else:
        for i in range(m):
            out[i] = lp.artificial[code - n - p, i]


@compiled
def _begin(lp: _Program, w: _Work) -> None:
    """Take for each row an extra column that stands in this row alone and fits its sign, else the artificial one."""
    n, p, m = lp.down.shape[0], lp.extra.shape[0], lp.rhs.shape[0]
    lp.artificial[:] = 0.0
    w.start[:] = 0.0
    w.inverse[:] = 0.0
    for i in range(m):
        lp.artificial[i, i] = w.start[i, i] = -1.0 if lp.rhs[i] < 0.0 else 1.0
        w.basis[i] = n + p + i
    for k in range(p):
        row = -1
        for i in range(m):
            if lp.extra[k, i] != 0.0:
                row = i if row == -1 else -2
            if row == -2:
                break
        if row >= 0 and w.basis[row] >= n + p and lp.rhs[row] * lp.extra[k, row] >= 0.0:
            w.basis[row] = n + k
            w.start[row, row] = lp.extra[k, row]
    for i in range(m):
        w.inverse[i, i] = 1.0 / w.start[i, i]
        w.values[i] = lp.rhs[i] / w.start[i, i]


@compiled
def _resume(lp: _Program, w: _Work, barred: int) -> bool:
    """Start from the basis of the program before; return whether that can be done.

    A column whose value is negative gives way to an artificial one that is its opposite, so that phase 1 has little
    left to do.
    """
    n, p, m = lp.down.shape[0], lp.extra.shape[0], lp.rhs.shape[0]
    for k in range(m):
        if w.basis[k] >= n + p or w.basis[k] == barred:
            return False
    if _renew(lp, w) == -np.inf or _largest(w.values) > FAR:
        return False
    for k in range(m):
        _fetch(lp, w.basis[k], w.column)
        away = w.values[k] < -INSIDE
        for i in range(m):
            w.start[k, i] = -w.column[i] if away else w.column[i]
        if away:
            w.basis[k], w.values[k] = n + p + k, -w.values[k]
            for i in range(m):
                lp.artificial[k, i] = w.start[k, i]
                w.inverse[k, i] = -w.inverse[k, i]
        else:
            w.values[k] = max(w.values[k], 0.0)
    return True


@compiled
def _prices(lp: _Program, w: _Work, phase: int) -> float:
    """Compute the prices of the rows under the basis; return the largest."""
    m = lp.rhs.shape[0]
    w.price[:] = 0.0
    for k in range(m):
        cost = _cost(lp, w.basis[k], phase)
        if cost != 0.0:
            for i in range(m):
                w.price[i] += cost * w.inverse[k, i]
    return _largest(w.price)


@compiled
def _enter(lp: _Program, w: _Work, listed: int, phase: int, tolerance: float, first: bool) -> int:
    """Return the column to enter, −1 for none: the one that promises most, or the `first` one (Bland)."""
    n, p, m = lp.down.shape[0], lp.extra.shape[0], lp.rhs.shape[0]
    best, chosen = -tolerance, -1
    for k in range(p):
        reduced = -lp.cost[k] if phase == 2 else 0.0
        for i in range(m):
            reduced += w.price[i] * lp.extra[k, i]
        if reduced < best:
            chosen = n + k
            best = -tolerance if first else reduced
            if first:
                break
    for at in range(listed):
        j = w.listed[at]
        reduced = 0.0
        for i in range(m):
            reduced += w.price[i] * lp.down[j, i]
        if first:
            if reduced < -tolerance and (chosen == -1 or j < chosen):
                chosen = j
        elif reduced < best:
            best, chosen = reduced, j
    return chosen


@compiled
def _sooner(w: _Work, r: int, s: int) -> bool:
    """Return whether row r leaves rather than row s, the ratios being equal: lexicographic order."""
    m = w.values.shape[0]
    for i in range(m):
        a, b = 0.0, 0.0
        for k in range(m):
            a += w.inverse[r, k] * w.start[i, k]
            b += w.inverse[s, k] * w.start[i, k]
        a, b = a / w.step[r], b / w.step[s]
        if abs(a - b) > 1e-12 * (abs(a) + abs(b)):
            return bool(a < b)
    return bool(w.step[r] > w.step[s])


@compiled
def _leave(lp: _Program, w: _Work, phase: int) -> int:
    """Return the row that leaves the basis, −1 where the step has no end."""
    n, p, m = lp.down.shape[0], lp.extra.shape[0], lp.rhs.shape[0]
    largest = max(1.0, _largest(w.step))
    least = STEP * largest
    if phase == 2:  # an artificial column has to stay at zero: it goes as soon as it would move
        row, size = -1, least
        for i in range(m):
            if w.basis[i] >= n + p and abs(w.step[i]) > size:
                row, size = i, abs(w.step[i])
        if row >= 0:
            return row
    row, best = -1, np.inf
    for least in (STEP * largest, 1e-3 * STEP * largest):  # a small step is taken only where there is no other
        for i in range(m):
            if w.step[i] > least:
                ratio = w.values[i] / w.step[i]
                tie = 1e-13 * (1.0 + best) if row >= 0 else 0.0
                if row < 0 or ratio < best - tie:
                    row, best = i, ratio
                elif ratio <= best + tie and _sooner(w, i, row):
                    row, best = i, min(best, ratio)
        if row >= 0:
            break
    return row


@compiled
def _pivot(w: _Work, row: int, code: int) -> float:
    """Put a column into the basis in place of that of `row`; return how far it goes."""
    m = w.values.shape[0]
    length = w.values[row] / w.step[row]
    for i in range(m):
        w.inverse[row, i] /= w.step[row]
    for k in range(m):
        if k != row and w.step[k] != 0.0:
            factor = w.step[k]
            for i in range(m):
                w.inverse[k, i] -= factor * w.inverse[row, i]
            w.values[k] -= factor * length
            if -INSIDE < w.values[k] < 1e-2 * INSIDE:
                w.values[k] = 0.0
    w.values[row] = length
    w.basis[row] = code
    return float(length)


@compiled
def _renew(lp: _Program, w: _Work) -> float:
    """Compute inverse and values from the basis alone (Gauss-Jordan, partial pivoting); return the least value."""
    m = lp.rhs.shape[0]
    for k in range(m):
        _fetch(lp, w.basis[k], w.column)
        for i in range(m):
            w.square[i, k] = w.column[i]
            w.inverse[i, k] = 1.0 if i == k else 0.0
    for k in range(m):
        row = k
        for i in range(k + 1, m):
            if abs(w.square[i, k]) > abs(w.square[row, k]):
                row = i
        if abs(w.square[row, k]) < 1e-13:
            return -np.inf
        if row != k:
            for i in range(m):
                w.square[k, i], w.square[row, i] = w.square[row, i], w.square[k, i]
                w.inverse[k, i], w.inverse[row, i] = w.inverse[row, i], w.inverse[k, i]
        pivot = w.square[k, k]
        for i in range(m):
            w.square[k, i] /= pivot
            w.inverse[k, i] /= pivot
        for r in range(m):
            factor = w.square[r, k]
            if r != k and factor != 0.0:
                for i in range(m):
                    w.square[r, i] -= factor * w.square[k, i]
                    w.inverse[r, i] -= factor * w.inverse[k, i]
    least = np.inf
    for k in range(m):
        w.values[k] = 0.0
        for i in range(m):
            w.values[k] += w.inverse[k, i] * lp.rhs[i]
        least = min(least, w.values[k])
    return least


@compiled
def _missing(lp: _Program, w: _Work) -> float:
    """Return what the artificial columns still carry."""
    n, p = lp.down.shape[0], lp.extra.shape[0]
    total = 0.0
    for k in range(w.basis.shape[0]):
        if w.basis[k] >= n + p:
            total += abs(w.values[k])
    return total


@compiled
def _improve(lp: _Program, w: _Work, listed: int, phase: int) -> tuple[int, int]:
    """Pivot on the listed columns until none helps; return how that ended and the column without bound."""
    m = lp.rhs.shape[0]
    still = 0
    for turn in range(200 + 50 * m):
        if phase == 1 and _missing(lp, w) <= INSIDE:
            return _BEST, -1
        largest = _prices(lp, w, phase)
        code = _enter(lp, w, listed, phase, COST * max(1.0, largest), still > 20 + 4 * m)
        if code < 0:
            return _BEST, -1
        _fetch(lp, code, w.column)
        for k in range(m):
            w.step[k] = 0.0
            for i in range(m):
                w.step[k] += w.inverse[k, i] * w.column[i]
        row = _leave(lp, w, phase)
        if row < 0:
            return (_NO_BOUND if phase == 2 else _LOST), code
        still = 0 if _pivot(w, row, code) > INSIDE else still + 1
        if turn % RENEW == RENEW - 1 and _settle(lp, w):
            return _LOST, -1
    return _LOST, -1


@compiled
def _settle(lp: _Program, w: _Work) -> bool:
    """Compute the inverse anew; return whether the basis turned out to be none."""
    if _renew(lp, w) < -1e-9:
        return True
    for k in range(w.values.shape[0]):
        w.values[k] = max(w.values[k], 0.0)
    return False


@compiled
def _widen(lp: _Program, w: _Work, listed: int, barred: int, phase: int) -> int:
    """Price every column and list the worst of each stripe; return how many are listed then."""
    m, n = lp.across.shape
    tolerance = COST * max(1.0, _prices(lp, w, phase))
    width = _width(n)
    for start in range(0, n, width):
        stop = min(start + width, n)
        reduced = w.reduced[: stop - start]
        reduced[:] = 0.0
        for i in range(m):
            price, row = w.price[i], lp.across[i, start:stop]
            if price != 0.0:
                for j in range(stop - start):
                    reduced[j] += price * row[j]
        if start <= barred < stop:
            reduced[barred - start] = 0.0
        best, chosen = -tolerance, -1
        for j in range(stop - start):
            if reduced[j] < best:
                best, chosen = reduced[j], start + j
        if chosen >= 0 and not w.held[chosen]:
            w.held[chosen] = True
            w.listed[listed] = chosen
            listed += 1
    return listed


@compiled
def _solve(lp: _Program, w: _Work, listed: int, barred: int, resume: bool) -> tuple[int, int, int]:
    """Solve one program; return its status, how many columns are listed, and the column without bound."""
    if not (resume and _resume(lp, w, barred)):
        _begin(lp, w)
    for phase in (1, 2):
        renewed = False
        while True:
            ended, code = _improve(lp, w, listed, phase)
            if ended == _LOST:
                return DOUBTFUL, listed, -1
            if ended == _NO_BOUND:
                return UNBOUNDED, listed, code
            if phase == 1 and _missing(lp, w) <= INSIDE:
                break
            wider = _widen(lp, w, listed, barred, phase)
            if wider == listed:
                if renewed:
                    if phase == 1:
                        return INFEASIBLE, listed, -1
                    break
                if _settle(lp, w):
                    return DOUBTFUL, listed, -1
                renewed = True
            listed = wider
    return OPTIMAL, listed, -1


@compiled
def _polish(lp: _Program, w: _Work, phase: int) -> bool:
    """Sort the basis and compute values and prices from it alone, improved once by what they leave over."""
    m = lp.rhs.shape[0]
    for k in range(1, m):
        for i in range(k, 0, -1):
            if w.basis[i] < w.basis[i - 1]:
                w.basis[i], w.basis[i - 1] = w.basis[i - 1], w.basis[i]
    if _renew(lp, w) == -np.inf:
        return False
    left = w.step
    for i in range(m):
        left[i] = lp.rhs[i]
    for k in range(m):
        _fetch(lp, w.basis[k], w.column)
        for i in range(m):
            left[i] -= w.column[i] * w.values[k]
    for k in range(m):
        for i in range(m):
            w.values[k] += w.inverse[k, i] * left[i]
        if abs(w.values[k]) < NOTHING:
            w.values[k] = 0.0
    _prices(lp, w, phase)
    for k in range(m):
        _fetch(lp, w.basis[k], w.column)
        left[k] = _cost(lp, w.basis[k], phase)
        for i in range(m):
            left[k] -= w.price[i] * w.column[i]
    for k in range(m):
        for i in range(m):
            w.price[i] += left[k] * w.inverse[k, i]
    nothing = NOTHING * _largest(w.price)
    for i in range(m):
        if abs(w.price[i]) < nothing:
            w.price[i] = 0.0
    return True


@compiled
def _power(x: float) -> float:
    """Return a power of two near 1/x, so that scaling rounds nothing; 1 for 0."""
    return math.ldexp(1.0, 1 - math.frexp(x)[1]) if x > 0.0 else 1.0


@compiled
def _pose(batch: Batch, u: int, lp: _Program, factor: Floats) -> tuple[float, float]:
    """Write the numbers of program `u`, scaled, into `lp`; return the factors of rhs and cost."""
    m, p = lp.rhs.shape[0], lp.cost.shape[0]
    extra = batch.extra[u if batch.extra.shape[0] > 1 else 0]
    rhs = batch.rhs[u if batch.rhs.shape[0] > 1 else 0]
    cost = batch.cost[u if batch.cost.shape[0] > 1 else 0]
    for k in range(p):
        largest = 0.0
        for i in range(m):
            lp.extra[k, i] = extra[i, k] * batch.row[i]
            largest = max(largest, abs(lp.extra[k, i]))
        factor[k] = _power(largest)
        for i in range(m):
            lp.extra[k, i] *= factor[k]
        lp.cost[k] = cost[k] * factor[k]
    for i in range(m):
        lp.rhs[i] = rhs[i] * batch.row[i]
    by_rhs, by_cost = _power(_largest(lp.rhs)), _power(_largest(lp.cost))
    for i in range(m):
        lp.rhs[i] *= by_rhs
    for k in range(p):
        lp.cost[k] *= by_cost
    return by_rhs, by_cost


@compiled
def _list(w: _Work, columns: Integers, barred: int, listed: int) -> int:
    """Add columns to the working ones; return how many these are then."""
    for j in columns:
        if j >= 0 and j != barred and not w.held[j]:
            w.held[j] = True
            w.listed[listed] = j
            listed += 1
    return listed


def run(batch: Batch) -> Found:
    """Solve the programs of a batch one after another; what was basic in one is tried first in the next."""
    m, n = batch.across.shape
    size, p = len(batch.first), batch.extra.shape[2]
    found = Found(
        np.full(size, DOUBTFUL, np.int8), np.full((size, m), -1, np.int64), np.zeros((size, m)), np.zeros((size, m)),
        np.zeros((size, m + 1)), np.full(size, -1, np.int64),
    )  # fmt: skip
    lp = _Program(batch.across, batch.down, np.empty((p, m)), np.empty(m), np.empty(p), np.empty((m, m)))
    row = np.empty((4, m))
    w = _Work(
        np.empty(m, np.int64), np.empty((m, m)), row[0], np.empty((m, m)), row[1], row[2], row[3], np.empty((m, m)),
        np.empty(_width(n)), np.empty(n, np.int64), np.zeros(n, np.bool_),
    )  # fmt: skip
    _run(batch, found, lp, w, np.empty(p), np.full(REMEMBERED, -1, np.int64))
    return found


@compiled
def _width(n: int) -> int:
    return max(64, (n + STRIPES - 1) // STRIPES)


@compiled
def _run(batch: Batch, found: Found, lp: _Program, w: _Work, factor: Floats, memory: Integers) -> None:
    n, p, m = lp.down.shape[0], lp.extra.shape[0], lp.rhs.shape[0]
    kept, known = 0, False
    for u in range(len(found.status)):
        by_rhs, by_cost = _pose(batch, u, lp, factor)
        barred = batch.barred[u]
        for remember in (True, False):  # what helps one program may lead another astray
            listed = _list(w, batch.first[u], barred, 0)
            if remember:
                listed = _list(w, memory, barred, listed)
            status, listed, code = _solve(lp, w, listed, barred, remember and known)
            for at in range(listed):
                w.held[w.listed[at]] = False
            if status != DOUBTFUL:
                break
        if status == UNBOUNDED:
            _keep_ray(lp, w, code, factor, found.ray[u])
            found.enters[u] = code
        elif status != DOUBTFUL and not _polish(lp, w, 2 if status == OPTIMAL else 1):
            status = DOUBTFUL
        found.status[u], known = status, status == OPTIMAL
        for k in range(m):
            j = w.basis[k]
            value = w.values[k] / by_rhs
            if n <= j < n + p:
                value *= factor[j - n]
            found.basis[u, k] = j if j < n + p else -1
            found.weight[u, k] = value
            found.dual[u, k] = w.price[k] * batch.row[k] / (by_cost if status == OPTIMAL else 1.0)
            if status == OPTIMAL and j < n:
                memory[kept % len(memory)] = j
                kept += 1


@compiled
def _keep_ray(lp: _Program, w: _Work, code: int, factor: Floats, out: Floats) -> None:
    n, p, m = lp.down.shape[0], lp.extra.shape[0], lp.rhs.shape[0]
    for k in range(m + 1):
        j = w.basis[k] if k < m else code
        out[k] = -w.step[k] if k < m else 1.0
        if n <= j < n + p:
            out[k] *= factor[j - n]
