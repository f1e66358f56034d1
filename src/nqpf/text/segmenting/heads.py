"""Titles and bylines: the short lines that stand between articles, and what shows that they do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from nqpf.text.cleaning.search_key import search_key
from nqpf.text.segmenting.items import Item

Evidence = Literal["contents", "style", "byline", "place"]

_SUBTITLE = ("——", "—", "──", "--")
_LONGEST_TITLE = 60


@dataclass(slots=True, eq=False)
class Title:
    """A line that may be a title.

    Attributes
    ----------
    items
        The lines it is made of.
    evidence
        What shows that it is one: a table of contents, what the file says of it, a byline below it, or its place.
    bylines
        The bylines that stand with it.
    """

    items: tuple[Item, ...]
    evidence: Evidence
    bylines: tuple[Item, ...] = ()

    @property
    def text(self) -> str:
        """The title in one line."""
        return " ".join(item.text for item in self.items)


@dataclass(slots=True, eq=False)
class Head:
    """What stands between two articles, or before the first.

    Attributes
    ----------
    titles
        The titles in it; more than one is a list of titles away from their articles.
    bylines
        Bylines that stand with no title.
    remarks
        Remarks on authors and origin below them.
    strays
        Short lines before the titles that are none.
    headings
        Short lines after them, which belong to the article below.
    last
        Place of its last item.
    """

    titles: tuple[Title, ...] = ()
    bylines: tuple[Item, ...] = ()
    remarks: tuple[Item, ...] = ()
    strays: tuple[Item, ...] = ()
    headings: tuple[Item, ...] = ()
    last: int = -1


def title_keys(titles: Collection[str]) -> frozenset[str]:
    """Return the titles of a table of contents by their search keys."""
    return frozenset(_key(title) for title in titles)


def _key(text: str) -> str:
    return "".join(c for c in search_key(text) if c.isalnum())


def evidence_of(group: list[Item], i: int, contents: frozenset[str], styles: bool) -> Evidence | None:
    """Return what shows that the i-th line of a group of short lines is a title, or None."""
    item = group[i]
    if item.kind != "short" or len(item.text) > _LONGEST_TITLE:
        return None
    if contents:
        return "contents" if _key(item.text) in contents else None
    if styles and item.style == "h1":
        return "style"
    below = i + 1
    while below < len(group) and group[below].text.startswith(_SUBTITLE):
        below += 1
    return "byline" if below < len(group) and group[below].kind == "byline" else None


def read_head(group: list[Item], contents: frozenset[str], styles: bool, by_place: bool, last: int) -> Head | None:
    """Return a group of short lines as what stands between articles, or None if they are headings.

    Parameters
    ----------
    group
        Short lines and bylines in a row.
    contents
        Titles that a table of contents names, see `title_keys`.
    styles
        Whether first-level headings of the file are titles.
    by_place
        Whether an article ends right before the group, so that a title must follow.
    last
        Place of its last item.
    """
    evidence = [evidence_of(group, i, contents, styles) for i in range(len(group))]
    sure = [i for i, found in enumerate(evidence) if found]
    if not sure and not by_place:
        return None
    styled = any(found == "style" for found in evidence)
    head = Head(last=last)
    waiting: tuple[Item, ...] = ()
    for i, item in enumerate(group):
        if item.kind == "byline" and head.titles:
            head.titles[-1].bylines += (item,)
        elif item.kind == "byline":
            waiting += (item,)
        elif item.kind != "short":
            head.remarks += (item,)
        elif head.titles and item.text.startswith(_SUBTITLE):
            head.titles[-1].items += (item,)
        elif evidence[i] or (by_place and not contents and not styled and _may_be(sure, i, item)):
            head.titles += (Title((item,), evidence[i] or "place", waiting),)
            waiting = ()
        elif head.titles or (contents and not sure):
            head.headings += (item,)
        else:
            head.strays += (item,)
    head.bylines = waiting
    return head


def _may_be(sure: list[int], i: int, item: Item) -> bool:
    """Return whether a line without evidence may be a title: not below those that are, not by its own style."""
    return (not sure or i < sure[-1]) and item.style in ("", "bold", "h1") and 4 <= len(item.text) <= _LONGEST_TITLE
