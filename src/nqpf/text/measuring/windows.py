"""Windows in which terms occur together: sentences, paragraphs, articles, or a number of sentences in a row."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.text.measuring.batch import Batch
from nqpf.text.measuring.characters import LETTER
from nqpf.text.measuring.matching import Hits

Places = NDArray[np.int64]
Bools = NDArray[np.bool_]
Window = Literal["sentence", "paragraph", "article"]


def incidence(batch: Batch, hits: Hits, part: Bools | None, window: Window | int, terms: int) -> Any:
    """Return which window holds which term: zeros and ones ``int64[N, K]``, sparse.

    Windows without a letter in the part that is counted are none. A number n: every run of n sentences of a document
    that follow each other, the whole document where it has no more than n.
    """
    starts = {"paragraph": batch.lines, "article": batch.starts}.get(str(window), batch.sentences)
    letter = (batch.kinds & LETTER) != 0
    if part is not None:
        letter = letter & part
    place = np.unique(np.searchsorted(starts, np.flatnonzero(letter), side="right") - 1)
    of_hit = np.searchsorted(starts, hits.start, side="right") - 1
    row = np.searchsorted(place, of_hit)
    there = (row < place.size) & (place[np.minimum(row, place.size - 1)] == of_hit) if place.size else of_hit < 0
    shape = (place.size, terms)
    base = sparse.coo_array((np.ones(int(there.sum()), np.int64), (row[there], hits.term[there])), shape=shape).tocsr()
    if not isinstance(window, str) and window > 1:
        base = _runs(batch.document(starts[place]), window) @ base
    base = base.tocsr()
    base.data = np.ones_like(base.data)
    return base


def _runs(document: Places, n: int) -> Any:
    """Return which sentences each run of n holds, ``[N, S]``, for sentences ``int64[S]`` of documents, ascending."""
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(document)) + 1, [document.size]])
    size = np.diff(bounds)
    many = np.where(size > 0, np.maximum(size - n + 1, 1), 0)
    first = np.repeat(bounds[:-1], many) + _counters(many)
    width = np.minimum(n, np.repeat(size, many))
    row = np.repeat(np.arange(first.size), width)
    column = np.repeat(first, width) + _counters(width)
    return sparse.coo_array((np.ones(row.size, np.int64), (row, column)), shape=(first.size, document.size)).tocsr()


def _counters(sizes: Places) -> Places:
    """Return 0, 1, … below each size, one after another."""
    ends = np.cumsum(sizes)
    found: Places = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - sizes, sizes)
    return found
