"""Mixed-integer linear programs in arrays, and the door to HiGHS: one thread, a fixed seed, rows and gains scaled.

Huangfu and Hall (2018), Parallelizing the dual revised simplex method, doi:10.1007/s12532-017-0130-5.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Status = Literal["optimal", "stopped", "infeasible", "unbounded"]

FEASIBLE = 1e-6
"""Tolerance of rows and of whole numbers, beside the largest coefficient of a row."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Maximise ``gain · x`` with ``least ≤ rows x ≤ most`` and ``lower ≤ x ≤ upper``.

    Attributes
    ----------
    gain, lower, upper
        ``float64[n]``.
    whole
        ``bool[n]``: columns that are whole numbers.
    rows
        Sparse ``[m, n]``.
    least, most
        ``float64[m]``, −inf and inf where there is no limit.
    """

    gain: Floats
    lower: Floats
    upper: Floats
    whole: Bools
    rows: sparse.csc_array
    least: Floats
    most: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """Optimum of the linear relaxation.

    Attributes
    ----------
    status
        As of `Solved`.
    value
        Optimum, NaN without one.
    x
        ``float64[n]``.
    prices
        ``float64[m]`` what one more unit of a row's limit is worth (above 0 where `most` binds, below where `least`).
    reduced
        ``float64[n]`` gain less what a column takes of the rows at these prices.
    """

    status: Status
    value: float
    x: Floats
    prices: Floats
    reduced: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Best point found and what is proven of it.

    Attributes
    ----------
    status
        ``optimal`` within the gap that was asked for, ``stopped`` before that, ``infeasible``, ``unbounded``.
    x
        ``float64[n]`` with whole numbers exact, or None where no point was found.
    value, bound
        Of the point, NaN without one; and what no point exceeds.
    """

    status: Status
    x: Floats | None
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Proven distance to the optimum as a share of the value."""
        return gap_of(self.value, self.bound)


def gap_of(value: float, bound: float) -> float:
    """Return how far `bound` lies above `value`, as a share of the larger size of the two; 0 for two zeros."""
    size = max(abs(value), abs(bound))
    return 0.0 if size == 0.0 or bound <= value else (bound - value) / size


def part(program: Program, kept: Bools) -> Program:
    """Return the program over some of its columns, the others at 0."""
    if kept.all():
        return program
    return replace(
        program,
        gain=program.gain[kept],
        lower=program.lower[kept],
        upper=program.upper[kept],
        whole=program.whole[kept],
        rows=program.rows[:, np.flatnonzero(kept)],
    )


def scale_of(program: Program) -> float:
    """Return the largest gain of a column, 1 where there is none."""
    return float(np.abs(program.gain).max(initial=0.0)) or 1.0


def value_of(program: Program, x: Floats | None) -> float:
    """Return the value of a point, NaN where there is none."""
    return np.nan if x is None else float(program.gain @ x)


def _sizes(program: Program) -> Floats:
    """Return the largest coefficient of each row, 1 for empty rows."""
    sizes = np.zeros(program.least.size)
    np.maximum.at(sizes, program.rows.indices, np.abs(program.rows.data))
    return np.where(sizes > 0.0, sizes, 1.0)


def _model(program: Program, rows: Floats, scale: float, whole: bool) -> highspy.Highs:
    """Return HiGHS with the program, rows divided by their size and gains by `scale`."""
    h = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (("output_flag", False), ("threads", 1), ("mip_feasibility_tolerance", FEASIBLE)):
        h.setOptionValue(option, value)
    matrix = program.rows
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = program.gain / scale
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.least / rows, program.most / rows
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data / rows[matrix.indices]
    if whole:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[flag] for flag in program.whole.tolist()]
    h.passModel(lp)
    return h


_STATUS: dict[highspy.HighsModelStatus, Status] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kModelEmpty: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
}


def linear(program: Program) -> Relaxed:
    """Return the optimum of the linear relaxation as HiGHS finds it."""
    rows, scale = _sizes(program), scale_of(program)
    h = _model(program, rows, scale, whole=False)
    h.run()
    status = _STATUS.get(h.getModelStatus(), "stopped")
    if status != "optimal":
        n, m = program.gain.size, program.least.size
        return Relaxed(status, np.nan, np.full(n, np.nan), np.full(m, np.nan), np.full(n, np.nan))
    solution = h.getSolution()
    prices = np.array(solution.row_dual) * scale / rows
    x = np.array(solution.col_value)
    return Relaxed(status, float(program.gain @ x), x, prices, program.gain - program.rows.T @ prices)


def integer(program: Program, gap: float, until: float, start: Floats | None, seed: int) -> Solved:
    """Return what HiGHS finds of a program within the time that is left."""
    rows, scale = _sizes(program), scale_of(program)
    h = _model(program, rows, scale, whole=True)
    left = max(until - time.monotonic(), 0.05)
    for option, value in (("mip_rel_gap", gap), ("mip_abs_gap", 1e-9), ("random_seed", seed), ("time_limit", left)):
        h.setOptionValue(option, value)
    if start is not None:
        point = highspy.HighsSolution()
        point.col_value = start.tolist()
        h.setSolution(point)
    h.run()
    status, info = _STATUS.get(h.getModelStatus(), "stopped"), h.getInfo()
    if status in ("infeasible", "unbounded"):
        return Solved(status, None, np.nan, -np.inf if status == "infeasible" else np.inf)
    pure = not program.whole.any()
    bound = info.objective_function_value * scale if pure else info.mip_dual_bound * scale
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Solved("stopped", start, value_of(program, start), bound)
    x = np.array(h.getSolution().col_value)
    x[program.whole] = np.round(x[program.whole])
    return Solved(status, x, float(program.gain @ x), bound)
