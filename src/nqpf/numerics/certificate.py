"""The proof that a claimed solution is right, from the original numbers and the claim alone.

An optimum is proved by a feasible point and prices that no column beats (duality); that there is no point, by prices
after Farkas; that there is no bound, by a point and a ray. `certify` returns the largest thing missing in that proof.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.compiled import compiled
from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, UNBOUNDED, Floats, Integers, Programs

NOISE = 1e-9
"""A gain smaller than this, relative to the terms it is the sum of, may be arithmetic."""

_BLOCK = 512


class Claims(NamedTuple):
    """What is claimed of U programs, unscaled.

    Attributes
    ----------
    status
        ``int8[U]``.
    basis
        ``int64[U, m + 1]`` columns, n + k for extra k, −1 for none; the last place is for the ray.
    weight
        ``float64[U, m + 1]`` their values at the point.
    ray
        ``float64[U, m + 1]`` their change along the ray, 0 where the status is not unbounded.
    dual
        ``float64[U, m]`` prices of the rows.
    """

    status: NDArray[np.int8]
    basis: Integers
    weight: Floats
    ray: Floats
    dual: Floats


class Units(NamedTuple):
    """In what the numbers are measured, so that what is missing is relative.

    Attributes
    ----------
    row
        ``float64[m]`` mean absolute value of the rows of A, 1 where that is 0.
    column
        ``float64[n]`` largest absolute value of the columns of A in these units.
    """

    row: Floats
    column: Floats

    def at(self, columns: Integers) -> Units:
        """Return the units of some of the columns."""
        return Units(self.row, self.column[columns])


def units_of(columns: Floats) -> Units:
    """Return the units of the rows and columns of A."""
    size = np.abs(columns)
    row = size.mean(axis=1) if columns.shape[1] else np.zeros(len(columns))
    row[row == 0.0] = 1.0
    return Units(row, (size / row[:, None]).max(axis=0, initial=0.0))


def certify(programs: Programs, claims: Claims) -> Floats:
    """Return ``float64[U]`` what is missing in each proof, relative to the size of its terms; ∞ for nothing claimed.

    Parameters
    ----------
    programs
        What was to be solved, with all columns.
    claims
        What is to be proved.
    """
    p = programs
    columns = np.ascontiguousarray(p.columns)
    sign = np.zeros(len(columns))
    return missing(columns, p.extra, p.rhs, p.cost, p.bars, sign, units_of(columns), claims)


@compiled
def missing(
    columns: Floats,
    extra: Floats,
    rhs: Floats,
    cost: Floats,
    barred: Integers,
    sign: Floats,
    units: Units,
    claims: Claims,
) -> Floats:
    """Do the work of `certify` on bare arrays; the prices must besides not oppose `sign`, 0 where they may be any."""
    gap, reduced = np.empty(len(claims.status)), np.empty(_BLOCK)
    for u in range(len(gap)):
        e, b = extra[u if len(extra) > 1 else 0], rhs[u if len(rhs) > 1 else 0]
        c = cost[u if len(cost) > 1 else 0]
        basis, status, n = claims.basis[u], claims.status[u], columns.shape[1]
        dual = claims.dual[u]
        gap[u] = np.inf
        if not _finite(dual, claims.weight[u], claims.ray[u]):
            continue
        point = np.inf
        if _clear_of(barred[u], basis, claims.weight[u], claims.ray[u]):
            point = _off(columns, e, b, units.row, basis, claims.weight[u])
        if status == OPTIMAL:
            short = _beaten(columns, e, c, barred[u], sign, units, dual, reduced)
            gained, terms = _worth(c, n, basis, claims.weight[u])
            size = max(terms, _norm(dual, units.row) * _high(b, units.row))
            gap[u] = max(point, short, abs(gained - _dot(dual, b)[0]) / size if size > 0.0 else 0.0)
        elif status == INFEASIBLE:
            worth, terms = _dot(dual, b)
            if -worth > NOISE * terms:
                short = _beaten(columns, e, 0.0 * c, barred[u], sign, units, dual, reduced)
                gap[u] = short * _norm(dual, units.row) * _high(b, units.row) / -worth
        elif status == UNBOUNDED:
            gained, terms = _worth(c, n, basis, claims.ray[u])
            if gained > NOISE * terms:
                gap[u] = max(point, _off(columns, e, 0.0 * b, units.row, basis, claims.ray[u]))
    return gap


@compiled
def _clear_of(barred: int, basis: Integers, weight: Floats, ray: Floats) -> bool:
    """Return whether the barred column is not made use of."""
    for k in range(len(basis)):
        if basis[k] == barred and barred >= 0 and (weight[k] != 0.0 or ray[k] != 0.0):
            return False
    return True


@compiled
def _dot(a: Floats, b: Floats) -> tuple[float, float]:
    """Return the sum of products and that of their sizes."""
    total, terms = 0.0, 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
        terms += abs(a[i] * b[i])
    return total, terms


@compiled
def _finite(dual: Floats, weight: Floats, ray: Floats) -> bool:
    total = 0.0
    for i in range(len(dual)):
        total += dual[i]
    for k in range(len(weight)):
        total += weight[k] + ray[k]
    return math.isfinite(total)


@compiled
def _norm(dual: Floats, row: Floats) -> float:
    largest = 0.0
    for i in range(len(dual)):
        largest = max(largest, abs(dual[i]) * row[i])
    return largest


@compiled
def _high(column: Floats, row: Floats) -> float:
    largest = 0.0
    for i in range(len(column)):
        largest = max(largest, abs(column[i]) / row[i])
    return largest


@compiled
def _worth(cost: Floats, n: int, basis: Integers, values: Floats) -> tuple[float, float]:
    """Return what the values earn, and the sum of the sizes of its terms."""
    total, terms = 0.0, 0.0
    for k in range(len(basis)):
        if basis[k] >= n:
            total += cost[basis[k] - n] * values[k]
            terms += abs(cost[basis[k] - n] * values[k])
    return total, terms


@compiled
def _off(columns: Floats, extra: Floats, rhs: Floats, row: Floats, basis: Integers, values: Floats) -> float:
    """Return by how much A λ + E e misses b, or a value is below zero, relative to the largest term."""
    n = columns.shape[1]
    worst, largest, below = 0.0, 0.0, 0.0
    for i in range(len(rhs)):
        rest, size = -rhs[i], abs(rhs[i])
        for k in range(len(basis)):
            j = basis[k]
            if j >= 0:
                term = (columns[i, j] if j < n else extra[i, j - n]) * values[k]
                rest, size = rest + term, max(size, abs(term))
                if values[k] < 0.0:
                    below = max(below, abs(term) / row[i])
        worst, largest = max(worst, abs(rest) / row[i]), max(largest, size / row[i])
    return max(worst, below) / largest if largest > 0.0 else 0.0


@compiled
def _beaten(
    columns: Floats, extra: Floats, cost: Floats, barred: int, sign: Floats, units: Units, dual: Floats, reduced: Floats
) -> float:
    """Return by how much a column beats the prices, or a price its sign, relative to the size of both."""
    m, n = columns.shape
    height = _norm(dual, units.row)
    worst = 0.0
    for k in range(len(cost)):
        short = cost[k] - _dot(dual, extra[:, k])[0]
        if short > 0.0:
            worst = max(worst, short / max(abs(cost[k]), height * _high(extra[:, k], units.row)))
    for i in range(m):
        if dual[i] * sign[i] < 0.0:
            worst = max(worst, abs(dual[i]) * units.row[i] / height)
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        reduced[: stop - start] = 0.0
        for i in range(m):
            price, row = dual[i], columns[i, start:stop]
            for j in range(stop - start):
                reduced[j] += price * row[j]
        for j in range(start, stop):
            if reduced[j - start] < 0.0 and j != barred:
                worst = max(worst, -reduced[j - start] / (height * units.column[j]))
    return worst
