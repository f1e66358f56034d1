"""A plan for all regions together: which region takes up which industry, as one mixed-integer program.

max Σ p v x − costs, x ∈ {0, 1}: gates by relatedness with a quota of leaps, places and funds of regions, headroom of
industries with a convex price, chain gaps, resilience, releases after absorption, floors whose legal answer is "not
advised", fairness. What relatedness promises is modest (a few points of ranking skill): the plan speaks of expected
successes, and shows what each rule costs. Balland, Boschma, Crespo and Rigby (2019),
doi:10.1080/00343404.2018.1437900; Alshamsi, Pinheiro and Hidalgo (2018), doi:10.1038/s41467-018-03740-9.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nqpf.columns import checked
from nqpf.frames import backend_of
from nqpf.industry.options import pairs_of
from nqpf.industry.planning import tables
from nqpf.industry.planning.case import Case, case_of
from nqpf.industry.planning.charges import bindings, charges, prices
from nqpf.industry.planning.conflict import refuse
from nqpf.industry.planning.greedy import best, orders
from nqpf.industry.planning.read import read
from nqpf.industry.planning.refusals import not_advised, reasons, refused
from nqpf.industry.planning.result import Plan
from nqpf.industry.planning.solving import Answer, answer
from nqpf.industry.planning.spec import PlanSpec
from nqpf.industry.planning.terms import remark, terms
from nqpf.results import Method, Note

GREEDY = 15_000
"""Pairs up to which the search begins with the best greedy plan; beyond that it costs more than it spares."""


def plan(
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
) -> Plan:
    """Plan which region takes up which industry, all regions together.

    Parameters
    ----------
    candidates
        Any dataframe that narwhals knows, a row for each region and industry that may be chosen. Columns by role:
        ``p`` probability that the target succeeds; ``value`` of success (or a column of `industries`); ``density``
        relatedness; ``size`` of the target in units of headroom (default 1); ``cost`` in units of value; ``minimum``
        and ``cap`` least and most funds, ``gain`` value of a unit of funds beyond the least, if it succeeds;
        ``new_jobs`` if it succeeds; ``activity`` that is there already; ``forbidden`` yes or no; ``low`` and ``high``
        interval of p.
    unit, industry
        Columns of regions and industries, of the same names in all tables.
    regions
        A row a region: ``count`` most targets, ``funds``, ``cluster``, traditional ``jobs``, ``release`` jobs that are
        to be released, ``absorb`` most jobs that can be taken up, ``scale`` (people, say) that gains are divided by.
    industries
        A row an industry: ``value``, ``headroom`` in units of size, ``layer``, ``critical`` yes or no, ``max_share`` of
        the regions that may take it up, ``gap`` it mends.
    gaps
        A row a chain gap and industry that mends it (in one region, if the table has the column `unit`): ``gap`` name,
        ``target`` probability, ``weight``.
    negative
        A row a pair that must not be chosen; an empty region or industry stands for all.
    columns
        Names of columns by role, where they differ from the role.
    spec
        What is asked for; see `nqpf.industry.planning.spec.PlanSpec`.

    Returns
    -------
    Plan
        The same for any order of rows. Of pairs of exactly equal worth those with earlier keys are preferred. A term
        whose columns are absent is "not assessed", and said to be.

    Raises
    ------
    DataError
        A column, a label or a number is missing, a key comes twice, or a table speaks of a region without candidates.
    MethodError
        A number is out of range; no plan keeps all constraints (an irreducible set of conflicting ones is named, as
        data in ``error.values["constraints"]``); or none was found in time.
    SpecError
        An option or a role is none.

    References
    ----------
    Hidalgo, Klinger, Barabási and Hausmann (2007). The product space conditions the development of nations.
    doi:10.1126/science.1144581
    Lin, Wu and Xing (2010). Wave phenomena and formation of excess capacity. Economic Research Journal 45(10), 4–19.
    Huangfu and Hall (2018). Parallelizing the dual revised simplex method. doi:10.1007/s12532-017-0130-5

    Examples
    --------
    >>> pairs = {"region": ["a", "a", "b", "b"], "line": ["x", "y", "x", "y"],
    ...          "p": [0.5, 0.4, 0.5, 0.2], "value": [1.0, 1.0, 1.0, 1.0]}
    >>> found = plan(pairs, unit="region", industry="line", spec={"per_region": 1},
    ...              industries={"line": ["x", "y"], "headroom": [1, 1]})
    >>> found.frame.select("region", "line", "expected", "entry").rows()
    [('a', 'y', 0.4, 'gate'), ('b', 'x', 0.5, 'gate')]
    >>> found.status, round(found.value, 6)
    ('optimal', 0.9)
    """
    asked = spec if isinstance(spec, PlanSpec) else checked(PlanSpec, **pairs_of("spec", spec or {}))
    q, remarks = read(candidates, regions, industries, gaps, negative, unit=unit, industry=industry,
                      columns=pairs_of("columns", columns or {}), spec=asked)  # fmt: skip
    case = case_of(q)
    start = best(orders(case)) if case.open.size <= GREEDY else None
    found = answer(case, start=start.worth.chosen if start is not None and start.worth is not None else None)
    if found is None:
        raise refuse(case)
    return _told(case, found, remarks, backend_of(candidates))


def _told(case: Case, found: Answer, remarks: tuple[Note, ...], backend: Any) -> Plan:
    """Return an answer as tables."""
    q, w = case.q, found.worth
    paid = charges(case, found)
    binding = bindings(case, found, paid)
    states = terms(q)
    idle = not_advised(case, found, reasons(case, found, paid)[0])
    notes = [*remarks, *remark(states)]
    if idle.height:
        notes.append(Note("plan_not_advised", "info", {"count": idle.height}))
    if found.status == "stopped":
        notes.append(Note("plan_stopped", "warning", {"seconds": q.spec.seconds, "gap": found.gap}))
    least = float(w.gain[case.advised].min()) if case.advised.any() else None
    return Plan(
        tables.assignments(case, w, binding), binding, tables.by_region(case, w), tables.by_industry(case, w),
        refused(case, found, paid), idle, tables.gaps(case, w), tables.crowding(case, w), tables.release(case, w),
        prices(case, found, paid), tables.objective(w), states, found.status, found.best, found.bound, found.gap,
        least, found.fair, Method("industry.plan", q.spec.model_dump()), tuple(notes), backend,
        case=case, answer=found, charges=paid,
    )  # fmt: skip
