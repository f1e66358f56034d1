"""The theory of new quality productive forces taken apart into items, each with its words in the five documents.

An item says what part of the theory it is, in which words the documents put it (file and line), how it is
measured, from which data, and whether an established method exists. The items lie in ``items.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from nqpf.errors import SpecError, hint, listing
from nqpf.messages import Text
from nqpf.theory.tables import both, read_rows

Status = Literal["core", "ext", "text"]
Asks = Literal["level", "relation", "text"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a document.

    Attributes
    ----------
    text
        The words, joined where the page breaks them over lines.
    file
        The document's file name without its extension, e.g. ``"002_aa0614a1174eeba0"``.
    line
        Line, from 1, on which the words begin.
    """

    text: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """A chapter of the theory: a letter and its title."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One part of the theory.

    Attributes
    ----------
    id
        Letter of its group and two digits, e.g. ``"A04"``.
    group
        Letter of its group.
    title
        What the item says, in both languages.
    phrases
        The documents' own words for it; at least one.
    measure
        How it is measured.
    data
        What data that takes.
    status
        ``core``: an established quantitative method exists; ``ext``: an extension, where the data exist;
        ``text``: a checklist on policy texts only.
    asks
        What kind of answer its measure asks for. ``level``: an indicator or a sub-index measures it; ``relation``: it
        takes several measures set against each other, a test, a decomposition or a model; ``text``: texts measure it.
    """

    id: str
    group: str
    title: Text
    phrases: tuple[Phrase, ...]
    measure: Text
    data: Text
    status: Status
    asks: Asks


@cache
def items() -> tuple[Item, ...]:
    """Return every theory item, in order of its id.

    Examples
    --------
    >>> len(items())
    118
    """
    documents = {row["id"]: row["file"] for row in read_rows("documents.csv")}
    return tuple(_item(row, documents) for row in read_rows("items.csv"))


@cache
def groups() -> tuple[Group, ...]:
    """Return the fifteen groups of items, A to O.

    Examples
    --------
    >>> groups()[0].title.en
    'Definition and logic'
    """
    return tuple(Group(row["id"], both(row, "title")) for row in read_rows("groups.csv"))


def item(id: str) -> Item:
    """Return one theory item.

    Parameters
    ----------
    id
        Its id, e.g. ``"A04"``.

    Raises
    ------
    SpecError
        No item has this id (``unknown_theory_item``); the message names the ids of its group, else all groups.

    Examples
    --------
    >>> item("A04").title.zh
    '全要素生产率大幅提升是核心标志'
    """
    known = _by_id()
    if id in known:
        return known[id]
    # Ids are too short to be told apart by likeness; what helps is which ones the meant group has.
    kin = [i for i in known if i[0] == id[:1].upper()]
    named = Text.same(f"{kin[0]}–{kin[-1]}") if kin else listing([f"{g.id}01…" for g in groups()], most=len(groups()))
    raise SpecError("unknown_theory_item", item=id, hint=hint(id, kin), known=named)


@cache
def _by_id() -> Mapping[str, Item]:
    return {i.id: i for i in items()}


def _item(row: Mapping[str, str], documents: Mapping[str, str]) -> Item:
    places = [place.split(":") for place in row["lines"].split()]
    return Item(
        id=row["id"],
        group=row["group"],
        title=both(row, "title"),
        phrases=tuple(
            Phrase(text, documents[document], int(line))
            for text, (document, line) in zip(row["phrases"].split(" / "), places, strict=True)
        ),
        measure=both(row, "measure"),
        data=both(row, "data"),
        status=cast(Status, row["status"]),
        asks=cast(Asks, row["asks"]),
    )
