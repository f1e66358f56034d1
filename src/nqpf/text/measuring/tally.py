"""Occurrences added up: by document and term, by document and group, and how many sentences or paragraphs hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.text.measuring.batch import Batch, Sizes, Spans
from nqpf.text.measuring.matching import Hits, Plan
from nqpf.text.measuring.options import Unit

Places = NDArray[np.int64]
Matrix = Any
"""``scipy.sparse.csr_array``, which has no types."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Occurrences in D documents of K things (terms, groups, or all of them as one).

    Attributes
    ----------
    count, negated, quoted
        ``int64[D, K]``, sparse.
    units
        ``int64[D, K]``, sparse: how many sentences, paragraphs or articles hold it; of characters and letters None.
    """

    count: Matrix
    negated: Matrix | None
    quoted: Matrix | None
    units: Matrix | None


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What a batch holds: terms, groups, everything, sizes, and the occurrences themselves."""

    terms: Tally
    groups: Tally
    total: Tally
    sizes: Sizes
    hits: Hits
    batch: Batch


def counted(plan: Plan, texts: list[str], spans: Spans | None, unit: Unit) -> Counted:
    """Return what documents hold."""
    batch = Batch.of(texts)
    part = plan.part_of(batch, spans, plan.how)
    hits = plan.hits(batch, spans, part)
    sizes = Sizes.of(batch, part)
    group = plan.group_of[hits.term]
    terms = tally(batch, hits, hits.term, len(plan.names), unit)
    groups = tally(batch, hits, group, len(plan.dictionary.groups), unit)
    total = tally(batch, hits, np.zeros_like(group), 1, unit)
    return Counted(terms, groups, total, sizes, hits, batch)


def tally(batch: Batch, hits: Hits, thing: Places, things: int, unit: Unit) -> Tally:
    """Return occurrences by document and by `thing` (``int64[H]`` below `things`)."""
    document = batch.document(hits.start)
    shape = (batch.starts.size, things)

    def table(rows: Places, columns: Places) -> Matrix:
        return sparse.coo_array((np.ones(rows.size, np.int64), (rows, columns)), shape=shape).tocsr()

    def part(marked: NDArray[np.bool_] | None) -> Matrix | None:
        return None if marked is None else table(document[marked], thing[marked])

    units = None
    if unit in ("sentences", "paragraphs", "articles"):
        place = {"sentences": batch.sentence, "paragraphs": batch.line, "articles": batch.document}[unit]
        pairs = _different(place(hits.start) * things + thing)
        starts = {"sentences": batch.sentences, "paragraphs": batch.lines, "articles": batch.starts}[unit]
        units = table(batch.document(starts[pairs // things]), pairs % things)
    return Tally(table(document, thing), part(hits.negated), part(hits.quoted), units)


def _different(keys: Places) -> Places:
    """Return the different keys, ascending; nearly sorted already, so that a stable sort is quick."""
    ordered = np.sort(keys, kind="stable")
    found: Places = ordered[np.concatenate([np.ones(min(ordered.size, 1), np.bool_), ordered[1:] != ordered[:-1]])]
    return found
