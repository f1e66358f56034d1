"""Parts of the texts of a corpus by kind: direct quotations, headings, articles that repeat another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import polars as pl

from nqpf.columns import choose
from nqpf.text.copies.duplicates import duplicates
from nqpf.text.quoted.quotations import quotations

SpanKind = Literal["quotation", "heading", "duplicate"]
KINDS: tuple[SpanKind, ...] = get_args(SpanKind)
SCHEMA = {"id": pl.String, "start": pl.Int64, "end": pl.Int64, "kind": pl.String}
COUNTED: dict[str, tuple[str, SpanKind]] = {
    "quoted": ("all", "quotation"),
    "headings": ("with", "heading"),
    "duplicates": ("with", "duplicate"),
}
"""Options of counting that go by parts of texts: the word that asks for none, and the kind of part."""


def spans_of(texts: pl.DataFrame, blocks: pl.DataFrame, kinds: Sequence[SpanKind]) -> pl.DataFrame:
    """Return parts of texts: id, start, end (characters of the text), kind.

    Parameters
    ----------
    texts, blocks
        `Corpus.texts`, and the blocks they are made of in their order.
    kinds
        ``quotation``: direct ones; ``heading``; ``duplicate``: the whole of an article that repeats another.
    """
    for kind in kinds:
        choose("kinds", kind, KINDS)
    found = [pl.DataFrame(schema=SCHEMA)]
    if "quotation" in kinds:
        direct = quotations(texts, date="date", kinds=("direct",)).frame.rename({"article": "id"})
        found.append(direct.select("id", "start", "end", pl.lit("quotation").alias("kind")))
    if "heading" in kinds:
        length = pl.col("text").str.len_chars().cast(pl.Int64)
        placed = blocks.with_columns(end=(length + 1).cum_sum().over("article") - 1, start=pl.lit(0))
        headings = placed.filter(kind="heading").with_columns(start=pl.col("end") - length)
        found.append(headings.select(pl.col("article").alias("id"), "start", "end", "kind"))
    if "duplicate" in kinds:
        surplus = texts.filter(pl.col("id").is_in(list(duplicates(texts).surplus)))
        end = pl.col("text").str.len_chars().cast(pl.Int64)
        found.append(
            surplus.select("id", pl.lit(0).alias("start"), end.alias("end"), pl.lit("duplicate").alias("kind"))
        )
    return pl.concat([part.cast(SCHEMA) for part in found])  # type: ignore[arg-type]
