"""Why there is no plan: constraints that cannot be met together, although without any one of them the others can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from nqpf.errors import MethodError, listing
from nqpf.industry.planning.case import Case, case_of
from nqpf.industry.planning.families import LINKS
from nqpf.industry.planning.model import described, model
from nqpf.industry.planning.spec import GateSpec
from nqpf.messages import Text, say
from nqpf.numerics.conflict import irreducible
from nqpf.numerics.integer import relax, solve
from nqpf.numerics.mixed import Program

CLOSING = ("gate", "min_p", "negative")
"""Constraints that close pairs, of all regions together."""

ENOUGH = 5.0
"""Seconds within which a point that keeps all rows has to be found; none counts as none."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint by its code and by what it speaks of.

    Attributes
    ----------
    code
        What it limits.
    unit, industry, name
        Region, industry and cluster, gap or layer, where it speaks of them.
    """

    code: str
    unit: str | None = None
    industry: str | None = None
    name: str | None = None

    def text(self) -> Text:
        """Return the constraint in words."""
        about = [Text.same(word) for word in (self.unit, self.name, self.industry) if word is not None]
        what = say(f"plan.constraint.{self.code}")
        return say("plan.constraint_of", what=what, about=Text.join(about, " · ", " · ")) if about else what


def constraints_of(rows: pl.DataFrame) -> list[Constraint]:
    """Return the rows of `described` as constraints."""
    return [Constraint(code, *(None if one is None else str(one) for one in rest)) for code, *rest in rows.rows()]


def refuse(case: Case) -> MethodError:
    """Return the error that names an irreducible set of constraints that conflict."""
    found = conflict(case)
    words = listing([one.text() for one in found], 20)
    return MethodError("plan_infeasible", count=len(found), conflict=words, constraints=tuple(found))


def conflict(case: Case) -> list[Constraint]:
    """Return an irreducible set of constraints of a case that has no plan.

    Where the relaxation has no solution either, it finds a small set that conflicts, and whole numbers are asked of
    that set only.
    """
    small = _constraints(case)
    for whole in (False, True):
        feasible = _oracle(case, whole)
        if whole or not feasible(small):
            small = irreducible(small, feasible)
    return small


def _constraints(case: Case) -> list[Constraint]:
    """Return all constraints of a case, those that close pairs first."""
    q, e = case.q, case.entry
    closing = (bool((~e.passed).any()), not e.likely.all(), bool(q.forbidden.any()))
    rows = described(case, model(case, case.open)).filter(~pl.col("constraint").is_in(LINKS))
    return [Constraint(code) for code, used in zip(CLOSING, closing, strict=True) if used] + constraints_of(rows)


def _oracle(case: Case, whole: bool) -> Callable[[Sequence[Constraint]], bool]:
    """Return the question whether constraints can be met together; a search not done in time counts as a no."""
    programs: dict[frozenset[str], tuple[Program, list[Constraint]]] = {}

    def feasible(some: Sequence[Constraint]) -> bool:
        closing = frozenset(one.code for one in some if one.code in CLOSING)
        if closing not in programs:
            programs[closing] = _program(case, closing)
        program, names = programs[closing]
        asked = set(some)
        kept = np.flatnonzero([one.code in LINKS or one in asked for one in names])
        part = replace(program, gain=0.0 * program.gain, rows=program.rows.tocsr()[kept].tocsc(),
                       least=program.least[kept], most=program.most[kept])  # fmt: skip
        if relax(part).status != "optimal":
            return False
        return not whole or solve(part, gap=1.0, seconds=ENOUGH).x is not None

    return feasible


def _program(case: Case, closing: frozenset[str]) -> tuple[Program, list[Constraint]]:
    """Return the program of a case of whose constraints that close pairs only some are kept."""
    q = case.q
    rules = {
        "gate": q.spec.gate if "gate" in closing else GateSpec(rule="none"),
        "min_p": q.spec.min_p if "min_p" in closing else 0.0,
    }
    forbidden = q.forbidden if "negative" in closing else np.zeros_like(q.forbidden)
    opened = case_of(replace(q, spec=q.spec.model_copy(update=rules), forbidden=forbidden))
    opened = replace(opened, crowding=case.crowding, floor=case.floor)
    found = model(opened, opened.open)
    return found.program, constraints_of(described(opened, found))
