"""Documents laid end to end, so that a thousand short ones are read as fast as a long one; and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import DataError, SpecError, Where, hint, listing
from nqpf.frames import require, to_polars
from nqpf.text.measuring.characters import BLANK, LETTER, codes_of, kinds_of, line_starts, sentence_starts
from nqpf.text.measuring.options import SpanKind

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """D documents laid end to end, parted by an end of line: n characters.

    Attributes
    ----------
    codes, kinds
        ``uint32[n]`` code points and ``uint8[n]`` what they are.
    starts, lengths
        ``int64[D]`` where each document begins, and how long it is.
    sentences, lines
        ``int64[S]`` and ``int64[L]`` where sentences and lines begin.
    """

    codes: Codes
    kinds: NDArray[np.uint8]
    starts: Places
    lengths: Places
    sentences: Places
    lines: Places

    @classmethod
    def of(cls, texts: Sequence[str]) -> Batch:
        """Return documents as one batch."""
        lengths = np.array([len(t) for t in texts], np.int64)
        codes = codes_of("\n".join(texts))
        kinds = kinds_of(codes)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths + 1)[:-1]])[: len(texts)]
        return cls(codes, kinds, starts, lengths, sentence_starts(kinds), line_starts(kinds))

    def document(self, place: Places) -> Places:
        """Return the document of each place."""
        found: Places = np.searchsorted(self.starts, place, side="right") - 1
        return found

    def sentence(self, place: Places) -> Places:
        """Return the sentence of each place."""
        found: Places = np.searchsorted(self.sentences, place, side="right") - 1
        return found

    def line(self, place: Places) -> Places:
        """Return the line of each place."""
        found: Places = np.searchsorted(self.lines, place, side="right") - 1
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """What D documents measure in the part that is counted: ``int64[D]`` each."""

    characters: Places
    letters: Places
    sentences: Places
    paragraphs: Places

    @classmethod
    def of(cls, batch: Batch, part: Bools | None) -> Sizes:
        """Return the sizes of the part ``bool[n]`` of each document (None: all of it).

        characters
            All but blanks.
        letters
            Letters, digits and ideographs.
        sentences, paragraphs
            Those with a letter in the part.
        """
        solid, letter = (batch.kinds & BLANK) == 0, (batch.kinds & LETTER) != 0
        if part is not None:
            solid, letter = solid & part, letter & part
        return cls(
            _sums(solid, batch), _sums(letter, batch), _units(letter, batch.sentences, batch),
            _units(letter, batch.lines, batch),
        )  # fmt: skip

    def column(self, unit: str) -> Places:
        """Return the sizes in a unit; of articles, 1 where there is anything."""
        if unit == "articles":
            return np.asarray(self.characters > 0, np.int64)
        found: Places = getattr(self, unit)
        return found


def _sums(marked: Bools, batch: Batch) -> Places:
    """Return how many characters of each document are marked."""
    upto = np.concatenate([np.zeros(1, np.int64), np.cumsum(marked, dtype=np.int64)])
    found: Places = upto[batch.starts + batch.lengths] - upto[batch.starts]
    return found


def _units(marked: Bools, starts: Places, batch: Batch) -> Places:
    """Return how many sentences or lines of each document have a marked character."""
    if not marked.size:
        return np.zeros(batch.starts.size, np.int64)
    there = np.logical_or.reduceat(marked, starts)
    return np.bincount(batch.document(starts[there]), minlength=batch.starts.size)


def marked(batch: Batch, spans: Spans | None, kind: SpanKind) -> Bools | None:
    """Return which characters lie in a span of a kind, ``bool[n]``; None without spans."""
    if spans is None:
        return None
    depth = np.zeros(batch.codes.size + 1, np.int32)
    own = spans.kind == kind
    base = batch.starts[spans.document[own]]
    np.add.at(depth, base + spans.start[own], 1)
    np.add.at(depth, base + spans.end[own], -1)
    found: Bools = np.cumsum(depth[:-1]) > 0
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Passages of documents: ``[P]`` document, start, end (places in the document) and kind.

    Attributes
    ----------
    elsewhere
        Number of passages of documents that are not in the table.
    """

    document: Places
    start: Places
    end: Places
    kind: NDArray[Any]
    elsewhere: int

    @classmethod
    def of(cls, table: Any, ids: Sequence[str], lengths: Places) -> Spans:
        """Return a table of passages with columns id, start, end, kind.

        Raises
        ------
        DataError
            A column is absent, or a passage is not inside its document.
        SpecError
            A kind that there is not.
        """
        frame = to_polars(table)
        require(frame, "id", "start", "end", "kind")
        kinds = get_args(SpanKind)
        for stray in frame["kind"].unique(maintain_order=True).to_list():
            choose("kind", stray, kinds)
        place = {id: i for i, id in enumerate(ids)}
        document = np.array([place.get(i, -1) for i in frame["id"].cast(pl.String).to_list()], np.int64)
        start, end = (frame[c].cast(pl.Int64, strict=False).fill_null(-1).to_numpy() for c in ("start", "end"))
        here = document >= 0
        wrong = here & ((start < 0) | (end <= start) | (end > np.append(lengths, 0)[document]))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            values = {"start": frame["start"][row], "end": frame["end"][row], "length": int(lengths[document[row]])}
            raise DataError("measure_span", where=Where(row=row + 1, unit=str(frame["id"][row])), **values)
        kind = frame["kind"].cast(pl.String).to_numpy()
        return cls(document[here], start[here], end[here], kind[here], int((~here).sum()))


def documents_of(data: Any, id: str, text: str) -> tuple[pl.DataFrame, list[str], list[str]]:
    """Return a table of documents, their names and their texts.

    Raises
    ------
    DataError
        A column is absent, there is no row, a document has no name or no text, or two have the same name.
    """
    frame = to_polars(data)
    require(frame, id, text)
    if not frame.height:
        raise DataError("empty_table")
    for column in (id, text):
        if frame[column].has_nulls():
            row = int(frame[column].is_null().arg_true()[0]) + 1
            raise DataError("missing_in_table", row=row, column=column)
    if frame[text].dtype != pl.String:
        raise DataError("measure_no_text", column=text, kind=str(frame[text].dtype))
    names = frame[id].cast(pl.String)
    if names.is_duplicated().any():
        twin = names.filter(names.is_duplicated())[0]
        raise DataError("measure_twin_ids", id=twin, count=int((names == twin).sum()))
    return frame, names.to_list(), frame[text].to_list()


def metadata(frame: pl.DataFrame, columns: Sequence[str], id: str) -> pl.DataFrame:
    """Return columns of the table that documents are told apart by.

    Raises
    ------
    DataError
        A column is absent, or a document has no value there.
    """
    require(frame, *columns)
    for column in columns:
        if frame[column].has_nulls():
            row = int(frame[column].is_null().arg_true()[0])
            where = Where(row=row + 1, unit=str(frame[id][row]))
            raise DataError("measure_no_metadata", where=where, column=column)
    return frame.select(columns)


def pick(key: str, wanted: Sequence[str], known: Sequence[str]) -> list[int]:
    """Return the places of names among others.

    Raises
    ------
    SpecError
        A name is unknown.
    """
    place = {name: i for i, name in enumerate(known)}
    for name in (n for n in wanted if n not in place):
        raise SpecError(
            "bad_choice", where=Where(key=key), value=name, options=listing(known), hint=hint(name, known)
        )  # fmt: skip
    return [place[name] for name in wanted]
