"""Other plans that are nearly as good: each as unlike those before it as can be.

A cut forbids every plan that is known, and the next is the one that has fewest targets in common with them among those
whose objective is within a share of the best (modelling to generate alternatives, Brill, Chang and Hopkins 1982,
doi:10.1287/mnsc.28.3.221).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from nqpf.industry.planning.case import Case
from nqpf.industry.planning.solving import Answer
from nqpf.industry.planning.worth import Worth, worth
from nqpf.numerics.integer import solve
from nqpf.numerics.mixed import Program
from nqpf.results import Method, Note, Result

Bools = NDArray[np.bool_]

ENOUGH = 0.05
"""Share by which the overlap of an alternative may be above the least possible."""


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives(Result):
    """Plans that are nearly as good.

    Attributes
    ----------
    frame
        A row an alternative, 0 the plan itself: ``objective``, ``share`` of the best, ``targets``, ``kept`` (targets
        that the plan has too), ``added``, ``dropped`` and ``status`` (``optimal``: no other is less like those before
        it; ``stopped`` before that was proven).
    assignments
        Targets of every alternative.
    core
        How many of the alternatives, the plan among them, have each target.
    method, notes
        How they came about, and remarks.
    """

    frame: pl.DataFrame
    assignments: pl.DataFrame
    core: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> Any:
        """Return `frame`."""
        return self.frame


def alternatives(case: Case, found: Answer, within: float, count: int) -> Alternatives:
    """Return other plans; see `nqpf.industry.planning.result.Plan.alternatives`."""
    plans, states = [found.worth], [str(found.status)]
    while len(plans) <= count:
        other = _next(case, found, plans, within)
        if other is None:
            break
        plans.append(other[0])
        states.append(other[1])
    few = Note("plan_few_alternatives", "info", {"count": len(plans) - 1, "within": within})
    rows = [_row(number, plan, plans[0], state) for number, (plan, state) in enumerate(zip(plans, states, strict=True))]
    targets = [case.q.keys(np.flatnonzero(plan.chosen)).insert_column(0, pl.Series("alternative", np.full(
        int(plan.chosen.sum()), number))) for number, plan in enumerate(plans)]  # fmt: skip
    every = pl.concat(targets)
    core = every.group_by(case.q.unit, case.q.industry).agg(pl.len().alias("times")).sort(case.q.unit, case.q.industry)
    method = Method("industry.alternatives", {"within": within, "count": count})
    return Alternatives(pl.DataFrame(rows), every, core.with_columns(share=pl.col("times") / len(plans)), method,
                        (few,) if len(plans) <= count else ())  # fmt: skip


def _next(case: Case, found: Answer, plans: list[Worth], within: float) -> tuple[Worth, str] | None:
    made, spec = found.model, case.q.spec
    known = np.stack([plan.chosen[made.pairs] for plan in plans]).astype(float)
    least = found.worth.total - within * abs(found.worth.total)
    program = _unlike(made.program, known, least)
    solved = solve(program, gap=ENOUGH, seconds=spec.seconds, seed=spec.seed)
    if solved.x is None:
        return None
    chosen = np.zeros(case.q.pairs, dtype=bool)
    chosen[made.pairs] = solved.x[: made.pairs.size] > 0.5
    return worth(case, chosen), solved.status


def _unlike(program: Program, known: NDArray[np.float64], least: float) -> Program:
    """Return the program whose optimum is worth `least` and has fewest targets in common with the known plans."""
    n, c = program.gain.size, known.shape[1]
    size = max(abs(least), float(np.abs(program.gain).max(initial=0.0)), 1e-300)
    gain = 0.1 * program.gain / size  # among plans equally unlike, the better
    gain[:c] -= known.sum(axis=0)
    cuts = sparse.csr_array(np.hstack([2 * known - 1, np.zeros((len(known), n - c))]))
    rows = sparse.csc_array(sparse.vstack([program.rows, sparse.csr_array(program.gain[None, :]), cuts]))
    most = np.concatenate([program.most, [np.inf], known.sum(axis=1) - 1])
    lower = np.concatenate([program.least, [least], np.full(len(known), -np.inf)])
    return replace(program, gain=gain, rows=rows, least=lower, most=most)


def _row(number: int, plan: Worth, first: Worth, status: str) -> dict[str, object]:
    kept = int((plan.chosen & first.chosen).sum())
    targets = int(plan.chosen.sum())
    share = plan.total / first.total if first.total else None
    return {"alternative": number, "objective": plan.total, "share": share, "targets": targets, "kept": kept,
            "added": targets - kept, "dropped": int(first.chosen.sum()) - kept, "status": status}  # fmt: skip
