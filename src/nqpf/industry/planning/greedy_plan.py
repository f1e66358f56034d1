"""The best greedy plan under the constraints of the plan: what a planner without a solver would come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import checked
from nqpf.errors import MethodError
from nqpf.frames import as_backend, backend_of
from nqpf.industry.planning import tables
from nqpf.industry.planning.case import case_of
from nqpf.industry.planning.greedy import best, orders
from nqpf.industry.planning.read import read
from nqpf.industry.planning.spec import PlanSpec
from nqpf.results import Method, Note, Result


@dataclass(frozen=True, slots=True, eq=False)
class GreedyPlan(Result):
    """The best of several greedy plans.

    Attributes
    ----------
    frame
        Its targets: keys, ``p``, ``value``, ``expected``.
    orders
        ``objective`` of every order that was tried, null where it fails to serve what has to be: ``expected`` (expected
        value net of costs), ``probability``, ``per_size``, ``per_funds``, ``marginal`` (what the objective gains at
        that moment).
    objective
        Amount of every part, and the total.
    order, value
        The best order and its objective.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    orders: pl.DataFrame
    objective: pl.DataFrame
    order: str
    value: float
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the targets as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def greedy(
    candidates: Any,
    *,
    unit: str,
    industry: str,
    regions: Any = None,
    industries: Any = None,
    gaps: Any = None,
    negative: Any = None,
    columns: Mapping[str, str] | None = None,
    spec: PlanSpec | Mapping[str, Any] | None = None,
) -> GreedyPlan:
    """Choose one target after another, the most promising first, under the constraints of `nqpf.industry.plan`.

    What has to be (chain gaps, resilience, floors and releases without a price) is served first; after that whatever
    still gains and fits. The best of several orders counts. Fairness is not looked at while choosing.

    Parameters
    ----------
    candidates, unit, industry, regions, industries, gaps, negative, columns, spec
        As in `nqpf.industry.plan`.

    Raises
    ------
    DataError, SpecError
        As in `nqpf.industry.plan`.
    MethodError
        As there, or no order serves what has to be.

    References
    ----------
    Nemhauser, Wolsey and Fisher (1978). An analysis of approximations for maximizing submodular set functions.
    doi:10.1007/BF01588971

    Examples
    --------
    >>> pairs = {"region": ["a", "a", "b", "b"], "line": ["x", "y", "x", "y"],
    ...          "p": [0.5, 0.4, 0.5, 0.2], "value": [1.0, 1.0, 1.0, 1.0]}
    >>> found = greedy(pairs, unit="region", industry="line", spec={"per_region": 1},
    ...                industries={"line": ["x", "y"], "headroom": [1, 1]})
    >>> found.frame.select("region", "line").rows(), round(found.value, 6)
    ([('a', 'x'), ('b', 'y')], 0.7)
    """
    asked = spec if isinstance(spec, PlanSpec) else checked(PlanSpec, **(spec or {}))
    q, remarks = read(candidates, regions, industries, gaps, negative, unit=unit, industry=industry,
                      columns=columns or {}, spec=asked)  # fmt: skip
    case = case_of(q)
    tried = orders(case)
    found = best(tried)
    if found is None or found.worth is None:
        raise MethodError("plan_greedy_stuck")
    at = np.flatnonzero(found.worth.chosen)
    told = pl.DataFrame({"p": q.p[at], "value": q.v[at], "expected": q.worth[at]})
    every = pl.DataFrame(
        {"order": [one.order for one in tried], "objective": [one.worth.total if one.worth else None for one in tried]},
        schema={"order": pl.String, "objective": pl.Float64},
    )
    return GreedyPlan(
        pl.concat([q.keys(at), told], how="horizontal"), every, tables.objective(found.worth), found.order,
        found.worth.total, Method("industry.greedy", asked.model_dump()), remarks, backend_of(candidates),
    )  # fmt: skip
