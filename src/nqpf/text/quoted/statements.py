"""The table of official statements: read, checked, and made ready to be searched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Day
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from nqpf.errors import SpecError
from nqpf.text.cleaning.search_key import key_of
from nqpf.text.quoted.haystack import Haystack
from nqpf.yamlfile import Document, Strict, load, validate

LEAD = re.compile("^(?:我们)?要")
PARTS = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Statement(Strict):
    """A statement.

    Attributes
    ----------
    id
        Its name.
    text
        Its words.
    speaker
        Who said or issued it.
    source
        Where it was read: file:line, or an address; at least one.
    occasion, date
        As far as a source says; the date as ISO text of a year, month or day, or of two days (``from/to``).
    readings
        Other wordings of the same words.
    """

    id: str
    text: str
    speaker: str
    source: tuple[str, ...]
    occasion: str | None = None
    date: str | None = None
    readings: tuple[str, ...] = ()


class _File(Strict):
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Statements:
    """Statements by name.

    Attributes
    ----------
    items
        The statements.
    stack
        Their words and readings, ready to be searched; a reading is named ``<id>#<number from 1>``.
    sentences
        Keys of the readings and of their sentences, with and without 要 at the beginning, the longest first.
    """

    items: Mapping[str, Statement]
    stack: Haystack
    sentences: tuple[str, ...]

    @classmethod
    def of(cls, items: tuple[Statement, ...]) -> Statements:
        """Return statements whose names and words are known to be different."""
        names, words = [], []
        for one in items:
            for k, reading in enumerate((one.text, *one.readings)):
                names.append(f"{one.id}#{k}" if k else one.id)
                words.append(reading)
        parts = [part for word in words for part in (word, *re.split("[。！？]", word))]
        keys = [key_of(part).text for part in parts]
        short = {key: None for word in keys for key in (word, LEAD.sub("", word)) if key}
        stack = Haystack.joined(tuple(names), tuple(words))
        return cls({one.id: one for one in items}, stack, tuple(sorted(short, key=lambda k: (-len(k), k))))

    def named(self, name: str) -> Statement:
        """Return the statement that a name in `stack` belongs to."""
        return self.items[name.rsplit("#", 1)[0] if name not in self.items else name]

    def to_frame(self) -> pl.DataFrame:
        """Return a row a statement: id, text, speaker, occasion, date, source, readings."""
        rows = [
            (s.id, s.text, s.speaker, s.occasion, s.date, "；".join(s.source), "；".join(s.readings))
            for s in self.items.values()
        ]
        columns = ("id", "text", "speaker", "occasion", "date", "source", "readings")
        return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def statements(path: str | Path | None = None, *, shipped: bool = True) -> Statements:
    """Read the official statements by which quotations are recognised.

    Parameters
    ----------
    path
        A file of your own of the same form: ``statements:`` and below it a list of id, text, speaker, source and, where
        known, occasion, date, readings.
    shipped
        Whether the statements that come with the program are taken too.

    Returns
    -------
    Statements
        The shipped ones first.

    Raises
    ------
    SpecError
        The file is not of this form, a date is not ISO, a text is too short to be recognised, or a name or text stands
        twice; with the line.

    Examples
    --------
    >>> statements().items["2024-03-05-a"].occasion
    '参加十四届全国人大二次会议江苏代表团审议'
    """
    if path is None:
        return _shipped() if shipped else Statements.of(())
    before = tuple(_shipped().items.values()) if shipped else ()
    return Statements.of((*before, *_read(path, before)))


@cache
def _shipped() -> Statements:
    with resources.as_file(resources.files(__package__).joinpath("statements.yaml")) as file:
        return Statements.of(_read(file, ()))


def _read(path: str | Path, before: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return the statements of a file, each checked against those before it."""
    document = load(path)
    found = validate(_File, document).statements
    ids = {one.id: "" for one in before}
    words = {key_of(text).text: one.id for one in before for text in (one.text, *one.readings)}
    for k, one in enumerate(found):
        at = ("statements", k)
        if one.id in ids:
            raise SpecError("statement_twin_id", where=document.where((*at, "id")), id=one.id)
        ids[one.id] = ""
        if not one.source:
            raise SpecError("statement_source", where=document.where(at), id=one.id)
        _check_date(one, document, (*at, "date"))
        for key in _keys(one, document, at):
            if key in words:
                raise SpecError("statement_twin_text", where=document.where(at), id=one.id, other=words[key])
            words[key] = one.id
    return found


def _keys(one: Statement, document: Document, at: tuple[str | int, ...]) -> list[str]:
    keys = [key_of(text).text for text in (one.text, *one.readings)]
    for key in keys:
        if len(key) < 4:
            raise SpecError("statement_short", where=document.where((*at, "text")), id=one.id)
    return keys


def _check_date(one: Statement, document: Document, at: tuple[str | int, ...]) -> None:
    if one.date is not None and not iso(one.date):
        raise SpecError("statement_date", where=document.where(at), value=one.date)


def iso(written: str) -> bool:
    """Return whether a text is a year, a month or a day that there is, or two of them in order (``from/to``)."""
    parts = written.split("/")
    days = [_first_day(part) for part in parts]
    return len(parts) <= 2 and None not in days and days == sorted(days, key=str)


def _first_day(part: str) -> Day | None:
    found = PARTS.fullmatch(part)
    if found is None:
        return None
    try:
        return Day(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
