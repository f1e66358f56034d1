"""Whether somebody's words stand between quotation marks, or a term, a name, a figure of speech."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nqpf.text.cleaning.search_key import key_of
from nqpf.text.quoted.lexicon import patterns

Kind = Literal["direct", "reported", "unmarked", "scare", "title"]

CLAUSE = re.compile(r"[，,；;：:。！？!?]")
SENTENCE = re.compile(r"[。！？!?](?=.)|[。！？!?]$")
BETWEEN = re.compile(r"^[，、；和及与\s]*$")
FEW, SOME, MANY = 5, 8, 15
"""Characters from which a stretch may be words rather than a term: after a verb and a comma; after a verb alone;
without a verb, where it has clauses."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a quoted stretch is, and why.

    Attributes
    ----------
    kind
        ``direct`` or ``scare``.
    reason
        Code of the reason.
    verb, intro
        Verb of saying and the words that introduce the quotation.
    head
        Number of characters before the verb in the text before the mark; −1 where there is no verb before it.
    behind
        Who speaks according to the words behind the quotation.
    """

    kind: Kind
    reason: str
    verb: str | None = None
    intro: str | None = None
    head: int = -1
    behind: str | None = None


def judged(inside: str, before: str, after: str, follows: Judged | None, gap: str | None, official: bool) -> Judged:
    """Return what a quoted stretch is.

    Parameters
    ----------
    inside
        What is quoted.
    before, after
        The paragraph before the opening and behind the closing mark.
    follows, gap
        The quoted stretch before this one in the paragraph and what stands between the two; None if there is none.
    official
        Whether an official statement has the same words.
    """
    size = len(key_of(inside))
    clauses, sentence = bool(CLAUSE.search(inside)), bool(SENTENCE.search(inside))
    noun = patterns()["nouns_after"].search(after)
    if found := patterns()["before"].search(before):
        enough = found["mark"] and size >= (3 if found["mark"] in "：:" else FEW)
        if sentence or (enough and not (noun and size < SOME)):
            return _direct("quote_verb_mark", found, before)
        if size >= SOME and (clauses or not noun) and not after.startswith("的"):
            return _direct("quote_verb", found, before)
    if (found := patterns()["of"].search(before)) and size >= SOME and not noun:
        return _direct("quote_verb_of", found, before)
    beside = follows is not None and follows.kind == "direct" and gap is not None and BETWEEN.match(gap)
    if follows and beside and size >= FEW and (clauses or size >= SOME or not noun):
        return Judged("direct", "quote_adjacent", follows.verb, follows.intro, follows.head, follows.behind)
    speech = (size >= FEW and clauses) or inside[-1:] in "，。！？"
    if speech and (found := patterns()["after"].search(after)):
        return Judged("direct", "quote_verb_after", found["verb"], after[: found.end()], -1, found["who"])
    if official and size >= SOME:
        return Judged("direct", "quote_statement")
    return _without_verb(inside, before, after, size, clauses, sentence)


def _direct(reason: str, found: re.Match[str], before: str) -> Judged:
    intro = re.split(r"[。！？]", before)[-1].strip()
    return Judged("direct", reason, found["verb"], intro, found.start("verb"))


def _without_verb(inside: str, before: str, after: str, size: int, clauses: bool, sentence: bool) -> Judged:
    """Return what a quoted stretch is that no verb of saying goes with."""
    begins = not before.strip() or before.rstrip()[-1] in "。！？：:\n"
    if sentence and size >= SOME:
        return Judged("direct", "quote_sentence")
    if clauses and size >= MANY and (begins or not after.startswith("的")):
        return Judged("direct", "quote_clauses")
    if size >= SOME and patterns()["words_after"].search(after):
        return Judged("direct", "quote_attributed")
    if size >= MANY and before.rstrip()[-1:] in ("：", ":"):
        return Judged("direct", "quote_colon")
    if size <= FEW:
        return Judged("scare", "scare_short")
    return Judged("scare", "scare_term" if patterns()["nouns_after"].search(after) else "scare_phrase")
