"""Counts over more text than memory holds: documents come one after another, and only their numbers stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Unpack, get_args

import joblib
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from nqpf.columns import choose
from nqpf.errors import DataError, SpecError, Where, listing
from nqpf.parallel import spread
from nqpf.results import Method, Note
from nqpf.text.measuring.count import CountResult
from nqpf.text.measuring.dictionary import Terms, as_dictionary, named
from nqpf.text.measuring.matching import Plan
from nqpf.text.measuring.options import Counting, Unit, complete, stated
from nqpf.text.measuring.pieces import Documents, Piece, Reader
from nqpf.text.measuring.remarks import on_terms
from nqpf.text.measuring.rows import Rows
from nqpf.text.measuring.tables import table_of
from nqpf.text.measuring.tally import Matrix, Tally, counted

Places = NDArray[np.int64]

AHEAD = 2
"""Pieces a worker that are read before they are counted."""
_SIZES = ("characters", "letters", "sentences", "paragraphs")


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What pieces hold.

    Attributes
    ----------
    documents
        ``int64[D]`` numbers of the documents; one that was cut comes several times.
    tallies
        Of terms, groups and everything: a row a document, or one row for all.
    sizes
        ``int64[4, D]``.
    inside_latin
        ``int64[F]``.
    """

    documents: Places
    tallies: tuple[Tally, ...]
    sizes: Places
    inside_latin: Places


def count_stream(
    documents: Documents,
    dictionary: Terms,
    *,
    unit: Unit = "characters",
    by_document: bool = False,
    workers: int | None = None,
    **how: Unpack[Counting],
) -> CountResult:
    """Count the terms of a dictionary in documents that are read one after another and never all held.

    Parameters
    ----------
    documents
        Pairs of name and text, however many an iterator gives; or paths of UTF-8 text files, a document each; or one
        path: a file, or a folder whose ``.txt`` and ``.md`` files are read in the order of their names. With `unit`
        ``paragraphs`` or ``articles`` a document is held whole, else a long one is cut at the end of a sentence.
    dictionary, unit
        As of `count`.
    by_document
        Give a row a document and term that is found; default: a row a term, all documents together.
    workers
        How many threads count at once; −1 as many as there are processors.
    **how
        `mode`, `latin`, `negation` of `count`. Parts of documents are not told apart here.

    Returns
    -------
    CountResult
        Files that cannot be read are left out and named in the notes.

    Raises
    ------
    SpecError
        As `count`; or a part of documents is asked for.
    DataError
        There is no document, or two have the same name.

    References
    ----------
    Aho and Corasick (1975), doi:10.1145/360825.360855.

    Examples
    --------
    >>> pages = ((f"p{k}", "发展新质生产力。") for k in range(1000))
    >>> count_stream(pages, ["新质生产力"]).terms.select("documents", "count").rows()
    [(1000, 1000)]
    """
    choose("unit", unit, get_args(Unit))
    chosen = complete(how)
    if chosen["spans"] is not None:
        raise SpecError("measure_stream_parts", where=Where(key="spans"))
    words = as_dictionary(dictionary)
    plan = Plan.of(words, chosen)
    reader = Reader(whole=unit in ("paragraphs", "articles"))
    found = _read(reader, documents, plan, unit, by_document, workers)
    if not reader.names:
        raise DataError("measure_no_documents", count=len(reader.skipped), files=listing(reader.skipped))
    ids = list(reader.names)
    sizes = np.zeros((4, len(ids)), np.int64)
    for one in found:
        np.add.at(sizes.T, one.documents, one.sizes.T)
    things: Sequence[Mapping[str, Sequence[str]]] = (
        {"term": plan.names, "group": [words.groups[g].id for g in plan.group_of]},
        {"group": [group.id for group in words.groups]},
        {},
    )
    tables = [_table(found, k, names, ids, sizes, unit, by_document) for k, names in enumerate(things)]
    inside_latin = np.asarray(sum(one.inside_latin for one in found))
    notes = [*words.notes, *on_terms(_total(found, 0), inside_latin, plan)]
    if reader.skipped:
        notes.append(Note("measure_skipped", values={"files": listing(reader.skipped), "count": len(reader.skipped)}))
    options = {**named(words), "unit": unit, **stated(chosen)}
    by_size = pl.DataFrame({"id": ids, **dict(zip(_SIZES, sizes, strict=True))})
    terms, groups, total = tables
    return CountResult(terms, groups, total, by_size, None, words, Method("text.count", options), tuple(notes))


def _read(
    reader: Reader, documents: Documents, plan: Plan, unit: Unit, by_document: bool, workers: int | None
) -> list[_Found]:
    """Return what the documents hold, a few pieces at a time."""
    work = partial(_work, plan=plan, unit=unit, by_document=by_document)
    threads = joblib.cpu_count() if workers == -1 else workers or 1
    pieces = reader.pieces(documents)
    found: list[_Found] = []
    while jobs := list(islice(pieces, AHEAD * max(threads, 1))):
        found += spread(work, jobs, workers=workers, threads=True)
    return found


def _work(piece: Piece, plan: Plan, unit: Unit, by_document: bool) -> _Found:
    one = counted(plan, list(piece.texts), None, unit)
    sizes = np.stack([getattr(one.sizes, name) for name in _SIZES])
    sizes[3] -= piece.joined
    tallies = (one.terms, one.groups, one.total)
    kept = tallies if by_document else tuple(_added(tally) for tally in tallies)
    return _Found(np.array(piece.numbers, np.int64), kept, sizes, one.hits.inside_latin)


def _added(tally: Tally) -> Tally:
    """Return a tally with all documents as one row."""

    def row(matrix: Matrix | None) -> Matrix | None:
        return None if matrix is None else sparse.csr_array(np.asarray(matrix.sum(axis=0)).reshape(1, -1))

    whole = row(tally.count)
    assert whole is not None
    return Tally(whole, row(tally.negated), row(tally.quoted), row(tally.units))


def _total(found: Sequence[_Found], k: int) -> Places:
    return np.asarray(sum(np.asarray(one.tallies[k].count.sum(axis=0)).ravel() for one in found))


def _table(
    found: Sequence[_Found], k: int, things: Mapping[str, Sequence[str]], ids: Sequence[str], sizes: Places, unit: Unit,
    by_document: bool,
) -> pl.DataFrame:  # fmt: skip
    """Return the tables of all pieces as one."""
    tallies = [one.tallies[k] for one in found]
    whole = Tally(*(_stacked([getattr(t, part) for t in tallies]) for part in ("count", "negated", "quoted", "units")))
    measure = (sizes[0] > 0).astype(np.int64) if unit == "articles" else sizes[_SIZES.index(unit)]
    if by_document:
        member = np.concatenate([one.documents for one in found])
        return table_of(Rows(pl.DataFrame({"id": ids}), member), whole, things, measure, not things)
    labels = pl.DataFrame({"documents": [len(ids)]})
    rows = Rows(labels, np.zeros(len(tallies), np.int64))
    return table_of(rows, whole, things, np.array([measure.sum()]), True)


def _stacked(matrices: Sequence[Matrix | None]) -> Matrix | None:
    there = [m for m in matrices if m is not None]
    return sparse.vstack(there).tocsr() if there else None
