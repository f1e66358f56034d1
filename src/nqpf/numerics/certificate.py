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


def row_sizes(columns: Floats) -> Floats:
    """Return ``float64[m]`` about the geometric mean of the numbers of each row of A that are not 0, 1 for none.

    Powers of two, by which nothing rounds; a few columns that are far larger than the others hardly count.
    """
    some = columns != 0.0
    mean = np.where(some, np.frexp(columns)[1], 0).sum(axis=1) / np.maximum(some.sum(axis=1), 1)
    size: Floats = np.ldexp(1.0, np.rint(mean).astype(np.int64))
    return size


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
    return missing(columns, p.extra, p.rhs, p.cost, p.bars, np.zeros(len(columns)), row_sizes(columns), claims)


@compiled
def missing(
    columns: Floats,
    extra: Floats,
    rhs: Floats,
    cost: Floats,
    barred: Integers,
    sign: Floats,
    row: Floats,
    claims: Claims,
) -> Floats:
    """Do the work of `certify` on bare arrays; the prices must besides not oppose `sign`, 0 where they may be any.

    A row is as large as its largest term at the point claimed, or as `row` says where all are 0: a program of small
    numbers among columns of large ones is judged by its own.
    """
    gap, reduced, size = np.empty(len(claims.status)), np.empty(_BLOCK), np.empty(len(columns))
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
            point = _off(columns, e, b, row, basis, claims.weight[u], size)
        if status == OPTIMAL:
            short = _beaten(columns, e, c, barred[u], sign, size, dual, reduced)
            gained, terms = _worth(c, n, basis, claims.weight[u])
            terms = max(terms, _height(dual, size) * _high(b, size))
            gap[u] = max(point, short, abs(gained - _dot(dual, b)[0]) / terms if terms > 0.0 else 0.0)
        elif status == INFEASIBLE:
            worth, terms = _dot(dual, b)
            if -worth > NOISE * terms:
                short = _beaten(columns, e, 0.0 * c, barred[u], sign, size, dual, reduced)
                gap[u] = short * _height(dual, size) / -worth
        elif status == UNBOUNDED:
            gained, terms = _worth(c, n, basis, claims.ray[u])
            if gained > NOISE * terms:
                gap[u] = max(point, _off(columns, e, 0.0 * b, row, basis, claims.ray[u], size))
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
def _height(values: Floats, size: Floats) -> float:
    """Return the largest value times the size of its row."""
    largest = 0.0
    for i in range(len(values)):
        largest = max(largest, abs(values[i]) * size[i])
    return largest


@compiled
def _largest_term(a: Floats, b: Floats) -> float:
    largest = 0.0
    for i in range(len(a)):
        largest = max(largest, abs(a[i] * b[i]))
    return largest


@compiled
def _high(values: Floats, size: Floats) -> float:
    """Return the largest value relative to the size of its row."""
    largest = 0.0
    for i in range(len(values)):
        largest = max(largest, abs(values[i]) / size[i])
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
def _off(
    columns: Floats, extra: Floats, rhs: Floats, row: Floats, basis: Integers, values: Floats, size: Floats
) -> float:
    """Return by how much A λ + E e misses b, or a value is below zero, relative to the row's `size`, written here."""
    n = columns.shape[1]
    worst = 0.0
    for i in range(len(rhs)):
        rest, largest, below = -rhs[i], abs(rhs[i]), 0.0
        for k in range(len(basis)):
            j = basis[k]
            if j >= 0:
                term = (columns[i, j] if j < n else extra[i, j - n]) * values[k]
                rest, largest = rest + term, max(largest, abs(term))
                if values[k] < 0.0:
                    below = max(below, abs(term))
        size[i] = largest if largest > 0.0 else row[i]
        worst = max(worst, max(abs(rest), below) / size[i])
    return worst


@compiled
def _beaten(
    columns: Floats, extra: Floats, cost: Floats, barred: int, sign: Floats, size: Floats, dual: Floats, reduced: Floats
) -> float:
    """Return by how much a column beats the prices, or a price its sign, relative to the size of both."""
    m, n = columns.shape
    height = _height(dual, size)
    worst = 0.0
    for k in range(len(cost)):
        short = cost[k] - _dot(dual, extra[:, k])[0]
        if short > 0.0:
            worst = max(worst, short / max(abs(cost[k]), _largest_term(dual, extra[:, k])))
    for i in range(m):
        if dual[i] * sign[i] < 0.0:
            worst = max(worst, abs(dual[i]) * size[i] / height)
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        reduced[: stop - start] = 0.0
        for i in range(m):
            price, row = dual[i], columns[i, start:stop]
            for j in range(stop - start):
                reduced[j] += price * row[j]
        for j in range(start, stop):
            if reduced[j - start] < 0.0 and j != barred:
                worst = max(worst, -reduced[j - start] / _largest_term(dual, columns[:, j]))
    return worst
