"""Remarks on indices of productivity change: how to read them, what is missing, what could not be computed."""

from __future__ import annotations

import numpy as np
import polars as pl

from nqpf.errors import listing
from nqpf.productivity.change.distances import DISTANCE_STATUS, Distances
from nqpf.productivity.change.pairs import Pairs
from nqpf.productivity.change.tables import Changes
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.remarks import least_units
from nqpf.results import Note


def remarks(
    observed: Observed, pairs: Pairs, found: Distances, change: Changes, chained: pl.DataFrame
) -> tuple[Note, ...]:
    """Return what a reader must know of the numbers."""
    notes = [Note("change_above_one" if change.ratio else "change_above_zero", "info")]
    counts = np.bincount(found.value.status, minlength=len(DISTANCE_STATUS))
    if counts[1:].any():
        words = {DISTANCE_STATUS[k]: int(counts[k]) for k in np.flatnonzero(counts) if k}
        values = {
            "programs": found.value.status.size,
            "failed": int(counts[1:].sum()),
            "status": listing(f"{word} {count}" for word, count in words.items()),
            "pairs": int((pairs.both & ~change.whole).sum()),
            "of": int(pairs.both.sum()),
        }
        notes.append(Note("change_failed", "warning", values))
    if not pairs.both.all():
        absent = int((~pairs.both).sum())
        notes.append(Note("change_unbalanced", "warning", {"absent": absent, "of": pairs.both.size}))
    years = [int(year) for year in observed.periods if year is not None]
    skipped = sorted(set(range(years[0], years[-1] + 1)) - set(years))
    if skipped:
        notes.append(Note("change_years_skipped", "warning", {"years": listing(skipped, 12)}))
    notes += [*_few(observed, found), *_missing(observed)]
    again = chained.filter(pl.col("status") == "again")[observed.keys.columns[0]].unique(maintain_order=True)
    if again.len():
        notes.append(Note("change_again", "warning", {"count": again.len(), "units": listing(again.to_list())}))
    return tuple(notes)


def _few(observed: Observed, found: Distances) -> list[Note]:
    """Return a note if frontiers are spanned by fewer observations than the rule of thumb asks for."""
    spans = np.unique(np.stack([found.first, found.last], axis=1)[found.first <= found.last], axis=0)
    there = np.bincount(observed.t[observed.complete], minlength=len(observed.periods))
    sizes = [int(there[first : last + 1].sum()) for first, last in spans]
    i, o, b = (len(part) for part in observed.names)
    least = least_units(i, o + b)
    few = [size for size in sizes if size < least]
    if not few:
        return []
    values = {"count": min(few), "least": least, "dimensions": i + o + b, "frontiers": len(few), "of": len(sizes)}
    return [Note("frontier_few_units", "warning", values)]


def _missing(observed: Observed) -> list[Note]:
    """Return a note if rows were left out for want of a number."""
    rows = np.flatnonzero(~observed.complete)
    if not rows.size:
        return []
    named = listing(f"{observed.units[observed.n[r]]} {observed.periods[observed.t[r]]}" for r in rows)
    return [Note("frontier_missing", "warning", {"count": rows.size, "total": observed.complete.size, "rows": named})]
