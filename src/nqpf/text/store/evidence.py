"""Passages of a corpus that speak to an item of the theory: its own words, else sentences with most of what they say.

A phrase that stands nowhere is looked for by its pairs of characters, weighted by how rare they are (inverse document
frequency over sentences); the score of a sentence is the share of the phrase's weight that it holds.

References
----------
Sparck Jones, K. (1972). A statistical interpretation of term specificity and its application in retrieval. Journal of
Documentation 28(1), 11-21. doi:10.1108/eb026526
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import SpecError, Where
from nqpf.results import Method, Note, TableResult
from nqpf.text.cleaning.search_key import PARTED, Codes, Key, key_of
from nqpf.text.store.folder import batches, scan, table
from nqpf.text.store.metadata import with_metadata
from nqpf.text.store.passages import SCHEMA, Row, passage
from nqpf.text.store.rows import runs_of
from nqpf.text.store.search import starts_in
from nqpf.theory.items import item, items

Places = NDArray[np.int64]
Floats = NDArray[np.float64]

STOPS = "。！？!?；;…\n"
"""Ends of sentences."""
CLOSING = "”’」』）】》〉)]\"' 　"
"""What may stand behind the end of a sentence and still belongs to it."""
FILLING = "的了和与及是在对为以而之其也将把被从到由并等着不有中上下这那个"
"""Characters that say little: a pair with one of them tells no phrase."""
SHIFT = 21
TEXT = ("article", "block", "text")
COLUMNS = {"item": pl.String, "phrase": pl.String, "match": pl.String, "score": pl.Float64, **SCHEMA}


@dataclass(frozen=True, slots=True, eq=False)
class _Phrase:
    """A phrase of an item: its key without punctuation, and the pairs of characters that tell it (sorted)."""

    item: str
    text: str
    key: Key
    pairs: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A passage: which phrase, how well it fits (1 for the phrase itself), and where."""

    phrase: int
    score: float
    article: str
    block: int
    start: int
    end: int


def evidence(
    folder: Path, wanted: str | Sequence[str] | None = None, *, least: float = 0.6, most: int = 5, context: int = 20
) -> TableResult:
    """Return the passages of a corpus that speak to items of the theory; see `Corpus.evidence`."""
    if not 0 < least <= 1:
        raise SpecError("text_evidence_least", where=Where(key="least"), value=least)
    chosen = items() if wanted is None else [item(i) for i in ([wanted] if isinstance(wanted, str) else wanted)]
    phrases = [_phrase(i.id, p.text) for i in chosen for p in i.phrases]
    hits = _literal(folder, phrases)
    left = [k for k in range(len(phrases)) if not any(h.phrase == k for h in hits)]
    hits += _ranked(folder, phrases, left, least)
    rows = _rows(folder, phrases, hits, most, context)
    frame = pl.DataFrame(rows, schema=COLUMNS)
    answered = set(frame.filter(pl.col("match") != "none")["item"])
    values = {"items": len(chosen), "found": len(answered)}
    options = {"least": least, "most": most}
    return TableResult(frame, Method("text.evidence", options), (Note("text_evidence", "info", values),))


def _phrase(id: str, text: str) -> _Phrase:
    key = key_of(text, "loose")
    pairs = _pairs(key.codes)
    telling = pairs[~_filling(key.codes)]
    return _Phrase(id, text, key, np.unique(telling if telling.size else pairs))


def _pairs(codes: Codes) -> NDArray[np.int64]:
    wide = codes.astype(np.int64)
    return (wide[:-1] << SHIFT) | wide[1:]


def _filling(codes: Codes) -> NDArray[np.bool_]:
    idle = np.isin(codes, [ord(c) for c in FILLING])
    return np.asarray(idle[:-1] | idle[1:])


def _literal(folder: Path, phrases: Sequence[_Phrase]) -> list[_Hit]:
    """Return where phrases stand word for word, punctuation and blanks apart."""
    hits = []
    for part in batches(folder, "blocks", TEXT):
        texts = part["text"].to_list()
        joined = PARTED.join(t.replace(PARTED, " ") for t in texts)
        starts = np.concatenate([[0], np.cumsum([len(t) + 1 for t in texts])])
        hay = key_of(joined, "loose")
        held = hay.text
        for k, phrase in enumerate(phrases):
            for at in starts_in(held, phrase.key.text):
                start, end = int(hay.origin[at]), int(hay.origin[at + len(phrase.key.codes) - 1]) + 1
                row = int(np.searchsorted(starts, start, side="right")) - 1
                article, block = part.row(row)[:2]
                hits.append(_Hit(k, 1.0, article, block, start - int(starts[row]), end - int(starts[row])))
    return hits


@dataclass(frozen=True, slots=True, eq=False)
class _Sentences:
    """Sentences of a batch that hold pairs of phrases: ``int[H]`` which sentence and which pair, once each."""

    sentence: Places
    pair: Places
    first: Places
    last: Places
    part: pl.DataFrame
    starts: Places


def _ranked(folder: Path, phrases: Sequence[_Phrase], left: Sequence[int], least: float) -> list[_Hit]:
    """Return the sentences that hold most of what a phrase says, of phrases that stand nowhere themselves."""
    if not left:
        return []
    vocabulary = np.unique(np.concatenate([phrases[k].pairs for k in left]))
    frequency = np.zeros(len(vocabulary), dtype=np.int64)
    total = 0
    for found, count in _sentences(folder, vocabulary):
        frequency += np.bincount(found.pair, minlength=len(vocabulary))
        total += count
    weight = np.log((total + 1) / (frequency + 1)) + 1e-9
    shares = {k: np.where(np.isin(vocabulary, phrases[k].pairs), weight, 0.0) for k in left}
    hits: list[_Hit] = []
    for found, count in _sentences(folder, vocabulary):
        for k, share in shares.items():
            score = np.bincount(found.sentence, share[found.pair], minlength=count) / share.sum()
            hits += [_hit(k, float(score[s]), found, int(s)) for s in np.flatnonzero(score >= least)]
    return hits


def _hit(phrase: int, score: float, found: _Sentences, sentence: int) -> _Hit:
    start, end = int(found.first[sentence]), int(found.last[sentence])
    row = int(np.searchsorted(found.starts, start, side="right")) - 1
    article, block = found.part.row(row)[:2]
    return _Hit(phrase, score, article, block, start - int(found.starts[row]), end - int(found.starts[row]))


def _sentences(folder: Path, vocabulary: NDArray[np.int64]) -> Iterator[tuple[_Sentences, int]]:
    """Yield, batch by batch, which sentences hold which pairs, and how many sentences there are."""
    ends = np.array([ord(c) for c in STOPS + PARTED], dtype=np.uint32)
    for part in batches(folder, "blocks", TEXT):
        texts = part["text"].to_list()
        joined = PARTED.join(t.replace(PARTED, " ") for t in texts)
        starts = np.concatenate([[0], np.cumsum([len(t) + 1 for t in texts])])
        codes = key_of(joined, "exact").codes
        stops = np.flatnonzero(np.isin(codes, ends))
        first, last = _begun(codes, np.append(0, stops + 1)), np.append(stops, len(codes))
        key = key_of(joined, "loose")
        pairs = _pairs(key.codes)
        place = np.minimum(np.searchsorted(vocabulary, pairs), len(vocabulary) - 1)
        here = np.flatnonzero(vocabulary[place] == pairs)
        sentence = np.searchsorted(stops, key.origin[here])
        whole = sentence == np.searchsorted(stops, key.origin[here + 1])
        both = np.unique(sentence[whole] * len(vocabulary) + place[here][whole])
        found = _Sentences(both // len(vocabulary), both % len(vocabulary), first, last, part, starts)
        yield found, len(first)


def _begun(codes: Codes, first: Places) -> Places:
    """Return where sentences begin behind the marks that close the one before."""
    closing = np.append(np.isin(codes, [ord(c) for c in CLOSING]), False)
    while (late := closing[first]).any():
        first = first + late
    return first


def _rows(folder: Path, phrases: Sequence[_Phrase], hits: Sequence[_Hit], most: int, context: int) -> list[Row]:
    best = [
        hit
        for k in range(len(phrases))
        for hit in sorted((h for h in hits if h.phrase == k), key=lambda h: (-h.score, h.article, h.block, h.start))[
            :most
        ]
    ]
    blocks, articles = _read(folder, best)
    rows: list[Row] = []
    for k, phrase in enumerate(phrases):
        told: dict[str, Any] = {"item": phrase.item, "phrase": phrase.text}
        own = [h for h in best if h.phrase == k]
        if not own:
            rows.append(dict.fromkeys(COLUMNS) | told | {"match": "none"})
        for h in own:
            block = blocks[h.article, h.block]
            found = passage(articles[h.article], block, runs_of(block), h.start, h.end, context)
            rows.append(told | {"match": "phrase" if h.score == 1.0 else "terms", "score": h.score} | found)
    return rows


def _read(folder: Path, hits: Sequence[_Hit]) -> tuple[dict[tuple[str, int], Row], dict[str, Row]]:
    """Return the blocks and articles of passages."""
    names = list({h.article for h in hits})
    blocks = scan(folder, "blocks").filter(pl.col("article").is_in(names)).collect()
    articles = table(folder, "articles").filter(pl.col("id").is_in(names))
    told = with_metadata(articles, table(folder, "metadata"))
    rows = {(r["article"], r["block"]): r for r in blocks.iter_rows(named=True)}
    return rows, {r["id"]: r for r in told.iter_rows(named=True)}
