"""Passages that were found, as rows: article, place, the words with some before and after, and the citation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from nqpf.messages import Text
from nqpf.text.store.cite import Head, citation
from nqpf.text.store.runs import Runs

SCHEMA: Mapping[str, Any] = {
    "article": pl.String,
    "title": pl.String,
    "file": pl.String,
    "region": pl.String,
    "date": pl.String,
    "block": pl.Int64,
    "paragraph": pl.Int64,
    "start": pl.Int64,
    "end": pl.Int64,
    "page": pl.Int64,
    "line": pl.Int64,
    "column": pl.Int64,
    "before": pl.String,
    "text": pl.String,
    "after": pl.String,
    "cite_zh": pl.String,
    "cite_en": pl.String,
}
"""Columns of a table of passages; `start` and `end` count the characters of the block."""

Row = dict[str, Any]


def passage(article: Row, block: Row, runs: Runs, start: int, end: int, context: int) -> Row:
    """Return the row of a passage.

    Parameters
    ----------
    article
        Row with id, title, authors (joined by 、, or a list), date, outlet, region.
    block
        Row with file, block, kind, paragraph, text.
    runs
        Places of the block's characters.
    start, end
        The passage in the block.
    context
        Characters before and after it.
    """
    text = block["text"]
    first, last = runs.place(block["file"], start), runs.place(block["file"], end - 1)
    said = citation(_head(article), block["kind"], block["paragraph"], first, last)
    return {
        "article": article["id"],
        "title": article["title"],
        "file": block["file"],
        "region": article["region"],
        "date": article["date"],
        "block": block["block"],
        "paragraph": block["paragraph"],
        "start": start,
        "end": end,
        "page": first.page,
        "line": first.line,
        "column": first.column,
        "before": text[max(start - context, 0) : start],
        "text": text[start:end],
        "after": text[end : end + context],
        "cite_zh": said.zh,
        "cite_en": said.en,
    }


def cited(article: Row, block: Row, runs: Runs, start: int, end: int, words: bool) -> Text:
    """Return the citation of a passage, with its words or without."""
    first, last = runs.place(block["file"], start), runs.place(block["file"], end - 1)
    said = block["text"][start:end] if words else None
    return citation(_head(article), block["kind"], block["paragraph"], first, last, said)


def passages(rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows of passages as a table."""
    return pl.DataFrame(rows, schema=dict(SCHEMA))


def _head(article: Row) -> Head:
    authors = article["authors"]
    listed = authors.split("、") if isinstance(authors, str) else list(authors or [])
    return Head(article["title"], [a for a in listed if a], article["outlet"], article["date"])
