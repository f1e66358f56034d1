"""What of a study's texts is counted: which articles that repeat others, which passages as quotations, which terms."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from nqpf.text.copies.duplicates import Duplicates
from nqpf.text.measuring.dictionary import Dictionary, Group
from nqpf.text.measuring.options import Counting
from nqpf.text.spec import TextSpec
from nqpf.text.survey_quoted import Quoted

SPANS = {"id": pl.String, "start": pl.Int64, "end": pl.Int64, "kind": pl.String}


def counting(spec: TextSpec, texts: pl.DataFrame, same: Duplicates | None, words: Quoted | None) -> Counting:
    """Return the options of counting, with direct quotations and repeated articles as passages of texts."""
    spans = [pl.DataFrame(schema=SPANS)]
    if words is not None:
        direct = words.quotations.filter(pl.col("kind") == "direct").rename({"article": "id"})
        spans.append(direct.select("id", "start", "end", pl.lit("quotation").alias("kind")))
    if same is not None:
        again = texts.filter(pl.col("id").is_in(repeated(texts, same).implode()))
        end = pl.col("text").str.len_chars().cast(pl.Int64).alias("end")
        spans.append(again.select("id", pl.lit(0, pl.Int64).alias("start"), end, pl.lit("duplicate").alias("kind")))
    return {"duplicates": "without" if spec.duplicates == "drop" else "with", "spans": pl.concat(spans)}


def repeated(texts: pl.DataFrame, same: Duplicates) -> pl.Series:
    """Return the ids of articles that repeat one which is counted.

    Of articles that repeat each other the longest of each region and year is counted: what a region prints again in
    another year, or another region after it, is said by them too. One of unknown region or year (in a compilation, say)
    is not counted where one of known ones is.
    """
    known = texts.select("id", "unit", "year", size=pl.col("text").str.len_chars())
    members = same.groups.join(known, on="id", how="left").with_columns(
        placed=pl.col("unit").is_not_null().cast(pl.Int64) + pl.col("year").is_not_null().cast(pl.Int64)
    )
    best = members.filter(pl.col("placed") == pl.col("placed").max().over("cluster"))
    kept = best.sort("size", "id", descending=[True, False]).unique(["cluster", "unit", "year"], keep="first")
    return members.filter(~pl.col("id").is_in(kept["id"].implode()))["id"].sort()


def within(how: Counting, texts: pl.DataFrame) -> Counting:
    """Return the options with the passages of some texts only."""
    return {**how, "spans": how["spans"].filter(pl.col("id").is_in(texts["id"].implode()))}


def followed(dictionary: Dictionary, names: tuple[str, ...]) -> Dictionary:
    """Return a dictionary of single terms, with their synonyms where the study's has them."""
    plain = Dictionary.of(list(names), name="followed", version=dictionary.version)
    known = {term.name: term for term in dictionary.terms}
    group = plain.groups[0]
    terms = tuple(known.get(term.name, term) for term in group.terms)
    return replace(plain, groups=(Group(group.id, group.title, terms),))
