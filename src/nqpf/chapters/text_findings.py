"""Findings of the chapter on texts: each sentence with its numbers and the condition that chose it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from nqpf.chapters.text_context import TextContext
from nqpf.chapters.text_quoted import match_share
from nqpf.chapters.text_spread import likeness_by_region, status_counts
from nqpf.chapters.text_substance import evidence_items
from nqpf.errors import listing
from nqpf.messages import Text, say
from nqpf.results import Finding
from nqpf.text.measuring.diffusion import Diffusion
from nqpf.theory import item

HALF = 0.5
CHECKED = ("F08", "J08", "O02")
"""Items of the theory that policy texts themselves are the data of."""
NAMES = 6
"""Regions that a sentence names at most."""


def text_findings(context: TextContext) -> Iterator[Finding]:
    """Yield the findings in the order of the sections."""
    yield from _refused(context)
    yield from _duplicates(context)
    yield from _attention(context)
    yield from _stressed(context)
    yield from _quoted(context)
    yield from _spread(context)
    yield from _centre(context)
    yield from _substance(context)
    yield from _evidence(context)


def _refused(context: TextContext) -> Iterator[Finding]:
    corpus = context.found.corpus
    if refused := corpus.refusals.height:
        numbers = {"refused": refused, "files": refused + corpus.sources.height}
        yield Finding("text_files_refused", numbers, "files that could not be read: at least one", "text-refusals")


def _duplicates(context: TextContext) -> Iterator[Finding]:
    if (same := context.found.duplicates.result) is None:
        return
    repeated = len(context.found.repeated)
    numbers: dict[str, Any] = {"articles": same.texts, "repeated": repeated, "pairs": same.pairs.height}
    numbers["share"] = 100 * repeated / same.texts
    if not same.pairs.height:
        yield Finding("text_no_duplicates", numbers, "no pair reaches the thresholds", "text-duplicates")
    else:
        code = "text_duplicates_dropped" if context.found.spec.duplicates == "drop" else "text_duplicates_kept"
        yield Finding(code, numbers, "Jaccard or containment at or above its threshold", "text-pairs")


def _attention(context: TextContext) -> Iterator[Finding]:
    """Yield how much is written of the terms, and whether in own words."""
    if (seen := context.found.attention.result) is None:
        return
    whole = seen.by().row(0, named=True)
    if not whole["characters"]:
        return
    numbers: dict[str, Any] = {"count": whole["count"], "characters": whole["characters"], "rate": whole["rate"]}
    numbers["sentences"] = 100 * (whole["sentence_share"] or 0)
    if not whole["count"]:
        yield Finding("text_no_attention", numbers, "no term is found", "text-groups", ("L05",))
        return
    if whole["quoted_share"] is None:
        return
    numbers["quoted"] = 100 * whole["quoted_share"]
    own = whole["quoted_share"] < HALF
    condition = f"quoted share of occurrences {'below' if own else 'at or above'} {HALF:g}"
    yield Finding("text_own_words" if own else "text_quoted_words", numbers, condition, "text-groups", ("L05",))


def _stressed(context: TextContext) -> Iterator[Finding]:
    """Yield the term that one region stresses most, of those that enough occurrences are expected of."""
    if (found := context.found.advantage.result) is None:
        return
    sure = found.frame.filter(~pl.col("few"), pl.col("rca").is_not_null())
    if not sure.height:
        condition = "fewer than 5 occurrences are expected in every cell"
        yield Finding("text_words_few", {"cells": found.frame.height}, condition, "text-words-of-regions", ("L01",))
        return
    top = sure.sort("rca", "unit", "term", descending=[True, False, False]).row(0, named=True)
    numbers: dict[str, Any] = {
        "region": _named(context, top["unit"]),
        "term": top["term"],
        "rca": top["rca"],
        "cells": sure.height,
    }
    numbers |= {"count": top["count"], "expected": top["expected"]}
    condition = "largest advantage among cells with 5 or more expected occurrences"
    code = "text_words_stressed" if top["rca"] > 1 else "text_words_even"
    yield Finding(code, numbers, condition, "text-words-of-regions", ("L01",))


def _quoted(context: TextContext) -> Iterator[Finding]:
    if (said := context.found.quoted.result) is None or not said.timeline.height:
        return
    quotations, altered = match_share(said)
    if not quotations:
        return
    numbers = {"quotations": quotations, "altered": altered, "statements": said.timeline.height}
    if altered:
        yield Finding("text_altered", numbers, "direct quotations altered: at least one", "text-altered", ("O02",))
    else:
        yield Finding("text_as_said", numbers, "direct quotations altered: none", "text-statements", ("O02",))


def _spread(context: TextContext) -> Iterator[Finding]:
    """Yield, term by term, how many regions have it and how long after the first statement."""
    if (found := context.found.diffusion.result) is None:
        return
    for term in found.frame["term"].unique(maintain_order=True):
        regions, having = status_counts(found, term)
        numbers: dict[str, Any] = {"term": term, "regions": regions, "having": having}
        if not having:
            condition = "no region has the term until its last document"
            yield Finding("text_not_spread", numbers, condition, "text-spread", ("J09",))
            continue
        yield _adopted(context, found, term, numbers)


def _adopted(context: TextContext, found: Diffusion, term: str, numbers: dict[str, Any]) -> Finding:
    own = found.frame.filter(pl.col("term") == term).drop_nulls("first").sort("first", "unit")
    earliest = own.filter(pl.col("first") == own["first"][0])["unit"]
    numbers |= {"first": own["first"][0], "names": listing([_named(context, unit) for unit in earliest], NAMES)}
    known = own.filter(pl.col("status") == "adopted").drop_nulls("lag")
    if not known.height:
        condition = "no lag is known of a region that was seen before it had the term"
        return Finding("text_spread", numbers, condition, "text-spread", ("J09",))
    lag = float(known["lag"].median())  # type: ignore[arg-type]
    numbers |= {"lag": lag, "early": -lag, "counted": known.height}
    condition = "median over regions seen before they had the term, with a lag in days"
    code = "text_spread_lag" if lag >= 0 else "text_spread_early"
    return Finding(code, numbers, f"{condition}; {'not ' if lag >= 0 else ''}below 0", "text-spread", ("J09",))


def _centre(context: TextContext) -> Iterator[Finding]:
    if context.found.likeness.result is None:
        return
    frame = likeness_by_region(context)
    if not frame.height:
        return
    articles, copying = int(frame["articles"].sum()), int(frame["copying"].sum())
    numbers = {"articles": articles, "copying": copying, "level": context.centre, "regions": frame.height}
    numbers["most"] = 100 * float(frame["shared"].fill_null(0.0).max())  # type: ignore[arg-type]
    code = "text_centre_copied" if copying else "text_centre_own"
    yield Finding(code, numbers, "articles that share a passage of 20 letters or more", "text-centre", ("J09",))


def _substance(context: TextContext) -> Iterator[Finding]:
    """Yield how many regions talk ahead of their index in the last year that could be judged."""
    if (found := context.found.substance.result) is None:
        return
    judged = found.frame.filter(pl.col("verdict") != "not_assessed")
    if not judged.height:
        numbers: dict[str, Any] = {"rows": found.frame.height}
        yield Finding("text_substance_unjudged", numbers, "no interval in any year", "text-gaps", ("L05",))
        return
    year = judged["year"].max()
    now = judged.filter(pl.col("year") == year)
    ahead, behind = (now.filter(verdict=word) for word in ("talk_ahead", "substance_ahead"))
    numbers = {"year": year, "regions": now.height, "ahead": ahead.height, "behind": behind.height}
    numbers["even"] = now.height - ahead.height - behind.height
    if ahead.height or behind.height:
        names = [_named(context, unit) for unit in ahead.sort("gap", descending=True)["unit"]]
        numbers["names"] = listing(names, NAMES) if names else say("texts.nobody")
        condition = "interval of the gap leaves out 0 for at least one region"
        yield Finding("text_substance_apart", numbers, condition, "text-gaps", ("L05",))
    else:
        condition = "every interval of the gap holds 0"
        yield Finding("text_substance_even", numbers, condition, "text-gaps", ("L05",))


def _evidence(context: TextContext) -> Iterator[Finding]:
    if context.found.evidence.result is None:
        return
    frame = evidence_items(context)
    there = frame.filter(pl.col("match") != "none")
    literal = frame.filter(match="phrase").height
    numbers: dict[str, Any] = {"asked": frame.height, "found": there.height, "literal": literal}
    code = "text_items_found" if there.height else "text_items_none"
    yield Finding(code, numbers, "items with at least one passage", "text-evidence", ("O01",))
    for row in frame.filter(pl.col("item").is_in(CHECKED)).iter_rows(named=True):
        numbers = {"item": row["item"], "title": item(row["item"]).title, "passages": row["passages"]}
        numbers["articles"] = row["articles"]
        if row["match"] == "none":
            yield Finding("text_item_absent", numbers, "no passage", "text-evidence", (row["item"],))
        else:
            yield Finding("text_item_found", numbers, "at least one passage", "text-evidence", (row["item"],))


def _named(context: TextContext, unit: str) -> Text:
    return context.found.regions.get(unit, Text.same(unit))
