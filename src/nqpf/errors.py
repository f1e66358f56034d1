"""One family of errors: what is wrong, where it stands, what to do, in the reader's language.

``raise DataError("unknown_column", where=Where(file="a.csv"), column="gpd", options="gdp")`` takes its
words from ``messages``: ``error.unknown_column`` says what is wrong, ``error.unknown_column.todo`` what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from nqpf.messages import Text, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Place of a fault; whatever is known of it."""

    file: str | None = None
    sheet: str | None = None
    line: int | None = None
    row: int | None = None
    cell: str | None = None
    key: str | None = None
    unit: str | Text | None = None
    industry: str | Text | None = None
    indicator: str | Text | None = None
    period: int | str | None = None

    def text(self) -> Text | None:
        """Return the place in words, or None if nothing is known of it."""
        known = [
            say(f"where.{f.name}", value=getattr(self, f.name))
            for f in fields(self)
            if getattr(self, f.name) is not None
        ]
        return Text.join(known, "，", ", ") if known else None


class NqpfError(Exception):
    """Base of every error that a user of nqpf can cause and mend.

    Parameters
    ----------
    code
        Id of the message under ``error.``.
    where
        Place of the fault.
    **values
        Values of the message's placeholders.
    """

    def __init__(self, code: str, /, *, where: Where | None = None, **values: Any) -> None:
        self.code = code
        self.where = where or Where()
        self.values = values
        self.what = _trimmed(say(f"error.{code}", **values))
        self.todo = _trimmed(say(f"error.{code}.todo", **values))
        super().__init__(code)

    def at(self, place: Where) -> Self:
        """Return the same error with what `place` knows besides of where it stands."""
        known = {f.name: v for f in fields(self.where) if (v := getattr(self.where, f.name)) is not None}
        return type(self)(self.code, where=replace(place, **known), **self.values)

    def text(self) -> Text:
        """Return place, fault and remedy as one text in both languages."""
        place = self.where.text()
        body = say("error.body", what=self.what, todo=self.todo)
        return say("error.placed", where=place, body=body) if place else body

    def __str__(self) -> str:
        return str(self.text())

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.code, self.where, self.values)


class DataError(NqpfError):
    """A table does not hold what it should."""


class PlaceError(NqpfError):
    """A place name is unknown or could mean several places."""


class SpecError(NqpfError):
    """A study, framework or recipe is not written as it must be."""


class MethodError(NqpfError):
    """A method cannot be used on these numbers."""


class OutputError(NqpfError):
    """Results cannot be written where they were asked for."""


def _again(kind: type[NqpfError], code: str, where: Where, values: dict[str, Any]) -> NqpfError:
    """Return an error that another process has sent."""
    return kind(code, where=where, **values)


def _trimmed(text: Text) -> Text:
    """Return `text` without the blanks that a hint leaves at its end when there is nothing to hint at."""
    return Text(text.zh.strip(), text.en.strip())


def nearest(word: str, options: Iterable[str]) -> str | None:
    """Return the option most like `word`, or None if none is near."""
    word, pool = str(word), {o.lower(): o for o in options}
    likeness = 0.6 if word.isascii() else 0.5  # one wrong character in a Chinese word of two leaves half of it
    found = difflib.get_close_matches(word.lower(), list(pool), n=1, cutoff=likeness)
    return pool[found[0]] if found else None


def listing(items: Iterable[object], most: int = 8) -> Text:
    """Return the first `most` items as a list in both languages, and how many more there are."""
    everything = [i if isinstance(i, Text) else Text.same(i) for i in items]
    shown = Text.join(everything[:most])
    more = len(everything) - most
    return say("word.and_more", shown=shown, more=more) if more > 0 else shown


def hint(word: str, options: Iterable[str]) -> Text:
    """Return "did you mean X?" if an option is near `word`, else nothing."""
    found = nearest(word, options)
    return say("word.did_you_mean", option=found) if found else Text("", "")
