"""The verb ``nqpf text``: what it does for each action, as lines to print and a table to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from nqpf.errors import SpecError, Where
from nqpf.messages import Text, say
from nqpf.results import Note
from nqpf.text.corpus import Corpus

Answer = tuple[list[Text], pl.DataFrame | None]

WANTED = {"ingest": "FILES", "search": "WORDS", "quote": "QUOTATION", "count": "DICTIONARY"}
"""What an action needs."""
CONTEXT = 20
"""Characters shown before and after a place."""
LISTED, MORE = "text_refused", "quote_more_places"
"""Remarks that say no more than the lines do."""


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
        Options of `Corpus.ingest` (metadata, corrections, encoding) and of `Corpus.search` (match, region, year).
    limit
        Most places that are listed.

    Raises
    ------
    NqpfError
        As the corpus says; a SpecError where words are missing or `limit` is below 1.
    """
    if action in WANTED and not words:
        raise SpecError("usage", problem=say("cli.missing_argument", word=WANTED[action]), hint="")
    if limit < 1:
        raise SpecError("text_search_limit", where=Where(key="--limit"), value=limit)
    if action == "ingest":
        return _ingest([Path(word) for word in words], folder, options, limit)
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


def _ingest(paths: Sequence[Path], folder: Path, options: Mapping[str, Any], limit: int) -> Answer:
    names = ("metadata", "corrections", "encoding")
    known = {name: options[name] for name in names if options.get(name) is not None}
    with Console(stderr=True).status("") as status:

        def told(done: int, all: int) -> None:
            working = say("cli.text.progress", done=done, all=all) if done < all else say("cli.text.indexing")
            status.update(str(working))

        corpus = Corpus.ingest(list(paths), folder, progress=told, **known)
    articles = corpus.articles
    counts = {"articles": articles.height, "untitled": articles["title"].null_count()}
    lines = [say("cli.text.ingested", files=corpus.sources.height, folder=str(folder), **counts)]
    lines += [note.text() for note in corpus.notes if note.code != LISTED]
    lines += [
        say("cli.text.refused", file=row["file"], reason=Text(row["reason_zh"], row["reason_en"]))
        for row in corpus.refusals.iter_rows(named=True)
    ]
    doubts = corpus.remarks.filter(severity="warning")
    lines += [say("cli.text.remark", text=Text(zh, en)) for zh, en in doubts.select("zh", "en").head(limit).iter_rows()]
    return [*lines, *_more(doubts.height - limit)], articles


def _search(corpus: Corpus, query: str, options: Mapping[str, Any], limit: int) -> Answer:
    asked = {name: options[name] for name in ("match", "region", "year") if options.get(name) is not None}
    found = corpus.search(query, limit=limit, context=CONTEXT, **asked)
    more = any(note.code == "text_search_more" for note in found.notes)
    count = found.frame.height
    head = say("cli.text.found", words=query, count=count) if count else say("cli.text.nowhere", words=query)
    lines = [say("cli.text.found_first", words=query, count=count) if more else head]
    lines += [_place(row) for row in found.frame.iter_rows(named=True)]
    return [*lines, *_remarks(n for n in found.notes if n.code != "text_search_more")], found.frame


def _place(row: Mapping[str, Any]) -> Text:
    """Return words with what stands before and after them, and where; … says that the paragraph goes on."""
    before, after = (f"…{side}" if len(side) == CONTEXT else side for side in (row["before"], row["after"][::-1]))
    cite = Text(row["cite_zh"], row["cite_en"])
    return say("cli.text.place", before=before, text=row["text"], after=after[::-1], cite=cite)


def _quote(corpus: Corpus, quote: str, limit: int) -> Answer:
    found = corpus.check_quote(quote, most=limit)
    lines = [found.text()]
    for row in found.hits.head(limit).iter_rows(named=True):
        lines.append(_statement(row) if row["kind"] == "statement" else _hit(corpus, row))
        if row["verdict"] in ("altered", "punctuation"):
            lines += [_edit(*edit) for edit in _edits(found.edits, row["hit"]).head(limit).iter_rows()]
    return [*lines, *_more(found.places - limit), *_remarks(n for n in found.notes if n.code != MORE)], found.hits


def _statement(row: Mapping[str, Any]) -> Text:
    date, occasion = row["date"] or say("cli.text.undated"), row["occasion"] or say("cli.text.no_occasion")
    return say("cli.text.statement", **{**row, "date": date, "occasion": occasion})


def _hit(corpus: Corpus, row: Mapping[str, Any]) -> Text:
    """Return a passage of an article; one over several paragraphs is cited by its first."""
    block, at = corpus.spot(row["id"], row["start"])
    end = min(at + row["end"] - row["start"], len(corpus.article(row["id"]).blocks[block].text))
    return say("cli.text.hit", text=row["text"], cite=corpus.cite(row["id"], block, at, end, words=False))


def _edits(edits: pl.DataFrame, hit: int) -> pl.DataFrame:
    """Return what differs at a place: the words; where only signs do, the signs."""
    own = edits.filter(hit=hit)
    words = own.filter(~pl.col("punctuation"))
    return (words if words.height else own).select("quoted", "source")


def _edit(quoted: str, source: str) -> Text:
    if not quoted:
        return say("cli.text.dropped", source=source)
    return say("cli.text.replaced", quoted=quoted, source=source) if source else say("cli.text.added", quoted=quoted)


def _count(corpus: Corpus, dictionary: str, limit: int) -> Answer:
    found = corpus.count(dictionary, by=[])
    name, whole = found.dictionary.label, found.total.row(0, named=True) if found.total.height else {}
    if not whole.get("size"):
        return [say("cli.text.nothing", name=name), *_remarks(found.notes)], found.terms
    there = found.terms.filter(pl.col("count") > 0).sort("count", descending=True, maintain_order=True)
    counts = {"terms": found.terms.height, "found": there.height, "count": whole["count"], "rate": whole["rate"]}
    lines = [say("cli.text.dictionary", name=name, characters=whole["size"], **counts)]
    lines += [
        say("cli.text.term", term=row["term"], count=row["count"], rate=row["rate"])
        for row in there.head(limit).iter_rows(named=True)
    ]
    return [*lines, *_more(there.height - limit), *_remarks(found.notes)], found.terms


def _evidence(corpus: Corpus, items: list[str], limit: int) -> Answer:
    found = corpus.evidence(items or None)
    frame = found.frame if items else found.frame.sort(pl.col("match") == "none", maintain_order=True)
    lines = list(_passages(frame.head(limit)))
    return [*lines, *_more(frame.height - limit), *_remarks(found.notes)], found.frame


def _passages(frame: pl.DataFrame) -> Iterator[Text]:
    """Yield each phrase of an item, and below it the passages that were found."""
    last = None
    for row in frame.iter_rows(named=True):
        phrase = (row["item"], row["phrase"])
        if phrase != last:
            yield _head(row)
        last = phrase
        if row["match"] != "none":
            yield _place(row)


def _head(row: Mapping[str, Any]) -> Text:
    head = say("cli.text.item", item=row["item"], phrase=row["phrase"])
    if row["match"] == "terms":
        return say("cli.text.item_like", head=head, score=100 * row["score"])
    return say("cli.text.item_whole", head=head) if row["match"] == "phrase" else say("cli.text.item_none", head=head)


def _duplicates(corpus: Corpus, limit: int) -> Answer:
    found = corpus.duplicates
    titles = dict(corpus.articles.select("id", "title").iter_rows())
    if not found.pairs.height:
        return [say("cli.text.no_pair", count=found.texts), *_remarks(found.notes)], found.pairs
    lines = [say("cli.text.pairs", count=found.texts, pairs=found.pairs.height)]
    for row in found.pairs.head(limit).iter_rows(named=True):
        shares = {"one": 100 * row["containment_1"], "other": 100 * row["containment_2"], "jaccard": row["jaccard"]}
        first, second = (_named(titles, row[id]) for id in ("id_1", "id_2"))
        kind = say(f"texts.copy.{row['kind']}")
        lines.append(say("cli.text.pair", first=first, second=second, kind=kind, **shares))
    return [*lines, *_more(found.pairs.height - limit), *_remarks(found.notes)], found.pairs


def _named(titles: Mapping[str, str | None], id: str) -> Text:
    title = titles.get(id)
    return Text.same(id) if title is None else Text(f"{id}《{title}》", f"{id} “{title}”")


def _more(count: int) -> list[Text]:
    return [say("cli.text.more", count=count)] if count > 0 else []


def _remarks(notes: Sequence[Note] | Iterator[Note]) -> Iterator[Text]:
    return (say("cli.text.remark", text=note.text()) for note in notes)
