"""Bookmarks, captions and cross references: what is numbered can be pointed at, and Word keeps the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from nqpf.chapters.blocks import Table
from nqpf.charts.figure import Figure
from nqpf.messages import Lang
from nqpf.report.walk import Outline, Place
from nqpf.report.word.nodes import Node, bookmark, field, link, text_run


@dataclass(slots=True)
class Marks:
    """The places of a report as bookmarks of a document.

    Attributes
    ----------
    order
        Position of each place in the report, by anchor.
    lang
        Language of labels.
    ids
        Numbers of the bookmarks to come.
    typed
        Levels of headings whose numbers are typed; a template's own numbering replaces them.
    """

    order: dict[str, int]
    lang: Lang
    ids: Iterator[int]
    typed: frozenset[int]

    @classmethod
    def of(cls, places: Outline, lang: Lang, first: int, typed: frozenset[int]) -> Marks:
        """Return the bookmarks of a report, numbered from `first`."""
        return cls({anchor: at for at, anchor in enumerate(places.places, 1)}, lang, count(first), typed)

    def heading(self, place: Place) -> list[Node]:
        """Return a heading's number and title, both marked: the number for references, all for the contents."""
        number = []
        if place.number and place.level in self.typed:
            number = [*bookmark(next(self.ids), self._name(place), text_run(place.number)), text_run(" ")]
        title = text_run(place.block.title[self.lang])
        return bookmark(next(self.ids), self.target(place), *number, title)

    def caption(self, place: Place) -> list[Node]:
        """Return "图 3-1" or "Table 3-1" and the title; the last figure is counted by Word, afresh in each chapter."""
        before, after = self._around(place)
        chapter, _, last = place.number.rpartition("-")
        restart = r" \r 1" if last == "1" else ""
        counted = field(rf"SEQ {before.strip()} \* ARABIC{restart}", text_run(last))
        label = [text_run(f"{before}{chapter}-"), *counted, *([text_run(after)] if after else [])]
        title = text_run(f"\u2002{place.block.title[self.lang]}")
        return [*bookmark(next(self.ids), self._name(place), *label), title]

    def reference(self, place: Place, sentence: str) -> list[Node]:
        """Return a sentence in which the place's label is a reference that follows the number."""
        label = place.label[self.lang]
        head, _, tail = sentence.partition(label)
        return [part for part in (_words(head), *self._label(place, label), _words(tail)) if part is not None]

    def target(self, place: Place) -> str:
        """Return the bookmark of a place as a whole."""
        return f"_Toc{self.order[place.anchor]:08d}"

    def _label(self, place: Place, label: str) -> list[Node]:
        if isinstance(place.block, (Table, Figure)):
            return field(rf"REF {self._name(place)} \h", text_run(label))
        if not place.number or place.level not in self.typed:
            return [link(self.target(place), text_run(label))]
        before, after = self._around(place)
        number = field(rf"REF {self._name(place)} \h", text_run(place.number))
        return [part for part in (_words(before), *number, _words(after)) if part is not None]

    def _around(self, place: Place) -> tuple[str, str]:
        before, _, after = place.label[self.lang].partition(place.number)
        return before, after

    def _name(self, place: Place) -> str:
        return f"_Ref{self.order[place.anchor]:08d}"


def _words(text: str) -> Node | None:
    return text_run(text) if text else None
