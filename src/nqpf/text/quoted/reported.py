"""Reported speech without marks: from the verb of saying to the end of the sentence, and on where it goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nqpf.text.cleaning.search_key import key_of
from nqpf.text.quoted.lexicon import patterns

LEAST = 4
"""Characters of the shortest reported words."""
STOP = "。！？"


@dataclass(frozen=True, slots=True)
class Reported:
    """Reported words.

    Attributes
    ----------
    start, end
        First character and last + 1 of the paragraph.
    sentence
        Where the first sentence begins.
    verb_at, verb
        Where the verb stands, and the verb.
    first_end
        Where the first sentence ends; `end` is later where the words go on.
    """

    start: int
    end: int
    sentence: int
    verb_at: int
    verb: str
    first_end: int


def sentences(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a paragraph; a full stop inside a quoted stretch ends none."""
    start = 0
    inside = set().union(*(range(a, b) for a, b in taken)) if taken else set()
    for i, c in enumerate(text):
        if c in STOP and i not in inside:
            end = i + 1
            while end < len(text) and text[end] in STOP + "”’）】」":
                end += 1
            if end > start and i >= start:
                yield start, end
                start = end
    if text[start:].strip():
        yield start, len(text)


def reported(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Reported]:
    """Yield the stretches of a paragraph that a verb of saying introduces without quotation marks.

    Parameters
    ----------
    taken
        Quoted stretches of the paragraph, whose verbs do not count.
    """
    spans = list(sentences(text, taken))
    for k, (start, end) in enumerate(spans):
        for found in patterns()["reported"].finditer(text, start, end):
            if any(a <= found.start() < b for a, b in taken):
                continue
            first = found.end()
            while first < end and text[first] in " 　":
                first += 1
            if len(key_of(text[first:end])) < LEAST:
                continue
            last = end
            for low, high in spans[k + 1 :]:
                if not patterns()["continues"].search(text[low:high].lstrip()):
                    break
                last = high
            yield Reported(first, _trimmed(text, last), start, found.start(), found["verb"], _trimmed(text, end))
            break


def _trimmed(text: str, end: int) -> int:
    while end and re.match(r"[\s”’」]", text[end - 1]):
        end -= 1
    return end
