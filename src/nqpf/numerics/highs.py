"""HiGHS as fallback and checker: the programs of `programs.py` one after another in one warm model.

Huangfu and Hall (2018), Parallelizing the dual revised simplex method, doi:10.1007/s12532-017-0130-5.
"""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.certificate import Claims, row_sizes
from nqpf.numerics.programs import DOUBTFUL, INFEASIBLE, OPTIMAL, UNBOUNDED, Floats, Programs

NOTHING = 1e-13
"""Values and prices as small as this beside the largest are arithmetic."""

_STATUS = {
    highspy.HighsModelStatus.kOptimal: OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: UNBOUNDED,
}


def by_highs(programs: Programs) -> Claims:
    """Return what HiGHS claims of every program; each basis lists all columns.

    Where it says that there is no point or no bound, the proof is the optimum of a second program: the least that has
    to be added to meet the rows, or the most that a ray of limited length gains.
    """
    p, row, own = _scaled(programs)
    status, point, dual = _run(p)
    ray = np.zeros_like(point)
    for unit in np.flatnonzero((status == INFEASIBLE) | (status == UNBOUNDED)):
        one = p.at(np.array([unit]))
        if status[unit] == INFEASIBLE:
            _, _, dual[unit : unit + 1] = _run(_shortfall(one))
            point[unit] = 0.0
        else:
            _, point[unit : unit + 1], _ = _run(replace(one, cost=0.0 * one.cost))
            ray[unit] = _run(_rays(one))[1][0, : point.shape[1]]
            dual[unit] = 0.0
    unscale = np.append(np.ones(p.columns.shape[1]), own)
    basis = np.broadcast_to(np.arange(point.shape[1]), point.shape)
    return Claims(status, np.ascontiguousarray(basis), point / unscale, ray / unscale, dual / row)


def _scaled(p: Programs) -> tuple[Programs, Floats, Floats]:
    """Return programs with rows, and columns of their own, divided by about their size; and by what they were."""
    row = row_sizes(p.columns)
    extra = p.extra / row[:, None]
    own = row_sizes(np.abs(extra).max(axis=0, initial=0.0).T)
    return Programs(p.columns / row[:, None], extra / own, p.rhs / row, p.cost / own, p.own, p.barred), row, own


def _shortfall(one: Programs) -> Programs:
    """Return the program whose optimum is the least that has to be added to meet the rows."""
    m = len(one.columns)
    added = np.diag(np.where(one.rhs[0] < 0.0, -1.0, 1.0))[None]
    cost = np.hstack([0.0 * one.cost, np.full((1, m), -1.0)])
    return Programs(one.columns, np.concatenate([one.extra, added], axis=2), one.rhs, cost, one.own, one.barred)


def _rays(one: Programs) -> Programs:
    """Return the program whose optimum is a ray that gains 1, where there is one."""
    m, n = one.columns.shape
    extra = np.zeros((1, m + 1, one.extra.shape[2] + 1))
    extra[:, :m, :-1], extra[:, m, :-1], extra[:, m, -1] = one.extra, one.cost, 1.0
    rhs = np.append(np.zeros(m), 1.0)[None]
    columns = np.vstack([one.columns, np.zeros(n)])
    return Programs(columns, extra, rhs, np.append(one.cost, [[0.0]], axis=1), one.own, one.barred)


def _run(p: Programs) -> tuple[NDArray[np.int8], Floats, Floats]:
    """Return status, values of all columns and prices of each program; NaN where there are none."""
    m, n = p.columns.shape
    status = np.full(p.size, DOUBTFUL, dtype=np.int8)
    point, dual = np.full((p.size, n + p.extra.shape[2]), np.nan), np.full((p.size, m), np.nan)
    model, largest = _model(p), np.abs(p.columns).max(axis=0, initial=0.0)
    for unit in range(p.size):
        _pose(model, p, unit)
        model.run()
        found = model.getModelStatus()
        status[unit] = _STATUS.get(found, DOUBTFUL)
        if status[unit] == OPTIMAL:
            solution = model.getSolution()
            size = np.append(largest, np.abs(_at(p.extra, unit)).max(axis=0, initial=0.0))
            point[unit] = _cleaned(np.array(solution.col_value), size)
            dual[unit] = _cleaned(np.array(solution.row_dual), np.ones(m))
    return status, point, dual


def _cleaned(values: Floats, size: Floats) -> Floats:
    """Return values with 0 for those that are nothing beside the largest, all times their size."""
    terms = np.abs(values) * size
    return np.where(terms > NOTHING * terms.max(initial=0.0), values, 0.0)


def _at(values: Floats, unit: int) -> Floats:
    at: Floats = values[unit if len(values) > 1 else 0]
    return at


def _model(p: Programs) -> highspy.Highs:
    """Return a model with the shared columns and the numbers of the first program."""
    m, n = p.columns.shape
    full = np.hstack([p.columns, _at(p.extra, 0)])
    h = highspy.Highs()  # type: ignore[no-untyped-call]
    h.setOptionValue("output_flag", False)
    h.setOptionValue("threads", 1)
    h.setOptionValue("presolve", "off")  # it would leave open whether a program has no point or no bound
    h.setOptionValue("primal_feasibility_tolerance", 1e-10)
    h.setOptionValue("dual_feasibility_tolerance", 1e-10)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = full.shape[1], m
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate([np.zeros(n), _at(p.cost, 0)])
    lp.col_lower_, lp.col_upper_ = np.zeros(full.shape[1]), np.full(full.shape[1], np.inf)
    lp.row_lower_ = lp.row_upper_ = _at(p.rhs, 0)
    columns, rows = np.nonzero(full.T)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=full.shape[1]))])
    lp.a_matrix_.index_ = rows
    lp.a_matrix_.value_ = full[rows, columns]
    h.passModel(lp)
    return h


def _pose(h: highspy.Highs, p: Programs, unit: int) -> None:
    """Give the model the numbers of another program."""
    m, n = p.columns.shape
    extra, rhs, cost = _at(p.extra, unit), _at(p.rhs, unit), _at(p.cost, unit)
    for i in range(m):
        h.changeRowBounds(i, rhs[i], rhs[i])
        if len(p.extra) > 1:
            for j in range(extra.shape[1]):
                h.changeCoeff(i, n + j, extra[i, j])
    for j in range(extra.shape[1]):
        h.changeColCost(n + j, cost[j])
    if p.barred is not None:
        for j, upper in ((p.barred[unit - 1] if unit else -1, np.inf), (p.barred[unit], 0.0)):
            if j >= 0:
                h.changeColBounds(int(j), 0.0, upper)
