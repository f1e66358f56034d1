"""What the sections of the chapter on regions share: remarks and refusals by the names of things, said once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from nqpf.chapters.blocks import Block, Callout, Paragraph
from nqpf.chapters.context import Context
from nqpf.errors import NqpfError
from nqpf.messages import LANGUAGES, Text, say
from nqpf.regions.survey import Part
from nqpf.results import Note

INDEX = "value"
"""Column of the index in the tables that the methods were given."""
SURE = 0.05
"""Level of every test of the chapter."""


class Told:
    """Says what methods remark or refuse, units, groups and nodes by their names, and nothing twice.

    Parameters
    ----------
    context
        Knows the names.
    """

    def __init__(self, context: Context) -> None:
        titles = {node.id: node.title for node in context.framework.nodes}
        titles |= context.group_titles
        labels = [(unit, context.label(unit)) for unit in context.panel.units]
        # weights name units in the reader's language: those names too must be told in the language of the page
        titles |= {name: label for unit, label in labels for name in (unit, label.zh, label.en)}
        self.names: dict[str, Text] = {id: t for id, t in titles.items() if t != Text.same(id)}
        self.index = context.framework.title
        self._ids = re.compile(
            r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(self.names, key=len, reverse=True))) + r")(?!\w)"
        )
        self._said: set[Text] = set()

    def notes(self, *notes: Note) -> Iterator[Block]:
        """Yield warnings apart and other remarks as one paragraph, without those that were said before."""
        quiet = []
        for note in notes:
            text = Note(note.code, note.severity, {k: self.called(v) for k, v in note.values.items()}).text()
            if text in self._said:
                continue
            self._said.add(text)
            if note.severity == "warning":
                yield Callout(text, "warning")
            else:
                quiet.append(text)
        if quiet:
            yield Paragraph(say("regions.remarks", remarks=Text.join(quiet, "", " ")))

    def absent(self, part: Part[Any], reason: Text) -> Iterator[Block]:
        """Yield why a part is not there: what refused it, or `reason` where it was not tried."""
        if part.refused is not None:
            yield Callout(say("regions.refused", error=self.refusal(part.refused)), "warning")
        elif part.result is None:
            yield Paragraph(reason)

    def refusal(self, error: NqpfError) -> Text:
        """Return the text of an error with names in the place of ids."""
        place = error.where
        indicator = self.index if place.indicator == INDEX else self.called(place.indicator)
        named = replace(place, unit=self.called(place.unit), indicator=indicator, key=None, row=None)
        return type(error)(error.code, where=named, **{k: self.called(v) for k, v in error.values.items()}).text()

    def called(self, value: Any) -> Any:
        """Return a value of a message with names in the place of ids."""
        if not isinstance(value, str | Text) or not self.names:
            return value
        text = value if isinstance(value, Text) else Text.same(value)
        zh, en = (self._ids.sub(partial(self._name, lang=lang), text[lang]) for lang in LANGUAGES)
        return Text(zh, en)

    def _name(self, found: re.Match[str], lang: Any) -> str:
        return self.names[found.group()][lang]


def p_words(p: float) -> Text:
    """Return a p-value as it is written: one that would be rounded onto the level of the tests, with more digits.

    Examples
    --------
    >>> [p_words(p).en for p in (0.0004, 0.0312, 0.04954)]
    ['p < 0.001', 'p = 0.031', 'p = 0.0495']
    """
    near = round(p, 3) == SURE and p != SURE
    return Text.same("p < 0.001" if p < 0.001 else f"p = {p:.4f}" if near else f"p = {p:.3f}")
