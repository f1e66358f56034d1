"""Distances that indices of productivity change are made of: each program once, all before one frontier together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.programs import OPTIMAL, STATUS
from nqpf.parallel import spread
from nqpf.productivity.change.pairs import Pairs
from nqpf.productivity.change.terms import Term
from nqpf.productivity.frontier.frontiers import own_among
from nqpf.productivity.frontier.quantities import Observed, Quantities
from nqpf.productivity.frontier.technology import Floats, Integers, Technology

NO_REFERENCE, UNDEFINED = len(STATUS), len(STATUS) + 1
DISTANCE_STATUS = (*STATUS, "no_reference", "undefined")
"""Words of the status of a distance: of its program; no frontier to be seen before; a score that has no logarithm."""


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """Scores of U points before one frontier: as the literature has it, the term of an index, status, certificate."""

    score: Floats
    term: Floats
    status: NDArray[np.int8]
    gap: Floats


Evaluate = Callable[[Technology, Quantities, Quantities, Integers], Value]
"""``(technology, reference, at, own)`` to scores; a function of a module, with its options bound by ``partial``."""


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Distances of D points, and where each term of each pair finds its own.

    Attributes
    ----------
    technology
        ``int[D]`` position among the technologies.
    first, last
        ``int[D]`` first and last year of the frontier, positions.
    inputs, outputs
        ``int[D]`` rows whose inputs and outputs are seen.
    value
        Scores; the status is one of `DISTANCE_STATUS`.
    place
        ``int[terms, P]`` position of each term of each pair that is there.
    """

    technology: Integers
    first: Integers
    last: Integers
    inputs: Integers
    outputs: Integers
    value: Value
    place: Integers


def distances(
    observed: Observed,
    pairs: Pairs,
    terms: tuple[Term, ...],
    technologies: tuple[Technology, ...],
    reference: Technology,
    evaluate: Evaluate,
    workers: int | None = None,
) -> Distances:
    """Return every distance that the terms of the pairs need.

    Parameters
    ----------
    observed, pairs
        Observations and their pairs.
    terms
        What is needed of each pair.
    technologies
        Constant returns first, the returns asked for second.
    reference
        Says which years span the frontier of a year, or the common frontier of a pair.
    evaluate
        Scores points before a frontier.
    workers
        As for `nqpf.parallel.spread`; the work is dealt out by frontier.
    """
    n, t = np.nonzero(pairs.both)
    span = _spans(reference, len(observed.periods))
    rows = np.stack([pairs.row[n, t], pairs.row[n, t + 1]])
    wanted = np.empty((len(terms), t.size, 5), np.int64)
    for k, term in enumerate(terms):
        which = technologies.index(technologies["cv".index(term.rts)])  # one, if both are constant returns
        frontier = span[term.frontier][t]
        wanted[k] = np.column_stack([np.full(t.size, which), frontier, rows[term.inputs], rows[term.outputs]])
    sizes = (len(technologies), *[len(observed.periods) + 1] * 2, *[len(observed.t)] * 2)
    once, place = np.unique(np.ravel_multi_index(tuple(wanted.reshape(-1, 5).T), sizes), return_inverse=True)
    kind, first, last, x, y = (np.asarray(part, np.intp) for part in np.unravel_index(once, sizes))
    value = _solved(observed, technologies, (kind, first, last, x, y), evaluate, workers)
    return Distances(kind, first, last, x, y, value, place.reshape(len(terms), t.size))


def _spans(reference: Technology, periods: int) -> dict[str, Integers]:
    """Return the first and last year (position; T and 0 where there is none) of the frontiers of each pair of years."""

    def ends(technology: Technology) -> Integers:
        years = [technology.years(t, periods) for t in range(periods)]
        return np.array([(y[0], y[-1]) if len(y) else (periods, 0) for y in years], np.int64)

    common = reference.reference in ("global", "biennial")
    own = ends(Technology() if common else reference)
    return {"0": own[:-1], "1": own[1:], "g": ends(reference)[:-1]}


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """Points before one frontier."""

    technology: Technology
    reference: Quantities
    at: Quantities
    own: Integers
    evaluate: Evaluate


def _work(job: _Job) -> Value:
    return job.evaluate(job.technology, job.reference, job.at, job.own)


def _solved(
    observed: Observed,
    technologies: tuple[Technology, ...],
    points: tuple[Integers, ...],
    evaluate: Evaluate,
    workers: int | None,
) -> Value:
    """Return the scores of points (technology, first and last year, rows of inputs and outputs), sorted by frontier."""
    kind, first, last, x, y = points
    q = observed.quantities
    starts = np.flatnonzero(np.r_[True, np.any(np.diff(np.stack([kind, first, last])), axis=0)])
    jobs, slots = [], []
    for start, end in zip(starts, np.r_[starts[1:], kind.size], strict=True):
        here = slice(int(start), int(end))
        spans = observed.complete & (observed.t >= first[start]) & (observed.t <= last[start])
        reference = np.flatnonzero(spans)
        if not reference.size:
            continue
        at = Quantities(q.x[x[here]], q.y[y[here]], q.b[y[here]])
        own = np.where(x[here] == y[here], own_among(reference, x[here]), -1)
        jobs.append(_Job(technologies[kind[start]], q[reference], at, own, evaluate))
        slots.append(here)
    none = np.full(kind.size, np.nan)
    found = Value(none, none.copy(), np.full(kind.size, NO_REFERENCE, np.int8), none.copy())
    for here, value in zip(slots, spread(_work, jobs, workers=workers), strict=True):
        found.score[here], found.term[here], found.gap[here] = value.score, value.term, value.gap
        lost = (value.status == OPTIMAL) & ~np.isfinite(value.term)
        found.status[here] = np.where(lost, UNDEFINED, value.status)
    return found
