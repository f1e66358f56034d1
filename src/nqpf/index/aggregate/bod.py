"""Benefit of the doubt: each row is scored with the weights that are best for it, such that no row passes 1 with them.

max Σ_k u_k s_k subject to Σ_k u_k s_jk ≤ 1 for every row j and u ≥ 0, optionally with least ≤ u_k s_k / Σ u s ≤ largest
(Cherchye, Moesen, Rogge and Van Puyenbroeck 2007, doi:10.1007/s11205-006-9029-7). It is solved as its dual, which has a
constraint an input rather than a row, by one warm model of HiGHS in which only what belongs to the row is changed.
Stated weights do not enter. An input that a row lacks counts for nothing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.errors import MethodError
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.rows import blocks
from nqpf.index.aggregate.table import Rows, Scored, by_column, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.results import TableResult

Floats = NDArray[np.float64]
Shares = tuple[float, float] | None

PRECISION = 1e-10
"""How far the solver may leave a constraint."""
ROOM = 1e-9
"""How far share bounds may fall short of making up a whole, which is a matter of rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """The rows that bound the weights of all others: ``float64[F, K]`` in units of `unit` ``float64[K]``."""

    rows: Floats
    unit: Floats


def frontier(s: Floats) -> Frontier:
    """Return the rows of ``float64[R, K]`` that no other row equals or passes in every input.

    A missing input counts as none; rows with a negative score, or with none at all, are left out.
    """
    kept = np.unique(np.nan_to_num(s)[~(s < 0).any(axis=1) & ~np.isnan(s).all(axis=1)], axis=0)
    beaten = np.zeros(len(kept), dtype=bool)
    for rows in blocks(len(kept), max(1, (1 << 20) // max(len(kept), 1))):
        above = np.ones((len(kept[rows]), len(kept)), dtype=bool)
        for column in kept.T:
            above &= column >= column[rows, None]
        beaten[rows] = above.sum(axis=1) > 1  # a row is not below itself
    rows_ = kept[~beaten]
    unit = rows_.max(axis=0, initial=0.0)
    unit = np.where(unit > 0, unit, 1.0)
    return Frontier(rows_ / unit, unit)


class Program:
    """The linear program of one row after the other, kept warm.

    Parameters
    ----------
    rows
        ``float64[F, K]`` the frontier.
    shares
        Least and largest part of the score that one input may make up.

    Notes
    -----
    min Σ λ subject to Σ_j λ_j s_jk + β_k − α_k + s_k σ ≥ s_k for each input k. Without shares α, β and σ are none; with
    them Σ_k (least α_k − largest β_k) / s_k = σ. The weights u are the prices of the K constraints.
    """

    def __init__(self, rows: Floats, shares: Shares) -> None:
        count, self.inputs = rows.shape
        self.shares = shares
        self.first = count  # columns: λ, then α, β and σ
        import highspy  # here, so that only who uses this method loads it

        solver: Any = highspy
        model = solver.Highs()
        for option, value in (
            ("output_flag", False),
            ("presolve", "off"),
            ("parallel", "off"),
            ("primal_feasibility_tolerance", PRECISION),
            ("dual_feasibility_tolerance", PRECISION),
        ):
            model.setOptionValue(option, value)
        model.passModel(_filled(solver.HighsLp(), rows, shares is not None))
        self.model = model

    def solve(self, s: Floats) -> Floats:
        """Return the weights that are best for a row, ``float64[K]`` both; NaN where there are none."""
        if self.shares is not None:
            counted = np.flatnonzero(s > 0)
            least, largest = self.shares
            if least * counted.size > 1 + ROOM or largest * counted.size < 1 - ROOM:
                return np.full(self.inputs, np.nan)
            self._bound(s, least, largest)
        for k in range(self.inputs):
            self.model.changeRowBounds(k, s[k], np.inf)
        self.model.run()
        status = self.model.modelStatusToString(self.model.getModelStatus())
        if status == "Infeasible":  # the row has what no row of the frontier has
            return np.full(self.inputs, np.nan)
        if status != "Optimal":
            raise MethodError("bod_unsolved", status=status)
        return np.asarray(np.maximum(self.model.getSolution().row_dual[: self.inputs], 0.0))

    def _bound(self, s: Floats, least: float, largest: float) -> None:
        """Put the row's share bounds into the model; they bind only inputs that it has."""
        last = self.first + 2 * self.inputs
        for k in range(self.inputs):
            there = s[k] > 0
            self.model.changeCoeff(k, last, s[k])
            for column, bound in ((self.first + k, least), (self.first + self.inputs + k, -largest)):
                self.model.changeColBounds(column, 0.0, np.inf if there else 0.0)
                self.model.changeCoeff(self.inputs, column, bound / s[k] if there else 0.0)


def _filled(program: Any, rows: Floats, bounded: bool) -> Any:
    """Return an empty program filled with everything that does not hang on the row."""
    count, inputs = rows.shape
    matrix = [rows.T]
    if bounded:
        # The row of σ: its coefficients of α and β are put in for each row of the data.
        one = np.eye(inputs)
        matrix = [np.hstack([rows.T, -one, one, np.ones((inputs, 1))])]
        matrix.append(np.hstack([np.zeros((1, count)), np.ones((1, 2 * inputs)), [[-1.0]]]))
    dense = np.vstack(matrix)
    height, width = dense.shape
    program.num_col_, program.num_row_ = width, height
    program.col_cost_ = np.where(np.arange(width) < count, 1.0, 0.0)
    program.col_lower_ = np.where(np.arange(width) < count + 2 * inputs, 0.0, -np.inf)
    program.col_upper_ = np.full(width, np.inf)
    program.row_lower_ = np.zeros(height)
    program.row_upper_ = np.where(np.arange(height) < inputs, np.inf, 0.0)
    at, filled = np.nonzero(dense.T)
    # Column by column, as HiGHS takes it unless told otherwise.
    program.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(at, minlength=width))])
    program.a_matrix_.index_ = filled
    program.a_matrix_.value_ = dense[filled, at]
    return program


def best_weights(s: Floats, against: Frontier, shares: Shares) -> Floats:
    """Return the weights u that are best for each row, ``float64[R, K]``; NaN where there are none.

    Each set is feasible to the last digit: it is divided by the largest score it gives on the frontier. Equal rows have
    equal weights, whatever the order of rows.
    """
    found = np.full(s.shape, np.nan)
    able = ~(s < 0).any(axis=1) & ~np.isnan(s).all(axis=1)
    if not able.any() or not len(against.rows):
        return found
    different, inverse = np.unique(np.nan_to_num(s)[able] / against.unit, axis=0, return_inverse=True)
    program = Program(against.rows, shares)
    u = np.array([program.solve(row) for row in different])
    for rows in blocks(len(u), max(1, (1 << 20) // len(against.rows))):
        peak = np.einsum("rk,fk->rf", u[rows], against.rows).max(axis=1)
        u[rows] /= np.where(peak > 0, peak, 1.0)[:, None]
    found[able] = u[inverse.reshape(-1)] / against.unit
    return found


def bod(
    data: Any, columns: Sequence[str], *, shares: tuple[float, float] | None = None, by: str | None = None
) -> TableResult:
    """Score the rows of a table by benefit of the doubt.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` not negative, higher better, nothing missing; they need not be on
        one scale.
    columns
        Indicators.
    shares
        Least and largest part of a row's score that one column may make up, e.g. ``(0.05, 0.4)``. Default: none, and
        rows may leave columns out.
    by
        Column of years: the frontier of each year alone. Default: all rows together.

    Returns
    -------
    TableResult
        The table with the weights that are best for each row (``…_weight``; where several sets are equally good, one of
        them), score (1 on the frontier, higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        Shares that are not from 0 to 1, or the least above the largest.
    MethodError
        A missing or negative value; share bounds that cannot make up a whole over the columns that a row has.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), doi:10.1007/s11205-006-9029-7.

    Examples
    --------
    >>> bod({"a": [1.0, 0.5, 0.25], "b": [0.5, 1.0, 0.5]}, ["a", "b"]).frame["score"].round(3).to_list()
    [1.0, 1.0, 0.5]
    """
    options = {} if shares is None else {"shares": tuple(shares)}
    how = checked(Aggregate, method="bod", **options)

    def work(rows: Rows) -> Scored:
        rows.refuse(rows.s < 0, "negative_score", method="bod")
        u = best_weights(rows.s, frontier(rows.s), how.shares)
        score = _sum(u, rows.s)
        rows.refuse_undefined(score, "bod_undefined", method="bod")
        return {**by_column(columns, "weight", u), "score": score}

    return score_table(data, columns, None, by, "bod", options, work)


def _sum(u: Floats, s: Floats) -> Floats:
    return np.asarray(np.einsum("rk,rk->r", u, np.nan_to_num(s)))


def _sample(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> Frontier:
    return frontier(s)


BOD = Aggregator(
    score=lambda s, w, how, sample: _sum(best_weights(s, sample, how.shares), s),
    sample=_sample,
    ends=lambda how, ends: (0.0, 1.0),
    undefined="bod_undefined",
)
