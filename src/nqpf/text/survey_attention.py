"""Attention of a study's texts: terms by article, own words apart from quoted, added up by region, year or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from nqpf.results import Method, Note, Result
from nqpf.text.measuring.count import CountResult, count
from nqpf.text.measuring.dictionary import Dictionary
from nqpf.text.measuring.options import Counting
from nqpf.text.measuring.remarks import SHORT

BY_ARTICLE = ("measure_short", "measure_empty")
"""Remarks of counting on single articles: here those that repeat others are empty, and none is compared alone."""
KNOWN = ("id", "title", "date", "year", "unit", "level")


@dataclass(frozen=True, slots=True, eq=False)
class Attention(Result):
    """What articles say of a dictionary.

    Attributes
    ----------
    articles
        A row an article: id, title, date, year, unit, level, count and characters (of the words that the study counts),
        own, own_characters, quoted, quoted_characters (own and quoted words apart), with_term and sentences (sentences
        that hold a term, and all).
    groups
        A row an article and group: id, group, count.
    whole
        Every group in all articles together, as `nqpf.text.CountResult.groups`.
    method, notes
        How they came about, and remarks.
    """

    articles: pl.DataFrame
    groups: pl.DataFrame
    whole: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return `articles`."""
        return self.articles

    def by(self, *columns: str) -> pl.DataFrame:
        """Return articles added up.

        Parameters
        ----------
        *columns
            ``unit``, ``year``, ``level``; articles that have none of one are left out. None: all articles.

        Returns
        -------
        polars.DataFrame
            The columns, ascending; documents (with something to count), characters, count; rate, own_rate, quoted_rate
            (per thousand characters of each part), own_part, quoted_part (per thousand characters of both),
            quoted_share (of the occurrences), sentence_share (of the sentences that hold a term). Null where there is
            nothing to be counted.
        """
        sums = (
            (pl.col("characters") > 0).sum().cast(pl.Int64).alias("documents"),
            pl.col("characters", "count", "own", "own_characters", "quoted", "quoted_characters").sum(),
            pl.col("with_term", "sentences").sum(),
        )
        both = pl.col("own_characters") + pl.col("quoted_characters")
        kept = self.articles.drop_nulls(list(columns)) if columns else self.articles
        added = kept.group_by(columns).agg(sums).sort(columns) if columns else kept.select(sums)
        return added.select(
            *columns,
            "documents",
            "characters",
            "count",
            _ratio("count", "characters", 1000).alias("rate"),
            _ratio("own", "own_characters", 1000).alias("own_rate"),
            _ratio("quoted", "quoted_characters", 1000).alias("quoted_rate"),
            _ratio("own", both, 1000).alias("own_part"),
            _ratio("quoted", both, 1000).alias("quoted_part"),
            _ratio(pl.col("quoted"), pl.col("own") + pl.col("quoted")).alias("quoted_share"),
            _ratio("with_term", "sentences").alias("sentence_share"),
        )


def attention(texts: pl.DataFrame, dictionary: Dictionary, how: Counting) -> Attention:
    """Return what articles say of a dictionary.

    Parameters
    ----------
    texts
        id, text, and `KNOWN`.
    dictionary
        What is counted.
    how
        What is counted of it, with the passages that are quotations.

    Raises
    ------
    DataError, SpecError
        As `nqpf.text.count`.
    """
    asked = count(texts, dictionary, **how)
    sentences = count(texts, dictionary, unit="sentences", **how)
    own, quoted = (count(texts, dictionary, **_part(how, part)) for part in ("own", "quoted"))
    columns: Mapping[str, tuple[CountResult, str, str]] = {
        "count": (asked, "count", "characters"),
        "own": (own, "count", "own_characters"),
        "quoted": (quoted, "count", "quoted_characters"),
        "with_term": (sentences, "units", "sentences"),
    }
    articles = texts.select(KNOWN)
    for name, (found, number, size) in columns.items():
        sizes = found.total.select("id", pl.col(number).alias(name), pl.col("size").alias(size))
        articles = articles.join(sizes, on="id", how="left", maintain_order="left")
    groups = asked.groups.filter(pl.col("count") > 0).select("id", "group", "count")
    order = [group.id for group in dictionary.groups]
    total = asked.groups.group_by("group").agg(pl.col("count", "negated", "size").sum())
    whole = (
        pl.DataFrame({"group": order})
        .join(total, on="group", how="left", maintain_order="left")
        .with_columns(rate=_ratio("count", "size", 1000))
    )
    seen = Attention(articles, groups, whole, asked.method, asked.notes)
    return replace(seen, notes=(*(n for n in asked.notes if n.code not in BY_ARTICLE), *_remarks(seen)))


def _remarks(found: Attention) -> list[Note]:
    """Return the remark on regions and years of which little was read."""
    rows = found.by("unit", "year")
    least = SHORT["characters"]
    short = rows.filter(pl.col("characters") < least).height
    return [Note("measure_short", values={"rows": short, "of": rows.height, "least": least})] if short else []


def _part(how: Counting, part: Any) -> Counting:
    return {**how, "quoted": part}


def _ratio(over: str | pl.Expr, under: str | pl.Expr, times: float = 1.0) -> pl.Expr:
    """Return a ratio of two columns, null where there is nothing to divide by."""
    over, under = (pl.col(one) if isinstance(one, str) else one for one in (over, under))
    return pl.when(under > 0).then(times * over / under)
