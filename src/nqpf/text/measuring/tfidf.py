"""TF-IDF: words that a document has often and few others have.

Spärck Jones (1972), doi:10.1108/eb026526; Salton and Buckley (1988), doi:10.1016/0306-4573(88)90021-0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Unpack, get_args

import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, listing
from nqpf.frames import backend_of
from nqpf.results import Method, Note, TableResult
from nqpf.text.measuring.dictionary import Terms
from nqpf.text.measuring.options import Counting
from nqpf.text.measuring.vocabulary import Frequency, Length, Rarity, Things, rarity, weighted


def tfidf(
    data: Any,
    dictionary: Terms | None = None,
    *,
    id: str = "id",
    text: str = "text",
    vocabulary: Literal["dictionary", "open"] = "dictionary",
    tf: Frequency = "count",
    idf: Rarity = "smooth",
    norm: Length = "l2",
    least_documents: int = 1,
    least_length: int = 2,
    stop: Sequence[str] = (),
    top: int | None = None,
    **how: Unpack[Counting],
) -> TableResult:
    """Return tf-idf weights of terms in documents.

    Parameters
    ----------
    data, id, text
        Table of documents, as of `count`.
    dictionary
        As of `count`. With `vocabulary` ``open`` its terms are words that the segmentation keeps whole.
    vocabulary
        ``dictionary``: its terms, found on the string; ``open``: words as rjieba cuts them.
    tf
        ``count``; ``share`` of all that is counted in the document; ``log``: 1 + ln count.
    idf
        ``smooth``: ln((1 + D) / (1 + df)) + 1, as scikit-learn does; ``plain``: ln(D / df), 0 for what is everywhere;
        ``none``: 1.
    norm
        ``l2``: weights of a document have length 1; ``none``.
    least_documents
        Leave out words of fewer documents.
    least_length, stop
        Of an open vocabulary: fewest characters of a word, and words that are left out.
    top
        Only so many words of each document, those that weigh most.
    **how
        As of `count`; with an open vocabulary only `quoted`, `headings`, `duplicates` and `spans`.

    Returns
    -------
    TableResult
        A row a document and word that is in it, heaviest first: id, term, count, documents (df), tf, idf, weight.

    Raises
    ------
    DataError, SpecError
        As `count`; rjieba is not installed; a limit below 1.

    References
    ----------
    Salton and Buckley (1988), doi:10.1016/0306-4573(88)90021-0.

    Examples
    --------
    >>> pages = {"id": ["a", "b"], "text": ["数据要素、数据要素、绿色低碳", "绿色低碳"]}
    >>> tfidf(pages, ["数据要素", "绿色低碳"]).frame.select("id", "term", "weight").rows()[0]
    ('a', '数据要素', 0.9421556246632359)
    """
    options = {"vocabulary": vocabulary, "tf": tf, "idf": idf, "norm": norm}
    for key, value, words in (
        ("vocabulary", vocabulary, ("dictionary", "open")), ("tf", tf, get_args(Frequency)),
        ("idf", idf, get_args(Rarity)), ("norm", norm, get_args(Length)),
    ):  # fmt: skip
        choose(key, value, words)
    limits = {"least_documents": least_documents, "least_length": least_length, "top": top}
    for key, limit in limits.items():
        if limit is not None and limit < 1:
            raise SpecError("measure_limit", where=Where(key=key), value=limit)
    things = Things.of(data, dictionary, id, text, vocabulary, least_length, stop, how)
    holding, weight = rarity(things.count, idf)
    kept = np.flatnonzero(holding >= least_documents)
    count = things.count[:, kept]
    often, found = weighted(count, weight[kept], tf, norm)
    row, column = np.repeat(np.arange(count.shape[0]), np.diff(count.indptr)), count.indices
    frame = pl.DataFrame(
        {
            id: [things.ids[r] for r in row],
            "term": [things.names[kept[k]] for k in column],
            "count": count.data,
            "documents": holding[kept][column],
            "tf": often.data,
            "idf": weight[kept][column],
            "weight": found.data,
            "·row": row,
        },
        schema_overrides={id: pl.String, "term": pl.String},
    ).sort("·row", "weight", "term", descending=[False, True, False])
    if top is not None:
        frame = frame.group_by("·row", maintain_order=True).head(top)
    notes = [*things.notes, *_bare(count, things.ids)]
    method = Method("text.tfidf", {**things.options, **options, **limits})
    return TableResult(frame.drop("·row"), method, tuple(notes), backend_of(data))


def _bare(count: Any, ids: Sequence[str]) -> list[Note]:
    """Return the remark that documents have no word at all."""
    bare = [ids[int(d)] for d in np.flatnonzero(np.diff(count.indptr) == 0)]
    return [Note("measure_no_words", values={"names": listing(bare), "count": len(bare)})] if bare else []
