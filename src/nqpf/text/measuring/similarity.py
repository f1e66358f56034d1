"""How alike documents are to reference documents (a plan of the centre, say): cosine of tf-idf, and what was copied.

Salton and Buckley (1988), doi:10.1016/0306-4573(88)90021-0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, listing
from nqpf.frames import backend_of
from nqpf.results import Method, Note, TableResult
from nqpf.text.measuring.batch import Batch, pick
from nqpf.text.measuring.characters import LETTER
from nqpf.text.measuring.dictionary import Terms
from nqpf.text.measuring.options import Counting
from nqpf.text.measuring.vocabulary import Frequency, Rarity, Things, Vocabulary, rarity, weighted

Floats = NDArray[np.float64]


def similarity_to(
    data: Any,
    reference: Sequence[str] | str,
    *,
    id: str = "id",
    text: str = "text",
    dictionary: Terms | None = None,
    vocabulary: Vocabulary = "bigrams",
    tf: Frequency = "log",
    idf: Rarity = "smooth",
    passages: int | None = None,
    least_length: int = 2,
    stop: Sequence[str] = (),
    **how: Unpack[Counting],
) -> TableResult:
    """Return how alike each document is to each of the reference documents.

    Parameters
    ----------
    data, id, text
        Table of documents, the references among them, as of `count`.
    reference
        Names of the reference documents (or the name of one).
    dictionary
        Terms that are compared, as of `count`; with `vocabulary` ``open``, words that the segmentation keeps whole.
    vocabulary
        ``bigrams``: pairs of neighbouring characters, which need neither list nor segmentation; ``dictionary``: what is
        stressed; ``open``: words as rjieba cuts them.
    tf, idf
        As of `tfidf`; how rare a word is, is counted over all documents of the table.
    passages
        Also give the share of the document that stands word for word in the reference, in passages of at least so many
        letters (punctuation aside): what was copied, beside what is merely about the same.
    least_length, stop
        As of `tfidf`.
    **how
        As of `tfidf`.

    Returns
    -------
    TableResult
        A row a document that is no reference and a reference: id, reference, cosine (0 to 1; null where a document has
        nothing that is counted), shared (null unless asked for).

    Raises
    ------
    DataError, SpecError
        As `tfidf`; a reference is not in the table; fewer than four letters a passage.

    References
    ----------
    Salton and Buckley (1988), doi:10.1016/0306-4573(88)90021-0.

    Examples
    --------
    >>> pages = {"id": ["国", "甲", "乙"], "text": ["发展新质生产力", "发展新质生产力", "天气晴好"]}
    >>> similarity_to(pages, "国", passages=4).frame.with_columns(pl.col("cosine").round(9)).rows()
    [('甲', '国', 1.0, 1.0), ('乙', '国', 0.0, 0.0)]
    """
    words = {"vocabulary": Vocabulary, "tf": Frequency, "idf": Rarity}
    options = {"vocabulary": vocabulary, "tf": tf, "idf": idf, "passages": passages}
    for key, word in words.items():
        choose(key, options[key], get_args(word))
    if passages is not None and passages < 4:
        raise SpecError("measure_passage", where=Where(key="passages"), value=passages)
    things = Things.of(data, dictionary, id, text, vocabulary, least_length, stop, how)
    sought = pick("reference", [reference] if isinstance(reference, str) else list(reference), things.ids)
    others = [d for d in range(len(things.ids)) if d not in set(sought)]
    _, weight = rarity(things.count, idf)
    _, found = weighted(things.count, weight, tf, "l2")
    cosine = (found[others] @ found[sought].T).toarray()
    bare = np.diff(things.count.indptr) == 0
    cosine[bare[others]] = np.nan
    cosine[:, bare[sought]] = np.nan
    shared = np.full(cosine.shape, np.nan) if passages is None else _shared(things.texts, others, sought, passages)
    r, k = (x.ravel() for x in np.indices(cosine.shape))
    frame = pl.DataFrame(
        {
            id: pl.Series([things.ids[others[i]] for i in r], dtype=pl.String),
            "reference": pl.Series([things.ids[sought[j]] for j in k], dtype=pl.String),
            "cosine": pl.Series(np.minimum(cosine.ravel(), 1.0)).fill_nan(None),
            "shared": pl.Series(shared.ravel()).fill_nan(None),
        }
    )
    notes = list(things.notes)
    if bare.any():
        names = [things.ids[d] for d in np.flatnonzero(bare)]
        notes.append(Note("measure_no_words", values={"names": listing(names), "count": len(names)}))
    return TableResult(
        frame, Method("text.similarity_to", {**things.options, **options}), tuple(notes), backend_of(data)
    )


def _shared(texts: Sequence[str], others: Sequence[int], sought: Sequence[int], least: int) -> Floats:
    """Return the share of the letters of each document that lie in passages it shares with each reference."""
    letters = {d: _letters(texts[d]) for d in {*others, *sought}}
    found = np.full((len(others), len(sought)), np.nan)
    for j, reference in enumerate(sought):
        whole = letters[reference]
        known = {whole[a : a + least] for a in range(len(whole) - least + 1)}
        for i, document in enumerate(others):
            own = letters[document]
            if own:
                found[i, j] = _covered(own, known, least) / len(own)
    return found


def _letters(text: str) -> str:
    batch = Batch.of([text])
    return str(batch.codes[(batch.kinds & LETTER) != 0].tobytes().decode("utf-32-le", "surrogatepass"))


def _covered(own: str, known: set[str], least: int) -> int:
    """Return how many characters lie in a run of `least` that is known."""
    upto, covered = 0, 0
    for a in range(len(own) - least + 1):
        if own[a : a + least] in known:
            covered += a + least - max(a, upto)
            upto = a + least
    return covered
