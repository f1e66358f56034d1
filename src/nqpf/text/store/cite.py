"""A passage in words: whose, in what, which paragraph, and where in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nqpf.messages import Text, say
from nqpf.text.source import Place


@dataclass(frozen=True, slots=True)
class Head:
    """What a citation names of an article."""

    title: str | None
    authors: Sequence[str]
    outlet: str | None
    date: str | None


def citation(head: Head, kind: str, paragraph: int, first: Place, last: Place, words: str | None = None) -> Text:
    """Return the citation of a passage, with its words if they are given.

    Parameters
    ----------
    head
        The article.
    kind, paragraph
        Kind of the block the passage is in, and its number among the paragraphs.
    first, last
        Places of its first and last character.
    words
        The passage.
    """
    parts = [
        *([Text.join(head.authors)] if head.authors else []),
        say("text.cite.title", title=head.title) if head.title else say("text.cite.untitled"),
        *(Text.same(known) for known in (head.outlet, head.date) if known),
        _part(kind, paragraph),
    ]
    said = say("text.cite.passage", parts=Text.join(parts, "，", ", "), place=_span(first, last))
    return said if words is None else say("text.cite.words", passage=said, words=words)


def _part(kind: str, paragraph: int) -> Text:
    if kind == "paragraph":
        return say("text.cite.paragraph", number=paragraph)
    return say("text.cite.beside", kind=say(f"text.cite.kind.{kind}"), number=paragraph)


def _span(first: Place, last: Place) -> Text:
    """Return where a passage stands, from its first to its last character."""
    place = first.text()
    if last.page != first.page:
        return say("text.cite.to_page", place=place, page=last.page, line=last.line)
    if last.line != first.line:
        return say("text.cite.to_line", place=place, line=last.line)
    return place
