"""Documents as counts of things: terms of a dictionary, words of an open vocabulary, or pairs of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from nqpf.errors import SpecError, Where
from nqpf.results import Note
from nqpf.text.measuring.batch import Batch, documents_of
from nqpf.text.measuring.characters import LETTER
from nqpf.text.measuring.dictionary import Terms, as_dictionary, named
from nqpf.text.measuring.measured import Measured, spans_of
from nqpf.text.measuring.options import Counting, complete, stated
from nqpf.text.measuring.tokens import part_of, tokens_of

Floats = NDArray[np.float64]
Vocabulary = Literal["dictionary", "open", "bigrams"]
Frequency = Literal["count", "share", "log"]
Rarity = Literal["smooth", "plain", "none"]
Length = Literal["l2", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class Things:
    """D documents and K things.

    Attributes
    ----------
    frame, ids, texts
        The table, names and texts of what is counted.
    names
        What the things are.
    count
        ``int64[D, K]``, sparse.
    options, notes
        For the method and the reader.
    """

    frame: pl.DataFrame
    ids: list[str]
    texts: list[str]
    names: list[str]
    count: sparse.csr_array
    options: dict[str, Any]
    notes: list[Note]

    @classmethod
    def of(
        cls, data: Any, dictionary: Terms | None, id: str, text: str, vocabulary: Vocabulary, least: int,
        stop: Sequence[str], how: Counting,
    ) -> Things:  # fmt: skip
        """Return documents as counts of a vocabulary.

        Raises
        ------
        DataError, SpecError
            As `nqpf.text.count`; also where the vocabulary is a dictionary's and none is given, where an option of
            occurrences is given for another, or rjieba is not installed.
        """
        if vocabulary == "dictionary":
            if dictionary is None:
                raise SpecError("measure_no_dictionary", where=Where(key="dictionary"))
            seen = Measured.of(data, dictionary, id, text, how)
            texts = part_of(seen.texts, seen.spans, seen.plan.how)
            return cls(seen.frame, seen.ids, texts, seen.plan.names, seen.count, seen.options(), seen.notes())
        for option in (o for o in ("mode", "latin", "negation") if o in how):
            raise SpecError("measure_option_open", where=Where(key=option), option=option, vocabulary=vocabulary)
        chosen = complete(how)
        words = None if dictionary is None else as_dictionary(dictionary)
        frame, ids, whole = documents_of(data, id, text)
        texts = part_of(whole, spans_of(chosen, ids, whole), chosen)
        if vocabulary == "open":
            names, count = _counts(tokens_of(texts, words, least, stop))
        else:
            names, count = _bigrams(texts)
        said = {key: value for key, value in stated(chosen).items() if key in ("quoted", "headings", "duplicates")}
        return cls(frame, ids, texts, names, count, {**(named(words) if words else {}), **said}, [])


def _counts(tokens: Sequence[Sequence[str]]) -> tuple[list[str], sparse.csr_array]:
    names = sorted({token for row in tokens for token in row})
    place = {name: k for k, name in enumerate(names)}
    row = np.repeat(np.arange(len(tokens)), [len(t) for t in tokens])
    column = np.array([place[token] for one in tokens for token in one], np.int64)
    return names, _table(row, column, (len(tokens), len(names)))


def _bigrams(texts: Sequence[str]) -> tuple[list[str], sparse.csr_array]:
    """Return counts of pairs of neighbouring letters or ideographs."""
    batch = Batch.of(texts)
    letter = (batch.kinds & LETTER) != 0
    first = np.flatnonzero(letter[:-1] & letter[1:])
    keys = batch.codes[first].astype(np.int64) << 32 | batch.codes[first + 1]
    different, column = np.unique(keys, return_inverse=True)
    names = [chr(int(key) >> 32) + chr(int(key) & 0xFFFFFFFF) for key in different]
    return names, _table(batch.document(first), column, (len(texts), len(names)))


def _table(row: NDArray[Any], column: NDArray[Any], shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.coo_array((np.ones(row.size, np.int64), (row, column)), shape=shape).tocsr()


def rarity(count: sparse.csr_array, idf: Rarity) -> tuple[NDArray[np.int64], Floats]:
    """Return in how many documents each thing is, ``int64[K]``, and what it weighs for that, ``float64[K]``.

    plain
        ln(D / df); 0 where a thing is nowhere.
    smooth
        ln((1 + D) / (1 + df)) + 1.
    none
        1.
    """
    holding = np.asarray((count > 0).sum(axis=0)).ravel().astype(np.int64)
    documents = count.shape[0]
    if idf == "none":
        return holding, np.ones(holding.size)
    if idf == "smooth":
        return holding, np.log((1 + documents) / (1 + holding)) + 1
    return holding, np.where(holding > 0, np.log(documents / np.maximum(holding, 1)), 0.0)


def weighted(count: sparse.csr_array, weight: Floats, tf: Frequency, norm: Length) -> tuple[Any, Any]:
    """Return term frequencies and tf-idf weights ``float64[D, K]``, sparse with the places of `count`.

    Parameters
    ----------
    count
        ``int64[D, K]``.
    weight
        ``float64[K]``, of `rarity`.
    tf
        ``count``; ``share`` of the document's; ``log``: 1 + ln count.
    norm
        ``l2``: documents of length 1 (those of nothing stay 0); ``none``.
    """
    often = count.astype(np.float64)
    if tf == "share":
        often = _scaled(often, np.asarray(often.sum(axis=1)).ravel())
    elif tf == "log":
        often.data = 1 + np.log(often.data)
    found = often.copy()
    found.data = found.data * weight[found.indices]
    if norm == "l2":
        squares = found.copy()
        squares.data = squares.data**2
        found = _scaled(found, np.sqrt(np.asarray(squares.sum(axis=1)).ravel()))
    return often, found


def _scaled(matrix: Any, by: Floats) -> Any:
    """Return rows divided by numbers; rows of 0 stay."""
    found = matrix.copy()
    found.data = found.data / np.repeat(np.where(by > 0, by, 1.0), np.diff(found.indptr))
    return found
