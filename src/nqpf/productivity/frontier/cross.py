"""Cross-efficiency: every unit is judged with the prices of every other, so that none is judged by its own alone.

Sexton, Silkman and Hogan (1986), doi:10.1002/ev.1441. Optimal prices are rarely unique; Doyle and Green (1994),
doi:10.1057/jors.1994.84, choose among them those that are kindest (benevolent) or hardest (aggressive) to the others,
taken as one: by the difference of the value of their outputs and the cost of their inputs (their formulation II) or by
the ratio (formulation III).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import MethodError
from nqpf.frames import backend_of
from nqpf.numerics.programs import OPTIMAL
from nqpf.productivity.frontier.directional import distance, radial_direction
from nqpf.productivity.frontier.extreme_prices import least
from nqpf.productivity.frontier.frontiers import frontiers
from nqpf.productivity.frontier.measure import MISSING
from nqpf.productivity.frontier.quantities import Observed, Quantities
from nqpf.productivity.frontier.remarks import remarks
from nqpf.productivity.frontier.scoring import Choice, column
from nqpf.productivity.frontier.technology import Floats, Technology
from nqpf.results import Method, TableResult

Goal = Literal["arbitrary", "benevolent", "aggressive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossEfficiency(TableResult):
    """Cross-efficiencies; ``frame`` has the keys, own, score and maverick.

    Attributes
    ----------
    matrix
        Keys of who judges, ``judged`` (and ``judged_`` + time column), and the efficiency: every unit at the prices of
        every other of its year.
    prices
        Keys and the prices that each unit judges with (``weight_`` + column).
    """

    matrix: pl.DataFrame = field(default_factory=pl.DataFrame)
    prices: pl.DataFrame = field(default_factory=pl.DataFrame)


def cross_efficiency(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    unit: str | None = None,
    time: str | None = None,
    orientation: Literal["input", "output"] = "input",
    goal: Goal = "benevolent",
    formulation: Literal["difference", "ratio"] = "difference",
    own: bool = True,
    missing: Literal["error", "skip"] = "error",
    workers: int | None = None,
) -> CrossEfficiency:
    """Score units by the mean of what they are worth at the prices of all.

    Parameters
    ----------
    data, inputs, outputs, unit, time, missing, workers
        As for `dea`; each year is judged by itself, under constant returns.
    orientation
        ``input``: efficiency is value of outputs over cost of inputs; ``output``: its reciprocal, at least 1.
    goal
        Which of the optimal prices a unit judges with: ``benevolent``, ``aggressive``, or ``arbitrary``: those that the
        solver ends with, which another program need not share.
    formulation
        Of `goal`: ``difference`` (Doyle and Green's II) or ``ratio`` (III).
    own
        Whether the judgement of a unit on itself counts.

    Returns
    -------
    CrossEfficiency
        The keys, ``own`` (efficiency at the unit's own prices), ``score`` (mean over all judges) and ``maverick``
        (|own − score| / score: how much a unit praises itself).

    Raises
    ------
    DataError, SpecError, MethodError
        As for `dea`; a year with one unit only; prices that could not be proved, or at which a unit's inputs (outputs)
        are worth nothing.

    References
    ----------
    Doyle and Green (1994), doi:10.1057/jors.1994.84.

    Examples
    --------
    >>> shops = {"shop": ["A", "B", "C"], "staff": [2.0, 4.0, 4.0], "sales": [1.0, 3.0, 2.0]}
    >>> cross_efficiency(shops, ["staff"], ["sales"], unit="shop").frame["score"].round(3).to_list()
    [0.667, 1.0, 0.667]
    """
    choose("goal", goal, get_args(Goal))
    choose("formulation", formulation, ("difference", "ratio"))
    observed = Observed.of(data, inputs, outputs, (), unit, time, missing)
    technology = Technology("crs")
    Choice.of(
        observed, technology, time, measure="radial", orientation=orientation, direction=None, weights=None
    )  # fmt: skip
    across = frontiers(observed, technology)
    rows, k = len(observed.complete), len(inputs) + len(outputs)
    mine, mean, prices = np.full(rows, np.nan), np.full(rows, np.nan), np.full((rows, k), np.nan)
    status = np.where(observed.complete, OPTIMAL, MISSING).astype(np.int8)
    parts = []
    for frontier in across:
        at = frontier.at
        if at.size < 2:
            raise MethodError("cross_one_unit", where=observed.where(int(at[0])))
        prices[at] = judging_prices(observed.quantities[at], orientation, goal, formulation, workers)
        if np.isnan(prices[at]).any():
            raise MethodError("cross_no_prices", where=observed.where(int(at[np.isnan(prices[at]).any(axis=1)][0])))
        judged = cross(observed.quantities[at], prices[at], orientation)
        worthless = np.argwhere(~np.isfinite(judged))
        if worthless.size:
            judge, unit_at = (observed.where(int(at[k])) for k in worthless[0])
            raise MethodError("cross_worthless", where=unit_at, judge=judge.unit, count=len(worthless))
        counted = np.ones_like(judged) if own else 1.0 - np.eye(at.size)
        mine[at], mean[at] = np.diag(judged), (judged * counted).sum(axis=0) / counted.sum(axis=0)
        parts.append(_pairs(observed, at, judged))
    frame = observed.keys.with_columns(
        own=column(mine), score=column(mean), maverick=column(np.abs(mine - mean) / mean)
    )
    options = {
        "inputs": list(inputs), "outputs": list(outputs), "orientation": orientation, "goal": goal,
        **({"formulation": formulation} if goal != "arbitrary" else {}), "own": own, "missing": missing,
    }  # fmt: skip
    names = [f"weight_{c}" for c in (*inputs, *outputs)]
    return CrossEfficiency(
        frame=frame,
        method=Method("frontier.cross", options),
        notes=remarks(observed, technology, across, status, mine, False),
        backend=backend_of(data),
        matrix=pl.concat(parts),
        prices=observed.keys.with_columns(pl.Series(name, prices[:, j]).fill_nan(None) for j, name in enumerate(names)),
    )


def judging_prices(at: Quantities, orientation: str, goal: str, formulation: str, workers: int | None) -> Floats:
    """Return the prices ``float64[U, I + O]``, costs and values above 0, with which each of U units judges all."""
    direction = radial_direction(at, orientation)
    found = distance(Technology("crs"), at, at, direction, np.arange(len(at)), workers=workers)
    if goal == "arbitrary":
        return found.envelope.prices(found.solved.dual)
    columns, envelope = at.all.T, found.envelope
    others = at.all.sum(axis=0) - at.all
    i = at.x.shape[1]
    costs, values = np.zeros_like(others), np.zeros_like(others)
    costs[:, :i], values[:, i:] = others[:, :i], others[:, i:]
    step = envelope.steps(direction)
    normal, of = step, others
    if formulation == "ratio":  # the others' cost (or, turned round, the value of their outputs) is 1
        normal, of = (costs, values) if orientation == "input" else (-values, costs)
    sign = 1.0 if goal == "benevolent" else -1.0
    point = at.all + found.beta[:, None] * direction
    part = least(columns, envelope.slacks[None], normal, point, sign * of, slip=step, workers=workers)
    return envelope.prices(part.prices)


def cross(at: Quantities, prices: Floats, orientation: str) -> Floats:
    """Return the efficiency ``float64[judge, judged]`` of U units at the prices of each, ∞ where one has no worth."""
    i = at.x.shape[1]
    cost, value = prices[:, :i] @ at.x.T, prices[:, i:] @ at.y.T
    above, below = (value, cost) if orientation == "input" else (cost, value)
    return np.divide(above, below, out=np.full_like(above, np.inf), where=below > 0)


def _pairs(observed: Observed, at: Any, judged: Floats) -> pl.DataFrame:
    keys = observed.keys
    n = at.size
    to = keys[np.tile(at, n)].rename({c: "judged" if k == 0 else f"judged_{c}" for k, c in enumerate(keys.columns)})
    return keys[np.repeat(at, n)].hstack(to).with_columns(efficiency=judged.ravel())
