"""From a case to the choice that is worth most, with what is proven of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.errors import MethodError
from nqpf.industry.planning.case import Case
from nqpf.industry.planning.model import Model, least_gain, model
from nqpf.industry.planning.worth import Worth, worth
from nqpf.numerics.integer import relax, solve
from nqpf.numerics.mixed import Program, Relaxed, gap_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Status = Literal["optimal", "stopped"]

STEP, TILT = 2e-7, 1e-5
"""What a place further back among pairs of equal worth costs, and all places together at most; of the largest worth."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The best choice that was found.

    Attributes
    ----------
    worth
        The choice and what follows from it.
    status
        ``optimal``: within the tolerance of the best, proven; ``stopped`` before that.
    best, bound
        Greatest objective that was found, and what none exceeds. A lexicographic plan gives some of it for fairness.
    model, relaxed
        The program and its relaxation.
    fair
        Bound of the least gain of a lexicographic plan.
    """

    worth: Worth
    status: Status
    best: float
    bound: float
    model: Model
    relaxed: Relaxed
    fair: float | None = None

    @property
    def gap(self) -> float:
        """Proven distance to the best, as a share."""
        return gap_of(self.best, self.bound)


def answer(case: Case, *, start: Bools | None = None) -> Answer | None:
    """Return the best choice of a case, None if no choice keeps all constraints.

    Parameters
    ----------
    case
        The case.
    start
        ``bool[C]`` a choice that keeps all constraints; the answer is worth no less.

    Raises
    ------
    MethodError
        No choice was found in the time that was given.
    """
    spec, until = case.q.spec, time.monotonic() + case.q.spec.seconds
    made = model(case, case.open)
    tilt = _tilt(case, made)
    program = replace(made.program, gain=made.program.gain - tilt)
    found = relax(program, _first(case, made))
    if found.status != "optimal":
        return None
    solved = solve(program, gap=spec.tolerance, seconds=until - time.monotonic(), relaxed=found,
                   start=None if start is None else _completed(program, made, start), seed=spec.seed)  # fmt: skip
    if solved.status == "infeasible":
        return None
    if solved.x is None:
        raise MethodError("plan_late", seconds=spec.seconds)
    best = worth(case, _chosen(case, made, solved.x))
    bound = max(solved.bound + tilt.max(initial=0.0) * _most(case, made), best.total)
    status: Status = "optimal" if solved.status == "optimal" else "stopped"
    done = Answer(best, status, best.total, bound, made, found)
    if spec.fairness is not None and spec.fairness.rule == "lexicographic" and case.joint and case.advised.any():
        return _fairest(case, done, solved.x, max(until - time.monotonic(), 1.0))
    return done


def _fairest(case: Case, done: Answer, point: Floats, seconds: float) -> Answer:
    """Return the choice with the greatest least gain among those that are nearly best; ties by the objective."""
    spec, program = case.q.spec, done.model.program
    fairness = spec.fairness
    least = done.best - (fairness.within if fairness else 0.0) * abs(done.best)
    column = least_gain(done.model)
    little = 1e-3 / float((case.advised / case.q.scale).sum())
    gain = little * program.gain
    gain[column] = 1.0
    rows = sparse.csc_array(sparse.vstack([program.rows, sparse.csr_array(program.gain[None, :])]))
    kept = min(least, float(program.gain @ point))
    near = replace(program, gain=gain, rows=rows, least=np.append(program.least, [kept]),
                   most=np.append(program.most, [np.inf]))  # fmt: skip
    solved = solve(near, gap=spec.tolerance, seconds=seconds, start=point, seed=spec.seed)
    if solved.x is None:
        return replace(done, status="stopped", fair=np.inf)
    status: Status = "optimal" if done.status == solved.status == "optimal" else "stopped"
    return replace(done, worth=worth(case, _chosen(case, done.model, solved.x)), status=status,
                   fair=solved.bound - little * least)  # fmt: skip


def _tilt(case: Case, made: Model) -> Floats:
    """Return what each column loses so that, of pairs of equal worth, those with earlier keys are chosen."""
    tilt = np.zeros(made.program.gain.size)
    net = case.net[made.pairs]
    if net.size:
        order = np.argsort(-net, kind="stable")
        equal = np.append(False, np.diff(net[order]) == 0.0)
        first = np.maximum.accumulate(np.where(equal, 0, np.arange(net.size)))
        place = np.arange(net.size) - first
        step = min(STEP, TILT / max(int(place.max()), 1))
        tilt[order] = step * place * np.abs(net).max()
    return tilt


def _most(case: Case, made: Model) -> float:
    """Return how many targets a plan has at most."""
    return float(np.minimum(case.q.count, np.bincount(case.q.r[made.pairs], minlength=case.q.count.size)).sum())


def _first(case: Case, made: Model) -> Bools:
    """Return the columns that the relaxation begins with: all but leaps that mend no gap."""
    first = np.ones(made.program.gain.size, dtype=bool)
    late = ~case.entry.passed
    late[case.q.gaps.pair] = False
    first[: made.pairs.size] = ~late[made.pairs] | (made.program.lower[: made.pairs.size] > 0)
    return first


def _chosen(case: Case, made: Model, x: Floats) -> Bools:
    chosen = np.zeros(case.q.pairs, dtype=bool)
    chosen[made.pairs] = x[: made.pairs.size] > 0.5
    return chosen


def _completed(program: Program, made: Model, chosen: Bools) -> Floats | None:
    """Return the best point of the program with these targets, None if there is none."""
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[: made.pairs.size] = upper[: made.pairs.size] = chosen[made.pairs]
    return solve(replace(program, lower=lower, upper=upper), gap=1e-9, seconds=10.0).x
