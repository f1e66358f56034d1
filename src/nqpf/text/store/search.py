"""Search in a corpus: every place where words stand, by the index or, with less than two characters, without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import say
from nqpf.results import Method, Note, TableResult
from nqpf.text.cleaning.search_key import MATCHES, PARTED, Key, Match, key_of
from nqpf.text.quoted.quotations import quotations
from nqpf.text.store.folder import batches, table
from nqpf.text.store.grams import phrase
from nqpf.text.store.index import ARTICLE, available, is_current, opened
from nqpf.text.store.metadata import with_metadata
from nqpf.text.store.passages import Row, passage, passages
from nqpf.text.store.rows import runs_of
from nqpf.text.store.runs import Runs

Words = Literal["all", "own", "quoted"]
WORDS = ("all", "own", "quoted")
SCANNED = ("article", "file", "block", "kind", "paragraph", "text", "at", "raw", "line", "column", "page", "box")
FILTERS = {
    "region": say("text.search.region"),
    "year": say("text.search.year"),
    "file": say("text.search.file"),
    "id": say("text.search.id"),
}
"""What places may be limited to."""
BATCH = 4096
TOGETHER = 64
"""Blocks whose quotations are looked for at a time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched: the query and its key, how it is compared, and in which articles and words."""

    query: str
    key: Key
    match: Match
    words: Words
    filters: dict[str, tuple[Any, ...]]


def search(
    folder: Path,
    query: str,
    *,
    match: Match = "folded",
    region: str | Sequence[str] | None = None,
    year: int | Iterable[int] | None = None,
    file: str | Sequence[str] | None = None,
    article: str | Sequence[str] | None = None,
    words: Words = "all",
    context: int = 20,
    limit: int | None = 100,
) -> TableResult:
    """Return where a query stands in the corpus of a folder; see `Corpus.search`."""
    choose("match", match, MATCHES)
    choose("words", words, WORDS)
    if limit is not None and limit < 1:
        raise SpecError("text_search_limit", where=Where(key="limit"), value=limit)
    query = query.strip()
    key = key_of(query, match)
    if not len(key):
        raise SpecError("text_query_empty", where=Where(key="query"), query=query)
    filters = {"region": region, "year": year, "file": file, "id": article}
    wanted = Wanted(query, key, match, words, {k: _several(v) for k, v in filters.items() if v is not None})
    loose = key_of(query, "loose")
    by_index = len(loose) >= 2 and is_current(folder)
    found = _indexed(folder, wanted, phrase(loose.codes)) if by_index else _scanned(folder, wanted)
    rows = list(islice(_rows(found, wanted, context), None if limit is None else limit + 1))
    more = limit is not None and len(rows) > limit
    notes = _notes(len(loose), by_index, more, limit)
    notes += () if rows else tuple(_unknown(folder, filters))
    options = {"match": match, "words": words, "limit": limit, **wanted.filters}
    frame = passages(rows[:limit]).sort("file", "article", "block", "start", maintain_order=True)
    return TableResult(frame, Method("text.search", options), notes)


def _several(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, str | int) else tuple(value)


def _notes(length: int, by_index: bool, more: bool, limit: int | None) -> tuple[Note, ...]:
    notes = []
    if not by_index:
        cause = "text_search_short" if length < 2 else "text_search_no_index" if available() else "text_search_no_fts"
        notes.append(Note(cause, "info"))
    if more:
        notes.append(Note("text_search_more", "info", {"limit": limit}))
    return tuple(notes)


def _unknown(folder: Path, filters: Mapping[str, Any]) -> Iterator[Note]:
    """Yield what was asked for that no article has, which may be why nothing was found."""
    if all(given is None for given in filters.values()):
        return
    articles = with_metadata(table(folder, "articles"), table(folder, "metadata"))
    for column, given in filters.items():
        known = articles[column].drop_nulls().unique().sort().to_list()
        for value in () if given is None else _several(given):
            if value not in known:
                near = hint(str(value), [str(one) for one in known])
                values = {"what": FILTERS[column], "value": value, "options": listing(known), "hint": near}
                yield Note("text_search_unknown", "warning", values)


Found = tuple[Row, Row, list[tuple[int, int]], Runs | Row]


def _indexed(folder: Path, wanted: Wanted, words: str) -> Iterator[Found]:
    """Yield the blocks that the index knows to hold the pairs of the query, where the query itself stands in them."""
    where, values = _conditions(wanted)
    columns = ", ".join(f"article.{c}" for c in ARTICLE)
    sql = (
        f"SELECT block.id, block.article, block.file, block.block, block.kind, block.paragraph, block.text, block.runs,"
        f" block.pages, block.boxes, {columns} FROM grams CROSS JOIN piece ON piece.id = grams.rowid"
        f" CROSS JOIN block ON block.id = piece.block CROSS JOIN article ON article.id = block.article"
        f" WHERE grams MATCH ?{where} ORDER BY grams.rowid"
    )
    with opened(folder) as base:
        last = None
        for id, *values_of_block in base.execute(sql, (words, *values)):
            if id == last:
                continue
            last = id
            names = ("article", "file", "block", "kind", "paragraph", "text")
            block = dict(zip(names, values_of_block[:6], strict=True))
            article = dict(zip(ARTICLE, values_of_block[9:], strict=True))
            spans = spans_in(block["text"], wanted.key, wanted.match)
            if spans:
                yield article, block, spans, Runs.unpacked(*values_of_block[6:9])


def _conditions(wanted: Wanted) -> tuple[str, list[Any]]:
    where = ""
    values: list[Any] = []
    for column, options in wanted.filters.items():
        owner = "block" if column == "file" else "article"
        where += f" AND {owner}.{column} IN ({', '.join('?' * len(options))})"
        values += options
    return where, values


def _scanned(folder: Path, wanted: Wanted) -> Iterator[Found]:
    """Yield the blocks that hold the query, all blocks gone through."""
    articles = with_metadata(table(folder, "articles"), table(folder, "metadata"))
    for column, options in wanted.filters.items():
        articles = articles.filter(pl.col(column).is_in(options))
    known = {row["id"]: row for row in articles.iter_rows(named=True)}
    if not known:
        return
    for part in batches(folder, "blocks", SCANNED, BATCH):
        chosen = part.filter(pl.col("article").is_in(list(known))) if wanted.filters else part
        for number, spans in _hits(chosen["text"].to_list(), wanted).items():
            row = chosen.row(number, named=True)
            yield known[row["article"]], row, spans, row


def _hits(texts: Sequence[str], wanted: Wanted) -> dict[int, list[tuple[int, int]]]:
    """Return where the query stands in each of many texts, which are folded together."""
    found: dict[int, list[tuple[int, int]]] = {}
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    number = 0
    joined = PARTED.join(t.replace(PARTED, " ") for t in texts)
    for start, end in spans_in(joined, wanted.key, wanted.match):
        while starts[number + 1] <= start:
            number += 1
        found.setdefault(number, []).append((start - starts[number], end - starts[number]))
    return found


def spans_in(text: str, wanted: Key, match: Match) -> list[tuple[int, int]]:
    """Return every place where a query stands in a text, also where places overlap.

    Parameters
    ----------
    text
        The text.
    wanted
        Key of the query.
    match
        How both were folded.
    """
    needle = wanted.text
    if match == "exact":
        return [(at, at + len(needle)) for at in starts_in(text, needle)]
    key = key_of(text, match)
    last = len(needle) - 1
    return [(int(key.origin[at]), int(key.origin[at + last]) + 1) for at in starts_in(key.text, needle)]


def starts_in(text: str, needle: str) -> list[int]:
    """Return where a string begins in a text, also where its places overlap."""
    found = []
    at = text.find(needle)
    while at >= 0:
        found.append(at)
        at = text.find(needle, at + 1)
    return found


def _rows(found: Iterator[Found], wanted: Wanted, context: int) -> Iterator[Row]:
    while part := list(islice(found, 1 if wanted.words == "all" else TOGETHER)):
        quoted = [] if wanted.words == "all" else quoted_spans([block["text"] for _, block, _, _ in part])
        for number, (article, block, spans, runs) in enumerate(part):
            places = runs if isinstance(runs, Runs) else runs_of(runs)
            for start, end in spans:
                if wanted.words == "all" or _inside(quoted[number], start, end) == (wanted.words == "quoted"):
                    yield passage(article, block, places, start, end, context)


def _inside(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def quoted_spans(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """Return the direct quotations in each of some blocks; terms in quotation marks are none."""
    names = [str(number) for number in range(len(texts))]
    found = quotations({"id": names, "text": list(texts)}, kinds=("direct",)).frame
    spans: list[list[tuple[int, int]]] = [[] for _ in texts]
    for name, start, end in found.select("article", "start", "end").iter_rows():
        spans[int(name)].append((start, end))
    return spans
