"""Why a region has a target, or has it not, in words and as data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from nqpf.errors import DataError, Where, hint
from nqpf.industry.planning.case import Case
from nqpf.industry.planning.solving import Answer, answer
from nqpf.messages import Text, say


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair was chosen or refused.

    Attributes
    ----------
    chosen
        Whether it is a target.
    p, value, expected
        Probability, value and their product.
    entry
        ``gate``, ``leap`` or ``chain``.
    rank, candidates
        Place of its expected value among the region's candidates, and how many there are.
    reason
        Why it was refused; None for a target.
    binding
        ``constraint``, ``name`` and ``charge`` of the limits that it pays for, and (below 0) of the needs it is paid
        for, at the prices of the relaxation.
    forced
        What the objective loses if the pair has to be a target, or must not be one: planned anew; None where that was
        not asked for, NaN where no plan can do it.
    """

    chosen: bool
    p: float
    value: float
    expected: float
    entry: str
    rank: int
    candidates: int
    reason: str | None
    binding: pl.DataFrame
    forced: float | None
    unit: str
    industry: str

    def text(self) -> Text:
        """Return the explanation in both languages."""
        values = {"unit": self.unit, "industry": self.industry, "p": self.p, "value": self.value,
                  "expected": self.expected, "rank": self.rank, "candidates": self.candidates}  # fmt: skip
        lines = [say("plan.explain.chosen", **values) if self.chosen else say("plan.explain.refused", **values)]
        lines.append(say(f"plan.entry.{self.entry}"))
        if self.reason is not None:
            lines.append(say("plan.explain.because", reason=say(f"plan.reason.{self.reason}")))
        for code, name, charge in self.binding.select("constraint", "name", "charge").rows():
            what = say(f"plan.constraint.{code}")
            about = say("plan.constraint_of", what=what, about=name) if name else what
            if charge > 0 and self.chosen:
                lines.append(say("plan.explain.pays", what=about, amount=charge))
            elif charge > 0:
                lines.append(say("plan.explain.would_pay", what=about, amount=charge))
            else:
                lines.append(say("plan.explain.serves", what=about, amount=-charge))
        if self.forced is not None:
            lines.append(_forced(self.forced, self.chosen))
        return Text.join(lines, "", " ")


def _forced(loss: float, chosen: bool) -> Text:
    if np.isnan(loss):
        return say("plan.explain.cannot")
    return say("plan.explain.without", loss=loss) if chosen else say("plan.explain.with", loss=loss)


def place_of(case: Case, unit: object, industry: object) -> int:
    """Return the place of a pair; an error if it is no candidate."""
    q = case.q
    pair = q.pair(unit, industry)
    if pair is None:
        near = hint(str(unit), q.units.cast(pl.String).to_list()) if str(unit) not in q.units.cast(
            pl.String) else hint(str(industry), q.industries.cast(pl.String).to_list())  # fmt: skip
        raise DataError("plan_no_pair", where=Where(unit=str(unit), industry=str(industry)), hint=near)
    return pair


def forced(case: Case, found: Answer, pair: int) -> float:
    """Return what the objective loses if a choice is turned over; NaN where no plan can."""
    e, q = case.entry, case.q
    opened = e.open.copy()
    if found.worth.chosen[pair]:
        opened[pair] = False
        turned = replace(case, entry=replace(e, open=opened))
    else:
        opened[pair] = True
        turned = replace(case, entry=replace(e, open=opened), musts=np.array([pair]))
    turned = replace(turned, q=replace(q, spec=q.spec.model_copy(update={"fairness": None})))
    other = answer(turned)
    return float("nan") if other is None else found.best - other.worth.total
