"""Tallies as tidy tables: a row a document and term, the denominator beside the number; the places of occurrences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.text.measuring.batch import Sizes
from nqpf.text.measuring.matching import Plan
from nqpf.text.measuring.rows import Rows
from nqpf.text.measuring.tally import Counted, Matrix, Tally

Places = NDArray[np.int64]


def table_of(rows: Rows, tally: Tally, things: Mapping[str, Sequence[str]], size: Places, zeros: bool) -> pl.DataFrame:
    """Return a tally as a table.

    Parameters
    ----------
    rows
        R rows of documents.
    tally
        Of K things.
    things
        Columns of K values that name them.
    size
        ``int64[R]`` denominators.
    zeros
        Also rows for what is not found.
    """
    count = rows.gathered(tally.count)
    if zeros:
        r, k = (x.ravel() for x in np.indices(count.shape))
    else:
        r, k = count.nonzero()
        order = np.lexsort((k, r))
        r, k = r[order], k[order]

    def column(matrix: Matrix | None) -> list[Any] | NDArray[Any]:
        return [None] * r.size if matrix is None else _values(rows.gathered(matrix), r, k)

    numbers = {
        "count": _values(count, r, k),
        "negated": column(tally.negated),
        "quoted": column(tally.quoted),
        "units": column(tally.units),
        "size": size[r],
    }
    named = {name: [values[i] for i in k] for name, values in things.items()}
    schema = dict.fromkeys(numbers, pl.Int64)
    table: pl.DataFrame = rows.labels[r].with_columns(
        *(pl.Series(n, v, pl.String) for n, v in named.items()),
        *(pl.Series(n, v, schema[n]) for n, v in numbers.items()),
    )
    over = pl.col("count") * 1000 if tally.units is None else pl.col("units")
    return table.with_columns(rate=pl.when(pl.col("size") > 0).then(over / pl.col("size")))


def _values(matrix: Matrix, r: Places, k: Places) -> NDArray[Any]:
    if r.size == matrix.shape[0] * matrix.shape[1]:
        return np.asarray(matrix.toarray().ravel())
    there = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)) * matrix.shape[1] + matrix.indices
    order = np.argsort(there)
    wanted = r * matrix.shape[1] + k
    found = np.zeros(r.size, matrix.data.dtype)
    if there.size:
        at = np.minimum(np.searchsorted(there[order], wanted), there.size - 1)
        same = there[order][at] == wanted
        found[same] = matrix.data[order][at[same]]
    return found


def sizes_of(ids: Sequence[str], sizes: Sizes, id: str) -> pl.DataFrame:
    """Return the sizes of documents."""
    columns = ("characters", "letters", "sentences", "paragraphs")
    return pl.DataFrame({id: list(ids), **{c: getattr(sizes, c) for c in columns}})


def places_of(found: Counted, plan: Plan, ids: Sequence[str], texts: Sequence[str], id: str) -> pl.DataFrame:
    """Return every occurrence with its place in its document and the sentence it stands in."""
    hits, batch = found.hits, found.batch
    document = batch.document(hits.start)
    base = batch.starts[document]
    nth = batch.sentence(hits.start)
    first = np.searchsorted(batch.sentences, batch.starts, side="left")
    bounds = np.append(batch.sentences, batch.codes.size)
    passages = {
        int(s): texts[d][max(bounds[s] - b, 0) : bounds[s + 1] - b].strip()
        for s, d, b in zip(nth, document, base, strict=True)
    }
    names, forms = plan.names, plan.dictionary.forms
    groups = [group.id for group in plan.dictionary.groups]
    return pl.DataFrame(
        {
            id: [ids[d] for d in document],
            "start": hits.start - base,
            "end": hits.end - base,
            "term": [names[t] for t in hits.term],
            "group": [groups[plan.group_of[t]] for t in hits.term],
            "form": [forms[f] for f in hits.form],
            "sentence": nth - first[document] + 1,
            "passage": [passages[int(s)] for s in nth],
            "negated": pl.Series(_known(hits.negated, document.size), dtype=pl.Boolean),
            "quoted": pl.Series(_known(hits.quoted, document.size), dtype=pl.Boolean),
        },
        schema_overrides=dict.fromkeys((id, "term", "group", "form", "passage"), pl.String),
    )


def _known(marked: NDArray[np.bool_] | None, size: int) -> Any:
    return [None] * size if marked is None else marked
