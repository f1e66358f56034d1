"""A plan for all regions together: its tables, and the questions that can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend
from nqpf.industry.planning import alternatives as others
from nqpf.industry.planning import coordination as curve
from nqpf.industry.planning import robustness as sampling
from nqpf.industry.planning.alternatives import Alternatives
from nqpf.industry.planning.case import Case
from nqpf.industry.planning.charges import Charges
from nqpf.industry.planning.explain import Explanation, forced, place_of
from nqpf.industry.planning.refusals import ranks, reasons
from nqpf.industry.planning.robustness import Robustness
from nqpf.industry.planning.solving import Answer, Status
from nqpf.messages import say
from nqpf.results import Method, Note, Result, TableResult


@dataclass(frozen=True, slots=True, eq=False)
class Plan(Result):
    """Targets of every region, with reasons, and what they are expected to bring.

    Attributes
    ----------
    frame
        A row a target: keys, ``p``, ``value``, ``expected`` = p · value, ``layer``, ``entry`` (``gate``, ``leap``, or
        ``chain``: below the gate but free of it), ``density``, ``threshold`` of the region's gate, ``rank`` of its
        expected value among the region's ``candidates``, ``size``, ``funds``, ``period`` (sub-period in which it
        begins), ``limits`` (codes of the limits whose price it pays) and ``serves`` (codes of the needs it is paid
        for).
    bindings
        Of every target each such limit or need: ``constraint``, ``name`` of its cluster, gap or layer, ``charge`` in
        units of value, below 0 for a need.
    regions
        ``targets``, ``leaps``, ``expected_successes`` (sum of p: an expectation, no promise), ``expected``, ``gain``
        (expected value divided by the region's scale), ``funds_used``, ``funds``, ``lacking`` (targets short of the
        floor).
    industries
        ``layer``, ``regions`` that take it up, ``clusters``, ``expected_successes``, ``expected``, ``critical``,
        ``short`` (clusters short of resilience).
    refused
        Every candidate that is no target: ``p``, ``value``, ``expected``, ``entry``, ``rank``, ``reason``, ``name`` and
        ``price`` of the limit that says so.
    not_advised
        Regions without a target: ``candidates``, ``open`` (that may be chosen), ``highest_p``, ``reason``.
    gaps
        ``target``, ``covered`` (probability that at least one target succeeds), ``candidates``, ``targets``, ``open``
        (share left open, in logarithms), ``cost``, ``mended``.
    crowding
        ``load``, ``headroom``, ``excess``, ``cost`` by industry; null where headroom is not known.
    release
        Traditional ``jobs`` by region, jobs ``taken_up_1`` and ``taken_up_2`` in expectation by targets of the two
        sub-periods, the ``most`` that can be released, ``released_2``, ``required``, ``short``; empty if not assessed.
    prices
        Limits and needs that have a shadow price: dual values of the linear relaxation, where the plan's whole numbers
        are let go.
    objective
        Amount of every part, and the total they add up to.
    terms
        Which terms are on, off, or not assessed for want of which column.
    status
        ``optimal``: within the tolerance of the best, proven; ``stopped``: time was up before that.
    value, bound, gap
        Objective of the best plan found, what none exceeds, and their distance as a share. With a lexicographic
        fairness the plan itself gives some of the value up.
    least_gain, least_gain_bound
        Gain of the advised region that gains least, and what none exceeds under lexicographic fairness (else None).
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    case, answer, charges
        What the plan was computed from, for the questions below.
    """

    frame: pl.DataFrame
    bindings: pl.DataFrame
    regions: pl.DataFrame
    industries: pl.DataFrame
    refused: pl.DataFrame
    not_advised: pl.DataFrame
    gaps: pl.DataFrame
    crowding: pl.DataFrame
    release: pl.DataFrame
    prices: pl.DataFrame
    objective: pl.DataFrame
    terms: pl.DataFrame
    status: Status
    value: float
    bound: float
    gap: float
    least_gain: float | None
    least_gain_bound: float | None
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None
    case: Case = field(repr=False, kw_only=True)
    answer: Answer = field(repr=False, kw_only=True)
    charges: Charges = field(repr=False, kw_only=True)

    def to_frame(self) -> Any:
        """Return the targets as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)

    def explain(self, unit: object, industry: object, *, force: bool = False) -> Explanation:
        """Return why a region has a target, or has it not.

        Parameters
        ----------
        unit, industry
            The pair.
        force
            Whether to plan anew with the choice turned over, to tell what it is worth.

        Raises
        ------
        DataError
            The pair is no candidate.
        """
        q, found = self.case.q, self.answer
        pair = place_of(self.case, unit, industry)
        chosen = bool(found.worth.chosen[pair])
        own = self.charges.pair == pair
        rows = self.charges.row[own]
        names = _names(self.case, found, rows)
        reason = None if chosen else str(reasons(self.case, found, self.charges)[0][pair])
        loss = forced(self.case, found, pair) if force else None
        return Explanation(
            chosen, float(q.p[pair]), float(q.v[pair]), float(q.worth[pair]), self.case.entry.word(pair),
            int(ranks(self.case)[pair]), int((q.r == q.r[pair]).sum()), reason,
            names.with_columns(pl.Series("charge", self.charges.charge[own])), loss, str(unit), str(industry),
        )  # fmt: skip

    def coordination(self, prices: Sequence[float] | None = None, *, workers: int | None = None) -> TableResult:
        """Plan again at rising prices of crowding: what going together costs, and how far regions herd without it.

        Parameters
        ----------
        prices
            Prices of a unit of size beyond headroom, in units of value; default: seven, from 0 to the largest expected
            value per unit of size, at which no target that lies wholly beyond headroom pays by itself.
        workers
            As in `nqpf.parallel.spread`.

        Returns
        -------
        TableResult
            A row a plan: ``rule`` (``alone``: every region by itself, without what ties regions together; ``priced``;
            ``hard``: headroom is a limit), ``price``, ``status``, ``gap``, ``expected`` value, ``objective``,
            ``crowding_cost``, ``excess`` load beyond headroom, ``targets``, ``gaps_open``, ``max_regions``, ``hhi``,
            ``similarity`` (see `nqpf.industry.planning.herding.herding`), ``given_up``: share of the expected value of
            ``alone``. Fairness is left aside.

        Raises
        ------
        MethodError
            No headroom is known.
        """
        return curve.coordination(self.case, prices, workers)

    def alternatives(self, within: float = 0.02, count: int = 5) -> Alternatives:
        """Return other plans whose objective is nearly as good, each as unlike those before it as can be.

        Parameters
        ----------
        within
            Share of the objective that may be given up.
        count
            How many at most.
        """
        if not 0 <= within < 1 or count < 1:
            key, value = ("within", within) if not 0 <= within < 1 else ("count", count)
            raise SpecError("bad_value", where=Where(key=key), value=value, expected=say("plan.expected.alternatives"))
        return others.alternatives(self.case, self.answer, within, count)

    def robustness(
        self, draws: int | Any = 50, *, seed: int = 0, level: float = 0.95, workers: int | None = None
    ) -> Robustness:
        """Return how often each target is chosen when probabilities are drawn anew.

        Parameters
        ----------
        draws
            How many, from beta distributions with mean p and the width of the columns ``low`` and ``high``; or a table
            with the keys, ``draw`` and ``p``, a row for every pair and draw.
        seed
            Of the draws.
        level
            What share of its distribution an interval holds, as in a normal one of the same width.
        workers
            As in `nqpf.parallel.spread`.
        """
        return sampling.robustness(self.case, self.answer, draws, seed, level, workers)


def _names(case: Case, found: Answer, rows: np.ndarray[Any, np.dtype[np.intp]]) -> pl.DataFrame:
    from nqpf.industry.planning.model import described

    return described(case, found.model)[rows].select("constraint", "name")
