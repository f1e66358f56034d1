"""The price of coordination: what plans are worth, and how regions herd, as going beyond headroom gets dearer.

The curve runs from every region planning alone, over joint plans at rising prices of crowding, to headroom as a hard
limit. It is the ratio of what everyone would take alone to what all get together, read the other way round: the price
of anarchy (Koutsoupias and Papadimitriou 1999, doi:10.1007/3-540-49116-3_38).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from nqpf.errors import MethodError, SpecError, Where
from nqpf.industry.planning.case import Case, alone
from nqpf.industry.planning.herding import herding
from nqpf.industry.planning.solving import answer
from nqpf.industry.planning.worth import worth
from nqpf.messages import say
from nqpf.parallel import spread
from nqpf.results import Method, TableResult

SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
"""Default prices, as shares of the largest expected value per unit of size net of costs."""


def coordination(case: Case, prices: Sequence[float] | None, workers: int | None) -> TableResult:
    """Return the curve; see `nqpf.industry.planning.result.Plan.coordination`."""
    if not case.crowded.size:
        raise MethodError("plan_no_headroom")
    asked = [float(price) for price in prices] if prices is not None else _default(case)
    if any(not 0 <= price < np.inf for price in asked):
        raise SpecError(
            "bad_value", where=Where(key="prices"), value=str(asked), expected=say("plan.expected.positive")
        )
    joint = replace(case, q=replace(case.q, spec=case.q.spec.model_copy(update={"fairness": None})))
    cases = [("alone", 0.0, alone(joint))]
    cases += [("priced", price, replace(joint, crowding=price)) for price in sorted(set(asked))]
    cases.append(("hard", np.inf, replace(joint, crowding=np.inf)))
    rows = spread(_row, cases, workers=workers)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    base = frame["expected"][0]
    given_up = 1 - pl.col("expected") / base if base else pl.lit(None, dtype=pl.Float64)
    frame = frame.with_columns(given_up.alias("given_up"))
    return TableResult(frame, Method("industry.coordination", {"prices": tuple(asked)}))


def _default(case: Case) -> list[float]:
    """Return prices from 0 to the one at which no target that lies wholly beyond headroom pays by itself."""
    at = case.open
    sized = at[case.q.size[at] > 0]
    step = max(case.q.spec.crowding.steps[0].times, 1e-12)
    most = float((case.net[sized] / case.q.size[sized]).max(initial=0.0)) / step
    return [share * most for share in SHARES]


def _row(item: tuple[str, float, Case]) -> dict[str, object]:
    """Return a point of the curve; nulls where no plan keeps all constraints."""
    rule, price, case = item
    row: dict[str, object] = {"rule": rule, "price": None if rule != "priced" else price}
    found = answer(case)
    if found is None:
        empty = dict.fromkeys(("expected", "objective", "crowding_cost", "excess", "targets", "gaps_open", *_HERDING))
        return row | {"status": "infeasible", "gap": None} | empty
    chosen = found.worth.chosen
    judged = worth(replace(case, joint=True), chosen)  # headroom and gaps are looked at even where they do not count
    return row | {
        "status": found.status,
        "gap": found.gap,
        "expected": found.worth.parts["expected"],
        "objective": found.worth.total,
        "crowding_cost": -found.worth.parts["crowding"],
        "excess": float(np.nansum(judged.excess)),
        "targets": int(chosen.sum()),
        "gaps_open": int((judged.open > 0).sum()),
        **herding(case, chosen),
    }


_HERDING = ("max_regions", "hhi", "similarity")
