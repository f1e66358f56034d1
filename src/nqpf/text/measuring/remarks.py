"""What a reader should know of a count before using it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import listing
from nqpf.messages import Text
from nqpf.results import Note
from nqpf.text.measuring.batch import Batch, Spans
from nqpf.text.measuring.characters import LATIN, LETTER
from nqpf.text.measuring.matching import Plan
from nqpf.text.measuring.options import Unit
from nqpf.text.measuring.rows import Rows
from nqpf.text.measuring.tally import Counted

Places = NDArray[np.int64]

SHORT = {"characters": 500, "letters": 500, "sentences": 30, "paragraphs": 30, "articles": 30}
"""Denominators below which a rate is flagged as resting on little (conventions)."""
FOREIGN = 0.5
"""Share of Latin letters from which a document is said not to be Chinese (convention)."""


def remarks(
    found: Counted, plan: Plan, ids: Sequence[str], rows: Rows, size: Places, unit: Unit, spans: Spans | None
) -> tuple[Note, ...]:
    """Return the remarks on a count."""
    total = np.asarray(found.terms.count.sum(axis=0))
    notes = [*plan.dictionary.notes, *on_terms(total, found.hits.inside_latin, plan)]
    empty = np.flatnonzero(found.sizes.characters == 0)
    if empty.size:
        notes.append(Note("measure_empty", values=_these([ids[int(d)] for d in empty])))
    short = np.flatnonzero((size > 0) & (size < SHORT[unit]))
    if short.size and not (unit == "articles" and size.size == len(ids)):
        code = "measure_short" if unit in ("characters", "letters") else "measure_few"
        notes.append(Note(code, values={"rows": int(short.size), "of": int(size.size), "least": SHORT[unit]}))
    foreign = _foreign(found.batch)
    if foreign.size:
        notes.append(Note("measure_foreign", values=_these([ids[d] for d in foreign])))
    if spans is not None and spans.elsewhere:
        notes.append(Note("measure_spans_elsewhere", "info", values={"count": spans.elsewhere}))
    return tuple(notes)


def on_terms(count: Places, inside_latin: Places, plan: Plan) -> list[Note]:
    """Return remarks on terms ``int64[K]`` and forms ``int64[F]``."""
    notes = []
    never = [name for name, n in zip(plan.names, count, strict=True) if not n]
    if never:
        notes.append(Note("measure_never", "info", values={**_these(never), "of": len(plan.names)}))
    forms = plan.dictionary.forms
    latin = [forms[f] for f in np.flatnonzero(inside_latin)]
    if latin and plan.how["latin"] == "substring":
        notes.append(Note("measure_inside_latin", values={**_these(latin), "hits": int(inside_latin.sum())}))
    if plan.how["mode"] == "overlapping" and plan.inner.size:
        notes.append(Note("measure_nested", "info", values=_these([forms[f] for f in np.unique(plan.inner[:, 0])])))
    return notes


def _these(names: Sequence[str]) -> dict[str, Text | int]:
    return {"names": listing(names), "count": len(names)}


def _foreign(batch: Batch) -> Places:
    """Return the documents whose letters are mostly Latin."""
    upto = [np.concatenate([[0], np.cumsum((batch.kinds & bit) != 0)]) for bit in (LATIN, LETTER)]
    latin, letters = (u[batch.starts + batch.lengths] - u[batch.starts] for u in upto)
    return np.flatnonzero(latin > FOREIGN * letters)
