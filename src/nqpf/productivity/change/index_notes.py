"""Remarks on index numbers: how to read them, what is missing, which prices were a choice among several."""

from __future__ import annotations

import numpy as np

from nqpf.errors import listing
from nqpf.productivity.change.aggregates import Aggregates
from nqpf.productivity.change.compared import Compared
from nqpf.productivity.change.distances import DISTANCE_STATUS
from nqpf.productivity.change.index_asked import TRANSITIVE, Asked
from nqpf.productivity.change.index_tables import Measured
from nqpf.productivity.frontier.frontiers import Frontier
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.remarks import least_units
from nqpf.results import Note


def index_notes(
    plan: Asked,
    observed: Observed,
    compared: Compared,
    aggregates: Aggregates,
    measured: Measured,
    across: list[Frontier],
) -> tuple[Note, ...]:
    """Return what a reader must know of the numbers."""
    notes = [Note("change_above_one", "info")]
    if plan.index not in TRANSITIVE:
        notes.append(Note("index_levels", "info"))
    if plan.scaled:
        notes.append(Note("index_scaled", "warning"))
    if plan.components and aggregates.vectors is None:
        notes.append(Note("index_rest", "info", {"index": plan.index}))
    return (
        *notes,
        *_unpaired(plan, observed, compared),
        *_failed(compared, measured),
        *_tied(plan, compared, aggregates),
        *_few(observed, across),
        *_missing(observed),
    )


def _unpaired(plan: Asked, observed: Observed, compared: Compared) -> list[Note]:
    """Return notes on what cannot be compared, and on years that nobody is observed in."""
    notes = []
    other, row = compared.other[:, compared.first :], compared.row[:, compared.first :]
    absent = int(((other < 0) | (row < 0)).sum())
    if absent:
        notes.append(Note("index_unpaired", "warning", {"absent": absent, "of": row.size}))
    years = [int(year) for year in observed.periods if year is not None]
    skipped = sorted(set(range(years[0], years[-1] + 1)) - set(years))
    if skipped and plan.comparison == "previous":
        notes.append(Note("change_years_skipped", "warning", {"years": listing(skipped, 12)}))
    return notes


def _failed(compared: Compared, measured: Measured) -> list[Note]:
    counts = np.bincount(measured.status[compared.paired], minlength=len(DISTANCE_STATUS))
    if not counts[1:].any():
        return []
    words = listing(f"{DISTANCE_STATUS[k]} {counts[k]}" for k in np.flatnonzero(counts) if k)
    values = {"failed": int(counts[1:].sum()), "of": int(counts.sum()), "status": words}
    return [Note("index_failed", "warning", values)]


def _tied(plan: Asked, compared: Compared, aggregates: Aggregates) -> list[Note]:
    """Return notes on shadow prices that are not unique: of comparisons, and of observations with nobody before."""
    tied = aggregates.tied
    if tied is None:
        return []
    notes = []
    if count := int(tied[compared.paired].sum()):
        notes.append(Note("index_tied", "warning", {"count": count, "of": int(compared.paired.sum())}))
    if (count := int(tied[~compared.paired].sum())) and plan.index not in TRANSITIVE:
        notes.append(Note("index_tied_levels", "info", {"count": count, "of": int((~compared.paired).sum())}))
    return notes


def _few(observed: Observed, across: list[Frontier]) -> list[Note]:
    i, o, _ = (len(part) for part in observed.names)
    sizes = [frontier.reference.size for frontier in across]
    few = [size for size in sizes if size < least_units(i, o)]
    if not few:
        return []
    values = {
        "count": min(few), "least": least_units(i, o), "dimensions": i + o, "frontiers": len(few), "of": len(sizes),
    }  # fmt: skip
    return [Note("frontier_few_units", "warning", values)]


def _missing(observed: Observed) -> list[Note]:
    rows = np.flatnonzero(~observed.complete)
    if not rows.size:
        return []
    named = listing(f"{observed.units[observed.n[r]]} {observed.periods[observed.t[r]]}" for r in rows)
    return [Note("frontier_missing", "warning", {"count": rows.size, "total": observed.complete.size, "rows": named})]
