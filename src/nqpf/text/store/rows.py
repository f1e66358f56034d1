"""Articles as rows of the tables of a corpus, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from pydantic import TypeAdapter

from nqpf.text.article import Article, Block
from nqpf.text.reading.marked import places
from nqpf.text.source import Cleaned, Source
from nqpf.text.store.folder import SCHEMAS
from nqpf.text.store.runs import Runs


def article_rows(articles: Sequence[Article], source: Source) -> pl.DataFrame:
    """Return a row an article."""
    return pl.DataFrame([_article_row(a, source) for a in articles], schema=dict(SCHEMAS["articles"]))


def _article_row(article: Article, source: Source) -> dict[str, Any]:
    title = article.title
    return {
        "id": article.id,
        "file": article.file,
        "title": title.value if title else None,
        "title_confidence": title.confidence if title else None,
        "title_reason_zh": title.reason.zh if title else None,
        "title_reason_en": title.reason.en if title else None,
        "authors": [author.value for author in article.authors],
        "affiliations": [affiliation.value for affiliation in article.affiliations],
        "date": article.date.value if article.date else None,
        "outlet": article.outlet.value if article.outlet else None,
        "blocks": len(article.blocks),
        "chars": sum(len(block.text) for block in article.blocks),
        "lines": _lines(article, source),
        "flags": list(dict.fromkeys(flag.kind for flag in article.flags)),
        "record": _adapter().dump_json(replace(article, blocks=())).decode("utf-8"),
    }


def _lines(article: Article, source: Source) -> str:
    """Return the ranges of lines of an article as the file counts them."""
    if not article.lines:
        return ""
    own = np.clip(np.array(article.lines, dtype=np.int64) - 1, 0, len(source.starts) - 1)
    found = places(source, source.starts[own.ravel()]).line.reshape(-1, 2)
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found.tolist())


def block_rows(articles: Sequence[Article], source: Source) -> pl.DataFrame:
    """Return a row a block, with the places of its characters."""
    rows = [
        {
            "article": article.id,
            "file": article.file,
            "block": number,
            "kind": block.kind,
            "level": block.level,
            "run_in": block.run_in,
            "paragraph": paragraph,
            "diagram": diagram,
            "text": block.text,
            **_places(Runs.of(block.origin, source)),
        }
        for article in articles
        for number, (block, paragraph, diagram) in enumerate(_numbered(article))
    ]
    return pl.DataFrame(rows, schema=dict(SCHEMAS["blocks"]))


def _numbered(article: Article) -> Iterator[tuple[Block, int, int | None]]:
    """Yield each block with its number among the paragraphs (else that of the paragraph before) and its diagram's."""
    paragraph = 0
    for block in article.blocks:
        paragraph += block.kind == "paragraph"
        yield block, paragraph, None
    for diagram, drawn in enumerate(article.diagrams, start=1):
        yield from ((block, paragraph, diagram) for block in drawn.blocks)


def _places(runs: Runs) -> dict[str, Any]:
    return {
        "at": runs.at,
        "raw": runs.raw,
        "line": runs.line,
        "column": runs.column,
        "page": runs.page,
        "box": None if runs.box is None else runs.box.ravel(),
    }


def edit_rows(cleaned: Cleaned) -> pl.DataFrame:
    """Return the ledger of a file, lines and columns as the file counts them."""
    edits = cleaned.edits.with_columns(pl.lit(cleaned.source.file).alias("file"))
    found = places(cleaned.source, edits["start"].cast(pl.Int64).to_numpy())
    edits = edits.with_columns(pl.Series("line", found.line), pl.Series("column", found.column))
    return edits.select(pl.col(c).cast(kind) for c, kind in SCHEMAS["edits"].items())


def renamed(articles: Sequence[Article], stem: str) -> tuple[Article, ...]:
    """Return articles whose names begin with another stem than that of their file."""
    return tuple(replace(a, id=stem + re.sub(r"^.*(?=-[^-]*$)", "", a.id)) for a in articles)


def runs_of(row: dict[str, Any]) -> Runs:
    """Return the places of the characters of a row of ``blocks``."""
    page, box = row["page"], row["box"]
    at, raw, line, column = (np.array(row[c], dtype=np.int32) for c in ("at", "raw", "line", "column"))
    return Runs(
        at,
        raw,
        line,
        column,
        None if page is None else np.array(page, dtype=np.int32),
        None if box is None else np.array(box, dtype=np.float32).reshape(-1, 4),
    )


def article_of(record: str, blocks: pl.DataFrame) -> Article:
    """Return an article as it was before it became rows."""
    found = tuple(
        Block(r["kind"], r["text"], np.array(runs_of(r).origin(len(r["text"]))), r["level"], r["run_in"])
        for r in blocks.filter(pl.col("diagram").is_null()).sort("block").iter_rows(named=True)
    )
    return replace(_adapter().validate_json(record), blocks=found)


@cache
def _adapter() -> TypeAdapter[Article]:
    return TypeAdapter(Article)
