"""The verb ``nqpf text``: what it does for each action, as lines to print and a table to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.errors import SpecError
from nqpf.messages import Text, say
from nqpf.results import Note
from nqpf.text.corpus import Corpus

Answer = tuple[list[Text], pl.DataFrame | None]


def answer(action: str, words: Sequence[str], folder: Path, options: Mapping[str, Any], limit: int) -> Answer:
    """Return what an action says, and its table.

    Parameters
    ----------
    action
        ``ingest``, ``search``, ``quote``, ``count``, ``evidence`` or ``duplicates``.
    words
        Files, what is looked for, a quotation, a dictionary, or ids of theory items.
    folder
        The corpus.
    options
        Options of `Corpus.ingest` (metadata, corrections) and of `Corpus.search` (match, region, year).
    limit
        Most places that are listed.

    Raises
    ------
    NqpfError
        As the corpus says; a SpecError where words are missing.
    """
    if action in ("ingest", "search", "quote", "count") and not words:
        raise SpecError("usage", problem=say("cli.missing_argument", word=WANTED[action]), hint="")
    if action == "ingest":
        return _ingest([Path(word) for word in words], folder, options)
    corpus = Corpus.open(folder)
    if action == "search":
        return _search(corpus, " ".join(words), options, limit)
    if action == "quote":
        return _quote(corpus, " ".join(words), limit)
    if action == "count":
        return _count(corpus, words[0], limit)
    if action == "evidence":
        return _evidence(corpus, list(words), limit)
    return _duplicates(corpus, limit)


WANTED = {"ingest": "FILES", "search": "WORDS", "quote": "QUOTATION", "count": "DICTIONARY"}
"""What an action needs."""


def _ingest(paths: Sequence[Path], folder: Path, options: Mapping[str, Any]) -> Answer:
    known = {name: options[name] for name in ("metadata", "corrections") if options.get(name) is not None}
    corpus = Corpus.ingest(list(paths), folder, **known)
    articles = corpus.articles
    untitled = articles["title"].null_count()
    lines = [say("cli.text.ingested", files=corpus.sources.height, articles=articles.height, untitled=untitled,
                 folder=str(folder))]  # fmt: skip
    refused = corpus.refusals
    lines += [
        say("cli.text.refused", file=row["file"], reason=Text(row["reason_zh"], row["reason_en"]))
        for row in refused.iter_rows(named=True)
    ]
    return [*lines, *_remarks(corpus.notes)], articles


def _search(corpus: Corpus, query: str, options: Mapping[str, Any], limit: int) -> Answer:
    asked = {name: options[name] for name in ("match", "region", "year") if options.get(name) is not None}
    found = corpus.search(query, limit=limit, **asked)
    lines = [_place(row) for row in found.frame.iter_rows(named=True)]
    return [*(lines or [say("cli.text.nowhere", words=query)]), *_remarks(found.notes)], found.frame


def _place(row: Mapping[str, Any]) -> Text:
    cite = Text(row["cite_zh"], row["cite_en"])
    return say("cli.text.place", cite=cite, before=row["before"], text=row["text"], after=row["after"])


def _quote(corpus: Corpus, quote: str, limit: int) -> Answer:
    found = corpus.check_quote(quote)
    lines = [found.text()]
    for row in found.hits.head(limit).iter_rows(named=True):
        where = row["source"] if row["kind"] == "statement" else row["id"]
        lines.append(say("cli.text.hit", where=where, text=row["text"]))
    for row in found.edits.filter(pl.col("hit") == 1).head(limit).iter_rows(named=True):
        lines.append(say("cli.text.edit", quoted=row["quoted"] or "—", source=row["source"] or "—"))
    return [*lines, *_remarks(found.notes)], found.hits


def _count(corpus: Corpus, dictionary: str, limit: int) -> Answer:
    found = corpus.count(dictionary, by=[])
    top = found.terms.sort("count", descending=True, maintain_order=True).head(limit)
    lines = [
        say("cli.text.term", term=row["term"], count=row["count"], rate=row["rate"])
        for row in top.iter_rows(named=True)
        if row["count"]
    ]
    return [say("cli.text.dictionary", name=found.dictionary.label), *lines, *_remarks(found.notes)], found.terms


def _evidence(corpus: Corpus, items: list[str], limit: int) -> Answer:
    found = corpus.evidence(items or None)
    lines = []
    for row in found.frame.head(limit).iter_rows(named=True):
        head = say("cli.text.item", item=row["item"], phrase=row["phrase"])
        lines.append(Text.join([head, say("cli.text.no_passage") if row["match"] == "none" else _place(row)], "", " "))
    return [*lines, *_remarks(found.notes)], found.frame


def _duplicates(corpus: Corpus, limit: int) -> Answer:
    found = corpus.duplicates
    titles = dict(corpus.articles.select("id", "title").iter_rows())
    lines = [
        say("cli.text.pair", first=_named(titles, row["id_1"]), second=_named(titles, row["id_2"]),
            jaccard=row["jaccard"])
        for row in found.pairs.head(limit).iter_rows(named=True)
    ]  # fmt: skip
    return [*(lines or [say("cli.text.no_pair", count=found.texts)]), *_remarks(found.notes)], found.pairs


def _named(titles: Mapping[str, str | None], id: str) -> str:
    title = titles.get(id)
    return f"{id} {title}" if title else id


def _remarks(notes: Sequence[Note]) -> Iterator[Text]:
    return (note.text() for note in notes if note.severity == "warning")
