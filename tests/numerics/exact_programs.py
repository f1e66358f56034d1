"""The optimum of a program in rational numbers: a plain tableau that rounds nothing, to judge the solver by."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, UNBOUNDED, Programs

Tableau = list[list[Fraction]]


def exact(p: Programs, unit: int) -> tuple[int, float]:
    """Return status and value of one program; NaN where it is not optimal."""
    e, b, c = (a[unit if len(a) > 1 else 0] for a in (p.extra, p.rhs, p.cost))
    m, n = p.columns.shape
    whole = np.hstack([p.columns, e])
    size = whole.shape[1]
    barred = -1 if p.barred is None else int(p.barred[unit])
    columns = [j for j in range(size) if j != barred]
    table = [
        [Fraction(v) * (-1 if b[i] < 0 else 1) for v in whole[i].tolist()]
        + [Fraction(int(i == k)) for k in range(m)]
        + [abs(Fraction(float(b[i])))]
        for i in range(m)
    ]
    basis = list(range(size, size + m))
    _climb(table, basis, [Fraction(0)] * size + [Fraction(-1)] * m, columns)
    if sum(row[-1] for row, j in zip(table, basis, strict=True) if j >= size) > 0:
        return INFEASIBLE, np.nan
    for i in range(m):  # what is artificial and zero leaves, unless its row is redundant
        j = next((j for j in columns if basis[i] >= size and table[i][j] != 0), None)
        if j is not None:
            _pivot(table, basis, i, j)
    cost = [Fraction(0)] * n + [Fraction(v) for v in c.tolist()] + [Fraction(0)] * m
    if not _climb(table, basis, cost, columns):
        return UNBOUNDED, np.nan
    return OPTIMAL, float(sum(cost[j] * row[-1] for row, j in zip(table, basis, strict=True)))


def _climb(table: Tableau, basis: list[int], cost: list[Fraction], columns: list[int]) -> bool:
    """Pivot (Bland's rule) until no column helps; return whether there is a bound."""
    while True:
        rows = [i for i, j in enumerate(basis) if cost[j] != 0]
        enters = next((j for j in columns if cost[j] > sum(cost[basis[i]] * table[i][j] for i in rows)), None)
        if enters is None:
            return True
        leaving = [(row[-1] / row[enters], basis[i], i) for i, row in enumerate(table) if row[enters] > 0]
        if not leaving:
            return False
        _pivot(table, basis, min(leaving)[2], enters)


def _pivot(table: Tableau, basis: list[int], row: int, column: int) -> None:
    table[row] = [v / table[row][column] for v in table[row]]
    for i, other in enumerate(table):
        if i != row and other[column] != 0:
            table[i] = [v - other[column] * w for v, w in zip(other, table[row], strict=True)]
    basis[row] = column
