"""Remarks on frontiers: too few observations for the dimensions, twins, scores there are none of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nqpf.errors import listing
from nqpf.messages import Text
from nqpf.productivity.frontier.frontiers import Frontier
from nqpf.productivity.frontier.measure import MISSING, NO_REFERENCE
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.technology import Floats, Technology
from nqpf.results import Note, Severity

CODES = (
    "frontier_infeasible", "frontier_unbounded", "frontier_doubtful", "frontier_no_reference", "frontier_missing",
)  # fmt: skip
"""Notes on the statuses after the first, which is optimal."""
NEAR = 1e-9
"""An efficiency this near 1 is on the frontier."""


def remarks(
    observed: Observed,
    technology: Technology,
    across: Sequence[Frontier],
    status: np.ndarray[Any, np.dtype[np.int8]],
    efficiency: Floats,
    super_efficiency: bool,
) -> tuple[Note, ...]:
    """Return what a reader should know of the scores.

    Parameters
    ----------
    observed, technology, across
        Observations, technology and the frontiers they were compared with.
    status
        ``int8[R]`` status of each row.
    efficiency
        ``float64[R]`` NaN where there is none.
    super_efficiency
        Whether observations were left out of their own reference, so that more than one in two above 1 tells nothing.
    """
    notes = [*_few(observed, across), *_twins(observed, across), *_gaps(observed, technology)]
    for code, note in enumerate(CODES, 1):
        at = np.flatnonzero(status == code)
        if at.size:
            severity: Severity = "info" if code in (NO_REFERENCE, MISSING) else "warning"
            values = {"count": int(at.size), "total": len(status), "rows": _named(observed, at)}
            notes.append(Note(note, severity, values))
    scored = np.isfinite(efficiency)
    on = int((np.abs(efficiency[scored] - 1.0) <= NEAR).sum())
    if not super_efficiency and on > 0.5 * scored.sum():
        notes.append(Note("frontier_many_efficient", "warning", {"count": on, "total": int(scored.sum())}))
    return tuple(notes)


def least_units(inputs: int, outputs: int) -> int:
    """Return the rule of thumb for the number of observations: max(I·O, 3(I + O)).

    References
    ----------
    Cooper, Seiford and Tone (2007), Data Envelopment Analysis, 2nd ed., p. 284, doi:10.1007/978-0-387-45283-8.
    """
    return max(inputs * outputs, 3 * (inputs + outputs))


def _few(observed: Observed, across: Sequence[Frontier]) -> list[Note]:
    i, o, b = (len(part) for part in observed.names)
    least = least_units(i, o + b)
    few = [frontier for frontier in across if len(frontier.reference) < least]
    if not few:
        return []
    count = min(len(frontier.reference) for frontier in few)
    values = {"count": count, "least": least, "dimensions": i + o + b, "frontiers": len(few), "of": len(across)}
    return [Note("frontier_few_units", "warning", values)]


def _twins(observed: Observed, across: Sequence[Frontier]) -> list[Note]:
    """Return a note if a frontier has observations with the very same quantities."""
    twins: list[int] = []
    for frontier in across:
        rows = observed.quantities[frontier.reference].all
        order = np.lexsort(rows.T)
        same = (rows[order[1:]] == rows[order[:-1]]).all(axis=1)
        twins.extend(frontier.reference[order[1:][same]])
    if not twins:
        return []
    at = np.unique(np.array(twins))
    return [Note("frontier_twins", "info", {"count": int(at.size), "rows": _named(observed, at)})]


def _gaps(observed: Observed, technology: Technology) -> list[Note]:
    """Return a note if "next year" is not the year after."""
    years = np.array([year for year in observed.periods if year is not None])
    apart = np.flatnonzero(np.diff(years) > 1)
    if technology.reference in ("own", "sequential", "global") or not apart.size:
        return []
    return [Note("frontier_year_gap", "warning", {"years": listing(f"{years[k]}–{years[k + 1]}" for k in apart)})]


def _named(observed: Observed, at: np.ndarray[Any, np.dtype[np.intp]]) -> Text:
    """Return rows by unit and year."""
    names = []
    for row in at:
        year = observed.periods[observed.t[row]]
        names.append(observed.units[observed.n[row]] + (f" {year}" if year is not None else ""))
    return listing(names)
