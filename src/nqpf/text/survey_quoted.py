"""Official statements in a study's texts: how often each is quoted, how exactly, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from nqpf.messages import Text
from nqpf.results import Method, Note, Result
from nqpf.text.corpus import Corpus
from nqpf.text.quoted.check import check_quote
from nqpf.text.quoted.quotations import quotations
from nqpf.text.quoted.statements import Statements

VERDICTS = ("exact", "punctuation", "ellipsis", "altered")
EDITS_SHOWN = 6
"""Differences of a quotation that are written out; the rest is counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Quoted(Result):
    """Quotations, and those of official statements.

    Attributes
    ----------
    quotations
        As `nqpf.text.quotations`, with unit and year.
    timeline
        A row a statement that is quoted, the earliest first: statement, date, speaker, occasion, text, source,
        articles, then how many direct quotations of it are exact, punctuation, ellipsis, altered, and unmarked (those
        without quotation marks).
    altered
        A row a direct quotation that is not as its statement: article, unit, text, statement, source, changed
        (characters; null where the quotation holds more than the statement), edits (quoted → source), cite_zh, cite_en.
    method, notes
        How they came about, and remarks.
    """

    quotations: pl.DataFrame
    timeline: pl.DataFrame
    altered: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return `quotations`."""
        return self.quotations


def quoted(corpus: Corpus, texts: pl.DataFrame, official: Statements) -> Quoted:
    """Return the quotations of texts, and what they make of official statements.

    Parameters
    ----------
    corpus
        Where the places of the texts are known.
    texts
        Its texts with the column unit.
    official
        The statements.

    Raises
    ------
    DataError
        As `nqpf.text.quotations`.
    """
    found = quotations(texts, date="date", statements=official)
    known = texts.select("id", "unit", "year")
    frame = found.frame.join(known, left_on="article", right_on="id", how="left", maintain_order="left")
    return Quoted(frame, _timeline(frame, official), _altered(corpus, frame, official), found.method, found.notes)


def _timeline(frame: pl.DataFrame, official: Statements) -> pl.DataFrame:
    direct = pl.col("kind") == "direct"
    counts = frame.drop_nulls("statement").group_by("statement").agg(
        pl.col("article").n_unique().cast(pl.Int64).alias("articles"),
        *((direct & (pl.col("match") == verdict)).sum().cast(pl.Int64).alias(verdict) for verdict in VERDICTS),
        (~direct).sum().cast(pl.Int64).alias("unmarked"),
    )  # fmt: skip
    said = official.to_frame().select(pl.col("id").alias("statement"), "date", "speaker", "occasion", "text", "source")
    return said.join(counts, on="statement", maintain_order="left").sort(
        "date", "statement", nulls_last=True, maintain_order=True
    )


def _altered(corpus: Corpus, frame: pl.DataFrame, official: Statements) -> pl.DataFrame:
    rows = []
    for row in frame.filter(pl.col("match") == "altered", pl.col("kind") == "direct").iter_rows(named=True):
        check = check_quote(row["text"], statements=official, least=1)
        hit = check.hits.filter(id=row["statement"]).head(1)
        edits = check.edits.filter(pl.col("hit").is_in(hit["hit"].implode()) & ~pl.col("punctuation"))
        pairs = [f"{old or '∅'} → {new or '∅'}" for old, new in edits.select("quoted", "source").iter_rows()]
        more = f" · … +{len(pairs) - EDITS_SHOWN}" if len(pairs) > EDITS_SHOWN else ""
        cite = _cite(corpus, row["article"], row["start"], row["end"])
        source = official.items[row["statement"]].text
        changed = hit["changed"].item() if hit.height else None
        rows.append((row["article"], row["unit"], row["text"], row["statement"], source, changed,
                     " · ".join(pairs[:EDITS_SHOWN]) + more if pairs else None, cite.zh, cite.en))  # fmt: skip
    schema = dict.fromkeys(("article", "unit", "text", "statement", "source"), pl.String) | {"changed": pl.Int64}
    schema |= dict.fromkeys(("edits", "cite_zh", "cite_en"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _cite(corpus: Corpus, article: str, start: int, end: int) -> Text:
    """Return where characters of a text stand; a quotation over several paragraphs by its first one."""
    block, at = corpus.spot(article, start)
    length = len(corpus.article(article).blocks[block].text)
    return corpus.cite(article, block, at, min(at + end - start, length), words=False)
