"""What chapters share that are written from results: remarks and refusals by the names of things, said once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from nqpf.chapters.blocks import Block, Callout, Paragraph
from nqpf.errors import NqpfError
from nqpf.messages import LANGUAGES, Text, say
from nqpf.results import Note, Part


class Told:
    """Says what methods remark or refuse, things by their names, and nothing twice.

    Parameters
    ----------
    titles
        Names by id.
    columns
        Names of columns in the tables that the methods were given.
    """

    def __init__(self, titles: Mapping[str, Text], columns: Mapping[str, Text] | None = None) -> None:
        self.names = {id: title for id, title in titles.items() if title != Text.same(id)}
        self._columns = columns or {}
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
        indicator = self._columns.get(str(place.indicator), self.called(place.indicator))
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
